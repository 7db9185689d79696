"""What starts, in which order, for whom; and what is remembered of it by whoever sends next."""

from __future__ import annotations

from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery import claiming, leases, outbox, sending_store
from bot.delivery.claiming import Claimed
from bot.delivery.outbox import Lane, To, to_chat, to_person
from bot.delivery.sending_store import Outcome
from bot.delivery.tables import OutboxRow
from bot.people.tables import PersonRow
from tests.store.conftest import NOON, Crew
from tests.store.test_outbox import HELLO, begin, states, waiting

REST = (Lane.REPLY.value, Lane.LESSON.value, Lane.BULK.value)


def claim(writer: Writer, most: int = 50, not_ids: tuple[int, ...] = (), not_chats: tuple[int, ...] = ()) -> Claimed:
    """Under fence 1."""
    writer.run(begin, [])
    return writer.run(claiming.claim, REST, most, not_ids, not_chats, 1, NOON)


def test_of_each_chat_one_row_starts_at_a_time(writer: Writer, crew: Crew) -> None:
    """The first; the others of the chat are known to wait behind it."""
    for chat in (1, 1, 2, 1):
        writer.run(outbox.send, to_chat(chat), HELLO, Lane.REPLY, NOON)
    claimed = claim(writer)
    assert [row.chat for row in claimed.rows] == [1, 2]
    assert claimed.behind
    assert states(writer) == ["started", "waiting", "started", "waiting"]


def test_nothing_starts_for_a_chat_that_rests(writer: Writer, crew: Crew) -> None:
    """By its number, or by the person's account; a row that is put off does not start either."""
    rows = [
        writer.run(outbox.send, to, HELLO, Lane.REPLY, NOON)
        for to in (to_chat(1), to_person(crew.worker), to_chat(2), to_chat(3))
    ]
    there = waiting(writer.engine)[1].chat
    assert there is not None
    claimed = claim(writer, not_ids=(rows[2] or 0,), not_chats=(1, there))
    assert [row.chat for row in claimed.rows] == [3]
    assert claimed.behind


def test_higher_lanes_go_first_and_then_the_oldest(writer: Writer, crew: Crew) -> None:
    """However much of the lower ones waits; alerts are another claimer's."""
    lanes = (Lane.BULK, Lane.BULK, Lane.LESSON, Lane.REPLY, Lane.ALERT)
    for chat, lane in enumerate(lanes, 1):
        writer.run(outbox.send, to_chat(chat), HELLO, lane, NOON)
    assert [row.chat for row in claim(writer, most=3).rows] == [4, 3, 1]
    rest = claim(writer, most=3)
    assert [row.chat for row in rest.rows] == [2]
    assert not rest.behind


def test_what_is_given_back_has_not_been_tried(writer: Writer, crew: Crew) -> None:
    """Nor is it uncertain; an edit finds it waiting."""
    writer.run(outbox.send, to_chat(1), HELLO, Lane.REPLY, NOON)
    (row,) = claim(writer).rows
    assert row.attempts == 1
    writer.run(sending_store.mark_done, [Outcome(row, "waiting", tried=False)], 1, NOON)
    (again,) = claim(writer).rows
    assert (again.attempts, again.uncertain) == (1, False)


def test_a_claim_whose_commit_was_lost_is_found_again(writer: Writer, crew: Crew) -> None:
    """Started under the newest fence and in nobody's hand: it was not sent, and is not called uncertain."""
    for chat in (1, 2):
        writer.run(outbox.send, to_chat(chat), HELLO, Lane.REPLY, NOON)
    first, _ = claim(writer).rows
    assert writer.run(sending_store.recover, 1, [first.id]) == 0
    assert states(writer) == ["started", "waiting"]
    assert [(row.chat, row.uncertain) for row in claim(writer).rows] == [(2, False)]


def test_many_marks_are_made_together_and_each_as_it_is(writer: Writer, crew: Crew, engine: Engine) -> None:
    """Sent, failed, refused for now, and one that is no longer ours, in one transaction."""
    for chat in range(1, 6):
        writer.run(outbox.send, to_chat(chat), HELLO, Lane.REPLY, NOON, on_failure="gone" if chat == 3 else None)
    rows = claim(writer).rows
    writer.run(lambda s: s.execute(update(OutboxRow).where(OutboxRow.id == rows[4].id).values(fence=7)))
    outcomes = [
        Outcome(rows[0], "sent", chat=1, numbers=(70,), made=1),
        Outcome(rows[1], "sent", chat=2, numbers=(71,), made=1),
        Outcome(rows[2], "failed", error="chat not found"),
        Outcome(rows[3], "waiting", uncertain=True, unsure=True, error="reset"),
        Outcome(rows[4], "sent", chat=5, numbers=(72,), made=1),
    ]
    writer.run(sending_store.mark_done, outcomes, 1, NOON)
    assert states(writer) == ["sent", "sent", "failed", "waiting", "started"]
    assert [row.uncertain for row in waiting(engine)] == [True]
    places = writer.run(lambda s: s.execute(text("SELECT message_id FROM sent_message ORDER BY 1")).scalars().all())
    assert places == [70, 71]
    assert writer.run(lambda s: s.execute(text("SELECT kind FROM job")).scalars().all()) == ["gone"]


def test_a_pause_is_known_to_whoever_sends_next(writer: Writer, crew: Crew) -> None:
    """Also after a start at which every lease is given back; a shorter one later does not end it."""
    assert writer.run(sending_store.paused) == 0.0
    for seconds in (30.0, 2.0):
        writer.run(outbox.send, to_chat(1), HELLO, Lane.REPLY, NOON)
        row = claim(writer).rows[0]
        writer.run(sending_store.mark_done, [Outcome(row, "waiting", error="429", pause=seconds)], 1, NOON)
    writer.run(leases.release_all)
    assert 25.0 < writer.run(sending_store.paused) <= 30.0


def test_somebody_who_gets_a_message_can_be_reached(writer: Writer, crew: Crew) -> None:
    """They had blocked the bot; what arrives says that they no longer do."""

    def unreachable(session: Session) -> bool:
        return session.scalar(select(PersonRow.unreachable_at).where(PersonRow.id == crew.worker)) is not None

    for state, gone in (("failed", True), ("sent", False)):
        writer.run(outbox.send, To(person=crew.worker), HELLO, Lane.REPLY, NOON)
        (row,) = claim(writer).rows
        outcome = Outcome(row, state, chat=row.chat, numbers=(9,), gone=gone, made=1)
        writer.run(sending_store.mark_done, [outcome], 1, NOON)
        assert writer.run(unreachable) is gone


def test_a_stranger_is_spoken_to_in_the_language_of_the_row_and_a_person_in_their_own(
    writer: Writer, crew: Crew
) -> None:
    """The reader of a private chat is whoever has it now."""
    writer.run(lambda s: s.execute(update(PersonRow).where(PersonRow.id == crew.worker).values(lang="zh")))
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    (first,) = claim(writer).rows
    assert first.chat is not None
    writer.run(outbox.send, To(chat=first.chat, lang="es"), HELLO, Lane.REPLY, NOON)
    writer.run(outbox.send, To(chat=999_999, lang="es"), HELLO, Lane.REPLY, NOON)
    assert [row.lang for row in claim(writer).rows] == ["zh", None]
