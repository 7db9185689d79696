"""Weeks with every room's kinds of messages on: nobody gets more than two a day, and nothing that mattered is late."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.delivery import backlog, budget, outbox, planning
from bot.delivery.audience import Audience
from bot.delivery.model import WAITING, Overflow, UnaskedKind
from bot.delivery.outbox import Lane, to_person
from bot.delivery.planning import Broadcast
from bot.delivery.tables import OutboxRow
from bot.features import rooms
from bot.kit.clock import local_date
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.learning import planning as pushing
from bot.learning.model import PUSH
from bot.people import store
from bot.people.model import Person
from tests.proofs.counted import counted
from tests.store.crowd import Sent, crowd, disturbed, work

FIRST = datetime(2026, 10, 20, 1, tzinfo=UTC)
"""Before the clocks change in Europe."""
HOUR, STEP = timedelta(hours=1), 2

A_DAY = 4.3
"""Messages that nobody asked for a person and day, of all kinds together: twice as many as there are places."""
PEOPLE, ZONES = 20, ("Asia/Shanghai", "Europe/Madrid")


def _declared() -> list[UnaskedKind]:
    """Every room's kinds, as they are composed."""
    return [kind for room in rooms() for kind in room.unasked]


class Month:
    """What happened to each message: when it was to be sent, when it or the message that names it left."""

    def __init__(self, session: Session, people: list[Person], days: int) -> None:
        self.session, self.people, self.days, self.chance = session, people, days, random.Random(20)
        self.sent: list[Sent] = []
        self.asked_for: dict[int, tuple[UnaskedKind, datetime, int]] = {}
        self.told: dict[int, datetime] = {}

    def hour(self, now: datetime) -> None:
        """Rooms send, the clock's work is done, people look at what waits."""
        kinds = [kind for kind in _declared() if kind not in (WAITING, PUSH)]
        for kind in kinds:
            for who in self.people:
                if self.chance.random() < A_DAY / 24 / len(kinds) * STEP:
                    self._send(who, kind, now)
        left = work(self.session, now)
        self.sent += [each for each in left if each.kind is not None and self._unasked(each)]
        gone = {each.row for each in left}
        self.told |= {row: now for row in gone if row in self.asked_for and row not in self.told}
        joined = select(OutboxRow.id).where(OutboxRow.joined_to.in_(gone), OutboxRow.state == backlog.HELD)
        self.told |= {row: now for row in self.session.scalars(joined) if row not in self.told}
        for who in self.people:
            if self.chance.random() < 0.01 * STEP:
                backlog.show(self.session, who.id, now)

    def _unasked(self, each: Sent) -> bool:
        return bool(self.session.scalar(select(OutboxRow.unasked).where(OutboxRow.id == each.row)))

    def _send(self, who: Person, kind: UnaskedKind, now: datetime) -> None:
        message = Message(text("delivery.just", text=kind.name))
        row = outbox.send(self.session, to_person(who.id), message, Lane.BULK, now, unasked=kind)
        if row is not None:
            self.asked_for[row] = (kind, now, who.id)

    def late(self) -> list[tuple[str, timedelta]]:
        """What was told of later than its kind allows; quiet hours count as well."""
        found = []
        for row, (kind, at, _) in self.asked_for.items():
            told = self.told.get(row, FIRST + timedelta(days=self.days))
            if (
                kind.overflow is not Overflow.LEAVE
                and told - at > kind.late_after
                and at < FIRST + timedelta(days=self.days - 3)
            ):
                found.append((kind.name, told - at))
        return found


def test_many_days_with_everything_on_keep_the_budget_and_nothing_is_late(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty people in two zones, by shift and by hour; each room sends a message or two a day to each of them.

    Eight days on SQLite, five on PostgreSQL; thirty days are gone through by `make prove` (tests/proofs/test_month.py).
    """
    monkeypatch.setattr(pushing, "AGAIN", timedelta(days=1))  # nobody joins or changes their hour meanwhile
    days = 8 if database_url.startswith("sqlite") else 5
    live(database_url, days)
    counted("a month in which every room has much to say", days, days)


def live(database_url: str, days: int) -> None:
    """So many days, and what is to be said of them."""
    engine = connect(database_url)
    budget.declare(_declared())
    try:
        with Session(engine, expire_on_commit=False) as session:
            numbers = crowd(session, PEOPLE, FIRST - HOUR, zones=ZONES)
            people = [who for who in store.everyone(session, FIRST) if who.id in numbers and who.id % 50]
            month = Month(session, people, days)
            for n in range(0, days * 24, STEP):
                now = FIRST + n * HOUR
                if now.weekday() == 2 and now.hour == 11:
                    _news(session, now)
                month.hour(now)
                session.commit()
            _judge(month)
    finally:
        budget.declare([])
        engine.dispose()


def _news(session: Session, now: datetime) -> None:
    kind = next(kind for kind in _declared() if kind not in (WAITING, PUSH))
    said = Broadcast(f"news:{now:%d}", Message(text("delivery.just", text="news")), kind, Audience())
    planning.plan_slice(session, said, 0, 1000, now)


def _judge(month: Month) -> None:
    per_day: dict[tuple[int, date], Counter[str]] = defaultdict(Counter)
    zones = {who.id: who.zone for who in month.people}
    for each in month.sent:
        if each.person in zones:
            per_day[each.person, local_date(each.at, zones[each.person])][str(each.kind)] += 1
    assert len(month.asked_for) > PEOPLE * month.days, "there was far more to say than there were places"
    assert max(sum(day.values()) for day in per_day.values()) == 2
    assert month.late() == [], [(n, str(t)) for n, t in month.late()]
    assert disturbed(month.session, [each for each in month.sent if each.person in zones]) == []
    pushed = select(OutboxRow.key).where(OutboxRow.kind == PUSH.name, OutboxRow.state == "sent")
    keys = set(month.session.scalars(pushed))
    without = [
        key
        for who in month.people
        for n in range(2, month.days - 2)
        if (key := f"push:{who.id}:{local_date(FIRST, who.zone) + timedelta(days=n)}") not in keys
    ]
    assert without == [], "everybody had their lesson on each of their days"
