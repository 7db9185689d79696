"""Facts: once, by pseudonym, without words, and with one follow-up for each room that listens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.db import jobs
from bot.db.writer import Writer
from bot.ledger import store
from bot.ledger.actions import NotInTheLedger, record, subscribe
from bot.ledger.model import Fact, FactKind, Subscription
from tests.store.conftest import NOON, Crew

READ = FactKind("LessonRead", 1, ("lesson", "seconds"), "somebody read a lesson")


def test_a_fact_is_written_once_with_the_unit_and_post_of_the_time(writer: Writer, crew: Crew) -> None:
    """The same key again changes nothing."""
    fact = Fact(READ, "read:1", NOON, crew.worker, body={"lesson": "dry-floor"})
    assert writer.run(record, fact, NOON)
    assert not writer.run(record, fact, NOON)
    (found,) = writer.run(lambda s: list(store.between(s, NOON, NOON + timedelta(hours=1))))
    assert (found.person, found.unit, found.post) == (crew.worker, crew.team.id, "worker")
    assert found.body == {"lesson": "dry-floor"}


def test_the_ledger_names_nobody(writer: Writer, crew: Crew) -> None:
    """A pseudonym stands for the person; without its row nothing leads back."""
    writer.run(record, Fact(READ, "read:1", NOON, crew.worker), NOON)
    writer.run(lambda s: s.execute(text("DELETE FROM pseudonym")))
    (found,) = writer.run(lambda s: list(store.between(s, NOON, NOON + timedelta(hours=1))))
    assert found.person is None
    assert found.pseudonym is not None


@pytest.mark.parametrize("body", [{"name": "Ana"}, {"lesson": "the floor is wet here"}, {"lesson": "x" * 81}])
def test_names_and_free_text_do_not_get_into_the_ledger(writer: Writer, crew: Crew, body: dict[str, str]) -> None:
    """Only what the kind declared, and only codes."""
    with pytest.raises(NotInTheLedger):
        writer.run(record, Fact(READ, "read:1", NOON, crew.worker, body=body), NOON)


def test_each_room_that_listens_gets_one_job_with_the_fact(writer: Writer, crew: Crew) -> None:
    """In the same transaction, and once however often the fact comes."""
    subscribe((Subscription("LessonRead", "rewards", None), Subscription("LessonRead", "risks", None)))
    for _ in range(2):
        writer.run(record, Fact(READ, "read:1", NOON, crew.worker, body={"lesson": "dry-floor"}), NOON)
    found = writer.run(jobs.due, NOON)
    assert sorted(job.kind for job in found) == ["follow.LessonRead.rewards", "follow.LessonRead.risks"]
    assert found[0].payload["person"] == crew.worker
