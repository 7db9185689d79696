"""Joining and being known: invitations, posters, new phones, language and settings, the menu, who may what."""
