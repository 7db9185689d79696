"""safe + help + absent + silent = roster, whatever happens in whatever order, twice or half."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.writer import Writer
from bot.delivery.outbox import Lane
from bot.delivery.tables import OutboxRow
from bot.emergencies.muster import actions, answering, store
from bot.emergencies.muster.model import Muster
from bot.emergencies.muster.tables import MusterGuestRow, MusterRosterRow, MusterRow
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Viewer
from bot.people.tables import PersonRow
from tests.store.conftest import NOON, Crew

WORKERS = 12
STATES = ("safe", "help", "absent")


class Boom(Exception):
    """The process dies in the middle of a transaction."""


def hire(session: Session, crew: Crew) -> list[int]:
    """Workers of the team with phones; every third has none."""
    ids = []
    for number in range(WORKERS):
        id = people_actions.add_person(
            session, f"X-{number}", f"Worker {number}", "en", crew.team, "worker", NOON.date()
        )
        if number % 3:
            people_actions.open_account(session, id, 7000 + number, 7000 + number, NOON)
        ids.append(id)
    return ids


def viewer_of(session: Session, person: int) -> Viewer:
    """Their rights."""
    found = people.viewer(session, person, NOON)
    assert found is not None
    return found


def drain(session: Session, most: int | None = None) -> int:
    """Runs calling jobs that are due, as the worker does; answers how many."""
    done = 0
    while most is None or done < most:
        due = [job for job in jobs.due(session, NOON, most=1) if job.kind == actions.CALL]
        if not due:
            return done
        actions.call_slice(session, due[0].payload, NOON)
        jobs.finish(session, due[0], NOON)
        done += 1
    return done


def press(person: int, muster: int, said: str, number: int) -> Pressed:
    """A press as the router hands it on."""
    return Pressed(
        update_id=number,
        at=NOON,
        user=person,
        chat=person,
        person=person,
        message=1,
        data=f"mu.a:{muster}:{said}",
        callback="1",
    )


def start(session: Session, crew: Crew) -> Muster:
    """The manager starts a drill for everybody."""
    return actions.start(session, viewer_of(session, crew.manager), crew.site.id, False, True, NOON)


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, WORKERS - 1), st.sampled_from(STATES)),
        st.tuples(st.just("many"), st.sets(st.integers(0, WORKERS - 1), min_size=1), st.sampled_from(STATES)),
        st.tuples(st.just("mark"), st.integers(0, WORKERS - 1), st.sampled_from(STATES)),
        st.tuples(st.just("guests"), st.integers(1, 4), st.integers(0, 5)),
        st.tuples(st.just("mark_guest"), st.integers(0, 8), st.sampled_from(STATES)),
        st.tuples(st.just("joins"), st.sampled_from(STATES)),
        st.tuples(st.just("leaves"), st.integers(0, WORKERS - 1)),
        st.tuples(st.just("crash"), st.integers(0, WORKERS - 1), st.sampled_from(STATES)),
        st.tuples(st.just("call"), st.integers(1, 2)),
    ),
    max_size=25,
)


class World:
    """What ought to be the case, kept beside the database by the simplest means."""

    def __init__(self, writer: Writer, crew: Crew) -> None:
        self.writer, self.crew = writer, crew
        self.workers: list[int] = writer.run(hire, crew)
        self.muster: Muster = writer.run(start, crew)
        self.people: dict[int, str] = {}
        self.guests: dict[int, str] = {}
        self.numbers = 100
        self.come = 0
        self.gone: set[int] = set()

    def apply(self, move: tuple[Any, ...]) -> None:
        """One thing happens; every answer is given twice, as Telegram may."""
        getattr(self, f"_{move[0]}")(*move[1:])
        self.look()

    def look(self) -> None:
        """The counts are those of the simple books, and add up to the roster."""
        counts, roster, guests = self.writer.run(self._read)
        for person in roster:
            self.people.setdefault(person, "silent")
        want = Counter(self.people.values()) + Counter(self.guests.values())
        assert (counts.safe, counts.help, counts.absent, counts.silent) == tuple(
            want[state] for state in (*STATES, "silent")
        )
        assert counts.roster == len(roster) + guests == len(self.people) + len(self.guests)

    def _read(self, session: Session) -> tuple[Any, list[int], int]:
        mine = MusterRosterRow.muster_id == self.muster.id
        roster = list(session.scalars(select(MusterRosterRow.person_id).where(mine)))
        guests = len(session.scalars(select(MusterGuestRow.id).where(MusterGuestRow.muster_id == self.muster.id)).all())
        return store.total(store.by_unit(session, self.muster.id)), roster, guests

    def _say(self, persons: list[int], said: str) -> None:
        events = [press(person, self.muster.id, said, self.numbers + at) for at, person in enumerate(persons)]
        self.numbers += len(events)
        for _ in range(2):
            self.writer.run(answering.on_answers, events, NOON)
        self.people |= dict.fromkeys(persons, said)

    def _answer(self, which: int, said: str) -> None:
        self._say([self.workers[which]], said)

    def _many(self, which: set[int], said: str) -> None:
        self._say([self.workers[at] for at in sorted(which)], said)

    def _mark(self, which: int, said: str) -> None:
        person = self.workers[which]
        try:
            for _ in range(2):
                self.writer.run(self._marked, f"p{person}", said)
        except Refused:
            assert person not in self.people, "only who is on the roster can be marked"
        else:
            self.people[person] = said

    def _marked(self, session: Session, which: str, said: str) -> None:
        actions.mark(session, viewer_of(session, self.crew.manager), self.muster.id, which, said, NOON)

    def _guests(self, count: int, key: int) -> None:
        self.writer.run(self._added, count, key)
        found = self.writer.run(lambda s: list(s.scalars(select(MusterGuestRow.id))))
        for id in found:
            self.guests.setdefault(id, "silent")

    def _added(self, session: Session, count: int, key: int) -> None:
        viewer = viewer_of(session, self.crew.manager)
        actions.add_guests(session, viewer, self.muster.id, "visitor", str(count), f"k{key}", NOON)

    def _mark_guest(self, which: int, said: str) -> None:
        known = sorted(self.guests)
        if known:
            id = known[which % len(known)]
            self.writer.run(self._marked, f"g{id}", said)
            self.guests[id] = said

    def _joins(self, said: str) -> None:
        self.come += 1
        name = f"N-{self.come}"
        person = self.writer.run(
            lambda s: people_actions.add_person(s, name, name, "en", self.crew.team, "worker", NOON.date())
        )
        self._say([person], said)

    def _leaves(self, which: int) -> None:
        self.gone.add(which)
        self.writer.run(people_actions.leave_company, [self.workers[which]], NOON.date(), NOON)

    def _crash(self, which: int, said: str) -> None:
        def dies(session: Session) -> None:
            answering.on_answers(session, [press(self.workers[which], self.muster.id, said, 1)], NOON)
            raise Boom

        with pytest.raises(Boom):
            self.writer.run(dies)

    def _call(self, most: int) -> None:
        self.writer.run(drain, most)


@pytest.fixture
def world(writer: Writer, crew: Crew) -> Callable[[], World]:
    """A muster that begins; a new one for each example, the one before is over."""

    def begin() -> World:
        def clear(session: Session) -> None:
            session.query(MusterRow).update({"open_unit": None})
            session.query(MusterGuestRow).delete()
            for person in session.query(PersonRow).filter(PersonRow.badge.like("%-%")):
                person.badge = f"old {person.id}"

        writer.run(clear)
        return World(writer, crew)

    return begin


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_the_sum_is_the_roster_at_every_moment(world: Callable[[], World], moves: list[tuple[Any, ...]]) -> None:
    """Answers and their replays, whole steps, marks, guests, joiners, leavers and crashes, while calls go on."""
    books = world()
    for move in moves:
        books.apply(move)
    books.writer.run(drain)
    books.look()


def test_wardens_are_called_first_and_nobody_twice(writer: Writer, crew: Crew) -> None:
    """In the order in which the lane sends; a job that runs again adds nothing."""
    writer.run(hire, crew)
    for person, user in ((crew.supervisor, 1), (crew.manager, 2), (crew.worker, 3)):
        writer.run(people_actions.open_account, person, user, user, NOON)
    found = writer.run(start, crew)
    writer.run(drain)
    for rank in (0, 1):
        writer.run(actions.call_slice, {"muster": found.id, "round": 1, "rank": rank, "after": 0}, NOON)

    def read(session: Session) -> list[int]:
        query = (
            select(OutboxRow.person_id)
            .where(OutboxRow.lane == Lane.CALL.value)
            .order_by(OutboxRow.not_before, OutboxRow.id)
        )
        return [int(person or 0) for person in session.scalars(query)]

    called = writer.run(read)
    assert len(called) == len(set(called))
    assert set(called[:2]) == {crew.supervisor, crew.manager}
