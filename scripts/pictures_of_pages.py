"""Take a picture of every page, to look at them one by one: `.venv/bin/python scripts/pictures_of_pages.py FOLDER`.

A house with everything in it (`tests/web/everything.py`) is built and opened in Chromium, as somebody who may see all of it:
in English, Chinese and Arabic, on a phone, a tablet and a desk, by light and by dark. `--bare`: the same company on its first
day, for what pages say where there is nothing yet. `--only hazards` takes those whose address holds the word.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bot.db.migrate import upgrade  # noqa: E402
from tests import kept  # noqa: E402
from tests.web.addresses import addresses  # noqa: E402
from tests.web.desk import Desk  # noqa: E402
from tests.web.everything import everything, speaks  # noqa: E402

WHO = "Grace Lind"
WIDTHS = {"360": 780, "768": 1024, "1440": 900}


def main() -> None:
    """All pictures."""
    wanted = options()
    chromium = subprocess.run([ROOT / "scripts" / "find-chromium"], capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        kept.folder = Path(folder)
        upgrade(f"sqlite:///{folder}/pages.sqlite3")
        browser = playwright.chromium.launch(executable_path=chromium.stdout.strip(), args=["--no-sandbox"])
        with everything(f"sqlite:///{folder}/pages.sqlite3", Path(folder), lived=not wanted.bare) as desk:
            found, _ = addresses(desk, desk.browser(WHO), desk.works.given)
            for lang in wanted.languages.split(","):
                speaks(desk, WHO, lang)
                for width, scheme in product(wanted.widths.split(","), wanted.schemes.split(",")):
                    take(browser, desk, wanted, found, lang, width, scheme)
        browser.close()


def options() -> argparse.Namespace:
    """What is asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--languages", default="en,zh,ar")
    asked.add_argument("--widths", default=",".join(WIDTHS))
    asked.add_argument("--schemes", default="light,dark")
    asked.add_argument("--only", default="")
    asked.add_argument("--bare", action="store_true")
    return asked.parse_args()


def take(
    browser: Browser, desk: Desk, wanted: argparse.Namespace, found: dict[str, str], lang: str, width: str, scheme: str
) -> None:
    """Each page once, as long as it is."""
    viewport = {"width": int(width), "height": WIDTHS.get(width, 900)}
    context = browser.new_context(viewport=viewport, color_scheme=scheme, locale=lang)  # type: ignore[arg-type]
    page = enter(context.new_page(), desk)
    folder = wanted.folder / f"{lang}-{width}-{scheme}"
    folder.mkdir(parents=True, exist_ok=True)
    for address in found.values():
        if wanted.only in address:
            page.goto(desk.base + address)
            name = re.sub(r"\W+", "-", address.split("?")[0]).strip("-") or "first"
            page.screenshot(path=folder / f"{name}.png", full_page=True)
    context.close()
    sys.stdout.write(f"{folder}\n")


def enter(page: Page, desk: Desk) -> Page:
    """Through the door."""
    page.goto(f"{desk.base}/login?token={desk.link(WHO)}")
    page.locator("main form button").click()
    page.wait_for_url("**/desk")
    return page


if __name__ == "__main__":
    main()
