"""Where each page stands in the navigation: one table, by the page's address and else by its room.

A page that is new falls into a group by itself; what no line of the table knows stands under *more*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.web.model import HOME

TABS = 4
"""So many groups stand in the bar at the bottom of a phone, within reach of a thumb; the fifth opens all of them."""


@dataclass(frozen=True)
class Group:
    """Pages that belong together. `paths`: the word after `/desk/` of an address; `rooms`: rooms whose other pages fall here."""

    code: str
    paths: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()


GROUPS = (
    Group("today", ("",)),
    Group(
        "dangers",
        ("hazards", "plan", "risks", "warning", "inspections", "visits", "incidents", "sensors"),
        ("hazards", "risks", "inspections", "incidents", "sensors"),
    ),
    Group(
        "learning",
        ("learning", "units", "campaigns", "courses", "bank", "lessons", "induction", "certificates", "library"),
        ("learning", "library", "activities"),
    ),
    Group("drills", ("emergencies", "musters", "drills", "sos"), ("emergencies",)),
    Group(
        "rules",
        ("duties", "acknowledge", "register", "documents", "permits", "violations", "goals"),
        ("duties", "compliance", "handover"),
    ),
    Group(
        "people",
        ("people", "posts", "leave", "voice", "points", "groups"),
        ("onboarding", "voice", "rewards", "people"),
    ),
    Group("results", ("scores", "files", "issued", "indicators", "review"), ("assessment", "analysis")),
    Group("means", ("resources",), ("resources",)),
    Group("settings", ("settings", "languages", "schedules", "ladders", "policies"), ("settings",)),
    Group(
        "watch", ("trail", "audit", "health", "api", "tokens", "sessions", "privacy"), ("privacy", "delivery", "web")
    ),
)
MORE = "more"


def group_of(path: str, room: str = "") -> str:
    """The code of a page's group."""
    word = path.removeprefix(HOME).strip("/").split("/")[0]
    for group in GROUPS:
        if word in group.paths:
            return group.code
    return next((group.code for group in GROUPS if room.split(".")[0] in group.rooms), MORE)


def arranged(links: Iterable[dict[str, Any]], path: str, room: str = "") -> list[dict[str, Any]]:
    """Groups with their links (href, label, room) in the table's order; `here` marks where the reader is, to the nearest page."""
    found: dict[str, list[dict[str, Any]]] = {}
    for link in links:
        found.setdefault(group_of(link["href"], link["room"]), []).append(link)
    nearest = max(
        (link["href"] for some in found.values() for link in some if _holds(link["href"], path)), key=len, default=""
    )
    mine = group_of(path, room)
    order = [*(group.code for group in GROUPS), MORE]
    return [
        {
            "code": code,
            "here": code == mine,
            "links": [link | {"here": link["href"] == nearest, "exact": link["href"] == path} for link in found[code]],
        }
        for code in order
        if code in found
    ]


def tabs(groups: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What stands in the bar of a phone."""
    return list(groups[:TABS])


def _holds(href: str, path: str) -> bool:
    return href == path or (href != HOME and path.startswith(f"{href}/"))
