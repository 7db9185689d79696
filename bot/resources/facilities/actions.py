"""Entering facilities and looking at them. Each in the caller's transaction."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import findings, outbox
from bot.delivery.findings import Finding
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import speaking
from bot.people import store as people
from bot.people.company import leaders
from bot.people.model import Role
from bot.resources.facilities import rules, store
from bot.resources.facilities.model import (
    CHECKED,
    DUE,
    ENTERED,
    ESCALATED,
    OVERDUE,
    REMINDED,
    RETIRED,
    Facility,
    Kind,
)
from bot.resources.facilities.tables import FacilityCheckRow, FacilityRow


def enter(
    session: Session, by: int, key: str, unit: int, kind: Kind, words: str, every_days: int, due_on: date, owner: int,
    now: datetime,
) -> Facility:  # fmt: skip
    """A facility that is looked at from now on. Refused: to whoever does not lead there; an owner from elsewhere."""
    there, sees = people.unit(session, unit), people.person(session, owner, now)
    if there is None or not speaking.holds(session, by, Role.SUPERVISOR, there.path, now):
        raise Refused("resources.not_yours")
    if sees is None or sees.left_on is not None:
        raise Refused("resources.no_badge")
    values = {
        "key": key, "unit_id": unit, "path": there.path, "kind": kind.value, "words": words[: rules.MOST_WORDS],
        "every_days": every_days, "due_on": due_on, "owner_id": owner,
    }  # fmt: skip
    id = insert_once(session, FacilityRow, values, "key")
    if id is None:
        raise Refused("resources.changed_meanwhile")
    body = {"facility": id, "unit": unit, "kind": kind.value, "days": every_days}
    record(session, Fact(ENTERED, f"facility:{id}", now, by, unit, body=body), now)
    found = store.facility(session, id)
    assert found is not None
    return found


def may_check(session: Session, by: int, found: Facility, now: datetime) -> bool:
    """Whoever sees to it, and whoever leads there."""
    return found.owner == by or speaking.holds(session, by, Role.SUPERVISOR, found.path, now)


def check(session: Session, by: int, id: int, due_on: date, in_order: bool, words: str, now: datetime) -> Facility:
    """Somebody has looked. What is wrong goes its own way as a danger; the next look is due all the same.

    Refused: to others, and where somebody else has looked meanwhile.
    """
    found = store.facility(session, id)
    who = people.person(session, by, now)
    if found is None or who is None or not may_check(session, by, found, now):
        raise Refused("resources.not_yours")
    today = people.today_of(who, now)
    which = (FacilityRow.id == id, FacilityRow.due_on == due_on, store.THERE)
    onward = update(FacilityRow).where(*which).values(due_on=rules.next_due(found, today))
    if changed(session, onward) != 1:
        raise Refused("resources.changed_meanwhile")
    row = FacilityCheckRow(
        facility_id=id, due_on=due_on, person_id=by, in_order=in_order, words=words[:300], at=now
    )  # fmt: skip
    session.add(row)
    session.flush()
    late = max((today - due_on).days, 0)
    body = {"facility": id, "unit": found.unit, "kind": found.kind.value, "in_order": in_order, "late": late}
    record(session, Fact(CHECKED, f"facility-check:{row.id}", now, by, found.unit, body=body), now)
    if not in_order:
        said = Message(text("resources.facilities.danger", kind=found.kind.value, what=found.words, said=words[:300]))
        finding = Finding(f"facility:{id}:{row.id}", "resources.facilities", found.unit, found.path, said, by=by)
        findings.hand_over(session, finding, now)
    again = store.facility(session, id)
    assert again is not None
    return again


def retire(session: Session, by: int, id: int, now: datetime) -> None:
    """It is there no more. Refused: to whoever does not lead there."""
    found = store.facility(session, id)
    if found is None or not speaking.holds(session, by, Role.SUPERVISOR, found.path, now):
        raise Refused("resources.not_yours")
    if changed(session, update(FacilityRow).where(FacilityRow.id == id, store.THERE).values(retired_at=now)) == 1:
        body = {"facility": id, "unit": found.unit, "kind": found.kind.value}
        record(session, Fact(RETIRED, f"facility:{id}:retired", now, by, found.unit, body=body), now)


# --- who hears of it --------------------------------------------------------------------------------------------------


def remind(session: Session, found: Facility, now: datetime) -> None:
    """Once a due day: whoever sees to it."""
    told = FacilityRow.reminded_for
    which = (FacilityRow.id == found.id, FacilityRow.due_on == found.due_on, told.is_distinct_from(found.due_on))
    if changed(session, update(FacilityRow).where(*which).values(reminded_for=found.due_on)) != 1:
        return
    body = {
        "facility": found.id,
        "unit": found.unit,
        "kind": found.kind.value,
        "days": (found.due_on - now.date()).days,
    }
    record(session, Fact(REMINDED, f"facility:{found.id}:due:{found.due_on}", now, unit=found.unit, body=body), now)
    message = card(session, found, now)
    key = f"facility:{found.id}:due:{found.due_on}"
    outbox.send(session, outbox.to_person(found.owner), message, Lane.BULK, now, key=key, unasked=DUE)


def escalate(session: Session, found: Facility, now: datetime) -> None:
    """Once a due day that is over: those who lead there, or above whoever leads there and sees to it."""
    told = FacilityRow.escalated_for
    which = (FacilityRow.id == found.id, FacilityRow.due_on == found.due_on, told.is_distinct_from(found.due_on))
    if changed(session, update(FacilityRow).where(*which).values(escalated_for=found.due_on)) != 1:
        return
    days = (now.date() - found.due_on).days
    body = {"facility": found.id, "unit": found.unit, "kind": found.kind.value, "days": days}
    record(
        session, Fact(ESCALATED, f"facility:{found.id}:overdue:{found.due_on}", now, unit=found.unit, body=body), now
    )
    said = text("resources.facilities.overdue", **line(session, found, now), days=days)
    for who in leaders(session, found.path, now, besides=found.owner):
        message = Message(said, rows(button("resources.facilities.b_open", f"fa:open:{found.id}")))
        key = f"facility:{found.id}:overdue:{found.due_on}:{who.id}"
        outbox.send(session, outbox.to_person(who.id), message, Lane.BULK, now, key=key, unasked=OVERDUE)


def line(session: Session, found: Facility, now: datetime) -> dict[str, object]:
    """A facility in words."""
    return {
        "kind": found.kind.value, "what": found.words, "unit": speaking.label(session, found.unit),
        "due": found.due_on.isoformat(), "owner": speaking.name(session, found.owner, now),
    }  # fmt: skip


def card(session: Session, found: Facility, now: datetime, *, leads: bool = False) -> Message:
    """A facility with the buttons of whoever looks at it. The due day stands in them, so that an old button does nothing."""
    said = text(
        "resources.facilities.card", **line(session, found, now), is_over=rules.overdue(found, now.date()),
        every=found.every_days,
    )  # fmt: skip
    day = found.due_on.toordinal()
    keys = [
        button("resources.facilities.b_in_order", f"fa:ok:{found.id}:{day}"),
        button("resources.facilities.b_wrong", f"fa:bad:{found.id}:{day}"),
    ]
    if leads:
        keys.append(button("resources.facilities.b_retire", f"fa:gone:{found.id}"))
    return Message(said, rows(*keys))
