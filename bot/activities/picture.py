"""The weeks of a campaign as a picture: two u-charts, one above the other.

Numbers and shapes alone, so that it is the same in every language and needs no colour: a line with a mark a week, the mean
and the limits around it, a square where a week is beyond them, an upright line where it began. The words come with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.activities.model import Week

WIDTH, HEIGHT, EDGE, HEAD = 780, 380, 96, 56
INK, FAINT, PAPER = "#111827", "#9ca3af", "#ffffff"
SIZE = 30
"""Half of it on a phone of 390 points: as large as the text around it."""
PER_DAYS, PER_LOOKS = 1000, 100
Point = tuple[float | None, float, float, bool]


@dataclass(frozen=True)
class Plot:
    """A u-chart laid out in a box: each week's place across, and what it shows, as shares of the height from below."""

    top: float
    mean: float
    points: tuple[Point, ...]
    at: tuple[int, ...]

    def high(self, value: float) -> float:
        """How far up a value stands, from 0 to 1."""
        return min(1.0, value / self.top) if self.top > 0 else 0.0

    def across(self, number: int) -> float:
        """Where a week stands, from 0 to 1."""
        return (number + 0.5) / max(len(self.points), 1)

    @property
    def began(self) -> float:
        """Where the first start stands, from 0 to 1."""
        before = sum(each < 0 for each in self.at)
        return before / max(len(self.points), 1)


def plot(weeks: Sequence[Week], name: str, mean: float, per: int) -> Plot:
    """The weeks of `report_point` or `found_point`, per so many."""
    points = tuple(
        (None if rate is None else rate * per, low * per, high * per, beyond)
        for rate, low, high, beyond in (getattr(each, name) for each in weeks)
    )
    top = max([mean * per, *(rate or 0 for rate, *_ in points), *(high for _, _, high, _ in points)], default=0.0)
    return Plot(top * 1.1, mean * per, points, tuple(each.at for each in weeks))


def drawn(weeks: Sequence[Week], report_mean: float, found_mean: float) -> bytes:
    """A PNG: confirmed reports per 1000 person-days above, dangers found per 100 inspections below."""
    image = Image.new("RGB", (WIDTH, 2 * HEIGHT), PAPER)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(SIZE)
    charts = (
        (plot(weeks, "report_point", report_mean, PER_DAYS), "1"),
        (plot(weeks, "found_point", found_mean, PER_LOOKS), "2"),
    )
    for number, (chart, name) in enumerate(charts):
        _chart(pen, font, chart, name, HEIGHT * number)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _chart(
    pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, chart: Plot, name: str, top: int
) -> None:
    floor, left, right = top + HEIGHT - 44, EDGE, WIDTH - 16
    tall, wide = floor - top - HEAD, right - left

    def x(share: float) -> float:
        return left + share * wide

    def y(value: float) -> float:
        return floor - chart.high(value) * tall

    pen.text((16, top + 8), name, INK, font)
    pen.line((left, floor, right, floor), INK, 3)
    pen.text((left - 10, floor), "0", INK, font, anchor="rm")
    if chart.top > 0:
        pen.text(
            (left - 10, y(chart.mean)),
            f"{chart.mean:.0f}" if chart.mean >= 10 else f"{chart.mean:.1f}",
            INK,
            font,
            anchor="rm",
        )
        _dashes(pen, left, right, y(chart.mean))
    began = x(chart.began)
    pen.line((began, top + HEAD - 16, began, floor), FAINT, 4)
    half = wide / max(len(chart.points), 1) / 2
    spots = []
    for number, (rate, low, high, beyond) in enumerate(chart.points):
        middle = x(chart.across(number))
        if number % 4 == 0:
            pen.text((middle, floor + 6), f"{chart.at[number]:+d}" if chart.at[number] else "0", INK, font, anchor="ma")
        if rate is None:
            continue
        for limit in (low, high):
            pen.line((middle - half, y(limit), middle + half, y(limit)), FAINT, 3)
        spots.append((middle, y(rate), beyond))
    pen.line([(a, b) for a, b, _ in spots], INK, 3)
    for a, b, beyond in spots:
        size = 11 if beyond else 7
        shape = pen.rectangle if beyond else pen.ellipse
        shape((a - size, b - size, a + size, b + size), fill=INK)


def _dashes(pen: ImageDraw.ImageDraw, left: float, right: float, y: float) -> None:
    at = left
    while at < right:
        pen.line((at, y, min(at + 14, right), y), FAINT, 3)
        at += 24
