"""What the operator does to whole practices: rename, suspend, export, delete, count."""
