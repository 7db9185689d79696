"""Things that happen at a time of their own. What is due is in tables, and each runs once a local date.

A schedule is a row; a run of it is a row whose key (`run:{schedule}:{local date}`) can be written once. What is due is
worked out from `now` alone and not from a remembered next time: a clock that is set forward and back again leaves
nothing out, and the keys see to it that nothing comes twice. The metronome calls `work`, slice by slice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import audience as audiences
from bot.delivery import timing as timings
from bot.delivery.audience import EVERYONE, Audience
from bot.delivery.tables import ScheduleRow, ScheduleRunRow
from bot.delivery.timing import Occurrence, Timing
from bot.kit.room import Tick

FIRST_STEP, MOST_STEP = 500, 5000
"""People in a slice: fewer would take no less time, because a slice has its own cost."""
SLICE_S = 0.04
"""What a slice may take of the writer; the next one takes more or fewer people accordingly."""


class Missed(StrEnum):
    """What becomes of times that were missed (the program was down) by no more than `catch_up`."""

    LATEST = "latest"
    """The newest is caught up, older ones are left out."""
    EACH = "each"
    """Each is caught up."""


@dataclass(frozen=True)
class Schedule:
    """What is done when, in which zone, for whom; what was missed by more than `catch_up` is left out."""

    key: str
    does: str
    timing: str
    zone: str = "UTC"
    audience: Audience = EVERYONE
    missed: Missed = Missed.LATEST
    catch_up: timedelta = timedelta(hours=2)
    paused: bool = False

    @property
    def when(self) -> Timing:
        """Its timing. Raises BadTiming."""
        return timings.parse(self.timing)


@dataclass(frozen=True)
class Run:
    """One run of a schedule that is being planned: who was looked at, how many the next slice takes."""

    key: str
    schedule: str
    due_at: datetime
    cursor: int
    step: int
    planned: int

    @property
    def name(self) -> str:
        """The date or time that it is the run of."""
        return self.key.removeprefix(f"run:{self.schedule}:")


@dataclass(frozen=True)
class Slice:
    """What a slice did: up to whom, for how many something was planned, whether more is left."""

    cursor: int
    planned: int
    more: bool
    step: int | None = None
    """How many people the next slice is to take, where the room knows better than the time that this one took."""


Plan = Callable[[Session, Schedule, Run, datetime], Slice]
_declared: dict[str, Schedule] = {}


def declare(schedule: Schedule) -> Schedule:
    """A schedule that comes with the program; an operator's changes to its row stay. Raises BadTiming."""
    check(schedule)
    return _declared.setdefault(schedule.key, schedule)


def tick(schedule: Schedule, plan: Plan, seconds: float = 10) -> Tick:
    """A declared schedule and all others that do the same, as a tick of a room."""
    declare(schedule)

    def do(session: Session, now: datetime) -> bool:
        return work(schedule.does, plan, session, now)

    do.__doc__ = plan.__doc__
    return Tick(schedule.does, do, seconds)


def check(schedule: Schedule) -> None:
    """Raises ValueError (a timing or zone that means nothing)."""
    timings.parse(schedule.timing)
    try:
        ZoneInfo(schedule.zone)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{schedule.zone!r} is no time zone; write it like Europe/Madrid") from error


def put(session: Session, schedule: Schedule) -> None:
    """Adds or changes a schedule. Raises ValueError on one that means nothing."""
    check(schedule)
    row = session.get(ScheduleRow, schedule.key) or ScheduleRow(key=schedule.key)
    row.does, row.timing, row.zone = schedule.does, schedule.timing, schedule.zone
    row.audience, row.missed = audiences.to_json(schedule.audience), schedule.missed.value
    row.catch_up_minutes = int(schedule.catch_up.total_seconds() // 60)
    session.add(row)
    session.flush()


def pause(session: Session, key: str, at: datetime | None) -> bool:
    """Pauses a schedule (with None: lets it go on); False where there is none."""
    return changed(session, update(ScheduleRow).where(ScheduleRow.key == key).values(paused_at=at)) == 1


def all_schedules(session: Session, does: str | None = None) -> list[Schedule]:
    """All schedules, those that come with the program put in where they are missing."""
    rows = {row.key: row for row in session.scalars(select(ScheduleRow).order_by(ScheduleRow.key))}
    if missing := [each for each in _declared.values() if each.key not in rows]:
        for each in missing:
            put(session, each)
        return all_schedules(session, does)
    return [_schedule(row) for row in rows.values() if does in (None, row.does)]


def known(session: Session) -> list[Schedule]:
    """The same for whoever only looks: nothing is put in."""
    rows = {row.key: _schedule(row) for row in session.scalars(select(ScheduleRow))}
    return sorted({**_declared, **rows}.values(), key=lambda each: each.key)


def schedule(session: Session, key: str) -> Schedule | None:
    """A schedule by its key."""
    return next((each for each in all_schedules(session) if each.key == key), None)


def _schedule(row: ScheduleRow) -> Schedule:
    return Schedule(
        row.key, row.does, row.timing, row.zone, audiences.from_json(row.audience), Missed(row.missed),
        timedelta(minutes=row.catch_up_minutes), row.paused_at is not None,
    )  # fmt: skip


# --- runs ----------------------------------------------------------------------------------------------------------


def due(schedule: Schedule, now: datetime) -> list[Occurrence]:
    """The times that are due now and not too late, oldest first. Pure."""
    # the moment itself is the last that is in time, so that a catch-up of nothing still runs what is on time
    since = now - max(schedule.catch_up, timedelta(minutes=1))
    if schedule.missed is Missed.EACH:
        return sorted(schedule.when.occurrences(schedule.zone, since, now), key=lambda each: each.at)
    newest = timings.newest(schedule.when, schedule.zone, since, now)
    return [newest] if newest else []


def once(session: Session, key: str, now: datetime) -> bool:
    """True for the first caller of a key (`run:{schedule}:{local date}`), False for every later one."""
    return insert_once(session, ScheduleRunRow, {"key": key, "at": now}) is not None


def start(session: Session, schedule: str, name: str, due_at: datetime, now: datetime) -> bool:
    """Begins the run of a date or time, once; False where it was begun before."""
    values = {
        "key": f"run:{schedule}:{name}", "schedule": schedule, "due_at": due_at, "at": now,
        "state": "running", "cursor": 0, "step": FIRST_STEP, "planned": 0,
    }  # fmt: skip
    return insert_once(session, ScheduleRunRow, values) is not None


def start_due(session: Session, schedules: Sequence[Schedule], now: datetime) -> int:
    """Begins what is due; answers how many runs are new."""
    begun = [(each, at) for each in schedules if not each.paused for at in due(each, now)]
    keys = [f"run:{each.key}:{at.name}" for each, at in begun]
    there = set(session.scalars(select(ScheduleRunRow.key).where(ScheduleRunRow.key.in_(keys)))) if keys else set()
    new = [(each, at) for each, at in begun if f"run:{each.key}:{at.name}" not in there]
    return sum(start(session, each.key, at.name, at.at, now) for each, at in new)


def running(session: Session, schedules: Sequence[str]) -> Run | None:
    """The oldest run of these schedules that is not planned to its end; another replica's is passed over."""
    query = (
        select(ScheduleRunRow)
        .where(ScheduleRunRow.state == "running", ScheduleRunRow.schedule.in_(schedules))
        .order_by(ScheduleRunRow.at, ScheduleRunRow.key)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalar(query.execution_options(populate_existing=True))
    return as_run(row) if row else None


def as_run(row: ScheduleRunRow) -> Run:
    """A row as a Run."""
    return Run(row.key, row.schedule or "", row.due_at or row.at, row.cursor, row.step, row.planned)


def slice_of(session: Session, run: Run, work: Callable[[Run], Slice], now: datetime) -> bool:
    """Does one slice of a run and remembers how far it came; True while more is left."""
    began = time.monotonic()
    done = work(run)
    step = done.step or next_step(run.step, time.monotonic() - began)
    end = {} if done.more else {"state": "done", "done_at": now}
    values = {"cursor": done.cursor, "step": step, "planned": run.planned + done.planned}
    session.execute(update(ScheduleRunRow).where(ScheduleRunRow.key == run.key).values(**values, **end))
    return done.more


def next_step(step: int, took: float) -> int:
    """How many people the next slice takes after one that took so many seconds: never more than twice as many."""
    factor = min(2.0, max(0.25, SLICE_S / took)) if took > 0 else 2.0
    return max(FIRST_STEP, min(MOST_STEP, int(step * factor)))


def again(session: Session, run: str, before: datetime, now: datetime) -> bool:
    """Lets a run that ended before an instant go through its people once more, for who has come meanwhile."""
    ended = (ScheduleRunRow.key == run, ScheduleRunRow.state == "done", ScheduleRunRow.done_at <= before)
    begin = update(ScheduleRunRow).where(*ended).values(state="running", cursor=0, step=FIRST_STEP, done_at=now)
    return changed(session, begin) == 1


def hurry(session: Session, key: str, now: datetime) -> int:
    """Lets the last day's runs that ended go through their people again at once; answers how many."""
    ended = (ScheduleRunRow.schedule == key, ScheduleRunRow.state == "done", ScheduleRunRow.at > now - timings.DAY)
    return changed(session, update(ScheduleRunRow).where(*ended).values(done_at=timings.EPOCH))


def work(does: str, plan: Plan, session: Session, now: datetime) -> bool:
    """A tick: begins what is due of the schedules that do this, and plans one slice; True while more is left."""
    known = {each.key: each for each in all_schedules(session, does)}
    start_due(session, list(known.values()), now)
    run = running(session, [each.key for each in known.values() if not each.paused])
    if run is None:
        return False
    slice_of(session, run, lambda run: plan(session, known[run.schedule], run, now), now)
    return True


def last_run(session: Session, key: str) -> ScheduleRunRow | None:
    """The newest run of a schedule."""
    query = select(ScheduleRunRow).where(ScheduleRunRow.schedule == key).order_by(ScheduleRunRow.at.desc()).limit(1)
    return session.scalar(query.execution_options(populate_existing=True))


def runs(session: Session, key: str, since: datetime) -> list[ScheduleRunRow]:
    """The runs of a schedule that are not done or were begun since an instant."""
    recent = or_(ScheduleRunRow.at > since, ScheduleRunRow.state == "running")
    query = select(ScheduleRunRow).where(ScheduleRunRow.schedule == key, recent)
    return list(session.scalars(query.execution_options(populate_existing=True)))
