"""The audit trail on the dashboard: found by kind, time, unit and person; names for those who may; every look is on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.assessment.issuing import anchors
from bot.features import rooms
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.ledger.sealing import seal_block
from bot.ledger.tables import FactRow, PseudonymRow
from bot.people import actions as people
from bot.people.model import Role
from tests.web.desk import HIRED, Desk, opened

PARTS = tuple(room for room in rooms() if room.name in ("web.audit", "web.standing"))


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The dashboard with the audit trail; Grace manages the company, Sam is an admin of his site."""
    with opened(database_url, tmp_path, rooms=PARTS) as made:
        sam, site = made.works.people["Sam Okafor"], made.works.units["harbour"].id
        made.house.writer.run(people.grant, sam, Role.ADMIN, site, HIRED)
        yield made


def looks(desk: Desk) -> list[dict[str, object]]:
    """What is on record of looks, oldest first."""
    query = select(FactRow.body).where(FactRow.kind == "LedgerLooked").order_by(FactRow.id)
    return [dict(body) for body in desk.house.writer.run(lambda session: session.scalars(query).all())]


def pseudonym(desk: Desk, name: str) -> str:
    """Under which name the ledger knows somebody."""
    query = select(PseudonymRow.pseudonym).where(PseudonymRow.person_id == desk.works.people[name])
    return str(desk.house.writer.run(lambda session: session.scalar(query)))


def test_facts_are_found_by_kind_time_and_unit(desk: Desk) -> None:
    """People stand there by their pseudonyms, and a manager cannot ask for names."""
    grace = desk.browser("Grace Lind")
    page = grace.get("/desk/audit").text
    assert "LessonRead" in page
    assert "HazardReported" in page
    assert pseudonym(desk, "Ana Morales") in page
    assert "Ana Morales" not in page
    assert "Badge of a person" not in page
    assert "Ana Morales" not in grace.get("/desk/audit?names=yes&badge=W-0").text
    only = grace.get("/desk/audit?kind=LessonRead").text
    assert only.count("<b>LessonRead</b>") == 4
    assert "<b>LessonAssigned</b>" not in only
    assert "Nothing of that kind happened" in grace.get("/desk/audit?kind=LessonRead&to=2026-11-17").text
    dock = desk.works.units["dock"].id
    assert grace.get(f"/desk/audit?kind=LessonAssigned&unit={dock}").text.count("<b>LessonAssigned</b>") == 2
    assert grace.get("/desk/audit?from=nonsense&to=9999-99-99&unit=x&before=y&kind=Nothing").status_code == 200


def test_an_admin_sees_the_facts_of_their_units_and_names_where_they_ask(desk: Desk) -> None:
    """Sam finds Ana by her badge; nobody of the other site, nor facts of no unit."""
    sam = desk.browser("Sam Okafor")
    page = sam.get("/desk/audit?names=yes").text
    assert "Ana Morales" in page
    assert "Chidi Eze" not in page
    anas = sam.get("/desk/audit?badge=W-0&kind=LessonRead").text
    assert anas.count("<b>LessonRead</b>") == 1
    assert "Nobody with that badge" in sam.get("/desk/audit?badge=W-2").text, "of the other site"
    other = desk.works.units["lingang"].id
    assert "no such unit" in sam.get(f"/desk/audit?unit={other}").text
    assert desk.browser("Lin Yao").get("/desk/audit").status_code == 403
    assert desk.browser("Hugo Reyes").get("/desk/audit").status_code == 403


def test_a_pseudonym_is_not_undone_by_the_key_beside_it(desk: Desk) -> None:
    """Keys hold people's numbers, which stand in the addresses of other pages: they are shown where names are asked for."""
    ana = desk.works.people["Ana Morales"]
    kind = FactKind("LessonRead", 1, (), "")
    fact = Fact(kind, f"read:7:{ana}", desk.clock.now(), ana)
    desk.house.writer.run(record, fact, desk.clock.now())
    assert f"read:7:{ana}" not in desk.browser("Grace Lind").get("/desk/audit").text
    sam = desk.browser("Sam Okafor")
    assert f"read:7:{ana}" not in sam.get("/desk/audit").text
    assert f"read:7:{ana}" in sam.get("/desk/audit?names=yes").text


def test_every_look_is_on_record_before_anything_is_shown(desk: Desk) -> None:
    """Of which kind, over how many days, about whom, and whether names were shown; a page that is left open does not look."""
    sam = desk.browser("Sam Okafor")
    page = sam.get("/desk/audit?kind=LessonRead&from=2026-11-17&to=2026-11-18").text
    assert "refresh.js" not in page
    desk.clock.advance(timedelta(seconds=1))
    sam.get("/desk/audit?badge=W-0")
    first, second = looks(desk)
    assert (first["kind"], first["days"], first["named"], first["about"]) == ("LessonRead", 2, False, None)
    assert (second["named"], second["about"]) == (True, pseudonym(desk, "Ana Morales"))
    assert "LedgerLooked" in desk.browser("Grace Lind").get("/desk/audit?kind=LedgerLooked").text


def test_the_page_says_how_the_ledger_stands(desk: Desk, tmp_path: Path) -> None:
    """Before the first block, after it, and what the last look through all of it came to."""
    grace = desk.browser("Grace Lind")
    page = grace.get("/desk/audit").text
    assert "No block is sealed yet" in page
    assert "davy audit verify" in page

    def seal(session: Session) -> None:
        seal_block(session, desk.clock.now())

    desk.house.writer.run(seal)
    assert "Block 1" in grace.get("/desk/audit").text
    anchors.note_verified(desk.clock.now(), 40, 0)
    assert "40 facts, nothing was changed" in grace.get("/desk/audit").text
    file = anchors.path()
    assert file is not None
    said = json.loads(file.with_name(anchors.VERIFIED).read_text(encoding="utf-8"))
    assert said["facts"] == 40
    anchors.note_verified(desk.clock.now(), 40, 2)
    assert "2 things were changed" in grace.get("/desk/audit").text


def test_health_is_for_admins_and_says_what_waits(desk: Desk) -> None:
    """Queues, the oldest of each, what failed; no name."""
    from bot.db.jobs import JobRow
    from bot.delivery.tables import ParkedRow, ScheduleRow, ScheduleRunRow

    now = desk.clock.now()

    def fill(session: Session) -> None:
        session.add(JobRow(key="j", kind="x", payload={}, state="failed", run_at=now, attempts=6, created_at=now))
        session.add(ParkedRow(update_id=1, user_id=1, body={}, error="x", parked_at=now, state="dead"))
        session.add(ScheduleRow(key="daily", does="x", timing="0 8 * * *", zone="UTC"))
        session.add(ScheduleRunRow(key="run:daily:2026-11-17", schedule="daily", at=now.replace(day=17), state="done"))

    desk.house.writer.run(fill)
    page = desk.browser("Sam Okafor").get("/desk/health").text
    assert "<b>1</b><span>updates left aside for good</span>" in page
    assert "<b>1</b><span>jobs that failed</span>" in page
    assert "late" in page
    assert "daily" in page
    assert desk.browser("Grace Lind").get("/desk/health").status_code == 403


def test_health_shows_what_doctor_looks_at(desk: Desk) -> None:
    """Backups, anchors, files and space, in the words of the operator's own command."""
    from functools import partial

    from bot.doctor import inside
    from bot.web.standing import pages as standing

    standing.examines[:] = [partial(inside, desk.house.settings)]
    try:
        page = desk.browser("Sam Okafor").get("/desk/health").text
    finally:
        standing.examines.clear()
    assert "DAVY_BACKUP_DIR is not set" in page
    assert "can be written" in page
