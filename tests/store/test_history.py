"""What is settled becomes history by the month, on both engines: keys stay, bodies can be read, months are forgotten whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from bot.db import months
from bot.db.once import table_of
from bot.db.writer import Writer
from bot.delivery import outbox, pruning
from bot.delivery.outbox import Lane, to_chat
from bot.delivery.tables import OutboxHistoryRow, OutboxRow
from bot.kit.replies import Message
from bot.kit.texts import text as words
from bot.ledger import ageing, sealing
from bot.ledger import store as ledger
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.ledger.tables import FactBodyRow, FactRow
from tests.store.conftest import NOON

SEEN = FactKind("Seen", 1, ("number",), "something was seen")
DAY = timedelta(days=1)


def send(session: Session, number: int, key: str | None, at: datetime) -> int | None:
    """Queues a message at a moment."""
    message = Message(words("delivery.just", text=f"word {number}"))
    return outbox.send(session, to_chat(number), message, Lane.BULK, at, key=key)


def settled(session: Session, at: datetime) -> None:
    """All that waits has been sent."""
    for row in session.scalars(select(OutboxRow).where(OutboxRow.state == "waiting")):
        row.state, row.settled_at = "sent", at


def count(session: Session, row: Any, *which: Any) -> int:
    """How many rows there are."""
    return session.scalar(select(func.count()).select_from(row).where(*which)) or 0


def run_out(writer: Writer, tick: Any, now: datetime) -> None:
    """A tick until nothing is left for it to do."""
    while writer.run(tick, now):
        pass


def tidy(writer: Writer, now: datetime) -> None:
    """All that the ticks of the outbox do until nothing is left to do."""
    run_out(writer, pruning.settle, now)
    run_out(writer, pruning.prune, now)


def test_a_settled_message_moves_to_its_month_and_its_key_stays(writer: Writer) -> None:
    """Young ones stay; of old ones the key is left, and nothing is sent a second time under it."""
    writer.run(send, 1, "greeting:1", NOON - 20 * DAY)
    writer.run(send, 2, None, NOON - 20 * DAY)
    writer.run(settled, NOON - 20 * DAY)
    writer.run(send, 3, "greeting:3", NOON - DAY)
    writer.run(settled, NOON - DAY)
    writer.run(send, 4, "greeting:4", NOON - 20 * DAY)
    tidy(writer, NOON)

    kept = {
        row.key: (row.state, row.payload, row.chat_id)
        for row in writer.run(lambda s: s.scalars(select(OutboxRow)).all())
    }
    assert kept["greeting:1"] == (pruning.KEPT, {}, None)
    assert kept["greeting:3"][0] == "sent"
    assert kept["greeting:4"][0] == "waiting"
    assert len(kept) == 3
    moved = writer.run(lambda s: s.scalars(select(OutboxHistoryRow).order_by(OutboxHistoryRow.id)).all())
    assert [(row.chat_id, row.state, row.settled_at) for row in moved] == [
        (1, "sent", NOON - 20 * DAY),
        (2, "sent", NOON - 20 * DAY),
    ]
    assert moved[0].payload["text"]
    assert writer.run(send, 1, "greeting:1", NOON) is None


def test_history_and_keys_are_forgotten_in_the_end(writer: Writer) -> None:
    """After ninety days, on PostgreSQL by the whole month."""
    writer.run(send, 1, "greeting:1", NOON - 130 * DAY)
    writer.run(settled, NOON - 130 * DAY)
    tidy(writer, NOON - 100 * DAY)
    assert writer.run(count, OutboxHistoryRow) == 1
    tidy(writer, NOON)
    assert writer.run(count, OutboxHistoryRow) == 0
    assert writer.run(count, OutboxRow) == 0
    assert writer.run(send, 1, "greeting:1", NOON) is not None


def test_everything_that_is_settled_is_found_whatever_its_state_is_called(writer: Writer) -> None:
    """In slices, and all of it: a state that somebody invents later does not stay for ever."""
    for number in range(30):
        writer.run(send, number, f"n:{number}", NOON - 30 * DAY)
    states = ("sent", "failed", "expired", "replaced", "cancelled", "invented")

    def end(session: Session) -> None:
        for row in session.scalars(select(OutboxRow)):
            row.state, row.settled_at = states[row.id % len(states)], NOON - 30 * DAY

    writer.run(end)
    assert [writer.run(pruning.settle, NOON, 20) for _ in range(3)] == [20, 10, 0]


def test_what_is_not_settled_stays_however_old_it_is(writer: Writer) -> None:
    """Held back, paused, or in a state that somebody invents later; what was under seal goes, without its hour."""
    sealed = outbox.under_seal(7)
    for number in range(5):
        writer.run(send, number, f"n:{number}", NOON - 60 * DAY)
    writer.run(outbox.send, sealed, Message(words("delivery.just", text="sealed")), Lane.REPLY, NOON - 60 * DAY)
    states = ("waiting", "started", "held", "paused", "invented", "sent")

    def wait(session: Session) -> None:
        for row, state in zip(session.scalars(select(OutboxRow).order_by(OutboxRow.id)), states, strict=True):
            row.state = state

    writer.run(wait)
    tidy(writer, NOON)
    assert writer.run(lambda s: s.scalars(select(OutboxRow.state).order_by(OutboxRow.id)).all()) == list(states[:5])
    (gone,) = writer.run(lambda s: s.scalars(select(OutboxHistoryRow)).all())
    assert (gone.state, gone.person_id, gone.chat_id, gone.settled_at.minute) == ("sent", None, None, 0)


def test_a_conversation_that_must_not_be_linked_to_anybody_is_erased_from_history_too(writer: Writer) -> None:
    """Somebody left a report open for three weeks and sent it without their name."""
    message = Message(words("delivery.just", text="What happened?"), ref="draft:7")
    for ref in ("draft:7", "draft:8"):
        writer.run(outbox.send, to_chat(5), replace(message, ref=ref), Lane.REPLY, NOON - 21 * DAY)
    writer.run(settled, NOON - 21 * DAY)
    tidy(writer, NOON)
    writer.run(outbox.forget, 1, 5, "draft:7")
    assert writer.run(lambda s: s.scalars(select(OutboxHistoryRow.ref)).all()) == ["draft:8"]


def test_an_old_fact_reads_as_before_and_its_block_stays_whole(writer: Writer) -> None:
    """Its body has moved to its month; the story of a thing, the sums and the seal do not notice."""
    for number in range(5):
        record_seen(writer, number, NOON - 90 * DAY)
    record_seen(writer, 9, NOON)
    before = writer.run(lambda s: list(ledger.between(s, NOON - 100 * DAY, NOON + DAY)))
    run_out(writer, sealing.seal_block, NOON)
    run_out(writer, ageing.age, NOON)
    assert writer.run(count, FactBodyRow) == 5
    assert writer.run(count, FactRow, FactRow.salt.is_(None)) == 5
    assert writer.run(lambda s: list(ledger.between(s, NOON - 100 * DAY, NOON + DAY))) == before
    story = writer.run(ledger.about, "number", 3, ("Seen",), NOON - 100 * DAY)
    assert [fact.body for fact in story] == [{"number": 3}]
    assert writer.run(sealing.broken_blocks) == []
    writer.run(lambda s: s.execute(text("UPDATE fact_body SET body = '{\"number\": 4}' WHERE fact_id = 2")) and None)
    assert writer.run(sealing.broken_blocks) == [1]
    writer.run(lambda s: s.execute(text("DELETE FROM fact_body WHERE fact_id = 2")) and None)
    assert writer.run(sealing.broken_blocks) == [], "erased: nobody can say any more what it was"


def test_a_fact_that_is_not_sealed_stays_whole(writer: Writer) -> None:
    """Sealing reads the whole fact; the same key cannot be written again, however old the fact is."""
    record_seen(writer, 1, NOON - 90 * DAY)
    run_out(writer, ageing.age, NOON)
    assert writer.run(count, FactBodyRow) == 0
    run_out(writer, sealing.seal_block, NOON)
    run_out(writer, ageing.age, NOON)
    assert writer.run(count, FactBodyRow) == 1
    assert record_seen(writer, 1, NOON) is False


def record_seen(writer: Writer, number: int, at: datetime) -> bool:
    """Records a fact."""
    return writer.run(record, Fact(SEEN, f"seen:{number}", at, body={"number": number}), at)


@pytest.mark.parametrize("early", [False, True])
def test_a_month_has_a_partition_of_its_own_also_when_its_rows_were_there_first(
    make_database_url: Any, early: bool
) -> None:
    """PostgreSQL: what lay among the rest moves into it; partitions are made once."""
    from bot.db.engine import connect

    engine = connect(make_database_url("postgresql"))
    writer = Writer(engine)
    history = table_of(OutboxHistoryRow)
    may = datetime(2031, 5, 1, tzinfo=UTC)
    if early:
        insert = (
            "INSERT INTO outbox_history (id, settled_at, lane, method, payload, state, uncertain, attempts, created_at) "
            "VALUES (1, '2031-05-31T23:59:59Z', 3, 'send', '{}', 'sent', false, 1, now())"
        )
        writer.run(lambda s: s.execute(text(insert)) and None)
    assert writer.run(months.ensure, history, {may}) == ["outbox_history_y2031m05"]
    assert writer.run(months.ensure, history, {may}) == []
    writer.run(lambda s: send(s, 2, None, may + 3 * DAY))
    writer.run(settled, may + 3 * DAY)
    tidy(writer, may + 40 * DAY)
    found = writer.run(lambda s: s.scalar(text("SELECT count(*) FROM outbox_history_y2031m05")))
    assert found == 1 + early
    assert writer.run(count, OutboxHistoryRow) == 1 + early
    writer.run(months.forget, history, may + 31 * DAY, 1000)
    assert may not in writer.run(months.partitions, history)
    writer.stop()
    engine.dispose()


def test_the_coming_months_have_their_partitions_in_advance(make_database_url: Any) -> None:
    """This month and the next two, of both tables; nothing waits for them at midnight of the first."""
    from bot.db.engine import connect

    engine: Engine = connect(make_database_url("postgresql"))
    writer = Writer(engine)
    december = datetime(2030, 12, 15, tzinfo=UTC)
    writer.run(pruning.make_months, december)
    for table in months.monthly_tables():
        there = writer.run(months.partitions, table)
        assert {datetime(2030, 12, 1, tzinfo=UTC), datetime(2031, 2, 1, tzinfo=UTC)} <= set(there)
    assert {table.name for table in months.monthly_tables()} == {"outbox_history", "fact_body"}
    writer.stop()
    engine.dispose()
