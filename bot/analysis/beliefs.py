"""The misconception map: what teams are wrong about, joined with what was found there and what is overdue.

A read-model above learning and hazards, which do not know each other. Only a person's newest answer to a question counts,
so that a belief that was put right is gone from the map.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Text, case, cast, distinct, func, or_, select
from sqlalchemy.orm import Session

from bot.analysis.model import LEAST_SHOWN, Answered, Reported
from bot.analysis.store import WRITTEN, surely_wrong
from bot.hazards.model import State
from bot.hazards.rules import UNFIXED
from bot.hazards.tables import HazardRow
from bot.learning.tables import AnswerRow
from bot.library.tables import QuestionRow
from bot.people.tables import PersonRow, PlacementRow, UnitRow

LATELY = timedelta(days=90)
Belief = tuple[str, int, tuple[int, ...]]
"""A question, its version, and the positions chosen."""


def _newest(paths: Sequence[str], now: datetime) -> Any:
    """Each person's newest answer to each live question of these days, with the unit where they work today."""
    on = now.date()
    a = AnswerRow
    same: dict[str, Any] = {
        "partition_by": (a.person_id, a.question_id),
        "order_by": (a.answered_at.desc(), a.id.desc()),
    }
    wrong = case((surely_wrong(), a.person_id))
    written = case((QuestionRow.kind.in_(WRITTEN), cast(a.chosen, Text)))
    rows = (
        select(
            PlacementRow.unit_id, QuestionRow.topic, a.person_id, a.question_id, a.question_version,
            wrong.label("misled"), written.label("chosen"), func.row_number().over(**same).label("nth"),
        )
        .join(QuestionRow, QuestionRow.id == a.question_id)
        .join(PersonRow, PersonRow.id == a.person_id)
        .join(PlacementRow, PlacementRow.person_id == a.person_id)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(
            a.answered_at > now - LATELY,
            a.right.is_not(None),
            QuestionRow.retired_at.is_(None),
            PersonRow.left_on.is_(None),
            PlacementRow.starts_on <= on,
            or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > on),
            or_(*(UnitRow.path.startswith(path) for path in paths)),
        )
        .subquery()
    )  # fmt: skip
    return select(rows).where(rows.c.nth == 1).subquery()


def answered(session: Session, paths: Sequence[str], now: datetime) -> list[Answered]:
    """By team and topic: how many different people answered lately, with how many answers, how many of these wrong."""
    each = _newest(paths, now)
    query = select(
        each.c.unit_id, each.c.topic, func.count(distinct(each.c.person_id)), func.count(), func.count(each.c.misled)
    ).group_by(each.c.unit_id, each.c.topic)
    return [Answered(*row) for row in session.execute(query)]


def held_by_most(session: Session, paths: Sequence[str], now: datetime) -> dict[tuple[int, str], Belief]:
    """By team and topic the wrong answer that most of its people give; of a question that enough of them answered."""
    each = _newest(paths, now)
    key = (each.c.unit_id, each.c.topic, each.c.question_id, each.c.question_version)
    enough = (
        select(*key)
        .group_by(*key)
        .having(func.count() >= LEAST_SHOWN)
        .subquery()
    )  # fmt: skip
    query: Select[Any] = (
        select(*key, each.c.chosen, func.count().label("n"))
        .join(enough, (enough.c.unit_id == each.c.unit_id) & (enough.c.question_id == each.c.question_id)
              & (enough.c.question_version == each.c.question_version))
        .where(each.c.misled.is_not(None), each.c.chosen.is_not(None))
        .group_by(*key, each.c.chosen)
        .order_by(each.c.unit_id, each.c.topic, func.count().desc(), each.c.question_id, each.c.chosen)
    )  # fmt: skip
    found: dict[tuple[int, str], Belief] = {}
    for row in session.execute(query):
        belief = (row.question_id, row.question_version, tuple(json.loads(row.chosen)))
        found.setdefault((row.unit_id, row.topic), belief)
    return found


def reported(session: Session, paths: Sequence[str], now: datetime) -> list[Reported]:
    """By team and topic: dangers found lately that were none of nothing, and fixes whose time is over."""
    recent = case((HazardRow.created_at > now - LATELY, 1))
    late = case((HazardRow.state.in_(sorted(UNFIXED)) & (HazardRow.due_at < now), 1))
    query = (
        select(HazardRow.unit_id, HazardRow.topic, func.count(recent), func.count(late))
        .where(
            HazardRow.topic.is_not(None),
            HazardRow.state != State.REJECTED,
            or_(HazardRow.created_at > now - LATELY, HazardRow.state.in_(sorted(UNFIXED))),
            or_(*(HazardRow.path.startswith(path) for path in paths)),
        )
        .group_by(HazardRow.unit_id, HazardRow.topic)
    )
    return [Reported(unit, str(topic), *counts) for unit, topic, *counts in session.execute(query)]
