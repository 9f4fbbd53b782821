"""The agenda: its page and what its calendar draws."""
