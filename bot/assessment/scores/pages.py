"""Scores on the dashboard, for human resources and management: a person at a time, and each time it is noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment import store as assessment
from bot.assessment import today
from bot.assessment.scores import looking, rules, showing, store
from bot.assessment.scores.model import Measure, Weight
from bot.assessment.scores.policy import policy
from bot.kit.clock import local_date
from bot.kit.room import Page
from bot.people import agreement
from bot.people import store as people
from bot.people.agreement import SCORE
from bot.people.company import post_label, post_labels
from bot.people.model import Role, Viewer

MOST = 400
PERIODS = ("m0", "m1", "q0", "q1", "y0", "y1")


def listing(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Whose scores somebody may open. No score stands here: to see one is to open it."""
    agreed = agreement.terms(session, SCORE)
    there = assessment.places(session, viewer.paths(Role.HR))
    on = {place.id for place in there if agreement.is_on(agreed, SCORE, place.path)}
    count = today.at_work(session, there, now)
    many = sum(people for unit, people in count.items() if unit in on)
    found = assessment.first_people(session, on, now, MOST, many) if many else []
    posts = post_labels(session, (who.post for who in found))
    units = people.labels(session, (who.unit for who in found))
    rows = [{"id": who.id, "name": who.name, "post": posts[who.post], "unit": units.get(who.unit, "")} for who in found]
    return {"rows": rows, "more": max(many - MOST, 0), "off": sum(count.values()) - many}


def one(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """Why this score: line by line."""
    who = people.person(session, int(query["id"]), now)
    if who is None or not looking.may_look(session, viewer, who.path):
        return None
    code = str(query.get("period") or "q0")
    period = rules.period_of(code if code in PERIODS else "q0", local_date(now, who.zone))
    assert period is not None
    found = next(iter(store.scored(session, period, [who.id], policy())), None)
    if found is None or found.score is None:
        return None
    others = store.peers(session, period, found.subject, found.score, policy())
    made = showing.whole(session, found.subject, found.score, others, period, policy(), now)
    facts = [
        {"name": showing.name(each.measure), "done": each.done[:MOST], "missed": each.missed[:MOST],
         "left_out": each.left_out[:MOST]}
        for each in found.score.lines
        if each.offered or each.left_out
    ]  # fmt: skip
    return made | {"title": who.name, "periods": PERIODS, "period": code, "id": who.id, "facts": facts}


def noted(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> None:
    """Whoever opens a score is noted before they see it."""
    who = people.person(session, int(query["id"]), now)
    if who is not None and looking.may_look(session, viewer, who.path):
        looking.note(session, viewer.person, [who.id], "page", now)


def card(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """On the page of settings: the policy in force."""
    return {"version": policy().version}


def rules_page(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """How a score is made: the policy in words and figures. It is changed as a file, never by a press."""
    used = policy()
    return {
        "version": used.version, "says": dict(used.says), "least": used.least, "grace": used.grace_days,
        "rows": _weights(used.usual),
        "posts": [{"post": post_label(session, code), "rows": _weights(each)} for code, each in used.posts.items()],
    }  # fmt: skip


def _weights(found: Mapping[Measure, Weight]) -> list[dict[str, Any]]:
    return [
        {
            "name": showing.name(measure),
            "weight": each.weight,
            "full": each.full,
            "floor": each.floor,
            "least": each.least,
        }
        for measure, each in found.items()
        if each.weight
    ]


PAGES = (
    Page("/desk/scores", listing, "listing", "title_listing", role="hr"),
    Page("/desk/scores/{id:int}", one, "one", "title_one", role="hr", nav=False, noted=noted),
    Page("/desk/settings", card, "scores_card", "title_settings", role="hr", also=("works_council",)),
    Page("/desk/settings/scores", rules_page, "policy", "title_policy", role="hr", also=("works_council",), nav=False),
)
