"""Scores as CSV and JSON: for programs, so that heads are codes, the same in every language."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

from bot.assessment.flat import BOM
from bot.assessment.issuing import figures
from bot.assessment.issuing.records import Record, unit_of
from bot.assessment.model import Period
from bot.assessment.scores import showing
from bot.assessment.scores.model import Measure, Policy
from bot.i18n.say import render
from bot.kit.delimited import harmless

SCHEMA = "davy.scores-export/1"
HEAD = ("badge", "name", "unit", "post", "days", "excused", "opportunities", "score", "note")
PARTS = ("done", "offered", "points", "most")


def csv_bytes(records: Sequence[Record]) -> bytes:
    """A line for each person. Without a score the cell is empty: it is not 0."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*HEAD, *(f"{measure}_{part}" for measure in Measure for part in PARTS)])
    for record in records:
        lines = {line["measure"]: line for line in record["lines"]}
        row: list[Any] = [
            record["badge"], record["name"], unit_of(record), record["post"], record["days"], len(record["excused"]),
            record["opportunities"], figures.points(record["total"]), figures.note(record),
        ]  # fmt: skip
        for measure in Measure:
            row += _parts(lines[measure.value]) if measure.value in lines else [None] * len(PARTS)
        writer.writerow([harmless(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])
    return BOM + out.getvalue().encode()


def _parts(line: Record) -> list[Any]:
    done = len(line["done"])
    return [done, done + len(line["missed"]), figures.points(line["points"]), figures.points(line["most"])]


def json_bytes(records: Sequence[Record], period: Period, policy: Policy, unit: str, lang: str) -> bytes:
    """Everybody with the keys of the facts behind each point, and the policy in words."""
    made = {
        "schema": SCHEMA,
        "language": lang,
        "unit": unit,
        "period": {"from": period.starts.isoformat(), "to": period.ends.isoformat()},
        "policy": {
            "version": policy.version,
            "says": policy.says[lang],
            "rules": [str(render(each, lang)) for each in showing.rules_of(policy, "")],
        },
        "people": [_person(record) for record in records],
    }
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode()


def _person(record: Record) -> Record:
    kept = ("badge", "name", "unit", "post", "days", "excused", "opportunities")
    lines = [
        line | {"points": figures.points(line["points"]), "most": figures.points(line["most"])}
        for line in record["lines"]
    ]
    return {name: record[name] for name in kept} | {
        "score": figures.points(record["total"]), "note": figures.note(record), "lines": lines,
    }  # fmt: skip
