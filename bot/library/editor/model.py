"""What the editor keeps of a file beside what it would change."""

from __future__ import annotations

NOTHING: dict[str, list[str]] = {"added": [], "changed": [], "absent": []}
MOST_PROBLEMS = 200
"""So many problems are kept with a file: with more it is the wrong file."""
EDITED = ("one", "several", "true_false")
"""Kinds whose right answers can be changed in the form; of the others the words."""
