"""Scheduled interviews: who was reached and what changed; what was said stays under seal."""
