"""A shared tablet and the pages for everybody in Chromium: big enough for gloves, in every direction, without scripts too."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot import features
from bot.app import House
from bot.delivery import outbox
from bot.delivery.browser import inbox
from bot.delivery.browser.model import chat_of
from bot.delivery.outbox import Lane
from bot.kit.clock import FrozenClock
from bot.kit.replies import Message, Quiz
from bot.kit.texts import text
from bot.people import actions as people
from bot.people.tables import PersonRow, UnitRow
from bot.settings import Settings
from bot.web import app as web
from bot.web.tablet import actions, store
from bot.web.tablet.hashing import hashed
from tests.kept import furnished
from tests.web.desk import NOON, Works, furnish, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser
PIN = "481902"
TABLET, PHONE = {"width": 768, "height": 1024}, {"width": 360, "height": 740}
SHOTS = os.environ.get("DAVY_TEST_SHOTS")
"""A folder for pictures to look at."""
LOCALES = {"en": "en-GB", "zh": "zh-CN", "ar": "ar-SA"}
TOO_SMALL = """() => [...document.querySelectorAll(
    'main button, main a.key, main a.way, main .tiles-big a, main summary, main select, main textarea, main .sign label > input')]
  .filter((one) => one.getClientRects().length && one.type !== 'radio' && !one.closest('.unseen')
    && one.getBoundingClientRect().height < 48)
  .map((one) => one.outerHTML.slice(0, 80))"""


@dataclass
class Canteen:
    """The house behind a tablet, its address and its people."""

    house: House
    base: str
    works: Works
    clock: FrozenClock


@pytest.fixture
def canteen(database_url: str, tmp_path: Path) -> Iterator[Canteen]:
    """All rooms, wired and not started: nothing is sent, and a page answers all the same."""
    chosen = Settings(
        _env_file=None, bot_token="1:test", database_url=database_url, data_dir=tmp_path / "data", pin_anywhere=True,
        secret_key="a test's secret that is long enough", public_url="http://127.0.0.1", web_reports="open",
    )  # type: ignore[call-arg]  # fmt: skip
    clock = FrozenClock(NOON)
    house = House(chosen, clock, features.rooms())
    try:
        works = furnished(database_url, furnish, "desk")
        house.writer.run(_places, works)
        with served(web.build(house)) as base:
            yield Canteen(house, base, works, clock)
    finally:
        house.writer.stop()
        house.engine.dispose()
        if house._lock is not None:
            house._lock.close()


def _places(session: Session, works: Works) -> None:
    people.add_place(session, works.units["dock"].id, "Loading dock 1", "HW-DOCK-1")
    site = update(UnitRow).where(UnitRow.id == works.units["harbour"].id)
    gather = {"en": "Gate 2, by the flagpole", "zh": "2号门旗杆旁", "ar": "البوابة 2"}
    session.execute(site.values(emergency_number="911", assembly=gather))


def has_pin(canteen: Canteen, name: str, lang: str = "en") -> str:
    """Somebody has chosen a PIN; answers their badge."""
    id = canteen.works.people[name]

    def choose(session: Session) -> str:
        session.execute(update(PersonRow).where(PersonRow.id == id).values(lang=lang))
        code = store.code(actions.own_code(session, id, canteen.clock.now()))
        assert actions.set_pin(session, id, code, hashed(PIN), canteen.clock.now())
        row = session.get(PersonRow, id)
        assert row is not None
        return row.badge

    badge: str = canteen.house.writer.run(choose)
    return badge


def quiz(canteen: Canteen, name: str) -> None:
    """A native quiz comes into somebody's page."""
    id = canteen.works.people[name]

    def ask(session: Session) -> None:
        options = (text("web.tablet.wrong"), text("web.tablet.again"))
        asked = Quiz(text("web.tablet.not_same"), options, (1,), text("web.tablet.choose_one"), "none:1")
        outbox.send(session, outbox.to_person(id), Message(quiz=asked), Lane.REPLY, canteen.clock.now())
        inbox.take_in(session, id, chat_of(id), canteen.clock.now())

    canteen.house.writer.run(ask)


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """A browser; nothing may go wrong in its pages, and they stay under 150 KB."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_(size: dict[str, int] = TABLET, lang: str = "en", scheme: str = "light", *, scripts: bool = True) -> Page:
        context = chromium.new_context(
            viewport=size,
            locale=LOCALES[lang],
            color_scheme=scheme,
            java_script_enabled=scripts,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda said: troubles.append(said.text) if said.type == "error" and "40" not in said.text else None,
        )
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


def looked_at(page: Page, name: str) -> None:
    """Fits its screen, is big enough to touch, has no violation that axe knows; and is kept to be looked at."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    assert wide <= 0, f"{name} is {wide} px too wide"
    assert page.evaluate(TOO_SMALL) == [], name
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:160]) for each in found] == [], name


def sign_in(page: Page, canteen: Canteen, badge: str, pin: str = PIN) -> None:
    """Badge and PIN, as a person types them."""
    page.goto(f"{canteen.base}/tablet")
    page.fill("[name=badge]", badge)
    page.fill("[name=pin]", pin)
    page.click("form[action^='/tablet/in'] button")


@pytest.mark.parametrize("lang", list(LOCALES))
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [TABLET, PHONE], ids=["768", "360"])
def test_a_worker_reports_a_danger_on_a_tablet(
    canteen: Canteen, screen: Callable[..., Page], lang: str, scheme: str, size: dict[str, int]
) -> None:
    """Signed in, a few words, the draft with its big buttons, sent; a quiz answered; done, and nothing stays."""
    badge, mark = has_pin(canteen, "Ana Morales", lang), f"{lang}-{scheme}-{size['width']}"
    quiz(canteen, "Ana Morales")
    page = screen(size, lang, scheme)
    page.goto(f"{canteen.base}/tablet")
    looked_at(page, f"door-{mark}")
    sign_in(page, canteen, badge, "000001")
    assert page.locator("[role=alert]").is_visible()
    sign_in(page, canteen, badge)
    assert page.get_attribute("html", "dir") == ("rtl" if lang == "ar" else "ltr")
    looked_at(page, f"quiz-{mark}")
    page.locator("[name=option]").nth(1).check()
    page.click("form[action='/tablet/vote'] button")
    assert page.locator(".option.right").is_visible()
    page.fill("#words", "The rail at dock 1 is loose")
    page.click(".writing .big")
    looked_at(page, f"draft-{mark}")
    page.locator(".fresh .key").first.click()
    looked_at(page, f"sent-{mark}")
    page.goto(f"{canteen.base}/tablet/room?more=1")
    looked_at(page, f"all-{mark}")
    page.click(".done")
    assert "Ana" not in page.inner_text("body")
    page.go_back()
    assert "loose" not in page.inner_text("body"), "nothing comes back with the back button"


@pytest.mark.parametrize("lang", list(LOCALES))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_for_everybody_fit_a_phone(canteen: Canteen, screen: Callable[..., Page], lang: str, scheme: str) -> None:
    """The place, the form without a name, its receipt, the status."""
    page = screen(PHONE, lang, scheme)
    page.goto(f"{canteen.base}/p/HW-DOCK-1")
    looked_at(page, f"place-{lang}-{scheme}")
    page.click(".way.strong")
    looked_at(page, f"form-{lang}-{scheme}")
    page.fill("[name=words]", "Somebody bridges the light curtain")
    page.click("form.sign .big")
    looked_at(page, f"receipt-{lang}-{scheme}")
    page.click("form[action^='/receipt'] .big")
    looked_at(page, f"stands-{lang}-{scheme}")
    page.goto(f"{canteen.base}/status")
    looked_at(page, f"status-{lang}-{scheme}")


def test_without_scripts_a_report_is_made_all_the_same(canteen: Canteen, screen: Callable[..., Page]) -> None:
    """Forms and links alone; the page leaves by itself."""
    badge, page = has_pin(canteen, "Ben Cole"), screen(scripts=False)
    sign_in(page, canteen, badge)
    page.fill("#words", "Oil under press 3")
    page.click(".writing .big")
    page.locator(".fresh .key").first.click()
    assert page.locator(".fresh .msg").count() >= 1
    assert 'http-equiv="refresh"' in page.content()


def test_a_file_is_chosen_by_a_button_of_the_page_and_a_wrong_one_is_named_as_trouble(
    canteen: Canteen, screen: Callable[..., Page]
) -> None:
    """The browser's own button would speak the device's language; what was chosen stands beside ours. The answer is in sight."""
    badge, page = has_pin(canteen, "Ben Cole"), screen(PHONE)
    sign_in(page, canteen, badge)
    label = page.locator(".writing .filing")
    with page.expect_file_chooser() as chosen:
        label.click()
    chosen.value.set_files({"name": "rail.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    assert "rail.jpg" in label.inner_text()
    page.click(".writing .big")
    assert page.locator(".trouble").is_visible()
    assert page.url.endswith("#now")
    top = page.locator(".trouble").bounding_box()
    assert top is not None
    assert 0 <= top["y"] < PHONE["height"]
    looked_at(page, "trouble")


def test_the_seconds_are_counted_down_and_the_screen_is_empty_then(
    canteen: Canteen, screen: Callable[..., Page]
) -> None:
    """A touch begins them anew; at the end nothing of the person is on the screen."""
    badge, page = has_pin(canteen, "Ben Cole"), screen()
    page.clock.install()
    sign_in(page, canteen, badge)
    assert page.inner_text("[data-idle]") == "75"
    page.clock.fast_forward(60_000)
    assert int(page.inner_text("[data-idle]")) <= 15
    assert page.locator(".countdown.soon").is_visible()
    page.mouse.click(300, 500)
    page.clock.fast_forward(2_000)
    assert int(page.inner_text("[data-idle]")) > 60
    page.clock.fast_forward(80_000)
    page.wait_for_url("**/tablet/done")
    assert "Ben" not in page.inner_text("body")


def test_the_weight_of_a_page_is_small(canteen: Canteen, screen: Callable[..., Page]) -> None:
    """All that is fetched for the page of a tablet is under 150 KB."""
    badge, page = has_pin(canteen, "Ben Cole"), screen()
    weights: list[int] = []
    page.on("response", lambda answer: weights.append(len(answer.body())) if answer.status == 200 else None)
    sign_in(page, canteen, badge)
    page.wait_for_load_state("networkidle")
    assert 0 < sum(weights) < 150_000, sum(weights)
