"""What waits for a person is found by the person: what waits of all may be a million."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event, false, insert, literal, select, true
from sqlalchemy.orm import Session

from bot.db import sets
from bot.db.base import Instant, Json
from bot.delivery import budget
from bot.delivery.tables import OutboxRow
from bot.learning.slice_writing import writing
from bot.learning.working import s, words

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
WAITING = 20_000
"""So many wait, and nothing is known of it: what PostgreSQL sees when a push has begun since it last looked."""


def fill(session: Session) -> None:
    """A push of everybody's, in one statement."""
    numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < WAITING))
    row = {
        "lane": literal(2), "method": literal("send"), "person_id": numbers.c.n, "payload": literal({}, Json), "unasked": true(),
        "topic": literal("push"), "state": literal("waiting"), "uncertain": false(), "attempts": literal(0), "made": literal(0),
        "not_before": literal(NOW, Instant()), "created_at": literal(NOW, Instant()),
    }  # fmt: skip
    session.execute(insert(OutboxRow).from_select(list(row), select(*row.values())))


def how(engine: Engine, work: Callable[[Session], Any]) -> str:
    """The steps of the last statement of some work, as the engine would take them."""
    asked: list[tuple[str, Any]] = []
    with Session(engine) as session:
        sets.working_tables(session, s, words)
        fill(session)
        event.listen(engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
        work(session)
        statement, values = asked[-1]
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        steps = session.connection().exec_driver_sql(explain + statement, values).all()
        session.rollback()
    return "\n".join(str(step[-1]) for step in steps)


@pytest.mark.parametrize("work", ["an older push", "a day's places"])
def test_the_messages_of_a_person_are_found_by_the_person(engine: Engine, work: str) -> None:
    """In the index of persons, and never in that of all that wait."""
    ways: dict[str, Callable[[Session], Any]] = {
        "an older push": lambda session: session.scalars(writing(engine.dialect.name).waiting).all(),
        "a day's places": lambda session: budget.taken(session, 7, NOW, NOW, "push"),
    }
    steps = how(engine, ways[work])
    assert "ix_outbox_person" in steps
    assert "ix_outbox_next" not in steps
