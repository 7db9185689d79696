"""One outbox row as calls to Telegram, and what its answers mean."""

from __future__ import annotations

import mimetypes
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.delivery.claiming import Waiting
from bot.delivery.limiter import Limiter
from bot.delivery.preparing import Preparer, Ready
from bot.delivery.render import Call, plain
from bot.delivery.sending_store import Outcome
from bot.delivery.transport import AiohttpRequest, Upload
from bot.delivery.transport_errors import FloodControl, NotSent, Uncertain

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


class Caller:
    """Prepares and makes calls. `content` is the folder of shipped files."""

    def __init__(self, transport: AiohttpRequest, engine: Engine, content: Path) -> None:
        self._transport = transport
        self.preparer = Preparer(engine, content)

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
                return replace(again, error=str(error), pause=error.retry_after)
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
