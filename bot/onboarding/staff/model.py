"""Who works here as the desk shows them, and what is kept of a personnel file that was sent in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.ledger.model import FactKind

MOST_ROWS = 5000
"""A larger personnel file is imported with `davy import people`: so many rows are written at once, with everybody waiting."""
MOST_BYTES = 5_000_000
NAME, BADGE = 120, 40


@dataclass(frozen=True)
class Member:
    """Somebody who works here, or begins on a day to come. `since` is the first day in their unit and post."""

    id: int
    badge: str
    name: str
    lang: str
    unit: int
    path: str
    post: str
    shift: str | None
    joined_on: date
    leaves_on: date | None
    inside: bool
    """Whether they have Davy on a phone."""
    since: date


@dataclass(frozen=True)
class Placed:
    """Where somebody was, and as what, from a day to a day."""

    unit: Mapping[str, str] | str
    post: str
    starts: date
    ends: date | None


@dataclass(frozen=True)
class Wished:
    """What a form says of somebody."""

    badge: str
    name: str
    lang: str
    unit: int
    post: str
    shift: str | None
    joined_on: date


PEOPLE_IMPORTED = FactKind(
    "PeopleImported",
    1,
    ("joined", "moved", "left"),
    "Somebody applied a personnel file on the dashboard (person: who); so many joined or came back, moved, left.",
)
PERSON_CORRECTED = FactKind("PersonCorrected", 1, (), "Somebody's name, usual shift or last day was put right by hand.")
LANGUAGE_SET = FactKind(
    "UnitLanguageSet", 1, ("unit", "language"), "A unit speaks another language where nobody has chosen (person: who)."
)
FACTS = (PEOPLE_IMPORTED, PERSON_CORRECTED, LANGUAGE_SET)
