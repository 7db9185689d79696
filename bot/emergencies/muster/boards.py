"""Boards that follow the counts: changed with the answers themselves, and by a beat for what comes last."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.emergencies.muster import rules, showing, store
from bot.emergencies.muster.tables import MusterRow

SLACK = timedelta(seconds=0.8)
"""Counted so much sooner than it may be shown: the limiter keeps each chat's second, and what waits for it is the newest."""


def refresh(session: Session, id: int, now: datetime) -> bool:
    """Changes the boards of a muster where its counts are others than they show, and enough time has gone."""
    row = session.get(MusterRow, id, populate_existing=True)
    if row is None or row.open_unit is None:
        return False
    if row.shown_at is not None and now - row.shown_at < timedelta(seconds=1) - SLACK:
        return False  # looked at first, because it is asked with every step of answers
    found = store.as_muster(row)
    before = now - rules.board_every(store.watchers(session, found)) + SLACK
    if row.shown_at is not None and row.shown_at > before:
        return False
    counts = store.by_unit(session, id)
    shown = {str(unit): list(vars(each).values()) for unit, each in sorted(counts.items())}
    shown |= {"planned": [found.planned], "round": [found.round]}
    if shown == row.shown:
        return False
    due = or_(MusterRow.shown_at.is_(None), MusterRow.shown_at <= before)
    mine = update(MusterRow).where(MusterRow.id == id, MusterRow.open_unit.is_not(None), due)
    if changed(session, mine.values(shown=shown, shown_at=now)) != 1:
        return False
    # older than every call: of what waits in a lane the oldest goes first, and a board that waits is wrong. Single alerts, as a
    # cry for help, have a lane before it
    ahead = found.started_at - timedelta(seconds=1)
    message = showing.board(session, found, counts, now)
    outbox.edit_ref(session, found.board, message, now, lane=Lane.CALL, not_before=ahead)
    return True
