"""Stop work: anybody stops a job; the people of the area know at once; it goes on when those named have said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.delivery import gates, outbox
from bot.hazards import cards, major, store, telling
from bot.hazards.facts import RELEASE_VOTED, RELEASED, STOPPED
from bot.hazards.model import Hazard, Report, Urgency
from bot.hazards.moves import handled
from bot.hazards.report import report_hazard
from bot.hazards.tables import HazardStopRow
from bot.kit.errors import Refused
from bot.kit.gates import Gate, GateState, GateView
from bot.kit.replies import Message, button
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import company as companies
from bot.people import store as people
from bot.people.model import Person

DEFAULT = {"needed": 2, "kinds": ["supervisor", "above"]}
"""Who releases where no company file says otherwise: somebody who supervises there and somebody above."""
JOB = "hazards.tell_area"
SLICE = 500


@dataclass(frozen=True)
class Stop:
    """Work that somebody stopped."""

    id: int
    hazard: int
    unit: int
    path: str
    stopped_at: datetime
    released_at: datetime | None


def _as_stop(row: HazardStopRow) -> Stop:
    return Stop(row.id, row.hazard_id, row.unit_id, row.path, row.stopped_at, row.released_at)


def of_hazard(session: Session, hazard: int) -> Stop | None:
    """The stop that goes with a hazard and is not released."""
    query = select(HazardStopRow).where(HazardStopRow.hazard_id == hazard, HazardStopRow.state == "stopped")
    row = session.scalar(query.execution_options(populate_existing=True))
    return _as_stop(row) if row else None


def standing(session: Session, path: str) -> list[Stop]:
    """What is stopped in a unit and below it, or above it."""
    rows = session.scalars(select(HazardStopRow).where(HazardStopRow.state == "stopped").order_by(HazardStopRow.id))
    return [_as_stop(row) for row in rows if row.path.startswith(path) or path.startswith(row.path)]


def stop_work(session: Session, who: Person, report: Report, now: datetime) -> Hazard:
    """Stops the work of a place, once a key: a danger of now, which climbs, and a word to everybody of the area."""
    known = store.by_key(session, report.key)
    if known is not None:
        return known
    hazard = report_hazard(session, report, who.id, now)
    values = {
        "key": report.key, "hazard_id": hazard.id, "unit_id": report.unit, "path": report.path, "state": "stopped",
        "stopped_at": now,
    }  # fmt: skip
    id = insert_once(session, HazardStopRow, values, "key")
    body = {"hazard": hazard.id, "unit": hazard.unit}
    record(session, Fact(STOPPED, f"stopped:{report.key}", now, person=who.id, body=body), now)
    _tell_area(session, int(id), "stopped", now)
    outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, now), now)  # it now says so
    return hazard


def report_of(key: str, unit: int, path: str, place: int | None, words: str | None) -> Report:
    """A stop as a report: danger now."""
    return Report(key=key, unit=unit, path=path, urgency=Urgency.NOW, place=place, words=words)


def gate(session: Session, stop: Stop, hazard: Hazard) -> Gate:
    """Whose word lets the work go on. The company file may bar whoever stopped it, and whoever did the job on the danger."""
    said = companies.alerts(session, stop.path).get("release", DEFAULT)
    of = {"stopper": (hazard.reporter,), "fixer": (hazard.fixed_by, hazard.assigned_to)}
    barred = frozenset(one for who in said.get("bar", ()) for one in of[who] if one is not None)
    return Gate(int(said["needed"]), tuple(said["kinds"]), barred)


def view(session: Session, stop: Stop, hazard: Hazard) -> GateView:
    """Where its gate stands. Anybody's no holds it, also of who may not say yes; whoever stopped it is never enough alone."""
    subject, whose = f"stop:{stop.id}", gate(session, stop, hazard)
    everybody = gates.view(session, subject, replace(whose, barred=frozenset()))
    if everybody.state is GateState.REFUSED:
        return everybody
    seen = gates.view(session, subject, whose)
    others = set(gates.voters(session, subject)) - whose.barred - {hazard.reporter}
    return seen if others or seen.state is not GateState.OPEN else GateView(GateState.WAITING, 1, ())


def vote(session: Session, hazard: int, by: int, yes: bool, now: datetime) -> GateView:
    """Somebody says that the work may go on, or not yet; a single no holds it until whoever said it says yes."""
    seen = handled(session, hazard, by, now)
    stop = of_hazard(session, hazard)
    if stop is None:
        raise Refused("hazards.t_not_stopped")
    if yes and by in gate(session, stop, seen).barred:
        raise Refused("hazards.t_not_your_release")
    kinds = major.kinds_of(session, by, stop.path, now)
    gates.vote(session, f"stop:{stop.id}", by, yes, kinds, now)
    found = view(session, stop, seen)
    body = {"hazard": hazard, "unit": stop.unit, "yes": yes, "missing": found.missing}
    record(session, Fact(RELEASE_VOTED, f"release:{stop.id}:{by}:{now.isoformat()}", now, person=by, body=body), now)
    if found.state is GateState.OPEN:
        _release(session, stop, seen, by, now)
    elif yes and found.state is GateState.WAITING:
        _ask_others(session, stop, seen, now)
    return found


def _ask_others(session: Session, stop: Stop, hazard: Hazard, now: datetime) -> None:
    """Those whose word is still wanted are asked, the nearest: an acknowledged danger climbs to nobody, and work would stand."""
    subject, whose = f"stop:{stop.id}", gate(session, stop, hazard)
    wanted = set(gates.view(session, subject, whose).missing_kinds)
    out = {*gates.voters(session, subject), *whose.barred, *store.hidden_from(session, hazard.id), hazard.reporter}

    def may(person: Person) -> bool:
        kinds = major.kinds_of(session, person.id, stop.path, now)
        return person.id not in out and bool(kinds & wanted if wanted else kinds & set(whose.kinds))

    words = text("hazards.ask_release", number=hazard.id, place=store.where(session, hazard))
    opens = button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id)
    message = Message(words, (cards.release_buttons(hazard), (opens,)))
    asked = [(p.id, message, f"{subject}:ask:{p.id}") for p in companies.leaders(session, stop.path, now, may=may)]
    outbox.alert_all(session, asked, now)


def _release(session: Session, stop: Stop, hazard: Hazard, by: int, now: datetime) -> None:
    mine = (HazardStopRow.id == stop.id, HazardStopRow.state == "stopped")
    if changed(session, update(HazardStopRow).where(*mine).values(state="released", released_at=now)) != 1:
        return
    minutes = int((now - stop.stopped_at) / timedelta(minutes=1))
    body = {"hazard": hazard.id, "unit": stop.unit, "minutes": minutes}
    record(session, Fact(RELEASED, f"released:{stop.id}", now, person=by, body=body), now)
    _tell_area(session, stop.id, "released", now)
    telling.refresh(session, hazard, now)


# --- the area -----------------------------------------------------------------------------------------------------------


def _tell_area(session: Session, id: int, what: str, now: datetime) -> None:
    """The first slice at once, in this transaction; what is left in jobs."""
    tell_area(session, {"stop": id, "what": what, "after": 0}, now)


def tell_area(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: everybody of the area, slice by slice, hears that work is stopped, or that it may go on."""
    row = session.get(HazardStopRow, payload["stop"], populate_existing=True)
    if row is None or (payload["what"] == "stopped" and row.state != "stopped"):
        return
    hazard = store.hazard(session, row.hazard_id)
    assert hazard is not None
    found = [p.id for p in people.everyone(session, now, (row.path,)) if p.id > payload["after"]]
    words = said(session, hazard, payload["what"])
    told = [
        (id, Message(words), f"stop:{row.id}:{payload['what']}:{id}") for id in found[:SLICE] if id != hazard.reporter
    ]
    if payload["what"] == "released" and hazard.reporter is not None and payload["after"] == 0:
        told.append((hazard.reporter, Message(words), f"stop:{row.id}:released:{hazard.reporter}"))
    outbox.alert_all(session, told, now)
    if len(found) > SLICE:
        after = found[SLICE - 1]
        key = f"{JOB}:{row.id}:{payload['what']}:{after}"
        jobs.enqueue(session, JOB, {**payload, "after": after}, key=key, now=now)


def said(session: Session, hazard: Hazard, what: str) -> Text:
    """What the area reads; never who stopped it."""
    return text("hazards.area", number=hazard.id, place=store.where(session, hazard), stopped=what == "stopped")
