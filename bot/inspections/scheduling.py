"""What falls due: plans and draws become inspections, the people are told, and what nobody did is a fact."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.inspections import rules, showing, store
from bot.inspections.model import DRAWN, DUE, LATE, MISSED, Inspection, Origin, State
from bot.inspections.tables import ChecklistPlanRow, InspectionRow, SpotDrawRow, SpotRuleRow
from bot.kit.clock import instant, local_date
from bot.kit.replies import Message, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.company import leaders
from bot.people.model import Person
from bot.people.tables import PlaceRow, UnitRow

SLICE = 40


def begin_planned(session: Session, now: datetime) -> bool:
    """Makes inspections of the plans that are due, once a plan and day. What passed while the program was down is left out."""
    for row in session.scalars(select(ChecklistPlanRow).where(ChecklistPlanRow.ended_at.is_(None))).all():
        within = timedelta(minutes=row.within_minutes)
        due = rules.occurrence(row.days, row.minute, store.zone(session, row.unit_id), within, now)
        if due is None or row.created_at > due[1] + within / 2:
            continue  # planned when most of today's time was over: it begins the next time
        on, at = due
        key = f"plan:{row.id}:{on.isoformat()}"
        if session.scalar(select(InspectionRow.id).where(InspectionRow.key == key)) is not None:
            continue
        version, _ = store.adoptions(session, row.path, row.checklist_id).get(row.checklist_id, (None, 0))
        who = rules.turn(candidates(session, row.path, row.post, now), on)
        if who is not None and version is not None:
            values = {"origin": Origin.PLAN.value, "plan_id": row.id, "place_id": row.place_id}
            _new(session, key, row, version, who, at, at + within, values)
    return False


def candidates(session: Session, path: str, post: str | None, now: datetime) -> list[int]:
    """Who can be asked: those of the unit with a post who are not away and can be written to; else whoever leads there."""
    if post is not None:
        there = [each for each in people.everyone(session, now, (path,)) if each.post == post]
        here = _present(session, there, now)
        if here:
            return here
    found = leaders(session, path, now)
    return _present(session, found, now) or [each.id for each in found]


def _present(session: Session, some: list[Person], now: datetime) -> list[int]:
    ids = [each.id for each in some]
    away, chats = people.deputies(session, ids, now), people.reachable_chats(session, ids)
    return [id for id in sorted(ids) if id not in away and id in chats]


def _new(
    session: Session,
    key: str,
    row: Any,
    version: int,
    who: int,
    at: datetime,
    answer_by: datetime,
    more: dict[str, Any],
) -> int | None:
    values = {
        "key": key, "checklist_id": row.checklist_id, "version": version, "unit_id": row.unit_id, "path": row.path,
        "person_id": who, "state": State.DUE.value, "due_at": at, "answer_by": answer_by, "at": 0, "step": "ask",
        "passed": 0, "failed": 0, "seconds": 0.0,
    }  # fmt: skip
    made: int | None = insert_once(session, InspectionRow, values | more, "key")
    return made


# --- random checks ----------------------------------------------------------------------------------------------------


def draw_weeks(session: Session, now: datetime) -> bool:
    """Draws the random checks of the present week, once a rule and week; nobody is told before the hour."""
    for rule in session.scalars(select(SpotRuleRow).where(SpotRuleRow.ended_at.is_(None))).all():
        version, _ = store.adoptions(session, rule.path, rule.checklist_id).get(rule.checklist_id, (None, 0))
        zone = store.zone(session, rule.unit_id)
        week = rules.week_of(local_date(now, zone))
        mine = (SpotDrawRow.rule_id == rule.id, SpotDrawRow.week == week)
        if version is not None and session.scalar(select(SpotDrawRow.id).where(*mine)) is None:
            _draw(session, rule, version, week, zone, now)
    return False


def _draw(session: Session, rule: SpotRuleRow, version: int, week: str, zone: str, now: datetime) -> None:
    days = session.scalar(select(UnitRow.workdays).where(UnitRow.id == rule.unit_id)) or "12345"
    places = session.scalars(select(PlaceRow.id).where(PlaceRow.unit_id == rule.unit_id, PlaceRow.closed_at.is_(None)))
    among = rules.slots(week, days, list(places), now, zone)
    seed = rules.week_seed(rule.seed, week)
    drawn = rules.draw(seed, among, rule.per_week)
    values = {"rule_id": rule.id, "week": week, "seed": seed, "slots": among, "drawn": drawn, "at": now}
    id = insert_once(session, SpotDrawRow, values)
    if id is None:
        return
    body = {"rule": rule.id, "checklist": rule.checklist_id, "unit": rule.unit_id, "count": len(drawn)}
    record(session, Fact(DRAWN, f"spot:{rule.id}:{week}", now, unit=rule.unit_id, body=body), now)
    for slot in drawn:
        on, hour, place = rules.slot_of(slot)
        at = instant(on, time(hour), zone)
        who = rules.turn(candidates(session, rule.path, None, now), on)
        if who is not None:
            more = {"origin": Origin.SPOT.value, "draw_id": id, "place_id": place}
            _new(session, f"spot:{id}:{slot}", rule, version, who, at, at + rules.SPOT_WITHIN, more)


# --- telling ----------------------------------------------------------------------------------------------------------


def ask_due(session: Session, now: datetime) -> bool:
    """Tells people what is due: one message a person, whatever their number; True while more are left."""
    which = (InspectionRow.state == State.DUE.value, InspectionRow.due_at <= now, InspectionRow.asked_at.is_(None))
    query = select(InspectionRow).where(*which).order_by(InspectionRow.person_id, InspectionRow.due_at).limit(SLICE)
    found = list(session.scalars(query.execution_options(populate_existing=True)))
    asked: set[int] = set()
    for row in found:
        mine = (InspectionRow.id == row.id, InspectionRow.asked_at.is_(None))
        if changed(session, update(InspectionRow).where(*mine).values(asked_at=now)) == 1:
            asked.add(row.person_id)
    for person in sorted(asked):
        due = [each for each in store.open_of(session, person, now) if each.state is State.DUE]
        last = max((each.answer_by for each in due if each.answer_by), default=None)
        message = showing.due(session, due)
        to = outbox.to_person(person)
        outbox.send(session, to, message, Lane.LESSON, now, topic="inspections.due", unasked=DUE, expires_at=last)
    return len(found) == SLICE


def note_missed(session: Session, now: datetime) -> bool:
    """What was due and is not done in its time is a fact; whoever leads there hears of it. What was begun may still be ended."""
    late = (store.OPEN, InspectionRow.answer_by <= now, InspectionRow.missed_at.is_(None))
    found = list(session.scalars(select(InspectionRow).where(*late).order_by(InspectionRow.answer_by).limit(SLICE)))
    told: dict[int, list[Inspection]] = defaultdict(list)
    for row in found:
        each = store.as_inspection(row)
        state = State.MISSED if each.state is State.DUE else State.RUNNING
        which = (
            InspectionRow.id == each.id,
            InspectionRow.state == each.state.value,
            InspectionRow.missed_at.is_(None),
        )
        if changed(session, update(InspectionRow).where(*which).values(missed_at=now, state=state.value)) != 1:
            continue
        body = {"inspection": each.id, "checklist": each.checklist, "unit": each.unit, "origin": each.origin.value}
        record(session, Fact(MISSED, f"inspection:{each.id}:missed", now, unit=each.unit, body=body), now)
        for who in leaders(session, each.path, now, besides=each.person):
            told[who.id].append(each)
    for person, some in told.items():
        lines = [showing.line(session, each) | {"who": store.name(session, each.person, now)} for each in some]
        keys = rows(*(showing.b_open(each.id) for each in some[:4]), each=4)
        message = Message(text("inspections.missed", lines=lines[:6], more=max(len(lines) - 6, 0)), keys)
        once = f"inspection-missed:{some[0].id}:{person}"
        outbox.send(session, outbox.to_person(person), message, Lane.LESSON, now, key=once, unasked=LATE)
    return len(found) == SLICE
