"""Who is told by HTTP of what happens to appointments."""
