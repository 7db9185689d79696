"""The page that a certificate's code opens, in Chromium on a phone: nobody is signed in, and it says valid or not at a glance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.features import _room
from bot.learning.certificates import actions
from bot.learning.certificates.model import Award, Certificate, Reason, What
from bot.learning.certificates.tables import CertificateRow
from bot.people import store as people
from tests.web.desk import Desk, opened
from tests.web.test_desk_browser import CONTRAST, POCKET, fits

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
TITLE = {"en": "Forklift driving", "zh": "叉车驾驶", "es": "Conducción de montacargas", "ar": "قيادة الرافعة الشوكية"}


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The dashboard with its open pages."""
    with opened(database_url, tmp_path, rooms=(_room("learning.certificates"),)) as made:
        yield made


@pytest.fixture
def scan(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address on a stranger's phone; at the end nothing may have gone wrong in the page."""
    contexts, troubles = [], []

    def open_(address: str, locale: str = "en-GB", scheme: str = "light") -> Page:
        context = chromium.new_context(viewport=POCKET, locale=locale, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


def issued(desk: Desk, expires_on: date | None) -> Certificate:
    """Dana Kim has passed the course."""
    award = Award(What.COURSE, "course:forklift", "7", TITLE, (), expires_on)
    made: Certificate = desk.house.writer.run(actions.issue, desk.works.people["Dana Kim"], award, desk.clock.now())
    return made


def link(desk: Desk, made: Certificate) -> str:
    """What the code on the paper says, at the address of this test."""
    return actions.link_of(made.key).replace(actions.composed.address, desk.base)


def test_the_code_opens_a_page_that_says_valid_and_then_withdrawn(desk: Desk, scan: Callable[..., Page]) -> None:
    """With initials and no badge; after the trainer has withdrawn it, the same code says so; nothing else is told."""
    made = issued(desk, date(2027, 11, 18))
    page = scan(link(desk, made))
    assert page.get_by_role("heading", name="This certificate is valid").is_visible()
    told = page.inner_text("main")
    assert "Forklift driving" in told
    assert "D. K." in told
    assert "Nov 18, 2027" in told
    for secret in ("Dana", "Kim", made.badge, "Press Team"):
        assert secret not in page.content()
    assert fits(page)
    assert page.evaluate(CONTRAST) == []

    def withdraw(session: Session) -> None:
        trainer = people.viewer(session, desk.works.people["Tess Hall"], desk.clock.now())
        assert trainer is not None
        actions.revoke(session, trainer, made.id, Reason.UNSAFE_WORK, desk.clock.now())

    desk.house.writer.run(withdraw)
    page.reload()
    assert page.get_by_role("heading", name="This certificate was withdrawn").is_visible()
    assert "more training is needed" not in page.content()
    assert fits(scan(link(desk, made), "zh-CN", "dark"))


def test_the_page_reads_from_right_to_left_where_that_is_how_one_reads(desk: Desk, scan: Callable[..., Page]) -> None:
    """On an Arabic phone: the page is turned round, fits, and names the day by its month."""
    page = scan(link(desk, issued(desk, date(2027, 11, 18))), "ar-EG")
    assert page.get_by_role("heading", name="هذه الشهادة سارية").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('main')).direction") == "rtl"
    told = page.inner_text("main")
    assert "قيادة الرافعة الشوكية" in told
    assert "18 نوفمبر 2027" in told
    label, value = page.locator("dl.about dt").first.bounding_box(), page.locator("dl.about dd").first.bounding_box()
    assert label is not None
    assert value is not None
    assert label["x"] > value["x"]
    assert fits(page)
    assert page.evaluate(CONTRAST) == []


def test_a_certificate_that_ended_and_a_number_that_never_was(desk: Desk, scan: Callable[..., Page]) -> None:
    """Expired from the day after its last day on; a number somebody made up says that there is none."""
    made = issued(desk, date(2026, 11, 18))
    assert scan(link(desk, made)).get_by_role("heading", name="This certificate is valid").is_visible()
    late = issued_before(desk, made)
    page = scan(link(desk, late), "es-ES")
    assert page.get_by_role("heading", name="Este certificado ha caducado").is_visible()
    assert "Conducción de montacargas" in page.inner_text("main")
    wrong = scan(f"{desk.base}/c/{'0' * 32}")
    assert wrong.get_by_role("heading", name="There is no such certificate").is_visible()


def issued_before(desk: Desk, made: Certificate) -> Certificate:
    """The same certificate as if its last day had been yesterday."""

    def age(session: Session) -> None:
        session.execute(
            update(CertificateRow).where(CertificateRow.id == made.id).values(expires_on=date(2026, 11, 17))
        )

    desk.house.writer.run(age)
    return made
