"""Lists from a file: fetched, read beside the writer, shown, and signed once whoever sent it says so; and lists as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.duties import actions, book, sheet, store
from bot.duties.model import Draft, Level
from bot.duties.sheet import Entry, Known, Read
from bot.duties.tables import DutyFileRow
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message, button, rows
from bot.kit.texts import text
from bot.library.formats.workbook import BadWorkbook, inspect
from bot.media import store as media
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Person, Role
from bot.people.tables import PlacementRow, PostRow

READ, TAKE, WRITE = "duties.file_read", "duties.file_take", "duties.file_write"
DRAFT = "du.file"
MOST_BYTES = 5_000_000
SLICE = 5


def receive(session: Session, who: Person, file_id: str, name: str, size: int, now: datetime) -> Message:
    """A file came: it is fetched and read, then shown. Refused: to whoever may sign nothing, and what is too large."""
    if not store.led(session, who.id, now, Role.SAFETY_OFFICER):
        raise Refused("duties.not_yours_to_sign")
    if size > MOST_BYTES:
        raise Refused("duties.file_too_big", most=MOST_BYTES // 1_000_000)
    row = DutyFileRow(person_id=who.id, name=PurePath(name).name[:200], state="fetching", created_at=now)
    session.add(row)
    session.flush()
    payload = {"file": row.id, "name": row.name, "person": who.id, "lang": who.lang}
    downloads.want(session, file_id, READ, payload, now, keep="file")
    return Message(text("duties.file_came", name=row.name), ref=ref(row.id))


def ref(file: int) -> str:
    """The message in which a file is followed."""
    return f"duty-file:{file}"


def known(session: Session, person: int, now: datetime) -> Known:
    """What somebody's file may name: the units they may sign for, all posts, the duties in force."""
    paths = store.led(session, person, now, Role.SAFETY_OFFICER)
    units = {name: unit.language for name, unit in named_units(session).items() if unit.path.startswith(paths)}
    posts = {*session.scalars(select(PostRow.code)), *session.scalars(select(PlacementRow.post).distinct())}
    codes = frozenset(duty.code for each in store.lists(session) for duty in each.duties)
    return Known(units, frozenset(posts), codes)


class FileRead:
    """The job: what the file may name is looked up, the file read and marked, then the answer sent."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What the file may name."""
        return payload | {"known": known(session, payload["person"], now)}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Reads it; a table with mistakes is written anew with these marked."""
        found = self._read(payload)
        wrong = media.put(book.marked(found, payload["lang"]), "marked.xlsx") if found.wrong and found.table else None
        return payload | {"found": found, "marked": wrong}

    def _read(self, payload: Mapping[str, Any]) -> Read:
        if payload.get("error") or not payload.get("media"):
            return Read(broken=str(payload.get("error") or "gone"))
        data = media.open_ref(str(payload["media"]))
        if data.startswith(b"PK"):
            try:
                inspect(data)
            except BadWorkbook as bad:
                return Read(broken=bad.code)
        return sheet.read(payload["name"], data, payload["known"])

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Says what was found."""
        found: Read = payload["found"]
        id, good = payload["file"], not (found.broken or found.wrong) and bool(found.lists)
        which = (DutyFileRow.id == id, DutyFileRow.state == "fetching")
        values = {
            "state": "ready" if good else "rejected",
            "found": [to_json(e) for e in found.lists] if good else None,
        }
        if changed(session, update(DutyFileRow).where(*which).values(**values)) != 1:
            return
        name = payload["name"]
        if good:
            keys = rows(button("duties.b_sign", f"du:take:{id}"), button("duties.b_cancel", f"du:drop:{id}"))
            count = sum(len(each.draft.duties) for each in found.lists)
            said = Message(
                text("duties.file_ready", name=name, lists=len(found.lists), duties=count), keys, ref=ref(id)
            )
            outbox.edit_ref(session, ref(id), said, now)
            return
        lines = [{"where": each.where, "words": book.sentence(each, payload["lang"])} for each in found.wrong[:5]]
        more = len(found.wrong) - len(lines)
        said = Message(text("duties.file_wrong", name=name, broken=found.broken, lines=lines, more=more), ref=ref(id))
        outbox.edit_ref(session, ref(id), said, now)
        if payload["marked"]:
            document = Media("document", payload["marked"], f"{PurePath(name).stem}-marked.xlsx")
            copy = Message(text("duties.file_marked"), media=(document,))
            outbox.send(session, outbox.to_person(payload["person"]), copy, Lane.REPLY, now, key=f"{ref(id)}:marked")


def take(session: Session, by: int, id: int, now: datetime) -> None:
    """Whoever sent it puts their name under all of it. Refused: to others, and the second time."""
    which = (DutyFileRow.id == id, DutyFileRow.person_id == by, DutyFileRow.state == "ready")
    if changed(session, update(DutyFileRow).where(*which).values(state="signed")) != 1:
        raise Refused("duties.changed_meanwhile")
    jobs.enqueue(session, TAKE, {"file": id, "at": 0}, key=f"{ref(id)}:0", now=now)


def take_slice(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: some of a file's lists; then the next ones, and at the end a word. Rights are looked at once more.

    A list whose unit they no longer answer for is left out.
    """
    row = session.get(DutyFileRow, payload["file"], populate_existing=True)
    if row is None or row.found is None:
        return
    units, signed = named_units(session), payload.get("signed", 0)
    for kept in row.found[payload["at"] : payload["at"] + SLICE]:
        each = from_json(kept)
        unit = units.get(each.unit)
        if unit is not None and actions.may_sign(session, row.person_id, unit.path, now):
            actions.sign(session, row.person_id, each.post, unit.id, each.draft, now, source=row.name, giving=False)
            signed += 1
    at = payload["at"] + SLICE
    if at < len(row.found):
        jobs.enqueue(session, TAKE, {"file": row.id, "at": at, "signed": signed}, key=f"{ref(row.id)}:{at}", now=now)
        return
    who = people.person(session, row.person_id, now)
    row.found = None
    session.flush()
    said = text("duties.file_signed", lists=signed, name=who.name if who else "")
    outbox.edit_ref(session, ref(row.id), Message(said, ref=ref(row.id)), now)


def drop(session: Session, by: int, id: int) -> None:
    """It is not taken."""
    which = (DutyFileRow.id == id, DutyFileRow.person_id == by, DutyFileRow.state == "ready")
    if changed(session, update(DutyFileRow).where(*which).values(state="cancelled", found=None)) != 1:
        raise Refused("duties.changed_meanwhile")


# --- out --------------------------------------------------------------------------------------------------------------


class FileWritten:
    """The job of an export: read beside the writer, written, sent."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The lists of the units that somebody leads."""
        return payload | {"entries": entries(session, store.led(session, payload["person"], now))}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Writes the workbook, and the same as YAML."""
        made = payload["entries"]
        files = {"duties.xlsx": book.exported(made, payload["lang"]), "duties.yaml": book.flat(made)}
        return payload | {"files": {name: media.put(data, name) for name, data in files.items()}}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it."""
        documents = tuple(Media("document", ref, name) for name, ref in payload["files"].items())
        message = Message(text("duties.exported", lists=len(payload["entries"])), media=documents)
        outbox.send(session, outbox.to_person(payload["person"]), message, Lane.REPLY, now, key=payload["key"])


def entries(session: Session, paths: Sequence[str]) -> list[Entry]:
    """The lists of some units as a file has them."""
    names = {unit.id: name for name, unit in named_units(session).items()}
    return [
        Entry(each.post, names.get(each.unit, ""), Draft("", each.level, {}, each.scope, each.duties))
        for each in (store.lists(session, paths) if paths else ())
    ]


def to_json(found: Entry) -> dict[str, Any]:
    """A list of a file, to be kept until it is signed."""
    return {
        "post": found.post, "unit": found.unit, "level": found.draft.level.value, "scope": dict(found.draft.scope),
        "duties": [store.duty_json(each) for each in found.draft.duties],
    }  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> Entry:
    """What `to_json` kept."""
    duties = tuple(store.as_duty(each) for each in kept["duties"])
    return Entry(kept["post"], kept["unit"], Draft("", Level(kept["level"]), {}, kept["scope"], duties))
