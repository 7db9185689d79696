"""Refusals: an answer to the person, not a fault of the program."""

from __future__ import annotations

from typing import Any

from bot.kit.texts import Text


class Refused(Exception):
    """Somebody asked for what they may not or cannot have. Carries the sentence to say; the transaction is undone."""

    def __init__(self, key: str, **params: Any) -> None:
        super().__init__(key)
        self.text = Text(key, params)
        self.field = ""

    def beside(self, field: str) -> Refused:
        """The same, told beside a field of the form that was sent."""
        self.field = field
        return self
