"""Who sits before a screen, which devices there are, which codes still hold."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.delivery import seals
from bot.delivery.browser.model import CHANNEL, chat_of
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.people.tables import UnitRow
from bot.web.store import csrf, digest
from bot.web.tablet import rules
from bot.web.tablet.model import PIN, TABLET, Kept, Seat, Tablet
from bot.web.tablet.tables import DoorCodeRow, PinRow, SeatRow, TabletRow

MOST_CODES = 200


def tablet(session: Session, token: str | None) -> Tablet | None:
    """The device that keeps a token; None for one that is unknown or revoked."""
    if not token:
        return None
    query = select(TabletRow, UnitRow.path).join(UnitRow, UnitRow.id == TabletRow.unit_id)
    row = session.execute(query.where(TabletRow.token_hash == digest(token), TabletRow.revoked_at.is_(None))).first()
    return (
        Tablet(row.TabletRow.id, row.TabletRow.name, row.TabletRow.unit_id, row.path, row.TabletRow.place_id)
        if row
        else None
    )


def tablets(session: Session, paths: Sequence[str]) -> list[tuple[TabletRow, str]]:
    """The devices under some units that may be signed in at, with the paths of their units."""
    under = [UnitRow.path.startswith(path, autoescape=True) for path in paths]
    query = select(TabletRow, UnitRow.path).join(UnitRow, UnitRow.id == TabletRow.unit_id)
    rows = (
        session.execute(query.where(TabletRow.revoked_at.is_(None), or_(*under)).order_by(TabletRow.id))
        if under
        else ()
    )
    return [(row.TabletRow, row.path) for row in rows]


def seat(session: Session, token: str | None, device: str | None, now: datetime) -> Seat | None:
    """Who is signed in; None where that is over, on another device, or where they (or the device) may no longer."""
    if not token:
        return None
    row = session.get(SeatRow, digest(token), populate_existing=True)
    if row is None or row.ended_at is not None or row.expires_at <= now:
        return None
    here = tablet(session, device)
    if row.tablet_id != (here.id if here else None):
        return None
    chat = chat_of(row.person_id)
    who = people.person_of_account(session, CHANNEL, chat, now)
    return Seat(who, here, chat, csrf(token), row.since, row.said, row.expires_at) if who is not None else None


def may_sit(who: Person, here: Tablet | None, anywhere: bool) -> bool:
    """Whether somebody may sign in on a device: one that was enrolled for where they work; any other only where allowed.

    Where any browser will do, so will a tablet of another unit: it would be asked for less than the phone beside it.
    """
    return anywhere or (here is not None and who.path.startswith(here.path))


def pin(session: Session, person: int) -> Kept | None:
    """Somebody's PIN as it is kept."""
    row = session.get(PinRow, person, populate_existing=True)
    return Kept(row.salt, row.hash) if row else None


def last_upto(session: Session, person: int) -> int:
    """How far somebody had seen when they were here last."""
    query = select(SeatRow.upto).where(SeatRow.person_id == person).order_by(SeatRow.created_at.desc()).limit(1)
    return session.scalar(query) or 0


# --- codes -------------------------------------------------------------------------------------------------------------


def code(row: DoorCodeRow) -> str:
    """The code of a row."""
    return rules.code_of(seals.seal().name("door code", row.kind, row.id, row.person_id, row.made_at.isoformat()))


def pin_code(session: Session, person: int, typed: str, now: datetime) -> DoorCodeRow | None:
    """The code that somebody typed to choose their PIN, if it holds."""
    return _fitting(session, typed, now, DoorCodeRow.kind == PIN, DoorCodeRow.person_id == person)


def tablet_code(session: Session, typed: str, now: datetime) -> DoorCodeRow | None:
    """The code that was typed on a device, if it holds."""
    return _fitting(session, typed, now, DoorCodeRow.kind == TABLET)


def code_of(session: Session, by: int, id: int, now: datetime) -> DoorCodeRow | None:
    """A code that somebody has made and that was not used; for their eyes alone."""
    row = session.get(DoorCodeRow, id, populate_existing=True)
    holds = row is not None and row.made_by == by and row.used_at is None and row.expires_at > now
    return row if holds else None


def _fitting(session: Session, typed: str, now: datetime, *which: object) -> DoorCodeRow | None:
    still = (DoorCodeRow.used_at.is_(None), DoorCodeRow.expires_at > now)
    query = select(DoorCodeRow).where(*which, *still).order_by(DoorCodeRow.id.desc()).limit(MOST_CODES)  # type: ignore[arg-type]
    given = rules.typed_code(typed).encode()
    return next((row for row in session.scalars(query).all() if hmac.compare_digest(code(row).encode(), given)), None)


def leads(viewer: Viewer) -> tuple[str, ...]:
    """The units whose devices and codes somebody looks after."""
    return tuple(sorted({*viewer.paths(Role.SUPERVISOR), *viewer.paths(Role.HR)}))
