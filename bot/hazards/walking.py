"""The ladders tried before they are needed: each day walked without ringing anybody, each month one tap of a human."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.delivery import outbox, schedules
from bot.delivery.outbox import Lane
from bot.delivery.schedules import Run, Schedule, Slice
from bot.hazards import major, outside, whom
from bot.hazards.company import company
from bot.hazards.facts import LADDER_TAPPED, LADDERS_WALKED, TAP_MISSED
from bot.hazards.rules import LEVELS, RUNGS, plan_of
from bot.hazards.tables import HazardTapRow
from bot.hazards.unasked import TAP
from bot.kit.errors import Refused
from bot.kit.gates import Gate, GateState, Vote, decide
from bot.kit.replies import Message, button, rows
from bot.kit.risk import Severity
from bot.kit.room import Tick
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import company as companies
from bot.people import counting, oncall
from bot.people import store as people
from bot.people.model import Unit

WALK = Schedule("hazards.walk_ladders", "hazards.walk_ladders", "20 5 * * *")
DRILL = Schedule("hazards.tap_ladders", "hazards.tap_ladders", "0 10 1 * *", catch_up=timedelta(hours=8))
JOB = "hazards.walked"
TAP_WAITS = timedelta(hours=24)
UNITS = 8
"""Units that are asked in one slice: each takes some milliseconds."""
EVERYBODY = ("/",)
MOST_NAMED = 12
"""So many gaps are named to the admins in one message; `davy doctor` names all."""


@dataclass(frozen=True)
class Gap:
    """Something that would go wrong with an alert of a unit. `what`: nobody, rung, way, gate; `who` is the rung."""

    unit: Unit
    what: str
    who: str
    level: str


def gaps(session: Session, now: datetime) -> Iterator[Gap]:
    """All that would go wrong now, unit by unit; only units where somebody works."""
    busy = counting.by_unit(session, now.date(), EVERYBODY)
    for unit in people.units(session):
        if unit.id in busy:
            yield from of_unit(session, unit, now)


def of_unit(session: Session, unit: Unit, now: datetime) -> Iterator[Gap]:
    """What would go wrong with the alerts of one unit, each ladder walked rung by rung."""
    said = companies.alerts(session, unit.path)
    plans = {plan_of(company(), said, severity): severity for severity in reversed(Severity)}
    for plan, severity in plans.items():
        level = LEVELS[severity - 1] if len(plans) > 1 else ""
        there = whom.on_call(session, unit.path, now, plan=plan)
        called = [(rung.who, whom.on_rung(there, rung.who, (), now)) for rung in plan]
        if not any(reached.people for _, reached in called):
            yield Gap(unit, "nobody", "", level)
        for who, reached in called:
            if reached.outside and outside.missing(who):
                yield Gap(unit, "way", who, level)
            elif not reached and who not in RUNGS:  # what a company has named itself must be there
                yield Gap(unit, "rung", who, level)
    if not gate_can_open(session, unit, said, now):
        yield Gap(unit, "gate", "", "")


def gate_can_open(session: Session, unit: Unit, said: Mapping[str, Any], now: datetime) -> bool:
    """Whether enough people of the kinds that a major danger needs hold their roles there, one who fixed it left out."""
    named = said.get("major", major.DEFAULT)
    held = oncall.holders(session, list(whom.ROLES), unit.path, now)
    persons = {person.id for each in held.values() for person, _ in each}
    votes = [Vote(id, True, major.kinds_of(session, id, unit.path, now)) for id in persons]
    return decide(Gate(int(named["needed"]), tuple(named["kinds"])), votes).state is GateState.OPEN


# --- each day -----------------------------------------------------------------------------------------------------------


def walk(session: Session, schedule: Schedule, run: Run, now: datetime) -> Slice:
    """Each morning: all ladders are walked, beside the writer, and nobody is rung."""
    jobs.enqueue(session, JOB, {"day": run.name}, key=f"{JOB}:{run.key}", now=now)
    return Slice(0, 1, False)


class Walked:
    """The job: reads all ladders, tries the ways outside the chat, tells the admins what is broken."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What is wrong, as plain values; `ways` are to be tried."""
        found = list(gaps(session, now))
        units = len(counting.by_unit(session, now.date(), EVERYBODY))
        ways = {rung.who for rung in company().rungs() if rung.who.partition(":")[0] in ("email", "webhook")}
        for unit in people.units(session):
            for rungs in companies.alerts(session, unit.path).get("ladder", {}).values():
                ways |= {who for who, _ in rungs if who.partition(":")[0] in ("email", "webhook")}
        lines = [{"unit": gap.unit.label, "what": gap.what, "who": gap.who, "level": gap.level} for gap in found]
        return payload | {
            "gaps": lines,
            "units": units,
            "ways": sorted(way for way in ways if not outside.missing(way)),
        }

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Signs in at the mail server, posts a test to the webhook: once each, nobody is rung."""
        tried = {way.partition(":")[0]: way for way in payload["ways"]}
        wrong = [(way, outside.probe(way)) for way in tried.values()]
        return payload | {"wrong": [[way.partition(":")[0], error] for way, error in wrong if error]}

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Keeps that it was done; where something is broken, the admins hear of it, once a day."""
        broken = len(payload["gaps"]) + len(payload["wrong"])
        body = {"units": payload["units"], "gaps": broken}
        record(session, Fact(LADDERS_WALKED, f"walked:{payload['day']}", now, body=body), now)
        if not broken:
            return
        words = text(
            "hazards.ladder_gaps",
            gaps=[text("hazards.gap", **gap) for gap in payload["gaps"][:MOST_NAMED]],
            more=max(0, len(payload["gaps"]) - MOST_NAMED),
            wrong=[text("hazards.way_broken", way=way, error=error) for way, error in payload["wrong"]],
        )
        top = people.units(session)[0]
        outside.tell_admins(session, top.path, words, f"walked:{payload['day']}", now)


# --- each month ---------------------------------------------------------------------------------------------------------


def drill(session: Session, schedule: Schedule, run: Run, now: datetime) -> Slice:
    """Each month, announced as a test: whoever would be called first in each unit taps once. A few units at a time."""
    some = counting.staffed(session, now.date(), run.cursor, UNITS)
    units = people.some_units(session, some)
    asked = sum(_ask(session, unit, run.name, now) for unit in units)
    return Slice(some[-1] if some else run.cursor, asked, len(some) == UNITS)


def _ask(session: Session, unit: Unit, month: str, now: datetime) -> bool:
    plan = plan_of(company(), companies.alerts(session, unit.path), None)
    there = whom.on_call(session, unit.path, now, plan=plan)
    first = next((found for rung in plan if (found := whom.on_rung(there, rung.who, (), now).people)), None)
    if not first:
        return False  # the daily walk has said so
    person = first[0][0]
    values = {"key": f"{month}:{unit.id}", "unit_id": unit.id, "person_id": person.id, "asked_at": now}
    id = insert_once(session, HazardTapRow, values, "key")
    if id is None:
        return False
    message = Message(text("hazards.tap", unit=unit.label), rows(button("hazards.b_tap", f"hzt:{id}")), ref=f"tap:{id}")
    outbox.send(session, outbox.to_person(person.id), message, Lane.REPLY, now, key=f"tap:{id}", unasked=TAP)
    return True


def tap(session: Session, id: int, by: int, now: datetime) -> None:
    """Somebody answers the test. Refused to others than whoever was asked."""
    row = session.get(HazardTapRow, id, populate_existing=True)
    if row is None or row.person_id != by:
        raise Refused("hazards.t_not_yours")
    first = update(HazardTapRow).where(HazardTapRow.id == id, HazardTapRow.answered_at.is_(None))
    if changed(session, first.values(answered_at=now)) != 1:
        return
    body = {"unit": row.unit_id, "minutes": int((now - row.asked_at) / timedelta(minutes=1))}
    record(session, Fact(LADDER_TAPPED, f"tap:{id}", now, person=by, body=body), now)


def tell_missed_taps(session: Session, now: datetime, most: int = 20) -> bool:
    """A day without a tap: the admins hear who did not answer; True while more may be due."""
    open_ = (
        HazardTapRow.answered_at.is_(None),
        HazardTapRow.told_at.is_(None),
        HazardTapRow.asked_at <= now - TAP_WAITS,
    )
    found: Sequence[HazardTapRow] = session.scalars(select(HazardTapRow).where(*open_).limit(most)).all()
    for row in found:
        unit, who = people.unit(session, row.unit_id), people.person(session, row.person_id, now)
        if changed(session, update(HazardTapRow).where(HazardTapRow.id == row.id, *open_).values(told_at=now)) != 1:
            continue
        record(
            session, Fact(TAP_MISSED, f"tap-missed:{row.id}", now, unit=row.unit_id, body={"unit": row.unit_id}), now
        )
        if unit is not None:
            words = text("hazards.tap_missed", unit=unit.label, name=who.name if who else "")
            outside.tell_admins(session, unit.path, words, f"tap-missed:{row.id}", now)
    return len(found) == most


TICKS = (
    schedules.tick(WALK, walk),
    schedules.tick(DRILL, drill),
    Tick("hazards.tell_missed_taps", tell_missed_taps, 300),
)
