"""What needs somebody now, over all rooms: the same lines as `/today` in the chat, each leading to where it is done.

Where a room has a page that the reader may open, a line leads there; else it is done in the chat.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.replies import Button
from bot.kit.room import Page, Room
from bot.people import agreement
from bot.people.model import Role
from bot.web.model import HOME, WITH_A_ROLE, Visitor
from bot.web.navigation import group_of

MOST = 40
STRAIGHT = (
    (re.compile(r"hz:open:(\d+)"), "/desk/hazards/{}"),
    (re.compile(r"hz:list:\d+"), "/desk/hazards"),
    (re.compile(r"rk:list:alarmed:\d+"), "/desk/risks?show=alarmed"),
    (re.compile(r"inw:open:(\d+)"), "/desk/inspections/{}"),
)
"""Buttons that mean one row or one list, and its page. All others lead to their room's page."""


def waiting(
    session: Session, rooms: Iterable[Room], visitor: Visitor, now: datetime, may: Callable[[Visitor, Page], bool]
) -> list[dict[str, Any]]:
    """Lines (words, href, group) in the order of the rooms; no href: it is done in the chat."""
    rooms = tuple(rooms)
    pages = homes(rooms, visitor, may)
    found: list[dict[str, Any]] = []
    for room in rooms:
        if room.today is None or not agreement.room_is_on(session, room.name, visitor.person.path):
            continue
        for words, button in room.today(session, visitor.person.id, now):
            href = leads_to(room.name, button, pages)
            found.append({"words": words, "href": href, "group": group_of(href or "", room.name)})
    return found[:MOST]


def homes(rooms: Sequence[Room], visitor: Visitor, may: Callable[[Visitor, Page], bool]) -> Mapping[str, str]:
    """The page of each room that has one in the navigation which this reader may open: the first that is not the front page."""
    found: dict[str, str] = {}
    for room in rooms:
        for page in room.pages:
            if page.nav and not page.public and page.path != HOME and "{" not in page.path and may(visitor, page):
                found.setdefault(room.name, page.path)
    return found


def leads_to(room: str, button: Button | None, pages: Mapping[str, str]) -> str:
    """Where a line of a room is done; empty: in the chat."""
    home = pages.get(room) or pages.get(room.split(".")[0], "")
    for pattern, path in STRAIGHT:
        if home and button is not None and (found := pattern.fullmatch(button.data or "")):
            return path.format(*found.groups())
    return home


def is_front(visitor: Visitor, path: str) -> bool:
    """Whether this is the first page of somebody with any role: it says what waits for them, also where nothing else is on it."""
    roles = (Role.SUPERVISOR.value, *WITH_A_ROLE)
    mine = path == HOME and visitor.guest is None and not visitor.waits
    return mine and any(visitor.viewer.anywhere(Role(role)) for role in roles)
