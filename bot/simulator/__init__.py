"""A strict local stand-in for the Telegram Bot API, with a phone-like page and a control side for tests."""
