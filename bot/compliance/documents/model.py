"""System documents as values, and the facts of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.ledger.model import FactKind


class Kind(StrEnum):
    """What sort of document it is."""

    RULE = "rule"
    PROCEDURE = "procedure"
    PERMIT = "permit"
    OTHER = "other"


@dataclass(frozen=True)
class File:
    """A document's PDF in one language: `ref` is where we keep it."""

    ref: str
    name: str


@dataclass(frozen=True)
class Document:
    """A document in its live version. It holds in a unit and all below it; `places` are those it is meant for first."""

    id: int
    code: str
    kind: Kind
    title: Mapping[str, str]
    unit: int
    path: str
    places: tuple[int, ...]
    owner: int | None
    number: int
    live: bool
    changed_at: datetime
    words: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)
    clauses: tuple[tuple[str, str], ...] = ()
    """The (code of the law, clause) pairs it rests on."""

    @property
    def languages(self) -> frozenset[str]:
        """In which languages its live version can be read."""
        return frozenset(self.words) | frozenset(self.files)


DOCUMENT_PUBLISHED = FactKind(
    "DocumentPublished", 1, ("document", "version", "kind"), "A safety rule or procedure was published in a version"
)
DOCUMENT_RETIRED = FactKind("DocumentRetired", 1, ("document", "version"), "A safety rule or procedure holds no more")
FACTS = (DOCUMENT_PUBLISHED, DOCUMENT_RETIRED)
