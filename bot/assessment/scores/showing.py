"""A score in words, line by line: the same for the person it is about and for who may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment.model import Period
from bot.assessment.scores import store
from bot.assessment.scores.model import TENTHS, Line, Measure, Peers, Policy, Score, Subject, Weight
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.company import post_label

LOOKS = 5


def line(each: Line) -> dict[str, Any]:
    """One measure: what was done of what was put before them, and what that is worth."""
    return {
        "measure": each.measure.value, "name": name(each.measure), "done": len(each.done), "offered": each.offered,
        "points": each.points / TENTHS, "most": each.most / TENTHS, "counts": each.counts,
        "left_out": len(each.left_out), "least": each.weight.least, "full": each.weight.full,
    }  # fmt: skip


def name(measure: Measure) -> Text:
    """What a measure is called."""
    return text("assessment.scores.measure", measure=measure.value)


def rule(measure: Measure, weight: Weight) -> Text:
    """What the policy says of a measure, in words."""
    return text(
        "assessment.scores.rule", name=name(measure), measure=measure.value, weight=weight.weight, full=weight.full,
        floor=weight.floor, least=weight.least,
    )  # fmt: skip


def rules_of(policy: Policy, post: str) -> list[Text]:
    """All that the policy says for a post."""
    return [rule(measure, weight) for measure, weight in policy.of(post).items() if weight.weight]


def whole(
    session: Session, who: Subject, score: Score, found: Peers | None, period: Period, policy: Policy, now: datetime
) -> dict[str, Any]:
    """All that is said of a score."""
    return {
        "name": who.name, "post": post_label(session, who.post), "unit": who.unit[-1] if who.unit else "",
        "starts": period.starts.isoformat(), "ends": period.ends.isoformat(),
        "total": score.total / TENTHS if score.total is not None else None,
        "opportunities": score.opportunities, "least": policy.least,
        "lines": [line(each) for each in score.lines if each.offered or each.left_out],
        "peers": _peers(found), "excused": len(who.excused), "days": who.days,
        "version": policy.version, "says": dict(policy.says), "rules": rules_of(policy, who.post),
        "looks": looks(session, who.person, now),
    }  # fmt: skip


def _peers(found: Peers | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "count": found.count, "low": found.low / TENTHS, "middle": found.middle / TENTHS, "high": found.high / TENTHS,
    }  # fmt: skip


def looks(session: Session, person: int, now: datetime) -> list[dict[str, Any]]:
    """Who has looked, the newest first."""
    return [
        {"by": named.name if (named := people.person(session, each.by, now)) else "–", "at": each.at, "how": each.how}
        for each in store.looks(session, person, LOOKS)
    ]
