"""From one state to the next by a conditional update: of two who press at once, one wins and the other hears who."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.hazards import cards, store
from bot.hazards.model import CONFIRMED, Hazard, State
from bot.hazards.rules import MOVES, is_confirmed
from bot.hazards.tables import HazardRow
from bot.hazards.telling import moment
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind


def of(session: Session, id: int) -> Hazard:
    """A hazard. Refuses where there is none."""
    hazard = store.hazard(session, id)
    if hazard is None:
        raise Refused("hazards.t_no_hazard")
    return hazard


def handled(session: Session, id: int, person: int, now: datetime) -> Hazard:
    """A hazard that somebody may handle. Refuses everybody else."""
    hazard = of(session, id)
    if not store.may_handle(session, hazard, person, now):
        raise Refused("hazards.t_not_yours")
    return hazard


def move(session: Session, hazard: Hazard, name: str, now: datetime, **values: Any) -> Hazard:
    """Makes a move and answers the hazard after it. Refuses, naming whoever was first, where it no longer exists.

    The state it is taken from is compared in the update itself, and so is the round: what was decided on sight of an
    earlier round does not count for this one.
    """
    states, to = MOVES[name]
    which = (
        HazardRow.id == hazard.id,
        HazardRow.state.in_([s.value for s in states]),
        HazardRow.round == hazard.round,
    )
    if to is not None:
        values["state"] = to.value
    if changed(session, update(HazardRow).where(*which).values(**values)) != 1:
        raise lost(session, of(session, hazard.id), now)
    return of(session, hazard.id)


def lost(session: Session, hazard: Hazard, now: datetime) -> Refused:
    """What the second one is told."""
    if hazard.state is State.FIXED:
        return Refused("hazards.t_was_fixed", name=store.name(session, hazard.fixed_by, now))
    if hazard.state is State.VERIFIED:
        name = store.name(session, hazard.verified_by, now)
        return Refused("hazards.t_was_verified", name=name) if name else Refused("hazards.t_was_closed")
    if hazard.state is State.REJECTED:
        return Refused("hazards.t_was_rejected", name=store.name(session, hazard.rejected_by, now))
    if hazard.acknowledged_by is not None and hazard.state in (State.ACKNOWLEDGED, State.ASSIGNED):
        return Refused("hazards.t_was_acknowledged", name=store.name(session, hazard.acknowledged_by, now))
    return Refused("hazards.t_not_now", state=cards.state_name(hazard.state))


def note(session: Session, what: FactKind, hazard: Hazard, now: datetime, person: int | None, **body: Any) -> None:
    """Records a fact of a hazard, once a kind and round (and `nth`, where a thing may happen again within one)."""
    nth = body.pop("nth", "")
    key = f"hazard:{hazard.key}:{what.name}:{hazard.round}:{nth}"
    values = {"hazard": hazard.id, "unit": hazard.unit, **body}
    unit = hazard.unit if person is None else None
    record(session, Fact(what, key, moment(hazard, now), person=person, unit=unit, body=values), now)


def confirm(session: Session, hazard: Hazard, now: datetime, *, by_the_other: bool = False) -> None:
    """Records, once, that a named report was of a true danger; one without a name counts for nobody.

    `by_the_other`: the report that it was joined to has proved true.
    """
    if (by_the_other or is_confirmed(hazard)) and hazard.reporter is not None:
        body = {"hazard": hazard.id, "unit": hazard.unit}
        record(session, Fact(CONFIRMED, f"confirmed:{hazard.key}", now, person=hazard.reporter, body=body), now)
