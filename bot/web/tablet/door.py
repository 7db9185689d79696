"""Signing in with badge and PIN, choosing a PIN with a code, enrolling a device; and the way out.

A device keeps a token of its own, and who is signed in there another: whoever takes one has not the other. Nothing of a person
may stay: no answer is kept by the browser, and leaving lets it forget what it has.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.db.reading import reading
from bot.i18n.languages import LANGUAGES, closest
from bot.i18n.say import show
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.model import Person
from bot.web.login import cross_site, form_of, same
from bot.web.open import Turnstile
from bot.web.shell import Reader, reader_of
from bot.web.store import company_name, csrf
from bot.web.tablet import actions, hashing, rules, store
from bot.web.tablet.frame import page
from bot.web.tablet.model import Seat, Tablet

TEMPLATE = "web/tablet/pages.html.j2"
DEVICE_LASTS = 400 * 24 * 3600
FORM = "davy_tablet_form"
GONE = {"Clear-Site-Data": '"cache", "storage"'}
TRIES_EACH, TRIES_ALL = 120, 600
"""So many sign-ins a minute from one address and from all, before any of them is counted for a badge: against load.

A whole shift comes from one address.
"""


class TabletDoor:
    """The doors of one house."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self._secure = house.settings.address.startswith("https://")
        self.seat_cookie, self.device_cookie = (
            ("__Host-davy_seat", "__Host-davy_device") if self._secure else ("davy_seat", "davy_device")
        )
        self.idle = timedelta(seconds=house.settings.tablet_idle_seconds)
        self._turnstile = Turnstile(TRIES_EACH, TRIES_ALL)
        self._dear = asyncio.Semaphore(2)

    def routes(self) -> list[Route]:
        """`/tablet` and what its forms send."""
        return [
            Route("/tablet", self.on_look, methods=["GET"]),
            Route("/tablet/done", self.on_done, methods=["GET"]),
            Route("/tablet/code", self.on_code_page, methods=["GET"]),
            Route("/tablet/enrol", self.on_enrol_page, methods=["GET"]),
            Route("/tablet/in", self.on_sign_in, methods=["POST"]),
            Route("/tablet/code", self.on_code, methods=["POST"]),
            Route("/tablet/enrol", self.on_enrol, methods=["POST"]),
            Route("/tablet/out", self.on_leave, methods=["POST"]),
        ]

    # --- who is there --------------------------------------------------------------------------------------------------

    def token(self, request: Request) -> str | None:
        """What the browser keeps of who is signed in."""
        return request.cookies.get(self.seat_cookie)

    async def seat(self, request: Request) -> Seat | None:
        """Who is signed in."""
        return await asyncio.to_thread(
            self._read, lambda session, now: store.seat(session, self.token(request), self._device(request), now)
        )

    def _device(self, request: Request) -> str | None:
        return request.cookies.get(self.device_cookie)

    def _read(self, ask: Any) -> Any:
        with reading(self._house.engine) as session:
            return ask(session, self._house.clock.now())

    async def _here(self, request: Request) -> Tablet | None:
        return await asyncio.to_thread(self._read, lambda session, now: store.tablet(session, self._device(request)))

    # --- pages ---------------------------------------------------------------------------------------------------------

    async def on_look(self, request: Request) -> Response:
        """Where one signs in; whoever is inside is led in."""
        if await self.seat(request) is not None:
            return RedirectResponse("/tablet/room", 303)
        return await self._front(request)

    async def on_done(self, request: Request) -> Response:
        """The screen after somebody was away too long: nothing of them is left."""
        answer = await self._front(request)
        answer.headers.update(GONE)
        return answer

    async def on_code_page(self, request: Request) -> Response:
        """Where a PIN is chosen with a code."""
        return await self._front(request, macro="choose")

    async def on_enrol_page(self, request: Request) -> Response:
        """Where a device is enrolled; also where any browser may sign in, since its wrong PINs are then counted for itself."""
        return await self._front(request, macro="closed")

    async def _front(
        self, request: Request, *, macro: str = "front", why: Text | None = None, status: int = 200, badge: str = ""
    ) -> Response:
        here = await self._here(request)
        word, reader = secrets.token_urlsafe(24), self._reader(request)
        company = await asyncio.to_thread(self._read, lambda session, now: company_name(session))
        values: dict[str, Any] = {"csrf": word, "lang": reader.lang, "why": why, "here": here.name if here else ""}
        if not self._opens(here):
            macro = "closed"
        elif here is not None and macro == "closed":  # it is enrolled
            macro = "front"
        if macro in ("front", "closed"):
            values |= {"languages": [list(each) for each in LANGUAGES.items()], "company": company}
        if macro in ("front", "choose"):
            values |= {"badge": badge}
        if macro == "choose":
            values |= {"least": rules.LEAST_DIGITS}
        made = show(TEMPLATE, macro, reader.lang, **values)
        title = str(show(TEMPLATE, "title", reader.lang))
        answer = page(reader.lang, title, made, status)
        self._set(answer, FORM, word, 3600, "/tablet")
        return answer

    def _reader(self, request: Request) -> Reader:
        wished = request.query_params.get("lang")
        return Reader(closest(wished), "UTC") if wished in LANGUAGES else reader_of(request, None)

    # --- forms ---------------------------------------------------------------------------------------------------------

    async def on_sign_in(self, request: Request) -> Response:
        """Badge and PIN. Each try is counted before it is looked at; what is wrong of the two is not told."""
        form = await form_of(request)
        if refused := await self._refused(request, form):
            return refused
        here, badge, pin = await self._here(request), form.get("badge", "")[:40], rules.typed_pin(form.get("pin", ""))
        if not self._opens(here):
            return await self._front(request, status=403)
        wait = await self._begin(badge, here)
        if wait:
            return await self._front(request, why=_wait(wait), status=429, badge=badge)
        who, kept = await asyncio.to_thread(self._read, lambda session, now: _of_badge(session, badge, now))
        async with self._dear:
            fits = await asyncio.to_thread(hashing.fits, pin, kept)
        may = who is not None and store.may_sit(who, here, self._house.settings.pin_anywhere)
        if not fits or who is None:
            return await self._front(request, why=text("web.tablet.wrong"), status=403, badge=badge)
        if not may:
            return await self._front(request, why=text("web.tablet.elsewhere"), status=403)
        return await self._let_in(who, here, badge)

    async def on_code(self, request: Request) -> Response:
        """Badge, code and the PIN to choose; then signed in."""
        form = await form_of(request)
        if refused := await self._refused(request, form):
            return refused
        here, badge, pin = await self._here(request), form.get("badge", "")[:40], rules.typed_pin(form.get("pin", ""))
        if not self._opens(here):
            return await self._front(request, status=403)
        if not same(pin, rules.typed_pin(form.get("again", ""))):
            return await self._front(request, macro="choose", why=text("web.tablet.not_same"), status=422, badge=badge)
        if trouble := rules.trouble(pin, badge):
            why = text("web.tablet.pin_trouble", trouble=trouble, least=rules.LEAST_DIGITS, most=rules.MOST_DIGITS)
            return await self._front(request, macro="choose", why=why, status=422, badge=badge)
        if wait := await self._begin(badge, here):
            return await self._front(request, macro="choose", why=_wait(wait), status=429, badge=badge)
        who, _ = await asyncio.to_thread(self._read, lambda session, now: _of_badge(session, badge, now))
        async with self._dear:
            kept = await asyncio.to_thread(hashing.hashed, pin)
        wrong = text("web.tablet.wrong_code")
        if who is None or not store.may_sit(who, here, self._house.settings.pin_anywhere):
            return await self._front(request, macro="choose", why=wrong, status=403, badge=badge)
        write, now = self._house.writer.in_transaction, self._house.clock.now()
        if not await write(actions.set_pin, who.id, form.get("code", ""), kept, now):
            return await self._front(request, macro="choose", why=wrong, status=403, badge=badge)
        return await self._let_in(who, here, badge)

    async def on_enrol(self, request: Request) -> Response:
        """The code of a device."""
        form = await form_of(request)
        if refused := await self._refused(request, form):
            return refused
        token = secrets.token_urlsafe(32)
        done = await self._house.writer.in_transaction(
            actions.enrol, form.get("code", ""), token, self._house.clock.now()
        )
        if not done:
            return await self._front(request, macro="closed", why=text("web.tablet.wrong_code"), status=403)
        answer = RedirectResponse("/tablet", 303)
        self._set(answer, self.device_cookie, token, DEVICE_LASTS)
        return answer

    async def on_leave(self, request: Request) -> Response:
        """*I am done*."""
        token, form = self.token(request), await form_of(request)
        if token is None or not same(form.get("csrf"), csrf(token)) or cross_site(request):
            return RedirectResponse("/tablet", 303)
        await self._house.writer.in_transaction(actions.leave, token, self._house.clock.now())
        answer = RedirectResponse("/tablet/done", 303, headers=GONE)
        answer.delete_cookie(self.seat_cookie, path="/", secure=self._secure, httponly=True, samesite="strict")
        return answer

    # --- the way -------------------------------------------------------------------------------------------------------

    async def _refused(self, request: Request, form: dict[str, str]) -> Response | None:
        if not self._turnstile.lets(request.client.host if request.client else "", time.monotonic()):
            return await self._front(request, why=text("web.tablet.too_many"), status=429)
        if not same(form.get("csrf"), request.cookies.get(FORM)) or cross_site(request):
            return await self._front(request, why=text("web.tablet.again"), status=403)
        return None

    def _opens(self, here: Tablet | None) -> bool:
        """Whether PINs are looked at there at all: else anybody far away could try them, and lock out whose they are."""
        return here is not None or bool(self._house.settings.pin_anywhere)

    async def _begin(self, badge: str, here: Tablet | None) -> timedelta:
        counted = (actions.of_badge(badge, here), actions.of_device(here))
        wait: timedelta = await self._house.writer.in_transaction(actions.begin_try, counted, self._house.clock.now())
        return wait

    async def _let_in(self, who: Person, here: Tablet | None, badge: str) -> Response:
        token, now = secrets.token_urlsafe(32), self._house.clock.now()

        def sit(session: Session) -> None:
            actions.was_right(session, actions.of_badge(badge, here))
            actions.was_no_guess(session, actions.of_device(here))
            actions.sit(session, who, here, token, self.idle, now)

        await self._house.writer.in_transaction(sit)
        answer = RedirectResponse("/tablet/room", 303)
        self._set(answer, self.seat_cookie, token, None)
        return answer

    def _set(self, answer: Response, name: str, value: str, seconds: int | None, path: str = "/") -> None:
        answer.set_cookie(name, value, seconds, path=path, secure=self._secure, httponly=True, samesite="strict")


def _of_badge(session: Session, badge: str, now: Any) -> tuple[Person | None, Any]:
    who = people.person_by_badge(session, badge, now) if badge.strip() and "\x00" not in badge else None
    if who is None or who.left_on is not None:
        return None, None
    return who, store.pin(session, who.id)


def _wait(wait: timedelta) -> Text:
    return text("web.tablet.wait", seconds=max(1, int(wait.total_seconds() + 0.999)))
