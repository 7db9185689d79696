"""Habit without harm: working days in a row with free pauses, badges, a board of teams. Never for what did not happen."""
