"""Whether a certificate is good, when its holder is reminded, what the public page says of them. Pure."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

from bot.learning.certificates.model import Shown, Status

REMINDED = (30, 7, -1)
"""So many days before its last day (and one after it): three times, then never again."""


def status(expires_on: date | None, revoked_at: datetime | None, today: date) -> Status:
    """Withdrawn stays withdrawn, also when it would have ended by now."""
    if revoked_at is not None:
        return Status.REVOKED
    return Status.EXPIRED if expires_on is not None and expires_on < today else Status.VALID


def reminder_due(expires_on: date, reminded: int | None, today: date) -> int | None:
    """Which of REMINDED is due; `reminded` is the last that went out. The earlier ones that were missed are left out."""
    left = (expires_on - today).days
    due = [days for days in REMINDED if left <= days and (reminded is None or days < reminded)]
    return min(due) if due else None


def shown_name(name: str, how: Shown) -> str:
    """The holder as the public page has them: `Ana Morales` is `A. M.`; of a Chinese name the family name stays."""
    if how is Shown.NAME:
        return name
    words = name.split()
    if len(words) == 1 and _is_ideograph(name[0]):
        return name[0] + "＊" * (len(name) - 1)
    return " ".join(f"{word[0].upper()}." for word in words)


def grouped(number: str) -> str:
    """A number as people read it out: four at a time."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def _is_ideograph(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("CJK UNIFIED")
