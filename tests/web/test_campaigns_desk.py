"""A campaign on the dashboard: planned by a form, shown with its result in words, charts and the same figures as a table."""

from __future__ import annotations

import re
import subprocess
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.activities import actions
from bot.activities import store as campaigns
from bot.activities.actions import Plan
from bot.activities.model import Kind, Question, Written
from bot.activities.tables import CampaignRow
from bot.features import rooms
from bot.people import actions as people
from bot.people.model import Role
from bot.people.tables import AgreementRow
from tests.flows.campaign_facts import past
from tests.web.desk import HIRED, Desk, opened

PARTS = tuple(room for room in rooms() if room.name == "activities")
ENGLISH = "Hands out\nWe look at every guard.\n? When is it open?\n+ Locked off\n- Always"


def officer(session: Session, desk: Desk) -> int:
    """Grace looks after safety at Harbour Works."""
    grace = desk.works.people["Grace Lind"]
    people.grant(session, grace, Role.MANAGER, desk.works.units["harbour"].id, HIRED)
    return grace


def a_campaign_with_a_past(session: Session, desk: Desk) -> int:
    """Ten weeks ago a month was planned; since then more is reported, and inspections find what they found before."""
    now, unit = desk.clock.now(), desk.works.units["harbour"]
    grace = officer(session, desk)
    planned = now - timedelta(days=92)
    said = {"en": Written("Hands out", "We look at every guard.", (Question("When?", "Locked off", ("Always",)),))}
    begins = planned.date() + timedelta(days=10)
    found = actions.plan(session, grace, Plan("c", Kind.MONTH, unit.id, said, begins, 30), planned)
    past(
        session, desk.works.units["dock"].id, lambda day: now - timedelta(days=82 - day), range(-56, 56),
        lambda day: 2 if day >= 0 else day % 2, lambda day: 1,
    )  # fmt: skip
    return found.id


def test_the_page_says_that_more_reports_are_no_sign_of_more_danger_and_shows_the_figures_twice(
    database_url: str, tmp_path: Path
) -> None:
    """In words with intervals, as accessible charts, and week by week in a table that agrees with them."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        id = desk.house.writer.run(a_campaign_with_a_past, desk)
        page = desk.browser("Grace Lind").get(f"/desk/campaigns/{id}").text
        assert "A rise in reports alone is no sign of more danger." in page
        assert "Inspections do not find more than before." in page
        assert "before 28 in" in page
        assert "after 112 in" in page
        assert "More than before." in page
        assert re.search(r"before 56 in 56 inspections, after 56 in 56", page)
        assert re.search(r"Ratio: 1 \(95 % interval: 0\.\d+ to 1\.\d+\)", page)
        charts = re.findall(r'<svg class="trend".*?</svg>', page, re.S)
        assert len(charts) == 2
        assert all('role="img"' in each and "aria-label=" in each for each in charts)
        rows = re.findall(r'<tr><th scope="row" dir="ltr">([+-]?\d+)</th>.*?</tr>', page, re.S)
        assert rows == [*(str(n) for n in range(-8, 0)), "0", *(f"+{n}" for n in range(1, 8))]
        marks = len(re.findall(r"<circle|<rect", charts[0]))
        assert marks == len(rows), "a mark a week"
        assert "style=" not in page, "the policy forbids it"
        assert desk.browser("Lin Yao").get(f"/desk/campaigns/{id}").status_code == 404, "another site's leader"


def test_a_campaign_is_planned_by_the_form_as_in_the_chat(database_url: str, tmp_path: Path) -> None:
    """With a poster of our own making; once however often it is sent; never without the session's own word, or the right."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        desk.house.writer.run(officer, desk)
        grace, unit = desk.browser("Grace Lind"), desk.works.units["harbour"].id
        assert "Plan a campaign" in grace.get("/desk/campaigns").text
        page = grace.get("/desk/campaigns/plan").text
        form = dict(re.findall(r'name="(csrf|once)" value="([^"]*)"', page)[-2:])
        begins = (desk.clock.now().date() + timedelta(days=8)).isoformat()
        values = form | {"kind": "month", "unit": str(unit), "start": begins, "days": "30"}
        values |= {"said_en": ENGLISH.replace("\n", "\r\n")}
        out = BytesIO()
        Image.new("RGB", (40, 30), "#884422").save(out, "PNG")
        wrong = grace.post(
            "/desk/campaigns/plan", data=values | {"said_en": "Only a title"}, files={"picture": ("", b"")}
        )
        assert wrong.status_code == 422
        assert "words below it are missing" in wrong.text
        refused = grace.post("/desk/campaigns/plan", data=values | {"csrf": "x"}, files={"picture": ("", b"")})
        assert refused.status_code == 403
        made = grace.post(
            "/desk/campaigns/plan", data=values, files={"picture": ("p.png", out.getvalue(), "image/png")}
        )
        assert made.status_code == 200
        assert "Hands out" in made.text
        assert "It is too early to say." in made.text
        again = grace.post("/desk/campaigns/plan", data=values, files={"picture": ("", b"")})
        assert again.status_code == 422
        with Session(desk.house.engine) as session:
            [row] = session.scalars(select(CampaignRow)).all()
            assert row.picture is not None
            assert row.picture.startswith("media:")
            assert campaigns.as_campaign(row).starts_on == date.fromisoformat(begins)
        sam = desk.browser("Sam Okafor")
        assert sam.get("/desk/campaigns/plan").status_code == 403
        assert sam.post("/desk/campaigns/plan", data=values).status_code == 403


@pytest.mark.browser
def test_the_page_and_the_form_fit_a_phone(database_url: str, tmp_path: Path) -> None:
    """Nothing is wider than 390 points; the charts are drawn."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk, sync_playwright() as playwright:
        id = desk.house.writer.run(a_campaign_with_a_past, desk)
        chromium = subprocess.run(["scripts/find-chromium"], capture_output=True, text=True, check=True).stdout.strip()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{desk.base}/login?token={desk.link('Grace Lind')}")
        page.click("button.big")
        for path in (f"/desk/campaigns/{id}", "/desk/campaigns/plan", "/desk/campaigns"):
            page.goto(desk.base + path)
            page.screenshot(path=tmp_path / f"{path.replace('/', '_')}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        browser.close()


def test_the_form_of_a_room_that_is_switched_off_does_nothing(database_url: str, tmp_path: Path) -> None:
    """Agreed is agreed: the page is not there, and neither is what its form would do."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        boss = desk.house.writer.run(officer, desk)
        grace, site, now = desk.browser("Grace Lind"), desk.works.units["harbour"], desk.clock.now()
        page = grace.get("/desk/campaigns/plan").text
        form = dict(re.findall(r'name="(csrf|once)" value="([^"]*)"', page)[-2:])
        begins = (now.date() + timedelta(days=8)).isoformat()
        whole = f"/{site.parent}/"  # where Grace works
        form |= {"kind": "month", "unit": str(site.id), "start": begins, "days": "30", "said_en": ENGLISH}
        row = AgreementRow(
            unit_id=site.parent, path=whole, item="room.activities", is_on=False, purpose="Not here", state="holds",
            held_key=f"{site.parent}:room.activities", asked_by=boss, asked_at=now, answered_by=boss, answered_at=now,
        )  # fmt: skip
        desk.house.writer.run(lambda session: session.add(row))
        assert grace.get("/desk/campaigns/plan").status_code in (403, 404)
        sent = grace.post("/desk/campaigns/plan", data=form, files={"picture": ("", b"")})
        assert sent.status_code == 403
        assert desk.house.writer.run(lambda session: session.scalars(select(CampaignRow.id)).all()) == []
