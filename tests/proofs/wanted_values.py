"""What a value of a template must be, as far as its syntax says it, and a value that is so."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEY = object()
"""Among the parts of a map: what its keys are."""


@dataclass(eq=False)
class Shape:
    """What a value must be."""

    kind: str = "text"
    fields: dict[Any, Shape] = field(default_factory=dict)
    element: Shape | None = None
    words: set[Any] = field(default_factory=set)
    """Its own words: it is compared with them."""
    least: int = 1
    """So many a list has, at the least: they are taken by their places."""

    def item(self) -> Shape:
        """One of a list."""
        self.is_("list")
        self.element = self.element or Shape()
        return self.element

    def at(self, place: int) -> Shape:
        """One of a list, by its place; or a part of a pair."""
        if self.kind == "pair":
            return self.part(place)
        self.least = max(self.least, place + 1)
        return self.item()

    def part(self, name: Any) -> Shape:
        """A part of a map, or of a pair."""
        self.is_("map")
        return self.fields.setdefault(name, Shape())

    def value(self) -> Shape:
        """One of a map of which only the program knows the keys."""
        self.is_("map")
        self.element = self.element or Shape()
        return self.element

    def pairs(self) -> Shape:
        """What is gone through with `.items()`."""
        return Shape("list", element=Shape("pair", {0: self.fields.setdefault(KEY, Shape()), 1: self.value()}))

    def is_(self, kind: str) -> None:
        """It turns out to be something."""
        if self.kind == "text":
            self.kind = kind

    def must(self, kind: str) -> None:
        """It is this, whatever it seemed to be."""
        self.kind = kind

    def like(self, word: Any) -> None:
        """It is compared with a word."""
        self.words.add(word)


class Either(Shape):
    """One of several values: what is said of it holds for each."""

    def __init__(self, *of: Shape | None) -> None:
        super().__init__(kind="either")
        self.of = [each for each in of if each is not None]

    def item(self) -> Shape:
        """One of each list."""
        return Either(*(each.item() for each in self.of))

    def at(self, place: int) -> Shape:
        """What stands at the same place of each."""
        return Either(*(each.at(place) for each in self.of))

    def part(self, name: Any) -> Shape:
        """The same part of each."""
        return Either(*(each.part(name) for each in self.of))

    def value(self) -> Shape:
        """One of each map."""
        return Either(*(each.value() for each in self.of))

    def pairs(self) -> Shape:
        """What is gone through of each."""
        return Shape("list", element=Either(*(each.pairs().item() for each in self.of)))

    def is_(self, kind: str) -> None:
        """Each turns out to be something."""
        for each in self.of:
            each.is_(kind)

    def must(self, kind: str) -> None:
        """Each is this."""
        for each in self.of:
            each.must(kind)

    def like(self, word: Any) -> None:
        """Each is compared with a word."""
        for each in self.of:
            each.like(word)


class Module(Shape):
    """Another template, by its name in this one; or one macro of it."""

    def __init__(self, path: Path, macro: str = "") -> None:
        super().__init__(kind="module")
        self.path, self.macro = path, macro


def made(shape: Shape, word: Callable[[], str], chance: random.Random, deep: int = 0) -> Any:
    """A value of a shape; `word` gives the texts."""

    def inner(each: Shape | None) -> Any:
        return made(each or Shape(), word, chance, deep + 1)

    match shape.kind:
        case "number":
            return chance.choice((1, 2, 3, 5, 21))
        case "date":
            return "2026-11-18T15:05:00+00:00"
        case "instant":
            return datetime(2026, 11, 18, 15, 5, tzinfo=UTC)
        case "money":
            return [125000, "USD"]
        case "days":
            return "3"
        case "own":
            return chance.choice(sorted(shape.words))
        case "list":
            count = chance.choice((shape.least, max(2, shape.least))) if deep < 4 else 0
            return [inner(shape.element) for _ in range(count)]
        case "pair":
            return [inner(shape.fields.get(at)) for at in range(max(shape.fields, default=1) + 1)]
        case "map":
            # a map of languages would be taken for one text in each
            found = {name: inner(each) for name, each in shape.fields.items() if name is not KEY}
            if KEY in shape.fields and not found:
                found = {inner(shape.fields[KEY]): inner(shape.element)}
            return found
    if shape.words and chance.random() < 0.7:
        return chance.choice(sorted(shape.words, key=str))
    return word()
