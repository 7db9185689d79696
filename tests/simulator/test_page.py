"""The page by keyboard, on small screens, and against what it shows: in Chromium, on the real simulator."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.simulator.conftest import Api

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser
SCREENS = [(320, 568), (390, 844), (740, 360), (844, 390), (741, 900), (861, 900), (961, 700)]
MINI_APP = "https://mini.example/"  # never reached: the test answers for it


@pytest.fixture
def ada(api: Api) -> int:
    """A person with a phone on the page; the bot knows two commands."""
    commands = [{"command": "report", "description": "Report a danger"}, {"command": "help", "description": "Help"}]
    api.ok("setMyCommands", commands=commands)
    for name, label in (("Ben", "supervisor"), ("Cy", "trainer"), ("Di", "manager")):
        api.post("users", first_name=name, label=label)
    return api.person(label="worker")


def opened(chromium: Browser, api: Api, width: int = 1200, height: int = 800) -> tuple[Page, Locator]:
    """The page and the phone of Ada, once it has been drawn."""
    page = chromium.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(60_000)
    page.goto(api.base)
    phone = page.get_by_role("region", name="Ada, worker")
    phone.locator(".message").first.wait_for(state="attached")
    return page, phone


def focused(page: Page) -> str:
    """The words of what has the keyboard's focus."""
    words: str = page.evaluate(
        "(node => node.getAttribute('aria-label') || node.innerText || node.tagName)(document.activeElement)"
    )
    return words


@pytest.mark.usefixtures("ada")
def test_commands_are_chosen_by_keyboard(api: Api, chromium: Browser) -> None:
    """Arrows walk the list, Escape goes back to the input, Enter sends."""
    page, phone = opened(chromium, api)
    menu = phone.get_by_role("button", name="Menu", exact=True)
    menu.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    assert "/report" in focused(page)
    page.keyboard.press("ArrowDown")
    assert "/help" in focused(page)
    page.keyboard.press("ArrowDown")
    assert "/report" in focused(page)
    page.keyboard.press("Escape")
    assert (focused(page), menu.get_attribute("aria-expanded")) == ("Message", "false")
    page.keyboard.type("/he")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    phone.locator(".mine", has_text="/help").wait_for()
    page.close()


def test_a_messages_actions_are_reached_and_left_by_keyboard(api: Api, ada: int, chromium: Browser) -> None:
    """Enter opens them, Tab leaves none open behind, and the arrows walk on from the same message."""
    page, phone = opened(chromium, api)
    api.ok("sendMessage", chat_id=ada, text="Second")
    phone.locator(".message", has_text="Second").wait_for()
    phone.get_by_role("log").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    menu = phone.get_by_role("menu", name="Message actions")
    menu.wait_for()
    page.keyboard.press("ArrowUp")  # from the first action to the faces above it
    assert focused(page) == "React 🤔"
    page.keyboard.press("Tab")
    menu.wait_for(state="detached")
    page.keyboard.press("Escape")
    phone.locator(".message", has_text="Second").locator(".more").focus()
    page.keyboard.press("ArrowUp")
    assert "/start" in focused(page)
    page.close()


@pytest.mark.usefixtures("ada")
def test_nothing_overlaps_or_runs_out_of_the_top_bar(api: Api, chromium: Browser) -> None:
    """From the smallest phone, upright and on its side, to a small laptop."""
    page, phone = opened(chromium, api)
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        boxes = page.evaluate(
            "[...document.querySelectorAll('.live, .drawer-button:not([hidden]), .clock-time, .steps')]"
            ".map(node => node.getBoundingClientRect()).map(box => [box.left, box.right])"
        )
        edges = sorted(boxes)
        assert all(one[1] <= two[0] for one, two in itertools.pairwise(edges)), (width, edges)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert phone.get_by_role("log").bounding_box()["height"] > height / 3, width  # type: ignore[index]
    page.close()


def test_what_happens_to_a_group_is_said_and_never_an_empty_bubble(
    api: Api, ada: int, chromium: Browser, picture: bytes
) -> None:
    """Its photo, its growth to a supergroup, and who a message came through."""
    bot = api.get("bots")["items"][0]["id"]
    group = api.post("groups", title="Crew", members=[ada, bot])["id"]
    api.post("members", chat=group, bot=bot, status="administrator", by=ada)
    assert api.call("setChatPhoto", chat_id=group, files={"photo": ("a.png", picture)})["ok"]
    api.ok("deleteChatPhoto", chat_id=group)
    page, phone = opened(chromium, api)
    phone.get_by_role("button", name="Crew").click()
    for words in ("changed the group photo", "removed the group photo"):
        phone.locator(".notice", has_text=words).wait_for()
    api.post("migrations", chat=group)
    phone.locator(".notice", has_text="became a supergroup").wait_for()
    assert phone.locator(".message").count() == 0
    page.close()


def test_a_mini_app_cannot_lead_the_page_elsewhere(api: Api, ada: int, chromium: Browser) -> None:
    """It lives in a frame that may run, but not navigate what is around it."""
    page, phone = opened(chromium, api)
    tried = f"<button onclick=\"top.location = '{MINI_APP}away'\">Away</button>"
    page.route(f"{MINI_APP}**", lambda route: route.fulfill(body=tried, content_type="text/html"))
    keyboard = {"inline_keyboard": [[{"text": "Open", "web_app": {"url": f"{MINI_APP}app"}}]]}
    api.ok("sendMessage", chat_id=ada, text="App", reply_markup=keyboard)
    phone.get_by_role("button", name="Open").click()
    phone.frame_locator("iframe").get_by_role("button", name="Away").press("Enter")
    page.wait_for_timeout(300)
    assert page.url.startswith(api.base)
    page.close()


@pytest.fixture
def picture() -> bytes:
    """A small picture."""
    from tests.simulator.test_files import picture as made

    return made(64, 48)


def test_a_picture_in_full_keeps_the_keyboard(api: Api, ada: int, chromium: Browser, picture: bytes) -> None:
    """Tab stays in it until it is closed; then the focus is back on the picture."""
    page, phone = opened(chromium, api)
    assert api.call("sendPhoto", chat_id=ada, files={"photo": ("a.png", picture)})["ok"]
    phone.get_by_role("button", name="Photo").press("Enter")
    page.get_by_role("dialog", name="Photo").wait_for()
    page.keyboard.press("Tab")
    assert focused(page) == "Close picture"
    page.keyboard.press("Escape")
    assert focused(page) == "Photo"
    page.close()
