"""What falls due: the week's figures, on Mondays."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import outbox, schedules
from bot.delivery.outbox import Lane
from bot.delivery.schedules import Run, Schedule, Slice
from bot.duties.goals import leaving, showing, store
from bot.duties.goals.model import WEEK
from bot.kit.replies import Message, button, rows
from bot.ledger.model import Subscription
from bot.people import store as people

SLICE = 30
WEEKLY = Schedule("duties.goals.week", "duties.goals.week", "30 6 * * 1", catch_up=timedelta(days=2))


def tell(session: Session, schedule: Schedule, run: Run, now: datetime) -> Slice:
    """Tells whoever set or owns open goals how the week went."""
    ids, told = store.owners(session, run.cursor, SLICE), 0
    for id in ids:
        who = people.person(session, id, now)
        if who is None or who.left_on is not None:
            continue
        words = showing.summary(session, who, showing.figures(session, who, now), now)
        message = Message(words, rows(button("duties.goals.b_all", "dg:all")))
        key = f"goals-week:{run.name}:{id}"
        outbox.send(
            session, outbox.to_person(id), message, Lane.LESSON, now, key=key, topic="duties.goals", unasked=WEEK
        )
        told += 1
    return Slice(ids[-1] if ids else run.cursor, told, len(ids) == SLICE)


TICKS = (schedules.tick(WEEKLY, tell, 300),)
SUBSCRIPTIONS = (Subscription("PersonLeft", "duties.goals", leaving.pass_on),)
