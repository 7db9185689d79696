"""Duties for other programs: who was given the duties of their post, and who has acknowledged them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.duties.model import ACKNOWLEDGED
from bot.duties.tables import DutyGivenRow, DutyListRow
from bot.kit.endpoints import Call, Endpoint, Event, Given, Labelled, Number, Paged, Rows, Scope, Who
from bot.people import programs, speaking
from bot.people.model import Caller
from bot.people.store import people_on
from bot.people.tables import PersonRow, UnitRow


class DutyOut(Given):
    """Somebody was given a list of duties; without `acknowledged_at` they have not said that these are theirs."""

    id: int
    person: Who
    unit: Labelled
    post: str
    list: int
    version: int
    given_at: datetime
    acknowledged_at: datetime | None


class DutyTold(Given):
    """Somebody has acknowledged their duties; who, only for webhooks with the scope `names`."""

    person: Who | None
    unit: Labelled | None
    list: int
    version: int
    at: datetime


class Listed(Paged):
    """Lists that hold for people of a unit."""

    unit: Number | None = None


def duties(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """Of the people who work under some units."""
    query = (
        people_on.join(DutyGivenRow, DutyGivenRow.person_id == PersonRow.id)
        .join(DutyListRow, DutyListRow.id == DutyGivenRow.list_id)
        .add_columns(DutyGivenRow, DutyListRow.post.label("of_post"), DutyListRow.version, UnitRow.code)
        .where(
            DutyGivenRow.withdrawn_at.is_(None), PersonRow.left_on.is_(None), DutyGivenRow.id > call.args.after,
            speaking.under(UnitRow.path, programs.paths(session, caller, call.args.unit)),
        )
        .order_by(DutyGivenRow.id)
        .limit(call.args.limit)
    )  # fmt: skip
    rows = session.execute(query, {"on": now.date()})
    return Rows([(str(row.DutyGivenRow.id), _out(caller, row)) for row in rows])


def _out(caller: Caller, row: Any) -> DutyOut:
    given: DutyGivenRow = row.DutyGivenRow
    return DutyOut(
        id=given.id, person=programs.who_is(caller, row.badge, row.name), unit=Labelled(id=row.unit, code=row.code),
        post=row.of_post, list=given.list_id, version=row.version, given_at=given.given_at,
        acknowledged_at=given.acknowledged_at,
    )  # fmt: skip


def tell(session: Session, caller: Caller, payload: Mapping[str, Any], now: datetime) -> DutyTold:
    """What the fact says."""
    unit = programs.labels(session, [payload["unit"]]).get(payload["unit"]) if payload["unit"] else None
    return DutyTold(
        person=programs.told_who(session, caller, payload["person"]), unit=unit, list=payload["body"]["list"],
        version=payload["body"]["version"], at=datetime.fromisoformat(payload["at"]),
    )  # fmt: skip


ENDPOINTS = (
    Endpoint(
        "duties", "GET", "/duties", Scope.DUTIES, "Who has acknowledged their duties", duties, DutyOut, Listed, many=True,
        personal=True,
    ),
)  # fmt: skip
EVENTS = (Event("duties.acknowledged", ACKNOWLEDGED.name, Scope.DUTIES, ACKNOWLEDGED.says, tell, DutyTold),)
