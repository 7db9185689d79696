"""Of a muster other programs are told how it ended, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.emergencies.muster.model import ENDED
from bot.kit.endpoints import Event, Given, Labelled, Scope
from bot.people import programs
from bot.people import store as people
from bot.people.model import Caller


class MusterOut(Given):
    """How a muster ended: of so many on its roster, so many were safe, needed help, were not on site, or said nothing."""

    muster: int
    unit: Labelled
    real: bool
    minutes: int
    roster: int
    safe: int
    help: int
    absent: int
    silent: int
    at: datetime


def tell(session: Session, caller: Caller, payload: Mapping[str, Any], now: datetime) -> MusterOut | None:
    """What the fact says; the unit is the muster's, not that of who ended it."""
    body = payload["body"]
    unit = people.unit(session, int(body["unit"]))
    if unit is None or not caller.sees(unit.path):
        return None
    counts = {name: body[name] for name in ("minutes", "roster", "safe", "help", "absent", "silent")}
    return MusterOut(
        muster=body["muster"], unit=programs.labels(session, [unit.id])[unit.id], real=body["real"],
        at=datetime.fromisoformat(payload["at"]), **counts,
    )  # fmt: skip


EVENTS = (Event("muster.ended", ENDED.name, Scope.MUSTERS, ENDED.says, tell, MusterOut),)
