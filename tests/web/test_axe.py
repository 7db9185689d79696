"""Every page of a full house under axe-core: 0 violations, on a phone and a desk, by light and dark, from left and right.

The pages are those of the routes (`addresses`): a new one is looked at without being named here. axe comes in by the browser's own
door (`evaluate`), so that the policy of the pages stays as strict as it is served.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import pytest

from tests.web.addresses import addresses
from tests.web.desk import Desk
from tests.web.everything import everything, speaks

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WHO = "Grace Lind"
PHONE, DESKTOP = {"width": 360, "height": 780}, {"width": 1440, "height": 900}
MOST_BYTES = 150 * 1024
UNFOLD = "document.querySelectorAll('main details').forEach((one) => (one.open = true))"
ASK = """
async (only) => {
  const options = only ? { runOnly: { type: "rule", values: only } } : {};
  const found = await axe.run(document, { ...options, resultTypes: ["violations"] });
  const said = (one, node) => `${one.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)}`;
  return found.violations.flatMap((one) => one.nodes.slice(0, 3).map((node) => said(one, node)));
}
"""
SPILLS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An autumn of the sample company; what a browser draws does not depend on the database."""
    folder = tmp_path_factory.mktemp("full")
    shutil.copyfile(request.getfixturevalue("sqlite_template"), folder / "full.sqlite3")
    with everything(f"sqlite:///{folder / 'full.sqlite3'}", folder) as made:
        yield made


@pytest.fixture(scope="module")
def pages(full: Desk) -> dict[str, str]:
    """An address for every page."""
    found, lost = addresses(full, full.browser(WHO), full.works.given)
    assert lost == [], lost
    return found


@pytest.fixture
def enter(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens the dashboard on a screen; at the end nothing may have gone wrong in it."""
    contexts, troubles = [], []

    def start(desk: Desk, viewport: dict[str, int], *, scripts: bool = True, inside: bool = True) -> Page:
        context = chromium.new_context(viewport=viewport, java_script_enabled=scripts, reduced_motion="reduce")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if "Content Security Policy" in line.text else None)
        if inside:
            page.goto(f"{desk.base}/login?token={desk.link(WHO)}")
            page.locator("main form button").click()
            page.wait_for_url("**/desk")
        return page

    yield start
    for context in contexts:
        context.close()
    assert troubles == []


def complaints(page: Page, address: str, *, contrast_alone: bool = False) -> list[str]:
    """What axe has to say about the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(ASK, ["color-contrast"] if contrast_alone else None)
    return [f"{address} {each}" for each in found]


def looked_at(page: Page, base: str, addresses: Any) -> list[str]:
    """Every page by light, with all that is folded open, and its colours by dark; and whatever stands out at the side."""
    found: list[str] = []
    for address in addresses:
        page.emulate_media(color_scheme="light")
        page.goto(base + address)
        page.evaluate(UNFOLD)
        if (over := page.evaluate(SPILLS)) > 0:
            found.append(f"{address} stands out by {over}")
        found += complaints(page, address)
        page.emulate_media(color_scheme="dark")
        found += [f"dark {each}" for each in complaints(page, address, contrast_alone=True)]
    return found


@pytest.mark.parametrize(("lang", "viewport"), [("en", PHONE), ("ar", DESKTOP)], ids=["en-360", "ar-1440"])
def test_axe_finds_nothing_on_any_page(
    full: Desk, pages: dict[str, str], enter: Callable[..., Page], lang: str, viewport: dict[str, int]
) -> None:
    """In a language from the left and in one from the right, narrow and wide."""
    speaks(full, WHO, lang)
    try:
        assert looked_at(enter(full, viewport), full.base, pages.values()) == []
    finally:
        speaks(full, WHO, "en")


@pytest.mark.parametrize(("lang", "viewport"), [("en", DESKTOP), ("ar", PHONE)], ids=["en-1440", "ar-360"])
def test_nothing_runs_off_the_side_of_any_page(
    full: Desk, pages: dict[str, str], enter: Callable[..., Page], lang: str, viewport: dict[str, int]
) -> None:
    """The other way round, with all that is folded open."""
    speaks(full, WHO, lang)
    try:
        page, found = enter(full, viewport), {}
        for address in pages.values():
            page.goto(full.base + address)
            page.evaluate(UNFOLD)
            if (over := page.evaluate(SPILLS)) > 0:
                found[address] = over
        assert found == {}
    finally:
        speaks(full, WHO, "en")


def test_axe_finds_nothing_before_the_door(full: Desk, enter: Callable[..., Page]) -> None:
    """The door with a link and without, what papers lead to, what does not exist."""
    page = enter(full, PHONE, inside=False)
    outside = ("/login", f"/login?token={full.link(WHO)}", "/login?token=old", "/nothing")
    outside = (*outside, *(each for each in full.works.given if not each.startswith("/desk")))
    assert looked_at(page, full.base, outside) == []


def test_axe_finds_nothing_where_nothing_has_happened_yet(
    sqlite_template: Path, tmp_path: Path, enter: Callable[..., Page]
) -> None:
    """The first day of a company: pages say what to do, and say it to everybody."""
    shutil.copyfile(sqlite_template, tmp_path / "bare.sqlite3")
    with everything(f"sqlite:///{tmp_path / 'bare.sqlite3'}", tmp_path, lived=False) as bare:
        found, _ = addresses(bare, bare.browser(WHO))
        assert looked_at(enter(bare, PHONE), bare.base, found.values()) == []


def test_the_menu_and_a_photo_are_open_to_everybody(full: Desk, enter: Callable[..., Page]) -> None:
    """Opened, they are as good as what lies under them; keys open, turn and close them."""
    page = enter(full, PHONE)
    page.locator(".dock button").focus()
    page.keyboard.press("Enter")
    page.locator("#menu").get_by_role("link", name="Today", exact=True).wait_for()
    assert complaints(page, "menu") == []
    page.keyboard.press("Escape")
    assert page.locator("#menu").is_hidden()
    address = f"/desk/hazards/{full.works.hazards['rail']}"
    page.goto(full.base + address)
    page.locator("a.photo").first.focus()
    page.keyboard.press("Enter")
    page.locator(".viewer:target").wait_for()
    assert complaints(page, address) == []
    assert page.evaluate("document.activeElement.className") == "viewer-close"
    page.keyboard.press("Escape")
    page.locator(".viewer:target").wait_for(state="detached")


def test_pages_show_without_scripts_and_weigh_little(
    full: Desk, pages: dict[str, str], enter: Callable[..., Page]
) -> None:
    """Each has its heading and its way on; page, style and scripts together are under 150 KB, as they are before packing."""
    page, browser = enter(full, PHONE, scripts=False), full.browser(WHO)
    heavy, empty = [], []
    for address in pages.values():
        answer = browser.get(address)
        parts = {
            part.split('"')[0] for mark in ('src="/static/', 'href="/static/') for part in answer.text.split(mark)[1:]
        }
        whole = len(answer.content) + sum(len(browser.get(f"/static/{part}").content) for part in parts)
        if whole > MOST_BYTES:
            heavy.append((address, whole))
        page.goto(full.base + address)
        if not page.locator("main h1").first.is_visible():
            empty.append(address)
    assert (heavy, empty) == ([], [])
    page.goto(full.base + "/desk")
    page.locator(".dock button").click()
    page.locator("#menu").get_by_role("link", name="Today", exact=True).wait_for()
