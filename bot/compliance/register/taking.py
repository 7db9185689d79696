"""Entries from a file: fetched, read in a process apart, shown, and taken in slices once whoever sent it says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.compliance import whom
from bot.compliance.register import actions, book, sheet, store
from bot.compliance.register.model import IMPORTED, Kind
from bot.compliance.register.sheet import Known, LawEntry, Read
from bot.compliance.register.tables import LawFileRow, LawRow
from bot.db import jobs
from bot.db.once import changed
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library.tabled import read_apart
from bot.media import store as media
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Person
from bot.people.tables import PersonRow

READ, TAKE, WRITE = "compliance.register.file_read", "compliance.register.file_take", "compliance.register.file_write"
MOST_BYTES = 5_000_000
SLICE = 15


def ref(file: int) -> str:
    """The message in which a file is followed."""
    return f"law-file:{file}"


def receive(session: Session, who: Person, file_id: str, name: str, size: int, now: datetime) -> Message:
    """A file came: it is fetched and read, then shown. Refused: to whoever keeps no register, and what is too large."""
    if not whom.paths(session, who.id, actions.KEEPER, now):
        raise Refused("compliance.register.not_yours")
    if size > MOST_BYTES:
        raise Refused("compliance.file_too_big", most=MOST_BYTES // 1_000_000)
    row = LawFileRow(person_id=who.id, name=PurePath(name).name[:200], state="fetching", created_at=now)
    session.add(row)
    session.flush()
    payload = {"file": row.id, "name": row.name, "person": who.id, "lang": who.lang}
    downloads.want(session, file_id, READ, payload, now, keep="file")
    return Message(text("compliance.register.file_came", name=row.name), ref=ref(row.id))


def known(session: Session, person: int, lang: str, now: datetime) -> Known:
    """What somebody's file may name: the units whose register they keep, everybody's badge, codes that are others'."""
    viewer = people.viewer(session, person, now)
    units = [
        (name, unit) for name, unit in named_units(session).items()
        if viewer is not None and viewer.holds(actions.KEEPER, unit.path)
    ]  # fmt: skip
    units.sort(key=lambda each: (each[1].path.count("/"), each[1].path))
    badges = session.execute(select(PersonRow.badge, PersonRow.id).where(PersonRow.left_on.is_(None)))
    there = session.execute(select(LawRow.code, LawRow.path)).all()
    taken = {code for code, path in there if viewer is None or not viewer.holds(actions.KEEPER, path)}
    return Known({name: unit.id for name, unit in units}, {row.badge: row.id for row in badges}, frozenset(taken), lang)


class FileRead:
    """The job: what the file may name is looked up, the file read apart and marked, then the answer sent."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What the file may name."""
        return payload | {"known": known(session, payload["person"], payload["lang"], now)}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Reads it; with mistakes it is written anew with these marked."""
        found = self._read(payload)
        wrong = media.put(book.marked(found, payload["lang"]), "marked.xlsx") if found.wrong and found.table else None
        return payload | {"found": found, "marked": wrong}

    def _read(self, payload: Mapping[str, Any]) -> Read:
        if payload.get("error") or not payload.get("media"):
            return Read(broken=str(payload.get("error") or "gone"))
        data = media.open_ref(str(payload["media"]))
        table, broken = read_apart(str(payload["name"]), data, sheet.NEEDED, sheet.MAY)
        return Read(broken=broken) if table is None else sheet.checked(table, payload["known"])

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Says what was found."""
        found: Read = payload["found"]
        id, good = payload["file"], not (found.broken or found.wrong) and bool(found.laws)
        values = {"state": "ready" if good else "rejected", "found": [to_json(e) for e in found.laws] if good else None}
        which = (LawFileRow.id == id, LawFileRow.state == "fetching")
        if changed(session, update(LawFileRow).where(*which).values(**values)) != 1:
            return
        lines = [book.sentence(each, payload["lang"]) for each in found.wrong[:5]]
        said = text(
            "compliance.register.file_found", name=payload["name"], good=good, laws=len(found.laws), broken=found.broken,
            lines=lines, more=len(found.wrong) - len(lines),
        )  # fmt: skip
        keys = (
            button("compliance.register.b_take_file", f"lw:take-file:{id}"), button("compliance.cancel", f"lw:drop-file:{id}")
        )  # fmt: skip
        outbox.edit_ref(session, ref(id), Message(said, rows(*keys) if good else (), ref=ref(id)), now)
        if payload["marked"]:
            name = f"{PurePath(payload['name']).stem}-marked.xlsx"
            copy = Message(text("compliance.register.file_marked"), media=(Media("document", payload["marked"], name),))
            outbox.send(session, outbox.to_person(payload["person"]), copy, Lane.REPLY, now, key=f"{ref(id)}:marked")


def take(session: Session, by: int, id: int, now: datetime) -> None:
    """Whoever sent it says that it is to be taken. Refused: to others, and the second time."""
    which = (LawFileRow.id == id, LawFileRow.person_id == by, LawFileRow.state == "ready")
    if changed(session, update(LawFileRow).where(*which).values(state="taken")) != 1:
        raise Refused("compliance.register.changed_meanwhile")
    jobs.enqueue(session, TAKE, {"file": id, "at": 0, "new": 0, "changed": 0}, key=f"{ref(id)}:0", now=now)


def drop(session: Session, by: int, id: int) -> None:
    """It is not taken."""
    which = (LawFileRow.id == id, LawFileRow.person_id == by, LawFileRow.state == "ready")
    if changed(session, update(LawFileRow).where(*which).values(state="cancelled", found=None)) != 1:
        raise Refused("compliance.register.changed_meanwhile")


def take_slice(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: some of a file's entries; then the next ones, and at the end a word."""
    row = session.get(LawFileRow, payload["file"], populate_existing=True)
    if row is None or row.found is None:
        return
    found, file = list(row.found), row.id
    some = [from_json(each) for each in found[payload["at"] : payload["at"] + SLICE]]
    done = put_all(session, row.person_id, some, now)
    at = payload["at"] + len(some)
    so_far = {name: payload[name] + done[name] for name in ("new", "changed")}
    if at < len(found):
        jobs.enqueue(session, TAKE, {"file": file, "at": at, **so_far}, key=f"{ref(file)}:{at}", now=now)
        return
    record(session, Fact(IMPORTED, ref(file), now, row.person_id, body={"rows": at, **so_far}), now)
    said = text("compliance.register.file_taken", name=row.name, rows=at, **so_far)
    row.found = None
    session.flush()
    outbox.edit_ref(session, ref(file), Message(said, ref=ref(file)), now)


def put_all(session: Session, by: int, some: list[LawEntry], now: datetime) -> dict[str, int]:
    """Puts entries into the register; answers how many were new and how many have another version."""
    lang = who.lang if (who := people.person(session, by, now)) is not None else "en"
    names, done = known(session, by, lang, now), {"new": 0, "changed": 0, "same": 0}
    for each in some:
        entry = actions.Entry(
            each.code, each.kind, each.jurisdiction, each.title, each.version, each.effective_on, each.source,
            each.changes, each.binds, names.units[each.unit], each.topics, names.badges.get(each.owner),
            each.look_days, each.evaluate_days, each.watch,
        )  # fmt: skip
        done[actions.put(session, by, entry, now)] += 1
    return done


def to_json(found: LawEntry) -> dict[str, Any]:
    """An entry of a file, to be kept until it is taken."""
    since = found.effective_on.isoformat() if found.effective_on else None
    return vars(found) | {
        "kind": found.kind.value, "title": dict(found.title), "changes": dict(found.changes), "binds": dict(found.binds),
        "topics": list(found.topics), "effective_on": since,
    }  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> LawEntry:
    """What `to_json` kept."""
    since = date.fromisoformat(kept["effective_on"]) if kept["effective_on"] else None
    return LawEntry(
        **(dict(kept) | {"kind": Kind(kept["kind"]), "topics": tuple(kept["topics"]), "effective_on": since})
    )  # fmt: skip


# --- out --------------------------------------------------------------------------------------------------------------


class FileWritten:
    """The job of an export: read beside the writer, written, sent."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The entries of the units whose register somebody keeps."""
        paths = whom.paths(session, payload["person"], actions.KEEPER, now)
        return payload | {"entries": entries(session, paths, now)}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Writes the workbook, and the same as CSV."""
        made, lang = payload["entries"], payload["lang"]
        files = {"register.xlsx": book.exported(made, lang), "register.csv": book.flat(made, lang)}
        return payload | {"files": {name: media.put(data, name) for name, data in files.items()}}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it."""
        said = text("compliance.register.exported", count=len(payload["entries"]))
        message = Message(said, media=tuple(Media("document", ref, name) for name, ref in payload["files"].items()))
        outbox.send(session, outbox.to_person(payload["person"]), message, Lane.REPLY, now, key=payload["key"])


def entries(session: Session, paths: tuple[str, ...], now: datetime) -> list[LawEntry]:
    """The entries of some units as a file has them."""
    names = {unit.id: name for name, unit in named_units(session).items()}
    found = [
        each for each in store.laws(session, paths, now, most=sheet.MOST_ROWS)
        if any(each.path.startswith(path) for path in paths)
    ]  # fmt: skip
    owners = {each.owner for each in found if each.owner}
    badges = {
        row.id: row.badge
        for row in session.execute(select(PersonRow.id, PersonRow.badge).where(PersonRow.id.in_(owners)))
    }
    return [
        LawEntry(
            each.code, each.kind, each.jurisdiction, each.title, each.version, each.effective_on, each.source, each.changes,
            each.binds, names.get(each.unit, ""), each.topics, badges.get(each.owner or 0, ""), each.look_days,
            each.evaluate_days, each.watch,
        )
        for each in found
    ]  # fmt: skip
