"""The plot of an analysis: a row a question, how many were right, and whether it tells who knows.

Numbers and shapes alone, so that it is the same in every language and needs no colour: a bar is full where there are
enough answers to judge by and hollow where there are not; a mark stands by a question that teaches nothing. The words
stand in the message that comes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.analysis.model import LEAST_COMPARED, LEAST_JUDGED, LEAST_SHOWN, Item

WIDTH, ROW, HEAD = 780, 68, 64
"""Twice the width of a small phone."""
BAR = (96, 426)
SCALE = (590, 750)
INK, FAINT, PAPER = "#111827", "#9ca3af", "#ffffff"
SIZE = 30
"""Half of it on a phone of 390 points: as large as the text around it."""


def drawn(items: Sequence[Item]) -> bytes:
    """A PNG with a row for each item, numbered from 1."""
    image = Image.new("RGB", (WIDTH, HEAD + ROW * len(items) + 16), PAPER)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(SIZE)
    bottom = image.height - 12
    for share, words in ((0.0, "0"), (0.5, "50"), (1.0, "100 %")):
        at = BAR[0] + share * (BAR[1] - BAR[0])
        pen.line((at, HEAD - 8, at, bottom), FAINT, 2)
        pen.text((at, 8), words, INK, font, anchor="ma")
    for value, words in ((-1, "-1"), (0, "0"), (1, "+1")):
        at = across(value)
        pen.line((at, HEAD - 8, at, bottom), INK if value == 0 else FAINT, 3 if value == 0 else 2)
        pen.text((at, 8), words, INK, font, anchor="ma")
    for number, item in enumerate(items, 1):
        _row(pen, font, number, item, HEAD + ROW * (number - 1))
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def across(value: float) -> float:
    """Where a correlation stands on its scale."""
    return SCALE[0] + (value + 1) / 2 * (SCALE[1] - SCALE[0])


def _row(
    pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, number: int, item: Item, top: int
) -> None:
    found, middle = item.figures, top + ROW // 2
    pen.text((52, middle), f"{number}", INK, font, anchor="rm")
    if item.reasons:
        pen.polygon(((60, middle + 12), (84, middle + 12), (72, middle - 12)), fill=INK)
    if found.count < LEAST_SHOWN:
        pen.text((BAR[0] + 12, middle), f"n {found.count}", FAINT, font, anchor="lm")
        return
    end = BAR[0] + found.facility * (BAR[1] - BAR[0])
    judged = found.count >= LEAST_JUDGED
    pen.rectangle((BAR[0], middle - 16, max(end, BAR[0] + 3), middle + 16), INK if judged else PAPER, INK, 3)
    pen.text((BAR[1] + 12, middle), f"{round(100 * found.facility)} % / {found.count}", INK, font, anchor="lm")
    if found.discrimination is not None and found.compared >= LEAST_COMPARED:
        at = across(found.discrimination)
        pen.polygon(((at - 13, middle), (at, middle - 13), (at + 13, middle), (at, middle + 13)), INK)
    else:
        pen.line((across(0) - 14, middle, across(0) + 14, middle), FAINT, 5)
