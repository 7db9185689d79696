"""The risk register for other programs: what can hurt somebody, how it is rated, what keeps it small."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.kit.endpoints import (
    Asked,
    Call,
    Endpoint,
    Given,
    Instant,
    Labelled,
    Number,
    Paged,
    Rows,
    Scope,
    Who,
    not_there,
)
from bot.kit.risk import Colour
from bot.people import programs, speaking
from bot.people.model import Caller
from bot.risks import store
from bot.risks.model import Control, Held, Method, Risk, Standing
from bot.risks.tables import RiskRow


class ControlOut(Given):
    """What keeps a risk small. `rank` 1 is worth most; `troubled`: nobody confirmed it in time, or it was not there."""

    id: int
    rank: int
    words: dict[str, str]
    owner: Who | None
    held: Held
    due_at: datetime | None
    checked_at: datetime | None
    troubled: bool


class RiskOut(Given):
    """A risk as it is rated. `shown` is the colour that people see: red where a control of a larger risk is not confirmed."""

    id: int
    code: str
    unit: Labelled
    task: dict[str, str]
    step: dict[str, str]
    hazard: dict[str, str]
    topic: str | None
    method: Method
    inherent: list[float] | None
    residual: list[float] | None
    colour: Colour | None
    shown: Colour | None
    standing: Standing
    owner: Who | None
    rated_at: datetime | None
    alarmed_at: datetime | None
    controls: list[ControlOut]


class Listed(Paged):
    """Risks that are still there. `rated_since`: those that were rated or alarmed since then."""

    unit: Number | None = None
    rated_since: Instant | None = None


class Numbered(Asked):
    """One risk."""

    id: Number


def risks(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """Those of some units, in the order of the register."""
    found = programs.paths(session, caller, call.args.unit)
    query = select(RiskRow).where(store.LIVE, speaking.under(RiskRow.path, found), RiskRow.id > call.args.after)
    since = call.args.rated_since
    if since is not None:
        query = query.where((RiskRow.rated_at >= since) | (RiskRow.rerated_at >= since) | (RiskRow.alarmed_at >= since))
    rows = [store.as_risk(row) for row in session.scalars(query.order_by(RiskRow.id).limit(call.args.limit))]
    return Rows([(str(each.id), each) for each in _out(session, caller, rows)])


def risk(session: Session, caller: Caller, call: Call, now: datetime) -> RiskOut:
    """One risk, also one that is no more there."""
    found = store.risk(session, call.args.id)
    if found is None or not caller.sees(found.path):
        raise not_there("risk")
    return _out(session, caller, [found])[0]


def _out(session: Session, caller: Caller, found: Sequence[Risk]) -> list[RiskOut]:
    kept = store.controls(session, [each.id for each in found])
    owners = [each.owner for each in found] + [each.owner for some in kept.values() for each in some]
    names, units = programs.whos(session, caller, owners), programs.labels(session, [each.unit for each in found])

    def control(each: Control) -> ControlOut:
        return ControlOut(
            id=each.id, rank=int(each.rank), words=dict(each.words), owner=names.get(each.owner or 0), held=each.held,
            due_at=each.due_at, checked_at=each.checked_at, troubled=each.troubled,
        )  # fmt: skip

    return [
        RiskOut(
            id=r.id, code=r.code, unit=units[r.unit], task=dict(r.task), step=dict(r.step), hazard=dict(r.hazard), topic=r.topic,
            method=rated.method if (rated := r.inherent or r.residual) else Method.LEC,
            inherent=list(r.inherent.factors) if r.inherent else None,
            residual=list(r.residual.factors) if r.residual else None, colour=r.colour, shown=r.shown, standing=r.standing,
            owner=names.get(r.owner or 0), rated_at=r.rerated_at or r.rated_at, alarmed_at=r.alarmed_at,
            controls=[control(each) for each in kept[r.id]],
        )
        for r in found
    ]  # fmt: skip


ENDPOINTS = (
    Endpoint("risks", "GET", "/risks", Scope.RISKS, "The risk register", risks, RiskOut, Listed, many=True),
    Endpoint("risk", "GET", "/risks/{id}", Scope.RISKS, "One risk", risk, RiskOut, Numbered),
)
