"""One outbox row as calls to Telegram, and what its answers mean."""

from __future__ import annotations

import contextlib
import mimetypes
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.delivery import lookups, seals
from bot.delivery.limiter import Limiter
from bot.delivery.outbox import Lane, fitting
from bot.delivery.render import Call, Reader, call_for, menu_call, plain, too_long
from bot.delivery.sending_store import Outcome, Waiting
from bot.delivery.transport import AiohttpRequest, Upload
from bot.delivery.transport_errors import FloodControl, NotSent, Uncertain
from bot.i18n.languages import SOURCE
from bot.kit.replies import Message, from_json
from bot.kit.seal import BrokenSeal
from bot.kit.texts import Text
from bot.media import store as media

NOT_CONNECTED_S = 1.0
"""Without a connection nobody tries more often than so."""
log = structlog.get_logger("davy.sender")
GONE = (
    "bot was blocked",
    "user is deactivated",
    "chat not found",
    "bot can't initiate",
    "bot was kicked",
    "peer_id_invalid",
)
HARMLESS = (
    "message is not modified",
    "message to delete not found",
    "message to edit not found",
    "message can't be edited",
)


STALE = ("wrong file identifier", "wrong remote file identifier", "wrong file_id")
"""A file id of another bot, or one that has gone: the file itself must be sent again."""


@dataclass
class Ready:
    """A row resolved: which chat, in which language, and the calls to make."""

    chat: int
    calls: list[Call]
    captioned: bool = False


class Caller:
    """Prepares and makes calls. `content` is the folder of shipped files."""

    def __init__(self, transport: AiohttpRequest, engine: Engine, content: Path) -> None:
        self._transport, self._engine, self._content = transport, engine, content

    def needs_thread(self, row: Waiting) -> bool:
        """Whether preparing reads the database or files, which must not stop the loop."""
        return (
            row.sealed is not None
            or row.zone is None
            or bool(row.payload.get("media"))
            or (row.method != "send" and (not row.number or row.ref is not None))
        )

    def chat_of(self, row: Waiting, connection: Any) -> int | None:
        """The chat a row goes to; opens the seal."""
        return self._unseal(row, connection)[0].chat

    def prepare(self, row: Waiting) -> Ready | Outcome | None:
        """The calls for a row; an Outcome where there is nobody or nothing to call; None where it must wait its turn."""
        reading = self._engine.connect() if self.needs_thread(row) else contextlib.nullcontext()
        with reading as opened:
            connection = opened.execution_options(read_only=True) if opened is not None else None
            row, person = self._unseal(row, connection)
            if row.chat is None:
                return Outcome(row, "failed", error="nobody there", gone=False)
            reader = self._reader(row, row.chat, person, connection)
            if row.method == "menu":
                return Ready(row.chat, [menu_call(row.payload["commands"], row.chat, reader)])
            message = from_json(row.payload)
            there: lookups.Standing | Outcome | None = None
            if row.method != "send":
                there = self._there(row, row.chat, connection)
                if not isinstance(there, lookups.Standing):
                    return there
                if row.method == "edit":
                    message = fitting(message, there.captioned)
                    if not there.captioned and message.text is not None and too_long(message.text, reader):
                        message = replace(message, media=())  # a text that is no caption stays a text
            elif row.uncertain and row.lane == Lane.ALERT and message.text is not None:
                message = replace(message, text=Text("delivery.repeat", {"said": message.text}))
            number = there.number if isinstance(there, lookups.Standing) else None
            files = self._files(row, message, connection)
            message = replace(message, media=tuple(m for m in message.media if m.ref == "keep" or m.ref in files))
            calls = call_for(row.method, message, row.chat, number, reader, files.__getitem__)
        return Ready(row.chat, calls, bool(message.media) and len(calls) == 1)

    def _there(self, row: Waiting, chat: int, connection: Any) -> lookups.Standing | Outcome | None:
        """The message that a row changes; None while it is still on its way."""
        if row.number is not None and row.ref is None:
            return lookups.Standing(row.number)
        if row.number is None and lookups.unsettled(connection, row.ref or "", row.person, chat):
            return None
        if row.number is not None:
            return lookups.standing(connection, chat, row.number) or lookups.Standing(row.number)
        there = lookups.where_sent(connection, row.ref or "", row.person, chat)
        return there or Outcome(row, "dropped", error="never sent")

    async def make(self, row: Waiting, ready: Ready, limiter: Limiter) -> Outcome:
        """Makes those calls of a row that have not succeeded yet, and says what became of it."""
        done = Outcome(row, "sent", chat=ready.chat, captioned=ready.captioned, made=row.made)
        again = replace(done, state="waiting", uncertain=row.uncertain)
        bare = False
        while done.made < len(ready.calls):
            call = ready.calls[done.made]
            if done.made > row.made and not bare:
                await limiter.slot(row.lane, ready.chat)
            again = replace(again, made=done.made)
            try:
                done = replace(_noted(done, call, await self._call(call)), made=done.made + 1)
                bare = False
            except FloodControl as error:
                limiter.pause(error.retry_after, ready.chat)
                return replace(again, error=str(error))
            except NotSent as error:
                limiter.pause(NOT_CONNECTED_S)
                return replace(again, error=str(error))
            except Uncertain as error:
                log.warning("uncertain", row=row.id, error=str(error))
                return replace(again, error=str(error), uncertain=True, unsure=True)
            except BadRequest as error:
                if any(words in str(error).lower() for words in STALE) and (known := _cached(row)):
                    return replace(again, error=str(error), stale=known)
                if bare or "can't parse entities" not in str(error).lower():
                    return self._refused(row, done, again, error)
                log.error("markup refused; sent as plain text", row=row.id, error=str(error))
                _as_plain(call)
                bare = True
            except (ChatMigrated, Forbidden) as error:
                return self._refused(row, done, again, error)
            except (InvalidToken, TelegramError) as error:
                log.error("refused", row=row.id, error=str(error))
                return replace(again, error=str(error), unsure=True)
        return done

    def _refused(self, row: Waiting, done: Outcome, again: Outcome, error: TelegramError) -> Outcome:
        words = str(error).lower()
        if isinstance(error, ChatMigrated):
            return replace(again, error=str(error), chat=error.new_chat_id, moved=True)
        if any(h in words for h in HARMLESS):
            return done
        gone = isinstance(error, Forbidden) or any(g in words for g in GONE)
        log.warning("permanent", row=row.id, error=str(error), gone=gone)
        return replace(done, state="failed", error=str(error), gone=gone)

    async def _call(self, call: Call) -> Any:
        files = {
            name: Upload(file, data, mimetypes.guess_type(file)[0] or "application/octet-stream")
            for name, (file, data) in call.files.items()
        }
        return await self._transport.call(call.method, call.params, files or None)

    def _unseal(self, row: Waiting, connection: Any) -> tuple[Waiting, int | None]:
        if row.sealed is None:
            return row, row.person
        try:
            person = int(seals.seal().open(row.sealed))
        except BrokenSeal:
            return replace(row, chat=None), None
        chat, lang, zone = lookups.chat_of_sealed(connection, person)
        return replace(row, chat=chat, lang=lang, zone=zone), person

    def _reader(self, row: Waiting, chat: int, person: int | None, connection: Any) -> Reader:
        """In which language and zone: the person's; where the row names only a chat, those of whoever has it now."""
        lang, zone = row.lang, row.zone
        if person is None and chat > 0:
            person, lang, zone = lookups.reader_of_chat(connection, chat)
        zone = zone or (lookups.zone_of(connection, person) if person else "UTC")
        return Reader(lang or row.payload.get("lang") or SOURCE, zone)

    def _files(self, row: Waiting, message: Message, connection: Any) -> dict[str, str | tuple[str, bytes]]:
        """The files of a message, by ref. One that was erased or never came is left out: what is said must arrive."""
        found = {}
        for ref in {each.ref for each in message.media} - {"keep"}:
            try:
                found[ref] = self._source(ref, connection)
            except OSError:
                log.error("a file is missing; sent without it", row=row.id, ref=ref)
        return found

    def _source(self, ref: str, connection: Any) -> str | tuple[str, bytes]:
        kind, _, rest = ref.partition(":")
        if kind == "file":
            return rest
        known = lookups.file_id(connection, ref)
        if known is not None:
            return known
        if kind == "media":
            return rest, media.open_ref(ref)
        path = (self._content / rest).resolve()
        if not path.is_relative_to(self._content.resolve()):
            raise media.NoSuchFile(ref)
        return path.name, path.read_bytes()


def _cached(row: Waiting) -> tuple[str, ...]:
    """The refs of a row that may have been sent by a remembered file id."""
    refs = (str(each["ref"]) for each in row.payload.get("media", ()))
    return tuple(ref for ref in refs if row.attempts < 2 and ref.startswith(("media:", "content:")))


def _as_plain(call: Call) -> None:
    """The words without the markup that was refused."""
    call.params.pop("parse_mode", None)
    for name in ("text", "caption"):
        if name in call.params:
            call.params[name] = plain(call.params[name])


def _noted(done: Outcome, call: Call, result: Any) -> Outcome:
    """What the answer tells: message numbers, the poll, file ids that save the next upload."""
    results = result if isinstance(result, list) else [result]
    numbers = tuple(int(r["message_id"]) for r in results if isinstance(r, dict) and "message_id" in r)
    poll = next((str(r["poll"]["id"]) for r in results if isinstance(r, dict) and "poll" in r), done.poll)
    ids = []
    for (_, ref), sent in zip(call.uploads, results, strict=False):
        found = _file_id(sent)
        if found is not None and not ref.startswith("file:"):
            ids.append((ref, found))
    return replace(done, numbers=done.numbers + numbers, poll=poll, file_ids=done.file_ids + tuple(ids))


def _file_id(sent: Any) -> str | None:
    if not isinstance(sent, dict):
        return None
    if sent.get("photo"):
        return str(max(sent["photo"], key=lambda size: size.get("width", 0))["file_id"])
    for kind in ("document", "video", "audio", "voice", "animation"):
        if kind in sent:
            return str(sent[kind]["file_id"])
    return None
