"""Months are closed: some days after its end a month is counted up by person, so that nobody has to read its facts again.

What is kept is made from facts alone. A fact that comes later with a time in a closed month opens it again (`reopen`), and it
is counted anew; until then, as for every month that is not closed, the facts themselves are read (`periods`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import Executable, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from bot.db.once import insert_once, table_of
from bot.ledger import counting
from bot.ledger.calendars import Calendar, calendar
from bot.ledger.counting import DAY, Counted, Days
from bot.ledger.tables import CarriedRow, ClosedMonthRow, FactRow, PersonMonthRow, PseudonymRow

PATIENCE = timedelta(days=3)
"""So long after its end a month is closed: by then it is over on every calendar, and what arrives late has arrived."""
LATE = timedelta(days=2)
"""A fact that is older than this when it is written may belong to a closed month. Less than PATIENCE by the widest zone."""
SLICE = 25
"""People counted up in one step: some hundred facts each."""

_month, _carried = table_of(PersonMonthRow), table_of(CarriedRow)
_SUMS = ("pseudonym", "what", "offered", "done", "lost", "missed", "first_on")
_CARRIED = ("pseudonym", "what", "subject", "offered_on", "done_on", "lost_on", "was_done", "was_lost", "first_on")


def first_of(on: date) -> date:
    """The first day of a month."""
    return on.replace(day=1)


def next_month(first: date) -> date:
    """The first day of the month after."""
    return first_of(first + 31 * DAY)


def last_of(first: date) -> date:
    """The last day of a month."""
    return next_month(first) - DAY


def closed(session: Session) -> frozenset[date]:
    """The first days of the months that are closed."""
    return frozenset(session.scalars(select(ClosedMonthRow.first_on).where(ClosedMonthRow.closed_at.is_not(None))))


def close_some(session: Session, counted: Sequence[Counted], now: datetime) -> bool:
    """One slice of the oldest month that is over and not closed; True while more is left. Nothing before the first fact."""
    first = _next_to_close(session, counted, now)
    if first is None:
        return False
    insert_once(session, ClosedMonthRow, {"first_on": first, "after": "", "closed_at": None}, "first_on")
    after = session.scalar(select(ClosedMonthRow.after).where(ClosedMonthRow.first_on == first).with_for_update()) or ""
    query = select(PseudonymRow.pseudonym).where(PseudonymRow.pseudonym > after).order_by(PseudonymRow.pseudonym)
    some = tuple(session.scalars(query.limit(SLICE)))
    which = update(ClosedMonthRow).where(ClosedMonthRow.first_on == first)
    if some:
        put(session, counted, first, some)
        session.execute(which.values(after=some[-1]))
    else:
        session.execute(which.values(after="", closed_at=now))
    return True


def put(session: Session, counted: Sequence[Counted], first: date, of: tuple[str, ...] | None = None) -> None:
    """Counts a month up, of everybody or of some people by pseudonym, in place of what was counted before."""
    days = Days(first, last_of(first), of)
    how, values = calendar(session, days.first, days.last), counting.given(days)
    for table in (_month, _carried):
        old = delete(table).where(table.c.first_on == first)
        session.execute(old if of is None else old.where(table.c.pseudonym.in_(of)))
    for one in counted:
        session.execute(_put_sums(one, how, of is not None), values)
        if one.done or one.lost:
            session.execute(_put_carried(one, how, of is not None), values)


_first = bindparam("first", type_=_month.c.first_on.type)


@lru_cache(counting.KEPT)
def _put_sums(counted: Counted, how: Calendar, some: bool) -> Executable:
    return insert(_month).from_select(_SUMS, counting.sums(counted, how, some).add_columns(_first))


@lru_cache(counting.KEPT)
def _put_carried(counted: Counted, how: Calendar, some: bool) -> Executable:
    return insert(_carried).from_select(_CARRIED, counting.carried(counted, how, some).add_columns(_first))


def close_whole(session: Session, counted: Sequence[Counted], first: date, now: datetime) -> None:
    """Closes a month in one statement a thing, for whoever has the database to themselves."""
    put(session, counted, first)
    session.execute(delete(ClosedMonthRow).where(ClosedMonthRow.first_on == first))
    session.execute(insert(table_of(ClosedMonthRow)).values(first_on=first, after="", closed_at=now))


def reopen(session: Session, at: datetime) -> None:
    """A fact of a time long past was written: the months that it can belong to on any calendar are counted anew."""
    days = {(at + step).astimezone(UTC).date() for step in (-counting.WIDEST_ZONE, timedelta(), counting.WIDEST_ZONE)}
    months = {first_of(on) for on in days}
    which = update(ClosedMonthRow).where(ClosedMonthRow.first_on.in_(months))
    session.execute(which.values(closed_at=None, after=""))


def _next_to_close(session: Session, counted: Sequence[Counted], now: datetime) -> date | None:
    oldest = [session.scalar(select(func.min(FactRow.at)).where(FactRow.kind == one.offered)) for one in counted]
    if not any(oldest):
        return None
    first_fact = min(at for at in oldest if at is not None)
    there = closed(session)
    first = first_of((first_fact - counting.WIDEST_ZONE).date())
    while datetime.combine(next_month(first), datetime.min.time(), UTC) + PATIENCE <= now:
        if first not in there:
            return first
        first = next_month(first)
    return None
