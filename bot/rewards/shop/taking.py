"""A catalogue from a file: fetched, read, and put in at once where nothing is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy.orm import Session

from bot.db import jobs
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.media import store as media
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Person, Viewer
from bot.rewards.shop import actions, rules, sheet, store
from bot.rewards.shop.model import IMPORTED
from bot.rewards.shop.sheet import Line, Read

READ, WRITE = "rewards.shop.file_read", "rewards.shop.file_write"


def receive(session: Session, viewer: Viewer, file_id: str, name: str, size: int, key: str, now: datetime) -> Message:
    """A file came: it is fetched and read. Refused: to whoever keeps no catalogue, and what is too large."""
    if not viewer.anywhere(rules.KEEPER):
        raise Refused("rewards.shop.not_yours")
    if size > sheet.MOST_BYTES:
        raise Refused("rewards.shop.file_too_big", most=sheet.MOST_BYTES // 1_000_000)
    payload = {"name": PurePath(name).name[:200], "person": viewer.person, "key": key}
    downloads.want(session, file_id, READ, payload, now, keep="file")
    return Message(text("rewards.shop.file_came", name=payload["name"]))


def known(session: Session, viewer: Viewer | None) -> dict[str, tuple[int, str]]:
    """The units that somebody keeps a catalogue for, by name."""
    return {
        name: (unit.id, unit.language) for name, unit in named_units(session).items()
        if viewer is not None and viewer.holds(rules.KEEPER, unit.path)
    }  # fmt: skip


def put_all(session: Session, by: Viewer, lines: Sequence[Line], key: str, now: datetime) -> int:
    """Puts rewards in; answers how many are new. What is not in the file stays."""
    new = sum(actions.put(session, by, each.unit, each.code, each.names, each.cost, each.stock, now) for each in lines)
    body = {"rewards": len(lines), "new": new}
    record(session, Fact(IMPORTED, f"rewards-import:{key}", now, by.person, body=body), now)
    return new


class FileRead:
    """The job: what the file may name is looked up, the file read, then put in or sent back with its mistakes."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What the file may name."""
        return payload | {"units": known(session, people.viewer(session, payload["person"], now))}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Reads it."""
        if payload.get("error") or not payload.get("media"):
            return payload | {"found": Read((), (str(payload.get("error") or "gone"),))}
        data = media.open_ref(str(payload["media"]))
        return payload | {"found": sheet.read(payload["name"], data, payload["units"])}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Puts it in and says so, or says what is wrong."""
        found: Read = payload["found"]
        viewer = people.viewer(session, payload["person"], now)
        if viewer is None:
            return
        new = put_all(session, viewer, found.lines, payload["key"], now) if found.lines else 0
        said = text(
            "rewards.shop.file_read", name=payload["name"], count=len(found.lines), new=new, wrong=list(found.wrong[:8]),
            more=max(len(found.wrong) - 8, 0),
        )  # fmt: skip
        key = f"rewards-file:{payload['key']}"
        outbox.send(session, outbox.to_person(viewer.person), Message(said), Lane.REPLY, now, key=key)


class FileWrite:
    """The job: the catalogue of the units that somebody looks after, as a file; an empty one is the template."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What there is."""
        viewer = people.viewer(session, payload["person"], now)
        found = store.kept_by(session, viewer) if viewer is not None else []
        lines = [Line(each.code, each.unit, dict(each.names), each.cost, each.stock) for each in found]
        return payload | {"lines": lines, "names": {id: name for name, (id, _) in known(session, viewer).items()}}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Writes it."""
        return payload | {"media": media.put(sheet.written(payload["lines"], payload["names"]), "rewards.csv")}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it."""
        made = Message(text("rewards.shop.file"), media=(Media("document", payload["media"], "rewards.csv"),))
        outbox.send(session, outbox.to_person(payload["person"]), made, Lane.REPLY, now, key=payload["key"])


JOBS = {READ: FileRead(), WRITE: FileWrite()}


def export(session: Session, who: Person, key: str, now: datetime) -> None:
    """Asks for the catalogue as a file."""
    jobs.enqueue(session, WRITE, {"person": who.id, "key": f"rewards-out:{key}"}, key=f"rewards-out:{key}", now=now)
