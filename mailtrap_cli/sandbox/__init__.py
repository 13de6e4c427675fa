"""Reading captured mail."""
