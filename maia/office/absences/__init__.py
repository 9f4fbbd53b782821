"""Absences and personal events."""
