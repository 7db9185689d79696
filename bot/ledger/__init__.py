"""Append-only facts by pseudonym: what people were offered and what they did. Rooms meet here and nowhere else."""
