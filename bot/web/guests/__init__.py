"""Guests from outside (an auditor, a regulator, an association): they look, at what they were let see, until an end."""
