"""One outbox row as calls to Telegram, and what its answers mean."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.delivery import seals, sending_store
from bot.delivery.limiter import Limiter
from bot.delivery.outbox import Lane
from bot.delivery.render import Call, Reader, call_for, menu_call
from bot.delivery.sending_store import Outcome, Waiting
from bot.delivery.transport import AiohttpRequest, Upload
from bot.delivery.transport_errors import FloodControl, NotSent, Uncertain
from bot.i18n.languages import SOURCE
from bot.kit.replies import from_json
from bot.kit.seal import BrokenSeal
from bot.kit.texts import Text
from bot.media import store as media

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

    def prepare(self, row: Waiting) -> Ready | Outcome | None:
        """The calls for a row; an Outcome where there is nobody or nothing to call; None where it must wait its turn."""
        with self._engine.connect().execution_options(read_only=True) as connection:
            row, person = self._unseal(row, connection)
            if row.chat is None:
                return Outcome(row, "failed", error="nobody there", gone=False)
            number = row.number
            if row.method not in ("send", "menu") and number is None:
                number = sending_store.where_sent(connection, row.ref or "", row.person, row.chat)
                if number is None:
                    flying = sending_store.unsettled(connection, row.ref or "")
                    return None if flying else Outcome(row, "dropped", error="never sent")
            reader = self._reader(row, row.chat, person, connection)
            if row.method == "menu":
                return Ready(row.chat, [menu_call(row.payload["commands"], row.chat, reader)])
            message = from_json(row.payload)
            if row.uncertain and row.lane == Lane.ALERT and row.method == "send" and message.text is not None:
                message = replace(message, text=Text("delivery.repeat", {"said": message.text}))
            calls = call_for(row.method, message, row.chat, number, reader, lambda ref: self._source(ref, connection))
        return Ready(row.chat, calls, bool(message.media))

    async def make(self, row: Waiting, ready: Ready, limiter: Limiter) -> Outcome:
        """Makes the calls and says what became of the row."""
        done = Outcome(row, "sent", chat=ready.chat, captioned=ready.captioned)
        try:
            for call in ready.calls:
                done = _noted(done, call, await self._call(call))
        except FloodControl as error:
            limiter.pause(error.retry_after, ready.chat)
            return replace(done, state="waiting", error=str(error), uncertain=row.uncertain)
        except NotSent as error:
            return replace(done, state="waiting", error=str(error), uncertain=row.uncertain)
        except Uncertain as error:
            log.warning("uncertain", row=row.id, error=str(error))
            return replace(done, state="waiting", error=str(error), uncertain=True)
        except (ChatMigrated, Forbidden, BadRequest) as error:
            return await self._refused(row, ready, done, error)
        except (InvalidToken, TelegramError) as error:
            log.error("refused", row=row.id, error=str(error))
            return replace(done, state="waiting", error=str(error), uncertain=row.uncertain)
        return done

    async def _refused(self, row: Waiting, ready: Ready, done: Outcome, error: TelegramError) -> Outcome:
        words = str(error).lower()
        if isinstance(error, ChatMigrated):
            return replace(done, state="waiting", error=str(error), chat=error.new_chat_id, uncertain=row.uncertain)
        if any(h in words for h in HARMLESS):
            return done
        if "can't parse entities" in words:
            log.error("markup refused; sent as plain text", row=row.id, error=str(error))
            try:
                for call in ready.calls:
                    call.params.pop("parse_mode", None)
                    done = _noted(done, call, await self._call(call))
            except TelegramError as again:
                error = again
            else:
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
        chat, lang, zone = sending_store.chat_of_sealed(connection, person)
        return replace(row, chat=chat, lang=lang, zone=zone), person

    def _reader(self, row: Waiting, chat: int, person: int | None, connection: Any) -> Reader:
        """In which language and zone: the person's; where the row names only a chat, those of whoever has it now."""
        lang, zone = row.lang, row.zone
        if person is None and chat > 0:
            person, lang, zone = sending_store.reader_of_chat(connection, chat)
        zone = zone or (sending_store.zone_of(connection, person) if person else "UTC")
        return Reader(lang or row.payload.get("lang") or SOURCE, zone)

    def _source(self, ref: str, connection: Any) -> str | tuple[str, bytes]:
        kind, _, rest = ref.partition(":")
        if kind == "file":
            return rest
        known = sending_store.file_id(connection, ref)
        if known is not None:
            return known
        if kind == "media":
            return rest, media.open_ref(ref)
        path = (self._content / rest).resolve()
        if not path.is_relative_to(self._content.resolve()):
            raise media.NoSuchFile(ref)
        return path.name, path.read_bytes()


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
