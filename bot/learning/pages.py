"""Training at the desk: who is behind, post x course on a day, inductions, one training file a person, the courses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.room import Page
from bot.learning.courses import matrix, publishing, training_file
from bot.learning.induction import showing as gate_showing
from bot.learning.induction import store as induction
from bot.learning.induction.model import Standing
from bot.library.showing import said
from bot.people import store as people
from bot.people.company import post_label
from bot.people.model import Role, Viewer

SHOWN, MOST_UNITS = 200, 200
ALSO = ("trainer", "hr")
NAMES = Role.SUPERVISOR
"""Who sees who is behind by name; others see how many."""


def hub(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is due of training, and the way to its parts."""
    who = people.person(session, viewer.person, now)
    assert who is not None
    found = matrix.matrix(session, matrix.paths(viewer), people.today_of(who, now))
    late = [given for _, given in matrix.behind(found) if given.due_on < found.on]
    waiting = induction.waiting(session, viewer, now, most=SHOWN)
    return {
        "behind": len({given.person for given in late}), "of": len(found.lines), "waiting": len(waiting),
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
    mine = matrix.paths(viewer)
    found = [unit for unit in people.units(session) if any(unit.path.startswith(path) for path in mine)]
    return [{"id": unit.id, "label": unit.label} for unit in found[:MOST_UNITS]]


def behind(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is open of training, the longest overdue first: by name for those who lead, else how many by course."""
    on, under, unit = _asked(session, viewer, query, now)
    found = matrix.matrix(session, under, on)
    titles = {course.id: said(course.title) for course in found.courses}
    lines, others = [], dict[str, list[int]]()
    for line, given in matrix.behind(found):
        title = titles.get(given.course)
        if title is None:
            continue
        if viewer.holds(NAMES, line.who.path):
            lines.append(
                {"id": line.who.id, "name": line.who.name, "badge": line.who.badge, "post": post_label(session, line.who.post),
                 "title": title, "due": given.due_on.isoformat(), "late": given.due_on < on, "days": (on - given.due_on).days}
            )  # fmt: skip
        else:
            counts = others.setdefault(given.course, [0, 0])
            counts[given.due_on >= on] += 1
    return {
        "rows": lines[:SHOWN], "more": max(len(lines) - SHOWN, 0), "on": on.isoformat(), "unit": unit,
        "units": _units(session, viewer), "of": len(found.lines),
        "counts": [{"title": titles[id], "late": late, "due": due} for id, (late, due) in sorted(others.items())],
    }  # fmt: skip


def table(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Post x course on a day: of those who need it, who has it, who has time, who is behind."""
    on, under, unit = _asked(session, viewer, query, now)
    found = matrix.matrix(session, under, on)
    sums = {(each.post, each.course): each for each in matrix.sums(found)}
    needed = [course for course in found.courses if any(course.id == id for _, id in sums)]
    posts = sorted({post for post, _ in sums})
    return {
        "on": on.isoformat(), "unit": unit, "units": _units(session, viewer), "of": len(found.lines),
        "courses": [said(course.title) for course in needed],
        "rows": [
            {"post": post_label(session, post), "cells": [_sum(sums.get((post, course.id))) for course in needed]}
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
    units = {unit.id: unit.label for unit in people.units(session)}
    rows = [
        {"id": who.id, "name": who.name, "badge": who.badge, "post": post_label(session, who.post),
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
    units = {unit.id: unit.label for unit in people.units(session)}
    return {
        "rows": [
            {"id": course.id, "name": said(course.title), "version": course.version, "lessons": len(course.lessons),
             "force": [units.get(people.ancestors(offer.path)[0], "") for offer in force]}
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
