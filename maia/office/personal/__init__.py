"""Personal events: made, changed, moved, dropped; once or again and again."""
