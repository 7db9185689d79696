"""Codes for the PIN of one whose word is one of two: nobody's before a second person agrees."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import approvals, outbox
from bot.delivery.outbox import Lane
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.onboarding import takeovers
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.web.tablet import store
from bot.web.tablet.tables import DoorCodeRow

SECONDED = "web.tablet.code_seconded"


def ask(session: Session, row: DoorCodeRow, who: Person, by: str, now: datetime) -> None:
    """Puts a code to a second person, and tells whose PIN it is for. Raises Refused: nobody could agree."""
    said = text("web.tablet.second_code", name=who.name, badge=who.badge, by=by)
    matter = takeovers.matter_of(session, who, row.made_by, "pin_code", SECONDED, {"code": row.id}, said, now)
    takeovers.must_be_seconded(session, matter, row.made_by, who.badge, now, way="pin")
    approvals.ask(session, row.made_by, matter, now, key=_key(row))
    takeovers.tell(session, who, text("web.tablet.code_asked", name=by), now)


def tell_made(session: Session, row: DoorCodeRow, by: str, now: datetime) -> None:
    """Whose PIN can be chosen by a code reads who has made it."""
    said = Message(text("web.tablet.code_made", name=by))
    once = f"door-code:{row.id}:{row.made_at.isoformat()}"
    outbox.send(session, outbox.to_person(row.person_id or 0), said, Lane.REPLY, now, key=once)


def seconded(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: a second person has spoken of a code. Agreed to, it is given to its maker; else it opens nothing any more."""
    row = session.get(DoorCodeRow, payload["code"], populate_existing=True)
    who = people.person(session, row.person_id, now) if row is not None and row.person_id else None
    if row is None or who is None or row.used_at is not None:
        return
    if not payload["agreed"] or not _may_still(session, row, now):
        row.used_at = now
        return
    maker = people.person(session, row.made_by, now)
    said = text("web.tablet.code_for", name=who.name, code=store.code(row))
    outbox.send(session, outbox.to_person(row.made_by), Message(said, protect=True), Lane.REPLY, now)
    tell_made(session, row, maker.name if maker else "", now)


def holds_alone(session: Session, code: DoorCodeRow, now: datetime) -> bool:
    """Whether a code needs no second person (any more): it is one's own, for somebody without such a role, or agreed to."""
    own = code.person_id is None or code.person_id == code.made_by
    return own or not takeovers.two_for(session, code.person_id or 0, now) or approvals.is_agreed(session, _key(code))


def withdraw(session: Session, person: int, now: datetime) -> None:
    """What waits for a second person for a PIN of theirs is no longer wanted: there is a newer code."""
    approvals.withdraw_all(session, f"pin-code:{person}:", now)


def _key(code: DoorCodeRow) -> str:
    """With the instant: numbers of rows come again, and what was agreed to once must not open another one."""
    return f"pin-code:{code.person_id}:{code.id}:{code.made_at.isoformat()}"


def _may_still(session: Session, code: DoorCodeRow, now: datetime) -> bool:
    by = people.viewer(session, code.made_by, now)
    return by is not None and may_choose_for(session, by, code.person_id or 0, now)


def may_choose_for(session: Session, by: Viewer, person: int, now: datetime) -> bool:
    """Whoever makes a code could choose the PIN with it, so they must hold all that the other one holds."""
    them = people.viewer(session, person, now)
    if them is None or not looks_after(by, them.path):
        return False
    return all(by.holds(each.role, each.path) for each in them.grants)


def looks_after(by: Viewer, path: str) -> bool:
    """Whether somebody leads a unit, or looks after its people."""
    return by.holds(Role.SUPERVISOR, path) or by.holds(Role.HR, path)
