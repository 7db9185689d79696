"""What is queued twice, replaced, edited or cancelled: the newest word reaches the phone, and nothing is lost on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from bot.db.writer import Writer
from bot.delivery import bulk, claiming, lookups, outbox, pruning, sending_store
from bot.delivery.bulk import Parcel
from bot.delivery.outbox import Lane, To, to_chat, to_person
from bot.delivery.sending_store import Outcome
from bot.delivery.tables import OutboxRow
from bot.kit.replies import Media, Message
from bot.kit.texts import text as say
from bot.people import actions as people
from tests.store.conftest import NOON, Crew
from tests.store.test_outbox import HELLO, begin, states, waiting

LATER = NOON + timedelta(hours=1)


def said(words: str, ref: str = "hello:1") -> Message:
    """A message that says something."""
    return Message(say("delivery.just", text=words), ref=ref)


def arrives(writer: Writer, engine: Engine, id: int, number: int, chat: int = 1001) -> None:
    """A row is sent and stands on the phone under a number."""
    row = next(r for r in waiting(engine) if r.id == id)
    writer.run(begin, [id])
    outcome = Outcome(row, "sent", chat=chat, numbers=(number,), captioned=bool(row.payload.get("media")))
    writer.run(sending_store.mark_done, [outcome], 1, NOON)


def test_the_same_key_of_a_topic_again_takes_nothing_back(writer: Writer, crew: Crew) -> None:
    """A button pressed twice asks for one message, and that one comes."""
    for _ in range(2):
        writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.LESSON, NOON, key="later:1", topic="push")
    assert states(writer) == ["waiting"]


def test_the_same_parcel_again_takes_nothing_back(writer: Writer, crew: Crew) -> None:
    """Planning that runs again leaves what it planned, and replaces what is older."""
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.LESSON, NOON, topic="push")
    parcels = [Parcel(p, HELLO, f"push:{p}", NOON, LATER) for p in (crew.worker, crew.supervisor)]
    for _ in range(2):
        writer.run(bulk.send_all, parcels, Lane.LESSON, NOON, topic="push")
    assert states(writer) == ["replaced", "waiting", "waiting"]


def test_a_topic_of_one_chat_replaces_nothing_in_another(writer: Writer, crew: Crew) -> None:
    """Groups have their own, and so have people."""
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.LESSON, NOON, topic="board")
    for chat in (-5, -6, -5):
        writer.run(outbox.send, to_chat(chat), HELLO, Lane.LESSON, NOON, topic="board")
    assert states(writer) == ["waiting", "replaced", "waiting", "waiting"]


def test_cancelling_nothing_in_particular_is_refused(writer: Writer, crew: Crew) -> None:
    """Without a key or a ref it would be everything."""
    writer.run(outbox.send, to_person(crew.worker), Message(say("delivery.just", text="a")), Lane.REPLY, NOON)
    with pytest.raises(ValueError, match="key or ref"):
        writer.run(outbox.cancel, now=NOON)
    assert states(writer) == ["waiting"]


def test_of_two_edits_of_a_message_in_flight_only_the_newest_is_made(writer: Writer, crew: Crew) -> None:
    """Its number is not known yet; the older edit must not come after the newer one."""
    id = writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    writer.run(begin, [id])
    writer.run(outbox.edit_ref, "hello:1", said("second"), NOON)
    writer.run(outbox.edit_ref, "hello:1", said("third"), NOON)
    assert states(writer) == ["started", "replaced", "waiting"]


def test_an_edit_from_the_time_of_the_flight_does_not_undo_a_later_one(
    writer: Writer, crew: Crew, engine: Engine
) -> None:
    """The message has arrived meanwhile: the newer edit goes by its number, the older one is not made at all."""
    id = writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    row = next(r for r in waiting(engine) if r.id == id)
    writer.run(begin, [id])
    writer.run(outbox.edit_ref, "hello:1", said("second"), NOON)
    writer.run(sending_store.mark_done, [Outcome(row, "sent", chat=1001, numbers=(7,))], 1, NOON)
    writer.run(outbox.edit_ref, "hello:1", said("third"), NOON)
    assert [(r.number, r.payload["text"]["p"]["text"]) for r in waiting(engine)] == [(7, "third")]


def test_an_edit_of_a_message_in_flight_does_not_wait_for_other_people(
    writer: Writer, crew: Crew, engine: Engine
) -> None:
    """A card goes to many under one ref; one of them may have to wait until tomorrow."""
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.LESSON, NOON, not_before=LATER)
    with engine.connect() as connection:
        assert not lookups.unsettled(connection, "hello:1", crew.supervisor, None)
        assert lookups.unsettled(connection, "hello:1", crew.worker, 1001)


def test_a_picture_keeps_its_place_when_only_its_words_are_edited(writer: Writer, crew: Crew, engine: Engine) -> None:
    """A text cannot be put where a picture stands: the words become its caption."""
    card = Message(say("delivery.just", text="look"), media=(Media("photo", "file:abc"),), ref="hello:1")
    id = writer.run(outbox.send, to_person(crew.worker), card, Lane.REPLY, NOON)
    assert id is not None
    arrives(writer, engine, id, 7)
    writer.run(outbox.edit_ref, "hello:1", said("done"), NOON)
    (row,) = waiting(engine)
    assert row.payload["media"] == [{"kind": "photo", "ref": "keep"}]


def test_the_phone_of_somebody_who_has_left_is_told_nothing_new(writer: Writer, crew: Crew, engine: Engine) -> None:
    """A card that stands there is not kept up to date."""
    for person, chat in ((crew.worker, 1001), (crew.supervisor, 1002)):
        id = writer.run(outbox.send, to_person(person), HELLO, Lane.REPLY, NOON)
        assert id is not None
        arrives(writer, engine, id, 7, chat)
    writer.run(people.leave_company, [crew.worker], NOON.date(), NOON)
    writer.run(outbox.edit_ref, "hello:1", said("news"), NOON)
    assert [r.chat for r in waiting(engine)] == [1002]


def test_a_group_that_moved_is_followed(writer: Writer, crew: Crew, engine: Engine) -> None:
    """The answer names the new chat: this row and what waits behind it go there."""
    first = writer.run(outbox.send, to_chat(-5), HELLO, Lane.REPLY, NOON)
    writer.run(outbox.send, to_chat(-5), HELLO, Lane.REPLY, NOON)
    row = next(r for r in waiting(engine) if r.id == first)
    writer.run(begin, [first])
    moved = Outcome(row, "waiting", chat=-1005, error="moved", moved=True)
    writer.run(sending_store.mark_done, [moved], 1, NOON)
    assert [r.chat for r in waiting(engine)] == [-1005, -1005]


def test_a_row_starts_as_it_is_at_that_moment(writer: Writer, crew: Crew, engine: Engine) -> None:
    """An edit since it was seen must not be lost, nor a new phone."""
    id = writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    assert id is not None
    writer.run(outbox.edit_ref, "hello:1", said("changed"), NOON)
    writer.run(people.open_account, crew.worker, 2001, 2001, NOON)
    writer.run(begin, [])
    (row,) = writer.run(claiming.start, [id], 1, NOON)
    assert (row.chat, row.payload["text"]["p"]["text"]) == (2001, "changed")


def test_a_message_of_two_calls_remembers_the_first(writer: Writer, crew: Crew, engine: Engine) -> None:
    """The album arrived, its text was refused for now: only the text is sent again."""
    id = writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    (row,) = waiting(engine)
    writer.run(begin, [id])
    writer.run(sending_store.mark_done, [Outcome(row, "waiting", chat=1001, made=1)], 1, NOON)
    assert [r.made for r in waiting(engine)] == [1]


def test_what_was_settled_long_ago_is_forgotten_and_nothing_else(writer: Writer, crew: Crew) -> None:
    """History of ninety days; what still waits is kept however old it is."""
    old = NOON - timedelta(days=100)
    for key in ("old", "waits"):
        writer.run(outbox.send, To(person=crew.worker), HELLO, Lane.REPLY, old, key=key)
    writer.run(outbox.send, To(person=crew.worker), HELLO, Lane.REPLY, NOON, key="new")
    for key, when in (("old", old), ("new", NOON)):
        writer.run(outbox.cancel, key=key, now=when)
    assert writer.run(pruning.settle, NOON) == 1
    assert writer.run(pruning.prune, NOON) is False
    assert set(writer.run(lambda s: s.scalars(select(OutboxRow.key)).all())) == {"waits", "new"}
