"""Risks from a file: fetched, read beside the writer, shown, and taken in slices once whoever sent it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library.formats.workbook import BadWorkbook, inspect
from bot.media import store as media
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Person, Role
from bot.people.tables import PersonRow, PlaceRow
from bot.risks import book, sheet, store
from bot.risks.model import IMPORTED, Held, Method, Rank, Rating
from bot.risks.putting import put
from bot.risks.sheet import ControlRow, Known, Read, RiskEntry
from bot.risks.tables import RiskFileRow, RiskRow

READ, TAKE, WRITE = "risks.file_read", "risks.file_take", "risks.file_write"
MOST_BYTES = 5_000_000
SLICE = 15


def receive(session: Session, who: Person, file_id: str, name: str, size: int, now: datetime) -> Message:
    """A file came: it is fetched and read, then shown. Refused: to whoever leads nothing, and what is too large."""
    if not store.led(session, who.id, now):
        raise Refused("risks.only_leaders")
    if size > MOST_BYTES:
        raise Refused("risks.file_too_big", most=MOST_BYTES // 1_000_000)
    row = RiskFileRow(person_id=who.id, name=PurePath(name).name[:200], state="fetching", created_at=now)
    session.add(row)
    session.flush()
    payload = {"file": row.id, "name": row.name, "person": who.id, "lang": who.lang}
    downloads.want(session, file_id, READ, payload, now, keep="file")
    return Message(text("risks.file_came", name=row.name), ref=ref(row.id))


def ref(file: int) -> str:
    """The message in which a file is followed."""
    return f"risk-file:{file}"


def known(session: Session, person: int, now: datetime) -> Known:
    """What somebody's file may name: the units they lead with their places, everybody's badge, the codes that are there."""
    viewer = people.viewer(session, person, now)
    units = {
        name: unit for name, unit in named_units(session).items()
        if viewer is not None and viewer.holds(Role.SUPERVISOR, unit.path)
    }  # fmt: skip
    by_id = {unit.id: name for name, unit in units.items()}
    places = session.execute(select(PlaceRow.code, PlaceRow.unit_id).where(PlaceRow.closed_at.is_(None)))
    badges = session.scalars(select(PersonRow.badge).where(PersonRow.left_on.is_(None)))
    mine = set(by_id)
    codes = session.execute(select(RiskRow.code, RiskRow.unit_id, store.LIVE)).all()
    return Known(
        {name: unit.language for name, unit in units.items()},
        {code: by_id[unit] for code, unit in places if unit in by_id}, frozenset(badges),
        frozenset(code for code, unit, live in codes if live and unit in mine),
        frozenset(code for code, unit, live in codes if not live or unit not in mine),
    )  # fmt: skip


def read(name: str, data: bytes, known: Known) -> Read:
    """Reads a file, from the chat or the command line; a workbook is looked at before it is opened."""
    if data.startswith(b"PK"):
        try:
            inspect(data)
        except BadWorkbook as bad:
            return Read(broken=bad.code)
    return sheet.read(name, data, known)


def imported(session: Session, by: int, key: str, risks: int, controls: int, now: datetime) -> None:
    """Records that risks came from a file."""
    record(session, Fact(IMPORTED, key, now, by, body={"risks": risks, "controls": controls}), now)


class FileRead:
    """The job: what the file may name is looked up, the file read and marked, then the answer sent."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What the file may name."""
        return payload | {"known": known(session, payload["person"], now)}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Reads it; with mistakes it is written anew with these marked."""
        found = self._read(payload)
        wrong = media.put(book.marked(found, payload["lang"]), "marked.xlsx") if found.wrong and found.table else None
        return payload | {"found": found, "marked": wrong}

    def _read(self, payload: Mapping[str, Any]) -> Read:
        if payload.get("error") or not payload.get("media"):
            return Read(broken=str(payload.get("error") or "gone"))
        return read(payload["name"], media.open_ref(str(payload["media"])), payload["known"])

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Says what was found."""
        found: Read = payload["found"]
        id, good = payload["file"], not (found.broken or found.wrong) and bool(found.risks)
        which = (RiskFileRow.id == id, RiskFileRow.state == "fetching")
        kept = [to_json(each) for each in found.risks] if good else None
        values = {"state": "ready" if good else "rejected", "found": kept}
        if changed(session, update(RiskFileRow).where(*which).values(**values)) != 1:
            return
        counts = {"risks": len(found.risks), "controls": sum(len(each.controls) for each in found.risks)}
        if good:
            keys = rows(
                button("risks.b_take_file", f"rk:take-file:{id}"), button("risks.b_cancel", f"rk:drop-file:{id}")
            )
            said = Message(text("risks.file_ready", name=payload["name"], **counts), keys, ref=ref(id))
            outbox.edit_ref(session, ref(id), said, now)
            return
        lines = [book.sentence(each, payload["lang"]) for each in found.wrong[:5]]
        said = Message(
            text(
                "risks.file_wrong",
                name=payload["name"],
                broken=found.broken,
                lines=lines,
                more=len(found.wrong) - len(lines),
            ),
            ref=ref(id),
        )
        outbox.edit_ref(session, ref(id), said, now)
        if payload["marked"]:
            name = f"{PurePath(payload['name']).stem}-marked.xlsx"
            copy = Message(text("risks.file_marked"), media=(Media("document", payload["marked"], name),))
            outbox.send(session, outbox.to_person(payload["person"]), copy, Lane.REPLY, now, key=f"{ref(id)}:marked")


def take(session: Session, by: int, id: int, now: datetime) -> None:
    """Whoever sent it says that it is to be taken. Refused: to others, and the second time."""
    which = (RiskFileRow.id == id, RiskFileRow.person_id == by, RiskFileRow.state == "ready")
    if changed(session, update(RiskFileRow).where(*which).values(state="taken")) != 1:
        raise Refused("risks.changed_meanwhile")
    jobs.enqueue(session, TAKE, {"file": id, "at": 0, "controls": 0}, key=f"{ref(id)}:0", now=now)


def drop(session: Session, by: int, id: int) -> None:
    """It is not taken."""
    which = (RiskFileRow.id == id, RiskFileRow.person_id == by, RiskFileRow.state == "ready")
    if changed(session, update(RiskFileRow).where(*which).values(state="cancelled", found=None)) != 1:
        raise Refused("risks.changed_meanwhile")


def take_slice(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: some of a file's risks; then the next ones, and at the end a word."""
    row = session.get(RiskFileRow, payload["file"], populate_existing=True)
    if row is None or row.found is None:
        return
    some = [from_json(each) for each in row.found[payload["at"] : payload["at"] + SLICE]]
    controls = payload["controls"] + put(session, row.person_id, some, now)
    at = payload["at"] + len(some)
    if at < len(row.found):
        more = {"file": row.id, "at": at, "controls": controls}
        jobs.enqueue(session, TAKE, more, key=f"{ref(row.id)}:{at}", now=now)
        return
    imported(session, row.person_id, ref(row.id), at, controls, now)
    said = text("risks.file_taken", name=row.name, risks=at, controls=controls)
    row.found = None
    session.flush()
    outbox.edit_ref(
        session, ref(row.id), Message(said, rows(button("risks.b_list", "rk:list::0")), ref=ref(row.id)), now
    )


# --- out --------------------------------------------------------------------------------------------------------------


class FileWritten:
    """The job of an export: read beside the writer, written, sent."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The risks of the units that somebody leads."""
        return payload | {"entries": entries(session, store.led(session, payload["person"], now))}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Writes the workbook, and the same as CSV."""
        made, lang = payload["entries"], payload["lang"]
        files = {"risks.xlsx": book.exported(made, lang), "risks.csv": book.flat(made, lang)}
        return payload | {"files": {name: media.put(data, name) for name, data in files.items()}}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it."""
        said = text("risks.exported", risks=len(payload["entries"]))
        message = Message(said, media=tuple(Media("document", ref, name) for name, ref in payload["files"].items()))
        outbox.send(session, outbox.to_person(payload["person"]), message, Lane.REPLY, now, key=payload["key"])


def entries(session: Session, paths: Sequence[str]) -> list[RiskEntry]:
    """The risks of some units as a file has them."""
    names = {unit.id: name for name, unit in named_units(session).items()}
    found = sorted(store.risks(session, paths, sheet.MOST_RISKS), key=lambda each: each[0].id)
    places = store.places(session, {risk.place for risk, _ in found if risk.place})
    owners = {each.owner for _, kept in found for each in kept if each.owner}
    named = session.execute(select(PersonRow.id, PersonRow.badge).where(PersonRow.id.in_(owners)))
    badges = {row.id: row.badge for row in named}
    return [
        RiskEntry(
            risk.code, names.get(risk.unit, ""), places[risk.place].code if risk.place in places else "", risk.task,
            risk.number, risk.step, risk.hazard, risk.topic or "", risk.inherent, risk.residual,
            tuple(ControlRow(c.words, c.rank, badges.get(c.owner or 0, ""), c.every, c.held) for c in kept),
        )
        for risk, kept in found
    ]  # fmt: skip


# --- kept meanwhile ---------------------------------------------------------------------------------------------------


def to_json(found: RiskEntry) -> dict[str, Any]:
    """A risk of a file, to be kept until it is taken."""
    return vars(found) | {
        "task": dict(found.task), "step": dict(found.step), "hazard": dict(found.hazard),
        "inherent": _rating(found.inherent), "residual": _rating(found.residual),
        "controls": [
            {"words": dict(c.words), "rank": c.rank.value, "owner": c.owner, "held": c.held.value,
             "days": c.every.days if c.every else 0}
            for c in found.controls
        ],
    }  # fmt: skip


def from_json(kept: Mapping[str, Any]) -> RiskEntry:
    """What `to_json` kept."""
    ratings = {
        name: Rating(Method(kept[name]["method"]), tuple(kept[name]["factors"])) if kept[name] else None
        for name in ("inherent", "residual")
    }
    controls = tuple(
        ControlRow(
            c["words"], Rank(c["rank"]), c["owner"], timedelta(days=c["days"]) if c["days"] else None, Held(c["held"])
        )
        for c in kept["controls"]
    )
    return RiskEntry(**(dict(kept) | ratings | {"controls": controls}))


def _rating(found: Rating | None) -> dict[str, Any] | None:
    return {"method": found.method.value, "factors": list(found.factors)} if found else None
