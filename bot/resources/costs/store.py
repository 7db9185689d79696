"""Adding up what training and drills cost, from the ledger and from what was booked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.ledger import store as ledger
from bot.people import counting, speaking
from bot.people import store as people
from bot.people.model import Unit
from bot.resources.budget import store as budget
from bot.resources.budget.model import Heading
from bot.resources.budget.tables import BudgetBookingRow, BudgetLineRow
from bot.resources.costs import rules
from bot.resources.costs.model import DRILL_ENDED, DRILL_TAKEN, TRAINING, Spent
from bot.resources.costs.rules import Rate


def units(session: Session, paths: Sequence[str], most: int) -> list[Unit]:
    """The units under some paths, the widest first."""
    found = [
        (path.count("/"), path, id) for id, path in people.open_paths(session).items() if path.startswith(tuple(paths))
    ]
    return people.some_units(session, [id for *_, id in sorted(found)[:most]])


def headcounts(session: Session, paths: Sequence[str], now: datetime) -> Counter[int]:
    """How many people work today in each unit with all below it, under some paths."""
    return counting.rolled(counting.by_unit(session, now.date(), paths), counting.paths_of(session))


def spent(session: Session, found: Sequence[Unit], year: int) -> dict[int, Spent]:
    """What the training and drills of a year cost in some units with all below them: four statements for all of them."""
    paths = people.open_paths(session)
    starts = datetime.combine(date(year, 1, 1), time(), UTC)
    ends = datetime.combine(date(year + 1, 1, 1), time(), UTC)
    rates = [
        Rate(row.path, row.post, row.currency, row.hourly) for row in budget.rates(session, [u.path for u in found])
    ]
    made = {unit.id: Spent() for unit in found}
    for unit, post, minutes, drill in _minutes(session, starts, ends):
        path = paths.get(unit or 0)
        if path is None:
            continue
        rate = rules.rate_of(path, post, rates)
        for each in found:
            if path.startswith(each.path):
                _add(made[each.id], minutes, drill, rate)
    _booked(session, found, year, made)
    return made


def _minutes(session: Session, starts: datetime, ends: datetime) -> list[tuple[int | None, str | None, int, bool]]:
    """(unit, post, minutes, whether a drill); real emergencies are no drills."""
    rows = [
        (each.unit, each.post, each.total, False) for each in ledger.sums(session, "minutes", TRAINING, starts, ends)
    ]
    lasted = {
        each.body["muster"]: int(each.body["minutes"])
        for each in ledger.between(session, starts, ends, (DRILL_ENDED,))
        if not each.body.get("real")
    }
    for muster, each in ledger.counted(session, DRILL_TAKEN, "muster", starts, ends):
        if muster in lasted:
            rows.append((each.unit, each.post, lasted[muster] * each.facts, True))
    return rows


def _add(one: Spent, minutes: int, drill: bool, rate: Rate | None) -> None:
    if drill:
        one.drills += minutes
    else:
        one.training += minutes
    if rate is None:
        one.unrated += minutes
    else:
        one.time[rate.currency] = one.time.get(rate.currency, 0) + rules.cost(minutes, rate.hourly)


def _booked(session: Session, found: Sequence[Unit], year: int, made: dict[int, Spent]) -> None:
    query = (
        select(BudgetLineRow.path, BudgetLineRow.currency, func.sum(BudgetBookingRow.amount))
        .join(BudgetBookingRow, BudgetBookingRow.line_id == BudgetLineRow.id)
        .where(BudgetLineRow.year == year, BudgetLineRow.heading == Heading.TRAINING.value)
        .where(speaking.under(BudgetLineRow.path, [unit.path for unit in found]))
        .group_by(BudgetLineRow.path, BudgetLineRow.currency)
    )
    for path, currency, total in session.execute(query):
        for each in found:
            if path.startswith(each.path):
                one = made[each.id].booked
                one[currency] = one.get(currency, 0) + int(total)
