"""Drills and muster: everybody on the roster is called and counted."""
