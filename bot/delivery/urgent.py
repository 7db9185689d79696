"""What cannot wait for the writer: `/emergency` is answered by reading alone, past the group commit and the outbox.

A route marked `urgent` only reads. Its answer is made on a connection that waits for nobody's lock and sent at once; that it was
handled is committed afterwards, like everything. Where the answer could not be given so, the update goes the usual way, and
after a crash between the two it is given twice: a card too many hurts nobody.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine
from telegram.error import TelegramError

from bot.db.reading import reading
from bot.delivery import lookups, telegram
from bot.delivery.limiter import Limiter
from bot.delivery.outbox import fitting
from bot.delivery.render import Call, FileSource, Reader, call_for, words
from bot.delivery.router import Router
from bot.delivery.tables import HandledRow
from bot.delivery.transport import AiohttpRequest, Upload
from bot.delivery.transport_errors import FloodControl
from bot.kit.clock import Clock
from bot.kit.errors import Refused
from bot.kit.events import Pressed, Unread
from bot.kit.replies import Message, Reply
from bot.media import store as media
from bot.people import store as people

log = structlog.get_logger("davy.urgent")
REMEMBERED = 1000
"""So many updates are known to be answered already when they come by their usual way."""
READ_S = 5.0


class Urgent:
    """Answers updates of urgent routes before they are written."""

    def __init__(
        self, engine: Engine, router: Router, transport: AiohttpRequest, limiter: Limiter, clock: Clock, content: Path
    ) -> None:
        self._engine, self._router, self._transport = engine, router, transport
        self._limiter, self._clock, self._content = limiter, clock, content
        self._begun: OrderedDict[int, asyncio.Task[bool]] = OrderedDict()
        self.said = 0

    def takes(self, update: Mapping[str, Any]) -> bool:
        """Whether an update, in a private chat, goes to an urgent route."""
        query, message = update.get("callback_query"), update.get("message")
        if isinstance(query, Mapping):
            message, data = query.get("message"), str(query.get("data") or "")
            selector, value = "verb", data.partition(":")[0]
        elif isinstance(message, Mapping):
            text = str(message.get("text") or "")
            selector, value = "command", text.split()[0][1:].partition("@")[0].lower() if text.startswith("/") else ""
        else:
            return False
        private = isinstance(message, Mapping) and (message.get("chat") or {}).get("type") == "private"
        return private and bool(value) and self._router.urgent(selector, value)

    def begin(self, update: Mapping[str, Any]) -> asyncio.Task[bool] | None:
        """Begins to answer, once; waits for nothing. None where the update is not urgent."""
        if not self.takes(update):
            return None
        number = int(update["update_id"])
        if number not in self._begun:
            self._begun[number] = asyncio.create_task(self._say(update))
            while len(self._begun) > REMEMBERED:
                self._begun.popitem(last=False)
        return self._begun[number]

    async def answered(self, update: Mapping[str, Any]) -> bool:
        """Whether an update has been answered this way."""
        task = self.begin(update)
        return task is not None and await task

    async def _say(self, update: Mapping[str, Any]) -> bool:
        if self._limiter.paused_for > READ_S:
            return False  # a pause holds for this too: the usual way waits for its end
        try:
            calls = await asyncio.wait_for(asyncio.to_thread(self._calls, update), READ_S)
            for call in calls:
                files = {name: Upload(file, data, "image/jpeg") for name, (file, data) in call.files.items()}
                await (
                    self._transport.call(call.method, call.params, files)
                    if files
                    else self._transport.call(call.method, call.params)
                )
        except FloodControl as error:
            self._limiter.pause(error.retry_after)
            return False
        except (Refused, TelegramError, TimeoutError) as error:
            log.info("not answered at once", error=repr(error)[:200])
            return False
        except Exception:
            log.exception("not answered at once")
            return False
        self.said += bool(calls)
        return bool(calls)

    def _calls(self, update: Mapping[str, Any]) -> list[Call]:
        now = self._clock.now()
        event = telegram.read(update, now)
        if isinstance(event, Unread):
            return []
        with reading(self._engine) as session:
            who = people.person_of_account(session, event.channel, event.user, now)
            if who is None or session.get(HandledRow, event.update_id) is not None:
                return []  # strangers, and what was answered before a restart, go the usual way
            event = replace(event, person=who.id)
            reply = self._router.answer(session, event, now)
            reader, source = Reader(who.lang, who.zone), self._source(session.connection())
            return [each for m in said(event, reply) for each in call_for(*m, reader, source)] + pressed(
                event, reply, reader
            )

    def _source(self, connection: Any) -> FileSource:
        def source(ref: str) -> str | tuple[str, bytes]:
            ref = ref.removeprefix("file:") if ref.startswith(f"file:{media.PREFIX}") else ref
            known = ref.removeprefix("file:") if ref.startswith("file:") else lookups.file_id(connection, ref)
            if known is not None:
                return known
            if ref.startswith("content:"):
                path = self._content / ref.removeprefix("content:")
                return path.name, path.read_bytes()
            return "picture", media.open_ref(ref)

        return source


def said(event: Any, reply: Reply) -> list[tuple[str, Message, int, int | None]]:
    """The messages of a reply as what `call_for` takes."""
    found: list[tuple[str, Message, int, int | None]] = [("send", m, event.chat, None) for m in reply.messages]
    if reply.edit is not None and isinstance(event, Pressed) and event.message is not None:
        found.append(("edit", fitting(reply.edit, event.captioned), event.chat, event.message))
    return found


def pressed(event: Any, reply: Reply, reader: Reader) -> list[Call]:
    """The answer to a press, where it is one."""
    if not isinstance(event, Pressed):
        return []
    toast = {"text": words(reply.toast, reader)[0][:200]} if reply.toast is not None else {}
    return [Call("answerCallbackQuery", {"callback_query_id": event.callback} | toast)]
