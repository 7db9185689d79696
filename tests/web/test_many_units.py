"""Hundreds of units on the dashboard: a choice holds the widest, a name finds the others, names come from few rows."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.reading import reading
from bot.emergencies.muster import pages as muster_pages
from bot.hazards.ladders import pages as ladder_pages
from bot.kit.room import Room
from bot.people import actions as people
from bot.people import store
from bot.people.model import Role, Unit, UnitKind
from bot.people.rules import MOST_CHOICES, choices
from bot.people.tables import UnitRow
from bot.web.tablet import pages as tablet_pages
from tests.web.desk import HIRED, SINCE, Desk, opened

PARTS = (
    Room("emergencies.muster", pages=muster_pages.PAGES),
    Room("hazards.ladders", pages=ladder_pages.PAGES),
    Room("web.tablet", pages=tablet_pages.PAGES),
)
PAGES = ("/desk/musters/new", "/desk/settings", "/desk/tablets")
TEAMS = 400


def many(session: Session) -> int:
    """Four hundred teams more in the first site; the last one says itself who is called."""
    site = next(unit for unit in store.units(session) if unit.kind is UnitKind.SITE)
    made = [people.add_unit(session, UnitKind.TEAM, f"Crew {number:03}", site, SINCE) for number in range(TEAMS)]
    session.execute(
        update(UnitRow).where(UnitRow.id == made[-1].id).values(alerts={"ladder": {"all": [["manager", 5]]}})
    )
    return made[-1].id


def grown(desk: Desk) -> tuple[httpx.Client, int]:
    """Grace, who is over the whole company, and the last of its units."""
    last = desk.house.writer.run(many)
    top = next(iter(desk.works.units.values())).path.strip("/").split("/")[0]
    desk.house.writer.run(people.grant, desk.works.people["Grace Lind"], Role.ADMIN, int(top), HIRED)
    return desk.browser("Grace Lind"), last


def test_of_hundreds_of_units_a_page_shows_some_and_finds_the_others_by_name(database_url: str, tmp_path: Path) -> None:
    """All three pages that offer units stay light, find one by a part of its name, and say so where there is none."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        grace, _ = grown(desk)
        for path in PAGES:
            shown = grace.get(path)
            assert len(re.findall(r"Crew \d+", shown.text)) <= MOST_CHOICES
            assert "Crew 377" not in shown.text
            assert len(shown.content) < 60_000
            found = grace.get(path, params={"find": "crew 377"}).text
            assert re.findall(r"Crew \d+", found) == ["Crew 377"]
            none = grace.get(path, params={"find": "zeppelin"}).text
            assert "No unit of yours is called so." in none


def test_a_unit_that_sets_its_own_ladder_stands_on_the_page_however_many_there_are(
    database_url: str, tmp_path: Path
) -> None:
    """Its link is there though a hundred and fifty come before it in the company's order."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        grace, last = grown(desk)
        page = grace.get("/desk/settings").text
        assert f'<a href="/desk/settings/ladders/{last}">Crew {TEAMS - 1}</a>' in page
        assert page.count("says so itself") == 1


def test_the_parts_of_one_page_share_its_units_and_names_come_without_the_rest(
    database_url: str, tmp_path: Path
) -> None:
    """A session for one answer keeps them; one that writes asks again, and sees what was added meanwhile."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        last = desk.house.writer.run(many)
        with reading(desk.house.engine) as session:
            first, second = store.units(session), store.units(session)
            assert first == second
            assert first is not second
            assert all(one is other for one, other in zip(first, second, strict=True))
            assert store.labels(session, [last, last, 0]) == {last: f"Crew {TEAMS - 1}"}
            assert store.labels(session, []) == {}

        def added(session: Session) -> int:
            before = store.units(session)
            people.add_unit(session, UnitKind.TEAM, "One more", before[0], SINCE)
            return len(store.units(session)) - len(before)

        assert desk.house.writer.run(added) == 1


def test_a_choice_holds_the_widest_units_in_the_order_of_the_company() -> None:
    """Of three the two widest; looked for, also what lies deep, by its name in any language."""
    top = Unit(1, None, UnitKind.COMPANY, "Lamplight Works", "/1/", "UTC", "US", "en")
    dock = Unit(3, 2, UnitKind.TEAM, "Dock Team", "/1/2/3/", "UTC", "US", "en", names={"zh": "码头班"})
    harbour = Unit(2, 1, UnitKind.SITE, "Harbour", "/1/2/", "UTC", "US", "en")
    units = [dock, harbour, top]
    assert choices(units, "", 2) == [top, harbour]
    assert choices(units, " DOCK ") == [dock]
    assert choices(units, "码头") == [dock]
    assert choices(units, "crane") == []
