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

    def endpoint(self, page: Page) -> Any:
        """Takes the form of a page. Refused: without a session, from another site, without the right."""

        async def answer(request: Request) -> Response:
            token, now = self._door.token(request), self._house.clock.now()
            visitor = await asyncio.to_thread(self._visitor, token, now)
            if visitor is None or token is None:
                return RedirectResponse("/login", 303)
            reader = reader_of(request, visitor)
            form = await texts_and_files(request)
            if cross_site(request) or not same(form.get("csrf"), store.csrf(token)) or not may(visitor, page):
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

    def _visitor(self, token: str | None, now: datetime) -> Visitor | None:
        with reading(self._house.engine) as session:
            return store.visitor(session, token, now)


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
