"""From the rooms' pages to routes: who asks, may they, what does each room say, the layout around it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route, compile_path

from bot.db.reading import reading
from bot.i18n.say import show
from bot.kit.errors import Refused
from bot.kit.replies import Media
from bot.kit.room import Made, Page, Room
from bot.kit.texts import Html
from bot.onboarding import actions as onboarding
from bot.people import agreement
from bot.people.model import Grant, Role, Viewer
from bot.web import actions, files, navigation, store, today
from bot.web.forms import SESSION, Forms, first_to, may
from bot.web.guests.actions import note_look
from bot.web.login import Door
from bot.web.model import HOME, Visitor
from bot.web.refill import refilled
from bot.web.shell import LAYOUT, Reader, Renewed, notice, reader_of, renewed, whole

AT_ONCE = 4
"""Pages made at the same time; as many as there are connections for readers."""
RENEWED_AT_ONCE = 1
"""So many of them may be boards that renew themselves: whoever opens a page does not stand in line behind these. Two at once
would only wait for each other, and the answers that they show for both (`python -m bench boards`)."""
TODAY = "web/pages.html.j2"
BY_ITSELF = "x-refresh"
"""What a page says when it fetches itself anew: nobody has done anything."""


class RowNumber(IntegerConvertor):
    """A number that a row can have: the database would not even look for a longer one, it would fail."""

    regex = "[0-9]{1,9}"


register_url_convertor("row", RowNumber())


@dataclass(frozen=True)
class Offered:
    """A page and the room that offers it."""

    page: Page
    room: str

    @property
    def template(self) -> str:
        return f"{self.room.replace('.', '/')}/pages.html.j2"


class Pages:
    """The pages of all rooms in one house."""

    def __init__(self, house: Any, door: Door) -> None:
        self._house, self._door = house, door
        self._turns, self._renewing = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(RENEWED_AT_ONCE)
        self._by_path = by_path(house.rooms)
        self._patterns = [(compile_path(path)[0], pages) for path, pages in self._by_path.items()]

    def routes(self) -> list[Route]:
        """A route for each path, those without parameters first."""
        paths = sorted(self._by_path, key=lambda path: ("{" in path, path))
        found = [Route(path.replace(":int}", ":row}"), self._endpoint(path), methods=["GET"]) for path in paths]
        forms = Forms(self._house, self._door)
        return found + [
            Route(
                path.replace(":int}", ":row}"),
                forms.endpoint(one.page, one.room, partial(self._again, path)),
                methods=["POST"],
            )
            for path in paths
            for one in self._by_path[path]
            if one.page.post is not None
        ]

    def _endpoint(self, path: str) -> Any:
        async def answer(request: Request) -> Response:
            token, now = self._door.token(request), self._house.clock.now()
            # a screen that is left alone renews itself for ever: only what a person does moves the end on
            there = BY_ITSELF not in request.headers
            async with self._turns if there else self._renewing:
                made, visitor = await asyncio.to_thread(self._timed, path, request, token, now)
            if there and visitor is not None and token is not None and visitor.wears_off(now):
                await self._house.writer.in_transaction(actions.move_on, token, now)
                self._door.renew(made, token, visitor.via)
            return made

        return answer

    def _timed(self, path: str, request: Request, token: str | None, now: datetime) -> tuple[Response, Visitor | None]:
        began = time.thread_time()
        made = self._made(path, request, token, now)
        if BY_ITSELF in request.headers:
            self._house.live.took(time.thread_time() - began)
        return made

    def opens(self, visitor: Visitor, path: str) -> bool:
        """Whether somebody may open the page at an address; what they see there is the page's own question."""
        offered = (
            may(visitor, one.page) for pattern, pages in self._patterns if pattern.fullmatch(path) for one in pages
        )
        return any(offered) or today.is_front(visitor, path)

    def _made(self, path: str, request: Request, token: str | None, now: datetime) -> tuple[Response, Visitor | None]:
        with reading(self._house.engine) as session:
            visitor = store.anyone(session, token, now)
            if visitor is None or token is None:
                return _to_the_door(request), None
            reader = reader_of(request, visitor)
            if visitor.guest is not None:
                # what cannot be put on record is not shown
                self._house.writer.run(note_look, visitor.guest.id, request.url.path, now)
                if path == HOME and HOME not in visitor.guest.pages:
                    return RedirectResponse(visitor.guest.pages[0], 303), visitor
            offered = [one for one in self._by_path[path] if may(visitor, one.page) and _is_used(session, visitor, one)]
            if not offered and not today.is_front(visitor, path):
                return notice(reader, "refused", 403, visitor), visitor
            ways = {first_to(visitor, one.page, now, request.url.path) for one in offered} - {None}
            if ways:
                return _lead_on(request, ways.pop() or HOME), visitor
            try:
                self._note(offered, visitor, request, now)
                return self._answer(session, path, offered, request, reader, visitor, now), visitor
            except Refused as refusal:
                return notice(reader, "refused", 403, visitor, why=refusal.text), visitor

    def _again(
        self, path: str, request: Request, token: str, typed: dict[str, str], refusal: Refused | None, now: datetime
    ) -> Response:
        """A page whose form was refused, or is to be looked at first: with what was typed; a refusal stands on top."""
        with reading(self._house.engine) as session:
            visitor = store.visitor(session, token, now)
            if visitor is None:
                return _to_the_door(request)
            reader, why = reader_of(request, visitor), refusal.text if refusal else None
            offered = [one for one in self._by_path[path] if may(visitor, one.page) and _is_used(session, visitor, one)]
            try:
                self._note(offered, visitor, request, now)
                lead = show(LAYOUT, "not_done", reader.lang, zone=reader.zone, why=why) if why else None
                made = self._answer(session, path, offered, request, reader, visitor, now, typed, lead)
            except Refused:
                return notice(reader, "refused", 422, visitor, why=why or "")
        if made.status_code != 200:  # the page itself is gone or hidden: then only the refusal is said
            return notice(reader, "refused", 422, visitor, why=why) if why else made
        said = str(show(LAYOUT, "reason", reader.lang, zone=reader.zone, why=why)) if why else ""
        words = refilled(bytes(made.body).decode(), typed, refusal.field if refusal else "", said)
        return HTMLResponse(words, 422 if refusal else 200)

    def _note(self, offered: Iterable[Offered], visitor: Visitor, request: Request, now: datetime) -> None:
        """What has to be on record before it is shown. An error here ends the answer."""
        query = _query(request, self._door.token(request))
        for one in offered:
            if one.page.noted is not None:
                self._house.writer.run(one.page.noted, viewer_of(visitor, one.page), query, now)

    def _answer(
        self,
        session: Session,
        path: str,
        offered: Iterable[Offered],
        request: Request,
        reader: Reader,
        visitor: Visitor,
        now: datetime,
        typed: Mapping[str, str] | None = None,
        lead: Html | None = None,
    ) -> Response:
        query = {**_query(request, self._door.token(request)), "typed": typed or {}}
        seen = self._house.live.seen(request.url.path)  # before the queries: what comes meanwhile is told again
        mine = path == HOME and visitor.guest is None
        sections: list[Html] = [self._today(session, reader, visitor, now)] if mine else []
        titles: list[str] = []
        for one in offered:
            found = one.page.do(session, viewer_of(visitor, one.page), query, now)
            if one.page.post is not None and isinstance(found, dict):
                found |= {"csrf": visitor.csrf}
            if isinstance(found, Media):
                return files.answer(request, found)
            if isinstance(found, Made):
                return files.made(found)
            if found is not None:
                sections.append(show(one.template, one.page.macro, reader.lang, zone=reader.zone, **found))
                titles.append(
                    str(show(one.template, one.page.title, reader.lang, zone=reader.zone, **_for_title(found)))
                )
        if not sections:
            return notice(reader, "not_found", 404, visitor)
        live = Renewed.of(request, seen, forms=any(one.page.post is not None for one in offered))
        still = any(one.page.noted is not None for one in offered)  # each look is on record: a page alone does not look
        if BY_ITSELF in request.headers:
            return HTMLResponse(renewed(reader, sections, now, live))
        if lead is not None:
            sections.insert(0, lead)
        title = self._name(reader, path) or titles[0]  # the first page has a name
        made = whole(
            reader,
            title,
            sections,
            visitor=visitor,
            company=store.company_name(session),
            nav=self._nav(reader, visitor, path),
            now=now,
            # whoever is told that something was not done mends it in peace, and the parts of such a page are others
            live=None if still or lead is not None or visitor.guest is not None else live,
        )
        return HTMLResponse(made)

    def _today(self, session: Session, reader: Reader, visitor: Visitor, now: datetime) -> Html:
        """What needs somebody now, before all else on the first page."""
        rows = today.waiting(session, self._house.rooms, visitor, now, may)
        chat = onboarding.link_to_bot()
        return show(TODAY, "today", reader.lang, zone=reader.zone, rows=rows, chat=chat)

    def _nav(self, reader: Reader, visitor: Visitor, path: str) -> list[dict[str, Any]]:
        """The pages that somebody may open, in their groups."""
        links: list[dict[str, Any]] = []
        if visitor.guest is None and not visitor.waits:
            links.append({"href": HOME, "label": self._name(reader, HOME), "room": "web"})
        for other, pages in self._by_path.items():
            shown = [one for one in pages if one.page.nav and may(visitor, one.page) and not visitor.waits]
            if shown and other != HOME and "{" not in other:
                label = self._name(reader, other) or str(show(shown[0].template, shown[0].page.title, reader.lang))
                links.append({"href": other, "label": label, "room": shown[0].room})
        return navigation.arranged(links, path, self._by_path[path][0].room)

    @staticmethod
    def _name(reader: Reader, path: str) -> str:
        """What a page is called that several rooms fill; empty for all others."""
        return str(show(LAYOUT, "page_name", reader.lang, path=path)).strip()


def by_path(rooms: Iterable[Room]) -> dict[str, list[Offered]]:
    """All pages of all rooms by their path, in the order of the rooms."""
    found: dict[str, list[Offered]] = {}
    for room in rooms:
        for page in room.pages:
            if page.public:
                continue  # they have no door: see open.py
            found.setdefault(page.path, []).append(Offered(page, room.name))
    return found


def for_guests(rooms: Iterable[Room]) -> list[tuple[str, str, str]]:
    """The pages that a guest from outside may be let see: address, template, macro of the title."""
    found = {
        page.path: (page.path, room.template, page.title)
        for room in rooms
        for page in reversed(room.pages)
        if page.guests and page.macro and "{" not in page.path and not page.public
    }
    return sorted(found.values())


def viewer_of(visitor: Visitor, page: Page) -> Viewer:
    """The rights with which a page is asked: a guest's are the page's own role, over the units that they may see."""
    if visitor.guest is None:
        return visitor.viewer
    grants = (Grant(Role(page.role), each.unit, each.path) for each in visitor.viewer.grants)
    return replace(visitor.viewer, grants=tuple(grants))


def _query(request: Request, token: str | None) -> dict[str, Any]:
    return {**request.query_params, **request.path_params, SESSION: store.digest(token or "")}


def _lead_on(request: Request, to: str) -> Response:
    """A second factor is awaited. What a page fetches for itself only says so: it then loads anew."""
    return RedirectResponse(to, 303) if BY_ITSELF not in request.headers else Response(status_code=401)


def _is_used(session: Session, visitor: Visitor, one: Offered) -> bool:
    """Whether a page's room is used where somebody works: some are not, by agreement."""
    return agreement.room_is_on(session, one.room, visitor.person.path)


def _to_the_door(request: Request) -> Response:
    """Pages lead to the door; what a page fetches for itself only says that nobody is signed in."""
    wants_page = "text/html" in request.headers.get("accept", "") and BY_ITSELF not in request.headers
    return RedirectResponse("/login", 303) if wants_page else Response(status_code=401)


def _for_title(found: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": found["title"]} if "title" in found else {}
