"""The retention schedule: once an hour what is older than its kind is kept goes, in slices; holds come first.

Also who left longer ago than employment data is kept is erased, like somebody who asked for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Date, String, Table, delete, not_, or_, select, tuple_, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.base import Base
from bot.db.files import FILE, FILES
from bot.db.once import changed
from bot.kit.privacy import DAYS, Erase, Held, Kind
from bot.media import held as media
from bot.media import store as files
from bot.people.tables import PersonRow
from bot.privacy import erasures, store
from bot.privacy.declared import about, columns, tables
from bot.privacy.erasing import empty, erase, refs_of
from bot.privacy.scrubbing import NOBODY

MOST = 200
SWEEP = "privacy.sweep"


@dataclass
class Composed:
    """What only the composition root knows: days a kind, folders of the list of erasures, this installation's name."""

    days: dict[Kind, int | None] = field(default_factory=lambda: dict(DAYS))
    lists: tuple[Path, ...] = ()
    installation: str = ""


composed = Composed()


def configure(days: dict[Kind, int | None], lists: tuple[Path, ...], secret: str) -> None:
    """Sets the schedule and where erasures are noted."""
    composed.days, composed.lists, composed.installation = days, lists, erasures.installation(secret)


def keep_to_schedule(session: Session, now: datetime) -> bool:
    """One slice of every table; True while more is left."""
    on_hold = {hold.person for hold in store.holds(session, now.date())}
    left = False
    gone: set[str] = set()
    for table, said in tables():
        days = composed.days[said.kind]
        if days is None or not said.since or said.kind is Kind.EMPLOYMENT:
            continue
        some, refs = _old(session, table, said, now - timedelta(days=days), on_hold)
        left, gone = left or some >= MOST, gone | refs
    _sweep(session, gone, now)
    return left


def erase_those_who_left(session: Session, now: datetime) -> bool:
    """Erases one who left longer ago than employment data is kept; True where there may be another."""
    days = composed.days[Kind.EMPLOYMENT]
    if days is None:
        return False
    on_hold = [hold.person for hold in store.holds(session, now.date())]
    query = select(PersonRow.id).where(
        PersonRow.left_on < now.date() - timedelta(days=days), PersonRow.name != NOBODY, PersonRow.id.not_in(on_hold)
    )
    person = session.scalar(query.order_by(PersonRow.id).limit(1))
    if person is None:
        return False
    erasures.note(composed.lists, composed.installation, person, now)
    _sweep(session, erase(session, person, now), now)
    return True


def _old(session: Session, table: Table, said: Held, before: datetime, on_hold: set[int]) -> tuple[int, set[str]]:
    """Rows older than an instant: they go where erasing would take them, else what they hold of people is emptied."""
    since, texts = table.c[said.since], columns(table, said.texts)
    limit: datetime | date = before.date() if isinstance(since.type, Date) else before
    which = [since < limit, *(not_(about(table, said, person, set())) for person in on_hold if said.of)]
    if said.erase is not Erase.DELETE:
        if not any(isinstance(column.type, String) for column in texts):
            return 0, set()  # it holds numbers alone, of which nothing is to be emptied
        which.append(or_(*(column != empty(column) for column in texts if isinstance(column.type, String))))
    key = list(table.primary_key)
    rows = session.execute(select(*key).where(*which).order_by(since).limit(MOST)).all()
    if not rows:
        return 0, set()
    mine = tuple_(*key).in_([tuple(row) for row in rows])
    shown = [column for column in texts if column.info in (FILE, FILES)]
    refs = refs_of(session.execute(select(*shown).where(mine)).all()) if shown else set()
    if said.erase is Erase.DELETE:
        return changed(session, delete(table).where(mine)), refs
    values = {column.name: empty(column) for column in texts}
    return changed(session, update(table).where(mine).values(values)), refs


def _sweep(session: Session, refs: set[str], now: datetime) -> None:
    if refs:
        jobs.enqueue(session, SWEEP, {"refs": sorted(refs)}, key=f"sweep:{min(refs)}:{now.isoformat()}", now=now)


def sweep(session: Session, payload: dict[str, list[str]], now: datetime) -> None:
    """The job: files whose rows have gone leave the disk, unless another row shows them by now."""
    for ref in set(payload["refs"]) - media.held(session, Base.metadata, payload["refs"]):
        files.erase(ref)
