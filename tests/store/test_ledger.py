"""Facts: once, by pseudonym, without words, and with one follow-up for each room that listens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.db import jobs
from bot.db.writer import Writer
from bot.ledger import sealing, store
from bot.ledger.actions import NotInTheLedger, record, subscribe
from bot.ledger.bulk import record_all
from bot.ledger.model import Fact, FactKind, Subscription
from tests.proofs.counted import counted
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


def test_many_facts_are_followed_like_one_each_once(writer: Writer, crew: Crew) -> None:
    """The same rows and jobs by a few statements; what was there before is followed no more, what is not urgent waits."""
    later = Subscription("LessonRead", "risks", None, after=timedelta(minutes=10))
    subscribe((Subscription("LessonRead", "rewards", None), later))
    alone = Fact(READ, "read:1", NOON, crew.worker, crew.team.id, "worker", {"lesson": "dry-floor"})
    more = [Fact(READ, f"read:{n}", NOON, crew.supervisor, crew.team.id, None, {"lesson": "dry-floor"}) for n in (2, 3)]
    writer.run(record, alone, NOON)
    writer.run(record_all, [alone, *more, more[0]], NOON)
    now = writer.run(jobs.due, NOON)
    assert [job.kind for job in now] == ["follow.LessonRead.rewards"] * 3
    assert [job.payload["key"] for job in now] == ["read:1", "read:2", "read:3"]
    assert now[1].payload == {
        "fact": "LessonRead", "key": "read:2", "at": NOON.isoformat(), "person": crew.supervisor, "unit": crew.team.id,
        "post": None, "body": {"lesson": "dry-floor"},
    }  # fmt: skip
    waits = select(jobs.JobRow.run_at).where(jobs.JobRow.kind == later.job)
    assert writer.run(lambda s: s.scalars(waits).all()) == [NOON + timedelta(minutes=10)] * 3
    assert len(writer.run(lambda s: list(store.between(s, NOON, NOON + timedelta(hours=1))))) == 3


def _record_some(writer: Writer, crew: Crew, start: int, count: int) -> None:
    for number in range(start, start + count):
        fact = Fact(READ, f"read:{number}", NOON, crew.worker, body={"lesson": "dry-floor", "seconds": number})
        writer.run(record, fact, NOON)


def test_a_sealed_fact_cannot_be_changed_or_taken_away_unseen(writer: Writer, crew: Crew) -> None:
    """The chain names the block in which something is not as it was."""
    _record_some(writer, crew, 0, 3)
    writer.run(sealing.seal_block, NOON)
    _record_some(writer, crew, 3, 2)
    writer.run(sealing.seal_block, NOON)
    assert writer.run(sealing.unsealed) == 0
    assert writer.run(sealing.broken_blocks) == []
    writer.run(lambda s: s.execute(text("UPDATE fact SET post = 'boss' WHERE key = 'read:1'")))
    changed = writer.run(sealing.broken_blocks)
    writer.run(lambda s: s.execute(text("DELETE FROM fact WHERE key = 'read:4'")))
    gone = writer.run(sealing.broken_blocks)
    counted("a sealed fact is changed or taken away", 2, (changed == [1]) + (gone == [1, 2]))
    assert (changed, gone) == ([1], [1, 2])


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_seal_that_does_not_look_at_what_is_in_a_fact_is_noticed(
    writer: Writer, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sabotage: a commitment to the fact's number alone."""
    monkeypatch.setattr(sealing, "commitment", lambda fact, *_: bytes(32))
    _record_some(writer, crew, 0, 3)
    writer.run(sealing.seal_block, NOON)
    writer.run(lambda s: s.execute(text("UPDATE fact SET post = 'boss' WHERE key = 'read:1'")))
    noticed = writer.run(sealing.broken_blocks) == [1]
    counted("a sealed fact is changed or taken away", 1, int(noticed), sabotaged=True)
    assert not noticed


def test_erasing_a_person_breaks_no_chain(writer: Writer, crew: Crew) -> None:
    """Without salt and body the commitment stays, and says nothing."""
    _record_some(writer, crew, 0, 3)
    writer.run(sealing.seal_block, NOON)
    writer.run(
        lambda s: s.execute(text("UPDATE fact SET salt = NULL, pseudonym = NULL, post = NULL WHERE key = 'read:1'"))
    )
    assert writer.run(sealing.broken_blocks) == []


def test_a_fact_that_commits_late_is_sealed_later(writer: Writer, crew: Crew) -> None:
    """Members are listed one by one, so a smaller id that comes after a block is not lost."""
    _record_some(writer, crew, 0, 2)
    writer.run(lambda s: s.execute(text("UPDATE fact SET id = id + 100 WHERE key = 'read:1'")))
    writer.run(sealing.seal_block, NOON)
    writer.run(
        lambda s: s.execute(
            text(
                "INSERT INTO fact (id, key, kind, version, at, body) SELECT 50, 'late', kind, version, at, body FROM fact LIMIT 1"
            )
        )
    )
    assert writer.run(sealing.unsealed) == 1
    assert not writer.run(sealing.seal_block, NOON)
    assert writer.run(sealing.unsealed) == 0
