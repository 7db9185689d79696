"""Working on the register: identify, rate, control, rate again, close. Each in the caller's transaction, by conditional update."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.errors import Refused
from bot.kit.risk import Colour
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people
from bot.people.model import Person, Role
from bot.risks import alarms, checking, rules, store
from bot.risks.bands import fingerprint
from bot.risks.company import company, scale
from bot.risks.model import (
    CLOSED,
    CONTROL_ADDED,
    CONTROL_PLACED,
    CONTROL_RETIRED,
    IDENTIFIED,
    KEY_PLACE,
    RATED,
    REOPENED,
    RETIRED,
    Control,
    Held,
    Rank,
    Rating,
    Risk,
    Standing,
    Words,
)
from bot.risks.tables import KeyPlaceRow, RiskControlRow, RiskRow


@dataclass(frozen=True)
class Entry:
    """What somebody puts into the register. `key` makes it exist once."""

    key: str
    unit: int
    task: Words
    hazard: Words
    place: int | None = None
    number: int | None = None
    step: Words = field(default_factory=dict)
    topic: str | None = None


def identify(session: Session, by: int, entry: Entry, now: datetime) -> Risk:
    """Puts a risk into the register, once a key. Refused: to whoever does not lead the unit."""
    unit = people.unit(session, entry.unit)
    if unit is None or not store.leads(session, by, unit.path, now):
        raise Refused("risks.not_yours")
    method = company().method
    values = {
        "code": f"new:{entry.key}"[:40], "unit_id": unit.id, "path": unit.path, "place_id": entry.place,
        "task": dict(entry.task), "number": entry.number, "step": dict(entry.step), "hazard": dict(entry.hazard),
        "topic": entry.topic, "method": method.value, "standing": Standing.OPEN.value, "owner_id": by, "round": 0,
        "created_by": by, "created_at": now,
    }  # fmt: skip
    id = insert_once(session, RiskRow, values, "code")
    if id is None:
        raise Refused("risks.changed_meanwhile")
    session.execute(update(RiskRow).where(RiskRow.id == id).values(code=f"D-{id}"))
    body = {"risk": id, "unit": unit.id, "method": method.value}
    record(session, Fact(IDENTIFIED, f"risk:{id}:identified", now, by, body=body), now)
    return mine(session, by, id, now)


def rate(session: Session, by: int, id: int, rating: Rating, now: datetime, *, residual: bool = False) -> Risk:
    """Rates a risk without controls, or (`residual`) with those that are in place.

    Refused: to others, on steps that the company does not have, on an effect that is higher than the risk was, and on an
    effect before the risk itself was rated.
    """
    found, table = mine(session, by, id, now), scale(rating.method)
    was = found.standing
    if not rules.fits(table, rating):
        raise Refused("risks.changed_meanwhile")
    if residual and (found.inherent is None or not rules.is_lower(rating, found.inherent)):
        raise Refused("risks.not_higher")
    colour = rules.colour_of(table, rating)
    values: dict[str, Any] = {"colour": colour.value, "bands": fingerprint(company())}
    if residual:
        values |= {"residual": list(rating.factors), "rerated_at": now}
    else:
        # the effect was rated against another risk: it has to be looked at again
        values |= {"inherent": list(rating.factors), "inherent_colour": colour.value, "method": rating.method.value}
        values |= {"rated_at": now, "residual": None, "rerated_at": None}
        values |= {"standing": Standing.OPEN.value}
    found = change(session, found, values)
    _reopened(session, was, found, by, now)
    body = {
        "method": rating.method.value,
        "factors": "x".join(f"{each:g}" for each in rating.factors),
        "residual": residual,
    }
    _record(session, RATED, found, by, now, body)
    if not residual:
        checking.schedule_all(session, found, now)
    alarms.settle(session, found, now)
    return mine(session, by, id, now)


def add_control(
    session: Session, by: int, id: int, rank: Rank, words: Words, owner: int | None, now: datetime, *,
    every: timedelta | None = None,
) -> Control:  # fmt: skip
    """Plans something that keeps a risk small. A risk that counted as held small is open again."""
    found = mine(session, by, id, now)
    was = found.standing
    found = change(session, found, {"standing": Standing.OPEN.value})
    _reopened(session, was, found, by, now)
    row = RiskControlRow(
        risk_id=id, rank=rank.value, words=dict(words), owner_id=owner or by, held=Held.PLANNED.value,
        every_days=every.days if every else None, created_by=by, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _record(session, CONTROL_ADDED, found, by, now, {"control": row.id, "rank": rank.value}, key=f"control:{row.id}")
    return store.as_control(row)


def place_control(session: Session, by: int, control: int, now: datetime) -> Control:
    """Says that a control is in place: from now on it is looked at. Its owner may say so, and whoever leads the unit."""
    kept, found = _kept(session, by, control, now)
    which = (RiskControlRow.id == control, RiskControlRow.held == Held.PLANNED.value)
    done = update(RiskControlRow).where(*which).values(held=Held.IN_PLACE.value, in_place_at=now)
    if changed(session, done) != 1:
        raise Refused("risks.changed_meanwhile")
    body = {"control": control, "rank": kept.rank.value}
    _record(session, CONTROL_PLACED, found, by, now, body, key=f"control:{control}:placed")
    checking.schedule(session, found, control, now)
    return _control(session, control)


def retire_control(session: Session, by: int, control: int, now: datetime) -> Risk:
    """A control is no longer needed. The effect has to be rated again, because it was rated with it."""
    kept, _ = _kept(session, by, control, now)
    found = mine(session, by, kept.risk, now)
    was = found.standing
    which = (RiskControlRow.id == control, RiskControlRow.held != Held.RETIRED.value)
    gone = {"held": Held.RETIRED.value, "due_at": None, "answer_by": None, "late_at": None, "missing_at": None}
    if changed(session, update(RiskControlRow).where(*which).values(**gone)) != 1:
        raise Refused("risks.changed_meanwhile")
    values: dict[str, Any] = {"standing": Standing.OPEN.value, "residual": None, "rerated_at": None}
    found = change(session, found, values | {"colour": found.inherent_colour})
    _reopened(session, was, found, by, now)
    body = {"control": control, "rank": kept.rank.value}
    _record(session, CONTROL_RETIRED, found, by, now, body, key=f"control:{control}:retired")
    alarms.settle(session, found, now)
    return mine(session, by, kept.risk, now)


def close(session: Session, by: int, id: int, now: datetime) -> Risk:
    """The risk counts as held small. Refused with what is missing, and to whoever stands too low for its colour."""
    found, kept = mine(session, by, id, now), store.controls_of(session, id)
    if (why := rules.why_not_closed(found, kept)) is not None:
        raise Refused("risks.not_closed", why=why)
    assert found.colour is not None
    if not store.leads(session, by, found.path, now, rules.CLOSER[found.colour]):
        raise Refused("risks.closed_higher_up")
    if found.standing is Standing.CONTROLLED:
        raise Refused("risks.changed_meanwhile")
    values = {"standing": Standing.CONTROLLED.value, "closed_by": by, "closed_at": now}
    found = change(session, found, values)
    _record(session, CLOSED, found, by, now, {"controls": len(kept)})
    return found


def retire(session: Session, by: int, id: int, now: datetime) -> Risk:
    """The task or thing is gone, and nobody looks after its controls any more. A red one needs a safety officer's word."""
    found = mine(session, by, id, now)
    role = Role.SAFETY_OFFICER if found.shown in (Colour.RED, Colour.ORANGE) else Role.SUPERVISOR
    if not store.leads(session, by, found.path, now, role):
        raise Refused("risks.closed_higher_up")
    found = change(session, found, {"standing": Standing.RETIRED.value, "alarmed_at": None, "call_at": None})
    _record(session, RETIRED, found, by, now, {})
    alarms.quiet(session, found, by, now)
    return found


def set_key_place(session: Session, by: int, place: int, key: bool, now: datetime) -> bool:
    """Puts a place on the register of key places, or takes it off; False where it was so before."""
    spot = people.place(session, place)
    unit = people.unit(session, spot.unit) if spot else None
    if unit is None or not store.leads(session, by, unit.path, now, Role.SAFETY_OFFICER):
        raise Refused("risks.not_yours")
    row = session.get(KeyPlaceRow, place)
    if (row is not None) == key:
        return False
    if row is None:
        session.add(KeyPlaceRow(place_id=place, person_id=by, at=now))
    else:
        session.delete(row)
    session.flush()
    body = {"place": place, "unit": unit.id, "key": key}
    record(session, Fact(KEY_PLACE, f"key-place:{place}:{key}:{now.isoformat()}", now, by, body=body), now)
    for found, _ in store.risks(session, (unit.path,), 500, place=place):
        checking.schedule_all(session, found, now)
    return True


# --- what they share --------------------------------------------------------------------------------------------------


def mine(session: Session, by: int, id: int, now: datetime) -> Risk:
    """A risk that somebody may work on. Raises Refused."""
    found = store.risk(session, id)
    if found is None or not rules.alive(found) or not store.leads(session, by, found.path, now):
        raise Refused("risks.not_yours")
    return found


def _kept(session: Session, by: int, control: int, now: datetime) -> tuple[Control, Risk]:
    kept = _control(session, control)
    found = store.risk(session, kept.risk)
    if found is None or not rules.alive(found):
        raise Refused("risks.not_yours")
    if kept.owner != by and not store.leads(session, by, found.path, now):
        raise Refused("risks.not_yours")
    return kept, found


def _control(session: Session, id: int) -> Control:
    kept = store.control(session, id)
    if kept is None:
        raise Refused("risks.not_yours")
    return kept


def change(session: Session, found: Risk, values: dict[str, Any]) -> Risk:
    """Writes a change where nobody else made one meanwhile. Raises Refused."""
    which = (RiskRow.id == found.id, RiskRow.round == found.round)
    if changed(session, update(RiskRow).where(*which).values(round=found.round + 1, **values)) != 1:
        raise Refused("risks.changed_meanwhile")
    again = store.risk(session, found.id)
    assert again is not None
    return again


def _reopened(session: Session, was: Standing, found: Risk, by: int, now: datetime) -> None:
    """Notes that a risk no longer counts as held small, where it did."""
    if was is Standing.CONTROLLED and found.standing is Standing.OPEN:
        _record(session, REOPENED, found, by, now, {"why": "changed"})


def _record(
    session: Session,
    kind: FactKind,
    found: Risk,
    by: int | None,
    now: datetime,
    body: dict[str, Any],
    key: str | None = None,
) -> None:
    colour = {"colour": found.colour.value if found.colour else None} if "colour" in kind.fields else {}
    what = {"risk": found.id, "unit": found.unit} | colour | body
    record(session, Fact(kind, key or f"risk:{found.id}:{found.round}:{kind.name}", now, by, body=what), now)


def words_of(who: Person, words: str) -> Words:
    """What somebody wrote, by the language they read."""
    return {who.lang: words[: rules.MOST_WORDS]}
