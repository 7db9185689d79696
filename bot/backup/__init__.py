"""Backups: taken while the bot runs, restored into an empty place."""
