"""The doors at the desk: who is not in yet, a link for one of them, who asks to come in, posters to hang up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.i18n.say import say
from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.kit.texts import Text
from bot.onboarding import access, joining, posters, takeovers
from bot.onboarding import store as doors
from bot.onboarding.rules import INVITE_LASTS, REQUEST_LASTS, may_admit
from bot.people import company
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.people.tables import JoinRequestRow, PosterRow

MOST = 40
LEADS = Role.SUPERVISOR


def mine(session: Session, viewer: Viewer, asked: JoinRequestRow, now: datetime) -> Person | None:
    """Whom a request is for, where this viewer may let them in."""
    who = people.person(session, asked.person_id, now) if asked.person_id else None
    them = people.viewer(session, who.id, now) if who else None
    return who if who is not None and them is not None and may_admit(viewer, them) else None


def joining_page(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Who asks to come in, and who is not in yet."""
    asked = [(each, mine(session, viewer, each, now)) for each in doors.waiting_requests(session, now - REQUEST_LASTS)]
    outside = doors.not_joined(session, viewer.paths(LEADS), now, most=None)
    units = {unit.id: unit.label for unit in people.units(session)}
    return {
        "asking": [
            {"id": each.id, "name": who.name, "badge": who.badge, "unit": units.get(who.unit, ""),
             "at": each.created_at.isoformat(),
             "again": doors.open_chat(session, who.id) is not None}
            for each, who in asked if who is not None
        ],
        "outside": [
            {"id": who.id, "name": who.name, "badge": who.badge, "unit": units.get(who.unit, "")} for who in outside[:MOST]
        ],
        "count": len(outside), "more": max(len(outside) - MOST, 0),
    }  # fmt: skip


def joined(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Decides a request, or makes a link. Raises Refused."""
    id = _number(form.get("id"))
    if form.get("do") == "invite":
        access.invite_at_desk(session, viewer, id, now)
        return f"/desk/people/{id}/link"
    reply = joining.decide(session, viewer.person, id, form.get("do") == "yes", now)
    if isinstance(reply.toast, Text) and reply.toast.key == "onboarding.decided_already":
        raise Refused(reply.toast.key, **reply.toast.params)
    return "/desk/people/joining"


def link(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The link that this viewer made for somebody, with its QR, as long as it opens a door."""
    who = people.person(session, int(query["id"]), now)
    found = access.shown_invite(session, viewer.person, int(query["id"]), now)
    if who is None or found is None or not viewer.holds(LEADS, who.path):
        return None
    url, until = found
    return {
        "title": who.name, "id": who.id, "badge": who.badge, "url": url, "qr": access.qr_svg(url),
        "until": until.isoformat(), "hours": int(INVITE_LASTS.total_seconds() // 3600),
        "two": takeovers.two_for(session, who.id, now),
    }  # fmt: skip


def posters_page(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The posters that hang, and the units for which one can be made."""
    found = posters.hanging(session, viewer.person, now)[: posters.MOST]
    rows = {each.id: session.get(PosterRow, each.id) for each in found}
    units = [unit for unit in people.units(session) if viewer.holds(LEADS, unit.path)]
    return {
        "rows": [
            {"id": each.id, "unit": each.unit.label, "at": each.made_at.isoformat(),
             "prints": (row := rows[each.id]) is not None and access.shown_poster(session, row) is not None}
            for each in found
        ],
        "units": [{"id": unit.id, "label": unit.label} for unit in units],
    }  # fmt: skip


def postered(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Makes a poster, or takes one down. Raises Refused."""
    if form.get("do") == "down":
        posters.take_down(session, viewer.person, _number(form.get("id")), now)
        return "/desk/people/posters"
    return f"/desk/people/posters/{access.poster_at_desk(session, viewer, _number(form.get('unit')), now)}"


def poster(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """A poster to print, in the languages that people of its unit read."""
    row = session.get(PosterRow, int(query["id"]))
    unit = people.unit(session, row.unit_id) if row else None
    url = access.shown_poster(session, row) if row else None
    if unit is None or url is None or not viewer.holds(LEADS, unit.path):
        return None
    read = company.languages(session, now, [unit.path])
    spoken = sorted(read, key=lambda lang: (-read[lang], lang)) or [unit.language]
    return {
        "title": unit.label, "id": int(query["id"]), "url": url, "qr": access.qr_svg(url),
        "lines": [
            {"lang": lang, "head": str(say("onboarding.staff.poster_title", lang)),
             "words": str(say("onboarding.staff.poster_how", lang))}
            for lang in spoken
        ],
    }  # fmt: skip


def _number(value: Any) -> int:
    given = str(value or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


PAGES = (
    Page("/desk/people/joining", joining_page, "joining", "title_joining", nav=False, post=joined),
    Page("/desk/people/{id:int}/link", link, "link", "title_person", nav=False),
    Page("/desk/people/posters", posters_page, "posters", "title_posters", nav=False, post=postered),
    Page("/desk/people/posters/{id:int}", poster, "poster", "title_poster", nav=False),
)
