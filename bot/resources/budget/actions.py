"""Planning, asking for, approving and booking safety money. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import downloads
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Role
from bot.resources.budget import rules, store, telling
from bot.resources.budget.model import APPROVED, ASKED, BOOKED, CLOSED, PLANNED, REFUSED, Heading, Line, Request, State
from bot.resources.budget.tables import (
    BudgetBookingRow,
    BudgetLimitRow,
    BudgetLineRow,
    BudgetRequestRow,
    PostRateRow,
)

PLANNER, KEEPER = Role.MANAGER, Role.SAFETY_OFFICER
"""Who plans and sets limits; who may book what was paid from any line of their units."""
PHOTO_KEPT = "resources.budget.photo_kept"


def plan(
    session: Session, by: int, unit: int, year: int, heading: Heading, currency: str, planned: int, now: datetime,
    alert_at: tuple[int, ...] = rules.ALERT_AT,
) -> Line:  # fmt: skip
    """Sets what is planned for a heading. Refused: without the right, and another currency once money of the line is used."""
    there = people.unit(session, unit)
    if there is None or not speaking.holds(session, by, PLANNER, there.path, now):
        raise Refused("resources.not_yours")
    values = {
        "unit_id": unit, "path": there.path, "year": year, "heading": heading.value, "currency": currency,
        "planned": planned, "alert_at": list(alert_at), "set_by": by, "touched_at": now,
    }  # fmt: skip
    id = insert_once(session, BudgetLineRow, values)
    if id is None:
        id = _plan_anew(session, values)
    body = {"line": id, "unit": unit, "year": year, "heading": heading.value, "currency": currency, "planned": planned}
    record(session, Fact(PLANNED, f"budget-line:{id}:{planned}:{now.isoformat()}", now, by, unit, body=body), now)
    found = store.line(session, id)
    assert found is not None
    telling.reached(session, found, now)
    return found


def _plan_anew(session: Session, values: dict[str, Any]) -> int:
    row = (
        session.query(BudgetLineRow).filter_by(
            unit_id=values["unit_id"], year=values["year"], heading=values["heading"]
        )
    ).one()
    found = _held(session, row.id, values["touched_at"])
    assert found is not None
    if found.currency != values["currency"] and store.figures(session, [found])[found.id].used:
        raise Refused("resources.budget.other_currency", currency=found.currency)
    fresh = {name: values[name] for name in ("currency", "planned", "alert_at", "set_by")}
    session.execute(update(BudgetLineRow).where(BudgetLineRow.id == found.id).values(**fresh))
    return found.id


def set_limit(session: Session, by: int, unit: int, role: Role, currency: str, most: int, now: datetime) -> None:
    """Up to how much a role may approve in a unit; set by somebody of a higher rank there, so nobody raises their own."""
    there = people.unit(session, unit)
    above = Role.ADMIN if role is Role.MANAGER else PLANNER
    if there is None or role not in rules.RANKS[:-1] or not speaking.holds(session, by, above, there.path, now):
        raise Refused("resources.not_yours")
    values = {"unit_id": unit, "path": there.path, "role": role.value, "currency": currency, "most": most}
    if insert_once(session, BudgetLimitRow, values) is None:
        which = (BudgetLimitRow.unit_id == unit, BudgetLimitRow.role == role.value)
        session.execute(update(BudgetLimitRow).where(*which).values(currency=currency, most=most))


def set_rate(session: Session, by: int, unit: int, post: str, currency: str, hourly: int, now: datetime) -> None:
    """What an hour of a post costs in a unit. Refused: to others than its managers."""
    there = people.unit(session, unit)
    if there is None or not speaking.holds(session, by, PLANNER, there.path, now):
        raise Refused("resources.not_yours")
    values = {"unit_id": unit, "path": there.path, "post": post, "currency": currency, "hourly": hourly}
    if insert_once(session, PostRateRow, values) is None:
        which = (PostRateRow.unit_id == unit, PostRateRow.post == post)
        session.execute(update(PostRateRow).where(*which).values(currency=currency, hourly=hourly))


# --- asking and answering ---------------------------------------------------------------------------------------------


def ask(
    session: Session, by: int, key: str, line: int, amount: int, words: str, photo: str | None, now: datetime
) -> Request:
    """Somebody who leads asks for money. Refused: to others, and where nobody but themselves may approve so much."""
    who, found = people.person(session, by, now), store.line(session, line)
    if who is None or found is None or not speaking.paths(session, by, Role.SUPERVISOR, now):
        raise Refused("resources.only_leaders")
    if not who.path.startswith(found.path):
        raise Refused("resources.not_yours")
    values = {
        "key": key, "line_id": line, "person_id": by, "unit_id": who.unit, "path": who.path, "amount": amount,
        "words": words[: rules.MOST_WORDS], "photo": f"file:{photo}" if photo else None, "state": State.ASKED.value,
        "asked_at": now, "reason": "",
    }  # fmt: skip
    id = insert_once(session, BudgetRequestRow, values, "key")
    if id is None:
        raise Refused("resources.changed_meanwhile")
    made = store.request(session, id)
    assert made is not None
    if not telling.ask(session, made, found, now):
        raise Refused("resources.budget.nobody_above")
    if photo:
        downloads.want(session, photo, PHOTO_KEPT, {"request": id}, now)
    body = {"request": id, "line": line, "unit": who.unit, "amount": amount}
    record(session, Fact(ASKED, f"money:{id}", now, by, body=body), now)
    return made


def approve(session: Session, by: int, id: int, now: datetime) -> Request:
    """Says yes: what was asked for is committed. Refused: one's own, above one's limit, and the second time."""
    found, line = answerable(session, by, id, now)
    _held(session, line.id, now)
    _settle(session, found, State.APPROVED, now, answered_by=by)
    hours = int((now - found.asked_at).total_seconds() // 3600)
    body = {"request": id, "line": line.id, "unit": found.unit, "amount": found.amount, "hours": hours}
    record(session, Fact(APPROVED, f"money:{id}:approved", now, by, body=body), now)
    telling.answered(session, found, line, State.APPROVED, by, "", now)
    telling.reached(session, line, now)
    return found


def refuse(session: Session, by: int, id: int, reason: str, now: datetime) -> Request:
    """Says no, with a reason that whoever asked reads."""
    found, line = answerable(session, by, id, now)
    said = reason[: rules.MOST_WORDS]
    _settle(session, found, State.REFUSED, now, answered_by=by, reason=said)
    body = {"request": id, "line": line.id, "unit": found.unit}
    record(session, Fact(REFUSED, f"money:{id}:refused", now, by, body=body), now)
    telling.answered(session, found, line, State.REFUSED, by, said, now)
    return found


def withdraw(session: Session, by: int, id: int, now: datetime) -> None:
    """Whoever asked does not need it any more."""
    found = store.request(session, id)
    if found is None or found.person != by:
        raise Refused("resources.not_yours")
    _settle(session, found, State.WITHDRAWN, now)


def answerable(session: Session, by: int, id: int, now: datetime) -> tuple[Request, Line]:
    """A request that somebody may answer. Refused: one's own, outside one's units, above one's limit."""
    found = store.request(session, id)
    line = store.line(session, found.line) if found is not None else None
    if found is None or line is None:
        raise Refused("resources.changed_meanwhile")
    if found.person == by:
        raise Refused("resources.budget.own")
    if not speaking.holds(session, by, Role.SUPERVISOR, found.path, now):
        raise Refused("resources.not_yours")
    if not store.ranked(session, by, found.path, found.amount, line.currency, now):
        raise Refused("resources.budget.above_limit")
    return found, line


def _settle(session: Session, found: Request, state: State, now: datetime, **values: Any) -> None:
    before = State.APPROVED if state is State.CLOSED else State.ASKED
    which = (BudgetRequestRow.id == found.id, BudgetRequestRow.state == before.value)
    stamp = "closed_at" if state is State.CLOSED else "answered_at"
    won = update(BudgetRequestRow).where(*which).values(state=state.value, **{stamp: now}, **values)
    if changed(session, won) != 1:
        raise Refused("resources.changed_meanwhile")


# --- paying -----------------------------------------------------------------------------------------------------------


def book(session: Session, by: int, key: str, line: int, amount: int, words: str, now: datetime) -> None:
    """Notes what was paid from a line without a request. Refused: to others than the safety officers and managers there."""
    found = store.line(session, line)
    if found is None or not speaking.holds(session, by, KEEPER, found.path, now):
        raise Refused("resources.not_yours")
    _booked(session, by, key, found, None, amount, words, now)


def pay(session: Session, by: int, key: str, id: int, amount: int, words: str, now: datetime) -> None:
    """Notes what was paid of a commitment, in the year in which it is paid. Refused: to others than who asked or keeps the line."""
    found, line = committed(session, by, id, now)
    who = people.person(session, by, now)
    today = people.today_of(who, now) if who is not None else now.date()
    this_year = {each.heading: each for each in store.lines(session, [line.path], today.year) if each.unit == line.unit}
    onto = this_year.get(line.heading, line)
    _booked(session, by, key, onto if onto.currency == line.currency else line, found, amount, words, now)


def close(session: Session, by: int, id: int, now: datetime) -> int:
    """A commitment is over; answers what becomes free again."""
    found, line = committed(session, by, id, now)
    _held(session, line.id, now)
    _settle(session, found, State.CLOSED, now)
    released = rules.still_committed(found.amount, store.booked(session, id))
    body = {"request": id, "line": line.id, "unit": found.unit, "released": released}
    record(session, Fact(CLOSED, f"money:{id}:closed", now, by, body=body), now)
    return released


def committed(session: Session, by: int, id: int, now: datetime) -> tuple[Request, Line]:
    """A commitment that somebody may pay and close: their own, or of a line that they keep."""
    found = store.request(session, id)
    line = store.line(session, found.line) if found is not None else None
    if (
        found is None
        or line is None
        or (found.person != by and not speaking.holds(session, by, KEEPER, line.path, now))
    ):
        raise Refused("resources.not_yours")
    if found.state is not State.APPROVED:
        raise Refused("resources.changed_meanwhile")
    return found, line


def _booked(
    session: Session, by: int, key: str, line: Line, found: Request | None, amount: int, words: str, now: datetime
) -> None:
    _held(session, line.id, now)
    who = people.person(session, by, now)
    request = found.id if found is not None else None
    values = {
        "key": key, "line_id": line.id, "request_id": request, "amount": amount, "words": words[: rules.MOST_WORDS],
        "person_id": by, "on_date": people.today_of(who, now) if who is not None else now.date(), "at": now,
    }  # fmt: skip
    id = insert_once(session, BudgetBookingRow, values, "key")
    if id is None:
        return
    body = {"booking": id, "line": line.id, "unit": line.unit, "request": request, "amount": amount}
    record(session, Fact(BOOKED, f"booking:{id}", now, by, body=body), now)
    telling.reached(session, line, now)


def _held(session: Session, line: int, now: datetime) -> Line | None:
    """Takes the line's row first: of two at once the second reads what the first has written, and no alert is missed."""
    session.execute(update(BudgetLineRow).where(BudgetLineRow.id == line).values(touched_at=now))
    return store.line(session, line)
