"""Without a name: nothing in the database leads from the report to its reporter, and they hear of every step."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.delivery import downloads, seals
from bot.delivery.tables import OutboxRow
from bot.hazards import actions, respond, store, ticks
from bot.hazards.following import on_answer, on_my_reports, on_place, on_reporter_press
from bot.hazards.model import State
from bot.hazards.reporting import on_draft
from bot.kit.events import Pressed, Said
from bot.kit.risk import Severity
from bot.ledger import actions as recording
from bot.ledger.model import Subscription
from bot.people import actions as people_actions
from tests.store.hazard_crew import AT, CHAT, Dock, common, dock, later, presses, sends_photo, write

__all__ = ["dock"]
HOUR = AT.replace(minute=0, second=0, microsecond=0)
WHO_PEOPLE_ARE = {"person", "account", "placement", "role_grant", "pseudonym", "invite", "join_request"}
"""Tables that say who works here, whatever anybody reports."""


def dump(session: Session) -> dict[str, list[str]]:
    """Every row of every table as text."""
    meta = MetaData()
    meta.reflect(session.connection())
    found: dict[str, list[str]] = {}
    for table in meta.sorted_tables:
        if table.name not in WHO_PEOPLE_ARE:
            found[table.name] = [str(tuple(row)) for row in session.execute(select(table))]
    return found


def traces(dock: Dock, *words: str) -> list[str]:
    """Rows in which one of the words stands."""
    everything = dock.run(dump)
    return [f"{table}: {row}" for table, rows in everything.items() for row in rows if any(w in row for w in words)]


def reports_without_a_name(dock: Dock) -> int:
    """A photo at a scanned place, a word, Without my name, yes."""
    dock.run(people_actions.add_place, dock.unit, "Loading dock 1", "D1")
    write(dock, (Said(text="/start pD1", command="start", args="pD1", **common(dock)), on_place))  # type: ignore[arg-type]
    sends_photo(dock, "The guard is off")
    write(dock, (Said(text="since Monday", **common(dock)), on_draft))  # type: ignore[arg-type]
    presses(dock, "sealed")
    presses(dock, "sealed_yes")
    return 1


NAMES = ("918273645", "Anastasia", "Morales")


def test_a_dump_after_a_report_without_a_name_does_not_hold_its_reporter(dock: Dock) -> None:
    """No id of the person, their account or chat, no name, no pseudonym; the draft, its messages, the scan are gone."""
    reports_without_a_name(dock)
    assert traces(dock, *NAMES) == []
    everything = dock.run(dump)
    assert everything["draft"] == everything["hazard_here"] == everything["sent_message"] == []
    hazard = dock.run(store.hazard, 1)
    assert hazard.words == "The guard is off\nsince Monday"
    assert hazard.place is not None


def test_a_dump_does_not_hold_the_minute_of_the_report(dock: Dock) -> None:
    """The hour only, in every row that tells of it; but for the ladder, which must know when to climb."""
    reports_without_a_name(dock)
    minute = ("12, 34", "12:34", "2026-11-18T12:34", ":34:56")
    left = traces(dock, *minute)
    assert [row for row in left if not row.startswith("ladder:")] == []
    dock.run(actions.acknowledge, 1, dock.sam, later(hours=2))
    assert traces(dock, *minute) == []
    assert dock.run(store.hazard, 1).created_at == HOUR
    assert dock.facts("HazardReported")[0].at == HOUR


def test_the_jobs_that_follow_hold_the_hour_only(dock: Dock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What listens to the fact, and what fetches the photo, runs within seconds: neither, waiting or done, tells the minute."""
    listens = Subscription("HazardReported", "nobody", lambda session, payload, now: None)
    monkeypatch.setattr(recording, "_subscriptions", {"HazardReported": [listens]})
    reports_without_a_name(dock)
    soon = AT + timedelta(seconds=3)
    for id, *_ in dock.run(downloads.waiting, soon):
        dock.run(downloads.settle, id, soon, error="gone")
    minute = ("12, 34", "12:34", "2026-11-18T12:34", ":34:5")
    assert [row for row in traces(dock, *minute) if row.startswith(("job:", "download:"))] == []
    taken = dock.run(jobs.due, soon, but=("nothing",))
    assert {job.kind for job in taken} == {listens.job, "hazards.photo_kept"}, "they are due at once"
    for job in taken:
        assert dock.run(jobs.finish, job, soon)
    assert [row for row in traces(dock, *minute) if row.startswith(("job:", "download:"))] == []


def test_the_reporter_hears_of_each_step_under_seal(dock: Dock) -> None:
    """Every message to them has no person and no chat, and opens to them alone."""
    reports_without_a_name(dock)
    dock.run(actions.acknowledge, 1, dock.sam, later(hours=1))
    dock.run(actions.rate, 1, Severity.HIGH, dock.sam, later(hours=1))
    dock.run(actions.assign, 1, dock.bao, dock.sam, later(hours=1))
    dock.run(actions.fix, 1, dock.bao, later(hours=2), photo=("photo", "after"))
    dock.run(actions.verify, 1, dock.marta, later(hours=3))

    def sealed(session: Session) -> list[tuple[str, str, bytes]]:
        query = select(OutboxRow).where(OutboxRow.sealed.is_not(None)).order_by(OutboxRow.id)
        rows = session.scalars(query).all()
        assert all(row.person_id is None and row.chat_id is None for row in rows)
        return [(row.method, row.payload["text"]["$t"], row.sealed or b"") for row in rows]

    told = dock.run(sealed)
    assert [(method, key.removeprefix("hazards.")) for method, key, _ in told if method == "send"] == [
        ("send", key) for key in ("told_acknowledged", "told_rated", "told_assigned", "told_fixed", "told_verified")
    ]
    assert ("edit", "hazards.sealed_sent") in [(method, key) for method, key, _ in told]
    assert {seals.seal().open(box) for _, _, box in told} == {str(dock.ana)}
    assert traces(dock, *NAMES) == []


def test_a_question_is_answered_without_a_name(dock: Dock) -> None:
    """Two-way, and still nothing leads to them, neither while they type nor afterwards."""
    reports_without_a_name(dock)
    dock.run(actions.ask, 1, "Which machine?", dock.sam, later(hours=1))
    write(dock, (Pressed(data="hzr:answer:1", callback="c", **common(dock)), on_reporter_press))  # type: ignore[arg-type]
    typing = [row for row in traces(dock, *NAMES) if not row.startswith("draft:")]
    assert typing == []
    write(dock, (Said(text="The saw", **common(dock)), on_answer))  # type: ignore[arg-type]
    assert dock.rows(dock.sam, "hazards.answered")[0].payload["text"]["p"]["words"] == "The saw"
    assert traces(dock, *NAMES) == []


def test_only_the_reporter_may_answer_or_speak_for_a_report_without_a_name(dock: Dock) -> None:
    """They are known again by a mark that only they and the key can make; it differs from report to report."""
    first = dock.report("a", named=False, now=AT)
    second = dock.report("b", named=False, now=AT)
    assert first.mark != second.mark
    assert store.is_reporter(first, dock.ana)
    assert not store.is_reporter(first, dock.bao)
    assert dock.refusal(actions.reopen, first.id, dock.bao, AT)[0] == "hazards.t_not_yours"
    draft = dock.run(respond.begin_answer, first, dock.bao, AT)
    assert dock.refusal(respond.answer, draft, "I was it", (), AT)[0] == "hazards.t_not_yours"


def test_the_reporter_of_a_small_danger_closes_it_without_a_name(dock: Dock) -> None:
    """Verified by nobody in particular, at some minute of an hour."""
    reports_without_a_name(dock)
    dock.run(actions.rate, 1, Severity.LOW, dock.sam, later(hours=1))
    dock.run(actions.fix, 1, dock.sam, later(hours=1), words="Guard is back")
    write(dock, (Pressed(data="hzr:gone:1", callback="c", **common(dock)), on_reporter_press))  # type: ignore[arg-type]
    hazard = dock.run(store.hazard, 1)
    assert (hazard.state, hazard.verified_by, hazard.verified_at) == (State.VERIFIED, None, HOUR)
    assert traces(dock, *NAMES) == []


def test_a_report_without_a_name_counts_for_no_person(dock: Dock) -> None:
    """Neither reported nor confirmed."""
    reports_without_a_name(dock)
    dock.run(actions.acknowledge, 1, dock.sam, later(hours=1))
    dock.run(actions.rate, 1, Severity.HIGH, dock.sam, later(hours=1))
    assert [f.pseudonym for f in dock.facts("HazardReported")] == [None]
    assert dock.facts("HazardConfirmed") == []


def test_somebodys_own_reports_without_a_name_are_listed_under_seal(dock: Dock) -> None:
    """The list is for them; that they asked for it stands nowhere beside the numbers."""
    reports_without_a_name(dock)
    write(dock, (Said(text="/myreports", command="myreports", **common(dock)), on_my_reports))  # type: ignore[arg-type]
    assert traces(dock, *NAMES) == []
    assert dock.run(store.sealed_reports_of, dock.bao) == []


def test_a_draft_that_was_left_lying_does_not_betray_the_report_it_becomes(dock: Dock) -> None:
    """The reminder is erased with the draft, and that something was begun does not share the report's key."""
    sends_photo(dock, "The guard is off")
    for minutes in (3, 13):
        dock.run(ticks.remind_unfinished, AT + timedelta(minutes=minutes))
    assert [f.pseudonym for f in dock.facts("ReportBegun")] == [None]
    assert dock.told(dock.yusuf) == ["hazards.begun"]
    presses(dock, "sealed")
    presses(dock, "sealed_yes")
    assert traces(dock, *NAMES) == []
    key = dock.run(store.hazard, 1).key
    assert key not in dock.facts("ReportBegun")[0].key


def test_the_limits_are_said_where_few_people_work(dock: Dock) -> None:
    """Four at the dock: others may guess."""
    sends_photo(dock)
    presses(dock, "sealed")
    shown = [row["text"]["p"] for row in dock.run(edits) if row["text"]["$t"] == "hazards.with_files"][-1]
    assert shown == {
        "said": {"$t": "hazards.seal_limits", "p": {"there": 4, "small": True, "hurt": False, "number": ""}},
        "files": 1,
    }


def edits(session: Session) -> list[dict[str, object]]:
    """What was queued as a change of a message."""
    rows = session.scalars(select(OutboxRow).where(OutboxRow.method == "edit").order_by(OutboxRow.id))
    return [row.payload for row in rows]


def test_the_file_of_the_database_holds_no_remains_of_the_conversation(dock: Dock) -> None:
    """What was erased is gone from the pages too: a copy of the file is read by more than statements (SQLite alone)."""
    engine = dock.writer.engine
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL gives no file out; a dump holds living rows alone")
    sends_photo(dock, "The guard is off")
    chat, own = str(CHAT).encode(), b'"reminded"'
    before = remains(engine)
    assert chat in before, "the draft knows the chat while it lasts, or this would show nothing"
    assert own in before
    presses(dock, "sealed")
    presses(dock, "sealed_yes")
    after = remains(engine)
    assert own not in after, "the draft lies in a page that was set free"
    assert chat not in after


def remains(engine: Engine) -> bytes:
    """The bytes of the database's file, after what was written has been brought into it."""
    path = engine.url.database or ""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return Path(path).read_bytes()
