"""Reading guests. Whoever answers for safety over all units of a guest sees them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.seals import seal
from bot.people.model import Role, Viewer
from bot.people.tables import UnitRow
from bot.web.guests.model import Kind, LetIn
from bot.web.guests.tables import GuestLookRow, GuestRow

ANSWERS = Role.SAFETY_OFFICER


def hashed(secret: str) -> str:
    """What is kept of what opens the door: 128 bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_of(by: int, name: str, now: datetime) -> str:
    """What opens the door for a guest, made from the house's key: whoever let them in can see it again, the database cannot."""
    return seal().name("guest", by, name, now.isoformat())


def secret_again(found: LetIn) -> str:
    """The same, of a guest who was let in."""
    return secret_of(found.by, found.name, found.created_at)


def guest(session: Session, id: int) -> LetIn | None:
    """A guest by number; rights are for the caller to ask."""
    row = session.get(GuestRow, id, populate_existing=True)
    return _as_guest(row, paths_of(session, row.units)) if row is not None else None


def by_secret(session: Session, secret: str) -> LetIn | None:
    """Whom a link lets in, or has let in before its end."""
    row = session.scalar(select(GuestRow).where(GuestRow.secret_hash == hashed(secret)))
    return _as_guest(row, paths_of(session, row.units)) if row is not None else None


def guests(session: Session, viewer: Viewer, most: int = 100) -> list[LetIn]:
    """The guests that somebody answers for, the newest first."""
    rows = list(session.scalars(select(GuestRow).order_by(GuestRow.id.desc()).limit(1000)))
    paths = paths_of(session, sorted({unit for row in rows for unit in row.units}))
    return [found for row in rows if answers(viewer, found := _as_guest(row, paths))][:most]


def answers(viewer: Viewer, found: LetIn) -> bool:
    """Whether somebody answers for safety in every unit that a guest sees."""
    return bool(found.paths) and all(viewer.holds(ANSWERS, path) for path in found.paths)


def looks(session: Session, id: int, most: int = 200) -> list[tuple[str, datetime]]:
    """What a guest looked at, the newest first."""
    query = select(GuestLookRow.address, GuestLookRow.at).where(GuestLookRow.guest_id == id)
    return [(row.address, row.at) for row in session.execute(query.order_by(GuestLookRow.id.desc()).limit(most))]


def count_looks(session: Session, id: int) -> int:
    """How often a guest looked."""
    return session.scalar(select(func.count()).where(GuestLookRow.guest_id == id)) or 0


def paths_of(session: Session, units: Sequence[int]) -> dict[int, str]:
    """The paths of units that are there, by id."""
    return {row.id: row.path for row in session.execute(select(UnitRow.id, UnitRow.path).where(UnitRow.id.in_(units)))}


def _as_guest(row: GuestRow, paths: Mapping[int, str]) -> LetIn:
    seen = tuple(sorted(paths[unit] for unit in row.units if unit in paths))
    return LetIn(
        row.id, row.name, Kind(row.kind), row.reason, row.lang, tuple(row.pages), seen,
        row.created_by, row.created_at, row.ends_at, row.withdrawn_at,
    )  # fmt: skip
