"""Lesson cards: a lesson's picture, title and key sentence as one picture in the reader's language, and the signs for them."""
