"""Files of scores on the dashboard: how far they are, fetching them, having one sent into the chat; what was issued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment.issuing import actions, store
from bot.assessment.issuing.model import Export, Format
from bot.assessment.scores import rules
from bot.kit.clock import local_date
from bot.kit.replies import Media
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Viewer

MOST = 20
PERIODS = ("m0", "m1", "q0", "q1", "y0", "y1")


def listing(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What was asked for and issued, and what can be."""
    return {
        "units": [{"id": unit.id, "name": unit.label} for unit in store.units(session, viewer)],
        "formats": [each.value for each in Format if each is not Format.ISSUE], "periods": PERIODS,
        "exports": [_line(session, each) for each in store.exports_of(session, viewer.person, MOST)],
        "issued": [
            {"id": each.id, "starts": each.starts.isoformat(), "ends": each.ends.isoformat(), "people": each.people,
             "version": each.version, "sha": each.sha256, "at": each.at, "unit": _unit(session, each.unit),
             "by": named.name if (named := people.person(session, each.by, now)) else "–"}
            for each in store.snapshots(session, viewer, MOST)
        ],
    }  # fmt: skip


def _line(session: Session, each: Export) -> dict[str, Any]:
    return {
        "id": each.id, "format": each.format.value, "state": each.state.value, "done": each.done, "of": len(each.people),
        "starts": each.starts.isoformat(), "ends": each.ends.isoformat(), "unit": _unit(session, each.unit),
        "there": each.media is not None,
    }  # fmt: skip


def _unit(session: Session, id: int | None) -> Any:
    unit = people.unit(session, id) if id is not None else None
    return unit.label if unit else ""


def file(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Media | None:
    """A file that is there, for whoever asked for it."""
    found = store.export(session, int(query["id"]))
    if found is None or found.by != viewer.person or found.media is None or not actions.may_go_on(session, found, now):
        return None
    return Media("document", found.media)


def snapshot(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Media | None:
    """What was issued, as it was signed."""
    found = store.snapshot(session, int(query["id"]))
    if found is None or not actions.may_see(session, viewer.person, found, now):
        return None
    return Media("document", found.media)


def asked(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """It was begun by `begun`; here it is only said."""
    return {} if _wanted(session, viewer, query, now) is not None else None


def begun(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> None:
    """Begins a file, once a minute: a page that is opened again makes no other one."""
    wanted = _wanted(session, viewer, query, now)
    if wanted is not None:
        who, unit, code, format = wanted
        period = rules.period_of(code, local_date(now, who.zone))
        assert period is not None
        key = f"page:{who.id}:{unit}:{code}:{format}:{now:%Y%m%d%H%M}"
        if not store.asked_before(session, key):
            actions.begin(session, who, unit, period, Format(format), who.lang, key, now)


def _wanted(
    session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime
) -> tuple[Any, int, str, str] | None:
    who = people.person(session, viewer.person, now)
    unit, code, format = int(query["unit"]), str(query["period"]), str(query["format"])
    ok = who is not None and code in PERIODS and format in {each.value for each in Format if each is not Format.ISSUE}
    if not ok or who is None or unit not in {each.id for each in store.units(session, viewer)}:
        return None
    return who, unit, code, format


PAGES = (
    Page("/desk/files", listing, "listing", "title_listing", role="hr", nav=False),
    Page("/desk/files/{id:int}", file, "", "", role="hr", nav=False),
    Page("/desk/issued/{id:int}", snapshot, "", "", role="hr", nav=False),
    Page(
        "/desk/files/{unit:int}/{period}/{format}", asked, "asked", "title_listing", role="hr", nav=False, noted=begun
    ),
)
