"""Take the pictures of docs/tutorials: start the demo, play each role's day a little, look at it: `make pictures`.

Everybody speaks English here, since the tutorials do. What stands in the pictures is what the bot and its pages say to what people
do; run it again when texts or looks have changed. Each picture has at most 100 kB.
"""

from __future__ import annotations

import html
import os
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.demo import TOKEN, database_in  # noqa: E402
from tests.loopback import unused_address  # noqa: E402
from tests.web import newcomer  # noqa: E402
from tests.web.newcomer import Demo, ready, start  # noqa: E402

PICTURES = ROOT / "docs" / "pictures" / "tutorials"
DESK = {"width": 1440, "height": 900}
MOST = 100 * 1000
PATIENCE_MS = 120_000
PAGES = {"desk": "/desk", "indicators": "/desk/indicators", "risks": "/desk/risks", "scores": "/desk/scores"}
"""Pages of the dashboard as Grace, a manager, sees them; a name each."""


def main() -> None:
    """All of them."""
    chromium = subprocess.run([ROOT / "scripts" / "find-chromium"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        complaints = Path(folder) / "stderr"
        process = start(unused_address().rpartition(":")[2], Path(folder), complaints)
        browser = playwright.chromium.launch(executable_path=chromium.stdout.strip(), args=["--no-sandbox"])
        try:
            base = ready(process, complaints)
            with httpx.Client(base_url=base, timeout=60) as http:
                play(browser, base, http, Path(folder))
        finally:
            browser.close()
            process.terminate()
            process.wait(120)


def play(browser: Browser, base: str, http: httpx.Client, folder: Path) -> None:
    """A morning: a lesson, a danger, an alert, a workbook, the dashboard, the terminal."""
    page = browser.new_page(viewport=DESK)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(base)
    demo = Demo(base, http, page)
    demo.user = {user["first_name"]: user["id"] for user in demo.ask("users")["items"]}
    try:
        for who in ("Ana", "Li"):
            speaks_english(demo, who)
        a_worker(demo)
        a_supervisor(demo)
        a_trainer(demo)
        a_safety_manager(demo)
    except Exception:
        page.screenshot(path=ROOT / "test-results" / "pictures.png")  # where it stood when it could not go on
        raise
    an_operator(browser, base, folder)


def speaks_english(demo: Demo, who: str) -> None:
    """Chooses English as anybody would: with the button of the first message."""
    english = demo.phone(who).locator(".log").get_by_role("button", name="English", exact=True)
    english.click()
    english.wait_for(state="detached")
    newcomer.ROLES[who] = (newcomer.ROLES[who][0], "en")


def a_worker(demo: Demo) -> None:
    """A lesson's card, a question with its verdict, and a danger before it is sent."""
    demo.types("Ana", "/today")
    demo.key("Ana", "learning.start_lesson").wait_for()
    shot(demo, "Ana", "worker-lesson")
    demo.press("Ana", "learning.start_lesson")
    demo.key("Ana", "learning.next_card").wait_for()
    shot(demo, "Ana", "worker-card")
    photo = ROOT / "bot" / "simulator" / "page" / "samples" / "wet-floor-cable.jpg"
    demo.sends("Ana", "Photo", photo.name, photo.read_bytes(), "Water and a cable across the way to dock 2")
    demo.key("Ana", "hazards.b_send").wait_for()
    shot(demo, "Ana", "worker-report")
    demo.press("Ana", "hazards.b_send")


def a_supervisor(demo: Demo) -> None:
    """The alert, and what it looks like once somebody has taken it."""
    demo.key("Sam", "hazards.b_acknowledge").wait_for()
    shot(demo, "Sam", "supervisor-alert")
    demo.press("Sam", "hazards.b_acknowledge")
    demo.page.wait_for_timeout(1500)
    shot(demo, "Sam", "supervisor-taken")
    shot(demo, "Ana", "worker-told")


def a_trainer(demo: Demo) -> None:
    """A workbook with mistakes comes back marked; one without can be published."""
    demo.sends("Li", "File", "our-questions.xlsx", newcomer.workbook_with_mistakes())
    demo.phone("Li").locator(".message.theirs a").last.wait_for()
    shot(demo, "Li", "trainer-marked")
    demo.sends("Li", "File", "yard-rules.yaml", newcomer.bank())
    demo.key("Li", "library.publish").wait_for()
    shot(demo, "Li", "trainer-publish")


def a_safety_manager(demo: Demo) -> None:
    """The dashboard, by the one-time link."""
    demo.types("Grace", "/desk")
    link = demo.phone("Grace").locator(".message.theirs a[href*='/login?token=']").last
    link.wait_for()
    shot(demo, "Grace", "manager-link")
    with demo.page.context.expect_page() as opened:
        link.click()
    desk = opened.value
    desk.set_default_timeout(PATIENCE_MS)
    desk.set_viewport_size({"width": 1200, "height": 900})
    desk.locator("main form button").click()
    desk.wait_for_url("**/desk")
    for name, path in PAGES.items():
        desk.goto(demo.base + path)
        desk.locator("main").wait_for()
        keep(desk.screenshot(), f"manager-{name}")
    desk.close()


def an_operator(browser: Browser, base: str, folder: Path) -> None:
    """What `davy doctor` says of the demo, as a terminal shows it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DAVY_")}
    environment |= demo_settings(base, folder) | {"PYTHONPATH": str(ROOT), "COLUMNS": "110"}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout + done.stderr).replace(str(folder), "/srv/davy")
    page = browser.new_page(viewport={"width": 1000, "height": 300})
    terminal(page, "davy doctor", said)
    keep(page.locator("pre").screenshot(), "operator-doctor")
    page.close()


def demo_settings(base: str, folder: Path) -> dict[str, str]:
    """The settings with which the demo runs its bot."""
    data = folder / "data" / "demo"
    return {
        "DAVY_BOT_TOKEN": TOKEN, "DAVY_BOT_API_URL": base, "DAVY_DATABASE_URL": database_in(data),
        "DAVY_DATA_DIR": str(data), "DAVY_CLOCK": "simulator",
    }  # fmt: skip


def terminal(page: Page, command: str, said: str) -> None:
    """A page that looks like one."""
    style = "margin:0;padding:16px;background:#111;color:#eee;font:14px/1.45 monospace;white-space:pre-wrap"
    page.set_content(f"<pre style='{style}'>$ {html.escape(command)}\n{html.escape(said)}</pre>")


def shot(demo: Demo, who: str, name: str) -> None:
    """One phone, its newest lines in sight."""
    page = demo.page
    page.mouse.move(0, 0)
    page.wait_for_timeout(1200)
    page.evaluate(
        "document.activeElement.blur(); for (const log of document.querySelectorAll('.log')) log.scrollTop = log.scrollHeight"
    )
    page.wait_for_timeout(400)
    keep(demo.phone(who).screenshot(), name)


def keep(data: bytes, name: str) -> None:
    """Saves a picture as WebP in at most MOST bytes."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    image = Image.open(BytesIO(data)).convert("RGB")
    for quality in (88, 75, 60, 45):
        out = BytesIO()
        image.save(out, "WEBP", quality=quality, method=6)
        if len(out.getvalue()) <= MOST:
            break
    (PICTURES / f"{name}.webp").write_bytes(out.getvalue())
    print(f"{name}: {len(out.getvalue()) // 1000} kB, {image.width} x {image.height}")


if __name__ == "__main__":
    main()
