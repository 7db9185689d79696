"""The door in Chromium: the Mini App's page, the second factor, the sessions, on a phone, a tablet and a desk, light and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe

from bot.kit.room import Room
from bot.people import actions as people
from bot.people.model import Role
from bot.risks import pages as risks
from bot.web import pages as sessions
from bot.web.factor import pages as factor
from bot.web.guests import pages as guests
from tests.web.desk import HIRED, Desk, opened
from tests.web.launching import PUBLIC, init_data
from tests.web.test_desk_browser import fits

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

WIDTHS = {360: 740, 768: 1024, 1440: 900}
DARK, LIGHT = {"bg_color": "#17212b"}, {"bg_color": "#ffffff"}
ROOMS = (
    Room("web", pages=sessions.PAGES), Room("web.factor", pages=factor.PAGES), Room("web.guests", pages=guests.PAGES),
    Room("risks", pages=risks.PAGES),
)  # fmt: skip


@pytest.fixture
def door(make_database_url, tmp_path: Path) -> Iterator[Desk]:  # type: ignore[no-untyped-def]
    """A dashboard with all that the door has; Sam has an account in Telegram, Grace may let guests in."""
    with opened(make_database_url("sqlite"), tmp_path, rooms=ROOMS, miniapp_key=PUBLIC) as desk:
        desk.house.writer.run(people.open_account, desk.works.people["Sam Okafor"], 7001, 7001, desk.clock.now())
        company = desk.works.units["harbour"].parent
        desk.house.writer.run(people.grant, desk.works.people["Grace Lind"], Role.ADMIN, company, HIRED)
        yield desk


def browser_page(chromium: Browser, width: int, scheme: str) -> Page:
    """A page of this width and scheme."""
    context = chromium.new_context(viewport={"width": width, "height": WIDTHS[width]}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(120_000)
    return page


def signed_in(desk: Desk, page: Page, name: str) -> None:
    """By a link and its button."""
    page.goto(f"{desk.base}/login?token={desk.link(name)}")
    page.get_by_role("button").click()
    page.wait_for_url("**/desk")


def is_well(page: Page, what: str) -> None:
    """Nothing runs off the side, and axe finds nothing."""
    assert fits(page), what
    found = Axe().run(page)
    assert found.violations_count == 0, f"{what}: {found.generate_report()}"


def app_address(desk: Desk, theme: dict[str, str]) -> str:
    """The address that Telegram's client opens."""
    said = {"tgWebAppData": init_data(7001, desk.clock.now()), "tgWebAppThemeParams": json.dumps(theme)}
    return f"{desk.base}/app#{urlencode(said)}"


@pytest.mark.parametrize(("theme", "scheme", "worn"), [(DARK, "light", "dark"), (LIGHT, "dark", "light")])
def test_the_mini_app_signs_in_by_itself_and_wears_telegrams_theme(
    door: Desk, chromium: Browser, theme: dict[str, str], scheme: str, worn: str
) -> None:
    """Also where the system has the other; the data that open the door stay neither in the address nor in the history."""
    page = browser_page(chromium, 360, scheme)
    page.goto(app_address(door, theme))
    page.get_by_role("heading", name="Open dangers").wait_for()
    assert page.locator("html").get_attribute("data-theme") == worn
    page.goto(f"{door.base}/desk/sessions")
    assert page.locator("html").get_attribute("data-theme") == worn
    is_well(page, f"the sessions, {worn}")
    assert "tgWebApp" not in str(page.evaluate("Object.values(sessionStorage).join()"))
    page.go_back()
    assert "tgWebAppData" not in page.url
    page.go_back()
    assert "tgWebAppData" not in page.url


def test_the_page_of_the_mini_app_says_how_to_come_in_where_it_is_opened_elsewhere(
    door: Desk, chromium: Browser
) -> None:
    """In a browser, outside Telegram."""
    page = browser_page(chromium, 360, "light")
    page.goto(f"{door.base}/app")
    page.get_by_text("This page opens inside Telegram").wait_for()
    is_well(page, "the page of the Mini App")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_the_door_shows_can_be_read_everywhere(door: Desk, chromium: Browser, width: int, scheme: str) -> None:
    """The door, the sessions, the second factor set up and asked for, a guest let in and coming."""
    page = browser_page(chromium, width, scheme)
    page.goto(f"{door.base}/login")
    is_well(page, "the door")
    signed_in(door, page, "Grace Lind")
    for path in ("/desk/sessions", "/desk/sessions/people?badge=S-0", "/desk/guests", "/desk/guests/new"):
        page.goto(door.base + path)
        is_well(page, path)
    page.get_by_label("Name and organisation").fill("Ida Brandt, Surveyors' Guild")
    page.get_by_label("Why may they look?").fill("yearly audit")
    page.get_by_label("Harbour Works").check()
    page.get_by_role("group", name="Which pages?").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make the link").click()
    link = page.locator(".link code").inner_text()
    is_well(page, "a guest")
    page.goto(f"{door.base}/desk/factor")
    page.get_by_role("button", name="Set it up").click()
    is_well(page, "setting up")
    secret = re.sub(r"\s", "", page.locator(".setup p code").inner_text())
    page.get_by_label("Code").fill(pyotp.TOTP(secret).at(door.clock.now()))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_text("It is set up.").wait_for()
    is_well(page, "set up")
    again = browser_page(chromium, width, scheme)
    again.goto(f"{door.base}/login?token={door.link('Grace Lind')}")
    again.get_by_role("button").click()
    again.wait_for_url("**/factor")
    is_well(again, "asked for")
    again.get_by_label("Code").fill("000000")
    again.get_by_role("button", name="Go on").click()
    again.get_by_role("alert").wait_for()
    guest = browser_page(chromium, width, scheme)
    guest.goto(door.base + re.sub(r"^https?://[^/]+", "", link))
    is_well(guest, "a guest comes")
    guest.get_by_role("button", name="Look").click()
    guest.wait_for_url("**/desk/risks")
    is_well(guest, "a guest looks")
