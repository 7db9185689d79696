"""Dangers on the dashboard: what is open, one danger with its story, and its pictures.

Scope is in the query: whoever looks sees the units they answer for, their own and those of people they stand in for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.delivery import ladders
from bot.hazards import facts, listing, model, recurrence, store
from bot.hazards.model import Attached, Hazard, MediaRole, State
from bot.hazards.rules import MOST_FILES, UNSEEN
from bot.hazards.tables import HazardMediaRow, HazardRow
from bot.kit.replies import Media
from bot.kit.room import Page
from bot.ledger import store as ledger
from bot.media.store import PREFIX
from bot.people import store as people
from bot.people.model import Viewer

MOST = 200
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
PICTURES = ("photo", "image")
"""Kinds of files that are kept as pictures: taken as one, or sent as a file."""
DUE = (State.ACKNOWLEDGED, State.ASSIGNED)
"""Somebody has it: the board says until when, as their card does."""
GROUPS = ("overdue", "unseen", "working", "check")


def board(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is open, overdue first; `show` keeps one group of it."""
    mine = store.answers_for(session, viewer.person, now)
    found = listing.open_hazards(session, mine, viewer.person, MOST, now)
    names, held = Names(session, now), listing.at_hand(session, found)
    names.ask(holder for hazard in found if (holder := _holder(hazard)) is not None)
    shots = photos(session, [hazard.id for hazard in found])
    climbs = ladders.of_all(session, [hazard.ref for hazard in found if hazard.state in UNSEEN])
    rows = [
        row(session, hazard, names, now, climbs.get(hazard.ref)) | {"photo": shots.get(hazard.id, "")}
        for hazard in found
    ]
    del held
    rows.sort(key=lambda one: not one["overdue"])
    shown = query.get("show") if query.get("show") in GROUPS else ""
    return {
        "rows": [one for one in rows if not shown or shown in one["groups"]],
        "counts": {group: sum(1 for one in rows if group in one["groups"]) for group in GROUPS},
        "total": len(rows),
        "more": len(rows) == MOST,
        "shown": shown,
    }


def row(
    session: Session, hazard: Hazard, names: Names, now: datetime, ladder: ladders.Ladder | None = None
) -> dict[str, Any]:
    """A danger as a line of the board."""
    overdue = hazard.state is State.ASSIGNED and hazard.due_at is not None and hazard.due_at <= now
    group = "unseen" if hazard.state in UNSEEN else "check" if hazard.state is State.FIXED else "working"
    return {
        "id": hazard.id,
        "kind": hazard.kind.value,
        "words": hazard.said or hazard.words or "",
        "found": hazard.said is not None,
        "place": store.where(session, hazard),
        "severity": int(hazard.severity) if hazard.severity else 0,
        "urgency": hazard.urgency.value if hazard.urgency else "",
        "state": hazard.state.value,
        "topic": hazard.topic or "",
        "who": names.of(_holder(hazard)),
        "due": hazard.due_at.isoformat() if hazard.due_at and hazard.state in DUE else "",
        "overdue": overdue,
        "groups": {group} | ({"overdue"} if overdue else set()),
        "minutes": max(0, int((now - hazard.created_at).total_seconds() // 60)),
        "late": int((now - hazard.due_at).total_seconds() // 60) if overdue and hazard.due_at else 0,
        "anonymous": hazard.anonymous,
        "next_call": _next_call(hazard, ladder),
    }


def _next_call(hazard: Hazard, ladder: ladders.Ladder | None) -> str:
    """When the next rung is called; of a report without a name never, because its minute would tell when it was made."""
    if hazard.anonymous or ladder is None or not ladder.climbing or ladder.next_at is None:
        return ""
    return ladder.next_at.isoformat()


def photos(session: Session, hazards: Sequence[int]) -> dict[int, str]:
    """The first kept photo of each of some dangers, by number."""
    query = select(HazardMediaRow.hazard_id, HazardMediaRow.media).where(
        HazardMediaRow.hazard_id.in_(hazards),
        HazardMediaRow.kind.in_(PICTURES),
        HazardMediaRow.role == MediaRole.BEFORE.value,
        HazardMediaRow.media.is_not(None),
    )
    found: dict[int, str] = {}
    for hazard, ref in session.execute(query.order_by(HazardMediaRow.id)):
        found.setdefault(hazard, (ref or "").removeprefix(PREFIX))
    return found


def _holder(hazard: Hazard) -> int | None:
    """Who has it now: whoever is to fix it, is to have it checked, or has said that they take care."""
    if hazard.state is State.ASSIGNED:
        return hazard.assigned_to
    if hazard.state is State.FIXED:
        return hazard.acknowledged_by or hazard.assigned_by
    return hazard.acknowledged_by if hazard.state is State.ACKNOWLEDGED else None


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


class Names:
    """People's names, each asked for once."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self._known: dict[int, str] = {}

    def ask(self, some: Iterable[int]) -> None:
        """Looks many up in one statement."""
        found = people.persons(self._session, list({*some} - self._known.keys()), self._now)
        self._known |= {id: who.name for id, who in found.items()}

    def of(self, person: int | None) -> str:
        """A name; empty where there is nobody, or nobody any more."""
        if person is None:
            return ""
        if person not in self._known:
            who = people.person(self._session, person, self._now)
            self._known[person] = who.name if who else ""
        return self._known[person]


PAGES = (
    Page("/desk", board, "board", "title_board"),
    Page("/desk/hazards/{id:int}", one, "hazard", "title_hazard", nav=False),
    Page("/media/{ref}", picture, "", "", nav=False),
)
