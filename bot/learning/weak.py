"""What places are weak in: told by whoever draws the map of what teams believe, read when the day's questions are chosen."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from bot.db.once import upsert_many
from bot.learning.tables import WeakTopicRow

Weights = Mapping[tuple[int, str], int]
"""By unit and topic how weak the unit is in it; larger goes first."""


def put(session: Session, found: Weights) -> int:
    """The newest map takes the place of the one before; answers how many places and topics are other now."""
    known = {(row.unit_id, row.topic): row.weight for row in session.execute(select(WeakTopicRow.__table__))}
    gone = sorted(set(known) - set(found))
    if gone:
        which = tuple_(WeakTopicRow.unit_id, WeakTopicRow.topic).in_(gone)
        session.execute(delete(WeakTopicRow).where(which))
    new = [
        {"unit_id": unit, "topic": topic, "weight": weight}
        for (unit, topic), weight in found.items()
        if known.get((unit, topic)) != weight
    ]
    upsert_many(session, WeakTopicRow, new)
    return len(gone) + len(new)
