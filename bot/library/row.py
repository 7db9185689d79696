"""One row of a spreadsheet as cells by column name, for all kinds to read alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.library.model import Place
from bot.library.reading import Node

_LIST = re.compile(r"[\s,;|、，；]+")
_SOURCES = re.compile(r"[;|；\n]+")


class Row(NamedTuple):
    """Cells by column name (`stem`, `a`, `a!`, `a!:zh`, `right`); `place` is that of its first cell."""

    cells: Mapping[str, Node]
    place: Place
    places: Mapping[str, Place]
    translated: Sequence[str] = ()
    """The columns with a language behind a colon, in their order: most files have none or few."""

    def text(self, name: str) -> str:
        """The cell's text, empty where there is none."""
        node = self.cells.get(name)
        return node.value if node is not None and isinstance(node.value, str) else ""

    def at(self, name: str) -> Place:
        """Where the cell is, or would be."""
        node = self.cells.get(name)
        return node.place if node is not None else self.places.get(name, self.place)

    def node(self, name: str) -> Node:
        """The cell as a node, empty where there is none."""
        return self.cells.get(name) or Node(None, self.at(name))

    def localized(self, name: str, language: str) -> Node:
        """A text by language out of the columns `name` and `name:<language>`."""
        texts: dict[str, Node] = {}
        if self.text(name).strip():
            texts[language] = self.cells[name]
        prefix = f"{name}:"
        for column in self.translated:
            if column.startswith(prefix) and self.text(column).strip():
                texts.setdefault(column[len(prefix) :], self.cells[column])
        return Node(texts or None, self.at(name))

    def words(self, name: str) -> Node:
        """A list of short words, however they are separated."""
        return self._split(name, _LIST)

    def phrases(self, name: str) -> Node:
        """A list of phrases that may hold commas: separated by semicolons or lines."""
        return self._split(name, _SOURCES)

    def _split(self, name: str, separator: re.Pattern[str]) -> Node:
        place = self.at(name)
        parts = [part.strip() for part in separator.split(self.text(name))]
        return Node(tuple(Node(part, place) for part in parts if part) or None, place)
