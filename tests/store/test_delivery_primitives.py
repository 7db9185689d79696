"""Drafts, ladders, gates, acknowledgements, jobs and leases as rows, on both engines."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.writer import Writer, WriterStopped
from bot.delivery import acknowledgements, drafts, gates, ladders, leases, schedules
from bot.delivery.tables import LeaseRow
from bot.kit.gates import Gate, GateState
from bot.kit.ladder import Rung, first_rung, next_rung
from tests.store.conftest import NOON, Crew

TEN = timedelta(minutes=10)
RUNGS = (Rung("supervisor", TEN), Rung("manager", TEN))


def test_a_draft_that_changed_meanwhile_is_not_overwritten(writer: Writer, crew: Crew) -> None:
    """The second hand on an old copy writes nothing."""
    draft = writer.run(drafts.begin, crew.worker, "report", "choose", {"text": "wet"}, NOON)
    assert writer.run(drafts.advance, draft, "place", {"text": "wet floor"}, NOON) is not None
    assert writer.run(drafts.advance, draft, "kind", {"text": "dry"}, NOON) is None
    now = writer.run(drafts.current, crew.worker)
    assert now is not None
    assert (now.step, now.data) == ("place", {"text": "wet floor"})


def test_the_draft_touched_last_gets_what_is_said_and_closing_erases_it(writer: Writer, crew: Crew) -> None:
    """Two conversations can be open; the newest one has the word."""
    writer.run(drafts.begin, crew.worker, "report", "choose", {}, NOON)
    quiz = writer.run(drafts.begin, crew.worker, "quiz", "answer", {}, NOON + TEN)
    current = writer.run(drafts.current, crew.worker)
    assert current is not None
    assert current.kind == "quiz"
    assert writer.run(drafts.close, quiz)
    assert not writer.run(drafts.close, quiz)
    left = writer.run(drafts.current, crew.worker)
    assert left is not None
    assert left.kind == "report"


def test_a_reminder_falls_due_once_its_time_has_come(writer: Writer, crew: Crew) -> None:
    """Not before."""
    writer.run(drafts.begin, crew.worker, "report", "choose", {}, NOON, NOON + TEN)
    assert writer.run(drafts.due, "report", NOON) == []
    assert len(writer.run(drafts.due, "report", NOON + TEN)) == 1


def test_a_ladder_that_was_acknowledged_is_never_climbed(writer: Writer, crew: Crew) -> None:
    """Of two acknowledgements one wins, and the call that was due afterwards is not made."""
    start = writer.run(ladders.start, "hazard:1", "hazard", first_rung(RUNGS, NOON), [crew.supervisor], NOON)
    assert [ladder.subject for ladder in writer.run(ladders.due, "hazard", NOON + TEN)] == ["hazard:1"]
    assert writer.run(ladders.stop, "hazard:1", crew.supervisor, NOON)
    assert not writer.run(ladders.stop, "hazard:1", crew.manager, NOON)
    climb = next_rung(RUNGS, 0, NOON + TEN, False, NOON + TEN)
    assert climb is not None
    assert not writer.run(ladders.climbed, start, climb, [crew.manager])
    assert writer.run(ladders.due, "hazard", NOON + TEN) == []


def test_a_rung_is_climbed_by_one_replica_only(writer: Writer, crew: Crew) -> None:
    """Two that saw the same ladder due: the second finds it climbed."""
    seen = writer.run(ladders.start, "hazard:2", "hazard", first_rung(RUNGS, NOON), [crew.supervisor], NOON)
    climb = next_rung(RUNGS, 0, NOON + TEN, False, NOON + TEN)
    assert climb is not None
    assert writer.run(ladders.climbed, seen, climb, [crew.manager])
    assert not writer.run(ladders.climbed, seen, climb, [crew.manager])
    now = writer.run(ladders.of, "hazard:2")
    assert now is not None
    assert now.called == (crew.supervisor, crew.manager)


def test_a_gate_opens_with_the_last_word_of_different_people(writer: Writer, crew: Crew) -> None:
    """A no that was taken back does not refuse for ever."""
    gate = Gate(2, ("manager",))
    writer.run(gates.vote, "major:1", crew.supervisor, True, ["supervisor"], NOON)
    writer.run(gates.vote, "major:1", crew.manager, False, ["manager"], NOON)
    assert writer.run(gates.view, "major:1", gate).state is GateState.REFUSED
    assert writer.run(gates.vote, "major:1", crew.manager, True, ["manager"], NOON)
    assert not writer.run(gates.vote, "major:1", crew.manager, True, ["manager"], NOON)
    assert writer.run(gates.view, "major:1", gate).state is GateState.OPEN


def test_an_acknowledgement_counts_once_a_version(writer: Writer, crew: Crew) -> None:
    """A new version is acknowledged anew."""
    assert writer.run(acknowledgements.acknowledge, "rule:7", crew.worker, NOON)
    assert not writer.run(acknowledgements.acknowledge, "rule:7", crew.worker, NOON + TEN)
    assert writer.run(acknowledgements.acknowledge, "rule:7", crew.worker, NOON, version=2)
    assert writer.run(acknowledgements.who, "rule:7") == {crew.worker: NOON}


def test_a_job_exists_once_and_comes_back_later_after_a_failure(writer: Writer) -> None:
    """The second of a key is refused; a failed one is due again after its delay, until it has failed too often."""
    assert writer.run(jobs.enqueue, "mail", {"n": 1}, key="mail:1", now=NOON)
    assert not writer.run(jobs.enqueue, "mail", {"n": 1}, key="mail:1", now=NOON)
    at = NOON
    for attempt in range(jobs.TRIES):
        (job,) = writer.run(jobs.due, at)
        assert job.attempts == attempt
        assert writer.run(jobs.fail, job, "no luck", at)
        assert writer.run(jobs.due, at) == []
        at += timedelta(hours=1)
    assert writer.run(jobs.due, at + timedelta(days=9)) == []


def test_a_job_is_finished_by_one_hand_only(writer: Writer) -> None:
    """Whoever comes second keeps nothing."""
    writer.run(jobs.enqueue, "mail", {}, key="mail:2", now=NOON)
    (job,) = writer.run(jobs.due, NOON)
    assert writer.run(jobs.finish, job, NOON)
    assert not writer.run(jobs.finish, job, NOON)


def test_a_lease_is_held_by_one_and_its_fence_grows_with_each_holder(writer: Writer) -> None:
    """The old holder's fence no longer counts once somebody else has it."""
    assert writer.run(leases.take, "sender", "one") == 1
    assert writer.run(leases.take, "sender", "two") is None
    assert writer.run(leases.take, "sender", "one") == 1
    writer.run(leases.release, "sender", "one")
    assert writer.run(leases.take, "sender", "two") == 2
    held = writer.run(lambda s: s.scalar(select(LeaseRow.name).where(leases.holds("sender", 1))))
    assert held is None


def test_one_bad_function_does_not_take_its_neighbours_down(writer: Writer) -> None:
    """In a group the failing one gets its error, the others are committed."""
    gate = threading.Event()

    def hold(session: Session) -> None:
        gate.wait(5)

    def fail(session: Session) -> None:
        raise ValueError("mine alone")

    held = writer.submit(hold)
    good = [writer.submit(schedules.once, f"run:{n}", NOON) for n in range(3)]
    bad = writer.submit(fail)
    more = writer.submit(schedules.once, "run:9", NOON)
    gate.set()
    held.result(5)
    assert [g.result(5) for g in good] == [True, True, True]
    assert more.result(5) is True
    with pytest.raises(ValueError, match="mine alone"):
        bad.result(5)
    assert not writer.run(schedules.once, "run:1", NOON)


def test_a_stopped_writer_finishes_what_it_was_given_and_takes_nothing_more(engine: Engine) -> None:
    """Graceful: nothing handed in is lost."""
    writer = Writer(engine)
    given = [writer.submit(schedules.once, f"run:{n}", NOON) for n in range(100)]
    writer.stop()
    assert all(future.result(0) for future in given)
    with pytest.raises(WriterStopped):
        writer.submit(schedules.once, "late", NOON)
