"""Settings, URLs, middleware, health and the `maia` command."""
