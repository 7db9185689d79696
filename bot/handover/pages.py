"""Absences at the desk: human resources note that somebody is away, or is back; roles are lent as in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.handover import actions, store
from bot.handover.model import Until
from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Person, Role, Viewer

NOTES = Role.HR


def _theirs(session: Session, viewer: Viewer, id: int, now: datetime) -> Person | None:
    who = people.person(session, id, now)
    ok = who is not None and who.left_on is None and viewer.holds(NOTES, who.path)
    return who if ok else None


def beside(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """On the page of a person: the way to their absence."""
    who = _theirs(session, viewer, int(query["id"]), now)
    return None if who is None else {"id": who.id, "away": people.deputy(session, who.id, now) is not None}


def absence(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The form; None for whoever does not look after this person."""
    who = _theirs(session, viewer, int(query["id"]), now)
    if who is None:
        return None
    deputy = people.deputy(session, who.id, now)
    stands_in = people.person(session, deputy, now) if deputy else None
    return {
        "title": who.name, "id": who.id, "name": who.name, "away": deputy is not None,
        "deputy": stands_in.name if stands_in else "", "untils": [each.value for each in Until],
        "colleagues": [{"id": each.id, "name": each.name} for each in store.colleagues(session, who, now, most=100)],
    }  # fmt: skip


def noted(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Notes it. Raises Refused."""
    who = _theirs(session, viewer, int(form["id"]), now)
    if who is None:
        raise Refused("handover.not_your_people")
    if form.get("do") == "back":
        actions.come_back(session, who.id, now)
    else:
        word, deputy = str(form.get("until", "")), str(form.get("deputy", ""))
        if word not in tuple(Until):
            raise Refused("handover.which_until").beside("until")
        stands_in = int(deputy) if deputy.isascii() and deputy.isdigit() and len(deputy) < 10 else None
        actions.go_away(session, who.id, Until(word), stands_in, now)
    return f"/desk/people/{who.id}"


PAGES = (
    Page("/desk/people/{id:int}", beside, "absence_beside", "title_absence", role="hr", nav=False),
    Page("/desk/people/{id:int}/away", absence, "absence", "title_absence", role="hr", nav=False, post=noted),
)
