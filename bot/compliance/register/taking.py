"""Entries from a file, by the way in which all rooms take tables in (`library.intake`); and the register as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.compliance.register import actions, book, sheet, store
from bot.compliance.register.model import IMPORTED, Kind
from bot.compliance.register.sheet import Known, LawEntry
from bot.compliance.register.tables import LawFileRow, LawRow
from bot.kit.errors import Refused
from bot.kit.replies import Message, Rows, button, rows
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library.intake import FilesWritten, Intake, Read
from bot.library.reading_rows import Wrong
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.company import named_units
from bot.people.importing.files import Table
from bot.people.model import Person
from bot.people.tables import PersonRow

READ, TAKE, WRITE = "compliance.register.file_read", "compliance.register.file_take", "compliance.register.file_write"


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


def put_all(session: Session, by: int, some: Sequence[LawEntry], now: datetime) -> dict[str, int]:
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


class LawIntake(Intake):
    """Entries from a file. Rights are looked at once more when they are put in."""

    name, row, read_job, take_job = "law-file", LawFileRow, READ, TAKE
    needed, may, book = sheet.NEEDED, sheet.MAY, book.BOOK
    refused = MappingProxyType(
        {"too_big": "compliance.file_too_big", "changed": "compliance.register.changed_meanwhile"}
    )

    def may_send(self, session: Session, who: Person, now: datetime) -> None:
        """Whoever keeps a register."""
        if not whom.paths(session, who.id, actions.KEEPER, now):
            raise Refused("compliance.register.not_yours")

    def known(self, session: Session, payload: Mapping[str, Any], now: datetime) -> Known:
        """The units whose register they keep, badges, codes that are others'."""
        return known(session, payload["person"], payload["lang"], now)

    def checked(self, table: Table, known: Known) -> Read:
        """What a table says."""
        return sheet.checked(table, known)

    def to_json(self, entry: LawEntry) -> dict[str, Any]:
        """An entry, to be kept."""
        return to_json(entry)

    def from_json(self, kept: Mapping[str, Any]) -> LawEntry:
        """An entry that was kept."""
        return from_json(kept)

    def put(self, session: Session, by: int, entries: Sequence[LawEntry], name: str, now: datetime) -> dict[str, int]:
        """Counts what is new, has another version, is as before."""
        return put_all(session, by, entries, now)

    def came(self, name: str) -> Text:
        """A file has come."""
        return text("compliance.register.file_came", name=name)

    def ready(self, id: int, name: str, found: Read) -> tuple[Text, Rows]:
        """What it holds."""
        keys = rows(
            button("compliance.register.b_take_file", f"lw:take-file:{id}"),
            button("compliance.cancel", f"lw:drop-file:{id}"),
        )
        return self._found(name, found, ()), keys

    def rejected(self, name: str, found: Read, lines: Sequence[Wrong], lang: str) -> Text:
        """What is wrong with it."""
        return self._found(name, found, [self.book.sentence(each, lang) for each in lines])

    def _found(self, name: str, found: Read, lines: Sequence[str]) -> Text:
        return text(
            "compliance.register.file_found", name=name, good=found.good, laws=len(found.entries), broken=found.broken,
            lines=list(lines), more=len(found.wrong) - len(lines),
        )  # fmt: skip

    def marked_copy(self) -> Text:
        """Beside the marked file."""
        return text("compliance.register.file_marked")

    def taken(
        self, session: Session, by: int, file: int, name: str, counts: Mapping[str, int], now: datetime
    ) -> Message:
        """All of it is in the register."""
        body = {what: counts[what] for what in ("rows", "new", "changed")}
        record(session, Fact(IMPORTED, self.ref(file), now, by, body=body), now)
        said = text(
            "compliance.register.file_taken",
            name=name,
            rows=counts["rows"],
            new=counts["new"],
            changed=counts["changed"],
        )
        return Message(said, ref=self.ref(file))


INTAKE = LawIntake()


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


WRITTEN = FilesWritten(
    lambda session, person, now: entries(session, whom.paths(session, person, actions.KEEPER, now), now),
    lambda made, lang: {"register.xlsx": book.exported(made, lang), "register.csv": book.flat(made, lang)},
    lambda made: text("compliance.register.exported", count=len(made)),
)
"""The job of an export: the entries of the units whose register somebody keeps."""
