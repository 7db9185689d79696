"""Links for guests: what opens one is told once and kept as a hash; each ends, can be taken back, and every view is on record."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery.tables import OutboxRow, in_state
from bot.inspections.visits import actions, rules
from bot.inspections.visits.model import GUEST_INVITED, GUEST_REVOKED
from bot.inspections.visits.tables import GuestLinkRow, GuestViewRow
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact

SECRET = re.compile(r"[0-9a-f]{32}")
STILL_TO_SEND = ("waiting", "started", "held", "paused", "uncertain")
_address: list[str] = []


def configure(address: str) -> None:
    """Where guests reach the dashboard; set at the composition root."""
    _address[:] = [address.rstrip("/")]


def ref(link: int) -> str:
    """The message in which a link was told."""
    return f"guest-link:{link}"


def forget_told(session: Session, now: datetime) -> bool:
    """Wipes what the outbox still holds of links that were told: the address lies on one phone then, and nowhere with us."""
    query = select(GuestLinkRow.id).where(GuestLinkRow.created_at >= now - timedelta(days=2)).limit(200)
    refs = [ref(id) for id in session.scalars(query)]
    over = (OutboxRow.ref.in_(refs), in_state.not_in(STILL_TO_SEND))
    if refs:
        changed(session, update(OutboxRow).where(*over).values(payload={}))
    return False


def link_to(secret: str) -> str:
    """The address that a guest opens."""
    return f"{_address[0] if _address else ''}/guest/{secret}"


def hashed(secret: str) -> str:
    """What is kept of what opens a link: 128 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


def invite(session: Session, by: int, visit: int, hours: int, now: datetime) -> tuple[int, str]:
    """A link to one visit, read only, for so long; answers its row and its address, which nobody can read again."""
    actions.mine(session, by, visit, now)
    if hours not in rules.GUEST_HOURS:
        raise Refused("inspections.visits.not_now")
    secret = secrets.token_hex(16)
    row = GuestLinkRow(
        visit_id=visit, secret=hashed(secret), ends_at=now + timedelta(hours=hours), person_id=by, created_at=now
    )
    session.add(row)
    session.flush()
    body = {"visit": visit, "link": row.id, "hours": hours}
    record(session, Fact(GUEST_INVITED, f"guest:{row.id}", now, by, body=body), now)
    return row.id, link_to(secret)


def revoke(session: Session, by: int, link: int, now: datetime) -> int:
    """Takes a link back; answers its visit. Refused: to others, and the second time."""
    row = session.get(GuestLinkRow, link, populate_existing=True)
    if row is None:
        raise Refused("inspections.visits.not_yours")
    actions.mine(session, by, row.visit_id, now)
    which = (GuestLinkRow.id == link, GuestLinkRow.revoked_at.is_(None))
    if changed(session, update(GuestLinkRow).where(*which).values(revoked_at=now, revoked_by=by)) != 1:
        raise Refused("inspections.visits.changed_meanwhile")
    body = {"visit": row.visit_id, "link": link}
    record(session, Fact(GUEST_REVOKED, f"guest:{link}:revoked", now, by, body=body), now)
    return row.visit_id


def link_of(session: Session, query: Mapping[str, Any]) -> GuestLinkRow | None:
    """The link that an address names; None where there is none."""
    secret = str(query.get("secret", ""))
    if not SECRET.fullmatch(secret):
        return None
    found = select(GuestLinkRow).where(GuestLinkRow.secret == hashed(secret))
    return session.scalar(found.execution_options(populate_existing=True))


def state_of(link: GuestLinkRow, now: datetime) -> str:
    """open, ended or revoked."""
    if link.revoked_at is not None:
        return "revoked"
    return "open" if now < link.ends_at else "ended"


def note_view(session: Session, query: Mapping[str, Any], now: datetime) -> None:
    """Puts on record that a link is being opened, in a transaction before anything is shown. Also one that is over."""
    link = link_of(session, query)
    if link is not None:
        what = str(query.get("what", "page"))[:20] + (f":{query['id']}" if "id" in query else "")
        session.add(GuestViewRow(link_id=link.id, what=f"{what}:{state_of(link, now)}"[:40], at=now))
