"""The trend of an area's index: a line over twelve weeks, and where the levels begin and end.

Numbers and shapes alone, so that it is the same in every language and needs no colour; the words stand beside it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.kit.hysteresis import Level

WIDTH, HEIGHT = 780, 460
BOX = (86, 30, 756, 400)
INK, FAINT, PAPER = "#111827", "#9ca3af", "#ffffff"
SIZE = 26
WEEKS = 12


def drawn(points: Sequence[tuple[date, float]], levels: Sequence[Level], today: date) -> bytes:
    """A PNG; a day without an index leaves a gap."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(SIZE)
    top = max([value for _, value in points] + [level.at for level in levels] + [1.0]) * 1.15
    since = today - timedelta(weeks=WEEKS)
    for level in levels:
        y = up(level.at, top)
        pen.line((BOX[0], y, BOX[2], y), INK, 2)
        pen.text((BOX[0] - 10, y), f"{level.at:g}", INK, font, anchor="rm")
        dashed(pen, up(level.clear, top))
    pen.line((BOX[0], BOX[1], BOX[0], BOX[3]), FAINT, 2)
    pen.line((BOX[0], BOX[3], BOX[2], BOX[3]), FAINT, 2)
    pen.text((BOX[0] - 10, BOX[3]), "0", INK, font, anchor="rm")
    for weeks in range(0, WEEKS + 1, 4):
        day = since + timedelta(weeks=weeks)
        anchor = "ra" if weeks == WEEKS else "la" if weeks == 0 else "ma"
        pen.text((across(day, since), BOX[3] + 14), f"{day:%m-%d}", INK, font, anchor=anchor)
    where = [(across(on, since), up(value, top), on) for on, value in points]
    for one, other in itertools.pairwise(where):
        if other[2] - one[2] <= timedelta(days=7):
            pen.line((one[0], one[1], other[0], other[1]), INK, 4)
    if where:
        x, y, _ = where[-1]
        pen.ellipse((x - 9, y - 9, x + 9, y + 9), INK)
        pen.text((x - 16, y - 14), f"{points[-1][1]:g}", INK, font, anchor="rs")
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def across(day: date, since: date) -> float:
    """Where a day stands."""
    return BOX[0] + (BOX[2] - BOX[0]) * (day - since).days / (7 * WEEKS)


def up(value: float, top: float) -> float:
    """Where a value stands."""
    return BOX[3] - (BOX[3] - BOX[1]) * value / top


def dashed(pen: ImageDraw.ImageDraw, y: float) -> None:
    """Where a level ends."""
    for x in range(BOX[0], BOX[2], 22):
        pen.line((x, y, min(x + 11, BOX[2]), y), FAINT, 2)
