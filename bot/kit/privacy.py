"""How a table says what it keeps of people: for what, seen by whom, for how long, and what erasing somebody does to it.

Each room declares its tables in `personal.py` beside `tables.py`; a house test finds the column that nobody declared.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SELF = "the person"
LEADS = "the person, and those who lead them"
SAFETY = "safety officers and managers of the unit"
NAMED = "those who are named in it, and those who lead the unit"
TRAINERS = "trainers and managers of the unit"
UNIT = "people of the unit"
OPERATOR = "nobody in the chat or on a page; the operator of the database"
SEALED = "nobody: under seal, the key lies apart from the database"


class Erase(StrEnum):
    """What becomes of a row when somebody is erased."""

    DELETE = "the row goes"
    BLANK = "the row stays for the company, its words and files go"
    KEEP = "the row stays, and names a number without a person"


class Kind(StrEnum):
    """The retention schedule: how long a kind of data is kept is set for the kind, not for a table."""

    ACCESS = "access"
    PRESENCE = "presence"
    MESSAGES = "messages"
    DRAFTS = "drafts"
    LEARNING = "learning"
    CASES = "cases"
    WORK = "work"
    EMPLOYMENT = "employment"
    LEDGER = "ledger"


MEANS = {
    Kind.ACCESS: "sign-ins, links and tries to join",
    Kind.PRESENCE: "where somebody was and what they tapped",
    Kind.MESSAGES: "messages and updates of the chat",
    Kind.DRAFTS: "files and talks that were begun and not finished",
    Kind.LEARNING: "lessons, answers, courses, hours",
    Kind.CASES: "incidents, violations, permits and what law wants kept",
    Kind.WORK: "dangers, checks, duties, plans: the company's own records",
    Kind.EMPLOYMENT: "who works here and where, until so long after they have left",
    Kind.LEDGER: "that something happened, by pseudonym",
}
DAYS: dict[Kind, int | None] = {
    Kind.ACCESS: 90,
    Kind.PRESENCE: 90,
    Kind.MESSAGES: 90,
    Kind.DRAFTS: 90,
    **dict.fromkeys((Kind.LEARNING, Kind.CASES, Kind.WORK, Kind.EMPLOYMENT, Kind.LEDGER)),
}
"""Days as shipped; None: until somebody is erased. How long law wants or allows differs: the company sets DAVY_KEEP_DAYS."""


@dataclass(frozen=True)
class Held:
    """What one table keeps of people. Columns are written with blanks between.

    `of` is whom a row is about, `chat` is their chat or account; `by` is who did something, kept as a number. `texts` may hold
    names, words or files; `plain` never do. `since` is the column that retention counts from; rows without it stay.
    """

    table: str
    why: str
    sees: str = OPERATOR
    kind: Kind = Kind.WORK
    erase: Erase = Erase.KEEP
    of: str = ""
    by: str = ""
    chat: str = ""
    texts: str = ""
    plain: str = ""
    since: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column with personal data."""
        return tuple(f"{self.of} {self.chat} {self.by} {self.texts}".split())


CODES = frozenset({
    "badge_kind", "bank_id", "card", "category", "clause", "code", "control", "course_id", "days", "digest",
    "document_id", "does", "finding", "gas", "id", "item", "job", "jurisdiction", "key", "kind", "lang",
    "language", "lesson_id", "level", "method", "missed", "mode", "on_end", "on_failure", "origin", "outcome",
    "path", "place", "poll_id", "post", "question_id", "quiz_key", "ref", "role", "room", "scope", "seed",
    "severity", "shown_at", "state", "step", "subject", "timing", "token_hash", "topic", "urgency", "week",
    "what", "zone",
})  # fmt: skip
"""Columns of these names hold codes and keys in every table, and no words of anybody's."""
