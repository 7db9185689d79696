"""Musters on the dashboard: those that run, starting one, and one with its counts, its roll-call and what leads it.

What a form asks for goes through the actions of the chat: the same rights, the same refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.emergencies.muster import actions, curve, rules, showing, store
from bot.emergencies.muster.model import Answer, Muster
from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Role, Viewer
from bot.people.rules import MOST_CHOICES, choices

EACH_PAGE = 60
MOST_WORDS = 1500
LIVE = ("emergencies.muster",)


def musters(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The newest musters where somebody leads, and where one can be started."""
    paths = viewer.paths(Role.SUPERVISOR)
    if not paths:
        return None
    found = store.under(session, paths)
    units = people.labels(session, (each.unit for each in found))
    rows = [
        {
            "id": each.id, "unit": units.get(each.unit, ""), "real": each.real, "open": each.open,
            "at": each.started_at.isoformat(), "counts": showing.as_json(store.total(store.by_unit(session, each.id))),
        }
        for each in found
    ]  # fmt: skip
    return {"rows": rows}


# --- starting one ------------------------------------------------------------------------------------------------------


def starting(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """First where, whom and whether it is real; then the same once more with how many are called, and the key that begins it."""
    led = [unit for unit in people.units(session) if viewer.holds(Role.SUPERVISOR, unit.path)]
    if not led:
        return None
    find = str(query.get("find", "")).strip()[:60]
    chosen = next((unit for unit in led if str(unit.id) == query.get("unit")), None)
    asked = chosen is not None and query.get("kind") in ("drill", "real")
    running = asked and any(each.open and each.unit == chosen.id for each in store.under(session, (chosen.path,)))  # type: ignore[union-attr]
    return {
        "units": [{"id": u.id, "name": u.label, "depth": u.path.count("/")} for u in choices(led, find)], "find": find,
        "many": len(led) > MOST_CHOICES,
        "unit": chosen.id if chosen else 0, "name": chosen.label if chosen else "", "asked": asked,
        "real": query.get("kind") == "real", "everybody": query.get("whom") == "everybody", "runs": running,
        "people": store.phones(session, chosen.path, now) if asked and chosen else (0, 0),
    }  # fmt: skip


def start(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Begins it. Raises Refused where one runs, where it was not confirmed, and to others than who leads there."""
    unit = str(form.get("unit", ""))
    if form.get("sure") != "yes" or form.get("kind") not in ("drill", "real") or not _number(unit):
        raise Refused("emergencies.muster.t_not_sure")
    everybody = form.get("whom") == "everybody"
    found = actions.start(session, viewer, int(unit), form["kind"] == "real", everybody, now)
    return f"/desk/musters/{found.id}"


# --- one of them, in three parts: what is typed in one does not hold up the others -------------------------------------


def muster(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """Its counts, whole and by unit; None for whoever leads nothing there."""
    found = _theirs(session, viewer, query)
    if found is None:
        return None
    counts = store.by_unit(session, found.id)
    parts = showing.by_part(found, people.open_paths(session), counts)
    units = people.labels(session, [found.unit, *(id for id, _ in parts)])
    # how fast is for the report: while it goes on nobody asks, and everybody's board would have to be counted for it
    whole, seconds = store.total(counts), [] if found.open else store.seconds(session, found)
    times = rules.times(seconds, whole.roster)
    minutes = ((found.closed_at or now) - found.started_at).total_seconds() / 60
    return {
        "title": units.get(found.unit, ""), "real": found.real, "open": found.open,
        "at": found.started_at.isoformat(), "ended_at": found.closed_at.isoformat() if found.closed_at else "",
        "counts": showing.as_json(whole), "round": found.round, "planned": found.planned,
        "half": times.half, "most": times.most, "last": times.last,
        "parts": [
            {"name": units.get(id, ""), "guests": id == store.GUESTS} | showing.as_json(each)
            for id, each in parts
        ],
        "curve": curve.line(seconds, whole.roster, minutes) if not found.open else None, "minutes": minutes,
    }  # fmt: skip


def roll(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """Who is not accounted for, as far as somebody may say how they are."""
    found = _theirs(session, viewer, query)
    if found is None:
        return None
    page = int(query["page"]) if _number(str(query.get("page", ""))) else 0
    missing = store.missing(session, viewer, found, page * EACH_PAGE, EACH_PAGE + 1)
    units = people.labels(session, (each.unit for each in missing))
    shown = sorted(missing[:EACH_PAGE], key=lambda each: (each.state, each.phone, each.unit, each.name))
    return {
        "id": found.id, "open": found.open, "page": page, "more": len(missing) > EACH_PAGE,
        "missing": [
            {
                "which": f"p{each.person}" if each.person is not None else f"g{each.guest}",
                "name": each.name if each.guest is None or each.name not in ("visitor", "contractor") else "",
                "guest": each.guest is not None, "unit": units.get(each.unit, ""),
                "help": each.state is Answer.HELP, "phone": each.phone,
            }
            for each in shown
        ],
    }  # fmt: skip


def leading(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """Calling again, guests, the end, and afterwards what is to be done better."""
    found = _theirs(session, viewer, query)
    if found is None:
        return None
    whole = store.total(store.by_unit(session, found.id))
    return {
        "id": found.id, "real": found.real, "open": found.open, "commands": store.commands(viewer, found), "round": found.round,
        "silent": whole.silent, "counts": showing.as_json(whole), "lessons": found.lessons,
        "again": found.open and found.planned and now - found.round_at >= rules.AGAIN_AFTER,
        "guests": store.guests(session, found.id),
    }  # fmt: skip


def act(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """What a form of these parts asks for. Raises Refused as the chat does."""
    id, do = int(form["id"]) if _number(str(form.get("id", ""))) else 0, form.get("do")
    if mark := str(form.get("mark", "")):
        which, _, said = mark.partition(":")
        actions.mark(session, viewer, id, which, said, now)
    elif do == "again" and _number(str(form.get("round", ""))):
        actions.call_again(session, viewer, id, int(form["round"]), now)
    elif do == "end" and form.get("sure") == "yes":
        actions.end(session, viewer, id, now)
    elif do == "guests":
        kind = "contractor" if form.get("kind") == "contractor" else "visitor"
        # a form that is sent twice says how many there were: the same key, so nobody is added twice
        key = f"muster:{id}:page:{viewer.person}:{str(form.get('guests', ''))[:6]}"
        actions.add_guests(session, viewer, id, kind, str(form.get("words", "")), key, now)
    elif do == "learn":
        words = str(form.get("words", "")).strip()
        if len(words) > MOST_WORDS:
            raise Refused("emergencies.muster.too_long", most=MOST_WORDS, length=len(words))
        actions.learn(session, viewer, id, words, now)
    else:
        raise Refused("emergencies.muster.t_not_sure")
    return f"/desk/musters/{id}"


def _theirs(session: Session, viewer: Viewer, query: Mapping[str, Any]) -> Muster | None:
    found = store.muster(session, int(query["id"]))
    return found if found is not None and store.leads_in(viewer, found) else None


def _number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 10


ONE = "/desk/musters/{id:int}"
PAGES = (
    Page("/desk/emergencies", musters, "musters", "title_musters", live=LIVE),
    Page("/desk/musters/new", starting, "starting", "title_starting", nav=False, post=start),
    Page(ONE, muster, "muster", "title_muster", nav=False, live=LIVE),
    Page(ONE, roll, "roll", "title_roll", nav=False, live=LIVE, post=act),
    Page(ONE, leading, "leading", "title_roll", nav=False, live=LIVE, post=act),
)
