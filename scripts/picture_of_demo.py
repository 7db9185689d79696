"""Take the pictures of the README: start the demo, play a little, look at it: `.venv/bin/python scripts/picture_of_demo.py`.

What stands on the phones is what the bot says to what people do here; run it again when texts or looks have changed.
Writes docs/pictures/demo.png (four phones) and docs/pictures/phone.png (one, on a small screen).
"""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.flows.house import keys  # noqa: E402
from tests.loopback import unused_address  # noqa: E402
from tests.web.newcomer import Demo, ready, start, until  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
DESK, POCKET = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
MOST = 400 * 1000
"""Bytes a picture may have."""
COLLEAGUE = ("L-1021", "Bao")


def main() -> None:
    """Both pictures."""
    chromium = subprocess.run([ROOT / "scripts" / "find-chromium"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        complaints = Path(folder) / "stderr"
        process = start(unused_address().rpartition(":")[2], Path(folder), complaints)
        browser = playwright.chromium.launch(executable_path=chromium.stdout.strip(), args=["--no-sandbox"])
        try:
            base = ready(process, complaints)
            with httpx.Client(base_url=base, timeout=60) as http:
                take(browser, base, http)
        finally:
            browser.close()
            process.terminate()
            process.wait(15)


def take(browser: Browser, base: str, http: httpx.Client) -> None:
    """Plays, and takes the pictures."""
    page = browser.new_page(viewport=DESK)
    page.set_default_timeout(15_000)
    page.goto(base)
    demo = Demo(base, http, page)
    demo.user = {user["first_name"]: user["id"] for user in demo.ask("users")["items"]}
    a_manager_lets_somebody_in(demo)
    a_trainer_sends_a_bad_workbook(demo)
    a_colleague_reports(demo)
    demo.press("Ana", "learning.start")
    demo.key("Ana", "learning.next_card").wait_for()
    page.mouse.move(0, 0)
    page.locator(".toast").first.wait_for(state="detached")
    page.wait_for_timeout(2500)
    page.evaluate(
        "document.activeElement.blur(); for (const log of document.querySelectorAll('.log')) log.scrollTop = log.scrollHeight"
    )
    page.wait_for_timeout(500)
    keep(page.screenshot(), PICTURES / "demo.png")
    page.set_viewport_size(POCKET)
    page.wait_for_timeout(800)
    keep(page.screenshot(), PICTURES / "phone.png")


def a_manager_lets_somebody_in(demo: Demo) -> None:
    """Grace hands out an invitation; a colleague, whose phone is not on the page, comes in by it."""
    badge, name = COLLEAGUE
    demo.types("Grace", f"/invite {badge}")
    picture = demo.phone("Grace").locator(".message.theirs", has_text=badge)
    picture.wait_for()
    token = re.search(r"start=(\S+)", picture.inner_text())
    assert token is not None
    demo.user[name] = demo.http.post("/sim/users", json={"first_name": name, "language_code": "en"}).json()["id"]
    says(demo, name, text=f"/start {token[1]}")
    until(lambda: demo.screen(name))
    demo.types("Grace", "/menu")


def a_trainer_sends_a_bad_workbook(demo: Demo) -> None:
    """Li Wei gets it back with its cells marked."""
    demo.sends("Li", "File", "our-questions.xlsx", (ROOT / "quizzes" / "bad" / "date-cell.xlsx").read_bytes())
    demo.phone("Li").get_by_role("link", name=re.compile("marked")).wait_for()


def a_colleague_reports(demo: Demo) -> None:
    """A photo, and one tap: it is on Sam's phone."""
    _, name = COLLEAGUE
    photo = ROOT / "bot" / "simulator" / "page" / "samples" / "wet-floor-cable.jpg"
    packed = {"name": photo.name, "data": base64.b64encode(photo.read_bytes()).decode()}
    says(demo, name, photo=packed, caption="Water and a cable across the way to dock 2")
    label = demo.text("Sam", "hazards.b_send")
    found = until(lambda: [(m, key) for m in demo.screen(name) for key in keys(m) if key["text"] == label])
    message, key = found[-1]
    press = {"from": demo.user[name], "chat": demo.user[name], "message_id": message["message_id"]}
    demo.http.post("/sim/presses", json=press | {"data": key["callback_data"]}).raise_for_status()
    demo.key("Sam", "hazards.b_acknowledge").wait_for()


def says(demo: Demo, name: str, **what: object) -> None:
    """Somebody without a phone on the page says something."""
    demo.http.post("/sim/messages", json={"from": demo.user[name], **what}).raise_for_status()


def keep(shot: bytes, path: Path) -> None:
    """Saves a picture in at most MOST bytes: with as many colours as that allows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.open(BytesIO(shot)).convert("RGB")
    for colours in (0, 256, 192, 128):
        out = BytesIO()
        kept = image.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=4) if colours else image
        kept.save(out, "PNG", optimize=True)
        if len(out.getvalue()) <= MOST:
            break
    path.write_bytes(out.getvalue())
    print(f"{path.relative_to(ROOT)}: {len(out.getvalue()) // 1000} kB")


if __name__ == "__main__":
    main()
