"""Settings, a page a file."""
