"""What a plan looks like: in words before it is saved, in a list, and what can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery.drafts import Draft
from bot.kit.clock import local_date
from bot.kit.replies import Button, Message, Rows, button, rows
from bot.kit.texts import text
from bot.learning.courses import publishing
from bot.learning.courses import store as courses
from bot.learning.plans import deciding, reach, rules, store
from bot.learning.plans.model import Plan, Standing, Terms, What
from bot.learning.plans.reach import Reach
from bot.learning.plans.rules import By
from bot.library import store as library
from bot.library.showing import said
from bot.people import store as people
from bot.people.company import post_label
from bot.people.model import Person, Unit, Viewer

A_PAGE = 8
NAMED = 3
"""So many lessons, or plans that are there already, are named."""
KEPT = timedelta(days=30)
"""How long what has ended stands in the list."""


@dataclass(frozen=True)
class Desk:
    """Whoever plans: their rights, and which day it is for them."""

    who: Person
    viewer: Viewer
    today: date


# --- in words ----------------------------------------------------------------------------------------------------------


def card(session: Session, at: Desk, draft: Draft, terms: Terms, unit: Unit, now: datetime) -> Message:
    """The draft in words, whom it reaches and when it begins; each part can be changed before it is saved."""
    found = reach.reach(session, terms, unit, now)
    series = draft.data.get("series")
    lessons = _lessons(session, terms, unit)
    words = text(
        "learning.plans.card", change=series is not None, **_words(session, terms, unit), **_reached(found),
        lessons=[said(each.title) for each in lessons[:NAMED]], more=max(0, len(lessons) - NAMED),
        there=_there(session, at, terms, unit, series, now), **_exam(session, terms),
    )  # fmt: skip
    parts = ["unit", "posts", "days", "hour", "from", "until"]
    if terms.what is not What.DAILY and series is None:
        parts.insert(0, "which")
    buttons = rows(*(button(f"learning.plans.set_{part}", f"pl.ask:{draft.id}:{part}:0") for part in parts))
    possible = found.people > 0 and (terms.what is What.DAILY or lessons)
    save = (button("learning.plans.save", f"pl.save:{draft.id}:{draft.version}"),) if possible else ()
    return Message(words, (*buttons, (*save, _never_mind())))


def _words(session: Session, terms: Terms, unit: Unit) -> dict[str, Any]:
    """Terms as values of a text."""
    last = terms.until_on - timedelta(days=1) if terms.until_on else None
    return {
        "unit": unit.label, "what": terms.what.value, "title": title(session, terms),
        "posts": [post_label(session, post) for post in terms.posts], "days": terms.days,
        "hour": terms.at.isoformat("minutes") if terms.at else None, "starts": terms.starts_on.isoformat(),
        "last": last.isoformat() if last else None,
    }  # fmt: skip


def title(session: Session, terms: Terms) -> Any:
    """What a plan is about, by name: a topic is called by its first lesson."""
    if terms.what is What.COURSE:
        course = courses.course(session, terms.which or "")
        return said(course.title) if course is not None else ""
    ids = dict(store.topics(session)).get(terms.which or "")
    lesson = library.lesson(session, ids) if ids else None
    return said(lesson.title) if lesson is not None else ""


def _reached(found: Reach) -> dict[str, Any]:
    counts = {f"by_{by.value}": found.by.get(by, 0) for by in (By.OWN, By.SHIFT, By.QUIET, By.NEVER)}
    first = found.first.isoformat() if found.first else None
    return {"people": found.people, "unreachable": found.unreachable, "first": first, **counts}


def _lessons(session: Session, terms: Terms, unit: Unit) -> list[Any]:
    """The lessons of a plan that hold for a unit."""
    ids: list[str] = []
    if terms.what is What.TOPIC:
        ids = store.of_topic(session, terms.which or "")
    elif terms.what is What.COURSE:
        course = courses.course(session, terms.which or "")
        ids = list(course.lessons) if course is not None else []
    known = library.lessons(session, ids)
    return [known[id] for id in reach.lessons_that_hold(session, unit, ids) if id in known]


def _exam(session: Session, terms: Terms) -> dict[str, Any]:
    course = courses.course(session, terms.which or "") if terms.what is What.COURSE else None
    due = rules.due(terms.until_on, terms.starts_on)
    return {"exam": course is not None and course.exam is not None, "due": due.isoformat()}


def _there(session: Session, at: Desk, terms: Terms, unit: Unit, series: Any, now: datetime) -> list[dict[str, Any]]:
    """The plans of the same sort that are there already for some of these people."""
    today = local_date(now, unit.zone)
    daily = terms.what is What.DAILY
    held = [
        each
        for each in store.newest(session, (unit.path,))
        if each.series != series and (each.terms.what is What.DAILY) == daily and _on(each, today)
    ]
    return [line(session, each, today) for each in held[:NAMED]]


def _on(plan: Plan, today: date) -> bool:
    return rules.standing(plan, today) in (Standing.WAITING, Standing.RUNNING)


def line(session: Session, plan: Plan, today: date) -> dict[str, Any]:
    """A plan in one line."""
    unit = people.unit(session, plan.terms.unit)
    assert unit is not None
    return _words(session, plan.terms, unit) | {"standing": rules.standing(plan, today).value}


def plans(session: Session, at: Desk) -> Message:
    """All plans that concern somebody's people, and the ways to make a new one."""
    found = [
        each
        for each in store.newest(session, publishing.paths(at.viewer))
        if each.ends_on is None or each.ends_on > at.today - KEPT
    ]
    lines = [line(session, each, at.today) for each in found]
    keys = [
        button("learning.plans.plan_button", f"pl.plan:{each.series}", **_short(known))
        for each, known in zip(found, lines, strict=True)
        if deciding.may(at.viewer, each.path) and rules.standing(each, at.today) is not Standing.ENDED
    ]
    new = [button(f"learning.plans.new_{what.value}", f"pl.new:{what.value}") for what in What]
    return Message(text("learning.plans.plans", plans=lines), rows(*new, *keys[:40], each=1))


def _short(known: dict[str, Any]) -> dict[str, Any]:
    return {each: known[each] for each in ("unit", "what", "title", "standing")}


def plan(session: Session, at: Desk, found: Plan, unit: Unit, now: datetime) -> Message:
    """One plan in words, whom it reaches now, and what can be done about it."""
    today = local_date(now, unit.zone)
    standing = rules.standing(found, today)
    whom = reach.reach(session, found.terms, unit, now) if standing in (Standing.WAITING, Standing.RUNNING) else None
    words = text(
        "learning.plans.plan", standing=standing.value, people=whom.people if whom else None,
        first=whom.first.isoformat() if whom and whom.first else None, **_words(session, found.terms, unit),
        **_exam(session, found.terms),
    )  # fmt: skip
    return Message(words, _deeds(found, standing) if deciding.may(at.viewer, found.path) else ())


def _deeds(found: Plan, standing: Standing) -> Rows:
    verbs: list[str] = []
    if standing in (Standing.WAITING, Standing.RUNNING):
        verbs = ["change", "pause", "end"]
    elif standing is Standing.PAUSED:
        verbs = ["goon", "end"]
    deeds = [button(f"learning.plans.{verb}", f"pl.{verb}:{found.series}") for verb in verbs]
    return rows(*deeds, button("learning.plans.all", "pl.plans"))


def sure(found: Plan, known: dict[str, Any]) -> Message:
    """Is it really to end?"""
    return Message(
        text("learning.plans.sure", **_short(known)),
        rows(
            button("learning.plans.end_it", f"pl.ended:{found.series}"),
            button("learning.plans.back", f"pl.plan:{found.series}"),
        ),
    )


# --- what can be chosen ------------------------------------------------------------------------------------------------


def offered(session: Session, at: Desk, what: What) -> list[tuple[str, Any]]:
    """The topics or courses to choose from, each with its name."""
    if what is What.COURSE:
        return [(course.id, said(course.title)) for course, _ in publishing.decided(session, at.viewer, at.today)]
    found = store.topics(session)
    known = library.lessons(session, [lesson for _, lesson in found])
    return [(code, said(known[lesson].title)) for code, lesson in found if lesson in known]


def choices(session: Session, at: Desk, draft: Draft, what: What, page: int) -> Message:
    """Which topic, or which course?"""
    found = offered(session, at, what)
    keys = [
        Button(text("delivery.just", text=name), data=f"pl.is:{draft.id}:which:{code}")
        for code, name in _some(found, page)
    ]
    words = text("learning.plans.which", what=what.value, count=len(found))
    return Message(words, _paged(draft, "which", keys, page, len(found), back=draft.data["terms"]["which"] is not None))


def units(draft: Draft, found: Sequence[Unit], above: Unit | None) -> Message:
    """For whom?"""
    keys = [
        Button(text("delivery.just", text=each.label), data=f"pl.is:{draft.id}:unit:{each.id}") for each in found[:40]
    ]
    if above is None and found:
        keys.append(button("learning.plans.a_part", f"pl.ask:{draft.id}:unit:{found[-1].id}"))
    return Message(text("learning.plans.which_unit"), (*rows(*keys, each=1 if len(keys) < 9 else 2), (_back(draft),)))


def posts(session: Session, draft: Draft, terms: Terms, known: Sequence[str], page: int) -> Message:
    """Which posts? Each is marked by a tap."""
    keys = [
        button("learning.plans.mark", f"pl.is:{draft.id}:post:{i}", what=post_label(session, known[i]), on=known[i] in terms.posts)
        for i in range(page * A_PAGE, min(len(known), (page + 1) * A_PAGE))
    ]  # fmt: skip
    nobody_else = {"what": text("learning.plans.all_posts"), "on": not terms.posts}
    everybody = button("learning.plans.mark", f"pl.is:{draft.id}:post:all", **nobody_else)
    return Message(
        text("learning.plans.which_posts"), _paged(draft, "posts", [everybody, *keys], page, len(known), back=True)
    )


def days(id: int, terms: Terms) -> Message:
    """On which weekdays? One tap for the usual ones, or day by day."""
    usual = [
        button("learning.plans.on_days", f"pl.is:{id}:days:{each}", days=each)
        for each in rules.DAYS
        if each != terms.days
    ]
    single = [
        button("learning.plans.mark_day", f"pl.is:{id}:day:{day}", day=day, on=day in terms.days) for day in "1234567"
    ]
    done = button("learning.plans.done", f"pl.ask:{id}:card:0")
    return Message(text("learning.plans.which_days"), (*rows(*usual, each=1), *rows(*single, each=4), (done,)))


def hours(id: int) -> Message:
    """At which hour?"""
    keys = [
        Button(text("delivery.just", text=each.isoformat("minutes")), data=f"pl.is:{id}:hour:{each:%H%M}")
        for each in rules.HOURS
    ]
    own = button("learning.plans.own_hour", f"pl.is:{id}:hour:own")
    return Message(text("learning.plans.which_hour"), ((own,), *rows(*keys, each=5), (_back_to(id),)))


def starts(id: int, today: date) -> Message:
    """From when on?"""
    monday = today + timedelta(days=7 - today.weekday())
    found = [("today", today), ("tomorrow", today + timedelta(days=1)), ("monday", monday)]
    keys = [button(f"learning.plans.{name}", f"pl.is:{id}:from:{on}", day=on.isoformat()) for name, on in found]
    return Message(text("learning.plans.which_start"), (*rows(*keys, each=1), (_back_to(id),)))


def until(id: int, terms: Terms) -> Message:
    """For how long?"""
    keys = [button("learning.plans.weeks", f"pl.is:{id}:until:{weeks}", count=weeks) for weeks in rules.WEEKS]
    keys.append(button("learning.plans.open", f"pl.is:{id}:until:0"))
    return Message(
        text("learning.plans.which_end", starts=terms.starts_on.isoformat()), (*rows(*keys), (_back_to(id),))
    )


def _some(found: Sequence[tuple[str, Any]], page: int) -> Sequence[tuple[str, Any]]:
    return found[page * A_PAGE : (page + 1) * A_PAGE]


def _paged(draft: Draft, part: str, keys: Sequence[Button], page: int, count: int, *, back: bool) -> Rows:
    turns = [button("learning.plans.earlier", f"pl.ask:{draft.id}:{part}:{page - 1}")] if page else []
    if count > (page + 1) * A_PAGE:
        turns.append(button("learning.plans.more", f"pl.ask:{draft.id}:{part}:{page + 1}"))
    return (*rows(*keys, each=1), *rows(*turns), (_back(draft) if back else _never_mind(),))


def _back(draft: Draft) -> Button:
    return _back_to(draft.id)


def _back_to(id: int) -> Button:
    return button("learning.plans.back", f"pl.ask:{id}:card:0")


def _never_mind() -> Button:
    return button("learning.plans.never_mind", "pl.no")
