"""The report on paper: of a unit with everybody in it, or of one person; drawn by Typst in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.assessment.issuing import figures
from bot.assessment.issuing.records import Record, unit_of
from bot.assessment.model import Period
from bot.assessment.scores import showing
from bot.assessment.scores.model import TENTHS, Measure, Policy
from bot.i18n.languages import RIGHT_TO_LEFT
from bot.i18n.say import render, say
from bot.media import drawing

TEMPLATE = Path(__file__).parent / "report.typ"
LETTERS = ("Noto Sans", "Noto Sans Arabic", "Droid Sans Fallback")
HEADS = (
    "name",
    "unit",
    "post",
    "score",
    "opportunities",
    "measure",
    "done",
    "offered",
    "points",
    "most",
    "mean",
    "people",
)


def pdf_bytes(
    records: Sequence[Record], period: Period, policy: Policy, unit: str, posts: Mapping[str, Any], lang: str
) -> bytes:
    """The report. The same scores give the same bytes."""
    return drawing.draw(TEMPLATE.read_bytes(), values(records, period, policy, unit, posts, lang), letters=LETTERS)


def values(
    records: Sequence[Record], period: Period, policy: Policy, unit: str, posts: Mapping[str, Any], lang: str
) -> dict[str, Any]:
    """What the template shows, all of it in words."""

    def word(key: str, **params: Any) -> str:
        return str(say(f"assessment.issuing.{key}", lang, **params))

    units = figures.by_unit(records)
    dates = {"starts": period.starts.isoformat(), "ends": period.ends.isoformat()}
    who = records[0]["name"] if len(records) == 1 else unit
    return {
        "lang": lang, "rtl": lang in RIGHT_TO_LEFT, "title": word("title", unit=who, **dates),
        "says": policy.says[lang], "version": word("by_policy", version=policy.version),
        "heads": {code: word(f"c_{code}") for code in HEADS},
        "units_title": word("chart_units"), "spread_title": word("chart_spread"), "too_few": word("too_few_to_show"),
        "units": [{"name": name, "count": count, "mean": mean, "said": f"{mean:.1f}"} for name, count, mean in units],
        "spread": [{"band": band, "count": count} for band, count in figures.spread(records)],
        "people": [_person(record, posts, policy, lang) for record in records],
        "one": len(records) == 1, "guide": [word(f"guide_{part}") for part in ("least", "grace", "peers", "reports")],
    }  # fmt: skip


def _person(record: Record, posts: Mapping[str, Any], policy: Policy, lang: str) -> dict[str, Any]:
    def word(key: str) -> str:
        return str(say(f"assessment.issuing.note_{key}", lang)) if key else ""

    total = figures.points(record["total"])
    return {
        "name": record["name"], "badge": record["badge"], "unit": unit_of(record),
        "post": figures.post_of(record, posts, lang), "score": "–" if total is None else f"{total:.1f}",
        "part": total, "opportunities": record["opportunities"], "note": word(figures.note(record)),
        "lines": [_line(line, lang) | {"note": word(figures.line_note(line))} for line in record["lines"] if _says(line)],
        "rules": [str(render(each, lang)) for each in showing.rules_of(policy, record["post"])],
    }  # fmt: skip


def _says(line: Record) -> bool:
    """Whether there was anything of a measure at all."""
    return bool(line["done"] or line["missed"] or line["left_out"])


def _line(line: Record, lang: str) -> dict[str, Any]:
    done, points, most = len(line["done"]), line["points"] / TENTHS, line["most"] / TENTHS
    return {
        "name": str(render(showing.name(Measure(line["measure"])), lang)), "done": done,
        "offered": done + len(line["missed"]), "points": f"{points:.1f}", "most": f"{most:.1f}",
        "part": points / most if most else 0,
    }  # fmt: skip
