"""A person's score for another program: only where the works agreement has scores, and the person is told of each look."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from bot.assessment.scores import looking, rules, store
from bot.assessment.scores.model import TENTHS, Measure
from bot.assessment.scores.policy import policy
from bot.kit.clock import local_date
from bot.kit.endpoints import Asked, Badge, Call, Endpoint, Given, Scope, Who, not_there
from bot.people import agreement, programs
from bot.people.agreement import SCORE
from bot.people.model import Caller


class Code(StrEnum):
    """This month, quarter or year so far, or the last whole one."""

    MONTH = "m0"
    LAST_MONTH = "m1"
    QUARTER = "q0"
    LAST_QUARTER = "q1"
    YEAR = "y0"
    LAST_YEAR = "y1"


class MeasureOut(Given):
    """One line of a score: what was done of what was put before them. Without `counts` there were too few to say anything."""

    measure: Measure
    done: int
    offered: int
    left_out: int
    points: float
    most: float
    counts: bool


class ScoreOut(Given):
    """Of 100 points; null where there were too few opportunities, which says nothing about the person."""

    person: Who
    since: date
    until: date
    total: float | None
    opportunities: int
    policy: str
    lines: list[MeasureOut]


class AsOf(Asked):
    """Somebody by their employee number, and of which time."""

    badge: Badge
    period: Code = Code.QUARTER


def score(session: Session, caller: Caller, call: Call, now: datetime) -> ScoreOut:
    """Why this score: the lines that the person sees too. Where none was agreed there is none."""
    who = programs.somebody(session, caller, call.args.badge, now)
    period = rules.period_of(call.args.period.value, local_date(now, who.zone))
    if period is None or not agreement.holds(session, SCORE, who.path):
        raise not_there("score")
    found = next(iter(store.scored(session, period, [who.id], policy())), None)
    if found is None or found.score is None:
        raise not_there("score")
    looking.note(session, caller.person, [who.id], "program", now)
    lines = [
        MeasureOut(
            measure=each.measure, done=len(each.done), offered=each.offered, left_out=len(each.left_out),
            points=each.points / TENTHS, most=each.most / TENTHS, counts=each.counts,
        )
        for each in found.score.lines
    ]  # fmt: skip
    total = found.score.total
    return ScoreOut(
        person=programs.who_is(caller, who.badge, who.name), since=period.starts, until=period.ends,
        total=total / TENTHS if total is not None else None, opportunities=found.score.opportunities,
        policy=policy().version, lines=lines,
    )  # fmt: skip


ENDPOINTS = (
    Endpoint(
        "score", "GET", "/people/{badge}/score", Scope.SCORES, "Somebody's score", score, ScoreOut, AsOf, about="badge",
        writes=True,
        more="Only where the works agreement has scores. The person is told who looked: whoever answers for the token.",
    ),
)  # fmt: skip
