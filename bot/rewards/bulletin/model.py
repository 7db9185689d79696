"""Honours and bulletins as values, and their facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

DRAFT = "hon.draft"
"""The conversation in which somebody is honoured."""


class Consent(StrEnum):
    """Whether somebody's name may stand in the bulletin. Without a yes it does not."""

    ASKED = "asked"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True)
class Honour:
    """Somebody did something that others should know of. `month`: in which bulletin (`2026-11`)."""

    id: int
    person: int
    path: str
    month: str
    words: str
    by: int
    consent: Consent


@dataclass(frozen=True)
class Bulletin:
    """The results of a unit's month, as they were when they were published."""

    id: int
    unit: int
    path: str
    month: str
    figures: Mapping[str, Any]
    by: int
    published_at: datetime


HONOURED = FactKind(
    "Honoured", 1, ("honour", "month"), "Somebody was proposed for the honours list; person is whoever proposed it"
)
AGREED = FactKind("HonourAnswered", 1, ("honour", "yes"), "Somebody said whether their name may be shown")
PUBLISHED = FactKind(
    "BulletinPublished", 1, ("bulletin", "unit", "month", "honours"), "The results of a unit's month were published"
)
FACTS = (HONOURED, AGREED, PUBLISHED)

HONOUR = UnaskedKind(
    "rewards.bulletin.honour", 5, Overflow.JOIN, timedelta(days=2), "rewards.bulletin.honour_title",
    "Somebody is to be honoured and is asked whether their name may be shown.",
)  # fmt: skip
OUT = UnaskedKind(
    "rewards.bulletin.out", 8, Overflow.JOIN, timedelta(days=3), "rewards.bulletin.out_title",
    "The bulletin of a month is out.",
)  # fmt: skip
UNASKED = (HONOUR, OUT)
