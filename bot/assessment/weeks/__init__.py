"""Participation by unit and week: counted once a week is over, shown as a map of shares with their numbers."""
