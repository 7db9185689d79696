"""One person's days, read from what was given and what was done. The end of a push waits for it: statements are built once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.db import sets
from bot.db.once import table_of
from bot.learning.habit import rules, store
from bot.learning.habit.model import Mode, Push, Seen, Streak, What
from bot.learning.habit.tables import HabitDayRow, HabitExcuseRow
from bot.learning.model import Kind, State
from bot.learning.tables import AssignmentRow
from bot.ledger import store as ledger
from bot.ledger.tables import FactRow
from bot.people import store as people
from bot.people import worktime
from bot.people.model import Person
from bot.people.tables import LeaveRow, RosterRow

PUSHED = (Kind.LESSON.value, Kind.REVIEW.value, Kind.POLL.value)

a, d = table_of(AssignmentRow), table_of(HabitDayRow)
_e, _f, _leave, _roster = (table_of(row) for row in (HabitExcuseRow, FactRow, LeaveRow, RosterRow))


def missed_in(given: Any) -> ColumnElement[bool]:
    """SQL: what was given in a row of assignments (or a subquery of them) was not begun, and nothing excuses that.

    Excused: it never came, they were on leave or off by the roster, or they say themselves that they were away or ill.
    """
    mine = given.c.person_id
    never_came = exists().where(_f.c.key == sets.joined("undelivered:", given.c.id))
    on_leave = exists().where(
        _leave.c.person_id == mine,
        _leave.c.starts_at < given.c.expires_at,
        or_(_leave.c.ends_at.is_(None), _leave.c.ends_at > given.c.offered_at),
    )
    off = exists().where(_roster.c.person_id == mine, _roster.c.on_date == given.c.on_date, _roster.c.shift.is_(None))
    said_so = exists().where(_e.c.person_id == mine, _e.c.on_date == given.c.on_date)
    return and_(given.c.state == State.OFFERED.value, ~or_(never_came, on_leave, off, said_so))


def _missed() -> Any:
    # what a clock that ran ahead gave is followed by something that was given for an earlier time: it was not real
    following = func.min(a.c.offered_at).over(order_by=a.c.id, rows=(1, None))
    mine = (a.c.person_id == bindparam("person"), a.c.kind.in_(PUSHED))
    given = select(
        a.c.id, a.c.person_id, a.c.on_date, a.c.offered_at, a.c.expires_at, a.c.state, following.label("following")
    )  # fmt: skip
    all_ = given.where(*mine).subquery()
    real = or_(all_.c.following.is_(None), all_.c.following >= all_.c.offered_at)
    over = all_.c.expires_at <= bindparam("now", type_=a.c.expires_at.type)
    return select(all_.c.on_date, all_.c.offered_at, all_.c.expires_at).where(missed_in(all_), real, over)


_pushes = _missed()
_learned = select(d.c.on_date, d.c.assignment_id).where(d.c.person_id == bindparam("person"))


def learned(session: Session, person: int) -> dict[date, int]:
    """The working days on which somebody did what the day held, each with the sitting in which that was."""
    # all at once: to iterate over a result costs several times as much
    rows: Sequence[Any] = session.execute(_learned, {"person": person}).all()
    return dict(rows)


def missed_pushes(session: Session, person: int, now: datetime) -> list[Push]:
    """What lay before somebody until its time was over, without excuse as far as rows can tell."""
    return [Push(*row) for row in session.execute(_pushes, {"person": person, "now": now})]


def seen(
    session: Session, who: Person, now: datetime, known: Mapping[date, int] | None = None
) -> list[tuple[date, Seen]]:
    """All that is known of somebody's days, for `rules.judge`. What still lies open is not known yet.

    `known`: what `learned` answered, where it was asked already.
    """
    done = learned(session, who.id) if known is None else known
    found, missed = [(on, Seen.LEARNED) for on in done], missed_pushes(session, who.id, now)
    if not missed:
        return found
    outages = absences(session, min(each.offered_at for each in missed), now)
    works = worktime.working_days(session, who, {each.on for each in missed})
    said = store.switches(session, who.path)
    for each in missed:
        counted = rules.mode_at(said, who.path, each.offered_at) is not Mode.OFF
        fair = counted and each.on in works and not rules.was_out(each, outages)
        found.append((each.on, Seen.OFFERED if fair else Seen.EXCUSED))
    return found


def streak(
    session: Session, who: Person, now: datetime, on: date | None = None, known: Mapping[date, int] | None = None
) -> Streak:
    """The streak as of a date (today), worked out from the days."""
    found = seen(session, who, now, known)
    # a clock that was set back must not hide what was done while it was ahead
    upto = on or max([people.today_of(who, now), *(day for day, what in found if what is Seen.LEARNED)])
    return rules.streak(rules.judge(found), upto)


def missed(session: Session, who: Person, now: datetime) -> list[date]:
    """Missed days of the last weeks: those of which somebody can still say that they were away."""
    since = people.today_of(who, now) - rules.SAID_WITHIN
    days = rules.judge(seen(session, who, now))
    return sorted(on for on, what in days.items() if what is What.MISSED and on >= since)


def absences(session: Session, since: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """When Davy was not there."""
    found = ledger.between(session, since, now, ("WasAway",))
    return [(datetime.fromisoformat(f.body["since"]), datetime.fromisoformat(f.body["until"])) for f in found]
