"""Davy without Telegram: a shared tablet or any browser, badge and PIN, the same rooms by the second channel."""
