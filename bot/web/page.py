"""From the rooms' pages to routes: who asks, may they, what does each room say, the layout around it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.db.reading import reading
from bot.i18n.say import show
from bot.kit.errors import Refused
from bot.kit.replies import Media
from bot.kit.room import Made, Page, Room
from bot.kit.texts import Html
from bot.people import agreement
from bot.web import actions, files, store
from bot.web.forms import Forms, may
from bot.web.login import HOME, Door
from bot.web.model import Visitor
from bot.web.shell import LAYOUT, Reader, notice, reader_of, whole

AT_ONCE = 4
"""Pages made at the same time; as many as there are connections for readers."""
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
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._by_path = by_path(house.rooms)

    def routes(self) -> list[Route]:
        """A route for each path, those without parameters first."""
        paths = sorted(self._by_path, key=lambda path: ("{" in path, path))
        found = [Route(path.replace(":int}", ":row}"), self._endpoint(path), methods=["GET"]) for path in paths]
        forms = Forms(self._house, self._door)
        return found + [
            Route(path.replace(":int}", ":row}"), forms.endpoint(one.page, one.room), methods=["POST"])
            for path in paths
            for one in self._by_path[path]
            if one.page.post is not None
        ]

    def _endpoint(self, path: str) -> Any:
        async def answer(request: Request) -> Response:
            token, now = self._door.token(request), self._house.clock.now()
            async with self._turns:
                made, visitor = await asyncio.to_thread(self._made, path, request, token, now)
            # a screen that is left alone renews itself for ever: only what a person does moves the end on
            there = BY_ITSELF not in request.headers
            if there and visitor is not None and token is not None and visitor.wears_off(now):
                await self._house.writer.in_transaction(actions.move_on, token, now)
                self._door.renew(made, token)
            return made

        return answer

    def _made(self, path: str, request: Request, token: str | None, now: datetime) -> tuple[Response, Visitor | None]:
        with reading(self._house.engine) as session:
            visitor = store.visitor(session, token, now)
            if visitor is None:
                return _to_the_door(request), None
            reader = reader_of(request, visitor)
            offered = [one for one in self._by_path[path] if may(visitor, one.page) and _is_used(session, visitor, one)]
            if any("\x00" in str(value) for value in request.path_params.values()):
                return notice(reader, "not_found", 404, visitor), visitor
            if not offered:
                return notice(reader, "refused", 403, visitor), visitor
            try:
                self._note(offered, visitor, request, now)
                return self._answer(session, path, offered, request, reader, visitor, now), visitor
            except Refused as refusal:
                return notice(reader, "refused", 403, visitor, why=refusal.text), visitor

    def _note(self, offered: Iterable[Offered], visitor: Visitor, request: Request, now: datetime) -> None:
        """What has to be on record before it is shown. An error here ends the answer."""
        query = {**request.query_params, **request.path_params}
        for one in offered:
            if one.page.noted is not None:
                self._house.writer.run(one.page.noted, visitor.viewer, query, now)

    def _answer(
        self,
        session: Session,
        path: str,
        offered: Iterable[Offered],
        request: Request,
        reader: Reader,
        visitor: Visitor,
        now: datetime,
    ) -> Response:
        query = {**request.query_params, **request.path_params}
        sections: list[Html] = []
        titles: list[str] = []
        for one in offered:
            found = one.page.do(session, visitor.viewer, query, now)
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
        title = str(show(LAYOUT, "title_of", reader.lang, macro="today")) if path == HOME else titles[0]
        made = whole(
            reader,
            title,
            sections,
            visitor=visitor,
            company=store.company_name(session),
            nav=self._nav(reader, visitor, path),
            now=now,
            live=all(one.page.post is None for one in offered),
        )
        return HTMLResponse(made)

    def _nav(self, reader: Reader, visitor: Visitor, path: str) -> list[dict[str, Any]]:
        links = [
            {"href": HOME, "label": str(show(LAYOUT, "title_of", reader.lang, macro="today")), "here": path == HOME}
        ]
        for other, pages in self._by_path.items():
            shown = [one for one in pages if one.page.nav and may(visitor, one.page)]
            if shown and other != HOME and "{" not in other:
                label = str(show(shown[0].template, shown[0].page.title, reader.lang))
                links.append({"href": other, "label": label, "here": other == path})
        return links


def by_path(rooms: Iterable[Room]) -> dict[str, list[Offered]]:
    """All pages of all rooms by their path, in the order of the rooms."""
    found: dict[str, list[Offered]] = {}
    for room in rooms:
        for page in room.pages:
            if page.public:
                continue  # they have no door: see open.py
            found.setdefault(page.path, []).append(Offered(page, room.name))
    return found


def _is_used(session: Session, visitor: Visitor, one: Offered) -> bool:
    """Whether a page's room is used where somebody works: some are not, by agreement."""
    return agreement.room_is_on(session, one.room, visitor.person.path)


def _to_the_door(request: Request) -> Response:
    """Pages lead to the door; what a page fetches for itself only says that nobody is signed in."""
    wants_page = "text/html" in request.headers.get("accept", "") and BY_ITSELF not in request.headers
    return RedirectResponse("/login", 303) if wants_page else Response(status_code=401)


def _for_title(found: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": found["title"]} if "title" in found else {}
