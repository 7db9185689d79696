"""Scores from facts by a policy that everybody can read; recomputed whenever they are looked at."""
