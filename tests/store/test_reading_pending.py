"""Pending is the audience without those who acknowledged: at every moment, whatever happened before and in whatever order.

People join, leave, move, change their post, go on leave and come back; presses come twice; transactions die before their commit.
A plain model of sets is kept beside the database and compared after every step. The sabotage shows that the comparison can fail.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from bot.compliance.reading import actions, model, store
from bot.compliance.reading.model import Written
from bot.delivery import budget
from bot.delivery.tables import OutboxRow
from bot.kit.errors import Refused
from bot.people import actions as people
from bot.people.model import Role, Unit, UnitKind
from bot.people.store import person
from bot.people.tables import PlacementRow
from tests.store.conftest import NOON

WORDS = Written("The gate stays shut.", "What stays shut?", "The gate", ("The door",))
SINCE = date(2026, 1, 5)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("join", "leave", "move", "post", "away", "back", "ack", "replay", "wrong", "renew", "tick")),
        st.integers(0, 7),
        st.booleans(),
    ),
    min_size=4,
    max_size=22,
)


class World:
    """The people of one example, and what must be true of them."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine, self.name, self.now = engine, name, NOON
        self.here: dict[int, bool] = {}
        self.post: dict[int, str] = {}
        self.acked: set[int] = set()
        with Session(engine) as session:
            top = people.add_unit(session, UnitKind.COMPANY, f"Company {name}", None, SINCE)
            self.site = people.add_unit(session, UnitKind.SITE, "Site", top, SINCE)
            self.team = people.add_unit(session, UnitKind.TEAM, "Team", self.site, SINCE)
            self.other = people.add_unit(session, UnitKind.TEAM, "Other", self.site, SINCE)
            self.boss = people.add_person(session, f"{name}-boss", "Sam", "en", self.site, "leader", SINCE)
            people.grant(session, self.boss, Role.SUPERVISOR, self.site.id, NOON - timedelta(days=1))
            draft = actions.Draft(name, self.team.id, {"en": WORDS}, posts=("worker",))
            self.notice = actions.begin(session, self.boss, draft, NOON).id
            session.commit()

    def step(self, what: str, at: int, dies: bool) -> None:
        """One thing happens; where the process dies before the commit, nothing has."""
        self.now += timedelta(minutes=7)
        everybody = sorted(self.here)
        who = everybody[at % len(everybody)] if everybody else 0
        with Session(self.engine) as session:
            after = getattr(self, f"_{what}")(session, who)
            if dies:
                session.rollback()
            else:
                session.commit()
                if after is not None:
                    after()

    def _join(self, session: Session, _: int) -> Any:
        badge = f"{self.name}-{len(self.here)}-{self.now:%d%H%M}"
        made = people.add_person(session, badge, "Ana", "en", self.team, "worker", SINCE)
        people.open_account(session, made, made + 5_000_000, made + 5_000_000, self.now)

        def after() -> None:
            self.here[made], self.post[made] = True, "worker"

        return after

    def _leave(self, session: Session, who: int) -> Any:
        people.leave_company(session, [who] if who else [], self.now.date(), self.now)
        return lambda: self.here.update({who: False}) if who else None

    def _move(self, session: Session, who: int) -> Any:
        place = session.scalar(select(PlacementRow).where(PlacementRow.person_id == who))
        if place is None:
            return None
        to: Unit = self.other if place.unit_id == self.team.id else self.team
        place.unit_id = to.id
        gone = person(session, who, self.now)
        left = gone is None or gone.left_on is not None
        return lambda: self.here.update({who: to is self.team and not left})

    def _post(self, session: Session, who: int) -> Any:
        to = "driver" if self.post.get(who) == "worker" else "worker"
        session.execute(update(PlacementRow).where(PlacementRow.person_id == who).values(post=to))
        return lambda: self.post.update({who: to}) if who else None

    def _away(self, session: Session, who: int) -> Any:
        if who:
            people.go_away(session, who, self.now, None, None)

    def _back(self, session: Session, who: int) -> Any:
        if who:
            people.come_back(session, who, self.now)

    def _ack(self, session: Session, who: int) -> Any:
        return self._press(session, who, right=True)

    def _replay(self, session: Session, who: int) -> Any:
        self._press(session, who, right=True)
        return self._press(session, who, right=True)

    def _wrong(self, session: Session, who: int) -> Any:
        self._press(session, who, right=False)

    def _press(self, session: Session, who: int, right: bool) -> Any:
        found, one = store.notice(session, self.notice), person(session, who, self.now) if who else None
        if found is None or one is None:
            return None
        from bot.compliance.reading import rules

        offered = rules.answers(WORDS, found.id, found.number, who)
        at = next(n for n, (_, good) in enumerate(offered) if good == right)
        meant = self.here.get(who, False) and self.post[who] == "worker"
        try:
            actions.answer(session, one, found.id, found.number, at, self.now)
        except Refused:
            assert not meant or who in self.acked or right, "somebody who is meant may answer"
        return (lambda: self.acked.add(who)) if right and meant else None

    def _renew(self, session: Session, _: int) -> Any:
        actions.renew(session, self.boss, self.notice, {"en": WORDS}, self.now)
        return self.acked.clear

    def _tick(self, session: Session, _: int) -> Any:
        for _ in range(20):
            if not actions.ask_people(session, self.now):
                break

    def looks_right(self) -> None:
        """The database says what the model says; nobody was asked twice for one version."""
        audience = {id for id, here in self.here.items() if here and self.post[id] == "worker"}
        with Session(self.engine) as session:
            found = store.notice(session, self.notice)
            assert found is not None
            late = {each.id for each in store.pending(session, found, self.now)}
            assert late == audience - self.acked
            assert store.counts(session, found, self.now) == (len(audience), len(audience & self.acked))
            for id in self.here:
                one = person(session, id, self.now)
                owes = (
                    one is not None
                    and one.left_on is None
                    and any(n.id == self.notice for n in store.owed(session, one, self.now))
                )
                assert owes == (id in late), id
            listed = {line.person for line in store.lines(session, found, self.now) if line.here and line.at is None}
            assert listed == late
            per = (
                select(func.count()).where(OutboxRow.key.like(f"notice:{self.notice}:{found.number}:%"))
                .where(OutboxRow.person_id.is_not(None)).group_by(OutboxRow.person_id)
            )  # fmt: skip
            assert max(session.scalars(per).all(), default=1) <= 1 + 3


_numbers = iter(range(10_000))


@pytest.fixture
def declared(engine: Engine) -> Engine:
    """The kinds of messages that a notice sends."""
    budget.declare(model.UNASKED)
    return engine


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_pending_is_the_audience_without_those_who_acknowledged(
    declared: Engine, steps: list[tuple[str, int, bool]]
) -> None:
    """After every step, on both engines."""
    world = World(declared, f"P{next(_numbers)}")
    for what, at, dies in [("join", 0, False), ("join", 0, False), *steps]:
        world.step(what, at, dies)
        world.looks_right()


def test_the_comparison_catches_a_list_that_is_written_down_once(declared: Engine) -> None:
    """Sabotage: whoever was pending at the start is not who is pending after somebody joined and somebody left."""
    world = World(declared, f"P{next(_numbers)}")
    for _ in range(3):
        world.step("join", 0, False)
    with Session(declared) as session:
        found = store.notice(session, world.notice)
        assert found is not None
        frozen = {each.id for each in store.pending(session, found, world.now)}
    world.step("join", 0, False)
    world.step("leave", 0, False)
    world.looks_right()
    audience = {id for id, here in world.here.items() if here}
    assert frozen != audience - world.acked


def test_a_reminder_that_waits_is_taken_back_once_it_is_acknowledged(declared: Engine) -> None:
    """What has not gone out must not come after the answer."""
    world = World(declared, f"P{next(_numbers)}")
    world.step("join", 0, False)
    world.step("tick", 0, False)
    world.step("ack", 0, False)
    with Session(declared) as session:
        states = session.scalars(select(OutboxRow.state).where(OutboxRow.key.like(f"notice:{world.notice}:1:%"))).all()
    assert states
    assert set(states) <= {"cancelled"}
