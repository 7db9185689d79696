"""What other rooms may ask so that nobody suffers for reporting: never whose report it was, only that there is one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.hazards.tables import HazardMediaRow, HazardRow
from bot.media import looks

MOST_LOOKED_AT = 5000


def is_photo_of_report(session: Session, ref: str, look: str | None) -> bool:
    """Whether a picture came with a report of danger: the same file, or one that looks like it."""
    same = select(HazardMediaRow.id).where(HazardMediaRow.media == ref)
    if session.scalar(same.limit(1)) is not None:
        return True
    if look is None:
        return False
    seen = select(HazardMediaRow.look).where(HazardMediaRow.look.is_not(None))
    newest = session.scalars(seen.order_by(HazardMediaRow.id.desc()).limit(MOST_LOOKED_AT))
    return any(looks.alike(look, each) for each in newest if each is not None)


def was_reported(session: Session, place: int | None, path: str, since: datetime, until: datetime) -> bool:
    """Whether there is a report of danger about a place, or in a unit's team, in some hours; with a name or without."""
    there = [HazardRow.path == path]
    if place is not None:
        there.append(HazardRow.place_id == place)
    when = (HazardRow.created_at >= since, HazardRow.created_at <= until)
    return session.scalar(select(HazardRow.id).where(or_(*there), *when).limit(1)) is not None
