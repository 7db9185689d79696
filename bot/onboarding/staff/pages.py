"""People at the desk: who works here, one of them, what changes for them; the doors and the files stand beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.onboarding import rules
from bot.onboarding import store as doors
from bot.onboarding.staff import actions, doors_page, files_page, languages_page, store, taking_in
from bot.onboarding.staff.model import Member, Wished
from bot.people import store as people
from bot.people.company import post_label, post_labels
from bot.people.model import Viewer

MOST = 60
SHOWS = ("", "outside", "leaving", "coming")
HR = ("hr",)


def listing(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Who works here, as far as somebody may see it; searched and sifted."""
    words, show = str(query.get("q", ""))[:60], str(query.get("show", ""))
    found, count = store.found(session, viewer, words, show, now.date(), MOST)
    units = people.labels(session, (each.unit for each in found))
    posts = post_labels(session, (each.post for each in found))
    waiting = doors.waiting_requests(session, now - rules.REQUEST_LASTS)
    return {
        "rows": [_row(each, units, posts) for each in found], "count": count, "more": max(count - len(found), 0),
        "words": words, "show": show if show in SHOWS else "", "shows": SHOWS,
        "may_add": viewer.anywhere(store.CHANGES), "may_import": taking_in.may(session, viewer),
        "asking": sum(doors_page.mine(session, viewer, each, now) is not None for each in waiting),
    }  # fmt: skip


def _row(each: Member, units: Mapping[int, Any], posts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": each.id, "name": each.name, "badge": each.badge, "post": posts[each.post],
        "unit": units.get(each.unit, ""), "inside": each.inside,
        "leaves": each.leaves_on.isoformat() if each.leaves_on else "", "joined": each.joined_on.isoformat(),
    }  # fmt: skip


def person(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """One of them; None for whoever does not lead or look after their unit."""
    today = now.date()
    who = store.member(session, viewer, int(query["id"]), today)
    if who is None:
        return None
    gone = store.away(session, who.id, now)
    shift = people.shifts(session).get(who.shift or "")
    return _row(who, people.labels(session, [who.unit]), post_labels(session, [who.post])) | {
        "title": who.name, "lang": LANGUAGES.get(who.lang, who.lang), "shift": shift.label if shift else "",
        "coming": who.joined_on > today, "may_change": viewer.holds(store.CHANGES, who.path),
        "away": {"until": gone.ends_at.isoformat() if gone.ends_at else ""} if gone else None,
        "history": [
            {"unit": each.unit, "post": post_label(session, each.post), "starts": each.starts.isoformat(),
             "ends": each.ends.isoformat() if each.ends else ""}
            for each in store.history(session, who.id)
        ],
    }  # fmt: skip


# --- forms -------------------------------------------------------------------------------------------------------------


def _choices(session: Session, viewer: Viewer) -> dict[str, Any]:
    units = [unit for unit in people.units(session) if viewer.holds(store.CHANGES, unit.path)]
    return {
        "units": [{"id": unit.id, "label": unit.label, "deep": unit.path.count("/") - 2} for unit in _in_order(units)],
        "posts": [{"code": row.code, "label": dict(row.names or {}) or row.name} for row in store.posts(session)],
        "shifts": [{"code": row.code, "label": dict(row.names or {}) or row.name} for row in store.shifts(session)],
    }  # fmt: skip


def _in_order(units: list[Any]) -> list[Any]:
    """Each before what is below it."""
    return sorted(units, key=lambda unit: [int(part) for part in unit.path.strip("/").split("/")])


def new(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The form for somebody new."""
    who = people.person(session, viewer.person, now)
    own = who.lang if who else "en"
    order = sorted(LANGUAGES, key=lambda lang: lang != own)
    return _choices(session, viewer) | {
        "languages": [{"lang": lang, "name": LANGUAGES[lang]} for lang in order],
        "today": local_date(now, who.zone if who else "UTC").isoformat(),
    }  # fmt: skip


def added(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Adds them. Raises Refused."""
    joined = _day(form.get("joined_on"), "joined_on")
    assert joined is not None
    return f"/desk/people/{actions.add(session, viewer, _wished(form, joined), now)}"


def change(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The forms that change one of them: unit, post, name; last day."""
    who = store.member(session, viewer, int(query["id"]), now.date())
    if who is None or not viewer.holds(store.CHANGES, who.path):
        return None
    return _choices(session, viewer) | {
        "title": who.name, "id": who.id, "name": who.name, "badge": who.badge, "unit": who.unit, "post": who.post,
        "shift": who.shift or "", "leaves": who.leaves_on.isoformat() if who.leaves_on else "",
        "leads": who.id != viewer.person,
    }  # fmt: skip


def changed(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Changes them. Raises Refused."""
    id = int(form["id"])
    if form.get("do") == "leave":
        actions.leave(session, viewer, id, _day(form.get("on"), "on", needed=False), now)
        gone = store.member(session, viewer, id, now.date()) is None
        return "/desk/people" if gone else f"/desk/people/{id}"
    actions.move(session, viewer, id, _wished(form, now.date()), now)
    found = store.member(session, viewer, id, now.date())
    return f"/desk/people/{id}" if found else "/desk/people"


def _wished(form: Mapping[str, Any], joined: date) -> Wished:
    unit, said = (
        str(form.get("unit", "")),
        {name: str(form.get(name, "")) for name in ("badge", "name", "lang", "post")},
    )
    number = int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else -1
    return Wished(
        said["badge"], said["name"], said["lang"], number, said["post"], str(form.get("shift", "")) or None, joined
    )


def _day(value: Any, field: str, needed: bool = True) -> date | None:
    if not value and not needed:
        return None
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        raise Refused("onboarding.staff.bad_day").beside(field) from None


def posts(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The posts of the company, what their holders learn first, and how many of the viewer's people have each."""
    counts = store.counted_by_post(session, viewer, now.date())
    known = {row.code for row in store.posts(session)}
    rows = [
        {"code": row.code, "label": dict(row.names or {}) or row.name, "topics": list(row.topics),
         "count": counts.get(row.code, 0)}
        for row in store.posts(session)
    ]  # fmt: skip
    rows += [
        {"code": code, "label": code, "topics": [], "count": n}
        for code, n in sorted(counts.items())
        if code not in known
    ]
    return {"rows": rows}


PAGES = (
    Page("/desk/people", listing, "listing", "title_listing", also=HR),
    Page("/desk/people/new", new, "new", "title_new", role="hr", nav=False, post=added),
    Page("/desk/people/posts", posts, "posts", "title_posts", nav=False, also=HR),
    Page("/desk/people/{id:int}", person, "person", "title_person", nav=False, also=HR),
    Page("/desk/people/{id:int}/change", change, "change", "title_person", role="hr", nav=False, post=changed),
    *doors_page.PAGES,
    *files_page.PAGES,
    *languages_page.PAGES,
)
