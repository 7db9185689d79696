"""Abnormal states: an area goes into one through a gate of several people, and out of it by itself."""
