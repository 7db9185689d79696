"""Everybody tries everything with an incident in any order: no path goes round what closing it needs."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import update

from bot.incidents import actions, clocks, company, filing, opening, rules, store
from bot.incidents.model import ClockState, Control, Entry, Level, Move, Outcome, State
from bot.kit.errors import Refused
from bot.people.tables import UnitRow
from tests.store.conftest import NOON
from tests.store.hazard_crew import Dock, dock

__all__ = ["dock"]


@pytest.fixture(autouse=True)
def _shipped() -> None:
    """The shipped clocks, and nobody from whom anything is hidden."""
    company.configure(None, lambda session, hazard: ())


class Paths(RuleBasedStateMachine):
    """Everybody tries everything in any order. What holds is looked at after each step."""

    dock: Dock
    nth = 0

    def __init__(self) -> None:
        super().__init__()
        Paths.nth += 1
        self.now = NOON
        self.id = self.dock.run(opening.open_incident, f"path:{Paths.nth}", self.dock.unit, self.dock.path, NOON).id
        self.hurt: set[int] = set()
        self.led: set[int] = set()

    def attempt(self, fn: Any, *args: Any, **kwargs: Any) -> None:
        """A step that may be refused."""
        self.now += timedelta(minutes=1)
        with contextlib.suppress(Refused):
            self.dock.run(fn, *args, **kwargs)

    def who(self, at: int) -> int:
        """Somebody: three who answer for safety, a supervisor, a worker."""
        return (self.dock.yusuf, self.dock.grace, self.dock.ada, self.dock.sam, self.dock.bao)[at]

    people = st.integers(0, 4)

    @initialize(outcome=st.sampled_from([Outcome.FIRST_AID, Outcome.HOSPITAL, Outcome.FATAL]), owner=st.integers(0, 3))
    def begin(self, outcome: Outcome, owner: int) -> None:
        """Most begin with somebody who leads, or the end would hardly ever be reached."""
        self.attempt(actions.classify, self.who(0), self.id, outcome, self.now)
        self.attempt(actions.lead, self.who(0), self.id, self.who(owner), self.now)

    @rule(by=people, outcome=st.sampled_from(list(Outcome)))
    def classify(self, by: int, outcome: Outcome) -> None:
        self.attempt(actions.classify, self.who(by), self.id, outcome, self.now)

    @rule(by=people, owner=people)
    def lead(self, by: int, owner: int) -> None:
        self.attempt(actions.lead, self.who(by), self.id, self.who(owner), self.now)

    @rule(by=people, member=people)
    def join(self, by: int, member: int) -> None:
        self.attempt(actions.join, self.who(by), self.id, self.who(member), self.now)

    @rule(by=people, badge=st.sampled_from(["T-5", "T-6", "T-3", "T-2"]))
    def injured(self, by: int, badge: str) -> None:
        before = self.dock.run(store.count_injured, self.id)
        self.attempt(actions.name_injured, self.who(by), self.id, badge, self.now)
        if self.dock.run(store.count_injured, self.id) > before:
            numbers = {"T-5": self.dock.yusuf, "T-6": self.dock.grace, "T-3": self.dock.sam, "T-2": self.dock.bao}
            self.hurt.add(numbers[badge])

    @rule(by=people)
    def whole(self, by: int) -> None:
        """Everything that goes into a file, so that the end can be reached at all."""
        for level in (Level.IMMEDIATE, Level.ROOT):
            self.attempt(filing.enter, self.who(by), self.id, Entry.CAUSE, "why", self.now, level=level)
        self.attempt(filing.enter, self.who(by), self.id, Entry.MOMENT, "what", self.now, happened_at=NOON)
        self.attempt(filing.enter, self.who(by), self.id, Entry.LESSON, "so", self.now)

    @rule(by=people, owner=people)
    def action(self, by: int, owner: int) -> None:
        words = "a guard"
        self.attempt(filing.set_action, self.who(by), self.id, Control.ENGINEER, words, self.who(owner), 7, self.now)

    @rule(by=people)
    def done(self, by: int) -> None:
        for each in self.dock.run(store.actions, self.id):
            self.attempt(filing.done, self.who(by), each.id, self.now)

    @rule(by=people, state=st.sampled_from([ClockState.REPORTED, ClockState.NOT_REPORTABLE]))
    def settle(self, by: int, state: ClockState) -> None:
        for each in self.dock.run(store.clocks, [self.id])[self.id]:
            self.attempt(clocks.settle, self.who(by), each.id, state, "a reason that is long", None, self.now)

    @rule(by=people, move=st.sampled_from([each for each in Move if each is not Move.CLASSIFY]))
    def step(self, by: int, move: Move) -> None:
        self.attempt(actions.take_step, self.who(by), self.id, move, self.now)

    @rule(order=st.permutations(range(5)), ripe=st.booleans())
    def sign_all(self, order: list[int], ripe: bool) -> None:
        """Submitted, and everybody tries to sign, in any order; often all is there that it needs."""
        for at in order if ripe else ():
            self.whole(at)
            self.action(at, at)
            self.done(at)
            self.settle(at, ClockState.REPORTED)
        for move in (Move.SUBMIT, Move.SIGN):
            for at in order:
                self.attempt(actions.take_step, self.who(at), self.id, move, self.now)

    @rule(hours=st.integers(1, 200))
    def tick(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.attempt(clocks.look, self.now)
        self.attempt(filing.look, self.now)

    @invariant()
    def what_is_closed_had_all_it_needs(self) -> None:
        found = self.dock.run(store.incident, self.id)
        team = self.dock.run(store.members, self.id)
        dossier = self.dock.run(store.dossier, found)
        if found.state is State.CLOSED:
            assert not [lack for lack in rules.lacks(dossier, Move.SIGN) if lack != "owner" or not self.hurt]
            assert found.signed_by is not None
            assert found.signed_by != found.owner
            assert found.signed_by not in self.led, "nobody gives away the lead to sign their own"
        elif found.state is not State.REVIEW:
            assert found.signed_by is None
        self.led |= {found.owner} if found.owner else set()
        assert found.owner not in self.hurt
        assert not set(team) & self.hurt
        for who in self.hurt:
            assert self.dock.run(store.seen_by, self.id, who, self.now) is None
        assert dossier.clocks_running <= 2


def test_no_path_closes_an_incident_without_what_it_needs(dock: Dock, database_url: str) -> None:
    """A hundred steps by people with and without rights, in any order."""
    Paths.dock = dock
    dock.run(lambda s: s.execute(update(UnitRow).values(jurisdiction="US")))
    few = 8 if database_url.startswith("sqlite") else 3
    every = settings(
        max_examples=few, stateful_step_count=15, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Paths, settings=every)  # not made smaller when it fails: each step goes to the database


def test_the_machine_reaches_the_end(dock: Dock) -> None:
    """Otherwise what it says of closed ones would be empty: the same steps, in the order in which they work."""
    Paths.dock = dock
    dock.run(lambda s: s.execute(update(UnitRow).values(jurisdiction="US")))
    one = Paths()
    one.classify(0, Outcome.HOSPITAL)
    one.lead(0, 0)
    one.whole(0)
    one.action(0, 4)
    one.sign_all([0, 1, 2, 3, 4], ripe=False)
    assert dock.run(store.incident, one.id).state is State.REVIEW
    one.done(4)
    one.settle(1, ClockState.REPORTED)
    one.sign_all([0, 1, 2, 3, 4], ripe=False)
    found = dock.run(store.incident, one.id)
    assert (found.state, found.signed_by) == (State.CLOSED, dock.grace)
    one.what_is_closed_had_all_it_needs()
