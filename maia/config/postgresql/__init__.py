"""Django's own PostgreSQL, which asks less before each request."""
