"""The clocks of the law: which run for an incident, bringing them up, and how they end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.incidents import rules, store
from bot.incidents.company import company
from bot.incidents.model import (
    CLOCK,
    CLOCK_MISSED,
    CLOCK_SETTLED,
    CLOCK_STARTED,
    Clock,
    ClockState,
    Incident,
    Outcome,
    Rule,
)
from bot.incidents.tables import IncidentClockRow
from bot.incidents.telling import alert, watch
from bot.kit.errors import Refused
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Role

SLICE = 20


def start(session: Session, found: Incident, outcome: Outcome, before: Outcome | None, now: datetime) -> list[Clock]:
    """Starts the clocks that an outcome asks for, each once; those that run go on. Answers the new ones."""
    unit = people.unit(session, found.unit)
    where = unit.jurisdiction if unit else ""
    begins = rules.clock_starts(found.created_at, before is None, now)
    new = []
    for rule in company().rules:
        if not rules.applies(rule, where, outcome):
            continue
        due = begins + timedelta(hours=rule.hours) if rule.hours is not None else None
        values = {
            "incident_id": found.id, "rule": rule.code, "state": ClockState.RUNNING.value, "starts_at": begins,
            "due_at": due, "look_at": rules.next_look(begins, due, 0), "reminded": 0,
        }  # fmt: skip
        id = insert_once(session, IncidentClockRow, values)
        if id is not None:
            body = {"incident": found.id, "unit": found.unit, "rule": rule.code, "hours": rule.hours}
            record(session, Fact(CLOCK_STARTED, f"{found.ref}:clock:{rule.code}", now, unit=found.unit, body=body), now)
            made = store.clock(session, id)
            assert made is not None
            new.append(made)
    return new


def line(session: Session, clock: Clock, now: datetime) -> dict[str, Any]:
    """A clock as a line: what is to be done, where that stands, and how much time is left."""
    rule = company().rule(clock.code) or Rule(clock.code, "", frozenset(), None, {"en": clock.code}, "")
    left = (clock.due_at - now) / timedelta(minutes=1) if clock.due_at else None
    return {
        "id": clock.id, "what": dict(rule.what), "source": rule.source, "seen": rule.seen, "state": clock.state.value,
        "due": clock.due_at.isoformat() if clock.due_at else "", "left": None if left is None else max(int(left), 0),
        "over": left is not None and left <= 0, "late": None if left is None else max(int(-left), 0),
        "words": clock.words or "", "by": store.name(session, clock.by, now),
        "settled": clock.settled_at.isoformat() if clock.settled_at else "",
    }  # fmt: skip


def buttons(clock: Clock) -> list[Button]:
    """How a running clock ends."""
    return [
        button("incidents.b_reported", f"inc:reported:{clock.id}"),
        button("incidents.b_not_reportable", f"inc:exempt:{clock.id}"),
    ]


def look(session: Session, now: datetime) -> bool:
    """Brings up clocks whose time is partly gone, and says which were missed; True while more are left."""
    running = (IncidentClockRow.state == ClockState.RUNNING.value, IncidentClockRow.look_at <= now)
    query = select(IncidentClockRow).where(*running).order_by(IncidentClockRow.look_at).limit(SLICE)
    due = [store.as_clock(row) for row in session.scalars(query.execution_options(populate_existing=True))]
    for clock in due:
        found = store.incident(session, clock.incident)
        if found is None or clock.due_at is None:
            continue
        if now >= clock.due_at:
            _missed(session, found, clock, now)
        else:
            _remind(session, found, clock, now)
    return len(due) == SLICE


def _remind(session: Session, found: Incident, clock: Clock, now: datetime) -> None:
    nth = clock.reminded
    while rules.reminder_due(clock.starts_at, clock.due_at, nth, now):
        nth += 1  # after a long silence one reminder is enough
    then = rules.next_look(clock.starts_at, clock.due_at, nth)
    if not _moved(session, clock, reminded=nth, look_at=then) or nth == clock.reminded:
        return
    message, key = _message(session, found, clock, "incidents.clock_reminder", now), f"clock:{clock.id}:{nth}"
    if clock.due_at is not None and clock.due_at - now <= rules.PRESSING:
        alert(session, found, message, key, now)
    else:
        for id in watch(session, found, now):
            to, once = outbox.to_person(id), f"{found.ref}:{key}:{id}"
            outbox.send(session, to, message, Lane.LESSON, now, key=once, unasked=CLOCK)


def _missed(session: Session, found: Incident, clock: Clock, now: datetime) -> None:
    if not _moved(session, clock, missed_at=now, look_at=None):
        return
    body = {"incident": found.id, "unit": found.unit, "rule": clock.code}
    record(session, Fact(CLOCK_MISSED, f"clock:{clock.id}:missed", now, unit=found.unit, body=body), now)
    message = _message(session, found, clock, "incidents.clock_missed", now)
    alert(session, found, message, f"clock:{clock.id}:missed", now, (Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN))


def _moved(session: Session, clock: Clock, **values: Any) -> bool:
    which = (
        IncidentClockRow.id == clock.id, IncidentClockRow.state == ClockState.RUNNING.value,
        IncidentClockRow.reminded == clock.reminded, IncidentClockRow.missed_at.is_(None),
    )  # fmt: skip
    return changed(session, update(IncidentClockRow).where(*which).values(**values)) == 1


def _message(session: Session, found: Incident, clock: Clock, key: str, now: datetime) -> Message:
    said = text(key, number=found.id, place=store.where(session, found), clock=line(session, clock, now))
    return Message(
        said, rows(*buttons(clock), button("incidents.b_open", f"inc:open:{found.id}", number=found.id), each=1)
    )


def settle(
    session: Session, by: int, id: int, state: ClockState, words: str, at: datetime | None, now: datetime
) -> Clock:
    """It was reported (when, with which reference), or it is not reportable (why). Refused: to others; the second time."""
    clock = store.clock(session, id)
    found = store.seen_by(session, clock.incident, by, now) if clock else None
    if clock is None or found is None:
        raise Refused("incidents.not_yours")
    if state is ClockState.NOT_REPORTABLE and len(words) < rules.LEAST_REASON:
        raise Refused("incidents.reason_needed", least=rules.LEAST_REASON)
    if not words:
        raise Refused("incidents.reference_needed")
    when = at or now
    which = (IncidentClockRow.id == id, IncidentClockRow.state == ClockState.RUNNING.value)
    values = {"state": state.value, "settled_at": when, "settled_by": by, "words": words, "look_at": None}
    if changed(session, update(IncidentClockRow).where(*which).values(**values)) != 1:
        raise Refused("incidents.clock_over")
    late = clock.due_at is not None and when > clock.due_at
    body = {"incident": found.id, "unit": found.unit, "rule": clock.code, "state": state.value, "late": late}
    record(session, Fact(CLOCK_SETTLED, f"clock:{id}:settled", now, by, body=body), now)
    settled = store.clock(session, id)
    assert settled is not None
    return settled
