"""What was given to somebody and never lay before them: no opportunity, and so nobody's miss."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.once import table_of
from bot.delivery.tables import OutboxRow
from bot.learning import actions
from bot.learning.model import Assignment
from bot.ledger.bulk import record_all
from bot.people import store as people

NEVER_OUT = frozenset({"waiting", "replaced", "expired"})

_o = table_of(OutboxRow)
_went = select(_o.c.ref, _o.c.state).where(among(_o.c.ref, "refs"), _o.c.method == "send")


def never_went_out(session: Session, assignments: Sequence[int]) -> set[int]:
    """Those of some assignments whose messages were all replaced, dropped as late or still wait."""
    states: dict[str, set[str]] = {}
    for ref, state in session.execute(_went, {"refs": [f"push:{id}" for id in assignments]}):
        states.setdefault(ref, set()).add(state)
    return {int(ref.partition(":")[2]) for ref, each in states.items() if each <= NEVER_OUT}


def note_unseen(session: Session, lapsed: Sequence[Assignment], now: datetime) -> None:
    """Of what nobody began in time: what never went out. A push that a newer one replaced failed nowhere, so that nobody heard."""
    unseen = never_went_out(session, [given.id for given in lapsed]) if lapsed else set()
    gone = [given for given in lapsed if given.id in unseen]
    who = people.persons(session, [given.person for given in gone], now)
    facts = [actions.not_delivered(given, who[given.person], now) for given in gone if given.person in who]
    record_all(session, facts, now)
