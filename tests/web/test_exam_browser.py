"""A course as people live it, in Chromium: planned by a manager, read and sat on a phone, and the page that its paper opens."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.kit.seal import Seal
from tests.web.newcomer import ROOT, Demo, flat, until
from tests.web.test_demo import REFUSED, demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

__all__ = ["demo"]
pytestmark = pytest.mark.browser
COURSE = "new-employee-basics"


def shipped(lang: str) -> dict[str, dict[str, Any]]:
    """The shipped questions by their stems in a language."""
    banks = [yaml.safe_load(path.read_text()) for path in (ROOT / "quizzes").glob("*.yaml")]
    return {flat(question["stem"][lang]): question for each in banks for question in each["questions"]}


def title(lang: str) -> str:
    """What the course is called."""
    return str(yaml.safe_load((ROOT / "content" / "courses" / f"{COURSE}.yaml").read_text())["title"][lang])


@pytest.mark.timeout(600)
def test_a_course_is_planned_sat_and_its_certificate_opens_a_page(
    demo: Demo, chromium: Browser, tmp_path: Path
) -> None:
    """Grace plans it, Ana reads and passes in Spanish, asks for the paper as PDF; a stranger reads that it is good."""
    the_manager_plans_it(demo)
    the_worker_reads_it(demo)
    the_worker_passes(demo)
    the_paper_is_a_pdf(demo)
    the_page_says_that_it_is_good(demo, chromium, tmp_path)
    assert [call for call in demo.calls() if not call["ok"] and call.get("error_code") in REFUSED] == []


def the_manager_plans_it(demo: Demo) -> None:
    """Five taps: a course, this one, from today, saved; in words before."""
    demo.types("Grace", "/plan")
    demo.press("Grace", "learning.plans.new_course")
    demo.phone("Grace").locator(".log").get_by_role("button", name=title("en"), exact=True).last.click()
    demo.press("Grace", "learning.plans.set_from")
    demo.phone("Grace").locator(".log").get_by_role("button", name=re.compile("^Today, ")).last.click()
    demo.key("Grace", "learning.plans.save").wait_for()
    said = demo.newest("Grace").inner_text()
    assert "Nothing is saved yet" in said
    assert title("en") in said
    assert "to be done by" in said
    demo.press("Grace", "learning.plans.save")
    demo.key("Grace", "learning.plans.pause").wait_for()
    demo.forward("+10 minutes")


def the_worker_reads_it(demo: Demo) -> None:
    """Lesson after lesson, card after card, until the exam is there."""
    demo.types("Ana", "/courses")
    demo.phone("Ana").locator(".log").get_by_role("button", name=title("es"), exact=True).last.click()
    names = ("learning.courses.next_lesson", "learning.next_card", "learning.courses.lesson_done")
    onward = re.compile("^(" + "|".join(re.escape(demo.text("Ana", name)) for name in names) + ")$")
    # anywhere on the phone, not in the newest bubble: what else the day brings may come in between
    log = demo.phone("Ana").locator(".log")
    onward_key = demo.page.locator(".key", has_text=onward)
    exam, key = demo.key("Ana", "learning.courses.to_exam"), log.locator(onward_key)
    card = log.locator(".message.theirs", has=onward_key).last
    for _ in range(60):
        until(lambda: exam.count() or key.count())
        if exam.count():
            return
        read = card.all_inner_texts()
        # found anew if the page draws the bubble again meanwhile; and the same card may stay a moment with its key:
        # only what its words became shows that the press was taken, pressed again it would be a press too many
        key.last.click()
        until(lambda read=read: exam.count() or card.all_inner_texts() not in ([], read))
    raise AssertionError("the lessons never end")


def the_worker_passes(demo: Demo) -> None:
    """Each question is answered as its author would; not a word on right or wrong before the end; nothing can be passed on."""
    known = shipped("es")
    demo.press("Ana", "learning.courses.to_exam")
    demo.press("Ana", "learning.courses.begin_exam")
    for number in range(1, 9):
        asked = demo.phone("Ana").locator(".message.theirs", has_text=f"{number} de 8").last
        asked.wait_for()
        seen = flat(asked.inner_text())
        assert not {"✅", "❌"} & set(seen)
        # the stem comes first: what another question asks may be an answer here
        stem = min((each for each in known if each in seen), key=lambda each: (seen.index(each), -len(each)))
        _answer(demo, asked, known[stem])
    ended = {"passed": True, "right": 8, "of": 8, "passes": 75, "again": [], "left": 0, "until": None}
    passed = demo.text("Ana", "learning.courses.result", title=title("es"), **ended)
    until(lambda: flat(passed.splitlines()[0]) in flat(demo.phone("Ana").inner_text()))
    sent = [
        call for call in demo.calls() if call["method"] == "sendMessage" and "1 de 8" in str(call["params"].get("text"))
    ]
    assert sent
    assert all(call["params"].get("protect_content") in (True, "true", "True") for call in sent)


def _answer(demo: Demo, asked: Locator, question: dict[str, Any]) -> None:
    if question["kind"] == "true_false":
        _key(asked, demo.text("Ana", "library.answer_true" if question["answer"] else "library.answer_false")).click()
        return
    if question["kind"] == "short":
        demo.types("Ana", question["answer"]["es"])
        return
    if question["kind"] == "spot":
        demo.types("Ana", " ".join(str(at) for at, each in enumerate(question["marks"], 1) if each.get("right")))
        return
    right = {flat(each["text"]["es"]) for each in question["options"] if each.get("right")}
    lines = [flat(line) for line in asked.inner_text().splitlines()]
    for line in lines:
        if line[1:3] == ". " and line[3:] in right:
            _key(asked, line[0]).click()
            if question["kind"] == "several":
                _key(asked, f"☑ {line[0]}").wait_for()
    if question["kind"] == "several":
        _key(asked, demo.text("Ana", "learning.send_off")).click()


def _key(asked: Locator, name: str) -> Locator:
    return asked.locator(".key", has_text=re.compile(f"^{re.escape(name)}$"))


def the_paper_is_a_pdf(demo: Demo) -> None:
    """Asked for, it comes as a file."""
    demo.press("Ana", "learning.certificates.b_pdf")
    until(lambda: [m for m in demo.screen("Ana") if "document" in m], 60)
    document = next(m for m in demo.screen("Ana") if "document" in m)["document"]
    assert document["file_name"].endswith(".pdf")
    paper = demo.http.get(f"/sim/files/{document['file_id']}").content
    assert paper.startswith(b"%PDF-")
    demo.phone("Ana").get_by_role("link", name=re.compile(re.escape(document["file_name"]))).last.wait_for()


def the_page_says_that_it_is_good(demo: Demo, chromium: Browser, tmp_path: Path) -> None:
    """Where its code leads, read by a stranger's phone in English: good, with initials and no name."""
    folder = next((tmp_path / "data").rglob("secret.key")).parent
    with sqlite3.connect(f"file:{next(folder.glob('*.sqlite3'))}?mode=ro", uri=True) as database:
        [(key,)] = database.execute("SELECT key FROM certificate").fetchall()
    # the code on the paper is this address: only the installation's own secret makes it
    number = Seal((folder / "secret.key").read_text().strip()).name("certificate", key)
    context = chromium.new_context(viewport={"width": 390, "height": 780}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{demo.base}/c/{number}")
    words = page.inner_text("body")
    context.close()
    assert "This certificate is valid" in words
    assert title("en") in words
    assert "Ana Morales" not in words
    assert "A. M." in words
