"""Questions about the budget."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Role
from bot.resources.budget import rules
from bot.resources.budget.model import Figures, Heading, Limit, Line, Request, State
from bot.resources.budget.tables import BudgetBookingRow, BudgetLimitRow, BudgetLineRow, BudgetRequestRow, PostRateRow

ORDER = tuple(Heading)
FRESH = {"populate_existing": True}


def line(session: Session, id: int) -> Line | None:
    """A line by its number."""
    row = session.get(BudgetLineRow, id, populate_existing=True)
    return as_line(row) if row else None


def as_line(row: BudgetLineRow) -> Line:
    """A row as a value."""
    heading = Heading(row.heading)
    return Line(row.id, row.unit_id, row.path, row.year, heading, row.currency, row.planned, tuple(row.alert_at))


def lines(session: Session, paths: Sequence[str], year: int) -> list[Line]:
    """The lines of some units and their parts in a year, from the widest unit down."""
    query = select(BudgetLineRow).where(BudgetLineRow.year == year, speaking.under(BudgetLineRow.path, paths))
    found = [as_line(row) for row in session.scalars(query.execution_options(**FRESH))]
    return sorted(found, key=lambda each: (each.path.count("/"), each.path, ORDER.index(each.heading)))


def lines_for(session: Session, path: str, year: int) -> list[Line]:
    """From which lines a unit is paid: of each heading that of the nearest unit above."""
    chain = people.ancestors(path)
    query = select(BudgetLineRow).where(BudgetLineRow.year == year, BudgetLineRow.unit_id.in_(chain))
    nearest: dict[Heading, Line] = {}
    for found in sorted(map(as_line, session.scalars(query)), key=lambda each: chain.index(each.unit)):
        nearest.setdefault(found.heading, found)
    return sorted(nearest.values(), key=lambda each: ORDER.index(each.heading))


def figures(session: Session, lines: Sequence[Line]) -> dict[int, Figures]:
    """Where lines stand, by their number: all in three statements."""
    ids = [each.id for each in lines]
    paid = select(BudgetBookingRow.line_id, func.sum(BudgetBookingRow.amount)).group_by(BudgetBookingRow.line_id)
    actual = {id: int(total) for id, total in session.execute(paid.where(BudgetBookingRow.line_id.in_(ids)))}
    committed: dict[int, int] = dict.fromkeys(ids, 0)
    carried: dict[int, int] = dict.fromkeys(ids, 0)
    here = {(each.unit, each.heading.value): each for each in lines}
    for row, rest in _open(session, BudgetLineRow.unit_id.in_({each.unit for each in lines})):
        if row.id in committed:
            committed[row.id] += rest
        else:
            later = here.get((row.unit_id, row.heading))
            if later is not None and later.year > row.year and later.currency == row.currency:
                carried[later.id] += rest
    return {e.id: Figures(e.planned, committed[e.id], carried[e.id], actual.get(e.id, 0)) for e in lines}


def _open(session: Session, which: ColumnElement[bool]) -> list[tuple[BudgetLineRow, int]]:
    """What of each open commitment is still to be paid, with its line."""
    paid = (
        select(BudgetBookingRow.request_id, func.sum(BudgetBookingRow.amount).label("paid"))
        .group_by(BudgetBookingRow.request_id)
        .subquery()
    )
    query = (
        select(BudgetLineRow, BudgetRequestRow.amount, paid.c.paid)
        .join(BudgetRequestRow, BudgetRequestRow.line_id == BudgetLineRow.id)
        .outerjoin(paid, paid.c.request_id == BudgetRequestRow.id)
        .where(which, BudgetRequestRow.state == State.APPROVED.value)
    )
    return [(row, rules.still_committed(amount, int(paid or 0))) for row, amount, paid in session.execute(query)]


def booked(session: Session, request: int) -> int:
    """What was paid for a request so far."""
    total = select(func.sum(BudgetBookingRow.amount)).where(BudgetBookingRow.request_id == request)
    return int(session.scalar(total) or 0)


def limits(session: Session, path: str) -> list[Limit]:
    """What may be approved at a unit, as set by it and by those above."""
    query = select(BudgetLimitRow).where(BudgetLimitRow.unit_id.in_(people.ancestors(path)))
    return [Limit(row.path, Role(row.role), row.currency, row.most) for row in session.scalars(query)]


def rates(session: Session, paths: Sequence[str]) -> list[PostRateRow]:
    """What an hour of each post costs in some units, their parts, and the units above."""
    above = {id for path in paths for id in people.ancestors(path)}
    query = select(PostRateRow).where(or_(speaking.under(PostRateRow.path, paths), PostRateRow.unit_id.in_(above)))
    return list(session.scalars(query))


# --- requests ---------------------------------------------------------------------------------------------------------


def request(session: Session, id: int) -> Request | None:
    """A request by its number."""
    row = session.get(BudgetRequestRow, id, populate_existing=True)
    return as_request(row) if row else None


def as_request(row: BudgetRequestRow) -> Request:
    """A row as a value."""
    return Request(
        row.id, row.line_id, row.person_id, row.unit_id, row.path, row.amount, row.words, row.photo, State(row.state),
        row.asked_at, row.answered_by, row.reason,
    )  # fmt: skip


def approvable(session: Session, person: int, now: datetime, most: int = 20) -> list[Request]:
    """What waits for somebody's yes: asked by others, where they hold a rank that is enough for the amount. Oldest first."""
    viewer = people.viewer(session, person, now)
    paths = viewer.paths(Role.SUPERVISOR) if viewer is not None else ()
    query = _asked.where(speaking.under(BudgetRequestRow.path, paths))
    rows = session.execute(query, {"person": person}).all() if paths else []
    found = [(as_request(row), currency) for row, currency in rows]
    mine = [each for each, currency in found if ranked(session, person, each.path, each.amount, currency, now)]
    return mine[:most]


_asked = (
    select(BudgetRequestRow, BudgetLineRow.currency)
    .join(BudgetLineRow, BudgetLineRow.id == BudgetRequestRow.line_id)
    .where(BudgetRequestRow.state == State.ASKED.value, BudgetRequestRow.person_id != bindparam("person"))
    .order_by(BudgetRequestRow.asked_at, BudgetRequestRow.id)
)


def ranked(session: Session, person: int, path: str, amount: int, currency: str, now: datetime) -> bool:
    """Whether somebody holds a rank over a unit that is enough for an amount."""
    viewer = people.viewer(session, person, now)
    enough = rules.ranks_for(path, limits(session, path), amount, currency)
    return viewer is not None and any(path.startswith(g.path) and g.role in enough for g in viewer.grants)


def mine(session: Session, who: Person, most: int = 8) -> list[Request]:
    """What somebody has asked for and is not over, newest first."""
    query = select(BudgetRequestRow).where(
        BudgetRequestRow.person_id == who.id,
        BudgetRequestRow.state.in_((State.ASKED.value, State.APPROVED.value)),
    )
    rows = session.scalars(query.order_by(BudgetRequestRow.id.desc()).limit(most))
    return [as_request(row) for row in rows]


def unanswered(session: Session, before: datetime, most: int) -> list[Request]:
    """Requests that have waited since an instant and were not brought up again."""
    query = select(BudgetRequestRow).where(
        BudgetRequestRow.state == State.ASKED.value,
        BudgetRequestRow.asked_at <= before,
        BudgetRequestRow.reminded_at.is_(None),
    )
    return [as_request(row) for row in session.scalars(query.order_by(BudgetRequestRow.asked_at).limit(most))]
