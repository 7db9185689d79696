"""A file of scores that is being made, a period that was issued, and their facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.ledger.model import FactKind

SCHEMA = "davy.scores/1"
"""The version of what is issued. What changes its meaning gets another number, here and in scripts/verify_snapshot.py."""


class Format(StrEnum):
    """What is made of scores."""

    XLSX = "xlsx"
    PDF = "pdf"
    CSV = "csv"
    JSON = "json"
    ISSUE = "issue"
    """A signed snapshot: the period is issued."""


class State(StrEnum):
    """Where an export stands."""

    COUNTING = "counting"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Export:
    """A file of scores: by whom, of what, in which language, and how far it is."""

    id: int
    by: int
    unit: int | None
    path: str
    person: int | None
    starts: date
    ends: date
    format: Format
    lang: str
    state: State
    people: tuple[int, ...]
    done: int
    media: str | None


@dataclass(frozen=True)
class Snapshot:
    """A period that was issued: once signed it is never changed; what comes after is another one."""

    id: int
    unit: int
    path: str
    starts: date
    ends: date
    version: str
    sha256: str
    people: int
    by: int
    at: str
    media: str


EXPORTED = FactKind("ScoresExported", 1, ("export", "format", "people"), "A file of scores was made (person: for whom)")
ISSUED = FactKind(
    "ScoresIssued", 1, ("snapshot", "unit", "people", "version", "sha"), "The scores of a period were signed and issued"
)
FACTS = (EXPORTED, ISSUED)
