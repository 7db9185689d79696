"""Months, the order of a Pareto chart, and where lines and bars stand in a picture. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.analysis.indicators.model import MOST_CATEGORIES, MOST_PLACES, Bar, Heat, Point, Series, What

WIDTH, HEIGHT = 600, 150
DAY = timedelta(days=1)
OTHERS = "others"


def months(today: date, count: int) -> tuple[date, ...]:
    """The first days of so many months, the oldest first, the last one that of today."""
    number = today.year * 12 + today.month - 1
    return tuple(date(each // 12, each % 12 + 1, 1) for each in range(number - count + 1, number + 1))


def next_month(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(days=31)).replace(day=1)


def read_month(words: str) -> date | None:
    """`2026-11` as its first day; None for anything else."""
    year, _, month = words.partition("-")
    if not (len(words) == 7 and year.isascii() and year.isdigit() and month.isascii() and month.isdigit()):
        return None
    return date(int(year), int(month), 1) if 2000 <= int(year) < 2100 and 1 <= int(month) <= 12 else None


def series(what: What, months: Sequence[date], counted: Mapping[date, tuple[int, int | None]]) -> Series:
    """An indicator over some months; a month of which nothing is known is nothing of nothing."""
    return Series(what, tuple(Point(first, *counted.get(first, (0, None))) for first in months))


def pareto(counted: Mapping[str, int]) -> tuple[Bar, ...]:
    """Categories, the most frequent first, with the share of all up to each; the rarest together as OTHERS at the end."""
    order = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    shown, rest = order[:MOST_CATEGORIES], order[MOST_CATEGORIES:]
    if rest:
        shown.append((OTHERS, sum(n for _, n in rest)))
    total, sofar, bars = sum(counted.values()), 0, []
    for category, n in shown:
        sofar += n
        bars.append(Bar(category, n, sofar / total))
    return tuple(bars)


def heat(counted: Mapping[tuple[int, str], int], names: Mapping[int, str]) -> Heat:
    """The places and categories with the most dangers, each in the order of their sums."""
    by_place: dict[int, int] = {}
    by_category: dict[str, int] = {}
    for (place, category), n in counted.items():
        by_place[place] = by_place.get(place, 0) + n
        by_category[category] = by_category.get(category, 0) + n
    places = sorted(by_place, key=lambda each: (-by_place[each], each))[:MOST_PLACES]
    categories = sorted(by_category, key=lambda each: (-by_category[each], each))[:MOST_CATEGORIES]
    kept = {key: n for key, n in counted.items() if key[0] in places and key[1] in categories}
    return Heat(tuple((each, names.get(each, "")) for each in places), tuple(categories), kept)


def columns(found: Series) -> list[tuple[float, float, float, float]]:
    """Where the column of each month stands in a chart of WIDTH x HEIGHT: left, top, width, height. A share is of HEIGHT."""
    step = WIDTH / max(len(found.points), 1)
    values = [point.share if point.of is not None else float(point.n) for point in found.points]
    most = 1.0 if any(point.of is not None for point in found.points) else max([value or 0 for value in values] + [1.0])
    tall = [HEIGHT * (value or 0) / most for value in values]
    return [
        (round(at * step + step * 0.15, 1), round(HEIGHT - h, 1), round(step * 0.7, 1), round(h, 1))
        for at, h in enumerate(tall)
    ]


def shade(n: int, most: int) -> int:
    """How dark a cell of a heat map is, 0 to 4: nothing, then four steps of the largest number."""
    return 0 if n == 0 or most == 0 else min(4, 1 + (4 * (n - 1)) // most)
