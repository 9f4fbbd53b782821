"""Messages: what left, what will, what did not and why."""
