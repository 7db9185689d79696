"""Lesson cards a second: every shipped lesson in every language it has, drawn as the job draws them, one after the other.

`python -m bench cards [--folder out]`. With a folder the cards are kept there, and a sheet of them a language, to be looked at.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.library.cards import sheet
from bot.library.shipped import shipped_lessons
from bot.media import drawing

PHONE, COLUMNS, GAP = 360, 5, 8


def options(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--folder", type=Path, help="keep the cards, and a sheet of them a language")


def measure(given: argparse.Namespace) -> list[str]:
    """The table: what one card takes, and how heavy it is."""
    lines = [
        "| language | cards | a second | a second of processor | the slowest, ms | kB each |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as folder:
        drawing.use(Path(folder))
        lessons = shipped_lessons()
        began = time.perf_counter()
        sheet.draw(lessons[0], "en")
        print(f"  the first, with fonts unpacked: {time.perf_counter() - began:.2f} s", file=sys.stderr, flush=True)
        for language in sorted({each for lesson in lessons for each in lesson.title}):
            times, made, busy = [], {}, time.process_time()
            for lesson in lessons:
                began = time.perf_counter()
                made[lesson.id] = sheet.draw(lesson, language)[0]
                times.append(time.perf_counter() - began)
            spent = time.process_time() - busy
            weight = statistics.mean(len(card) for card in made.values()) / 1000
            lines.append(
                f"| {language} | {len(made)} | {len(times) / sum(times):.1f} | {len(times) / spent:.1f} "
                f"| {1000 * max(times):.0f} | {weight:.0f} |"
            )
            if given.folder is not None:
                _keep(given.folder, language, made)
    return lines


def _keep(folder: Path, language: str, made: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = -(-len(made) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * (PHONE + GAP) + GAP, rows * (PHONE + GAP) + GAP), "#888888")
    for at, (id, card) in enumerate(made.items()):
        (folder / f"{id}-{language}.png").write_bytes(card)
        with Image.open(BytesIO(card)) as image:
            small = image.convert("RGB").resize(
                (PHONE, round(image.height * PHONE / image.width)), Image.Resampling.LANCZOS
            )
        whole.paste(small, (GAP + at % COLUMNS * (PHONE + GAP), GAP + at // COLUMNS * (PHONE + GAP)))
    whole.save(folder / f"sheet-{language}.png")
