"""Where somebody is signed in, and where it can be ended: one's own sessions, and for administrators those of others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.onboarding import takeovers
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.web import actions, store
from bot.web.factor import actions as factors
from bot.web.factor import store as factor_store
from bot.web.forms import SESSION
from bot.web.model import WITH_A_ROLE, Going

MINE, OTHERS = "/desk/sessions", "/desk/sessions/people"


def mine(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """One's own sessions, and whether a second factor is set up."""
    found = store.going(session, viewer.person, query[SESSION], now)
    return {
        "rows": [_shown(one) for one in found],
        "has_factor": factor_store.is_set(session, viewer.person),
        "admin": viewer.anywhere(Role.ADMIN),
    }


def end_mine(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Ends one of them, or all. Refused where there is no such session any more."""
    if form.get("do") == "everywhere":
        actions.sign_out_everywhere(session, viewer.person, now)
        return "/login"
    if not actions.sign_out_one(session, viewer.person, str(form.get("mark", ""))[:64], now, by_other=False):
        raise Refused("web.no_such_session")
    return MINE


def others(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The sessions of whoever has a badge, where one is an administrator over them."""
    badge = str(query.get("badge", ""))[:40]
    who = _theirs(session, viewer, badge, now) if badge else None
    found = store.going(session, who.id, query[SESSION], now) if who else []
    return {
        "badge": badge,
        "asked": who is not None and query.get("asked") == "1",
        "name": who.name if who else "",
        "has_factor": who is not None and factor_store.is_set(session, who.id),
        "rows": [_shown(one) for one in found],
    }


def end_theirs(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Ends all of somebody's sessions; or takes away a second factor whose phone is lost, and their sessions with it."""
    badge = str(form.get("badge", ""))[:40]
    who = _theirs(session, viewer, badge, now)
    if who is None:
        raise Refused("web.nobody_of_yours")
    if form.get("do") == "factor":
        if who.id == viewer.person:
            raise Refused("web.not_your_own")
        if not factors.may_remove(session, viewer, who, now):
            raise Refused("web.nobody_of_yours")
        if takeovers.two_for(session, who.id, now):
            factors.ask_to_remove(session, viewer.person, who, now)
            return f"{OTHERS}?badge={quote(who.badge)}&asked=1"
        factors.remove(session, who.id, now, by_other=True)
    actions.sign_out_everywhere(session, who.id, now, by_other=True)
    return f"{OTHERS}?badge={quote(who.badge)}"


def _theirs(session: Session, viewer: Viewer, badge: str, now: datetime) -> Person | None:
    who = people.person_by_badge(session, badge, now)
    return who if who is not None and viewer.holds(Role.ADMIN, who.path) else None


def _shown(one: Going) -> dict[str, Any]:
    return {
        "mark": one.mark, "via": one.via.value, "agent": one.agent, "here": one.here,
        "began": one.began_at.isoformat(), "seen": one.seen_at.isoformat(),
    }  # fmt: skip


PAGES = (
    Page(MINE, mine, "mine", "title_mine", nav=False, also=WITH_A_ROLE, post=end_mine),
    Page(OTHERS, others, "others", "title_others", role="admin", nav=False, post=end_theirs, guarded=True),
)
