"""Voices and the database: what was answered cannot be joined to who answered, by any column of any table.

Two worlds are made in which the same people do the same things at the same times and answer the opposite. Whatever of the
answers stood anywhere but under the seal would be a difference between their tables.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from bot.db.base import Base
from bot.db.engine import connect
from bot.db.writer import Writer
from bot.kit.errors import Refused
from bot.kit.seal import BrokenSeal, Seal
from bot.ledger.tables import FactRow
from bot.voice.pulse import actions as pulse
from bot.voice.pulse import showing as pulse_showing
from bot.voice.pulse import store as pulse_store
from bot.voice.pulse.tables import PulseCellRow, PulsePersonRow
from tests.store.conftest import NOON
from tests.store.voice_crew import settle, who

STATEMENTS = [{"en": "I can stop dangerous work."}, {"en": "I am told about changes."}]
RANDOM = {"salt", "pseudonym", "digest", "previous", "commitment"}
"""Columns that are drawn anew each time and hold nothing."""


@pytest.fixture
def works(database_url: str, writer: Writer) -> Writer:
    """The company."""
    settle(database_url)
    return writer


def everything(session: Session, but: set[tuple[str, str]]) -> dict[str, list[Any]]:
    """All rows of all tables, without some columns and without what is random."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.c if c.name not in RANDOM and (table.name, c.name) not in but]
        rows = session.execute(select(*columns).order_by(*table.primary_key.columns)) if columns else ()
        found[table.name] = [tuple(row) for row in rows]
    return found


def _same_numbers(session: Session) -> None:
    """Rows get the numbers that they would have got in the other world: PostgreSQL does not take back what it counted."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        name = (
            session.scalar(text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table.name})
            if "id" in table.c
            else None
        )
        if name is not None:
            newest = session.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
            session.execute(text("SELECT setval(:name, :next, false)"), {"name": name, "next": newest + 1})


def _survey(session: Session, values: Callable[[int], int], *, order: list[int]) -> None:
    """A survey that these people answer in this order, a minute each; what they say hangs on their number."""
    found = pulse.start(session, who(session, "O"), "one", who(session, "O").unit, STATEMENTS, 3, NOON)
    pulse.ask(session, found, NOON, 100)
    for minute, number in enumerate(order):
        for nth in range(len(STATEMENTS)):
            pulse.answer(
                session, who(session, f"W-{number}"), found.id, nth, values(number), NOON + timedelta(minutes=minute)
            )


@pytest.mark.parametrize("closed", [False, True])
def test_the_opposite_answers_leave_the_same_database(works: Writer, closed: bool) -> None:
    """Apart from sealed bytes of one length: no row, order, time, message or fact says what anybody has answered."""
    order = [3, 0, 7, 5, 1, 9, 2, 8, 4, 6, 10]
    worlds = []

    def one(session: Session, values: Callable[[int], int]) -> None:
        _same_numbers(session)
        _survey(session, values, order=order)
        if closed:
            pulse.close(session, pulse_store.pulse(session, 1), NOON + timedelta(days=3))  # type: ignore[arg-type]
        # the message that tells whoever started it what came of it holds figures of at least five
        hidden = {("pulse_cell", "sealed"), *({("outbox", "payload")} if closed else set())}
        worlds.append(everything(session, hidden))
        worlds[-1]["lengths"] = [len(row) for row in session.scalars(select(PulseCellRow.sealed))]
        raise _Undone

    for values in (lambda number: 1 + number % 5, lambda number: 5 - number % 5):
        with pytest.raises(_Undone):
            works.run(one, values)
    assert worlds[0] == worlds[1]
    assert worlds[0]["pulse_cell"], "there are answers"
    assert len(set(worlds[0]["lengths"])) == 1


class _Undone(Exception):
    """A world is over."""


def test_the_order_of_answers_leaves_the_same_sums(works: Writer) -> None:
    """One row a part, however many answered; without the key it is noise."""
    sums = []
    for order in ([0, 1, 2, 6, 7], [7, 2, 6, 1, 0]):

        def look(session: Session, order: list[int] = order) -> None:
            _survey(session, lambda number: 1 + number % 5, order=order)
            rows = session.execute(
                select(PulseCellRow.part_id, PulseCellRow.sealed).order_by(PulseCellRow.part_id)
            ).all()
            sums.append([(part, pulse_store.opened(sealed)) for part, sealed in rows])
            with pytest.raises(BrokenSeal):
                Seal("another secret that is also long enough").open(rows[0].sealed)
            raise _Undone

        with pytest.raises(_Undone):
            works.run(look)
    assert sums[0] == sums[1]
    assert len(sums[0]) == 2


def test_who_took_part_is_erased_at_the_end_and_no_fact_names_them(works: Writer) -> None:
    """What stays is how many; while it runs, only how far each of them is, without any time."""
    works.run(_survey, lambda _: 4, order=[0, 1, 2, 3, 4])
    assert {c.name for c in PulsePersonRow.__table__.columns} == {"pulse_id", "person_id", "done", "reminded"}
    assert {c.name for c in PulseCellRow.__table__.columns} == {"pulse_id", "part_id", "sealed"}
    works.run(lambda s: pulse.close(s, pulse_store.pulse(s, 1), NOON + timedelta(days=3)))  # type: ignore[arg-type]
    assert works.run(lambda s: s.scalar(select(func.count()).select_from(PulsePersonRow))) == 0
    facts = works.run(
        lambda s: s.execute(select(FactRow.kind, FactRow.pseudonym, FactRow.body).order_by(FactRow.id)).all()
    )
    assert [fact.kind for fact in facts] == ["PulseStarted", "PulseClosed"]
    assert facts[1].pseudonym is None
    assert facts[1].body["answered"] == 5


def test_the_row_of_sums_notes_the_last_answer_and_nothing_of_what_it_was(works: Writer, engine: Engine) -> None:
    """PostgreSQL keeps the transaction beside a row: it is one row a part, so that it is the last person's for all answers."""
    works.run(_survey, lambda number: 1 + number % 5, order=[0, 1, 2])
    rows = works.run(lambda s: s.scalar(select(func.count()).select_from(PulseCellRow)))
    assert rows == 1, "three people of one part, whatever they said"
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            noted = connection.execute(text("SELECT DISTINCT xmin FROM pulse_cell")).all()
        assert len(noted) == 1


def test_of_a_survey_that_runs_nothing_is_told_and_of_four_nothing_ever(works: Writer) -> None:
    """Asked by whoever started it, by the functions that the chat and the dashboard use."""
    works.run(_survey, lambda _: 5, order=[0, 1, 2, 3, 4])

    def lines(session: Session) -> list[dict[str, Any]]:
        found = pulse_store.pulse(session, 1)
        assert found is not None
        shown: list[dict[str, Any]] = pulse_showing.values(session, who(session, "O").id, found, NOON)["lines"]
        return shown

    assert works.run(lines) == []
    works.run(lambda s: pulse.close(s, pulse_store.pulse(s, 1), NOON + timedelta(days=3)))  # type: ignore[arg-type]
    assert [each["whole"] for each in works.run(lines)] == [{"count": 5, "percent": 100}] * 2

    def only_four(session: Session) -> None:
        row = session.scalars(select(PulseCellRow)).one()
        row.sealed = pulse_store.sealed([[0, 0, 0, 0, 4], [0, 0, 0, 0, 5]])

    works.run(only_four)
    assert [each["whole"] for each in works.run(lines)] == [None, {"count": 5, "percent": 100}]


def test_answers_at_the_same_moment_are_all_counted_and_each_once(works: Writer, database_url: str) -> None:
    """Two programs add to the same sums; everybody presses twice."""
    works.run(lambda s: pulse.start(s, who(s, "O"), "one", who(s, "O").unit, STATEMENTS, 3, NOON))
    engines = [connect(database_url) for _ in range(2)]
    writers = [Writer(each) for each in engines]
    refused: list[str] = []

    def press(writer: Writer) -> None:
        for number in range(6):
            try:
                writer.run(lambda s, n=number: pulse.answer(s, who(s, f"W-{n}"), 1, 0, 5, NOON))
            except Refused as no:
                refused.append(no.text.key)

    threads = [threading.Thread(target=press, args=(each,)) for each in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each, made in zip(writers, engines, strict=True):
        each.stop()
        made.dispose()
    sums = works.run(lambda s: pulse_store.opened(s.scalars(select(PulseCellRow.sealed)).one()))
    assert sums == [[0, 0, 0, 0, 6], [0] * 5]
    assert refused == ["voice.pulse.answered_before"] * 6
