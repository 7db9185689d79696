"""Days without the bot: when it is back, at most one message each, nothing stale, nothing in quiet hours."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.delivery import budget
from bot.delivery.tables import OutboxRow
from bot.learning.model import UNASKED
from tests.proofs.counted import counted
from tests.store.crowd import crowd, disturbed, work

MONDAY = datetime(2026, 11, 16, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_after_three_days_down_everybody_gets_at_most_one_catch_up(database_url: str) -> None:
    """250 people in five zones; 100,000 on both engines by `make prove` (tests/proofs/test_downtime.py)."""
    people = 250
    back_after_three_days(database_url, people)
    counted("three days without the bot, then everything at once", people, people)


def back_after_three_days(database_url: str, count: int, *, stale: bool = False) -> None:
    """A day of work, three days of nothing, a day of work.

    `stale`: what waited has forgotten that its day was over, and leaves before anybody looks: each alone would do no harm.
    """
    engine = connect(database_url)
    budget.declare(UNASKED)
    with Session(engine, expire_on_commit=False) as session:
        numbers = crowd(session, count, MONDAY - 2 * HOUR)
        first = [sent for n in range(26) for sent in work(session, MONDAY + n * HOUR)]
        assert len({sent.person for sent in first}) == sum(n % 50 != 0 for n in numbers), "all but those on leave"
        # it dies with messages planned and not sent: their day will be over
        dies = MONDAY + 26 * HOUR + HOUR / 2
        lost = _waiting(session)
        back = dies + timedelta(days=3)
        if stale:
            session.execute(update(OutboxRow).values(expires_at=None))
        at_once = work(session, back, blind=stale)
        assert max(Counter(sent.person for sent in at_once).values(), default=0) == 1
        day = at_once + [sent for n in range(1, 24) for sent in work(session, back + n * HOUR)]
        twice = [person for person, times in Counter(sent.person for sent in day).items() if times > 2]
        assert twice == [], "nor more than the two of two local days in the 24 hours after"
        assert {sent.row for sent in day} & lost == set()
        assert [sent for sent in day if sent.expires_at is not None and sent.expires_at <= sent.at] == []
        assert disturbed(session, first + day) == []
        assert len({sent.person for sent in day}) == sum(n % 50 != 0 for n in numbers), "nobody is forgotten"
    engine.dispose()


def _waiting(session: Session) -> set[int]:
    query = select(OutboxRow.id).where(OutboxRow.state == "waiting", OutboxRow.method == "send")
    assert session.scalar(select(func.count()).select_from(OutboxRow)), "there is something to lose"
    return set(session.scalars(query))
