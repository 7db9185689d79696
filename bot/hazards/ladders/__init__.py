"""Ladders and limits at the desk: who is called how soon about a danger, and by when it must be gone, unit by unit."""
