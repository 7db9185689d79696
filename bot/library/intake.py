"""A table that somebody sends in the chat: fetched, read in a process apart, shown, and taken in slices once they say so.

The one way for all rooms. A room has a table of its files (person_id, name, state, found, created_at), says what its rows
mean and what becomes of them; everything else stands here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message, Rows
from bot.kit.texts import Text
from bot.library.reading_rows import Wrong
from bot.library.table_book import TableBook
from bot.library.tabled import read_apart
from bot.media import store as media
from bot.people.importing.files import Table
from bot.people.model import Person

MOST_BYTES = 5_000_000
MOST_SAID = 5
"""So many mistakes stand in the message; all of them in the marked file."""


@dataclass
class Read:
    """What was read of a file: its entries and the cells to mend.

    `table` is None where it was none, or is not to be marked; `broken` says why it cannot be read at all.
    """

    entries: list[Any] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    table: Table | None = None
    broken: str = ""

    @property
    def good(self) -> bool:
        """Whether there is something in it and nothing to mend."""
        return bool(self.entries) and not (self.wrong or self.broken)


class Intake(ABC):
    """How a room takes tables in. `known` and `put` run in a transaction, `checked` beside the writer."""

    name: str
    """Its messages and jobs are known by it: `risk-file`."""
    row: Any
    """The room's table of files."""
    read_job: str
    take_job: str
    needed: tuple[str, ...]
    """The columns that a table must have, and those that it may have."""
    may: tuple[str, ...]
    book: TableBook
    slice: int = 15
    done: str = "taken"
    """The state of a file that whoever sent it wants taken in."""
    refused: Mapping[str, str]
    """Text keys: `too_big` (most, in MB) and `changed` (somebody was quicker, or pressed before)."""

    # --- what a room says -------------------------------------------------------------------------------------------

    @abstractmethod
    def may_send(self, session: Session, who: Person, now: datetime) -> None:
        """Raises Refused for whoever may send none."""

    @abstractmethod
    def known(self, session: Session, payload: Mapping[str, Any], now: datetime) -> Any:
        """What somebody's file may name."""

    @abstractmethod
    def checked(self, table: Table, known: Any) -> Read:
        """What a table says."""

    @abstractmethod
    def to_json(self, entry: Any) -> dict[str, Any]:
        """An entry, to be kept until it is taken."""

    @abstractmethod
    def from_json(self, kept: Mapping[str, Any]) -> Any:
        """What `to_json` kept."""

    @abstractmethod
    def put(self, session: Session, by: int, entries: Sequence[Any], name: str, now: datetime) -> Mapping[str, int]:
        """Takes some entries in; answers what is counted, to be added up. Rights are looked at once more. `name`: the file's."""

    @abstractmethod
    def came(self, name: str) -> Text:
        """Said when a file has come."""

    @abstractmethod
    def ready(self, id: int, name: str, found: Read) -> tuple[Text, Rows]:
        """Said of a file without mistakes, with the buttons that take it or not."""

    @abstractmethod
    def rejected(self, name: str, found: Read, lines: Sequence[Wrong], lang: str) -> Text:
        """Said of a file with mistakes; `lines` are the first of them."""

    @abstractmethod
    def marked_copy(self) -> Text:
        """Said beside the file with its wrong cells marked."""

    @abstractmethod
    def taken(
        self, session: Session, by: int, file: int, name: str, counts: Mapping[str, int], now: datetime
    ) -> Message:
        """Records that all of it is in; what is said then. `counts` has `rows` besides what `put` counted."""

    def read(self, name: str, data: bytes, known: Any) -> Read:
        """Reads a file, from the chat or the command line: in a process apart."""
        table, broken = read_apart(name, data, self.needed, self.may)
        return Read(broken=broken) if table is None else self.checked(table, known)

    # --- what is the same everywhere --------------------------------------------------------------------------------

    def ref(self, file: int) -> str:
        """The message in which a file is followed."""
        return f"{self.name}:{file}"

    def receive(self, session: Session, who: Person, file_id: str, name: str, size: int, now: datetime) -> Message:
        """A file came: it is fetched and read, then shown. Refused: to whoever may not, and what is too large."""
        self.may_send(session, who, now)
        if size > MOST_BYTES:
            raise Refused(self.refused["too_big"], most=MOST_BYTES // 1_000_000)
        row = self.row(person_id=who.id, name=PurePath(name).name[:200], state="fetching", created_at=now)
        session.add(row)
        session.flush()
        payload = {"file": row.id, "name": row.name, "person": who.id, "lang": who.lang}
        downloads.want(session, file_id, self.read_job, payload, now, keep="file")
        return Message(self.came(row.name), ref=self.ref(row.id))

    def take(self, session: Session, by: int, id: int, now: datetime) -> None:
        """Whoever sent it says that it is to be taken. Refused: to others, and the second time."""
        self._move(session, by, id, self.done)
        jobs.enqueue(session, self.take_job, {"file": id, "at": 0, "counts": {}}, key=f"{self.ref(id)}:0", now=now)

    def drop(self, session: Session, by: int, id: int) -> None:
        """It is not taken."""
        self._move(session, by, id, "cancelled", found=None)

    def _move(self, session: Session, by: int, id: int, state: str, **more: Any) -> None:
        which = (self.row.id == id, self.row.person_id == by, self.row.state == "ready")
        if changed(session, update(self.row).where(*which).values(state=state, **more)) != 1:
            raise Refused(self.refused["changed"])

    def take_slice(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """A job: some of a file's entries; then the next ones, and at the end a word."""
        row = session.get(self.row, payload["file"], populate_existing=True)
        if row is None or row.found is None:
            return
        found, file, by, name = list(row.found), row.id, row.person_id, row.name
        some = [self.from_json(each) for each in found[payload["at"] : payload["at"] + self.slice]]
        counts = dict(payload.get("counts") or {})
        for what, count in self.put(session, by, some, name, now).items():
            counts[what] = counts.get(what, 0) + count
        at = payload["at"] + len(some)
        if at < len(found):
            more = {"file": file, "at": at, "counts": counts}
            jobs.enqueue(session, self.take_job, more, key=f"{self.ref(file)}:{at}", now=now)
            return
        session.execute(update(self.row).where(self.row.id == file).values(found=None))
        said = self.taken(session, by, file, name, counts | {"rows": at}, now)
        outbox.edit_ref(session, self.ref(file), said, now)

    @property
    def jobs(self) -> dict[str, Any]:
        """Its jobs by their kinds, for the room's ticks."""
        return {self.read_job: FileRead(self), self.take_job: self.take_slice}


class FileRead:
    """The job: what the file may name is looked up, the file read apart and marked, then the answer sent."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What the file may name."""
        return payload | {"known": self.intake.known(session, payload, now)}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Reads it; a table with mistakes is written anew with these marked."""
        found = self._read(payload)
        if not found.wrong or found.table is None:
            return payload | {"found": found, "marked": None}
        copy = self.intake.book.marked(found.table, found.wrong, payload["lang"])
        return payload | {"found": found, "marked": media.put(copy, "marked.xlsx")}

    def _read(self, payload: Mapping[str, Any]) -> Read:
        if payload.get("error") or not payload.get("media"):
            return Read(broken=str(payload.get("error") or "gone"))
        return self.intake.read(str(payload["name"]), media.open_ref(str(payload["media"])), payload["known"])

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Says what was found."""
        intake, found, id, name = self.intake, payload["found"], payload["file"], payload["name"]
        kept = [intake.to_json(each) for each in found.entries] if found.good else None
        which = (intake.row.id == id, intake.row.state == "fetching")
        values = {"state": "ready" if found.good else "rejected", "found": kept}
        if changed(session, update(intake.row).where(*which).values(**values)) != 1:
            return
        ref = intake.ref(id)
        if found.good:
            said, keys = intake.ready(id, name, found)
            outbox.edit_ref(session, ref, Message(said, keys, ref=ref), now)
            return
        words = intake.rejected(name, found, found.wrong[:MOST_SAID], payload["lang"])
        outbox.edit_ref(session, ref, Message(words, ref=ref), now)
        if payload["marked"]:
            document = Media("document", payload["marked"], f"{PurePath(name).stem}-marked.xlsx")
            copy = Message(intake.marked_copy(), media=(document,))
            outbox.send(session, outbox.to_person(payload["person"]), copy, Lane.REPLY, now, key=f"{ref}:marked")


@dataclass(frozen=True)
class FilesWritten:
    """The job of an export: read in a transaction, written beside the writer, sent.

    `entries` is `(session, person, now)`, `files` `(entries, lang)` to contents by name, `said` `(entries)`.
    """

    entries: Callable[[Session, int, datetime], Sequence[Any]]
    files: Callable[[Sequence[Any], str], Mapping[str, bytes]]
    said: Callable[[Sequence[Any]], Text]

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What whoever asked may have."""
        return payload | {"entries": self.entries(session, payload["person"], now)}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Writes the files."""
        made = self.files(payload["entries"], payload["lang"])
        return payload | {"files": {name: media.put(data, name) for name, data in made.items()}}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends them."""
        documents = tuple(Media("document", ref, name) for name, ref in payload["files"].items())
        message = Message(self.said(payload["entries"]), media=documents)
        outbox.send(session, outbox.to_person(payload["person"]), message, Lane.REPLY, now, key=payload["key"])
