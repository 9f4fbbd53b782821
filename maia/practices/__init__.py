"""Practices, their practitioners and their team."""
