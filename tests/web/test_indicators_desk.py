"""Indicators and the monthly review on the dashboard: each number opens its rows, each chart has a table, scope holds."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.analysis.review import actions as review
from bot.analysis.review.model import Kind, Phase
from bot.analysis.review.ticks import carry_over
from bot.emergencies.muster.model import ENDED as DRILL
from bot.features import rooms
from bot.hazards.tables import HazardRow
from bot.ledger.actions import pseudonym, record
from bot.ledger.model import Fact
from bot.ledger.tables import PersonMonthRow
from bot.people import actions as people
from tests.web.desk import Desk, opened

PARTS = tuple(
    room for room in rooms() if room.name in ("hazards", "assessment", "analysis.indicators", "analysis.review")
)


def test_every_number_opens_the_rows_that_it_counts(database_url: str, tmp_path: Path) -> None:
    """For each link of the page the list has as many rows as the number says; nothing of another's units is there."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        desk.house.writer.run(_more, desk)
        browser = desk.browser("Sam Okafor")
        page = browser.get("/desk/indicators").text
        links = re.findall(r'<a href="(/desk/indicators/rows[^"]+)">(.*?)</a>', page)
        assert len(links) > 7
        for href, words in links:
            shown = browser.get(unescape(href))
            assert shown.status_code == 200, href
            number = int(re.search(r"\((\d+)/(\d+)\)", words)[2] if "(" in words else words)  # type: ignore[index]
            rows = shown.text.count("<li><span>")
            if "what=participation" not in href:
                assert rows == number, (href, words)
        assert page.count('<svg class="trend" ') == page.count('role="img"')
        assert page.count('class="cells months"') == page.count('<svg class="trend" ')
        assert "Lagging" not in page, "a supervisor does not see the register"
        other = desk.works.units["lingang"].id
        assert browser.get(f"/desk/indicators?unit={other}").status_code == 404
        assert browser.get(f"/desk/indicators/rows?what=reports&month=2026-11&unit={other}").status_code == 404
        assert browser.get("/desk/indicators/rows?what=hurt&month=2026-11").status_code == 404
        assert browser.get("/desk/indicators/rows?what=reports&month=2026-13").status_code == 404


def _more(session: Session, desk: Desk) -> None:
    """A danger seen to be gone in time, one with a category at a place, a drill, a lesson read in a month that is closed."""
    works, now = desk.works, desk.clock.now()
    harbour, one, other = works.units["harbour"], *list(works.hazards.values())[:2]
    place = people.add_place(session, harbour.id, "Gate 4", "G-4")
    gone = {
        "state": "verified",
        "verified_at": now,
        "fixed_at": now,
        "due_at": now + timedelta(hours=1),
        "category": "STF",
    }
    session.execute(update(HazardRow).where(HazardRow.id == one).values(**gone, place_id=place))
    session.execute(update(HazardRow).where(HazardRow.id == other).values(category="ELE"))
    ana = works.people["Ana Morales"]
    record(session, Fact(DRILL, "muster-ended:1", now, ana, body={"muster": 1, "unit": harbour.id, "real": False}), now)
    row = PersonMonthRow(
        pseudonym=pseudonym(session, ana),
        first_on=date(2026, 10, 1),
        what="lesson",
        offered=5,
        done=4,
        lost=0,
        missed={},
    )
    session.add(row)


def test_the_review_shows_what_goes_on_and_months_as_they_were(database_url: str, tmp_path: Path) -> None:
    """November has it under plan, December under do, with its history; a new technique stands among the trials."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        works, now = desk.works, desk.clock.now()
        sam, ana = works.people["Sam Okafor"], works.people["Ana Morales"]

        def fill(session: Session) -> None:
            unit = works.units["harbour"].id
            for number, (kind, words) in enumerate(
                ((Kind.ACTION, "Guards put back"), (Kind.TRIAL, "Magnets on guards"))
            ):
                review.add(session, sam, f"k{number}", unit, kind, words, ana, date(2026, 12, 24), now)

        desk.house.writer.run(fill)
        browser = desk.browser("Sam Okafor")
        page = browser.get("/desk/review").text
        assert "Entries 2 · open 2 · from months before 0 · overdue 0" in page
        later = now + timedelta(days=14)
        desk.house.writer.run(carry_over, later)
        desk.house.writer.run(lambda session: review.go_on(session, ana, 1, Phase.DO, later) and None)
        page = browser.get("/desk/review?month=2026-12").text
        assert "from months before 2" in page
        assert "goes on for 1 month" in page
        do = page.split(">Do</h2>")[1].split("<h2>")[0]
        assert "Guards put back" in do
        assert "Magnets on guards" in page.split("Trials of new techniques</h2>")[1]
        before = browser.get("/desk/review?month=2026-11").text
        assert "Guards put back" in before.split(">Plan</h2>")[1].split("<h2>")[0]
        assert "goes on in December" not in before
