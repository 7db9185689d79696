"""Somebody's score as plain values, between the slices in which it is counted and the file that is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.assessment.scores.model import Evidence, Line, Scored

Record = dict[str, Any]


def record_of(one: Scored, facts: Sequence[Evidence] = ()) -> Record:
    """One person. `facts` only where a period is issued."""
    who, score = one.subject, one.score
    return {
        "person": who.person, "pseudonym": who.pseudonym, "badge": who.badge, "name": who.name, "unit": list(who.unit),
        "unit_id": who.unit_id, "post": who.post, "days": who.days,
        "excused": sorted(on.isoformat() for on in who.excused), "agreed": score is not None,
        "total": score.total if score else None, "opportunities": score.opportunities if score else 0,
        "lines": [_line(line) for line in score.lines] if score else [],
        "facts": [_fact(fact) for fact in sorted(facts, key=lambda fact: fact.key)],
    }  # fmt: skip


def _line(line: Line) -> Record:
    return {
        "measure": line.measure.value, "weight": line.weight.weight, "done": list(line.done),
        "missed": list(line.missed), "left_out": list(line.left_out), "counts": line.counts, "points": line.points,
        "most": line.most,
    }  # fmt: skip


def _fact(fact: Evidence) -> Record:
    return {"key": fact.key, "kind": fact.kind, "on": fact.on.isoformat(), "body": dict(fact.body)}


def unit_of(record: Record) -> str:
    """The unit as one line."""
    return " / ".join(record["unit"])
