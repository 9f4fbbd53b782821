"""What practitioners and their assistants see: agenda, appointment sheet, settings."""
