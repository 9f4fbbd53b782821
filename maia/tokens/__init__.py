"""Tokens: what a script shows instead of signing in."""
