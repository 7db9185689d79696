"""A question as another program wrote it: texts with their places, answers with their share of the points. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.library.model import Place
from bot.library.reading import Node

NONE = Node(None)
FULL, NOTHING = Decimal(100), Decimal(0)


@dataclass(frozen=True, slots=True)
class Given:
    """One answer: its text, its share of the points in percent, the text shown to who gives it, and what it is matched to.

    `tolerance` is that of a number.
    """

    text: Node
    percent: Decimal = NOTHING
    feedback: Node = NONE
    partner: Node = NONE
    tolerance: Node = NONE


@dataclass(slots=True)
class Found:
    """A question: `kind` is ours, `written` the other program's word for it. `carried` is what an export of ours noted."""

    kind: str
    place: Place
    stem: Node
    written: str = ""
    name: Node = NONE
    ident: str = ""
    tags: tuple[str, ...] = ()
    explanation: Node = NONE
    answers: tuple[Given, ...] = ()
    truth: bool = False
    unit: Node = NONE
    carried: Mapping[str, Any] = field(default_factory=dict)
    _used: set[tuple[str, str]] = field(default_factory=set)

    def said(self, role: str, node: Node, base: str) -> Node:
        """A text with the translations that an export of ours kept beside it."""
        others = self.carried.get("texts", {}).get(role, {}).get(node.value or "")
        if not others or not isinstance(node.value, str):
            return node
        self._used.add((role, node.value))
        texts = {language: Node(words, node.place, node.place) for language, words in others.items()}
        return Node(texts | {base: Node(node.value, node.place, node.place)}, node.place)

    def beside(self, role: str, words: str, place: Place) -> Node:
        """A text in all its languages that the other program has no field for, kept beside the words it belongs to."""
        others = self.carried.get("texts", {}).get(role, {}).get(words)
        if not others:
            return Node(None, place)
        self._used.add((role, words))
        return Node({language: Node(text, place, place) for language, text in others.items()}, place)

    def stale(self) -> int:
        """How many kept translations belong to words that are no longer there."""
        kept = {(role, words) for role, by_words in self.carried.get("texts", {}).items() for words in by_words}
        return len(kept - self._used)


def number(text: str) -> Decimal | None:
    """A finite number as other programs write it; None for anything else."""
    try:
        value = Decimal(text.strip().replace(" ", ""))
    except (InvalidOperation, ValueError):
        return None
    return value if value.is_finite() and abs(value.adjusted()) < 30 else None
