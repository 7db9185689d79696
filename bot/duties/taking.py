"""Lists from a file, by the way in which all rooms take tables in (`library.intake`): signed once whoever sent it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.duties import actions, book, sheet, store
from bot.duties.model import Draft, Level
from bot.duties.sheet import Entry, Known
from bot.duties.tables import DutyFileRow
from bot.kit.errors import Refused
from bot.kit.replies import Message, Rows, button, rows
from bot.kit.texts import Text, text
from bot.library.intake import FilesWritten, Intake, Read
from bot.library.reading_rows import Wrong
from bot.people import store as people
from bot.people.company import named_units
from bot.people.importing.files import Table
from bot.people.model import Person, Role
from bot.people.tables import PlacementRow, PostRow

READ, TAKE, WRITE = "duties.file_read", "duties.file_take", "duties.file_write"
DRAFT = "du.file"


def known(session: Session, person: int, now: datetime) -> Known:
    """What somebody's file may name: the units they may sign for, all posts, the duties in force."""
    paths = store.led(session, person, now, Role.SAFETY_OFFICER)
    units = {name: unit.language for name, unit in named_units(session).items() if unit.path.startswith(paths)}
    posts = {*session.scalars(select(PostRow.code)), *session.scalars(select(PlacementRow.post).distinct())}
    codes = frozenset(duty.code for each in store.lists(session) for duty in each.duties)
    return Known(units, frozenset(posts), codes)


class DutyIntake(Intake):
    """Lists from a table or YAML. A list whose unit they no longer answer for is left out."""

    name, row, read_job, take_job = "duty-file", DutyFileRow, READ, TAKE
    needed, may, book = sheet.NEEDED, sheet.MAY, book.BOOK
    slice, done = 5, "signed"
    refused = MappingProxyType({"too_big": "duties.file_too_big", "changed": "duties.changed_meanwhile"})

    def may_send(self, session: Session, who: Person, now: datetime) -> None:
        """Whoever may sign."""
        if not store.led(session, who.id, now, Role.SAFETY_OFFICER):
            raise Refused("duties.not_yours_to_sign")

    def known(self, session: Session, payload: Mapping[str, Any], now: datetime) -> Known:
        """The units they may sign for, all posts, the duties in force."""
        return known(session, payload["person"], now)

    def read(self, name: str, data: bytes, known: Known) -> Read:
        """A table, or YAML by its name."""
        if name.lower().endswith((".yaml", ".yml")):
            return sheet.read_tree(name, data, known)
        return super().read(name, data, known)

    def checked(self, table: Table, known: Known) -> Read:
        """What a table says."""
        return sheet.checked(table, known)

    def to_json(self, entry: Entry) -> dict[str, Any]:
        """A list, to be kept."""
        return to_json(entry)

    def from_json(self, kept: Mapping[str, Any]) -> Entry:
        """A list that was kept."""
        return from_json(kept)

    def put(self, session: Session, by: int, entries: Sequence[Entry], name: str, now: datetime) -> dict[str, int]:
        """Signs them; counts those that are signed."""
        units, signed = named_units(session), 0
        for each in entries:
            unit = units.get(each.unit)
            if unit is not None and actions.may_sign(session, by, unit.path, now):
                actions.sign(session, by, each.post, unit.id, each.draft, now, source=name, giving=False)
                signed += 1
        return {"signed": signed}

    def came(self, name: str) -> Text:
        """A file has come."""
        return text("duties.file_came", name=name)

    def ready(self, id: int, name: str, found: Read) -> tuple[Text, Rows]:
        """What it holds."""
        keys = rows(button("duties.b_sign", f"du:take:{id}"), button("duties.b_cancel", f"du:drop:{id}"))
        count = sum(len(each.draft.duties) for each in found.entries)
        return text("duties.file_ready", name=name, lists=len(found.entries), duties=count), keys

    def rejected(self, name: str, found: Read, lines: Sequence[Wrong], lang: str) -> Text:
        """What is wrong with it, and where."""
        said = [{"where": each.where, "words": self.book.sentence(each, lang)} for each in lines]
        more = len(found.wrong) - len(lines)
        return text("duties.file_wrong", name=name, broken=found.broken, lines=said, more=more)

    def marked_copy(self) -> Text:
        """Beside the marked file."""
        return text("duties.file_marked")

    def taken(
        self, session: Session, by: int, file: int, name: str, counts: Mapping[str, int], now: datetime
    ) -> Message:
        """All of it is signed."""
        who = people.person(session, by, now)
        said = text("duties.file_signed", lists=counts["signed"], name=who.name if who else "")
        return Message(said, ref=self.ref(file))


INTAKE = DutyIntake()


# --- out --------------------------------------------------------------------------------------------------------------


def entries(session: Session, paths: Sequence[str]) -> list[Entry]:
    """The lists of some units as a file has them."""
    names = {unit.id: name for name, unit in named_units(session).items()}
    return [
        Entry(each.post, names.get(each.unit, ""), Draft("", each.level, {}, each.scope, each.duties))
        for each in (store.lists(session, paths) if paths else ())
    ]


WRITTEN = FilesWritten(
    lambda session, person, now: entries(session, store.led(session, person, now)),
    lambda made, lang: {"duties.xlsx": book.exported(made, lang), "duties.yaml": book.flat(made)},
    lambda made: text("duties.exported", lists=len(made)),
)
"""The job of an export: the lists of the units that somebody leads."""


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
