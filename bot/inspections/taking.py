"""Checklists from a file: fetched, read in a process of its own, shown, and taken once whoever sent them says so; and out again."""

from __future__ import annotations

import atexit
import base64
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.inspections import actions, keeping, sheet, store
from bot.inspections.model import Checklist
from bot.inspections.tables import ChecklistFileRow
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message, button, rows
from bot.kit.texts import text
from bot.library.apart import Reader, Stopped
from bot.media import store as media
from bot.people.model import Person

READ, WRITE = "inspections.file_read", "inspections.file_write"
MOST_BYTES = 3_000_000
ENDINGS = (".yaml", ".yml", ".xlsx", ".csv")
MOST_TOLD = 8
READER = Reader(command=(sys.executable, "-m", "bot.inspections.reader_child"))
atexit.register(READER.close)


def receive(session: Session, who: Person, file_id: str, name: str, size: int, now: datetime) -> Message:
    """A file came: it is fetched and read, then shown. Refused: to whoever leads nothing, another kind, what is too large."""
    actions.home_of(session, who.id, now)
    if not name.casefold().endswith(ENDINGS):
        raise Refused("inspections.file_kind")
    if size > MOST_BYTES:
        raise Refused("inspections.file_too_big", most=MOST_BYTES // 1_000_000)
    row = ChecklistFileRow(person_id=who.id, name=PurePath(name).name[:200], state="fetching", created_at=now)
    session.add(row)
    session.flush()
    payload = {"file": row.id, "name": row.name, "lang": who.lang}
    downloads.want(session, file_id, READ, payload, now, keep="file")
    return Message(text("inspections.file_came", name=row.name), ref=ref(row.id))


def ref(file: int) -> str:
    """The message in which a file is followed."""
    return f"checklist-file:{file}"


class FileRead:
    """The job: the file is read apart, then the answer sent."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Reads it."""
        if payload.get("error") or not payload.get("media"):
            return payload | {"found": {"lists": [], "wrong": [], "broken": str(payload.get("error") or "gone")}}
        data = base64.b64encode(media.open_ref(str(payload["media"]))).decode()
        try:
            found = READER.ask({"do": "read", "name": payload["name"], "data": data, "lang": payload["lang"]})
        except Stopped as stopped:
            found = {"lists": [], "wrong": [], "broken": stopped.code}
        return payload | {"found": found}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Says what was found."""
        found, id = payload["found"], payload["file"]
        good = bool(found["lists"])
        which = (ChecklistFileRow.id == id, ChecklistFileRow.state == "fetching")
        values = {"state": "ready" if good else "rejected", "found": found["lists"] if good else None}
        if changed(session, update(ChecklistFileRow).where(*which).values(**values)) != 1:
            return
        if good:
            keys = rows(
                button("inspections.b_take_file", f"cl:take:{id}"), button("inspections.b_cancel", f"cl:drop:{id}")
            )
            lists = [keeping.from_json(each) for each in found["lists"]]
            lines = [{"title": dict(each.title), "items": len(each.items)} for each in lists]
            said = text("inspections.file_ready", name=payload["name"], lines=lines[:8], more=max(len(lines) - 8, 0))
            outbox.edit_ref(session, ref(id), Message(said, keys, ref=ref(id)), now)
            return
        wrong = found["wrong"]
        said = text(
            "inspections.file_wrong", name=payload["name"], broken=found["broken"], lines=wrong[:MOST_TOLD],
            more=max(len(wrong) - MOST_TOLD, 0),
        )  # fmt: skip
        outbox.edit_ref(session, ref(id), Message(said, ref=ref(id)), now)


def take(session: Session, by: int, id: int, now: datetime) -> tuple[int, int]:
    """Puts a file's checklists on the shelf; how many are new, and how many got a new version. Refused: to others, and twice."""
    row = session.get(ChecklistFileRow, id, populate_existing=True)
    if row is None or row.person_id != by:
        raise Refused("inspections.not_yours")
    which = (ChecklistFileRow.id == id, ChecklistFileRow.state == "ready")
    lists = [keeping.from_json(each) for each in row.found or ()]
    if changed(session, update(ChecklistFileRow).where(*which).values(state="taken", found=None)) != 1:
        raise Refused("inspections.changed_meanwhile")
    return actions.put(session, lists, by, now)


def drop(session: Session, by: int, id: int) -> None:
    """Forgets a file. Refused: to others, and twice."""
    which = (ChecklistFileRow.id == id, ChecklistFileRow.person_id == by, ChecklistFileRow.state == "ready")
    if changed(session, update(ChecklistFileRow).where(*which).values(state="cancelled", found=None)) != 1:
        raise Refused("inspections.changed_meanwhile")


# --- out --------------------------------------------------------------------------------------------------------------


def want(session: Session, who: Person, checklist: int, key: str, now: datetime) -> None:
    """Has a checklist written as files for somebody who can use it. Refused: to others."""
    found = store.checklist(session, checklist)
    here = found is not None and (who.path.startswith(found.path) or store.leads(session, who.id, found.path, now))
    if found is None or not here:
        raise Refused("inspections.not_yours")
    payload = {"person": who.id, "lang": who.lang, "key": key, "checklist": found.id, "version": found.version}
    jobs.enqueue(session, WRITE, payload, key=key, now=now)


class FileWritten:
    """The job of an export: written outside the transaction, sent."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What the checklist says."""
        return payload | {"list": store.content(session, payload["checklist"], payload["version"])}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Writes the YAML and the workbook."""
        made: Checklist = payload["list"]
        files = {
            f"{made.code}.yaml": keeping.to_yaml(made),
            f"{made.code}.xlsx": sheet.to_workbook([made], payload["lang"]),
        }
        return payload | {"files": {name: media.put(data, name) for name, data in files.items()}}

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Sends them."""
        shown = tuple(Media("document", kept, name) for name, kept in payload["files"].items())
        message = Message(text("inspections.exported", title=dict(payload["list"].title)), media=shown)
        outbox.send(session, outbox.to_person(payload["person"]), message, Lane.REPLY, now, key=payload["key"])
