"""What all formats show of scores: values by column, sums by unit, how scores are spread. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.assessment.issuing.records import Record, unit_of
from bot.assessment.scores import rules
from bot.assessment.scores.model import FEWEST_PEERS, TENTHS, Measure
from bot.i18n.say import localized

Cell = str | int | float | None
BANDS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 100))


@dataclass(frozen=True)
class Column:
    """A column by its code, its width in a workbook, and what it holds: text, count or points."""

    code: str
    width: int
    kind: str


PEOPLE = (
    Column("badge", 11, "text"), Column("name", 26, "text"), Column("unit", 40, "text"), Column("post", 22, "text"),
    Column("score", 9, "points"), Column("opportunities", 13, "count"), Column("days", 9, "count"),
    Column("excused", 9, "count"), Column("note", 44, "text"),
)  # fmt: skip
WHY = (
    Column("badge", 11, "text"), Column("name", 26, "text"), Column("measure", 24, "text"), Column("done", 9, "count"),
    Column("offered", 9, "count"), Column("points", 9, "points"), Column("most", 9, "points"),
    Column("left_out", 11, "count"), Column("note", 44, "text"),
)  # fmt: skip
UNITS = (Column("unit", 48, "text"), Column("people", 11, "count"), Column("mean", 11, "points"))
SPREAD = (Column("band", 48, "text"), Column("people", 11, "count"))
MEASURES = (
    Column("measure", 48, "text"), Column("done", 11, "count"), Column("offered", 11, "count"),
    Column("share", 11, "share"),
)  # fmt: skip


def points(tenths: int | None) -> float | None:
    """Points as they are shown."""
    return None if tenths is None else tenths / TENTHS


def note(record: Record) -> str:
    """Why there is no score: a code, or nothing."""
    if not record["agreed"]:
        return "not_agreed"
    return "too_little" if record["total"] is None else ""


def line_note(line: Mapping[str, Any]) -> str:
    """Why a line counts for nothing: a code, or nothing."""
    return "" if line["counts"] else "too_few"


def post_of(record: Record, posts: Mapping[str, Any], lang: str) -> str:
    """What a post is called in a language."""
    said = posts.get(record["post"], record["post"])
    return localized(said, lang) if isinstance(said, Mapping) else str(said)


def by_unit(records: Sequence[Record]) -> list[tuple[str, int, float]]:
    """Units with at least five scores: name, how many, their mean."""
    found: dict[str, list[int]] = {}
    for record in records:
        if record["total"] is not None:
            found.setdefault(unit_of(record), []).append(record["total"])
    return [(unit, count, mean / TENTHS) for unit, (count, mean) in sorted(rules.means(found).items())]


def spread(records: Sequence[Record]) -> list[tuple[str, int]]:
    """How many scores lie in each band; nothing of fewer than five."""
    totals = [record["total"] / TENTHS for record in records if record["total"] is not None]
    if len(totals) < FEWEST_PEERS:
        return []
    return [(f"{low}-{high}", sum(low <= each < high or each == high == 100 for each in totals)) for low, high in BANDS]


def shares(records: Sequence[Record]) -> list[tuple[Measure, int, int]]:
    """By measure, what was done of what was offered, over all who have a score; nothing of fewer than five people."""
    found = []
    for measure in Measure:
        lines = [line for record in records for line in record["lines"] if line["measure"] == measure.value]
        having = [line for line in lines if line["done"] or line["missed"]]
        if len(having) >= FEWEST_PEERS:
            done = sum(len(line["done"]) for line in having)
            found.append((measure, done, done + sum(len(line["missed"]) for line in having)))
    return found
