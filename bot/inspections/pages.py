"""Inspections on the dashboard: what was done and missed, one with its answers and signs, and the draws. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.inspections import looking, rules, showing, store, walks
from bot.inspections.model import Answer, Item, State
from bot.inspections.tables import InspectionPhotoRow, InspectionRow, SpotDrawRow, SpotRuleRow
from bot.kit.clock import local_date
from bot.kit.replies import Media
from bot.kit.room import Page
from bot.media.store import PREFIX
from bot.people import speaking
from bot.people.model import Role, Viewer

PER_PAGE = 50
SHOWN = {
    "": (State.DONE, State.MISSED, State.RUNNING),
    "done": (State.DONE,), "missed": (State.MISSED,), "running": (State.RUNNING,),
}  # fmt: skip
"""What is only drawn and not yet due is never shown: a random check is not announced."""


def board(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The inspections of the units that somebody leads, the newest first; `show` keeps one state, `page` turns."""
    paths = viewer.paths(Role.SUPERVISOR)
    shown = query.get("show") if query.get("show") in SHOWN else ""
    page = int(query["page"]) if str(query.get("page", "")).isdecimal() and len(str(query["page"])) < 5 else 0
    found = store.board(session, paths, SHOWN[shown or ""], PER_PAGE + 1, page * PER_PAGE)
    ids = [each.id for each in found[:PER_PAGE]]
    noted = select(InspectionRow.id, InspectionRow.signs).where(InspectionRow.id.in_(ids))
    seen = {id: signs or [] for id, signs in session.execute(noted)}
    rows = []
    for each in found[:PER_PAGE]:
        walk = walks.walk(session, each.id)
        assert walk is not None
        mine = each.person == viewer.person
        rows.append(_row(session, walk, now) | {"signs": [] if mine else seen.get(each.id, [])})
    return {
        "rows": rows,
        "shown": shown or "",
        "page": page,
        "more": len(found) > PER_PAGE,
        "draws": draws(session, paths, now),
    }


def _row(session: Session, found: walks.Walk, now: datetime) -> dict[str, Any]:
    on = found.on
    return showing.line(session, on) | {
        "who": store.name(session, on.person, now), "counts": showing.counts(found), "late": on.missed_at is not None,
        "at": (on.done_at or on.started_at or on.due_at).isoformat(),
    }  # fmt: skip


def draws(session: Session, paths: tuple[str, ...], now: datetime, most: int = 10) -> list[dict[str, Any]]:
    """The draws of weeks that are over, with the seed: whoever has it can draw again and gets the same."""
    query = select(SpotDrawRow, SpotRuleRow).join(SpotRuleRow, SpotRuleRow.id == SpotDrawRow.rule_id)
    query = query.where(speaking.under(SpotRuleRow.path, paths)).order_by(SpotDrawRow.id.desc()).limit(most * 2)
    made = []
    for row, rule in session.execute(query).all():
        if row.week >= rules.week_of(local_date(now, store.zone(session, rule.unit_id))):
            continue
        again = rules.draw(row.seed, row.slots, rule.per_week)
        kept = store.checklist(session, rule.checklist_id)
        made.append(
            {"week": row.week, "seed": row.seed, "of": len(row.slots), "drawn": list(row.drawn), "same": again == row.drawn,
             "unit": store.where(session, rule.unit_id, None), "title": dict(kept.title) if kept else {}}
        )  # fmt: skip
    return made[:most]


def one(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """An inspection; None for another's and for one that is not there or not yet begun."""
    found = walks.walk(session, int(query["id"]))
    if found is None or not viewer.holds(Role.SUPERVISOR, found.on.path) or found.on.state is State.DUE:
        return None
    seen = looking.signs_of(session, found) if looking.may_see_signs(session, viewer.person, found, now) else []
    photos: dict[str, list[str]] = {}
    for row in store.photos(session, found.on.id):
        if row.media:
            photos.setdefault(row.item, []).append(row.media.removeprefix(PREFIX))
    items = [_item(item, found.answers.get(item.code), photos.get(item.code, [])) for item in found.list.items]
    return {"title": found.on.id, "on": _row(session, found, now), "items": items, "signs": seen}


def _item(item: Item, said: Answer | None, photos: list[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {"words": dict(item.words), "photos": photos}
    if said is None:
        return shown | {"outcome": "", "value": "", "note": "", "seconds": None, "gone": None}
    return shown | {
        "outcome": said.outcome.value, "value": showing.value(item, said), "note": said.note or "",
        "seconds": round(said.seconds, 1), "gone": said.gone,
    }  # fmt: skip


def photo(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Media | None:
    """A photo of an inspection, for whoever leads there."""
    ref = f"{PREFIX}{query['ref']}"
    kept = select(InspectionPhotoRow.id).join(InspectionRow, InspectionRow.id == InspectionPhotoRow.inspection_id)
    mine = kept.where(
        InspectionPhotoRow.media == ref, speaking.under(InspectionRow.path, viewer.paths(Role.SUPERVISOR))
    )
    return Media("photo", ref) if session.scalar(mine.limit(1)) is not None else None


PAGES = (
    Page("/desk/inspections", board, "board", "title_board", guests=True),
    Page("/desk/inspections/{id:int}", one, "one", "title_one", nav=False, guests=True),
    Page("/desk/inspections/photos/{ref}", photo, "", "", nav=False, guests=True),
)
