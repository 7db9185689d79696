"""An announcement: words to many, and what the ledger keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind


@dataclass(frozen=True)
class Written:
    """What somebody wants to announce, as they wrote it. `photo` is the channel's id of a picture."""

    words: str
    photo: str | None = None


ANNOUNCEMENT_SENT = FactKind(
    "AnnouncementSent",
    1,
    ("announcement", "people", "sent", "failed", "held", "stopped"),
    "An announcement has ended: for how many it was, how many got it, how many could not be reached, for how many it is kept"
    " for another day, whether it was stopped.",
)
FACTS = (ANNOUNCEMENT_SENT,)

ANNOUNCEMENT = UnaskedKind(
    "compliance.announcement",
    3,
    Overflow.JOIN,
    timedelta(hours=36),
    "compliance.announcement_title",
    "Somebody who leads a unit tells its people something. What cannot wait is a danger, and goes that way.",
)
UNASKED = (ANNOUNCEMENT,)
