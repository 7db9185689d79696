"""The demo as a newcomer lives it, in Chromium: `davy demo` in a process and a folder of its own, played on its page."""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from bot import demo as demo_itself
from bot.db.locking import AlreadyServing, lock
from tests import loopback
from tests.flows.house import keys
from tests.loopback import unused_address
from tests.web.newcomer import (
    PAINT,
    ROLES,
    Demo,
    bank,
    explanations,
    flat,
    photo,
    ready,
    start,
    until,
    until_soon,
    workbook_with_mistakes,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

DAY = 24 * 60 * 60
REFUSED = (400, 404, 501)


@pytest.fixture
def demo(tmp_path: Path, chromium: Browser) -> Iterator[Demo]:
    """`davy demo` as `make demo` starts it, and its page; at the end SIGTERM, which it obeys without a complaint."""
    port = unused_address().rpartition(":")[2]
    complaints = tmp_path / "stderr"
    process = start(port, tmp_path, complaints)
    try:
        base = ready(process, complaints)
        context = chromium.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.set_default_timeout(120_000)
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        with loopback.Client(base_url=base, timeout=300) as http:
            page.goto(base)
            living = Demo(base, http, page)
            living.user = {user["first_name"]: user["id"] for user in living.ask("users")["items"]}
            yield living
        context.close()
        assert troubles == []
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=120) == 0
        assert complaints.read_text() == ""
        assert (tmp_path / "data" / "demo").is_dir()
    finally:
        process.kill()
        process.wait()


def test_time_passes_in_strides_that_make_up_the_whole() -> None:
    """Ten minutes each in the first hour, then an hour; a step backwards is left for the clock to refuse."""
    day = list(demo_itself.strides(DAY + 5))
    assert day[:7] == [600] * 6 + [3600]
    assert sum(day) == DAY + 5
    assert list(demo_itself.strides(-5)) == [-5]
    assert list(demo_itself.strides(0)) == [0]


def test_a_second_demo_leaves_the_first_alone(tmp_path: Path) -> None:
    """The folder of a demo that still runs is not emptied under its feet."""
    (tmp_path / "letter").write_text("still mine")
    with lock(demo_itself.database_in(tmp_path)), pytest.raises(AlreadyServing):
        demo_itself.clear(tmp_path)
    assert (tmp_path / "letter").read_text() == "still mine"
    demo_itself.clear(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.timeout(600)
def test_a_newcomer_lives_the_main_job_in_the_demo(demo: Demo) -> None:
    """Lesson, quiz, photo, race, upload, escalation, the next day, the dashboard; and no call was refused."""
    the_lesson_is_there_within_ten_seconds(demo)
    a_lesson_and_its_quiz(demo)
    a_photo_reaches_the_supervisor_after_one_tap(demo)
    a_trainer_mends_and_publishes(demo)
    nobody_answers_and_the_next_person_is_called(demo)
    of_two_who_acknowledge_one_wins(demo)
    the_next_day_brings_one_push(demo)
    the_manager_opens_the_dashboard(demo)
    the_supervisor_opens_it_inside_telegram(demo)
    refused = [call for call in demo.calls() if not call["ok"] and call.get("error_code") in REFUSED]
    assert refused == []


def the_lesson_is_there_within_ten_seconds(demo: Demo) -> None:
    """Counted from opening the page."""
    demo.key("Ana", "learning.start").wait_for(timeout=120_000)
    assert demo.page.get_by_role("region").count() >= len(ROLES)


def a_lesson_and_its_quiz(demo: Demo) -> None:
    """Card after card, three questions, each with its verdict and explanation at once."""
    demo.press("Ana", "learning.start")
    ahead, questions = demo.text("Ana", "learning.next_card"), demo.text("Ana", "learning.to_questions")
    for _ in range(10):
        button = demo.newest("Ana").locator(".key", has_text=re.compile(f"^({ahead}|{questions})$"))
        last = button.inner_text() == questions
        before = demo.newest("Ana").inner_text()
        button.click()
        until(lambda before=before: demo.newest("Ana").inner_text() != before)
        if last:
            break
    known = explanations("es")
    verdicts = {demo.text("Ana", "learning.next"), demo.text("Ana", "learning.finish")}
    for number in range(3):
        answer(demo)
        seen = demo.newest("Ana")
        on = seen.locator(".key", has_text=re.compile(f"^({'|'.join(map(re.escape, verdicts))})$"))
        on.wait_for()
        words = flat(seen.inner_text())
        assert "✅" in words
        assert any(why in words for why in known), words
        assert (number == 2) == (on.inner_text() == demo.text("Ana", "learning.finish"))
        on.click()
        on.wait_for(state="detached")
    demo.key("Ana", "learning.more").wait_for()


def answer(demo: Demo) -> None:
    """The first option, whatever the kind of the question."""
    newest, done = demo.newest("Ana"), demo.text("Ana", "learning.send_off")
    newest.locator(".key").nth(1).wait_for()
    several = newest.locator(".key", has_text=re.compile(f"^{done}$")).count()
    newest.locator(".key").first.click()
    if several:
        newest.locator(".key", has_text="☑").wait_for()
        newest.locator(".key", has_text=re.compile(f"^{done}$")).click()


def a_photo_reaches_the_supervisor_after_one_tap(demo: Demo) -> None:
    """Her own picture, and how long it took is said; he acknowledges and she is told."""
    demo.sends("Ana", "Photo", "gate.jpg", photo("gate 9"), "La barrera del portón 9 está rota")
    demo.key("Ana", "hazards.b_send").wait_for()
    began = time.monotonic()
    demo.press("Ana", "hazards.b_send")
    demo.key("Sam", "hazards.b_acknowledge").wait_for()
    sys.stdout.write(f"from the tap to the supervisor's phone: {time.monotonic() - began:.2f} s\n")
    shown = [m for m in demo.screen("Sam") if "portón 9" in m.get("caption", "")][-1]
    picture = Image.open(BytesIO(demo.http.get(f"/sim/files/{shown['photo'][-1]['file_id']}").content)).convert("RGB")
    painted = picture.getpixel((picture.width // 2, picture.height // 2))
    assert all(abs(a - b) < 24 for a, b in zip(painted, PAINT, strict=True))
    demo.press("Sam", "hazards.b_acknowledge")
    demo.phone("Sam").get_by_role("status").get_by_text(demo.text("Sam", "hazards.t_acknowledged")).wait_for()
    demo.phone("Ana").locator(".message.theirs", has_text="Sam Okafor").first.wait_for()


def a_trainer_mends_and_publishes(demo: Demo) -> None:
    """The workbook with mistakes comes back marked and changes nothing; a clean file waits for *Publish*."""
    li = demo.phone("Li")
    demo.sends("Li", "File", "yard.xlsx", workbook_with_mistakes())
    li.get_by_role("link", name=re.compile(r"yard-marked\.xlsx")).wait_for()
    problems = li.locator(".message.theirs", has_text="crane")
    assert "C2" in problems.inner_text()
    demo.sends("Li", "File", "yard-rules.yaml", bank())
    preview = demo.key("Li", "library.publish")
    preview.wait_for()
    counts = demo.text("Li", "library.published", title="Yard rules", version=1, added=2, changed=0, retired=0)
    assert flat(counts) not in flat(demo.newest("Li").inner_text())
    assert "The crane horn means" in demo.newest("Li").inner_text()
    preview.click()
    until(lambda: flat(counts) in flat(demo.newest("Li").inner_text()))


def nobody_answers_and_the_next_person_is_called(demo: Demo) -> None:
    """A second danger: Sam is silent, and the clock goes forward until Grace is called."""
    demo.sends("Ana", "Photo", "stack.jpg", photo("stack"), "La pila del pasillo 4 se inclina")
    demo.key("Ana", "hazards.b_send").wait_for()
    demo.press("Ana", "hazards.b_send")
    demo.key("Sam", "hazards.b_acknowledge").wait_for()
    called = demo.key("Grace", "hazards.b_acknowledge")
    assert called.count() == 0
    for _ in range(6):
        demo.forward("+10 minutes")
        if until_soon(lambda: called.count() > 0):
            break
    demo.phone("Grace").locator(".message.theirs", has_text="pasillo 4").wait_for()


def of_two_who_acknowledge_one_wins(demo: Demo) -> None:
    """Sam and Grace press at the same moment: one takes it, the other is told who."""
    label = demo.text("Sam", "hazards.b_acknowledge")

    def press(who: str) -> dict[str, Any]:
        for message in reversed(demo.screen(who)):
            for button in keys(message):
                if button["text"] == label:
                    where = {"chat": message["chat"]["id"], "message_id": message["message_id"]}
                    return {"from": demo.user[who], "data": button["callback_data"], **where}
        raise AssertionError(f"{who} has nothing to acknowledge")

    presses = [(who, press(who)) for who in ("Sam", "Grace")]
    ids = {who: demo.http.post("/sim/presses", json=body).json()["callback_query_id"] for who, body in presses}
    answers = {who: until(lambda n=n: demo.ask(f"callbacks/{n}").get("text")) for who, n in ids.items()}
    first, second = sorted(answers, key=lambda who: answers[who] != demo.text(who, "hazards.t_acknowledged"))
    assert answers[first] == demo.text(first, "hazards.t_acknowledged")
    winner = {"Sam": "Sam Okafor", "Grace": "Grace Lindqvist"}[first]
    assert answers[second] == demo.text(second, "hazards.t_was_acknowledged", name=winner)
    demo.phone("Ana").locator(".message.theirs", has_text=winner).last.wait_for()


def the_next_day_brings_one_push(demo: Demo) -> None:
    """`/sim/clock` one day forward: the next lesson comes exactly once, also after ten minutes more."""
    before = demo.calls()[-1]["n"]
    for step in (DAY, 600):
        demo.http.post("/sim/clock", json={"advance": step}).raise_for_status()
        until(lambda: demo.pushes("Ana", before))
        time.sleep(1.2)
        assert len(demo.pushes("Ana", before)) == 1
    demo.key("Ana", "learning.start").wait_for()


def the_manager_opens_the_dashboard(demo: Demo) -> None:
    """The bot's link leads to a page with one button, and that to the dangers that are open."""
    demo.types("Grace", "/desk")
    link = demo.phone("Grace").locator(".message.theirs a[href*='/login?token=']").last
    link.wait_for()
    with demo.page.context.expect_page() as opened:
        link.click()
    desk = opened.value
    desk.set_default_timeout(120_000)
    desk.locator("main form button").click()
    desk.wait_for_url("**/desk")
    board = desk.locator("main")
    board.get_by_text("pasillo 4").first.wait_for()
    assert board.get_by_text("portón 9").count() > 0


def the_supervisor_opens_it_inside_telegram(demo: Demo) -> None:
    """The button of the answer opens it over the phone: signed in by what the client says, in the client's theme."""
    demo.types("Sam", "/desk")
    demo.press("Sam", "web.b_open")
    app = demo.phone("Sam").frame_locator("iframe")
    app.locator("main").get_by_text("pasillo 4").first.wait_for()
    assert app.locator("html").get_attribute("data-theme") == "light"
    assert app.locator("html").get_attribute("data-app") == "telegram"
