"""`/p/CODE`, the form without a name, its receipt, and `/status`: without signing in, and nothing kept of who looks.

How often is counted by address for a minute, in memory, and by place for an hour; no address is written anywhere.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.db.reading import reading
from bot.delivery.browser import uploads
from bot.delivery.render import Reader
from bot.i18n.languages import LANGUAGES, closest
from bot.i18n.say import show
from bot.kit.errors import Refused
from bot.kit.texts import Text, text
from bot.media import pictures
from bot.onboarding import actions as onboarding
from bot.people import store as people
from bot.people.model import Place, Unit
from bot.web.login import cross_site, same
from bot.web.open import Turnstile
from bot.web.outside import actions, showing
from bot.web.outside.status import Status
from bot.web.shell import reader_of
from bot.web.tablet.frame import page
from bot.web.tablet.room import fields_of, one_of
from bot.web.tablet.showing import file_trouble

TEMPLATE = "web/outside/pages.html.j2"
FORM = "davy_report_form"
MOST_WORDS, MOST_WHERE, MOST_PHOTOS = 2000, 200, 3
REPORTS_EACH, REPORTS_ALL, HOUR_S = 10, 60, 3600.0
"""Reports without a name an hour: for one place, and for all together, of one process."""
SENT_EACH, SENT_ALL = 6, 60
"""Forms a minute: from one address, and from all."""


class Outside:
    """These pages of one house."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self._secure = house.settings.address.startswith("https://")
        self._looks, self._forms = Turnstile(), Turnstile(SENT_EACH, SENT_ALL)
        self._reports = Turnstile(REPORTS_EACH, REPORTS_ALL, HOUR_S)
        self._status = Status(house)

    def routes(self) -> list[Route]:
        """A route for each."""
        return [
            Route("/p/{code}", self.on_place, methods=["GET"]),
            Route("/p/{code}/report", self.on_form, methods=["GET"]),
            Route("/p/{code}/report", self.on_report, methods=["POST"]),
            Route("/report", self.on_form, methods=["GET"]),
            Route("/report", self.on_report, methods=["POST"]),
            Route("/receipt", self.on_receipt_page, methods=["GET"]),
            Route("/receipt", self.on_receipt, methods=["POST"]),
            Route("/status", self.on_status, methods=["GET"]),
        ]

    # --- looking -------------------------------------------------------------------------------------------------------

    async def on_place(self, request: Request) -> Response:
        """What holds at a place, and what one may do there."""
        reader = _reader(request)
        if not self._looks.lets(_address(request), time.monotonic()):
            return self._notice(reader, "too_many", 429)
        found = await asyncio.to_thread(self._place, request, reader)
        if found is None:
            return self._notice(reader, "no_place", 404)
        values, code = found, request.path_params["code"]
        values |= {
            "code": code, "reports": self._house.settings.web_reports != "off", "lang": reader.lang,
            "telegram": onboarding.link(f"p{code}"), "languages": [list(each) for each in LANGUAGES.items()],
        }  # fmt: skip
        return self._page(reader, "place", values)

    def _place(self, request: Request, reader: Reader) -> dict[str, Any] | None:
        code = request.path_params["code"]
        with reading(self._house.engine) as session:
            found = people.place_by_code(session, code) if "\x00" not in code else None
            unit = showing.unit_of(session, found) if found else None
            if found is None or unit is None:
                return None
            return showing.place(session, found, unit, reader, self._house.settings.place_rules)

    async def on_status(self, request: Request) -> Response:
        """Whether Davy is up and messages go out; no figures of people."""
        reader = _reader(request)
        if not self._looks.lets(_address(request), time.monotonic()):
            return self._notice(reader, "too_many", 429)
        return self._page(reader, "status", await self._status.now())

    # --- a report without a name ---------------------------------------------------------------------------------------

    async def on_form(self, request: Request) -> Response:
        """The form."""
        return await self._form(request)

    async def _form(self, request: Request, why: Text | None = None, status: int = 200, **kept: str) -> Response:
        reader = _reader(request)
        place, units = await asyncio.to_thread(self._where, request)
        if place is None and not units:
            return self._notice(reader, "no_place", 404)
        word = secrets.token_urlsafe(24)
        values = {
            "action": f"{request.url.path}?lang={reader.lang}",
            "csrf": word,
            "why": why,
            "kept": dict.fromkeys(("words", "where", "kind", "urgency"), "") | kept,
            "place": place.label if place else None,
            "units": [(each.id, each.label) for each in units],
            "back": f"/p/{request.path_params['code']}?lang={reader.lang}" if place else None,
        }
        answer = self._page(reader, "form", values, status)
        answer.set_cookie(FORM, word, 3600, path="/", secure=self._secure, httponly=True, samesite="strict")
        return answer

    def _where(self, request: Request) -> tuple[Place | None, list[Unit]]:
        """The place that was scanned; else the units to choose from, where that is allowed."""
        code, allowed = request.path_params.get("code"), self._house.settings.web_reports
        with reading(self._house.engine) as session:
            if allowed == "off":
                return None, []
            if code is not None:
                return (people.place_by_code(session, code) if "\x00" not in code else None), []
            return None, actions.sites(session) if allowed == "open" else []

    async def on_report(self, request: Request) -> Response:
        """Takes the form; answers the receipt."""
        reader = _reader(request)
        if not self._forms.lets(_address(request), time.monotonic()):
            return self._notice(reader, "too_many", 429)
        form = await fields_of(request)
        if not same(one_of(form, "csrf"), request.cookies.get(FORM)) or cross_site(request):
            return await self._form(request, text("web.outside.again"), 403)
        place, units = await asyncio.to_thread(self._where, request)
        unit = await asyncio.to_thread(self._unit, place, units, one_of(form, "unit"))
        if unit is None:
            return self._notice(reader, "no_place", 404)
        said = {name: one_of(form, name).replace("\x00", "").strip() for name in ("words", "where", "kind", "urgency")}
        said |= {"words": said["words"][:MOST_WORDS], "where": said["where"][:MOST_WHERE]}
        files, trouble = await self._taken(form)
        if trouble is None and not said["words"] and not files:
            trouble = text("web.outside.say_something")
        if trouble is not None or one_of(form, "website"):  # a box that people do not see
            return await self._form(request, trouble, 422, **said)
        if not self._reports.lets(f"unit {unit.id}", time.monotonic()):
            return self._notice(reader, "too_many", 429)
        code = actions.receipt_of(one_of(form, "csrf"))
        write, now = self._house.writer.in_transaction, self._house.clock.now()
        hazard = await write(actions.report, code, unit, place, said, files, now)
        answer = self._page(
            reader, "sent", {"code": code, "number": hazard.id, "hurt": said["kind"] == "hurt", "lang": reader.lang}
        )
        answer.delete_cookie(FORM, path="/")
        return answer

    def _unit(self, place: Place | None, units: list[Unit], chosen: str) -> Unit | None:
        if place is None:
            return next((each for each in units if str(each.id) == chosen), units[0] if len(units) == 1 else None)
        with reading(self._house.engine) as session:
            return people.unit(session, place.unit)

    async def _taken(self, form: Any) -> tuple[actions.Files, Text | None]:
        files: list[tuple[str, str]] = []
        for name, data in [each for each in form.get("file", ()) if isinstance(each, tuple) and each[1]][:MOST_PHOTOS]:
            try:
                taken = await asyncio.to_thread(uploads.take, data, name)
            except pictures.BadPicture as bad:
                return (), file_trouble(bad.code)
            if taken.kind in ("photo", "video"):
                files.append((taken.kind, taken.ref))
        return tuple(files), None

    # --- the receipt ---------------------------------------------------------------------------------------------------

    async def on_receipt_page(self, request: Request) -> Response:
        """Where a receipt is typed."""
        return self._ask(_reader(request))

    async def on_receipt(self, request: Request) -> Response:
        """How the report stands; the code comes in a form and never in an address. Answers go the sealed way."""
        reader = _reader(request)
        if not self._forms.lets(_address(request), time.monotonic()):
            return self._notice(reader, "too_many", 429)
        form = await fields_of(request)
        code, what, why = actions.typed(one_of(form, "code")), one_of(form, "what"), None
        if cross_site(request):
            return self._ask(reader, text("web.outside.again"), 403)
        if what in ("answer", "gone", "still"):
            files, why = await self._taken(form)
            words = one_of(form, "words").replace("\x00", "").strip()[:MOST_WORDS]
            try:
                if why is None:
                    now = self._house.clock.now()
                    await self._house.writer.in_transaction(actions.answer, code, what, words, files, now)
            except Refused as refusal:
                why = refusal.text
        values = await asyncio.to_thread(self._receipt, code, reader)
        if values is None:
            return self._ask(reader, text("web.outside.no_receipt"), 404)
        values |= {"code": code, "why": why, "passed_on": what == "answer" and why is None, "lang": reader.lang}
        return self._page(reader, "receipt", values)

    def _receipt(self, code: str, reader: Reader) -> dict[str, Any] | None:
        with reading(self._house.engine) as session:
            hazard = actions.found(session, code)
            now = self._house.clock.now()
            return showing.receipt(session, code, hazard, reader, now) if hazard is not None else None

    def _ask(self, reader: Reader, why: Text | None = None, status: int = 200) -> Response:
        return self._page(reader, "ask_receipt", {"why": why, "lang": reader.lang}, status)

    # --- the frame -----------------------------------------------------------------------------------------------------

    def _page(self, reader: Reader, macro: str, values: dict[str, Any], status: int = 200) -> Response:
        made = show(TEMPLATE, macro, reader.lang, zone=reader.zone, **values)
        return page(reader.lang, str(show(TEMPLATE, "title", reader.lang, macro=macro)), made, status)

    def _notice(self, reader: Reader, macro: str, status: int) -> Response:
        return self._page(reader, macro, {}, status)


def _reader(request: Request) -> Reader:
    wished = request.query_params.get("lang")
    return Reader(closest(wished) if wished in LANGUAGES else reader_of(request, None).lang, "UTC")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
