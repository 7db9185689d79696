"""Entering what staffing is required, and naming people. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Role
from bot.resources.staffing import rules, store
from bot.resources.staffing.model import ENDED, ENTERED, NAMED, RETIRED, Kind, Requirement
from bot.resources.staffing.tables import NamedRow, StaffingRow

KEEPER = Role.SAFETY_OFFICER


def require(
    session: Session, by: int, key: str, unit: int, kind: Kind, at_least: int, from_people: int, per: int, source: str,
    now: datetime, jurisdiction: str | None = None,
) -> Requirement:  # fmt: skip
    """So many are required; the jurisdiction is the unit's own. Refused: to others than its safety officers and managers."""
    there = people.unit(session, unit)
    if there is None or not speaking.holds(session, by, KEEPER, there.path, now):
        raise Refused("resources.not_yours")
    values = {
        "key": key, "unit_id": unit, "path": there.path, "jurisdiction": jurisdiction or there.jurisdiction,
        "kind": kind.value, "at_least": at_least, "from_people": from_people, "per": per,
        "source": source[: rules.MOST_SOURCE],
    }  # fmt: skip
    id = insert_once(session, StaffingRow, values, "key")
    if id is None:
        raise Refused("resources.changed_meanwhile")
    body = {"requirement": id, "unit": unit, "kind": kind.value, "at_least": at_least, "per": per}
    record(session, Fact(ENTERED, f"staffing:{id}", now, by, unit, body=body), now)
    found = store.requirement(session, id)
    assert found is not None
    return found


def retire(session: Session, by: int, id: int, now: datetime) -> None:
    """A requirement holds no more."""
    found = _kept(session, by, id, now)
    if changed(session, update(StaffingRow).where(StaffingRow.id == id, store.THERE).values(retired_at=now)) != 1:
        raise Refused("resources.changed_meanwhile")
    body = {"requirement": id, "unit": found.unit, "kind": found.kind.value}
    record(session, Fact(RETIRED, f"staffing:{id}:retired", now, by, found.unit, body=body), now)


def name(session: Session, by: int, id: int, person: int, now: datetime) -> None:
    """Names somebody of the unit for a requirement. Refused: somebody from elsewhere, and safety officers, who have a role."""
    found = _kept(session, by, id, now)
    who = people.person(session, person, now)
    if found.kind is Kind.SAFETY_OFFICER:
        raise Refused("resources.staffing.by_role")
    if who is None or who.left_on is not None or not who.path.startswith(found.path):
        raise Refused("resources.staffing.not_of_unit")
    key = f"{person}:{found.kind.value}:{found.unit}"
    values = {
        "person_id": person, "unit_id": found.unit, "path": found.path, "kind": found.kind.value, "open_key": key,
        "named_at": now,
    }  # fmt: skip
    made = insert_once(session, NamedRow, values, "open_key")
    if made is not None:
        body = {"kind": found.kind.value, "unit": found.unit}
        record(session, Fact(NAMED, f"safety-named:{made}", now, person, body=body), now)


def end(session: Session, by: int, id: int, now: datetime) -> None:
    """Somebody is named no more."""
    row = session.get(NamedRow, id, populate_existing=True)
    if row is None or not speaking.holds(session, by, KEEPER, row.path, now):
        raise Refused("resources.not_yours")
    person, body = row.person_id, {"kind": row.kind, "unit": row.unit_id}
    ended = update(NamedRow).where(NamedRow.id == id, store.OPEN).values(ended_at=now, open_key=None)
    if changed(session, ended) != 1:
        raise Refused("resources.changed_meanwhile")
    record(session, Fact(ENDED, f"safety-named:{id}:ended", now, person, body=body), now)


def _kept(session: Session, by: int, id: int, now: datetime) -> Requirement:
    found = store.requirement(session, id)
    if found is None or not speaking.holds(session, by, KEEPER, found.path, now):
        raise Refused("resources.not_yours")
    return found
