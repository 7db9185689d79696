"""A long push as rows: planned in slices, paused and taken back in the middle, told of once when it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.compliance.model import ANNOUNCEMENT
from bot.db.jobs import JobRow
from bot.db.writer import Writer
from bot.delivery import backlog, broadcasts, budget, forecasting, outbox, planning
from bot.delivery.audience import Audience
from bot.delivery.broadcasts import State
from bot.delivery.outbox import Lane
from bot.delivery.tables import BroadcastRow, OutboxRow
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.people import agreement
from bot.people import store as people
from bot.people.model import Viewer
from bot.people.tables import AccountRow, AgreementRow, PersonRow, PlacementRow
from tests.store.conftest import NEWS, NOON, Crew

MANY = 260
SAID = Message(text("delivery.just", text="Gate 3 is closed"))


@pytest.fixture(autouse=True)
def kinds(writer: Writer, crew: Crew) -> Iterator[None]:
    """The kinds of messages there are, and a crowd in the team."""
    budget.declare([NEWS, ANNOUNCEMENT])
    writer.run(_hire_many, crew)
    yield
    budget.declare([])


def _hire_many(session: Session, crew: Crew) -> None:
    since, first = date(2026, 1, 5), 1000
    session.add_all(
        PersonRow(id=n, badge=f"C-{n}", name=f"Colleague {n}", lang="en", joined_on=since)
        for n in range(first, first + MANY)
    )
    session.flush()
    for n in range(first, first + MANY):
        session.add(PlacementRow(person_id=n, unit_id=crew.team.id, post="worker", starts_on=since))
        session.add(AccountRow(person_id=n, channel="telegram", user_id=10 * n, chat_id=10 * n, opened_at=NOON))


def starter(session: Session, crew: Crew) -> Viewer:
    """The supervisor."""
    found = people.viewer(session, crew.supervisor, NOON)
    assert found is not None
    return found


def begun(session: Session, crew: Crew) -> int:
    """A broadcast to the team."""
    audience = Audience(paths=(crew.team.path,))
    id = broadcasts.begin(
        session, starter(session, crew), SAID, audience, ANNOUNCEMENT, NOON, key="one", on_end="test.ended"
    )
    assert id is not None
    return id


def advanced(session: Session, id: int, now: datetime = NOON) -> bool:
    """One slice."""
    row = session.get(BroadcastRow, id, populate_existing=True)
    assert row is not None
    return broadcasts.advance(session, row, now)


def states(session: Session) -> dict[str, int]:
    """How many rows of the outbox are in which state."""
    found = session.execute(select(OutboxRow.state, func.count().label("n")).group_by(OutboxRow.state)).all()
    return {row.state: row.n for row in found}


def test_one_paused_while_it_is_planned_goes_on_where_it_stopped(writer: Writer, crew: Crew) -> None:
    """Nothing is planned meanwhile, nothing can be claimed, and in the end everybody has one row."""
    id = writer.run(begun, crew)
    assert writer.run(advanced, id)
    first = writer.run(states)["waiting"]
    assert 0 < first < MANY
    writer.run(lambda session: broadcasts.pause(session, id, starter(session, crew), NOON) and None)
    assert writer.run(states) == {"paused": first}
    assert not writer.run(advanced, id)
    assert writer.run(states) == {"paused": first}
    writer.run(lambda session: broadcasts.go_on(session, id, starter(session, crew), NOON) and None)
    while writer.run(advanced, id):
        pass
    found = writer.run(lambda session: broadcasts.counts(session, id, NOON))
    row = writer.run(lambda session: session.execute(select(BroadcastRow.state, BroadcastRow.total)).one())
    assert found.due == row.total >= MANY
    assert row.state == State.RUNNING
    per_person = select(func.count(OutboxRow.id)).group_by(OutboxRow.person_id)
    assert set(writer.run(lambda session: session.scalars(per_person).all())) == {1}


def test_the_second_of_two_who_press_is_told(writer: Writer, crew: Crew) -> None:
    """It is paused once and stopped once; a stopped one never goes on."""
    id = writer.run(begun, crew)

    def change(do: Any) -> None:
        writer.run(lambda session: do(session, id, starter(session, crew), NOON) and None)

    change(broadcasts.pause)
    for again in (broadcasts.pause, broadcasts.stop, broadcasts.stop, broadcasts.go_on, broadcasts.pause):
        if again is broadcasts.stop and writer.run(lambda s: s.scalar(select(BroadcastRow.state))) == State.PAUSED:
            change(again)
            continue
        with pytest.raises(Refused) as refused:
            change(again)
        assert refused.value.text.key == "delivery.broadcast_changed"


def test_whose_day_is_full_is_counted_before_and_taken_back_with_the_rest(writer: Writer, crew: Crew) -> None:
    """It was said that they find it tomorrow; when it is stopped they do not."""
    full = [1000, 1001, 1002]

    def fill(session: Session) -> None:
        for person in full:
            for n in range(budget.budget.per_day):
                outbox.send(session, outbox.to_person(person), SAID, Lane.BULK, NOON, key=f"{person}:{n}", unasked=NEWS)

    writer.run(fill)
    audience = Audience(paths=(crew.team.path,))
    before = writer.run(lambda s: forecasting.forecast(s, SAID, audience, ANNOUNCEMENT, NOON))
    id = writer.run(begun, crew)
    while writer.run(advanced, id):
        pass
    found = writer.run(lambda session: broadcasts.counts(session, id, NOON))
    assert before.held == found.held == len(full)
    assert before.due == found.due
    assert before.people == found.due + found.held
    assert writer.run(lambda session: backlog.waiting(session, full[0]))
    writer.run(lambda session: broadcasts.stop(session, id, starter(session, crew), NOON) and None)
    while writer.run(advanced, id):
        pass
    found = writer.run(lambda session: broadcasts.counts(session, id, NOON))
    assert (found.open, found.held, found.taken_back) == (0, 0, before.people)
    assert not writer.run(lambda session: backlog.waiting(session, full[0]))


def test_who_waits_for_the_morning_is_counted_apart(writer: Writer, crew: Crew) -> None:
    """At half past three in the morning all of the team sleep; they follow at seven."""
    night = NOON.replace(hour=3, minute=30)
    audience = Audience(paths=(crew.team.path,))
    before = writer.run(lambda s: forecasting.forecast(s, SAID, audience, ANNOUNCEMENT, night))
    ((at, count),) = before.later
    assert before.due == 0
    assert count == before.people >= MANY
    assert at > night


def test_what_was_paused_for_too_long_is_taken_back(writer: Writer, crew: Crew) -> None:
    """After three days nobody wants to read it any more."""
    id = writer.run(begun, crew)
    writer.run(advanced, id)
    writer.run(lambda session: broadcasts.pause(session, id, starter(session, crew), NOON) and None)
    writer.run(advanced, id, NOON + broadcasts.LASTS - timedelta(minutes=1))
    assert set(writer.run(states)) == {"paused"}
    writer.run(advanced, id, NOON + broadcasts.LASTS)
    assert set(writer.run(states)) == {"cancelled"}


def test_whoever_asked_hears_of_the_end_once(writer: Writer, crew: Crew) -> None:
    """Not while something is under way, and not twice."""
    id = writer.run(begun, crew)
    while writer.run(advanced, id):
        pass

    def look(session: Session) -> bool:
        row = session.get(BroadcastRow, id, populate_existing=True)
        assert row is not None
        return broadcasts.end(session, row, broadcasts.counts(session, id, NOON), NOON)

    assert not writer.run(look)
    writer.run(lambda session: session.execute(update(OutboxRow).values(state="sent")) and None)
    assert writer.run(look)
    assert not writer.run(look)
    jobs = select(JobRow.payload).where(JobRow.kind == "test.ended")
    (told,) = writer.run(lambda session: session.scalars(jobs).all())
    assert told["sent"] == told["total"] >= MANY
    assert told["state"] == State.DONE


def test_the_same_is_not_begun_twice(writer: Writer, crew: Crew) -> None:
    """A key belongs to one broadcast."""
    writer.run(begun, crew)
    audience = Audience(paths=(crew.team.path,))
    again = writer.run(lambda s: broadcasts.begin(s, starter(s, crew), SAID, audience, ANNOUNCEMENT, NOON, key="one"))
    assert again is None


def test_nobody_writes_to_a_unit_that_is_not_theirs(writer: Writer, crew: Crew) -> None:
    """A supervisor of a team is none of the site, and a worker none of the team."""
    for person, path in ((crew.supervisor, crew.site.path), (crew.worker, crew.team.path)):
        with pytest.raises(Refused) as refused:
            writer.run(
                lambda s, person=person, path=path: broadcasts.begin(
                    s, people.viewer(s, person, NOON), SAID, Audience(paths=(path,)), ANNOUNCEMENT, NOON, key="x"
                )
            )
        assert refused.value.text.key == "delivery.not_yours_to_send"


def test_where_working_time_was_agreed_a_long_push_waits_for_it(writer: Writer, crew: Crew) -> None:
    """Begun on Saturday: in the team that agreed on it everybody gets it on Monday; elsewhere it comes at once."""
    saturday = NOON + timedelta(days=(5 - NOON.weekday()) % 7)

    def agree(session: Session) -> None:
        session.add(AgreementRow(
            unit_id=crew.team.id, path=crew.team.path, item=agreement.WORKTIME, is_on=True, purpose="Rest.",
            state="holds", asked_by=crew.supervisor, asked_at=saturday,
        ))  # fmt: skip

    def starts(session: Session, name: str) -> set[date]:
        audience = Audience(paths=(crew.team.path,))
        said = planning.Broadcast(name, SAID, ANNOUNCEMENT, audience)
        planning.plan_slice(session, said, 0, 5000, saturday)
        found = session.scalars(select(OutboxRow.not_before).where(OutboxRow.key.startswith(f"{name}:")))
        return {at.date() for at in found}

    assert writer.run(starts, "before") == {saturday.date()}
    writer.run(agree)
    assert writer.run(starts, "after") == {saturday.date() + timedelta(days=2)}
