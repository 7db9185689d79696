"""The page of whoever is signed in: what is said to them, and forms for what they do. A form becomes an update like any other.

A button is a place in a message as it stands here, and never its data: whoever forges one presses what is there, or nothing.
"""

from __future__ import annotations

import asyncio
import mimetypes
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.db.reading import reading
from bot.delivery import drawings
from bot.delivery.browser import inbox, uploads
from bot.delivery.browser.inbox import poll_of
from bot.delivery.browser.reading import update_of
from bot.delivery.render import Reader
from bot.i18n.say import say, show
from bot.kit.replies import Media, Message, to_json
from bot.kit.texts import Text, text
from bot.library import shipped
from bot.media import marks, pictures
from bot.media import store as media
from bot.onboarding import actions as onboarding
from bot.people import store as people
from bot.web import files, nul
from bot.web.login import cross_site, same
from bot.web.tablet import actions, showing
from bot.web.tablet.door import TEMPLATE, TabletDoor
from bot.web.tablet.frame import page
from bot.web.tablet.model import Seat

TILES = (("today", "📖"), ("report", "⚠️"), ("emergency", "🚨"), ("mystatus", "🪪"), ("ask", "💬"))
"""What stands under every page, as commands."""
MOST_FORM, MOST_FIELDS, MOST_WORDS = 48 * 1024 * 1024, 40, 4096
Fields = dict[str, list[Any]]


class Room:
    """The pages of everybody who is signed in before a screen."""

    def __init__(self, house: Any, door: TabletDoor) -> None:
        self._house, self._door = house, door

    def routes(self) -> list[Route]:
        """`/tablet/room` and its forms."""
        return [
            Route("/tablet/room", self.on_room, methods=["GET"]),
            Route("/tablet/file/{number:int}/{nth:row}", self.on_file, methods=["GET"]),
            *(Route(f"/tablet/{name}", self._form(do), methods=["POST"]) for name, do in self._doing().items()),
            Route("/tablet/stay", self.on_stay, methods=["POST"]),
        ]

    def _doing(self) -> dict[str, Any]:
        return {"say": self._say, "press": self._press, "vote": self._vote}

    # --- looking -------------------------------------------------------------------------------------------------------

    async def on_room(self, request: Request) -> Response:
        """What stands in the page. A person opened it, so they are still there."""
        seat, token = await self._door.seat(request), self._door.token(request)
        if seat is None or token is None:
            return RedirectResponse("/tablet/done", 303)
        await self._house.writer.in_transaction(actions.stay, token, self._door.idle, self._house.clock.now())
        made = await asyncio.to_thread(self._made, seat, "more" in request.query_params)
        await drawings.ask_for_missed(self._drawings, self._house.writer, self._house.clock.now())
        return made

    @property
    def _drawings(self) -> drawings.Drawings:
        found: drawings.Drawings = self._house.caller.preparer.drawings
        return found

    def _made(self, seat: Seat, more: bool) -> Response:
        reader, now = _reader(seat), self._house.clock.now()
        idle = int(self._door.idle.total_seconds())
        with reading(self._house.engine) as session:
            all_ = showing.standing(session, seat.person.id, seat.chat)
            fresh = [each for each in all_ if not each.touch or each.touch > seat.since]
            old = [each for each in all_ if each not in fresh]
            connection = session.connection()
            viewer = people.viewer(session, seat.person.id, now)
            parts = onboarding.parts_for(session, viewer) if more and viewer else {}
            shown = [
                [showing.shown(each, reader, self._drawings, connection) for each in some] for some in (fresh, old)
            ]
        made = show(
            TEMPLATE, "room", reader.lang, zone=reader.zone,
            name=onboarding.first_name(seat.person.name, reader.lang), place=seat.tablet.name if seat.tablet else "",
            csrf=seat.csrf, form=_form_name(now), said=showing.toast(seat.said, reader),
            wrong=showing.is_trouble(seat.said), fresh=shown[0], old=shown[1], idle=idle, more=more,
            tiles=[{"command": name, "icon": icon} for name, icon in TILES],
            parts=[[(name, str(say(key, reader.lang))) for name, key in some] for some in parts.values() if some],
        )  # fmt: skip
        return page(reader.lang, str(show(TEMPLATE, "title", reader.lang)), made, idle=idle)

    async def on_file(self, request: Request) -> Response:
        """A file of a message that stands in the page of whoever asks."""
        seat = await self._door.seat(request)
        number, nth = request.path_params["number"], request.path_params["nth"]
        if seat is None or number >= 2**62:
            return Response(status_code=404)
        answer = await asyncio.to_thread(self._file, request, seat, number, nth)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _file(self, request: Request, seat: Seat, number: int, nth: int) -> Response:
        with reading(self._house.engine) as session:
            found = showing.one(session, seat.person.id, seat.chat, number)
            message = found.message if found else Message()
            lang, connection = _reader(seat).lang, session.connection()
            message = self._drawings.resolved(message, lang, connection, patient=False) or message
        ref = showing.kept_ref(message.media[nth]) if nth < len(message.media) else None
        if ref is None:
            return Response(status_code=404)
        plain, _, drawn = ref.partition("#")
        if plain.startswith(media.PREFIX) and not drawn:
            return files.answer(request, Media("photo", plain))
        return _made_here(plain, drawn)

    # --- doing ---------------------------------------------------------------------------------------------------------

    def _form(self, do: Any) -> Any:
        async def answer(request: Request) -> Response:
            seat, token = await self._door.seat(request), self._door.token(request)
            if seat is None or token is None:
                return RedirectResponse("/tablet/done", 303)
            fields = await fields_of(request)
            if not same(one_of(fields, "csrf"), seat.csrf) or cross_site(request):
                return RedirectResponse("/tablet/room", 303)
            before = await asyncio.to_thread(self._newest, seat.chat)
            said: Text | None = await do(seat, fields, f"{one_of(fields, 'form')[:40]}.{seat.csrf[:16]}")
            kept = to_json(Message(said)) if said is not None else None
            await self._house.writer.in_transaction(
                actions.acted, token, seat.chat, before, kept, self._door.idle, self._house.clock.now()
            )
            return RedirectResponse("/tablet/room#now", 303)

        return answer

    async def on_stay(self, request: Request) -> Response:
        """Somebody types or scrolls: they are still there."""
        seat, token = await self._door.seat(request), self._door.token(request)
        if seat is None or token is None or not same(request.headers.get("x-csrf"), seat.csrf) or cross_site(request):
            return Response(status_code=401)
        await self._house.writer.in_transaction(actions.stay, token, self._door.idle, self._house.clock.now())
        return Response(status_code=204)

    def _newest(self, chat: int) -> int:
        with reading(self._house.engine) as session:
            return inbox.newest(session, chat)

    def _look(self, seat: Seat, fields: Fields) -> showing.Standing | None:
        """The message that a form is about, if it stands there as it was shown."""
        number, version = _number(fields, "number"), _number(fields, "version")
        with reading(self._house.engine) as session:
            found = showing.one(session, seat.person.id, seat.chat, number)
        return found if found is not None and found.version == version else None

    async def _hear(self, seat: Seat, form: str, kind: str, **said: Any) -> Text | None:
        update = update_of(seat.chat, self._house.clock.now(), form, kind, **said)
        answered = await self._house.receiver.hear(update)
        toast: Text | None = answered.toast
        return toast

    async def _press(self, seat: Seat, fields: Fields, form: str) -> Text | None:
        found = await asyncio.to_thread(self._look, seat, fields)
        data = _button(found.message, one_of(fields, "at")) if found is not None else None
        if found is None or data is None:
            return text("delivery.stale")
        captioned = inbox.captioned(found.payload)
        return await self._hear(seat, form, "pressed", message=found.number, data=data, captioned=captioned)

    async def _vote(self, seat: Seat, fields: Fields, form: str) -> Text | None:
        found = await asyncio.to_thread(self._look, seat, fields)
        quiz = found.message.quiz if found is not None else None
        chosen = sorted({int(each) for each in fields.get("option", ()) if str(each).isdigit() and len(each) < 3})
        if found is None or quiz is None or found.voted is not None:
            return text("delivery.stale")
        if not chosen or chosen[-1] >= len(quiz.options):
            return text("web.tablet.choose_one")
        now = self._house.clock.now()
        if not await self._house.writer.in_transaction(inbox.vote, seat.chat, found.number, chosen, now):
            return text("delivery.stale")
        return await self._hear(seat, form, "voted", poll=poll_of(found.number), options=chosen)

    async def _say(self, seat: Seat, fields: Fields, form: str) -> Text | None:
        """A tile, words, or files with or without words."""
        words = (one_of(fields, "command") or one_of(fields, "words"))[:MOST_WORDS].strip().replace("\x00", "")
        sent = [each for each in fields.get("file", ()) if isinstance(each, tuple) and each[1]][: uploads.MOST_FILES]
        trouble: Text | None = None
        album, caption = (form if len(sent) > 1 else None), words
        for nth, (name, data) in enumerate(sent):
            try:
                taken = await asyncio.to_thread(uploads.take, data, name)
            except pictures.BadPicture as bad:
                trouble = showing.file_trouble(bad.code)
                continue
            said = {"file": taken.said(), "caption": caption, "album": album}
            toast = await self._hear(seat, f"{form}.{nth}", "sent", **said)
            trouble, caption = trouble or toast, ""
        if sent or not words:
            return trouble
        return await self._hear(seat, form, "said", text=words)


def _reader(seat: Seat) -> Reader:
    return Reader(seat.person.lang, seat.person.zone)


def _form_name(now: datetime) -> str:
    return f"{int(now.timestamp())}.{secrets.token_urlsafe(8)}"


def _made_here(plain: str, drawn: str) -> Response:
    """A shipped file, or a picture with marks in it."""
    try:
        if plain.startswith(media.PREFIX):
            data, name = media.open_ref(plain), plain
        else:
            root = shipped.content_path().resolve()
            path = (root / plain.removeprefix("content:")).resolve()
            if not path.is_relative_to(root):
                return Response(status_code=404)
            data, name = path.read_bytes(), path.name
        data, name = (marks.marked(data, marks.places(drawn)), "marked.jpg") if drawn else (data, name)
    except (OSError, pictures.BadPicture):
        return Response(status_code=404)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    if not kind.startswith(("image/", "audio/", "video/")) or kind == "image/svg+xml":
        headers["Content-Disposition"] = "attachment"
    return Response(data, headers=headers, media_type=kind)


def _button(message: Message, at: str) -> str | None:
    """The data of a button by its row and column."""
    row, _, column = at.partition("-")
    if not (row.isdigit() and column.isdigit() and len(at) < 8):
        return None
    if int(row) >= len(message.buttons) or int(column) >= len(message.buttons[int(row)]):
        return None
    return message.buttons[int(row)][int(column)].data


async def fields_of(request: Request) -> Fields:
    """A form's texts, and its files as (name, bytes); empty for what is none or too large."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_FORM:
        return {}
    found: Fields = {}
    try:
        async with nul.form(request, max_files=uploads.MOST_FILES, max_fields=MOST_FIELDS) as form:
            for name, value in form.multi_items():
                each = (value.filename or "", await value.read()) if isinstance(value, UploadFile) else value
                found.setdefault(name, []).append(each)
    except HTTPException:
        return {}
    return found


def one_of(fields: Mapping[str, list[Any]], name: str) -> str:
    """The first text of a name; empty where there is none."""
    value = fields.get(name, [""])[0]
    return value if isinstance(value, str) else ""


def _number(fields: Fields, name: str) -> int:
    given = one_of(fields, name)
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else -1
