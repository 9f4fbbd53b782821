"""What a practitioner's or an assistant's token does: the back office."""
