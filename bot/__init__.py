"""Davy, the safety bot of a company."""
