"""Surveys, read. Sums are opened only for a survey that has ended, and leave this file only through `rules.results`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.delivery import seals
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person
from bot.people.store import people_on
from bot.people.tables import AccountRow, PersonRow, UnitRow
from bot.voice import whom
from bot.voice.pulse import rules
from bot.voice.pulse.model import Pulse, Result
from bot.voice.pulse.tables import PulseCellRow, PulsePersonRow, PulseRow

OPEN = PulseRow.state == "open"
LENGTH = 1024
"""What is sealed is brought to this length, so that its length says nothing."""


def pulse(session: Session, id: int) -> Pulse | None:
    """A survey by its number."""
    row = session.get(PulseRow, id, populate_existing=True)
    return as_pulse(row) if row is not None else None


def as_pulse(row: PulseRow) -> Pulse:
    """A row as a Pulse."""
    return Pulse(
        row.id, row.unit_id, row.path, tuple(row.statements), row.opens_at, row.closes_at, row.state == "open", row.asked,
        row.answered,
    )  # fmt: skip


def open_for(session: Session, who: Person, now: datetime) -> list[tuple[Pulse, int]]:
    """The surveys that somebody may answer, each with how many statements they have answered; finished ones are left out."""
    found = session.execute(_open_for, {"person": who.id, "now": now, "units": people.ancestors(who.path)})
    return [(as_pulse(row), count) for row, count in found if count < len(row.statements)]


_open_for = (
    select(PulseRow, func.coalesce(PulsePersonRow.done, 0))
    .outerjoin(
        PulsePersonRow,
        (PulsePersonRow.pulse_id == PulseRow.id) & (PulsePersonRow.person_id == bindparam("person")),
    )
    .where(OPEN, PulseRow.closes_at > bindparam("now"), among(PulseRow.unit_id, "units"))
    .order_by(PulseRow.closes_at)
)


def ended_for(session: Session, who: Person, now: datetime, most: int) -> list[Pulse]:
    """Surveys that have ended, of the units that somebody works in or leads a part of: the newest first."""
    paths = whom.led(session, who.id, now)
    around = PulseRow.unit_id.in_(
        [*people.ancestors(who.path), *(id for path in paths for id in people.ancestors(path))]
    )
    query = select(PulseRow).where(~OPEN, around | speaking.under(PulseRow.path, paths))
    return [as_pulse(row) for row in session.scalars(query.order_by(PulseRow.closes_at.desc()).limit(most))]


def led(session: Session, paths: Sequence[str], most: int) -> list[Pulse]:
    """The surveys of some units, running ones first."""
    query = select(PulseRow).where(speaking.under(PulseRow.path, paths)).order_by((~OPEN), PulseRow.closes_at.desc())
    return [as_pulse(row) for row in session.scalars(query.limit(most))]


def overlaps(session: Session, path: str, besides: str) -> bool:
    """Whether another survey that runs asks some of the same people."""
    around = PulseRow.unit_id.in_(people.ancestors(path)) | PulseRow.path.startswith(path, autoescape=True)
    return session.scalar(select(PulseRow.id).where(OPEN, around, PulseRow.key != besides).limit(1)) is not None


def to_close(session: Session, now: datetime, most: int) -> list[Pulse]:
    """Surveys whose time is over."""
    query = select(PulseRow).where(OPEN, PulseRow.closes_at <= now).order_by(PulseRow.id).limit(most)
    return [as_pulse(row) for row in session.scalars(query)]


def running(session: Session, now: datetime, most: int) -> list[tuple[Pulse, bool]]:
    """Surveys that run, each with whether it is past half time."""
    query = select(PulseRow).where(OPEN, PulseRow.closes_at > now).order_by(PulseRow.id).limit(most)
    return [(as_pulse(row), row.remind_at is not None and row.remind_at <= now) for row in session.scalars(query)]


def not_asked(session: Session, found: Pulse, now: datetime, most: int) -> list[Person]:
    """People of the unit who can be reached and were not asked yet."""
    asked = exists().where(PulsePersonRow.pulse_id == found.id, PulsePersonRow.person_id == PersonRow.id)
    reached = exists().where(
        AccountRow.person_id == PersonRow.id, AccountRow.closed_at.is_(None), AccountRow.blocked_at.is_(None)
    )
    under = UnitRow.path.startswith(found.path, autoescape=True)
    query = people_on.where(under, PersonRow.left_on.is_(None), reached, ~asked).order_by(PersonRow.id).limit(most)
    return [people.as_person(row) for row in session.execute(query, {"on": now.date()})]


def not_begun(session: Session, found: Pulse, most: int) -> list[int]:
    """Who was asked, has not begun and was not reminded."""
    mine = (PulsePersonRow.pulse_id == found.id, PulsePersonRow.done == 0, PulsePersonRow.reminded.is_(False))
    return list(
        session.scalars(select(PulsePersonRow.person_id).where(*mine).order_by(PulsePersonRow.person_id).limit(most))
    )


def people_under(session: Session, path: str, now: datetime) -> int:
    """How many people work in a unit."""
    query = people_on.where(UnitRow.path.startswith(path, autoescape=True), PersonRow.left_on.is_(None))
    counted = query.with_only_columns(func.count(), maintain_column_froms=True)
    return int(session.execute(counted, {"on": now.date()}).scalar() or 0)


def part_of(found: Pulse, who: Person) -> int:
    """The part of the surveyed unit that somebody's answers are counted in: the one right below it, or the unit itself."""
    rest = who.path[len(found.path) :].strip("/")
    return int(rest.split("/")[0]) if rest else found.unit


def sealed(counts: rules.Counts) -> bytes:
    """Sums under seal."""
    return seals.seal().close(json.dumps(counts, separators=(",", ":")).ljust(LENGTH))


def opened(kept: bytes) -> list[list[int]]:
    """What `sealed` was given."""
    found: list[list[int]] = json.loads(seals.seal().open(kept))
    return found


def results(session: Session, found: Pulse) -> list[Result]:
    """What may be shown of a survey. Nothing of one that runs: two looks would tell what was answered between them."""
    if found.open:
        return []
    query = select(PulseCellRow).where(PulseCellRow.pulse_id == found.id).order_by(PulseCellRow.part_id)
    cells = {row.part_id: opened(row.sealed) for row in session.scalars(query)}
    return rules.results(found.statements, cells)
