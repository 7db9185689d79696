"""What a newcomer to the demo has: four phones on a page, and files of their own.

Names of buttons are read from the texts in each person's language, so that a story holds in any state of translation.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import xlsxwriter
import yaml
from markupsafe import Markup
from PIL import Image, ImageDraw

from bot.i18n.say import say

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parents[2]
ROLES = {"Ana": ("worker", "es"), "Sam": ("supervisor", "en"), "Li": ("trainer", "zh"), "Grace": ("manager", "en")}
PAINT = (208, 32, 144)
"""The colour of a newcomer's own photos: no picture of the demo is like it."""


@dataclass
class Demo:
    """The running demo: its page in a browser, and its control side to look at what is true."""

    base: str
    http: httpx.Client
    page: Page
    user: dict[str, int] = field(default_factory=dict)

    # --- on the phones ----------------------------------------------------------------------------------------

    def phone(self, who: str) -> Locator:
        """Somebody's phone, found as assistive technology finds it."""
        return self.page.get_by_role("region", name=re.compile(f"^{who}, {ROLES[who][0]}$"))

    def text(self, who: str, key: str, **params: Any) -> str:
        """A text as this person reads it, without its markup."""
        return Markup(say(key, ROLES[who][1], **params)).striptags()

    def key(self, who: str, key: str, **params: Any) -> Locator:
        """The newest button with this text on somebody's phone."""
        return (
            self.phone(who).locator(".log").get_by_role("button", name=self.text(who, key, **params), exact=True).last
        )

    def press(self, who: str, key: str, **params: Any) -> None:
        """Presses the newest button with this text."""
        self.key(who, key, **params).click()

    def newest(self, who: str) -> Locator:
        """The newest bubble on somebody's phone."""
        return self.phone(who).locator(".message.theirs").last

    def types(self, who: str, words: str) -> None:
        """Writes something and sends it."""
        self.phone(who).get_by_role("textbox", name="Message").fill(words)
        self.phone(who).get_by_role("button", name="Send message").click()

    def sends(self, who: str, kind: str, name: str, data: bytes, words: str = "") -> None:
        """Sends a file of this kind (`Photo`, `File`) out of the attachment menu."""
        phone = self.phone(who)
        phone.get_by_role("button", name="Attach").click()
        with self.page.expect_file_chooser() as chosen:
            phone.get_by_role("menuitem", name=kind, exact=True).click()
        chosen.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})
        phone.locator(".tray-item").wait_for()
        phone.get_by_role("textbox", name="Message").fill(words)
        phone.get_by_role("button", name="Send message").click()

    def forward(self, step: str) -> None:
        """Lets time pass by a button of the clock at the top."""
        self.page.get_by_role("button", name=step, exact=True).click()
        self.page.get_by_role("group", name="Simulated clock").and_(self.page.locator("[aria-busy='false']")).wait_for()

    # --- what is true -----------------------------------------------------------------------------------------

    def ask(self, path: str, **query: Any) -> Any:
        """GET on the control side."""
        return self.http.get(f"/sim/{path}", params=query).raise_for_status().json()

    def calls(self, after: int = 0) -> list[dict[str, Any]]:
        """The log of Bot API calls."""
        return list(self.ask("calls", after=after)["items"])

    def screen(self, who: str) -> list[dict[str, Any]]:
        """What stands on somebody's phone."""
        return [m for m in self.ask(f"chats/{self.user[who]}/messages")["items"] if not m.get("deleted")]

    def pushes(self, who: str, after: int) -> list[dict[str, Any]]:
        """Calls since number `after` that brought somebody the day's lesson or questions."""
        start = self.text(who, "learning.start")
        sent = (call for call in self.calls(after) if call["method"].startswith("send") and call["ok"])
        mine = (call for call in sent if str(call["params"].get("chat_id")) == str(self.user[who]))
        return [call for call in mine if f'"{start}"' in str(call["params"].get("reply_markup")).replace("'", '"')]


def start(port: str, folder: Path, complaints: Path) -> subprocess.Popen[str]:
    """`davy demo` as `make demo` starts it, in a folder of its own; what it complains of goes to a file."""
    command = [sys.executable, "-m", "bot", "demo", "--port", port]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))}
    with complaints.open("wb") as errors:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)


def ready(process: subprocess.Popen[str], complaints: Path) -> str:
    """The address of the line `ready: ADDRESS`, which stands by itself."""
    assert process.stdout is not None
    alarm = threading.Timer(300, process.kill)
    alarm.start()
    for line in process.stdout:
        if found := re.fullmatch(r"ready: (http://127\.0\.0\.1:\d+)\n", line):
            alarm.cancel()
            return found[1]
    raise AssertionError(f"the demo did not get ready: {complaints.read_text()[-2000:]}")


def photo(words: str) -> bytes:
    """A photo of the story's own making."""
    image = Image.new("RGB", (960, 720), PAINT)
    ImageDraw.Draw(image).text((40, 40), words, fill="white", font_size=64)
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def workbook_with_mistakes() -> bytes:
    """A bank whose one question has a topic nobody knows and a right option that is not there."""
    row = {
        "id": "yard-001", "kind": "one", "topic": "crane", "jurisdictions": "any", "sources": "yard rules",
        "stem": "A load swings over the path. What now?", "a": "Stand still below it", "b": "Walk back, out of its reach",
        "right": "f", "explanation": "What hangs may fall.", "a misconception": "It will hold",
    }  # fmt: skip
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Questions")
        for column, (name, value) in enumerate(row.items()):
            sheet.write_string(0, column, name)
            sheet.write_string(1, column, value)
    return out.getvalue()


def bank() -> bytes:
    """A bank without a mistake."""
    said = ("The crane horn means: leave the path.", "A tag line may be wound round the hand.")
    questions = [
        {
            "id": f"yard-{number:03}", "kind": "true_false", "topic": "LIF", "jurisdictions": ["any"], "sources": ["yard rules"],
            "stem": stem, "answer": number == 1, "misconception": "The load stays where it is", "explanation": "Loads move.",
        }
        for number, stem in enumerate(said, 1)
    ]  # fmt: skip
    return yaml.safe_dump(
        {"bank": "yard-rules", "language": "en", "title": "Yard rules", "questions": questions}
    ).encode()


def explanations(lang: str) -> set[str]:
    """What the shipped questions explain, in a language."""
    banks = [yaml.safe_load(path.read_text()) for path in (ROOT / "quizzes").glob("*.yaml")]
    return {flat(question["explanation"][lang]) for each in banks for question in each["questions"]}


def flat(words: str) -> str:
    """Without line breaks and double spaces."""
    return " ".join(words.split())


def until(true: Callable[[], Any], seconds: float = 180) -> Any:
    """Waits until something holds, and answers it."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.05)
    return found


def until_soon(true: Callable[[], bool]) -> bool:
    """Whether something comes to hold within a second and a half: the page shows what came a moment later."""
    end = time.monotonic() + 1.5
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
