"""Outbox rows as calls, ready to be made: rendered for whoever reads them, with the files and places they need."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.delivery import lookups, seals
from bot.delivery.browser import sealed
from bot.delivery.browser.model import is_box, is_browser
from bot.delivery.claiming import Waiting
from bot.delivery.drawings import Drawings, usual, without
from bot.delivery.outbox import URGENT, fitting
from bot.delivery.render import Call, Reader, call_for, menu_button_call, menu_call, too_long
from bot.delivery.sending_store import Outcome
from bot.i18n.languages import SOURCE
from bot.kit.replies import Message, from_json
from bot.kit.seal import BrokenSeal
from bot.kit.texts import Text
from bot.media import marks
from bot.media import store as media
from bot.media.pictures import BadPicture

REMEMBERED = 1000
"""So many texts are kept rendered, and so many file ids known."""
UPLOADS = 8
"""Files of so many rows are held in memory at once."""
log = structlog.get_logger("davy.sender")


@dataclass
class Ready:
    """A row resolved: which chat, in which language, and the calls to make."""

    chat: int
    calls: list[Call]
    captioned: bool = False
    refs: tuple[str, ...] = ()
    """Of the files that it shows."""
    waits: bool = False
    """For a file that is on its way; what comes after it in its chat waits with it."""


Prepared = Ready | Outcome | None
"""The calls for a row; an Outcome where there is nobody or nothing to call; None where it must wait its turn."""


class NotYet(Exception):
    """A file is being uploaded for somebody else, and whoever comes after sends it by its id; or it is just being drawn."""


class Preparer:
    """Makes rows ready. `content` is the folder of shipped files."""

    def __init__(self, engine: Engine, content: Path) -> None:
        self._engine, self._content = engine, content
        self._said: OrderedDict[tuple[Any, ...], list[Call]] = OrderedDict()
        self._file_ids: OrderedDict[str, str] = OrderedDict()
        self._uploading: dict[str, int] = {}
        self.drawings = Drawings()

    def at_once(self, row: Waiting) -> bool:
        """Whether a row can be prepared without reading the database or files, which must not stop the loop."""
        if row.sealed is not None:
            return False
        if row.chat is None or is_browser(row.chat):
            return (
                row.chat is not None or row.person is None
            )  # whom Telegram does not reach may have a page in a browser
        if '"media"' in row.words:
            return False
        return row.method == "send" or row.method == "menu" or (row.number is not None and row.ref is None)

    def prepare(self, row: Waiting) -> Prepared:
        """What to call for a row that needs nothing read. One that cannot even be rendered is a fault of the program."""
        try:
            if row.chat is None:
                return Outcome(row, "failed", error="nobody there")
            if is_browser(row.chat):
                return Outcome(row, "sent", row.chat)
            if row.method == "menu":
                reader, app = _reader(row), row.payload.get("app")
                buttons = [] if app is None else [menu_button_call(app, row.chat, reader)]
                return Ready(row.chat, [menu_call(row.payload["commands"], row.chat, reader), *buttons])
            return Ready(row.chat, [_addressed(call, row) for call in self._calls(row)])
        except Exception as error:
            return _unmakeable(row, error)

    def prepare_all(self, rows: Sequence[Waiting]) -> list[Prepared]:
        """The same for rows of any kind, in a thread: seals are opened and files read here, in the sender, and nowhere else."""
        with self._engine.connect().execution_options(read_only=True) as connection:
            return [self._looked_up(row, connection) for row in rows]

    def uploaded(self, row: int, file_ids: Iterable[tuple[str, str]], stale: Iterable[str] = ()) -> None:
        """A row's calls are over: the ids of its files are known before they are committed, those in vain are not tried again."""
        for ref, file_id in file_ids:
            _keep(self._file_ids, ref, file_id)
        for ref in stale:
            self._file_ids.pop(ref, None)
        self._uploading = {ref: other for ref, other in self._uploading.items() if other != row}

    def _calls(self, row: Waiting) -> list[Call]:
        """A broadcast is made once a language and zone, and only addressed to each."""
        key = (row.words, row.method, row.lang, row.zone, _repeated(row))
        known = self._said.get(key)
        if known is None:
            message = _marked(from_json(row.payload), row)
            known = call_for(row.method, message, 0, 0, _reader(row), lambda ref: ref)
            _keep(self._said, key, known)
        return known

    def _looked_up(self, row: Waiting, connection: Any) -> Prepared:
        try:
            row, box = self._unsealed(row, connection)
            if box is not None:
                return Outcome(row, "sent", box=box)
            if row.chat is None and row.person is not None:
                row = replace(row, chat=lookups.browser_chat(connection, row.person))
            if row.chat is None:
                return Outcome(row, "failed", error="nobody there")
            if self.at_once(replace(row, sealed=None)):
                return self.prepare(row)
            there = self._there(row, row.chat, connection) if row.method != "send" else None
            if row.method != "send" and not isinstance(there, lookups.Standing):
                return there
            return self._ready(row, row.chat, there, connection)
        except DBAPIError:
            raise
        except NotYet:
            self.uploaded(row.id, ())
            return Ready(row.chat or 0, [], waits=True)
        except Exception as error:
            self.uploaded(row.id, ())
            return _unmakeable(row, error)

    def _ready(self, row: Waiting, chat: int, there: Any, connection: Any) -> Ready:
        reader, number = _reader(row), None
        message = self._drawn(row, _marked(from_json(row.payload), row), reader, connection)
        if there is not None:
            number = there.number
            if row.method == "edit":
                message = fitting(message, there.captioned)
                if not there.captioned and message.text is not None and too_long(message.text, reader):
                    message = replace(message, media=())  # a text that is no caption stays a text
        files = self._files(row, message, connection)
        message = replace(message, media=tuple(m for m in message.media if m.ref == "keep" or m.ref in files))
        calls = call_for(row.method, message, chat, number, reader, files.__getitem__)
        return Ready(chat, calls, bool(message.media) and len(calls) == 1, tuple(files))

    def _drawn(self, row: Waiting, message: Message, reader: Reader, connection: Any) -> Message:
        """With the pictures that are drawn in the reader's language. NotYet where one is worth waiting for."""
        if row.method == "send" and not (row.pictures and usual.pictures):
            message = without(message)
        found = self.drawings.resolved(message, reader.lang, connection, patient=row.lane not in URGENT)
        if found is None:
            raise NotYet
        return found

    def _there(self, row: Waiting, chat: int, connection: Any) -> lookups.Standing | Outcome | None:
        """The message that a row changes; None while it is still on its way."""
        if row.number is not None and row.ref is None:
            return lookups.Standing(row.number)
        if row.number is None and lookups.unsettled(connection, row.ref or "", row.person, chat):
            return None
        if row.number is not None:
            return lookups.standing(connection, chat, row.number) or lookups.Standing(row.number)
        there = lookups.where_sent(connection, row.ref or "", chat)
        return there or Outcome(row, "dropped", error="never sent")

    def _unsealed(self, row: Waiting, connection: Any) -> tuple[Waiting, str | None]:
        """The row with its reader, and the mailbox where it is for somebody in a browser."""
        if row.sealed is None:
            return row, None
        try:
            opened = seals.seal().open(row.sealed)
        except BrokenSeal:
            return replace(row, chat=None), None
        if is_box(opened):
            return row, opened
        person = int(opened)
        known = lookups.readers(connection, {person}).get(person, lookups.NOBODY)
        rung = known.chat is not None and not known.unreachable
        if not rung and lookups.browser_chat(connection, person) is not None:
            return row, sealed.box_of(person)
        return replace(row, chat=known.chat, lang=known.lang, zone=known.zone, pictures=known.pictures), None

    def _files(self, row: Waiting, message: Message, connection: Any) -> dict[str, str | tuple[str, bytes]]:
        """The files of a message, by ref. One that was erased or never came is left out: what is said must arrive."""
        found = {}
        for ref in {each.ref for each in message.media} - {"keep"}:
            try:
                found[ref] = self._source(row, ref, connection)
            except (OSError, BadPicture):
                log.error("a file is missing; sent without it", row=row.id, ref=ref)
        return found

    def _source(self, row: Waiting, ref: str, connection: Any) -> str | tuple[str, bytes]:
        kind, _, rest = ref.partition(":")
        if kind == "file" and rest.startswith("media:"):  # it came in by a browser and lies with us
            kind, _, rest = rest.partition(":")
            ref = f"media:{rest}"
        if kind == "file":
            return rest
        known = self._file_ids.get(ref) or lookups.file_id(connection, ref)
        if known is not None:
            return known
        if row.lane not in URGENT and (self._uploading.get(ref, row.id) != row.id or len(self._uploading) >= UPLOADS):
            raise NotYet
        self._uploading.setdefault(ref, row.id)
        plain, _, drawn = rest.partition("#")
        if kind == "media":
            name, data = plain, media.open_ref(f"media:{plain}")
        else:
            path = (self._content / plain).resolve()
            if not path.is_relative_to(self._content.resolve()):
                raise media.NoSuchFile(ref)
            name, data = path.name, path.read_bytes()
        return (f"{Path(name).stem}.jpg", marks.marked(data, marks.places(drawn))) if drawn else (name, data)


def _keep(known: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    known[key] = value
    if len(known) > REMEMBERED:
        known.popitem(last=False)


def _reader(row: Waiting) -> Reader:
    return Reader(row.lang or row.payload.get("lang") or SOURCE, row.zone or "UTC")


def _repeated(row: Waiting) -> bool:
    return row.uncertain and row.lane in URGENT and row.method == "send"


def _marked(message: Message, row: Waiting) -> Message:
    """An alert that may be there already says so."""
    if message.text is None or not _repeated(row):
        return message
    return replace(message, text=Text("delivery.repeat", {"said": message.text}))


def _addressed(call: Call, row: Waiting) -> Call:
    whom = {"chat_id": row.chat} if row.method == "send" else {"chat_id": row.chat, "message_id": row.number}
    return Call(call.method, call.params | whom)


def _unmakeable(row: Waiting, error: Exception) -> Outcome:
    log.exception("a message cannot be made", row=row.id)
    return Outcome(row, "failed", error=f"cannot be made: {type(error).__name__}")
