"""One outbox row as calls to Telegram, and what its answers mean."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
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


@dataclass
class Answered:
    """What the answers to a row's calls have told so far: message numbers, the poll, file ids that save the next upload."""

    row: Waiting
    ready: Ready
    made: int
    numbers: tuple[int, ...] = ()
    poll: str | None = None
    file_ids: tuple[tuple[str, str], ...] = ()

    def note(self, call: Call, result: Any) -> None:
        """One call has succeeded."""
        self.made += 1
        results = result if isinstance(result, list) else (result,)
        for sent in results:
            if isinstance(sent, dict) and "message_id" in sent:
                self.numbers += (int(sent["message_id"]),)
                if "poll" in sent:
                    self.poll = str(sent["poll"]["id"])
        for (_, ref), sent in zip(call.uploads, results, strict=False):
            found = _file_id(sent)
            if found is not None and not ref.startswith("file:"):
                self.file_ids += ((ref, found),)

    def outcome(self, state: str, **more: Any) -> Outcome:
        """The row's end."""
        return Outcome(
            self.row, state, more.pop("chat", self.ready.chat), self.numbers, self.poll, file_ids=self.file_ids,
            captioned=self.ready.captioned, made=self.made, **more,
        )  # fmt: skip

    def again(self, error: TelegramError, **more: Any) -> Outcome:
        """The row waits again, with what has been made."""
        return self.outcome("waiting", error=str(error), **({"uncertain": self.row.uncertain} | more))


class Caller:
    """Prepares and makes calls. `content` is the folder of shipped files."""

    def __init__(self, transport: AiohttpRequest, engine: Engine, content: Path) -> None:
        self._transport = transport
        self.preparer = Preparer(engine, content)

    async def make(self, row: Waiting, ready: Ready, limiter: Limiter) -> Outcome:
        """Makes those calls of a row that have not succeeded yet, and says what became of it."""
        so_far = Answered(row, ready, row.made)
        bare = False
        while so_far.made < len(ready.calls):
            call = ready.calls[so_far.made]
            if so_far.made > row.made or bare:
                await limiter.slot(row.lane, ready.chat)
            try:
                so_far.note(call, await self._call(call))
                bare = False
            except FloodControl as error:
                limiter.pause(error.retry_after, ready.chat)
                return so_far.again(error, pause=error.retry_after)
            except NotSent as error:
                limiter.pause(NOT_CONNECTED_S)
                return so_far.again(error)
            except Uncertain as error:
                log.warning("uncertain", row=row.id, error=str(error))
                return so_far.again(error, uncertain=True, unsure=True)
            except BadRequest as error:
                if any(words in str(error).lower() for words in STALE) and (known := _cached(row, ready)):
                    return so_far.again(error, stale=known)
                if bare or "can't parse entities" not in str(error).lower():
                    return _refused(so_far, error)
                log.error("markup refused; sent as plain text", row=row.id, error=str(error))
                _as_plain(call)
                bare = True
            except (ChatMigrated, Forbidden) as error:
                return _refused(so_far, error)
            except (InvalidToken, TelegramError) as error:
                log.error("refused", row=row.id, error=str(error))
                return so_far.again(error, unsure=True)
        return so_far.outcome("sent")

    async def _call(self, call: Call) -> Any:
        if not call.files:
            return await self._transport.call(call.method, call.params)
        files = {
            name: Upload(file, data, mimetypes.guess_type(file)[0] or "application/octet-stream")
            for name, (file, data) in call.files.items()
        }
        return await self._transport.call(call.method, call.params, files)


def _cached(row: Waiting, ready: Ready) -> tuple[str, ...]:
    """The refs of a row's files that may have been sent by a remembered file id."""
    return tuple(ref for ref in ready.refs if row.attempts < 2 and ref.startswith(("media:", "content:")))


def _as_plain(call: Call) -> None:
    """The words without the markup that was refused."""
    call.params.pop("parse_mode", None)
    for name in ("text", "caption"):
        if name in call.params:
            call.params[name] = plain(call.params[name])


def _refused(so_far: Answered, error: TelegramError) -> Outcome:
    words = str(error).lower()
    if isinstance(error, ChatMigrated):
        return so_far.again(error, moved=True, chat=error.new_chat_id)
    if any(h in words for h in HARMLESS):
        return so_far.outcome("sent")
    gone = isinstance(error, Forbidden) or any(g in words for g in GONE)
    log.warning("permanent", row=so_far.row.id, error=str(error), gone=gone)
    return so_far.outcome("failed", error=str(error), gone=gone)


def _file_id(sent: Any) -> str | None:
    if not isinstance(sent, dict):
        return None
    if sent.get("photo"):
        return str(max(sent["photo"], key=lambda size: size.get("width", 0))["file_id"])
    for kind in ("document", "video", "audio", "voice", "animation"):
        if kind in sent:
            return str(sent[kind]["file_id"])
    return None
