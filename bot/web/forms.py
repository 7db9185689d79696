"""What a page's form sends: from this very session, no larger than it may be, carried out in a transaction.

What is refused is not lost: the page comes once more with what was typed, and says why.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, Protocol

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.db.reading import reading
from bot.kit.errors import Refused
from bot.kit.room import Again, Page
from bot.kit.texts import text
from bot.people import agreement
from bot.people.model import Role
from bot.web import nul, store
from bot.web.factor import store as factors
from bot.web.login import Door, cross_site, leads_to, same, with_next
from bot.web.model import Visitor
from bot.web.shell import notice, reader_of

SESSION = "*session"
"""Under this name a page and its form are given the hash of the session that asks; nobody else can send it."""
MOST_BYTES, MOST_FIELDS, MOST_TEXT = 12 * 1024 * 1024, 240, 256 * 1024


class OnceMore(Protocol):
    """Makes a page once more: `(request, token, typed, refusal, now)`."""

    def __call__(
        self, request: Request, token: str, typed: dict[str, str], refusal: Refused | None, now: datetime
    ) -> Response:
        """The page with what was typed."""


class Forms:
    """The forms of all pages in one house."""

    def __init__(self, house: Any, door: Door) -> None:
        self._house, self._door = house, door

    def endpoint(self, page: Page, room: str, again: OnceMore) -> Any:
        """Takes the form of a room's page. Refused: without a session, from another site, without the right, and where
        the room is not used."""

        async def answer(request: Request) -> Response:
            token, now = self._door.token(request), self._house.clock.now()
            visitor, used = await asyncio.to_thread(self._visitor, token, room, now)
            if visitor is None or token is None:
                return RedirectResponse("/login", 303)
            reader = reader_of(request, visitor)
            form = await texts_and_files(request)
            if form is None:
                limit = MOST_BYTES // 1024 // 1024
                return notice(reader, "refused", 413, visitor, why=text("web.too_large", limit=limit))
            wrong = cross_site(request) or not same(form.get("csrf"), store.csrf(token))
            if wrong or not used or visitor.guest is not None or not may(visitor, page):
                return notice(reader, "refused", 403, visitor)
            if (to := first_to(visitor, page, now, request.url.path)) is not None:
                return RedirectResponse(to, 303)
            typed = {name: value for name, value in form.items() if isinstance(value, str) and name != "csrf"}
            own = {**form, **request.path_params, SESSION: store.digest(token)}
            try:
                if hasattr(page.post, "prepare"):
                    own = await asyncio.to_thread(page.post.prepare, own)
                to = await self._house.writer.in_transaction(page.post, visitor.viewer, own, now)
            except Refused as refusal:
                return await asyncio.to_thread(again, request, token, typed, refusal, now)
            if isinstance(to, Again):
                return await asyncio.to_thread(again, request, token, typed, None, now)
            return RedirectResponse(to, 303)

        return answer

    def _visitor(self, token: str | None, room: str, now: datetime) -> tuple[Visitor | None, bool]:
        """Who asks, and whether the room is used where they work: some are not, by agreement."""
        with reading(self._house.engine) as session:
            found = store.anyone(session, token, now)
            return found, found is not None and agreement.room_is_on(session, room, found.person.path)


def first_to(visitor: Visitor, page: Page, now: datetime, address: str) -> str | None:
    """Where somebody has to go before a page opens or takes its form: to their second factor. None: it may."""
    if visitor.waits:
        return None if page.path == visitor.waits else with_next(visitor.waits, leads_to(address))
    if page.guarded and visitor.has_factor and not factors.policy().is_fresh(visitor.factor_at, now):
        return with_next(store.PROVE, leads_to(address))
    return None


def may(visitor: Visitor, page: Page) -> bool:
    """Whether somebody has one of a page's roles over any unit; what they see there is the page's own question.

    A guest opens the pages that were chosen for them, and what lies below those.
    """
    if visitor.guest is not None:
        below = any(page.path == at or page.path.startswith(f"{at}/") for at in visitor.guest.pages)
        return page.guests and below
    return any(visitor.viewer.anywhere(Role(role)) for role in (page.role, *page.also))


async def texts_and_files(request: Request) -> dict[str, Any] | None:
    """A form's texts and files, with what these are called; None for what is too large, empty for what is no form."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BYTES:
        return None if length.isdigit() else {}
    found: dict[str, Any] = {}
    try:
        async with nul.form(request, max_files=2, max_fields=MOST_FIELDS, max_part_size=MOST_TEXT) as form:
            for name, value in form.items():
                if isinstance(value, UploadFile):
                    found[name], found[f"{name}_name"] = await value.read(), (value.filename or "")[:200]
                else:
                    found[name] = value
    except HTTPException:
        return {}
    return found
