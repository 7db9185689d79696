"""Training at the desk: who is behind, post x course on a day, inductions, one training file a person, the courses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.learning.courses import matrix, publishing, store, totals, training_file
from bot.learning.induction import showing as gate_showing
from bot.learning.induction import store as induction
from bot.learning.induction.model import Standing
from bot.library.showing import said
from bot.people import store as people
from bot.people.company import post_label, post_labels
from bot.people.model import Role, Viewer

SHOWN, MOST_UNITS = 200, 200
ALSO = ("trainer", "hr")
NAMES = Role.SUPERVISOR
"""Who sees who is behind by name; others see how many."""


def hub(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is due of training, and the way to its parts."""
    who = people.person(session, viewer.person, now)
    assert who is not None
    mine, today = matrix.paths(viewer), people.today_of(who, now)
    waiting = induction.waiting(session, viewer, now, most=SHOWN)
    return {
        "behind": totals.late(session, mine, today), "of": totals.many(session, mine, today), "waiting": len(waiting),
        "trains": viewer.anywhere(Role.TRAINER), "leads": viewer.anywhere(NAMES) or viewer.anywhere(Role.TRAINER),
    }  # fmt: skip


def _asked(
    session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime
) -> tuple[date, tuple[str, ...], int]:
    """The day and the units of an address: those that somebody sees, or one of them."""
    who = people.person(session, viewer.person, now)
    assert who is not None
    on = _day(query.get("on")) or people.today_of(who, now)
    mine, wished = matrix.paths(viewer), str(query.get("unit", ""))
    unit = people.unit(session, int(wished)) if wished.isascii() and wished.isdigit() and len(wished) < 10 else None
    if unit is not None and any(unit.path.startswith(path) for path in mine):
        return on, (unit.path,), unit.id
    return on, mine, 0


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError:
        return None


def _units(session: Session, viewer: Viewer) -> list[dict[str, Any]]:
    found = people.units_under(session, matrix.paths(viewer), MOST_UNITS)
    return [{"id": unit.id, "label": unit.label} for unit in found]


def behind(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is open of training, the longest overdue first: by name for those who lead, else how many by course."""
    on, under, unit = _asked(session, viewer, query, now)
    titles = {offer.course.id: said(offer.course.title) for offer in store.in_force(session, on)}
    named, courses = viewer.paths(NAMES), list(titles)
    counts = totals.open_by_course(session, under, named, courses, on)
    found = totals.longest(session, under, named, courses, on, SHOWN)
    posts = post_labels(session, (who.post for who, _ in found))
    return {
        "rows": [
            {"id": who.id, "name": who.name, "badge": who.badge, "post": posts[who.post], "title": titles[given.course],
             "due": given.due_on.isoformat(), "late": given.due_on < on, "days": (on - given.due_on).days}
            for who, given in found
        ],
        "more": max(sum(each.named for each in counts.values()) - SHOWN, 0), "on": on.isoformat(), "unit": unit,
        "units": _units(session, viewer), "of": totals.many(session, under, on),
        "counts": [
            {"title": titles[id], "late": each.late, "due": each.due}
            for id, each in sorted(counts.items()) if each.late or each.due
        ],
    }  # fmt: skip


def table(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Post x course on a day: of those who need it, who has it, who has time, who is behind."""
    on, under, unit = _asked(session, viewer, query, now)
    offers = store.in_force(session, on)
    sums = {(each.post, each.course): each for each in totals.sums(session, under, on, offers)}
    courses = {offer.course.id: offer.course for offer in offers}
    needed = [course for course in courses.values() if any(course.id == id for _, id in sums)]
    posts = sorted({post for post, _ in sums})
    called = post_labels(session, posts)
    return {
        "on": on.isoformat(), "unit": unit, "units": _units(session, viewer),
        "of": totals.many(session, under, on), "courses": [said(course.title) for course in needed],
        "rows": [
            {"post": called[post], "cells": [_sum(sums.get((post, course.id))) for course in needed]}
            for post in posts
        ],
    }  # fmt: skip


def _sum(each: matrix.Sum | None) -> dict[str, Any]:
    if each is None:
        return {"of": 0, "has": 0, "due": 0, "behind": 0, "share": 0}
    share = round(100 * each.trained / each.needed)
    return {"of": each.needed, "has": each.trained, "due": each.due, "behind": each.behind, "share": share}


def inductions(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Who of one's people is not through, what is missing, and who works by an exception."""
    found = induction.waiting(session, viewer, now, most=SHOWN)
    gates = induction.clearances(session, [who.id for who in found], now)
    units = people.labels(session, (who.unit for who in found))
    posts = post_labels(session, (who.post for who in found))
    rows = [
        {"id": who.id, "name": who.name, "badge": who.badge, "post": posts[who.post],
         "unit": units.get(who.unit, ""), "standing": gates[who.id].standing.value, "gate": gate_showing.line(gates[who.id])}
        for who in found
    ]  # fmt: skip
    rows.sort(key=lambda row: (row["standing"] != Standing.NOT_CLEARED.value, row["name"]))
    return {"rows": rows}


def file(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The training of one person on a day; None for whoever may not see it."""
    who = people.person(session, viewer.person, now)
    assert who is not None
    on, id = _day(query.get("on")) or people.today_of(who, now), int(query["id"])
    found = matrix.people_under(session, ("/",) if id == viewer.person else matrix.paths(viewer), on, id)
    if not found:
        return None
    gate = induction.clearance(session, id, now)
    return training_file.parts(session, found[0], on) | {
        "id": id, "title": found[0].name, "badge": found[0].badge, "post": post_label(session, found[0].post),
        "on": on.isoformat(), "past": on < people.today_of(who, now), "standing": gate.standing.value,
        "gate": gate_showing.line(gate),
    }  # fmt: skip


def beside(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """On the page of a person: the way to their training file."""
    who = people.person(session, int(query["id"]), now)
    seen = who is not None and any(who.path.startswith(path) for path in matrix.paths(viewer))
    return {"id": int(query["id"])} if seen else None


def courses(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The courses on which somebody decides: their version, and where they are in force."""
    who = people.person(session, viewer.person, now)
    assert who is not None
    found = publishing.decided(session, viewer, people.today_of(who, now))
    units = people.labels(session, (offer.unit for _, force in found for offer in force))
    return {
        "rows": [
            {"id": course.id, "name": said(course.title), "version": course.version, "lessons": len(course.lessons),
             "force": [units.get(offer.unit, "") for offer in force]}
            for course, force in found
        ]
    }  # fmt: skip


PAGES = (
    Page("/desk/learning", hub, "hub", "title_hub", also=ALSO),
    Page("/desk/learning/behind", behind, "behind", "title_behind", nav=False, also=ALSO),
    Page("/desk/learning/matrix", table, "matrix", "title_matrix", nav=False, also=ALSO),
    Page("/desk/learning/induction", inductions, "inductions", "title_induction", nav=False, also=("trainer",)),
    Page("/desk/training/{id:int}", file, "file", "title_file", nav=False, also=ALSO),
    Page("/desk/people/{id:int}", beside, "training_beside", "title_file", nav=False, also=ALSO),
    Page("/desk/library", courses, "courses", "title_courses", role="trainer", nav=False),
)
