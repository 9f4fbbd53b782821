"""The agenda: events, appointments, and the one way to book, move and cancel."""
