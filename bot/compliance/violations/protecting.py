"""What protects people who report: asked of the room that knows the reports, which only the composition root can reach.

Whose report it was is never asked. A report about that place at that time is enough for somebody else to look first. A share of
all other cases goes that way too, so that whoever records one cannot tell from it that there is a report: it may go round them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import seals

PhotoOfReport = Callable[[Session, str, str | None], bool]
"""(ref of a picture, its look) -> whether it came with a report of danger."""
ReportedThere = Callable[[Session, int | None, str, datetime, datetime], bool]
"""(place, path of the unit, since, until) -> whether there is a report of danger."""


@dataclass
class Composition:
    """What only the composition root knows. Until it is set, everything is looked at by somebody else first."""

    photo: PhotoOfReport = lambda session, ref, look: True
    reported: ReportedThere = lambda session, place, path, since, until: True
    share: float = 0.25
    """Which share of cases without a report somebody else looks at first."""


composed = Composition()


def configure(photo: PhotoOfReport, reported: ReportedThere) -> None:
    """Called at the composition root."""
    composed.photo, composed.reported = photo, reported


def sampled(key: str) -> bool:
    """Whether a case without a report is looked at first all the same: nobody can foretell it, and it stays as it is."""
    return int(seals.seal().name("violation", key)[:6], 16) / 0x1000000 < composed.share
