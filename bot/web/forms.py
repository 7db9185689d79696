"""What a page's form sends: from this very session, no larger than it may be, carried out in a transaction."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.db.reading import reading
from bot.kit.errors import Refused
from bot.kit.room import Page
from bot.people import agreement
from bot.people.model import Role
from bot.web import store
from bot.web.login import Door, cross_site, same
from bot.web.model import Visitor
from bot.web.shell import notice, reader_of

MOST_BYTES, MOST_FIELDS, MOST_TEXT = 12 * 1024 * 1024, 40, 256 * 1024


class Forms:
    """The forms of all pages in one house."""

    def __init__(self, house: Any, door: Door) -> None:
        self._house, self._door = house, door

    def endpoint(self, page: Page, room: str) -> Any:
        """Takes the form of a room's page. Refused: without a session, from another site, without the right, and where the room
        is not used."""

        async def answer(request: Request) -> Response:
            token, now = self._door.token(request), self._house.clock.now()
            visitor, used = await asyncio.to_thread(self._visitor, token, room, now)
            if visitor is None or token is None:
                return RedirectResponse("/login", 303)
            reader = reader_of(request, visitor)
            form = await texts_and_files(request)
            wrong = cross_site(request) or not same(form.get("csrf"), store.csrf(token))
            if wrong or not used or not may(visitor, page):
                return notice(reader, "refused", 403, visitor)
            try:
                if hasattr(page.post, "prepare"):
                    form = await asyncio.to_thread(page.post.prepare, form)
                to = await self._house.writer.in_transaction(
                    page.post, visitor.viewer, {**request.path_params, **form}, now
                )
            except Refused as refusal:
                return notice(reader, "refused", 422, visitor, why=refusal.text)
            return RedirectResponse(to, 303)

        return answer

    def _visitor(self, token: str | None, room: str, now: datetime) -> tuple[Visitor | None, bool]:
        """Who asks, and whether the room is used where they work: some are not, by agreement."""
        with reading(self._house.engine) as session:
            found = store.visitor(session, token, now)
            return found, found is not None and agreement.room_is_on(session, room, found.person.path)


def may(visitor: Visitor, page: Page) -> bool:
    """Whether somebody has one of a page's roles over any unit; what they see there is the page's own question."""
    return any(visitor.viewer.anywhere(Role(role)) for role in (page.role, *page.also))


async def texts_and_files(request: Request) -> dict[str, Any]:
    """A form's texts and files; empty for what is none, or is too large."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BYTES:
        return {}
    found: dict[str, Any] = {}
    try:
        async with request.form(max_files=2, max_fields=MOST_FIELDS, max_part_size=MOST_TEXT) as form:
            for name, value in form.items():
                found[name] = await value.read() if isinstance(value, UploadFile) else value
    except HTTPException:
        return {}
    return found
