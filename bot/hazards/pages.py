"""Dangers on the dashboard: the board, one danger with its story and what can be done about it, its pictures, the plan of a site.

Scope is in the query: whoever looks sees the units they answer for, their own and those of people they stand in for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.delivery import ladders
from bot.hazards import boards, desk, facts, model, recurrence, siteplan, store
from bot.hazards.boards import Names, row
from bot.hazards.model import Attached, Hazard, MediaRole
from bot.hazards.rules import MOST_FILES, UNSEEN
from bot.hazards.tables import HazardMediaRow, HazardRow
from bot.kit.replies import Media
from bot.kit.room import Page
from bot.ledger import store as ledger
from bot.media.store import PREFIX
from bot.people.model import Viewer

STORY = tuple(
    kind.name
    for kind in (
        model.REPORTED,
        model.ACKNOWLEDGED,
        model.RATED,
        model.TOPICED,
        model.ASSIGNED,
        model.ASKED,
        model.ANSWERED,
        model.FIXED,
        model.VERIFIED,
        model.REOPENED,
        model.REJECTED,
        model.CLIMBED,
        model.OVERDUE,
        facts.JUDGED_MAJOR,
        facts.JUDGED_GENERAL,
        facts.PLANNED,
        facts.MEASURE,
        facts.DUE_SET,
        facts.MAJOR_CONFIRMED,
        facts.MAJOR_SIGNED,
        facts.STEP_REFUSED,
        facts.CALLED_OUTSIDE,
        facts.STOPPED,
        facts.RELEASED,
        facts.JOINED,
    )
)
"""What stands in the story of a danger. That a report was confirmed is the reporter's matter and not told here."""


def one(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """A danger with its pictures, its talk and its story; None for another's and for one that is not there."""
    hazard = store.hazard(session, int(query["id"]))
    if hazard is None or not store.may_handle(session, hazard, viewer.person, now):
        return None
    names = Names(session, now)
    return {
        "title": hazard.id,
        "hazard": row(session, hazard, names, now, ladders.of(session, hazard.ref) if hazard.state in UNSEEN else None),
        "created": hazard.created_at.isoformat(),
        "reporter": names.of(hazard.reporter),
        "fix_words": hazard.fix_words or "",
        "reason": hazard.reason or "",
        "files": [_file(file) for file in store.files(session, hazard.id)[:MOST_FILES]],
        "talk": [
            {"question": n.question, "name": names.of(n.person), "words": n.words, "at": n.at.isoformat()}
            for n in store.notes(session, hazard.id)
        ],
        "story": story(session, hazard, names),
        "measures": [
            {"control": m.control.value, "interim": m.interim, "words": m.words}
            for m in store.measures(session, hazard.id)
        ],
        "plan": hazard.plan or "",
        "major": bool(hazard.major),
        "again": _again(recurrence.measure(session, hazard, now)),
        "ladder": desk.ladder(session, hazard, names, now),
        "acts": desk.offered(session, hazard, viewer, now),
        "did": desk.done(session, hazard, query, names, now),
    }


def _again(found: recurrence.Recurrence | None) -> dict[str, Any]:
    """Whether it came back, in numbers to be shown; empty where it is not known yet."""
    if found is None:
        return {}
    ratio = found.ratio
    said = {"estimate": ratio.estimate, "low": ratio.low, "high": ratio.high}
    shown = {name: f"{value:.2f}" if isfinite(value) else "" for name, value in said.items()}
    days = {"days_before": round(found.days_before), "days_after": round(found.days_after)}
    return {"before": found.before, "after": found.after, **days, **shown}


def _file(file: Attached) -> dict[str, Any]:
    ref = file.media.removeprefix(PREFIX) if file.media else ""
    return {"kind": file.kind, "after": file.role is MediaRole.AFTER, "ref": ref, "lost": bool(file.error)}


def story(session: Session, hazard: Hazard, names: Names) -> Sequence[dict[str, Any]]:
    """What happened, from the ledger, oldest first. What was done without a name stays without."""
    return [
        {
            "kind": fact.kind,
            "at": fact.at.isoformat(),
            "name": names.of(fact.person),
            "body": {
                key: fact.body.get(key)
                for key in (
                    *("severity", "before", "topic", "who", "last", "called", "late", "round"),
                    *("control", "interim", "missing", "lacks", "way", "to"),
                )
            },
        }
        for fact in ledger.about(session, "hazard", hazard.id, STORY, hazard.created_at)
    ]


def picture(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Media | None:
    """A kept picture or recording of a danger that somebody answers for; None for all others."""
    under = [HazardRow.path.startswith(path) for path in store.answers_for(session, viewer.person, now)]
    if not under:
        return None
    ref = f"{PREFIX}{query['ref']}"
    kept = (
        select(HazardMediaRow.kind)
        .join(HazardRow, HazardRow.id == HazardMediaRow.hazard_id)
        .where(HazardMediaRow.media == ref, or_(*under), store.not_hidden(viewer.person))
        .limit(1)
    )
    kind = session.scalar(kept)
    return Media(kind, ref) if kind else None  # type: ignore[arg-type]


PAGES = (
    Page("/desk", boards.board, "board", "title_board", live=("hazards",)),
    Page("/desk/hazards", boards.whole, "whole", "title_board", live=("hazards",)),
    Page("/desk/hazards/{id:int}", one, "hazard", "title_hazard", nav=False, post=desk.Acts(), live=("hazards",)),
    Page("/desk/plan", siteplan.plans, "plans", "title_plans"),
    Page("/desk/plan/{id:int}", siteplan.one, "plan", "title_plan", nav=False, live=("hazards",)),
    Page(
        "/desk/plan/{id:int}/change", siteplan.change, "change", "title_change", role="safety_officer", nav=False,
        post=siteplan.Changed(),
    ),
    Page("/desk/plan/{id:int}/picture", siteplan.picture, "", "", nav=False),
    Page("/media/{ref}", picture, "", "", nav=False),
)  # fmt: skip
