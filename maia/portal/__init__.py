"""What patients see: the booking page and their own space."""
