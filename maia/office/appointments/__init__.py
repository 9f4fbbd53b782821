"""Noting an appointment, and its sheet."""
