"""Files of scores on the dashboard: having one made, how far it is, fetching it; issuing a period, and what was issued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment.issuing import actions, store
from bot.assessment.issuing.model import Export, Format
from bot.assessment.scores import looking, rules
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.replies import Media
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Person, Viewer

MOST = 20
PERIODS = ("m0", "m1", "q0", "q1", "y0", "y1")


def listing(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What was asked for and issued, and what can be."""
    return {
        "units": [{"id": unit.id, "name": unit.label} for unit in store.units(session, viewer)],
        "formats": [each.value for each in Format], "periods": PERIODS,
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


def make(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Begins a file, or issues a period; sent twice it is begun once. Raises Refused as `/scores` does."""
    who, unit, code = people.person(session, viewer.person, now), str(form.get("unit", "")), str(form.get("period"))
    period = rules.period_of(code, local_date(now, who.zone)) if who is not None and code in PERIODS else None
    number = int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else 0
    if who is None or period is None or form.get("format") not in list(Format):
        raise Refused("assessment.issuing.not_yours")
    format = Format(str(form["format"]))
    if format is Format.ISSUE and form.get("sure") != "yes":
        raise Refused("assessment.issuing.not_sure")
    key = f"page:{who.id}:{number}:{code}:{format.value}:{now:%Y%m%d%H%M}"
    if not store.asked_before(session, key):
        actions.begin(session, who, number, period, format, who.lang, key, now)
    return "/desk/files"


def report(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The report of one person was begun by `report_begun`; here it is only said."""
    return {} if _whose(session, viewer, query, now) is not None else None


def report_begun(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> None:
    """Begins the report of one person, once a minute; they are told as with every look at their score."""
    found = _whose(session, viewer, query, now)
    if found is not None:
        who, whom, code = found
        period = rules.period_of(code, local_date(now, whom.zone))
        assert period is not None
        key = f"page:{who.id}:of:{whom.id}:{code}:{now:%Y%m%d%H%M}"
        if not store.asked_before(session, key):
            actions.begin_of(session, who, whom, period, key, now)


def _whose(
    session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime
) -> tuple[Person, Person, str] | None:
    who, whom = people.person(session, viewer.person, now), people.person(session, int(query["id"]), now)
    code = str(query["period"])
    if who is None or whom is None or code not in PERIODS or not looking.may_look(session, viewer, whom.path):
        return None
    return who, whom, code


PAGES = (
    Page(
        "/desk/files",
        listing,
        "listing",
        "title_listing",
        role="hr",
        nav=False,
        live=("assessment.issuing",),
        post=make,
    ),
    Page(
        "/desk/scores/{id:int}/{period}/pdf", report, "asked", "title_listing", role="hr", nav=False, noted=report_begun
    ),
    Page("/desk/files/{id:int}", file, "", "", role="hr", nav=False, guarded=True),
    Page("/desk/issued/{id:int}", snapshot, "", "", role="hr", nav=False, guarded=True),
)
