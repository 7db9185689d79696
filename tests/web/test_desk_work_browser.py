"""Work at the desk in a real browser: a trainer mends a bank, a safety manager imports people and prints a poster."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bot.features import rooms
from bot.onboarding import actions as onboarding
from tests.web.desk import Desk, opened
from tests.web.test_library_desk import BAD, BANK
from tests.web.test_library_desk import PARTS as LIBRARY
from tests.web.test_people_desk import PARTS as PEOPLE
from tests.web.test_people_desk import listed

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    found = subprocess.run(["scripts/find-chromium"], capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        opened_ = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened_
        opened_.close()


def signed_in(browser: Browser, desk: Desk, name: str, width: int = 1200) -> Page:
    """Somebody at the desk; a script or a style in a page would be an error of it."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.errors = errors  # type: ignore[attr-defined]
    page.goto(f"{desk.base}/login?token={desk.link(name)}")
    page.click("button.big")
    return page


def test_a_trainer_uploads_a_bad_bank_reads_the_line_mends_it_and_publishes(
    browser: Browser, database_url: str, tmp_path: Path
) -> None:
    """The line stands there as it is in the file, with what to do; mended, it is looked at in two languages and goes live."""
    bad, good = tmp_path / "docks.yaml", tmp_path / "docks-mended.yaml"
    bad.write_text(BAD, encoding="utf-8")
    good.write_text(BANK, encoding="utf-8")
    with opened(database_url, tmp_path, rooms=LIBRARY) as desk:
        page = signed_in(browser, desk, "Tess Hall")
        page.goto(f"{desk.base}/desk/library")
        page.set_input_files("input[type=file]", bad)
        page.click("text=Check it")
        problem = page.locator(".problems > li").first
        assert "Line 12" in problem.inner_text()
        assert "Where the driver sees me" in problem.locator("pre").inner_text()
        page.click("text=Send another file")
        page.set_input_files("input[type=file]", good)
        page.click("text=Check it")
        page.locator("summary", has_text="中文").first.click()
        assert page.locator(".worker[lang=zh]").first.is_visible()
        page.click("text=Publish now")
        assert page.locator(".done-note").inner_text().startswith("✓ It is live.")
        page.click("text=To the bank")
        page.click("text=Where do you stand while a truck backs up?")
        page.fill("textarea[name='en:stem']", "x" * 400)
        page.click("text=Save: live from now on")
        assert page.locator("textarea[name='en:stem'][aria-invalid]").input_value() == "x" * 400
        assert page.locator(".not-done").is_visible()
        assert not [each for each in page.errors if "422" not in each]  # type: ignore[attr-defined]


def test_a_safety_manager_imports_people_with_an_error_mends_it_applies_it_and_prints_a_poster(
    browser: Browser, database_url: str, tmp_path: Path
) -> None:
    """At 360 points nothing is wider than the phone; the poster prints on one page."""
    onboarding.configure(bot_username="davy_bot")
    row = "N-7,Noor Haddad,ar,Harbour Works,Dokc Team,,worker,employee,,2026-11-01,"
    with opened(database_url, tmp_path, rooms=PEOPLE) as desk:
        bad, good = tmp_path / "people.csv", tmp_path / "people-mended.csv"
        # a team is under a workshop in the file; at this company teams stand right under their site
        bad.write_text(listed(desk, row), encoding="utf-8")
        good.write_text(listed(desk, row.replace("Dokc", "Dock")), encoding="utf-8")
        page = signed_in(browser, desk, "Grace Lind", width=360)
        page.goto(f"{desk.base}/desk/people/files")
        page.set_input_files("input[type=file]", bad)
        page.click("text=Look at it")
        problem = page.locator(".problems > li").first
        assert "Line 15" in problem.inner_text()
        assert "Dokc Team" in problem.locator("pre").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.click("text=Send another file")
        page.set_input_files("input[type=file]", good)
        page.click("text=Look at it")
        assert "Noor Haddad" in page.locator("#kind-join").inner_text()
        page.click("text=Apply all of it")
        page.click("main >> text=Posters")
        page.click("text=Make a poster")
        assert page.locator(".qr svg").is_visible()
        pdf = page.pdf(format="A4")
        assert pdf.startswith(b"%PDF")
        assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") + pdf.count(b"/Type /Page/") == 1
        assert not [each for each in page.errors if "422" not in each]  # type: ignore[attr-defined]


def test_pages_of_the_desk_fit_a_phone_in_three_languages(browser: Browser, database_url: str, tmp_path: Path) -> None:
    """Nothing is wider than 360 points; no page breaks the policy that forbids scripts and styles in it."""
    from sqlalchemy import update
    from sqlalchemy.orm import Session

    from bot.people.tables import PersonRow

    names = ("onboarding", "onboarding.staff", "handover", "learning", "library", "library.editor", "hazards.ladders",
             "assessment.weeks", "assessment.agreement", "privacy")  # fmt: skip
    with opened(database_url, tmp_path, rooms=tuple(room for room in rooms() if room.name in names)) as desk:
        page = signed_in(browser, desk, "Grace Lind", width=360)
        ana, dock = desk.works.people["Ana Morales"], desk.works.units["dock"].id

        def speak(session: Session, lang: str) -> None:
            session.execute(update(PersonRow).values(lang=lang))

        for lang in ("en", "zh", "ar"):
            desk.house.writer.run(speak, lang)
            for path in (
                "/desk/people", f"/desk/people/{ana}", f"/desk/people/{ana}/change", "/desk/people/new", "/desk/people/joining",
                "/desk/people/posters", "/desk/people/files", "/desk/learning", "/desk/learning/behind", "/desk/learning/matrix",
                f"/desk/training/{ana}", "/desk/settings", f"/desk/settings/ladders/{dock}", "/desk/settings/agreement",
                "/desk/settings/privacy", "/desk/settings/languages",
            ):  # fmt: skip
                answer = page.goto(desk.base + path)
                assert answer is not None
                assert answer.status == 200, path
                assert page.evaluate("document.documentElement.scrollWidth") <= 360, f"{path} in {lang}"
        assert page.errors == []  # type: ignore[attr-defined]
