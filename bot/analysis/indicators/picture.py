"""Charts for the chat: numbers and shapes alone, the same in every language; the words stand in the message beside it."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.analysis.indicators import rules
from bot.analysis.indicators.model import Bar, Heat, Series

WIDTH, HEIGHT, MARGIN, SIZE = 780, 460, 40, 26
INK, FAINT, PAPER = "#111827", "#9ca3af", "#ffffff"
SHADES = (PAPER, "#dbe4f5", "#b3c6ea", "#7f9fd9", "#4a73c4")
LETTERS = "ABCDEFGHIJKLMNOP"


def series(found: Series) -> bytes:
    """A column for each month, with its number; the months below by their number."""
    image, pen, font = _begin(HEIGHT)
    base, scale = HEIGHT - 2 * MARGIN, (HEIGHT - 4 * MARGIN) / rules.HEIGHT
    pen.line((MARGIN, base, WIDTH - MARGIN, base), FAINT, 2)
    wide = (WIDTH - 2 * MARGIN) / rules.WIDTH
    for point, (left, _, width, tall) in zip(found.points, rules.columns(found), strict=True):
        x, high = MARGIN + left * wide, tall * scale
        pen.rectangle((x, base - max(high, 1), x + width * wide, base), INK if point.n else FAINT)
        said = f"{point.n}" if point.of is None else f"{round(100 * point.share)}" if point.share is not None else "–"
        pen.text((x + width * wide / 2, base - high - 8), said, INK, font, anchor="mb")
        pen.text((x + width * wide / 2, base + 8), f"{point.first.month}", INK, font, anchor="mt")
    return _end(image)


def pareto(found: Sequence[Bar]) -> bytes:
    """Numbered bars, the longest first, each with its number and the share of all up to it."""
    row = 56
    image, pen, font = _begin(2 * MARGIN + row * max(len(found), 1))
    most = max((bar.n for bar in found), default=1)
    for at, bar in enumerate(found):
        top = MARGIN + row * at
        pen.text((52, top + row / 2), f"{at + 1}", INK, font, anchor="rm")
        end = 70 + 470 * bar.n / most
        pen.rectangle((70, top + 10, end, top + row - 10), INK)
        pen.text((end + 10, top + row / 2), f"{bar.n}", INK, font, anchor="lm")
        pen.text((WIDTH - 20, top + row / 2), f"{round(100 * bar.up_to)} %", INK, font, anchor="rm")
    return _end(image)


def heat(found: Heat) -> bytes:
    """Places by number down, categories by letter across; the darker the more, and the number in each cell."""
    row, left = 56, 70
    image, pen, font = _begin(MARGIN + row * (len(found.places) + 1) + MARGIN)
    wide = (WIDTH - left - 20) / max(len(found.categories), 1)
    for at, _ in enumerate(found.categories):
        pen.text((left + wide * (at + 0.5), MARGIN), LETTERS[at], INK, font, anchor="ma")
    for down, (place, _) in enumerate(found.places):
        top = MARGIN + row * (down + 1)
        pen.text((52, top + row / 2), f"{down + 1}", INK, font, anchor="rm")
        for at, category in enumerate(found.categories):
            n = found.cells.get((place, category), 0)
            x, shade = left + wide * at, rules.shade(n, found.most)
            pen.rectangle((x, top, x + wide - 3, top + row - 3), SHADES[shade], FAINT, 1)
            pen.text(
                (x + wide / 2, top + row / 2), f"{n}", PAPER if shade > 3 else INK if n else FAINT, font, anchor="mm"
            )
    return _end(image)


def _begin(height: int) -> tuple[Image.Image, ImageDraw.ImageDraw, ImageFont.FreeTypeFont | ImageFont.ImageFont]:
    image = Image.new("RGB", (WIDTH, height), PAPER)
    return image, ImageDraw.Draw(image), ImageFont.load_default(SIZE)


def _end(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
