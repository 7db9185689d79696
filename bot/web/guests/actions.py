"""Letting a guest in, withdrawing it, and putting each look on record. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people.model import Viewer
from bot.web.guests import store
from bot.web.guests.model import LET_IN, WITHDRAWN, Wanted
from bot.web.guests.tables import GuestLookRow, GuestRow

MOST_DAYS = 90
MOST_ADDRESS = 200


def let_in(session: Session, viewer: Viewer, wanted: Wanted, now: datetime) -> int:
    """A guest, with a reason and an end; answers their number. Refused: over units that one does not answer for."""
    paths = store.paths_of(session, wanted.units)
    if not paths or len(paths) != len(wanted.units):
        raise Refused("web.guests.which_units")
    if not all(viewer.holds(store.ANSWERS, path) for path in paths.values()):
        raise Refused("web.guests.not_yours")
    if not (wanted.name and wanted.reason and wanted.pages and 1 <= wanted.days <= MOST_DAYS):
        raise Refused("web.guests.all_fields", most=MOST_DAYS)
    row = GuestRow(
        secret_hash=store.hashed(store.secret_of(viewer.person, wanted.name, now)), name=wanted.name,
        kind=wanted.kind.value, reason=wanted.reason, lang=wanted.lang, pages=list(wanted.pages),
        units=sorted(paths), created_by=viewer.person, created_at=now, ends_at=now + timedelta(days=wanted.days),
    )  # fmt: skip
    session.add(row)
    session.flush()
    body = {"guest": row.id, "units": len(paths), "pages": len(wanted.pages), "days": wanted.days}
    record(session, Fact(LET_IN, f"desk-guest:{row.id}", now, viewer.person, body=body), now)
    return row.id


def withdraw(session: Session, viewer: Viewer, id: int, now: datetime) -> None:
    """Ends a guest's access at once: their next look finds a closed door. Refused to others, and the second time."""
    found = store.guest(session, id)
    if found is None or not store.answers(viewer, found):
        raise Refused("web.guests.not_yours")
    still = (GuestRow.id == id, GuestRow.withdrawn_at.is_(None), GuestRow.ends_at > now)
    if changed(session, update(GuestRow).where(*still).values(withdrawn_at=now, withdrawn_by=viewer.person)) != 1:
        raise Refused("web.guests.over_already")
    record(session, Fact(WITHDRAWN, f"desk-guest:{id}:withdrawn", now, viewer.person, body={"guest": id}), now)


def note_look(session: Session, guest: int, address: str, now: datetime) -> None:
    """Puts a look on record, before it is answered."""
    session.add(GuestLookRow(guest_id=guest, address=address[:MOST_ADDRESS], at=now))
