"""Tabletop exercises: an emergency thought through in the chat, decision by decision."""
