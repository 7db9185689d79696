"""What is to be sent: once a key, newest of a topic, within the day's budget, and nobody's name where it is sealed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery import claiming, outbox, sending_store
from bot.delivery.claiming import Waiting
from bot.delivery.outbox import Lane, To, to_person, under_seal
from bot.delivery.sending_store import Outcome
from bot.delivery.tables import LeaseRow, OutboxRow
from bot.kit.replies import Message
from bot.kit.texts import text as say
from tests.store.conftest import NEWS, NOON, Crew

HELLO = Message(say("delivery.just", text="hello"), ref="hello:1")


def states(writer: Writer) -> list[str]:
    """The states of all rows, oldest first."""
    return writer.run(lambda s: list(s.scalars(select(OutboxRow.state).order_by(OutboxRow.id))))


def waiting(engine: Engine, at: Any = NOON, lanes: tuple[int, ...] = (0, 1, 2, 3)) -> list[Waiting]:
    """What the sender would take."""
    with engine.connect() as connection:
        return claiming.next_rows(connection, lanes, at, 50)


def begin(session: Session, ids: list[int]) -> set[int]:
    """Starts rows under fence 1."""
    if session.get(LeaseRow, "sender") is None:
        session.add(LeaseRow(name="sender", holder="me", fence=1, until=9e12))
        session.flush()
    return {row.id for row in claiming.start(session, ids, 1, NOON)}


def test_a_key_is_sent_once(writer: Writer, crew: Crew) -> None:
    """The second of a key is no row."""
    assert writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON, key="a") is not None
    assert writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON, key="a") is None


def test_a_newer_message_of_a_topic_replaces_one_that_has_not_gone_out(writer: Writer, crew: Crew) -> None:
    """Only the same person's."""
    for person in (crew.worker, crew.worker, crew.supervisor):
        writer.run(outbox.send, to_person(person), HELLO, Lane.LESSON, NOON, topic="push")
    assert states(writer) == ["replaced", "waiting", "waiting"]


def test_alerts_stand_before_replies_and_replies_before_the_rest(writer: Writer, crew: Crew, engine: Engine) -> None:
    """By lane, then by age."""
    for lane in (Lane.BULK, Lane.REPLY, Lane.ALERT, Lane.LESSON):
        writer.run(outbox.send, to_person(crew.worker), HELLO, lane, NOON)
    assert [row.lane for row in waiting(engine)] == [0, 1, 2, 3]


def test_a_third_unasked_message_waits_for_tomorrow(writer: Writer, crew: Crew, engine: Engine) -> None:
    """Two a day; the third comes on the next day, an alert at once all the same."""
    for _ in range(3):
        writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.LESSON, NOON, unasked=NEWS)
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.ALERT, NOON, unasked=NEWS)
    assert len(waiting(engine)) == 3
    assert len(waiting(engine, NOON + timedelta(days=1))) == 4


def test_what_nobody_asked_for_waits_for_the_end_of_quiet_hours(writer: Writer, crew: Crew, engine: Engine) -> None:
    """At eleven at night nothing goes out; in the morning it does."""
    late = NOON + timedelta(hours=11)
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.LESSON, late, unasked=NEWS)
    assert waiting(engine, late) == []
    assert len(waiting(engine, late + timedelta(hours=9))) == 1


def test_a_sealed_recipient_stands_nowhere_in_the_outbox(writer: Writer, crew: Crew) -> None:
    """No person, no chat, no minute."""
    writer.run(outbox.send, under_seal(crew.worker), HELLO, Lane.REPLY, NOON + timedelta(minutes=7))
    row = writer.run(lambda s: s.execute(text("SELECT person_id, chat_id, created_at FROM outbox")).one())
    assert row.person_id is None
    assert row.chat_id is None
    assert ":07" not in str(row.created_at)


def test_what_was_started_before_a_crash_is_uncertain_afterwards(writer: Writer, crew: Crew, engine: Engine) -> None:
    """And what was not started was not sent."""
    first = writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    assert writer.run(begin, [first]) == {first}
    assert writer.run(sending_store.recover, 2) == 1
    assert [(row.id == first, row.uncertain) for row in waiting(engine)] == [(True, True), (False, False)]


def test_an_old_holder_of_the_lease_can_start_nothing(writer: Writer, crew: Crew) -> None:
    """Its fence is no longer the newest."""
    row = writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    writer.run(begin, [])
    assert writer.run(claiming.start, [row], 0, NOON) == []


def test_what_has_expired_is_neither_sent_nor_kept_waiting(writer: Writer, crew: Crew, engine: Engine) -> None:
    """Yesterday's lesson is not news."""
    row = writer.run(
        outbox.send, to_person(crew.worker), HELLO, Lane.LESSON, NOON, expires_at=NOON + timedelta(hours=1)
    )
    later = NOON + timedelta(hours=2)
    assert waiting(engine, later) == []
    assert writer.run(claiming.start, [row], 1, later) == []
    assert writer.run(sending_store.expire, later) == 1
    assert states(writer) == ["expired"]


def test_an_edit_reaches_what_was_sent_and_what_was_not(writer: Writer, crew: Crew, engine: Engine) -> None:
    """A waiting message is changed in place; a sent one gets an edit."""
    first = writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    writer.run(outbox.send, to_person(crew.supervisor), HELLO, Lane.REPLY, NOON)
    row = next(r for r in waiting(engine) if r.id == first)
    writer.run(begin, [first])
    writer.run(sending_store.mark_done, [Outcome(row, "sent", chat=1001, numbers=(77,))], 1, NOON)
    changed = Message(say("delivery.just", text="changed"))
    assert writer.run(outbox.edit_ref, "hello:1", changed, NOON) == 2
    rows = waiting(engine)
    assert {(r.method, r.number) for r in rows} == {("send", None), ("edit", 77)}
    assert all(r.payload["text"]["p"]["text"] == "changed" for r in rows)


def test_a_message_that_can_never_arrive_starts_the_job_that_was_named(
    writer: Writer, crew: Crew, engine: Engine
) -> None:
    """So that an alert climbs at once; and the person counts as unreachable."""
    row = writer.run(
        outbox.send, to_person(crew.supervisor), HELLO, Lane.ALERT, NOON, key="k", on_failure="hazards.unreachable"
    )
    (found,) = waiting(engine)
    writer.run(begin, [row])
    writer.run(sending_store.mark_done, [Outcome(found, "failed", error="blocked", gone=True)], 1, NOON)
    job = writer.run(lambda s: s.execute(text("SELECT kind FROM job")).scalar_one())
    gone = writer.run(lambda s: s.execute(text("SELECT unreachable_at FROM person WHERE badge = 'T-2'")).scalar_one())
    assert job == "hazards.unreachable"
    assert gone is not None


def test_forgetting_a_conversation_leaves_no_trace_of_it(writer: Writer, crew: Crew) -> None:
    """Neither in the outbox nor in the map of sent messages."""
    writer.run(outbox.send, To(person=crew.worker, chat=1001), HELLO, Lane.REPLY, NOON)
    writer.run(outbox.forget, crew.worker, 1001, "hello:1")
    assert states(writer) == []
