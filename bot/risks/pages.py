"""The register on the dashboard: the list with its map; one risk with its controls and what was found. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.kit.replies import Media
from bot.kit.risk import Colour
from bot.kit.room import Page
from bot.ledger import store as ledger
from bot.media.store import PREFIX
from bot.people.model import Role, Viewer
from bot.risks import mapping, model, rules, showing, store
from bot.risks.mapping import Grid
from bot.risks.model import Method
from bot.risks.tables import RiskCheckRow, RiskControlRow, RiskRow

PER_PAGE = 50
MOST_PLACES = 40
STORY = tuple(
    kind.name
    for kind in (
        model.IDENTIFIED, model.RATED, model.CONTROL_ADDED, model.CONTROL_PLACED, model.CONTROL_RETIRED, model.CLOSED,
        model.REOPENED, model.ALARMED, model.CALMED, model.ACKNOWLEDGED, model.CLIMBED, model.CONTROL_NOT_IN_PLACE,
    )
)  # fmt: skip


def register(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The risks of the units that somebody leads, the worst first; `show` keeps one colour, `page` turns."""
    paths = viewer.paths(Role.SUPERVISOR)
    shown = query.get("show") if query.get("show") in showing.FILTERS else ""
    page = int(query["page"]) if str(query.get("page", "")).isdecimal() and len(str(query["page"])) < 5 else 0
    found = store.risks(session, paths, PER_PAGE + 1, colour=shown or None, skip=page * PER_PAGE)
    counts, held = store.counts(session, paths), store.at_hand(session, (each for each, _ in found))
    rows = [_row(session, each, kept, now) for each, kept in found[:PER_PAGE]]
    del held
    return {
        "rows": rows,
        "counts": counts, "total": sum(counts[key] for key in (*Colour, "unrated")), "shown": shown or "", "page": page,
        "more": len(found) > PER_PAGE,
        "grids": [_grid(made) for method in Method if (made := mapping.grid(session, paths, method)) is not None],
        "spots": [
            {"name": s.name, "unit": s.unit, "by": s.by, "key": s.key} for s in mapping.spots(session, paths, MOST_PLACES)
        ],
        "bands": [{"method": method.value, "bands": showing.bands(method)} for method in Method],
    }  # fmt: skip


def _row(session: Session, each: model.Risk, kept: tuple[model.Control, ...], now: datetime) -> dict[str, Any]:
    live = [one for one in kept if one.held is model.Held.IN_PLACE and one.due_at is not None]
    due = min((one.due_at for one in live if one.due_at is not None), default=None)
    return showing.line(session, each, kept) | {
        "step": dict(each.step), "number": each.number, "standing": each.standing.value,
        "inherent": each.inherent_colour.value if each.inherent_colour else "",
        "placed": sum(one.held is model.Held.IN_PLACE for one in kept), "all": len(kept),
        "due": due.isoformat() if due else "", "late": int((now - due).total_seconds() // 60) if due and due < now else 0,
    }  # fmt: skip


def _grid(found: Grid) -> dict[str, Any]:
    rows = [
        {"likelihood": f"{likelihood:g}", "cells": [
            {"n": c.n, "colour": c.colour.value if c.colour else "", "grade": c.colour.grade if c.colour else ""} for c in row
        ]}
        for likelihood, row in zip(found.likelihoods, found.rows, strict=True)
    ]  # fmt: skip
    return {
        "method": found.method.value, "consequences": [f"{each:g}" for each in found.consequences], "rows": rows[::-1],
    }  # fmt: skip


def one(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """A risk; None for another's and for one that is not there."""
    found = store.risk(session, int(query["id"]))
    if found is None or not viewer.holds(Role.SUPERVISOR, found.path):
        return None
    kept = store.controls_of(session, found.id)
    checks = store.checks_of(session, found.id)
    named = select(RiskControlRow.id, RiskControlRow.words).where(RiskControlRow.risk_id == found.id)
    words = {row.id: row.words for row in session.execute(named)}
    began = session.scalar(select(RiskRow.created_at).where(RiskRow.id == found.id)) or now
    return {
        "title": found.id, "risk": _row(session, found, kept, now), "owner": store.name(session, found.owner, now),
        "alarmed": found.alarmed_at.isoformat() if found.alarmed_at else "",
        "inherent": showing.rating(found.inherent), "residual": showing.rating(found.residual),
        "controls": [showing.control(session, each, now) for each in kept], "key": store.is_key_place(session, found.place),
        "bands": showing.bands((found.inherent or model.Rating(Method.LEC, ())).method),
        "checks": [
            {"at": c.at.isoformat(), "who": store.name(session, c.person_id, now), "in_place": c.in_place, "note": c.note or "",
             "photo": (c.media or "").removeprefix(PREFIX), "control": words.get(c.control_id, {})}
            for c in checks
        ],
        "missing": rules.why_not_closed(found, kept) or "",
        "story": [
            {"kind": f.kind, "at": f.at.isoformat(), "name": store.name(session, f.person, now), "body": dict(f.body)}
            for f in ledger.about(session, "risk", found.id, STORY, began)
        ],
    }  # fmt: skip


def photo(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Media | None:
    """A photo of a check, for whoever leads there."""
    paths = viewer.paths(Role.SUPERVISOR)
    ref = f"{PREFIX}{query['ref']}"
    kept = (
        select(RiskCheckRow.id)
        .join(RiskControlRow, RiskControlRow.id == RiskCheckRow.control_id)
        .join(RiskRow, RiskRow.id == RiskControlRow.risk_id)
        .where(RiskCheckRow.media == ref, store.under(paths))
    )
    return Media("photo", ref) if session.scalar(kept.limit(1)) is not None else None


def alarms(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """On the first page: what counts as red because nobody confirmed it; nothing where all is confirmed."""
    found = store.risks(session, viewer.paths(Role.SUPERVISOR), 20, colour="alarmed")
    if not found:
        return None
    held = store.at_hand(session, (each for each, _ in found))
    rows = [_row(session, each, kept, now) for each, kept in found]
    del held
    since = {each.id: each.alarmed_at.isoformat() for each, _ in found if each.alarmed_at}
    return {"rows": rows, "since": since}


PAGES = (
    Page("/desk", alarms, "alarms", "title_alarms"),
    Page("/desk/risks", register, "register", "title_register", guests=True),
    Page("/desk/risks/{id:int}", one, "risk", "title_risk", nav=False, guests=True),
    Page("/desk/risks/photos/{ref}", photo, "", "", nav=False, guests=True),
)
