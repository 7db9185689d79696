"""Pages played in a real browser."""
