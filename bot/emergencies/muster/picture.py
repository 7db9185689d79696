"""How fast people were accounted for, as a curve. Numbers alone, so that it is the same in every language."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 780, 460
BOX = (86, 30, 746, 400)
INK, FAINT, PAPER = "#111827", "#9ca3af", "#ffffff"
SIZE = 26


def drawn(seconds: Sequence[int], roster: int, minutes: float) -> bytes:
    """A PNG: minutes from the start to the right, people accounted for upwards; the roster is the upper line."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(SIZE)
    whole = max(60.0, minutes * 60, *seconds) if seconds else max(60.0, minutes * 60)

    def across(at: float) -> float:
        return BOX[0] + (BOX[2] - BOX[0]) * at / whole

    def up(count: float) -> float:
        return BOX[3] - (BOX[3] - BOX[1]) * count / max(1, roster)

    for count in (roster, roster / 2):
        pen.line((BOX[0], up(count), BOX[2], up(count)), FAINT, 2)
        pen.text((BOX[0] - 10, up(count)), f"{count:g}", INK, font, anchor="rm")
    pen.line((BOX[0], BOX[1], BOX[0], BOX[3], BOX[2], BOX[3]), INK, 2)
    for quarter in range(5):
        at = whole * quarter / 4
        pen.text((across(at), BOX[3] + 14), f"{at / 60:.3g}", INK, font, anchor="ra" if quarter == 4 else "ma")
    points = [(across(0), up(0))]
    for place, at in enumerate(sorted(seconds), 1):
        points += [(across(at), points[-1][1]), (across(at), up(place))]
    for one, other in itertools.pairwise([*points, (across(whole), points[-1][1])]):
        pen.line((*one, *other), INK, 4)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
