"""The live muster board in Chromium: an answer given on a phone is on the board at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from bot.emergencies.muster import actions, answering
from bot.features import rooms
from bot.kit.events import Pressed
from bot.people import store as people
from tests.web.desk import Desk, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PARTS = tuple(room for room in rooms() if room.name.startswith("emergencies"))
BY_ITSELF_S = 15
"""Well before the twenty seconds after which a page without a stream asks by itself."""


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The dashboard with the pages of this room."""
    with opened(database_url, tmp_path, rooms=PARTS) as made:
        yield made


def drill(desk: Desk) -> int:
    """Everybody at Harbour Works is called."""
    now = desk.clock.now()

    def fill(session: Session) -> int:
        viewer = people.viewer(session, desk.works.people["Grace Lind"], now)
        assert viewer is not None
        found = actions.start(session, viewer, desk.works.units["harbour"].id, False, True, now)
        for rank in (0, 1):
            actions.call_slice(session, {"muster": found.id, "round": 1, "rank": rank, "after": 0}, now)
        return found.id

    return int(desk.house.writer.run(fill))


def answers(desk: Desk, number: int, name: str, said: str) -> None:
    """Somebody presses a key of their call, as the bot takes it in."""
    who = desk.works.people[name]
    press = Pressed(
        update_id=number * 1000 + who, user=who, chat=who, at=desk.clock.now(), person=who, callback="1",
        data=f"mu.a:{number}:{said}",
    )  # fmt: skip
    desk.house.writer.run(answering.on_answers, [press], desk.clock.now())


def safe(page: Page) -> str:
    """What the tile says."""
    return page.locator(".tile", has_text="safe").locator("b").inner_text()


def until_safe(page: Page, count: str) -> None:
    """Waits until the tile says so many."""
    expect(page.locator(".tile", has_text="safe").locator("b")).to_have_text(count, timeout=60_000)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_answer_on_a_phone_is_on_the_board_before_the_page_asks(desk: Desk, chromium: Browser) -> None:
    """Also while the warden writes into a field of another part; what they have typed stays."""
    number = drill(desk)
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{desk.base}/login?token={desk.link('Sam Okafor')}")
    page.get_by_role("button").click()
    page.wait_for_url("**/desk")
    page.goto(f"{desk.base}/desk/musters/{number}")
    page.locator(".tile b").first.wait_for()
    deadline = time.monotonic() + 30
    while not len(desk.house.live) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert safe(page) == "0"
    time.sleep(1.2)  # what the stream says at its beginning has been heard
    answers(desk, number, "Ana Morales", "safe")
    began = time.monotonic()
    until_safe(page, "1")
    assert time.monotonic() - began < BY_ITSELF_S, "the stream told of it"
    assert page.get_by_text("Ana Morales").count() == 0, "she has left the list of those who are missing"
    page.get_by_label("A number, or their names").fill("Two men of the lift company")
    answers(desk, number, "Ben Cole", "safe")
    until_safe(page, "2")
    assert page.get_by_label("A number, or their names").input_value() == "Two men of the lift company"
    context.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_board_goes_on_without_a_stream(desk: Desk, chromium: Browser) -> None:
    """Where a proxy lets none through it asks by itself, every twenty seconds, and tries the stream again later."""
    number = drill(desk)
    desk.house.live.most = 0
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.clock.install()
    page.goto(f"{desk.base}/login?token={desk.link('Sam Okafor')}")
    page.get_by_role("button").click()
    page.wait_for_url("**/desk")
    page.goto(f"{desk.base}/desk/musters/{number}")
    answers(desk, number, "Ana Morales", "safe")
    page.clock.run_for(26_000)
    until_safe(page, "1")
    context.close()
