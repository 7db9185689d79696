"""Visits on the dashboard for whoever answers for safety; and what a guest may read, without signing in, until its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.inspections import store as inspections
from bot.inspections.visits import guests, showing, store
from bot.inspections.visits.model import Found, Visit
from bot.inspections.visits.tables import VisitEvidenceRow, VisitRow
from bot.kit.replies import Media
from bot.kit.room import Page
from bot.media.store import PREFIX
from bot.people.model import Role, Viewer

PICTURES = (".jpg", ".png")


def listing(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The visits to the units that somebody answers for."""
    return {
        "rows": [showing.line(session, each) for each in store.visits(session, viewer.paths(Role.SAFETY_OFFICER), 100)]
    }


def one(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """A visit with its findings, files, and every view of its guests."""
    on = store.visit(session, int(query["id"]), viewer.paths(Role.SAFETY_OFFICER))
    if on is None:
        return None
    links = [
        {"number": row.id, "state": guests.state_of(row, now), "until": row.ends_at.isoformat(),
         "views": [{"at": view.at.isoformat(), "what": view.what} for view in store.views(session, row.id)[-20:]]}
        for row in store.links(session, on.id)
    ]  # fmt: skip
    made = _whole(session, on, f"/desk/visits/{on.id}/files")
    for shown, found in zip(made["findings"], store.findings(session, on.id), strict=True):
        shown["owner"] = inspections.name(session, found.owner, now)
    return made | {
        "title": on.id,
        "links": links,
        "pack": f"/desk/visits/{on.id}/pack" if store.pack(session, on.id) else "",
    }


def _whole(session: Session, on: Visit, files: str) -> dict[str, Any]:
    """A visit as both see it: nothing of who the people are."""
    return {
        "on": showing.line(session, on), "jurisdiction": on.jurisdiction, "scope": on.scope,
        "findings": [_finding(session, each, files) for each in store.findings(session, on.id)],
    }  # fmt: skip


def _finding(session: Session, found: Found, files: str) -> dict[str, Any]:
    evidence = [
        {"href": f"{files}/{row.id}", "name": row.name, "kind": row.kind, "picture": row.media.endswith(PICTURES)}
        for row in store.evidence(session, found.visit, found.id)
        if row.media
    ]
    notes = [
        {
            "kind": row.kind,
            "words": row.words,
            "at": row.at.isoformat(),
            "due": row.due_at.isoformat() if row.due_at else "",
        }
        for row in store.notes(session, found.id)
    ]
    place = inspections.where(session, 0, found.place) if found.place else ""
    return showing.short(found) | {
        "words": found.words,
        "clause": found.clause,
        "place": place,
        "files": evidence,
        "notes": notes,
        "owner": "",
    }


def _file(session: Session, visit: int, id: int) -> Media | None:
    query = select(VisitEvidenceRow).where(VisitEvidenceRow.id == id, VisitEvidenceRow.visit_id == visit)
    row = session.scalar(query)
    return Media("document", row.media, row.name) if row is not None and row.media else None


def file(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Media | None:
    """A file of a visit, for whoever answers for safety there."""
    on = store.visit(session, int(query["id"]), viewer.paths(Role.SAFETY_OFFICER))
    return _file(session, on.id, int(query["file"])) if on is not None else None


def pack(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Media | None:
    """The newest evidence pack of a visit."""
    on = store.visit(session, int(query["id"]), viewer.paths(Role.SAFETY_OFFICER))
    made = store.pack(session, on.id) if on is not None else None
    return Media("document", made.media) if made is not None and made.media.startswith(PREFIX) else None


# --- guests -----------------------------------------------------------------------------------------------------------


def _visited(session: Session, query: Mapping[str, Any], now: datetime) -> Visit | None:
    """The one visit that a link opens now; None where it opens nothing."""
    link = guests.link_of(session, query)
    if link is None or guests.state_of(link, now) != "open":
        return None
    row = session.get(VisitRow, link.visit_id)
    return store.as_visit(row) if row else None


def guest(session: Session, viewer: None, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What a guest reads: one visit. A link that is over, or that nobody knows, says so."""
    link = guests.link_of(session, query)
    if link is None:
        return {"state": "unknown", "until": "", "visit": None, "pack": "", "clock": ""}
    state, on = guests.state_of(link, now), _visited(session, query, now)
    base, zone = f"/guest/{query['secret']}", inspections.zone(session, on.unit) if on is not None else "UTC"
    return {
        "zone": zone, "clock": zone,  # deadlines are days of the place, wherever a guest's browser is
        "state": state, "until": link.ends_at.isoformat(),
        "visit": _whole(session, on, f"{base}/files") if on is not None else None,
        "pack": f"{base}/pack" if on is not None and store.pack(session, on.id) else "",
    }  # fmt: skip


def guest_file(session: Session, viewer: None, query: Mapping[str, Any], now: datetime) -> Media | None:
    """A file of the one visit that a link opens."""
    on = _visited(session, query, now)
    return _file(session, on.id, int(query["id"])) if on is not None else None


def guest_pack(session: Session, viewer: None, query: Mapping[str, Any], now: datetime) -> Media | None:
    """The newest evidence pack of the one visit that a link opens."""
    on = _visited(session, query, now)
    made = store.pack(session, on.id) if on is not None else None
    return Media("document", made.media) if made is not None else None


def _noted(what: str) -> Any:
    def note(session: Session, query: Mapping[str, Any], now: datetime) -> None:
        guests.note_view(session, {**query, "what": what}, now)

    return note


PAGES = (
    Page("/desk/visits", listing, "listing", "title_listing", role="safety_officer"),
    Page("/desk/visits/{id:int}", one, "one", "title_one", role="safety_officer", nav=False),
    Page("/desk/visits/{id:int}/files/{file:int}", file, "", "", role="safety_officer", nav=False),
    Page("/desk/visits/{id:int}/pack", pack, "", "", role="safety_officer", nav=False),
    Page("/guest/{secret}", guest, "guest", "title_guest", nav=False, public=True, noted=_noted("page")),
    Page("/guest/{secret}/files/{id:int}", guest_file, "", "", nav=False, public=True, noted=_noted("file")),
    Page("/guest/{secret}/pack", guest_pack, "", "", nav=False, public=True, noted=_noted("pack")),
)
