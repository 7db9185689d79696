"""An address for every page of a house: taken from its routes, so that a new page is looked at without being named anywhere.

A route with parameters needs a link that leads to it: a page that no page links to is found by nobody, and fails here.
"""

from __future__ import annotations

import re
from html import unescape

import httpx
from starlette.routing import Mount, Route, compile_path

from bot.web.app import build
from tests.web.desk import Desk

HREF = re.compile(r'(?:href|action)="(/[^"#]*)"')
NO_PAGE = (
    "/health",
    "/metrics",
    "/webhook",
    "/hooks/",
    "/static",
    "/logout",
    "/media/",
    "/robots.txt",
    "/api/",
    "/desk/live",
    "/tablet/file/",
    "/tablet/done",
)
"""Not for eyes: programs call them, or they are the files of a page, or they only lead on."""
MISSING = "/desk/there-is-no-such-page"


def routes(desk: Desk) -> list[str]:
    """The path of every route that answers GET."""
    return [
        route.path
        for route in build(desk.house).routes
        if isinstance(route, Route) and not isinstance(route, Mount) and "GET" in (route.methods or ())
        and not route.path.startswith(NO_PAGE)
    ]  # fmt: skip


def files(desk: Desk) -> set[str]:
    """Paths that answer with a file: pages of rooms without a macro."""
    return {page.path.replace(":int}", ":row}") for room in desk.house.rooms for page in room.pages if not page.macro}


def addresses(desk: Desk, browser: httpx.Client, given: tuple[str, ...] = ()) -> tuple[dict[str, str], list[str]]:
    """An address for each page by its route, followed from link to link; and routes to which no link leads.

    `given` are addresses that are handed to people outside the pages: on paper, in a message.
    """
    wanted = [path for path in routes(desk) if path not in files(desk)]
    found = {path: path for path in wanted if "{" not in path}
    patterns = {path: compile_path(path)[0] for path in wanted if "{" in path}
    waiting, seen = [*found.values(), *given], set()
    while waiting:
        address = waiting.pop(0)
        bare = address.split("?")[0]
        route = next((path for path, pattern in patterns.items() if pattern.fullmatch(bare)), bare)
        if route in seen:
            continue
        seen.add(route)
        found.setdefault(route, address) if route in patterns else None
        answer = browser.get(address)
        if "text/html" not in answer.headers.get("content-type", ""):
            found.pop(route, None)
            continue
        waiting += [unescape(each) for each in HREF.findall(answer.text)]
    lost = sorted(path for path in patterns if path not in found and path not in seen)
    return found | {"missing": MISSING}, lost
