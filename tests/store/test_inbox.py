"""From the outbox into a page: who has one gets it there, who has Telegram does not, and what is under seal stays so."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from bot.db.jobs import JobRow
from bot.db.writer import Writer
from bot.delivery import handling, lookups, outbox, seals, sending_store
from bot.delivery.browser import inbox, reading, sealed
from bot.delivery.browser.model import CHANNEL, KEPT, chat_of
from bot.delivery.browser.tables import InboxRow, SealedMessageRow
from bot.delivery.outbox import Lane, To, to_person, under_seal
from bot.delivery.preparing import Preparer, Ready
from bot.delivery.sending_store import Outcome
from bot.delivery.tables import OutboxRow, SentMessageRow
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text as say
from bot.people import actions as people
from bot.people import store
from bot.people.tables import AccountRow, PersonRow
from tests.store.conftest import NOON, Crew
from tests.store.test_outbox import begin, waiting

HELLO = Message(say("delivery.just", text="hello"), rows(button("delivery.just", "x:1", text="b")), ref="hello:1")


def has_page(session: Session, person: int) -> None:
    """Somebody has a page in a browser."""
    people.add_account(session, person, chat_of(person), chat_of(person), NOON, CHANNEL)


def has_no_phone(session: Session, person: int) -> None:
    """Somebody of the crew, who all have Telegram, has it no more."""
    theirs = (AccountRow.person_id == person, AccountRow.channel != CHANNEL, AccountRow.closed_at.is_(None))
    session.execute(update(AccountRow).where(*theirs).values(closed_at=NOON))


def has_only_a_page(session: Session, person: int) -> None:
    """Somebody has a page in a browser and no Telegram."""
    has_no_phone(session, person)
    has_page(session, person)


def sent(writer: Writer, engine: Engine, tmp_path: Path) -> list[Any]:
    """What the sender makes of all that waits: calls, or outcomes, which are recorded."""
    due = waiting(engine, lanes=(0, 1, 2, 3, 4))
    writer.run(begin, [row.id for row in due])
    preparer = Preparer(engine, tmp_path)
    made = [preparer.prepare(row) if preparer.at_once(row) else preparer.prepare_all([row])[0] for row in due]
    over = [each for each in made if isinstance(each, Outcome)]
    writer.run(sending_store.mark_done, over, 1, NOON)
    return made


def pages(writer: Writer) -> list[tuple[int, int, str]]:
    """Whose page holds what: (person, version, words)."""
    query = select(InboxRow).order_by(InboxRow.id)
    return writer.run(lambda s: [(r.person_id, r.version, r.payload["text"]["p"]["text"]) for r in s.scalars(query)])


def test_who_has_only_a_page_gets_it_there_and_who_has_telegram_does_not(
    writer: Writer, engine: Engine, crew: Crew, tmp_path: Path
) -> None:
    """The row counts as sent, the message can be found again by its ref and changed in its place."""
    writer.run(has_only_a_page, crew.worker)
    writer.run(has_page, crew.supervisor)
    writer.run(has_no_phone, crew.manager)
    for person in (crew.worker, crew.supervisor, crew.manager):
        writer.run(outbox.send, to_person(person), HELLO, Lane.REPLY, NOON)
    made = sent(writer, engine, tmp_path)
    by_person = {each.row.person: each for each in made if isinstance(each, Outcome)}
    assert [type(each) for each in made].count(Ready) == 1, "Sam's goes to Telegram"
    assert by_person[crew.manager].state == "failed", "nobody there"
    assert by_person[crew.worker].state == "sent"
    assert pages(writer) == [(crew.worker, 1, "hello")]
    place = writer.run(lambda s: [(r.chat_id, r.ref) for r in s.scalars(select(SentMessageRow))])
    assert place == [(chat_of(crew.worker), "hello:1")]
    writer.run(outbox.edit_ref, "hello:1", Message(say("delivery.just", text="bye")), NOON)
    sent(writer, engine, tmp_path)
    assert (crew.worker, 2, "bye") in pages(writer)


def test_an_alert_into_a_page_rings_nobody_and_says_so(
    writer: Writer, engine: Engine, crew: Crew, tmp_path: Path
) -> None:
    """It lies there, and the job that hears of what cannot arrive is queued; a reply queues none."""
    writer.run(has_only_a_page, crew.worker)
    writer.run(outbox.alert_all, [(crew.worker, HELLO, "call:1")], NOON, on_failure="test.unreachable")
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON, on_failure="test.unreachable")
    sent(writer, engine, tmp_path)
    assert len(pages(writer)) == 2
    jobs = writer.run(lambda s: [(j.kind, j.payload["key"]) for j in s.scalars(select(JobRow))])
    assert jobs == [("test.unreachable", "call:1")]


def test_an_answer_is_laid_down_at_once_but_for_alerts_and_what_is_for_later(writer: Writer, crew: Crew) -> None:
    """Only what is this person's, due and not urgent; and to whoever has a phone only what is said in this very chat."""
    writer.run(has_only_a_page, crew.worker)
    chat = chat_of(crew.worker)
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    writer.run(outbox.send, To(person=crew.worker, chat=chat), HELLO, Lane.REPLY, NOON)
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.ALERT, NOON)
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON, not_before=NOON + timedelta(hours=1))
    writer.run(outbox.send, to_person(crew.supervisor), HELLO, Lane.REPLY, NOON)
    assert writer.run(inbox.take_in, crew.worker, chat, NOON) == 2
    assert writer.run(inbox.take_in, crew.worker, chat, NOON) == 0
    writer.run(people.open_account, crew.worker, 78, 78, NOON)
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    writer.run(outbox.send, To(person=crew.worker, chat=chat), HELLO, Lane.REPLY, NOON)
    assert writer.run(inbox.take_in, crew.worker, chat, NOON) == 1
    states = writer.run(lambda s: [r.state for r in s.scalars(select(OutboxRow).order_by(OutboxRow.id))])
    assert states == ["sent", "sent", "waiting", "waiting", "waiting", "waiting", "sent"]


def test_who_has_blocked_us_is_not_rung_for_having_touched_a_tablet(
    writer: Writer, engine: Engine, crew: Crew, tmp_path: Path
) -> None:
    """Neither what they say in a page nor what is laid there means that Telegram reaches them again."""
    writer.run(has_page, crew.worker)
    writer.run(people.set_blocked, "telegram", 1001, NOON, NOON)
    chat = chat_of(crew.worker)

    def says(session: Session) -> None:
        said = reading.read(reading.update_of(chat, NOON, "1.x", "said", text="/today"))
        handling.membership(session, said, store.person(session, crew.worker, NOON), NOON)

    writer.run(says)
    writer.run(outbox.send, To(person=crew.worker, chat=chat), HELLO, Lane.REPLY, NOON)
    assert [each.state for each in sent(writer, engine, tmp_path)] == ["sent"]
    assert writer.run(lambda s: s.get(PersonRow, crew.worker).unreachable_at) is not None


def test_who_has_blocked_us_reads_it_in_their_page(writer: Writer, engine: Engine, crew: Crew, tmp_path: Path) -> None:
    """It stays a failure, of which whoever asked hears, once; whoever has no page gets it nowhere."""
    writer.run(has_page, crew.worker)
    for person in (crew.worker, crew.supervisor):
        writer.run(outbox.send, to_person(person), HELLO, Lane.REPLY, NOON, on_failure="test.unreachable")
    due = waiting(engine)
    writer.run(begin, [row.id for row in due])
    refused = [Outcome(row, "failed", chat=row.chat, error="blocked", gone=True) for row in due]
    for _ in range(2):
        writer.run(sending_store.mark_done, refused, 1, NOON)
    assert pages(writer) == [(crew.worker, 1, "hello")]
    assert writer.run(lambda s: s.get(PersonRow, crew.worker).unreachable_at) is not None
    assert writer.run(lambda s: [r.state for r in s.scalars(select(OutboxRow))]) == ["failed", "failed"]
    assert len(writer.run(lambda s: list(s.scalars(select(JobRow))))) == 2
    writer.run(outbox.edit_ref, "hello:1", Message(say("delivery.just", text="bye")), NOON)
    sent(writer, engine, tmp_path)
    assert pages(writer) == [(crew.worker, 2, "bye")]


def test_what_is_under_seal_waits_in_the_mailbox_of_whoever_has_blocked_us(
    writer: Writer, engine: Engine, crew: Crew, tmp_path: Path
) -> None:
    """Nothing else here could say afterwards whose it was. Whoever Telegram reaches gets it there."""
    for person in (crew.worker, crew.supervisor):
        writer.run(has_page, person)
        writer.run(outbox.send, under_seal(person), HELLO, Lane.REPLY, NOON)
    writer.run(people.set_blocked, "telegram", 1001, NOON, NOON)
    made = sent(writer, engine, tmp_path)
    assert sorted(type(each).__name__ for each in made) == ["Outcome", "Ready"]
    assert writer.run(lambda s: [r.box for r in s.scalars(select(SealedMessageRow))]) == [sealed.box_of(crew.worker)]


def test_an_edit_goes_to_the_message_of_its_own_chat(writer: Writer, engine: Engine, crew: Crew) -> None:
    """The same stands on a phone and in a page, under numbers of two kinds."""
    places = [(1001, 7), (chat_of(crew.worker), 900)]

    def stand(session: Session) -> None:
        for chat, number in places:
            row = SentMessageRow(chat_id=chat, message_id=number, person_id=crew.worker, ref="hello:1", sent_at=NOON)
            session.add(row)

    writer.run(stand)
    with engine.connect() as connection:
        found = [lookups.where_sent(connection, "hello:1", chat) for chat, _ in places]
    assert [each.number for each in found if each] == [7, 900]


def test_nothing_more_is_asked_for_people_with_telegram(
    writer: Writer, engine: Engine, crew: Crew, tmp_path: Path
) -> None:
    """A text to them is prepared without one query; whether somebody has a page is asked of nobody else."""
    writer.run(people.open_account, crew.worker, 79, 79, NOON)
    writer.run(outbox.send, to_person(crew.worker), HELLO, Lane.REPLY, NOON)
    [row] = waiting(engine)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda c, cu, statement, *_: asked.append(statement))
    preparer = Preparer(engine, tmp_path)
    assert preparer.at_once(row)
    assert isinstance(preparer.prepare(row), Ready)
    assert asked == []


def test_what_is_under_seal_lies_in_a_mailbox_that_names_nobody(
    writer: Writer, engine: Engine, crew: Crew, tmp_path: Path
) -> None:
    """A person's, and a receipt's: encrypted, without a time, found by whoever has the key alone; gone after its months."""
    writer.run(has_only_a_page, crew.worker)
    box = seals.seal().name("receipt", "7KQ2M")
    writer.run(outbox.send, under_seal(crew.worker), HELLO, Lane.REPLY, NOON)
    writer.run(outbox.send, To(sealed=seals.seal().close(box)), HELLO, Lane.REPLY, NOON)
    assert [each.state for each in sent(writer, engine, tmp_path)] == ["sent", "sent"]
    assert pages(writer) == []
    assert writer.run(lambda s: list(s.scalars(select(SentMessageRow)))) == []
    kept = writer.run(lambda s: [(r.box, r.body) for r in s.scalars(select(SealedMessageRow))])
    assert {each for each, _ in kept} == {box, sealed.box_of(crew.worker)}
    assert all(b"hello" not in body for _, body in kept)
    [(number, found)] = writer.run(sealed.messages, box)
    assert found["payload"]["text"]["p"]["text"] == "hello"
    assert writer.run(sealed.message, sealed.box_of(crew.worker), number) is None, "not by its number alone"
    writer.run(sealed.change, box, number, {"text": "other"}, NOON)
    assert writer.run(sealed.messages, box)[0][1]["n"] == 2
    writer.run(sealed.change, sealed.box_of(crew.worker), number, {"text": "mine"}, NOON)
    assert writer.run(sealed.messages, box)[0][1]["payload"] == {"text": "other"}
    assert writer.run(sealed.prune, NOON + timedelta(days=30)) == 0
    assert writer.run(sealed.prune, NOON + KEPT + timedelta(days=31)) == 2


@pytest.mark.parametrize("twice", [[0], [1]])
def test_a_quiz_is_answered_once(writer: Writer, crew: Crew, twice: list[int]) -> None:
    """The first choice stands; another person's page has no such quiz."""
    chat = chat_of(crew.worker)

    def add(session: Session) -> int:
        row = InboxRow(
            chat_id=chat, person_id=crew.worker, payload={"quiz": {}}, touch=1, version=1, sent_at=NOON, touched_at=NOON
        )
        session.add(row)
        session.flush()
        return row.id

    number = writer.run(add)
    assert not writer.run(inbox.vote, chat_of(crew.supervisor), number, [1], NOON)
    assert writer.run(inbox.vote, chat, number, [1], NOON)
    assert not writer.run(inbox.vote, chat, number, twice, NOON)
    assert writer.run(lambda s: s.get(InboxRow, number).voted) == [1]
