"""Weeks that are over are counted, a few units at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.assessment.weeks import store
from bot.assessment.weeks.tables import ParticipationWeekRow
from bot.db.once import insert_once
from bot.kit.room import Tick
from bot.people import store as people

SLICE = 20


def count_weeks(session: Session, now: datetime) -> bool:
    """A slice of them; True while more are left."""
    over = [week for week in store.weeks(now.date()) if week < store.week_of(now.date())]
    left = store.uncounted(session, people.units(session), over, 4 * SLICE)
    due = [(unit, week) for unit, week in left if store.is_over(week, unit, now)][:SLICE]
    for unit, week in due:
        tally = store.counted(session, [unit], week)[unit.id]
        values = {"unit_id": unit.id, "week_on": week, "offered": tally.offered, "took_part": tally.took_part}
        insert_once(session, ParticipationWeekRow, values)
    return len(due) == SLICE


TICKS = (Tick("assessment.weeks.count_weeks", count_weeks, 600),)
