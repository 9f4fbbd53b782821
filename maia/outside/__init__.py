"""Towards addresses that a practice typed: a webhook's, an external calendar's."""
