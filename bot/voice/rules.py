"""What all parts hold to. Pure."""

from __future__ import annotations

from datetime import timedelta

MOST_LETTERS = 1000
WITHIN = timedelta(hours=2)
"""How long a text counts as what was asked for: later it is rather a new matter, perhaps a danger."""
WEEK = timedelta(days=7)
