"""Suggestions: decided with a reason, voted on by colleagues, and chased until they are done."""
