"""THE list: every room, and what it offers. Imported by `app` alone.

A room offers what its files export: `chat.ROUTES`, `ticks.TICKS`, `ticks.JOBS`, `ticks.SUBSCRIPTIONS`, `pages.PAGES`,
`hooks.HOOKS`, `api.ENDPOINTS`, `api.EVENTS`, `model.FACTS`, `model.UNASKED`; and
`waiting.TODAY`, `waiting.STATUS`: what of it waits for somebody,
`waiting.AT_PLACE`: what it offers where a place is scanned, `waiting.WHEN_HURT`: what it shows at once where somebody is hurt.
It leaves out what it does not need.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bot.kit.room import Room

ROOMS = (
    *(
        "onboarding",
        "onboarding.staff",
        "handover",
        "library",
        "library.authoring",
        "library.editor",
        "library.spotting",
    ),
    *("learning", "learning.plans", "learning.induction", "learning.certificates", "learning.talks", "learning.habit"),
    *("hazards", "hazards.ladders", "incidents", "inspections", "inspections.visits"),
    *("risks", "risks.abnormal", "risks.warning", "sensors", "compliance"),
    *("compliance.permits", "compliance.reading", "compliance.documents"),
    *("compliance.violations", "compliance.register"),
    *("duties", "duties.checks", "duties.reports", "duties.goals"),
    *("voice.questions", "voice.suggestions", "voice.proposals", "voice.pulse", "voice.interviews", "voice.pledge"),
    *("emergencies.sos", "emergencies.muster", "emergencies", "emergencies.tabletop"),
    "activities",
    *("rewards", "rewards.shop", "rewards.penalties", "rewards.bulletin"),
    *("resources.budget", "resources.equipment", "resources.staffing", "resources.facilities", "resources.health"),
    "resources.costs",
    *("assessment", "assessment.agreement", "assessment.scores", "assessment.issuing", "assessment.weeks"),
    *("analysis", "analysis.indicators", "analysis.review", "privacy"),
    *("web", "web.guests", "web.factor", "web.audit", "web.standing", "web.api", "web.webhooks", "web.tablet"),
    "delivery",
)
"""In the order in which their commands stand in the menu. With a dot: a part of a room that offers for itself."""
OFFERS = {
    "routes": ("chat", "ROUTES"),
    "ticks": ("ticks", "TICKS"),
    "jobs": ("ticks", "JOBS"),
    "subscriptions": ("ticks", "SUBSCRIPTIONS"),
    "pages": ("pages", "PAGES"),
    "hooks": ("hooks", "HOOKS"),
    "endpoints": ("api", "ENDPOINTS"),
    "events": ("api", "EVENTS"),
    "facts": ("model", "FACTS"),
    "unasked": ("model", "UNASKED"),
    "today": ("waiting", "TODAY"),
    "status": ("waiting", "STATUS"),
    "at_place": ("waiting", "AT_PLACE"),
    "when_hurt": ("waiting", "WHEN_HURT"),
}


@cache
def rooms() -> tuple[Room, ...]:
    """All rooms, imported once."""
    return tuple(_room(name) for name in ROOMS)


def _room(name: str) -> Room:
    offered: dict[str, Any] = {}
    for offer, (module, variable) in OFFERS.items():
        if find_spec(f"bot.{name}.{module}") is not None:
            value = getattr(import_module(f"bot.{name}.{module}"), variable, None)
            if value is not None:
                offered[offer] = value if isinstance(value, Mapping) or callable(value) else tuple(value)
    offered["routes"] = tuple(replace(route, room=name) for route in offered.get("routes", ()))
    return Room(name, **offered)
