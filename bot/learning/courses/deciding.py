"""Which courses bind whom: trainers and safety officers read a draft and put it in force. Routes only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Button, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning.courses import binding, publishing, rules
from bot.learning.courses.model import Binding, Course, Offer
from bot.learning.lists import who_is
from bot.library import store as library
from bot.library.showing import said
from bot.people import store as people
from bot.people.company import post_label

ROLES = ("trainer", "safety_officer", "admin")


def on_offers(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/offers`: the courses there are, in force or drafts."""
    found = _decided(session, event, now)
    buttons = [
        button("learning.courses.offer_button", f"co.offer:{course.id}", title=said(course.title), draft=not force)
        for course, force in found
    ]
    return Reply(messages=(Message(text("learning.courses.offers", count=len(found)), rows(*buttons[:40], each=1)),))


def _decided(session: Session, event: AnyEvent, now: datetime) -> list[tuple[Course, list[Offer]]]:
    who = who_is(session, event, now)
    viewer = people.viewer(session, who.id, now)
    if not publishing.paths(viewer):
        raise Refused("learning.courses.not_yours_to_decide")
    return publishing.decided(session, viewer, people.today_of(who, now))


def on_offer(session: Session, event: Pressed, now: datetime) -> Reply:
    """One course in words: what it holds, whom it binds, until when. That is read before it is put in force."""
    return Reply(edit=_one(session, event, now))


def _one(session: Session, event: Pressed, now: datetime) -> Message:
    for course, force in _decided(session, event, now):
        if course.id == event.word(0):
            return shown(session, course, force)
    raise Refused("delivery.stale")


def shown(session: Session, course: Course, force: Sequence[Offer], buttons: Sequence[Button] = ()) -> Message:
    """A course for those who decide on it."""
    words = text("learning.courses.offer", **_values(session, course, force))
    put = button("learning.courses.force", f"co.force:{course.id}")
    return Message(words, rows(*(buttons or ([] if force else [put]))))


def _values(session: Session, course: Course, force: Sequence[Offer]) -> dict[str, Any]:
    exam, lessons = course.exam, library.lessons(session, course.lessons)
    where = [{"day": each.since.isoformat(), "unit": _label(session, each.unit)} for each in force]
    return {
        "title": said(course.title), "force": where, "minutes": course.minutes, "months": course.months,
        "lessons": [said(lessons[id].title) for id in course.lessons if id in lessons],
        "binds": [_bound(session, each) for each in course.binds],
        "exam": exam and {"questions": exam.questions, "minutes": exam.minutes, "passes": exam.passes, "tries": exam.tries},
    }  # fmt: skip


def _label(session: Session, unit: int) -> Any:
    found = people.unit(session, unit)
    return found.label if found is not None else ""


def _bound(session: Session, rule: Binding) -> dict[str, Any]:
    """A rule with the posts it means by name: the codes of topics say nothing to those who read it."""
    reach = rules.reach(rule, binding.company(session).topics, {})
    posts = sorted(reach.posts or ())
    return {
        "cause": rule.cause.value, "days": rule.days, "months": rule.months, "units": list(rule.units),
        "topics": [] if posts else list(rule.topics), "posts": [post_label(session, post) for post in posts],
    }  # fmt: skip


def on_force(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Put it in force*: from today it binds people."""
    who = who_is(session, event, now)
    viewer = people.viewer(session, who.id, now)
    publishing.put_in_force(session, event.word(0), viewer, people.today_of(who, now), now)
    return Reply(edit=_one(session, event, now))


ROUTES = (
    Route(on_offers, command="offers", menu="learning.courses.menu_offers", roles=ROLES),
    Route(on_offer, verb="co.offer"),
    Route(on_force, verb="co.force"),
)
