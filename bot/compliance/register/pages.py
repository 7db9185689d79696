"""The legal register on the dashboard: what is due, changed or not met, and all of it. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance.register import store
from bot.kit.room import Page
from bot.people import speaking as whom
from bot.people.model import Role, Viewer

PER_PAGE = 100


def register(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The entries that hold where somebody leads; `show` keeps one list, `page` turns."""
    paths = viewer.paths(Role.SUPERVISOR)
    shown = str(query.get("show")) if query.get("show") in store.LISTED else ""
    page = int(query["page"]) if str(query.get("page", "")).isdecimal() and len(str(query["page"])) < 4 else 0
    found = store.laws(session, paths, now, shown, PER_PAGE + 1, page * PER_PAGE)
    rows = [
        {"code": each.code, "title": dict(each.title), "jurisdiction": each.jurisdiction, "version": each.version,
         "since": each.effective_on.isoformat() if each.effective_on else "", "source": each.source,
         "owner": whom.name(session, each.owner, now), "outcome": each.outcome.value if each.outcome else "",
         "late": each.look_at <= now or each.evaluate_at <= now or each.stirred_at is not None,
         "flags": len(store.flags(session, each.id)), "look_at": each.look_at.isoformat()}
        for each in found[:PER_PAGE]
    ]  # fmt: skip
    return {
        "rows": rows,
        "counts": store.counts(session, paths, now),
        "shown": shown,
        "more": len(found) > PER_PAGE,
        "page": page,
    }


PAGES = (Page("/desk/register", register, "register", "title_register", guests=True),)
