"""What people were offered in a period, and what they did with it: from closed months where there are any, else from facts.

A period is cut into stretches: whole closed months, and what lies between them, whose facts are read. Each stretch knows its
own offers; what was done with an offer of an earlier stretch is put to it here. The answer is the same as from facts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.ledger import closing, counting
from bot.ledger.counting import DAY, Carried, Counted, Days, Sum
from bot.ledger.tables import CarriedRow, PersonMonthRow, PseudonymRow

KNOWN_WITHIN = timedelta(days=31)
"""For how long after a period we look for what never arrived; a message that waits is given up long before."""


@dataclass(slots=True)
class Taken:
    """One thing of one person in a period: offered, of these done and lost, and what was done without being offered in it.

    `missed` are the days on which something was offered that was neither done in the period nor lost.
    """

    offered: int = 0
    done: int = 0
    lost: int = 0
    also: int = 0
    missed: dict[date, int] = field(default_factory=dict)


By = dict[int, dict[str, Taken]]
"""By person and thing."""


def taken(
    session: Session, counted: Sequence[Counted], first: date, last: date, persons: Sequence[int] | None = None,
    missed_on: Mapping[int, frozenset[date]] | None = None,
) -> By:  # fmt: skip
    """What everybody, or some people, were offered and did from a day to a day (both included).

    `missed_on`: the days on which it matters how much was missed (days off), by person; left out, all days. The rest of
    `missed` may be wrong then, and much less is read.
    """
    names = _names(session, persons)
    of = None if persons is None else tuple(names)
    months, rest = _cut(first, last, closing.closed(session))
    found: By = {}
    for row in _sums(session, months, of):
        _add(found, names, row)
    if months:
        _missed(session, found, names, months, of, missed_on)
    for days in rest:
        for row in counting.read_sums(session, counted, Days(*days, of)):
            _add(found, names, row)
    _carry(found, names, _all_carried(session, counted, first, last, months, rest, of), first, last)
    return found


def _names(session: Session, persons: Sequence[int] | None) -> dict[str, int]:
    query = select(PseudonymRow.pseudonym, PseudonymRow.person_id)
    given = {} if persons is None else {"persons": persons}
    if persons is not None:
        query = query.where(among(PseudonymRow.person_id, "persons"))
    return {row.pseudonym: row.person_id for row in session.execute(query, given)}


def _cut(first: date, last: date, closed: frozenset[date]) -> tuple[list[date], list[tuple[date, date]]]:
    """The closed months that lie wholly in a period, and the stretches between them."""
    months, rest, at = list[date](), list[tuple[date, date]](), first
    month = first if first.day == 1 else closing.next_month(closing.first_of(first))
    while month <= last:
        if month in closed and closing.last_of(month) <= last:
            if at < month:
                rest.append((at, month - DAY))
            months.append(month)
            at = closing.next_month(month)
        month = closing.next_month(month)
    if at <= last:
        rest.append((at, last))
    return months, rest


def _sums(session: Session, months: Sequence[date], of: tuple[str, ...] | None) -> Iterator[Sum]:
    """Closed months added up by person and thing, without the days of what was missed."""
    if not months:
        return
    row = PersonMonthRow
    whole = (cast(func.sum(column), BigInteger) for column in (row.offered, row.done, row.lost))
    query = select(row.pseudonym, row.what, *whole).where(row.first_on.in_(months)).group_by(row.pseudonym, row.what)
    for pseudonym, what, offered, done, lost in session.execute(*_some(query, of)):
        yield Sum(pseudonym, what, offered, done, lost, {})


def _some(query: Select, of: tuple[str, ...] | None) -> tuple[Select, dict]:  # type: ignore[type-arg]
    return (query, {}) if of is None else (query.where(among(PersonMonthRow.pseudonym, "of")), {"of": of})


def _missed(
    session: Session, found: By, names: Mapping[str, int], months: Sequence[date], of: tuple[str, ...] | None,
    missed_on: Mapping[int, frozenset[date]] | None,
) -> None:  # fmt: skip
    """The days of what was missed in closed months: of those people and months only for which somebody asks."""
    row = PersonMonthRow
    query = select(row.pseudonym, row.what, row.missed).where(row.offered > row.done + row.lost)
    for some, among_months in _asked(names, months, of, missed_on):
        for pseudonym, what, missed in session.execute(*_some(query.where(row.first_on.in_(among_months)), some)):
            person = names.get(pseudonym)
            if person is not None:
                _add_missed(found[person][what], missed)


CHUNK = 5_000


def _asked(
    names: Mapping[str, int], months: Sequence[date], of: tuple[str, ...] | None,
    missed_on: Mapping[int, frozenset[date]] | None,
) -> Iterator[tuple[tuple[str, ...] | None, Sequence[date]]]:  # fmt: skip
    """Whose days are asked for, in which months: whoever was away was so in one month or two, and the other ten are not read."""
    if missed_on is None:
        yield of, months
        return
    by_month: dict[date, list[str]] = {month: [] for month in months}
    for name, id in names.items():
        for month in {closing.first_of(on) for on in missed_on.get(id, ())}:
            if month in by_month:
                by_month[month].append(name)
    for month, some in by_month.items():
        for begin in range(0, len(some), CHUNK):
            yield tuple(some[begin : begin + CHUNK]), (month,)


def _add(found: By, names: Mapping[str, int], row: Sum) -> None:
    person = names.get(row.pseudonym)
    if person is None:
        return  # erased
    mine = found.setdefault(person, {}).setdefault(row.what, Taken())
    mine.offered, mine.done, mine.lost = mine.offered + row.offered, mine.done + row.done, mine.lost + row.lost
    _add_missed(mine, row.missed)


def _add_missed(mine: Taken, missed: Mapping[str, int]) -> None:
    for on, count in missed.items():
        day = date.fromisoformat(on)
        mine.missed[day] = mine.missed.get(day, 0) + count


# --- what was done or lost in another stretch than it was offered in ------------------------------------------------------


def _all_carried(
    session: Session, counted: Sequence[Counted], first: date, last: date, months: Sequence[date],
    rest: Iterable[tuple[date, date]], of: tuple[str, ...] | None,
) -> Iterator[Carried]:  # fmt: skip
    """What was carried into each stretch of the period; and after it, what was only known then never to have arrived."""
    closed = closing.closed(session)
    after, more = _cut_after(last + DAY, last + KNOWN_WITHIN, closed)
    known = [c for c in counted if c.lost]
    row = CarriedRow
    columns = (
        row.pseudonym,
        row.what,
        row.subject,
        row.offered_on,
        row.done_on,
        row.lost_on,
        row.was_done,
        row.was_lost,
    )
    query = select(*columns).where(row.first_on.in_([*months, *after]))
    if of is not None:
        query = query.where(among(row.pseudonym, "of"))
    for one in session.execute(query, {} if of is None else {"of": of}):
        yield Carried(*one)
    for days in rest:
        yield from counting.read_carried(session, counted, Days(*days, of))
    if not after:
        # one stretch that begins right after the period: what was done before it was done in time, so the losses are enough
        yield from counting.read_carried(session, known, Days(more[0][0], more[-1][1], of), only_lost=True)
        return
    for days in more:
        yield from counting.read_carried(session, known, Days(*days, of))


def _cut_after(first: date, last: date, closed: frozenset[date]) -> tuple[list[date], list[tuple[date, date]]]:
    """After a period: closed months as wholes, if they begin in these days, and what is not closed of the rest."""
    months, rest, at = list[date](), list[tuple[date, date]](), first
    while at <= last:
        month, end = closing.first_of(at), min(last, closing.last_of(closing.first_of(at)))
        if month in closed and at == month:
            months.append(month)
        else:
            rest.append((at, end))
        at = end + DAY
    return months, rest


def _carry(found: By, names: Mapping[str, int], rows: Iterable[Carried], first: date, last: date) -> None:
    """Puts what was done or lost later to its offer."""
    by: dict[tuple[str, str, str], list[Carried]] = {}
    for row in rows:
        by.setdefault((row.pseudonym, row.what, row.subject), []).append(row)
    for (pseudonym, what, _), some in by.items():
        person = names.get(pseudonym)
        if person is not None:
            _settle(found.setdefault(person, {}).setdefault(what, Taken()), some, first, last)


def _settle(mine: Taken, some: Sequence[Carried], first: date, last: date) -> None:
    offered = next((row.offered_on for row in some if row.offered_on is not None), None)
    done = any(row.done_on is not None and first <= row.done_on <= last for row in some)
    if offered is None or offered < first:
        mine.also += done
        return
    if offered > last or (any(row.was_done for row in some) and all(row.done_on is None for row in some)):
        return  # what was done among the days of its offer is counted there, and not lost whatever becomes known later
    lost_later = any(row.lost_on is not None and row.lost_on <= last + KNOWN_WITHIN for row in some)
    lost_then = any(row.was_lost for row in some) and all(row.lost_on is None for row in some)
    if done:
        mine.done += 1
        mine.lost -= lost_then
    elif lost_later:
        mine.lost += 1
    if (done and not lost_then) or (not done and lost_later):
        left = mine.missed.get(offered, 0)
        mine.missed[offered] = left - 1
