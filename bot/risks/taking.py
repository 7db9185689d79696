"""Risks from a file, by the way in which all rooms take tables in (`library.intake`); and risks as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.replies import Message, Rows, button, rows
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library.intake import FilesWritten, Intake, Read
from bot.library.reading_rows import Wrong
from bot.people import store as people
from bot.people.company import named_units
from bot.people.importing.files import Table
from bot.people.model import Person, Role
from bot.people.tables import PersonRow, PlaceRow
from bot.risks import book, sheet, store
from bot.risks.model import IMPORTED, Held, Method, Rank, Rating
from bot.risks.putting import put
from bot.risks.sheet import ControlRow, Known, RiskEntry
from bot.risks.tables import RiskFileRow, RiskRow

READ, TAKE, WRITE = "risks.file_read", "risks.file_take", "risks.file_write"


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


def imported(session: Session, by: int, key: str, risks: int, controls: int, now: datetime) -> None:
    """Records that risks came from a file."""
    record(session, Fact(IMPORTED, key, now, by, body={"risks": risks, "controls": controls}), now)


class RiskIntake(Intake):
    """Risks from a file. Rights are looked at once more when they are put in."""

    name, row, read_job, take_job = "risk-file", RiskFileRow, READ, TAKE
    needed, may, book = sheet.NEEDED, sheet.MAY, book.BOOK
    refused = MappingProxyType({"too_big": "risks.file_too_big", "changed": "risks.changed_meanwhile"})

    def may_send(self, session: Session, who: Person, now: datetime) -> None:
        """Whoever leads a unit."""
        if not store.led(session, who.id, now):
            raise Refused("risks.only_leaders")

    def known(self, session: Session, payload: Mapping[str, Any], now: datetime) -> Known:
        """The units that they lead, places, badges, codes."""
        return known(session, payload["person"], now)

    def checked(self, table: Table, known: Known) -> Read:
        """What a table says."""
        return sheet.checked(table, known)

    def to_json(self, entry: RiskEntry) -> dict[str, Any]:
        """A risk, to be kept."""
        return to_json(entry)

    def from_json(self, kept: Mapping[str, Any]) -> RiskEntry:
        """A risk that was kept."""
        return from_json(kept)

    def put(self, session: Session, by: int, entries: Sequence[RiskEntry], name: str, now: datetime) -> dict[str, int]:
        """Counts the controls that are new or changed."""
        return {"controls": put(session, by, entries, now)}

    def came(self, name: str) -> Text:
        """A file has come."""
        return text("risks.file_came", name=name)

    def ready(self, id: int, name: str, found: Read) -> tuple[Text, Rows]:
        """What it holds."""
        controls = sum(len(each.controls) for each in found.entries)
        keys = rows(button("risks.b_take_file", f"rk:take-file:{id}"), button("risks.b_cancel", f"rk:drop-file:{id}"))
        return text("risks.file_ready", name=name, risks=len(found.entries), controls=controls), keys

    def rejected(self, name: str, found: Read, lines: Sequence[Wrong], lang: str) -> Text:
        """What is wrong with it."""
        said = [self.book.sentence(each, lang) for each in lines]
        more = len(found.wrong) - len(lines)
        return text("risks.file_wrong", name=name, broken=found.broken, lines=said, more=more)

    def marked_copy(self) -> Text:
        """Beside the marked file."""
        return text("risks.file_marked")

    def taken(
        self, session: Session, by: int, file: int, name: str, counts: Mapping[str, int], now: datetime
    ) -> Message:
        """All of it is in the register."""
        imported(session, by, self.ref(file), counts["rows"], counts["controls"], now)
        said = text("risks.file_taken", name=name, risks=counts["rows"], controls=counts["controls"])
        return Message(said, rows(button("risks.b_list", "rk:list::0")), ref=self.ref(file))


INTAKE = RiskIntake()


# --- out --------------------------------------------------------------------------------------------------------------


WRITTEN = FilesWritten(
    lambda session, person, now: entries(session, store.led(session, person, now)),
    lambda made, lang: {"risks.xlsx": book.exported(made, lang), "risks.csv": book.flat(made, lang)},
    lambda made: text("risks.exported", risks=len(made)),
)
"""The job of an export: the risks of the units that somebody leads."""


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
