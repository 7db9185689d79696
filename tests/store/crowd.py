"""Many people in three zones, with shifts, hours and leaves of their own; and a sender that sends at once what may be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import and_, insert, or_, select, text, update
from sqlalchemy.orm import Session

from bot.db.once import table_of
from bot.delivery import backlog, sending_store
from bot.delivery.tables import OutboxRow
from bot.kit.quiet import is_quiet
from bot.learning import planning
from bot.people import actions as people
from bot.people import store
from bot.people.model import UnitKind
from bot.people.tables import AccountRow, LeaveRow, PersonRow, PlacementRow
from tests.flows.learning_company import SINCE, company

ZONES = ("America/Chicago", "Asia/Shanghai", "Europe/Madrid", "Asia/Kolkata", "Pacific/Auckland")
WAYS = (
    {"shift": None, "push_at": None},
    {"shift": "day", "push_at": None},
    {"shift": "night", "push_at": None},
    {"shift": None, "push_at": time(6)},
    {"shift": None, "push_at": time(18, 30)},
)
"""How people get their lesson: at nine, by day shift, by night shift, before quiet hours end, in the evening."""
FIRST = 1000
_o = table_of(OutboxRow)


@dataclass(frozen=True)
class Sent:
    """A message that left: to whom, when, of which kind, whether it made a sound, when it would have been too late."""

    row: int
    person: int
    kind: str | None
    at: datetime
    silent: bool
    expires_at: datetime | None


def crowd(session: Session, count: int, at: datetime, zones: Sequence[str] = ZONES) -> range:
    """`count` people with phones in teams of five zones; every fiftieth is away for a month. Answers their numbers."""
    company(session, at)
    top = store.units(session)[0]
    teams = [
        people.add_unit(session, UnitKind.TEAM, f"Team {zone}", top, SINCE, zone=zone, workdays="1234567")
        for zone in zones
    ]
    numbers = range(FIRST, FIRST + count)
    persons, places, phones, leaves = [], [], [], []
    for n in numbers:
        way = WAYS[n // len(zones) % len(WAYS)]
        persons.append({"id": n, "badge": f"C-{n}", "name": f"Worker {n}", "lang": "en", "joined_on": SINCE, **way})
        places.append({"person_id": n, "unit_id": teams[n % len(zones)].id, "post": "worker", "starts_on": SINCE})
        phones.append({"person_id": n, "user_id": n, "chat_id": n, "opened_at": at})
        if n % 50 == 0:
            leaves.append({"person_id": n, "starts_at": at, "ends_at": at + timedelta(days=30)})
    for row, values in ((PersonRow, persons), (PlacementRow, places), (AccountRow, phones), (LeaveRow, leaves)):
        session.execute(insert(row), values)
    session.commit()
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE"))  # as its own housekeeping does within a minute, which tests do without
    return numbers


def work(session: Session, now: datetime, *, blind: bool = False) -> list[Sent]:
    """All ticks of one moment, and then everything leaves that may. `blind`: what waits leaves before anybody looks at it."""
    while not blind and planning.push_today(session, now):
        session.commit()
    while not blind and sending_store.expire(session, now) == 500:
        session.commit()
    if not blind:
        backlog.settle(session, now)
    fresh = or_(_o.c.expires_at.is_(None), _o.c.expires_at > now)
    due = and_(_o.c.state == "waiting", _o.c.method == "send", _o.c.not_before <= now, fresh)
    found = session.execute(select(_o).where(due)).all()
    session.execute(update(_o).where(due).values(state="sent", settled_at=now))
    session.commit()
    return [
        Sent(row.id, row.person_id, row.kind, now, bool(row.payload.get("silent")), row.expires_at) for row in found
    ]


def disturbed(session: Session, sent: list[Sent]) -> list[Sent]:
    """Of what was sent, what rang in somebody's quiet hours."""
    asked = {each.person for each in sent}
    quiet = {who.id: who.quiet for who in store.everyone(session, sent[0].at) if who.id in asked} if sent else {}
    return [each for each in sent if not each.silent and is_quiet(quiet[each.person], each.at)]
