"""Maia on several machines: each a network namespace of this one, with its own address."""
