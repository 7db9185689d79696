"""Violations: recorded with facts, answered before anything follows, decided with a reason, appealed."""
