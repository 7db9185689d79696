"""Questions about looks at duties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.duties import store as duties
from bot.duties.above import above
from bot.duties.checks.model import Candidate, Check, Outcome, State
from bot.duties.checks.rules import LOOK_BACK, REST
from bot.duties.checks.tables import DutyCheckRow
from bot.duties.model import Duty, DutyList
from bot.duties.rules import RENEWED
from bot.duties.tables import DutyGivenRow
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person
from bot.people.store import people_on
from bot.people.tables import PersonRow, RoleGrantRow, UnitRow


def as_check(row: DutyCheckRow) -> Check:
    """A row as a Check."""
    return Check(
        row.id, row.person_id, row.checker_id, row.unit_id, row.list_id, row.duty, row.round, State(row.state), row.due_at,
        Outcome(row.outcome) if row.outcome else None, row.note or "", row.reply or "", row.media or "",
    )  # fmt: skip


def check(session: Session, id: int) -> Check | None:
    """A look by its number."""
    row = session.get(DutyCheckRow, id, populate_existing=True)
    return as_check(row) if row else None


def open_for(session: Session, checker: int) -> list[Check]:
    """What somebody is to look at now."""
    return [as_check(row) for row in session.scalars(_open_for, {"checker": checker})]


_open_for = (
    select(DutyCheckRow)
    .where(DutyCheckRow.checker_id == bindparam("checker"), DutyCheckRow.state == State.DRAWN.value)
    .order_by(DutyCheckRow.id)
)


@dataclass(frozen=True)
class Able:
    """Somebody who can be drawn, their list, and who would look."""

    who: Person
    list: int
    above: int | None
    candidate: Candidate


def able(session: Session, unit: int, round: str, now: datetime) -> list[Able]:
    """Those of a unit who have acknowledged the list that holds for them and are not away, read in a few statements.

    What was looked at is counted as it was before the round: so the draw can be done again.
    """
    rows = session.execute(people_on.where(UnitRow.id == unit, PersonRow.left_on.is_(None)), {"on": now.date()})
    here = {row.id: people.as_person(row) for row in rows}
    away = people.deputies(session, list(here), now)
    query = select(DutyGivenRow.person_id, DutyGivenRow.list_id).where(
        DutyGivenRow.person_id.in_(here), DutyGivenRow.acknowledged_at.is_not(None), DutyGivenRow.withdrawn_at.is_(None),
        DutyGivenRow.given_at > now - RENEWED,
    )  # fmt: skip
    given = {row.person_id: row.list_id for row in session.execute(query)}
    seen = select(DutyCheckRow.person_id, DutyCheckRow.duty, DutyCheckRow.state, DutyCheckRow.drawn_at).where(
        DutyCheckRow.person_id.in_(here), DutyCheckRow.round != round, DutyCheckRow.drawn_at > now - LOOK_BACK
    )
    looked: dict[int, list[Any]] = {}
    for row in session.execute(seen):
        looked.setdefault(row.person_id, []).append(row)
    lists = {each.id: each for each in duties.lists(session)}
    over = _above(session, list(here.values()), now)
    return [
        Able(who, given[id], over[id], _candidate(id, lists[given[id]], looked.get(id, []), now))
        for id, who in here.items()
        if id in given and given[id] in lists and id not in away
    ]


def _candidate(person: int, found: DutyList, looked: list[Any], now: datetime) -> Candidate:
    seen = Counter(row.duty for row in looked if row.state != State.MISSED.value)
    rested = all(row.drawn_at <= now - REST for row in looked)
    return Candidate(person, seen.total(), tuple((duty.code, seen[duty.code]) for duty in found.duties), rested)


def _above(session: Session, here: list[Person], now: datetime) -> dict[int, int | None]:
    """Who would look at whom. Those of one unit without a role have the same above them."""
    query = select(RoleGrantRow.person_id).where(RoleGrantRow.person_id.in_([who.id for who in here]))
    leading = set(session.scalars(query))
    found: dict[int, int | None] = {}
    common: list[int | None] = []
    for who in here:
        if who.id in leading or not common:
            first = next((each.id for each in above(session, who, now)), None)
            if who.id not in leading:
                common.append(first)
            found[who.id] = first
        else:
            found[who.id] = common[0]
    return found


def drawn(session: Session, unit: int, round: str) -> bool:
    """Whether the draw of a round was done in a unit."""
    query = select(DutyCheckRow.id).where(DutyCheckRow.unit_id == unit, DutyCheckRow.round == round)
    return session.scalar(query.limit(1)) is not None


def duty(session: Session, found: Check) -> Duty | None:
    """The duty that is looked at, in the version that was given."""
    kept = duties.one(session, found.list)
    return next((each for each in kept.duties if each.code == found.duty), None) if kept else None


def under(session: Session, paths: Sequence[str], since: datetime, most: int = 100) -> list[DutyCheckRow]:
    """The newest looks under some paths."""
    query: Any = select(DutyCheckRow).where(speaking.under(DutyCheckRow.path, paths), DutyCheckRow.drawn_at > since)
    return list(session.scalars(query.order_by(DutyCheckRow.id.desc()).limit(most)))
