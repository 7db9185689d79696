"""Resources on the dashboard: each leader sees the money, store, facilities and gaps of their own units."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from bot.features import rooms
from bot.resources.budget import actions as budget
from bot.resources.budget.model import Heading
from bot.resources.equipment import stocking
from bot.resources.equipment.model import Item
from bot.resources.facilities import actions as facilities
from bot.resources.facilities.model import Kind
from bot.resources.health import actions as health
from bot.resources.staffing import actions as staffing
from bot.resources.staffing.model import Kind as Who
from tests.web.desk import Desk, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PARTS = tuple(room for room in rooms() if room.name.startswith("resources"))


def furnish(desk: Desk) -> None:
    """Money, helmets, an eyewash that is overdue, a health check, a gap; and money of the other site."""
    works, now = desk.works, desk.clock.now()
    grace, ana = works.people["Grace Lind"], works.people["Ana Morales"]
    harbour = works.units["harbour"]

    def fill(session: Session) -> None:
        line = budget.plan(session, grace, harbour.id, now.year, Heading.TRAINING, "USD", 10_000_00, now)
        budget.plan(session, grace, harbour.id, now.year, Heading.FACILITIES, "USD", 5_000_00, now)
        budget.set_rate(session, grace, harbour.id, "worker", "USD", 30_00, now)
        budget.book(session, grace, "b", line.id, 11_000_00, "Trainer", now)
        helmet = Item(0, "helmet", harbour.id, harbour.path, {"en": "Safety helmet"}, ("M", "L"), None, None, None, 1)
        stocking.put_item(session, grace, helmet, {"M": 0, "L": 7}, now)
        due = now.date() - timedelta(days=3)
        facilities.enter(session, grace, "f", harbour.id, Kind.EYEWASH, "Eyewash at the bath", 30, due, ana, now)
        health.enter(session, grace, ana, due, 12, now)
        staffing.require(session, grace, "s", harbour.id, Who.FIRST_AIDER, 2, 1, 0, "Company rule 12", now)

    desk.house.writer.run(fill)


def test_a_manager_sees_all_of_it_and_another_site_nothing(database_url: str, tmp_path: Path) -> None:
    """Grace's site; Sam, who leads there, sees no costs; nobody's health is told beyond who needs the time."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        furnish(desk)
        page = desk.browser("Grace Lind").get("/desk/resources").text
        for said in (
            "Safety budget 2026", "planned $10,000.00", "left -$1,000.00", "Safety helmet", "Eyewash at the bath",
            "Overdue: 100 % (1/1)", "First aiders", "2 are missing", "What training and drills cost",
        ):  # fmt: skip
            assert said in page, said
        sam = desk.browser("Sam Okafor").get("/desk/resources").text
        assert "Eyewash at the bath" in sam
        assert "What training and drills cost in" not in sam


@pytest.mark.browser
def test_the_page_fits_a_phone(database_url: str, tmp_path: Path, chromium: Browser) -> None:
    """At 390 pixels nothing runs out of the page."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        furnish(desk)
        page = chromium.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{desk.base}/login?token={desk.link('Grace Lind')}")
        page.get_by_role("button").click()
        page.wait_for_url("**/desk")
        page.goto(f"{desk.base}/desk/resources")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.screenshot(path=str(tmp_path / "resources.png"), full_page=True)
        page.close()
