"""`/charts`: pictures of how safety is going, on request. Routes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.analysis.indicators.model import CHART, CHARTS, What
from bot.db import jobs
from bot.kit.events import Pressed, Said
from bot.kit.replies import Message, Reply, answer, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Role

REFUSED = Reply((Message(text("analysis.indicators.not_a_leader")),))


def _may(session: Session, person: int, what: str, now: datetime) -> bool:
    viewer = people.viewer(session, person, now)
    least = Role.SAFETY_OFFICER if what == What.HURT.value else Role.SUPERVISOR
    return viewer is not None and viewer.anywhere(least)


def on_charts(session: Session, event: Said, now: datetime) -> Reply:
    """`/charts`: which one?"""
    person = event.person or 0
    if not event.private or not _may(session, person, "", now):
        return REFUSED
    keys = (
        button("analysis.indicators.b_chart", f"ai:{what}", what=what)
        for what in CHARTS
        if _may(session, person, what, now)
    )
    return answer("analysis.indicators.which", buttons=rows(*keys))


def on_chart(session: Session, event: Pressed, now: datetime) -> Reply:
    """One picture: it is counted and drawn beside what else happens, and comes as a message."""
    person, what = event.person or 0, event.word(0)
    if what not in CHARTS or not _may(session, person, what, now):
        return REFUSED
    key = f"{CHART}:{person}:{event.update_id}"
    jobs.enqueue(session, CHART, {"person": person, "what": what, "key": key}, key=key, now=now)
    return answer("analysis.indicators.drawing")


ROUTES = (
    Route(
        on_charts,
        command="charts",
        menu="analysis.indicators.menu",
        roles=("supervisor", "safety_officer", "manager", "admin"),
    ),
    Route(on_chart, verb="ai"),
)
