"""What is wrong with a file, and where. For operators, so in English."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

MOST = 500
"""With more problems than this a file is the wrong file."""


class Place(NamedTuple):
    """A spot in a file: line and column from 1, or a workbook's cell (`Sheet1!B7`)."""

    line: int = 1
    column: int = 1
    cell: str = ""


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, what it is, what to do."""

    file: str
    place: Place
    message: str

    def __str__(self) -> str:
        where = self.place.cell or f"{self.place.line}:{self.place.column}"
        return f"{self.file}:{where}: {self.message}"


@dataclass
class Problems:
    """Collects the mistakes of one file."""

    file: str
    found: list[Problem] = field(default_factory=list)

    def note(self, place: Place, message: str) -> None:
        """Remembers a mistake."""
        if len(self.found) < MOST:
            self.found.append(Problem(self.file, place, message))
        elif len(self.found) == MOST:
            self.found.append(Problem(self.file, place, f"more than {MOST} mistakes: put these right first"))

    def __bool__(self) -> bool:
        return bool(self.found)


def meant(word: str, known: object) -> str:
    """` (did you mean "Dock Team"?)`, or nothing where no known word is near."""
    words = [str(each) for each in known]  # type: ignore[attr-defined]
    folded = {each.casefold(): each for each in words}
    near = get_close_matches(word.casefold(), list(folded), 1, 0.6)
    return f' (did you mean "{folded[near[0]]}"?)' if near else ""
