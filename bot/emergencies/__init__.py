"""Emergencies: plans that are at hand at once, drills and muster, tabletop exercises, SOS and working alone."""
