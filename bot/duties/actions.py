"""Signing lists, giving them to whom they bind, and acknowledging them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.duties import store
from bot.duties.model import ACKNOWLEDGED, GIVEN, SIGNED, WITHDRAWN, Draft, DutyList
from bot.duties.rules import RENEWED
from bot.duties.tables import DutyGivenRow, DutyListRow
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person, Role
from bot.people.tables import PersonRow

SLICE = 25
"""So many are given a list in one transaction; a tick goes on with the rest."""


def may_sign(session: Session, by: int, path: str, now: datetime) -> bool:
    """Whether somebody may put their name under a list of a unit."""
    viewer = people.viewer(session, by, now)
    return viewer is not None and viewer.holds(Role.SAFETY_OFFICER, path)


def sign(
    session: Session,
    by: int,
    post: str,
    unit: int,
    draft: Draft,
    now: datetime,
    source: str = "",
    *,
    giving: bool = True,
) -> DutyList:
    """Puts a list in force under somebody's name; one that stood there ends. Refused: to whoever does not answer for the unit.

    A list that says the same as the one in force is left as it is. Without `giving` the tick gives it to its people.
    """
    there = people.unit(session, unit)
    if there is None or not may_sign(session, by, there.path, now):
        raise Refused("duties.not_yours_to_sign")
    query = select(DutyListRow).where(store.HOLDS, DutyListRow.unit_id == unit, DutyListRow.post == post)
    before = session.scalar(query.execution_options(populate_existing=True))
    kept = [store.duty_json(each) for each in draft.duties]
    if before is not None and (before.duties, before.scope, before.level) == (
        kept,
        dict(draft.scope),
        draft.level.value,
    ):
        return store.as_list(before)
    if before is not None:
        ended = update(DutyListRow).where(DutyListRow.id == before.id, DutyListRow.ended_at.is_(None))
        if changed(session, ended.values(ended_at=now)) != 1:
            raise Refused("duties.changed_meanwhile")
    newest = session.scalar(
        select(func.max(DutyListRow.version)).where(DutyListRow.unit_id == unit, DutyListRow.post == post)
    )
    values = {
        "unit_id": unit, "path": there.path, "post": post, "version": (newest or 0) + 1, "level": draft.level.value,
        "scope": dict(draft.scope), "duties": kept, "source": (source or draft.code)[:60], "signed_by": by, "signed_at": now,
    }  # fmt: skip
    id = insert_once(session, DutyListRow, values)
    found = store.one(session, id) if id is not None else None
    if found is None:
        raise Refused("duties.changed_meanwhile")
    body = {"list": found.id, "version": found.version, "duties": len(kept), "level": found.level.value}
    record(session, Fact(SIGNED, f"duty-list:{found.id}", now, by, unit, post, body), now)
    if giving:
        give(session, found, now)
    return found


def give(session: Session, found: DutyList, now: datetime, most: int = SLICE) -> int:
    """Gives a list to those of its people who have not had it within the year; answers how many it gave it to."""
    has = exists().where(
        DutyGivenRow.list_id == found.id, DutyGivenRow.person_id == PersonRow.id,
        DutyGivenRow.withdrawn_at.is_(None), DutyGivenRow.given_at > now - RENEWED,
    )  # fmt: skip
    query = store.bound(session, found).where(~has.correlate(PersonRow)).order_by(PersonRow.id).limit(most)
    new = [people.as_person(row) for row in session.execute(query, {"on": now.date()})]
    for who in new:
        _give(session, who, found, people.today_of(who, now), now)
    return len(new)


def _give(session: Session, who: Person, found: DutyList, today: date, now: datetime) -> None:
    mine = select(DutyGivenRow.list_id).join(DutyListRow, DutyListRow.id == DutyGivenRow.list_id)
    before = session.scalars(
        mine.where(DutyGivenRow.person_id == who.id, DutyListRow.post == found.post, DutyListRow.unit_id == found.unit)
    ).all()
    why = "new" if not before else "yearly" if found.id in before else "version"
    stale = (DutyGivenRow.list_id == found.id, DutyGivenRow.person_id == who.id)
    session.execute(
        update(DutyGivenRow).where(*stale, DutyGivenRow.withdrawn_at.is_(None)).values(withdrawn_at=now)
    )  # last year's
    key = f"duty:{found.id}:{who.id}:{today}"
    id = insert_once(
        session, DutyGivenRow, {"key": key, "list_id": found.id, "person_id": who.id, "given_at": now}, "key"
    )
    if id is None:  # they came back to their post on the same day
        again = update(DutyGivenRow).where(DutyGivenRow.key == key)
        session.execute(again.values(withdrawn_at=None, given_at=now, told_at=None))
        return
    body = {"list": found.id, "version": found.version, "why": why}
    record(session, Fact(GIVEN, f"{key}:given", now, who.id, body=body), now)


def withdraw(session: Session, now: datetime, most: int = SLICE) -> int:
    """Takes back what no longer holds for somebody: its list has ended, or they have another post or unit, or have left."""
    gone = 0
    ended = (
        select(DutyGivenRow.id, DutyListRow.id, DutyListRow.version, DutyGivenRow.person_id)
        .join(DutyListRow, DutyListRow.id == DutyGivenRow.list_id)
        .where(DutyGivenRow.withdrawn_at.is_(None), DutyListRow.ended_at.is_not(None))
    )
    rows = [tuple(row) for row in session.execute(ended.limit(most))]
    for found in store.lists(session):
        inside = store.bound(session, found).with_only_columns(PersonRow.id, maintain_column_froms=True)
        outside = select(DutyGivenRow.id, DutyGivenRow.person_id).where(
            DutyGivenRow.list_id == found.id,
            DutyGivenRow.withdrawn_at.is_(None),
            DutyGivenRow.person_id.not_in(inside),
        )
        some = session.execute(outside.limit(most), {"on": now.date()})
        rows += [(id, found.id, found.version, who) for id, who in some]
    for id, list_id, version, who in rows[:most]:
        gone += _withdraw(session, id, list_id, version, who, now)
    return gone


def _withdraw(session: Session, id: int, list_id: int, version: int, who: int, now: datetime) -> int:
    which = (DutyGivenRow.id == id, DutyGivenRow.withdrawn_at.is_(None))
    if changed(session, update(DutyGivenRow).where(*which).values(withdrawn_at=now)) != 1:
        return 0
    body = {"list": list_id, "version": version}
    record(session, Fact(WITHDRAWN, f"duty-given:{id}:withdrawn:{now.isoformat()}", now, who, body=body), now)
    return 1


def acknowledge(session: Session, person: int, id: int, now: datetime) -> bool:
    """*I have read it: these are my duties.* Refused: for another's, and for what no longer holds. False the second time."""
    found = store.given(session, id)
    if found is None or found.person != person:
        raise Refused("duties.not_yours")
    if found.acknowledged_at is not None:
        return False
    which = (DutyGivenRow.id == id, DutyGivenRow.person_id == person, *store.OPEN)
    if changed(session, update(DutyGivenRow).where(*which).values(acknowledged_at=now)) != 1:
        raise Refused("duties.holds_no_more")
    kept = store.one(session, found.list)
    assert kept is not None
    body = {"list": kept.id, "version": kept.version, "days": (now - found.given_at).days}
    record(session, Fact(ACKNOWLEDGED, f"duty-given:{id}:acknowledged", now, person, body=body), now)
    return True
