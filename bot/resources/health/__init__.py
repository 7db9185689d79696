"""Occupational health checks of people: when they are due and whether they were done, and never what was found."""
