"""The dashboard in Chromium: the link, the button, the board on a phone and on a desk, by light and by dark."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from bot.hazards import actions as hazards
from bot.kit.risk import Severity
from tests.web.desk import Desk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

POCKET, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 860}
LOOKS = [(POCKET, "light"), (POCKET, "dark"), (DESKTOP, "light"), (DESKTOP, "dark")]
CONTRAST = """
() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return parse(getComputedStyle(document.body).backgroundColor);
  };
  const poor = [];
  for (const node of document.querySelectorAll("main *, footer *")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) poor.push(`${node.className || node.tagName}: ${ratio.toFixed(2)} ${node.textContent.trim().slice(0, 30)}`);
  }
  return poor;
}
"""
"""Texts whose contrast to what is behind them is under 4.5 : 1 (WCAG 2.2 AA)."""


@pytest.fixture
def signed_in(shown: Desk, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the dashboard by a link and its button; at the end nothing may have gone wrong in the page."""
    contexts, troubles = [], []

    def start(name: str, viewport: dict[str, int], scheme: str = "light", scripts: bool = True) -> Page:
        context = chromium.new_context(viewport=viewport, color_scheme=scheme, java_script_enabled=scripts)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        page.on("request", lambda request: request.url.startswith(shown.base) or troubles.append(request.url))
        page.goto(f"{shown.base}/login?token={shown.link(name)}")
        page.get_by_role("button").click()
        page.wait_for_url("**/desk")
        return page

    yield start
    for context in contexts:
        context.close()
    assert troubles == []


def fits(page: Page) -> bool:
    """Whether nothing stands out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_the_board_can_be_read_on_a_phone_and_on_a_desk(
    signed_in: Callable[..., Page], shown: Desk, viewport: dict[str, int], scheme: str
) -> None:
    """Nothing runs off the side, every text has contrast, the first danger leads to its page with its photo."""
    page = signed_in("Sam Okafor", viewport, scheme)
    for path in (
        "/desk",
        f"/desk/units/{shown.works.units['dock'].id}",
        f"/desk/hazards/{shown.works.hazards['rail']}",
    ):
        page.goto(shown.base + path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        assert fits(page), path
        assert page.evaluate(CONTRAST) == [], path
    page.goto(shown.base + "/desk")
    # the whole row is the link: what lies over the words is its area
    page.get_by_text("The rail at dock 1").click(force=True)
    page.wait_for_url("**/desk/hazards/*")
    photo = page.get_by_role("img", name="Photo 1 of the danger")
    photo.wait_for()
    assert photo.evaluate("image => image.complete && image.naturalWidth") == 960


def test_everything_can_be_reached_by_keyboard(signed_in: Callable[..., Page], shown: Desk) -> None:
    """From the skip link to a danger, without a mouse."""
    page = signed_in("Sam Okafor", DESKTOP)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('href') || document.activeElement.tagName"))
    assert "/desk/hazards?show=overdue" in reached
    assert f"/desk/hazards/{shown.works.hazards['rail']}" in reached
    assert "BUTTON" in reached


def test_the_page_works_without_scripts(signed_in: Callable[..., Page]) -> None:
    """It only does not renew itself so gently."""
    page = signed_in("Sam Okafor", POCKET, scripts=False)
    assert page.get_by_role("heading", name="Open dangers").is_visible()
    page.get_by_role("link", name="overdue").click()
    page.wait_for_url("**/desk/hazards?show=overdue")
    assert page.locator(".board tbody tr").count() == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_board_renews_itself(desk: Desk, chromium: Browser) -> None:
    """What somebody does in the chat is on the board within 20 seconds, and a session that ended leads to the door."""
    context = chromium.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.clock.install()
    page.goto(f"{desk.base}/login?token={desk.link('Sam Okafor')}")
    page.get_by_role("button").click()
    page.wait_for_url("**/desk")
    row = page.locator(".board tr", has_text="Oil under press 3")
    assert "not rated" in row.inner_text()
    sam, spill = desk.works.people["Sam Okafor"], desk.works.hazards["spill"]
    desk.house.writer.run(hazards.rate, spill, Severity.CRITICAL, sam, desk.clock.now())
    page.clock.run_for(21_000)
    row.get_by_text("critical").wait_for()
    desk.clock.advance(timedelta(hours=9))
    page.clock.run_for(21_000)
    page.wait_for_url("**/login")
    context.close()


def test_arabic_would_be_written_from_the_right(signed_in: Callable[..., Page]) -> None:
    """No language of the catalogue is, yet; the layout must not care."""
    page = signed_in("Sam Okafor", POCKET)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert fits(page)
    brand, leave = page.locator(".brand").bounding_box(), page.locator(".quiet").bounding_box()
    assert brand is not None
    assert leave is not None
    assert brand["x"] > leave["x"]


def test_telegrams_colours_are_worn_where_they_can_be_read(signed_in: Callable[..., Page], shown: Desk) -> None:
    """As they are handed over in the address; kept for the next page; a painted theme only says whether it is light or dark."""
    page = signed_in("Sam Okafor", POCKET)
    ground = "getComputedStyle(document.body).backgroundColor"

    def handed(**theme: str) -> None:
        page.goto("about:blank")
        page.goto(f"{shown.base}/desk#tgWebAppThemeParams={quote(json.dumps(theme))}")

    handed(bg_color="#17212b", secondary_bg_color="#0e1621", text_color="#f5f5f5")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(ground) == "rgb(14, 22, 33)"
    page.goto(f"{shown.base}/desk/hazards")
    assert page.evaluate(ground) == "rgb(14, 22, 33)"
    assert page.evaluate(CONTRAST) == []
    handed(bg_color="#ff77aa", secondary_bg_color="#ffee00", text_color="#ffffff")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert page.evaluate(CONTRAST) == []


def test_something_under_way_is_seen(signed_in: Callable[..., Page], shown: Desk) -> None:
    """A line at the top from the press until the next page is there; a second press of the same button sends nothing."""
    page = signed_in("Sam Okafor", POCKET)
    page.goto(f"{shown.base}/desk/hazards?text=nothing")
    sent: list[str] = []

    def slowly(route: Route) -> None:
        sent.append(route.request.url)
        time.sleep(0.5)
        route.continue_()

    page.route("**/desk/hazards?text=rail*", slowly)
    page.locator("input[type=search]").fill("rail")
    # the page itself notes what it shows, and presses again: from outside nothing is told until the next page is there
    page.evaluate(
        """() => new MutationObserver((_, watch) => {
          const button = document.querySelector(".filters button");
          watch.disconnect();
          queueMicrotask(() => {
            const under = document.documentElement.hasAttribute("data-busy");
            sessionStorage.setItem("seen", `${under} ${button.getAttribute("aria-busy")}`);
            button.click();
          });
        }).observe(document.documentElement, { attributeFilter: ["data-busy"] })"""
    )
    page.locator(".filters button").click()
    page.wait_for_url("**/desk/hazards?text=rail*")
    assert page.evaluate("sessionStorage.getItem('seen')") == "true true"
    assert len(sent) == 1
