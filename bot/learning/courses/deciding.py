"""Which courses bind whom: trainers and safety officers read a draft and put it in force. Routes only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.events import Pressed, Said
from bot.kit.replies import Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning.courses import publishing, store
from bot.learning.courses.model import Binding, Offer
from bot.learning.lists import who_is
from bot.library import store as library
from bot.library.showing import said
from bot.people import store as people
from bot.people.company import post_label

ROLES = ("trainer", "safety_officer", "admin")


def on_offers(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/offers`: the courses there are, in force or drafts."""
    _may(session, event, now)
    found = store.offers(session)
    buttons = [
        button(
            "learning.courses.offer_button",
            f"co.offer:{each.course.id}",
            title=said(each.course.title),
            draft=each.since is None,
        )
        for each in found
    ]
    return Reply(messages=(Message(text("learning.courses.offers", count=len(found)), rows(*buttons[:40], each=1)),))


def _may(session: Session, event: Said | Pressed, now: datetime) -> None:
    if not publishing.may_publish(people.viewer(session, event.person or 0, now)):
        raise Refused("learning.courses.not_yours_to_decide")


def on_offer(session: Session, event: Pressed, now: datetime) -> Reply:
    """One course in words: what it holds, whom it binds, until when. That is read before it is put in force."""
    _may(session, event, now)
    found = next((each for each in store.offers(session) if each.course.id == event.word(0)), None)
    if found is None:
        raise Refused("delivery.stale")
    return Reply(edit=_shown(session, found))


def _shown(session: Session, offer: Offer) -> Message:
    course, exam = offer.course, offer.course.exam
    lessons = library.lessons(session, course.lessons)
    words = text(
        "learning.courses.offer", title=said(course.title), since=offer.since.isoformat() if offer.since else None,
        lessons=[said(lessons[id].title) for id in course.lessons if id in lessons], minutes=course.minutes,
        months=course.months, binds=[_bound(session, each) for each in course.binds],
        exam=exam and {"questions": exam.questions, "minutes": exam.minutes, "passes": exam.passes, "tries": exam.tries},
    )  # fmt: skip
    force = button("learning.courses.force", f"co.force:{course.id}")
    return Message(words, rows(force) if offer.since is None else ())


def _bound(session: Session, binding: Binding) -> dict[str, Any]:
    return {
        "cause": binding.cause.value, "days": binding.days, "months": binding.months, "topics": list(binding.topics),
        "units": list(binding.units), "posts": [post_label(session, post) for post in binding.posts],
    }  # fmt: skip


def on_force(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Put it in force*: from today it binds people."""
    who = who_is(session, event, now)
    viewer = people.viewer(session, who.id, now)
    publishing.put_in_force(session, event.word(0), viewer, people.today_of(who, now), now)
    found = next(each for each in store.offers(session) if each.course.id == event.word(0))
    return Reply(edit=_shown(session, found))


ROUTES = (
    Route(on_offers, command="offers", menu="learning.courses.menu_offers", roles=ROLES),
    Route(on_offer, verb="co.offer"),
    Route(on_force, verb="co.force"),
)
