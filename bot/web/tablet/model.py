"""Tablets, PINs and who sits before one, as values; and the facts of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ledger.model import FactKind
from bot.people.model import Person

PIN, TABLET = "pin", "tablet"
"""What a code is for: to choose one's PIN, or to enrol a device."""
OWN_CODE, PRINTED_CODE = timedelta(minutes=15), timedelta(days=3)
"""How long a code holds that somebody asked for in their chat, and one that is made for somebody else or for a device."""
SEAT_LASTS = timedelta(hours=1)
"""However busy somebody is: then the PIN is due again."""
RESTED = timedelta(hours=12)
"""After so long without a wrong PIN the counting begins anew."""


@dataclass(frozen=True)
class Tablet:
    """A device that was enrolled: for the people of a unit, and perhaps at a place."""

    id: int
    name: str
    unit: int
    path: str
    place: int | None


@dataclass(frozen=True)
class Seat:
    """Somebody signed in before a screen. `since`: what was touched after it is new; `said` is what the last press answered."""

    person: Person
    tablet: Tablet | None
    chat: int
    csrf: str
    since: int
    said: dict[str, object] | None
    expires_at: datetime


@dataclass(frozen=True)
class Kept:
    """A PIN as it is kept."""

    salt: bytes
    hash: bytes


TABLET_ENROLLED = FactKind(
    "TabletEnrolled", 1, ("tablet", "unit"), "A device was enrolled; person is whoever made its code"
)
TABLET_REVOKED = FactKind(
    "TabletRevoked", 1, ("tablet", "unit"), "A device may no longer be signed in at; person is whoever said so"
)
PIN_SET = FactKind(
    "PinSet", 1, ("own",), "Somebody chose a PIN; `own`: with a code from their own chat, else with one made for them"
)
FACTS = (TABLET_ENROLLED, TABLET_REVOKED, PIN_SET)
