"""A day is noted, a badge is earned, a unit is switched, a board is opened, joined and left."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.kit.errors import Refused
from bot.kit.texts import Text
from bot.learning.habit import days, rules, showing, store
from bot.learning.habit.model import (
    BADGE_EARNED,
    BOARD_CLOSED,
    BOARD_OPENED,
    DAY_LEARNED,
    GROUNDS,
    HABIT_SWITCHED,
    Badge,
    Mode,
)
from bot.learning.habit.tables import (
    HabitBadgeRow,
    HabitBoardRow,
    HabitDayRow,
    HabitExcuseRow,
    HabitMemberRow,
    HabitSwitchRow,
)
from bot.learning.model import Assignment, Kind
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people
from bot.people import worktime
from bot.people.model import Person, Role, Unit, Viewer

COUNTED = (Kind.LESSON, Kind.REVIEW, Kind.POLL, Kind.PRACTICE)
BOARD, PICTURE = "learning.habit.board", "learning.habit.picture"


# --- the end of a day's learning -----------------------------------------------------------------------------------


def end_of_day(session: Session, given: Assignment, who: Person, now: datetime) -> Text | None:
    """A sitting has ended: its day is noted, once, and what there is to be glad of is answered in one line.

    The same sitting is answered the same when its last button is pressed twice.
    """
    mode = _mode(session, given, who, now)
    known = _note(session, given, who, now) if mode is not Mode.OFF else {}
    if mode is not Mode.ON or known.get(given.on_date) != given.id:
        return None
    back = rules.came_back(known, given.on_date)
    has = store.badges(session, who.id)
    if _earn_by_learning(session, given, who, {each.badge for each in has}, back, now):
        has = store.badges(session, who.id)
    fresh = [each for each in has if each.told_in in (None, given.id)]
    if any(each.told_in is None for each in fresh):
        untold = (HabitBadgeRow.person_id == who.id, HabitBadgeRow.told_in.is_(None))
        session.execute(update(HabitBadgeRow).where(*untold).values(told_in=given.id))
    return showing.end(days.streak(session, who, now, known=known), [each.badge for each in fresh], back)


def note_day(session: Session, given: Assignment, who: Person, now: datetime) -> None:
    """The same where nothing can be said: a native quiz has no end of its own."""
    if _mode(session, given, who, now) is not Mode.OFF:
        _note(session, given, who, now)


def _mode(session: Session, given: Assignment, who: Person, now: datetime) -> Mode:
    return store.mode(session, who.path, now) if given.kind in COUNTED else Mode.OFF


def _note(session: Session, given: Assignment, who: Person, now: datetime) -> dict[date, int]:
    """The days that somebody has learned, this one among them where it is a working day of theirs."""
    known = days.learned(session, who.id)
    if given.on_date in known or given.on_date not in worktime.working_days(session, who, {given.on_date}):
        return known
    values = {"person_id": who.id, "on_date": given.on_date, "assignment_id": given.id, "at": now}
    if insert_once(session, HabitDayRow, values) is None:
        return days.learned(session, who.id)
    record(session, Fact(DAY_LEARNED, f"learned:{given.id}", now, who.id, who.unit, who.post), now)
    return known | {given.on_date: given.id}


def say_away(session: Session, who: Person, now: datetime) -> int:
    """Somebody was away or ill on the days they missed of late: these break nothing. Answers how many days that is."""
    values = [{"person_id": who.id, "on_date": on} for on in days.missed(session, who, now)]
    for each in values:
        insert_once(session, HabitExcuseRow, each)
    return len(values)


def _earn_by_learning(
    session: Session, given: Assignment, who: Person, has: Container[Badge], back: bool, now: datetime
) -> bool:
    """What only learning knows; says whether something is new. Looked up until somebody has it, never again."""
    new = []
    if back and Badge.CAME_BACK not in has:
        new.append(Badge.CAME_BACK)
    if Badge.KEPT not in has and store.kept(session, who.id, given.id, now):
        new.append(Badge.KEPT)
    if Badge.TEN_TOPICS not in has and store.topics_read(session, who.id) >= GROUNDS[Badge.TEN_TOPICS].needs:
        new.append(Badge.TEN_TOPICS)
    return sum(earn(session, who, badge, now) for badge in new) > 0


def earn(session: Session, who: Person, badge: Badge, now: datetime) -> bool:
    """Somebody has a badge from now on, once; nothing is sent: they are told when they next end a day's learning."""
    if store.mode(session, who.path, now) is not Mode.ON:
        return False
    key = f"badge:{who.id}:{badge.value}"
    values = {"key": key, "person_id": who.id, "badge": badge.value, "earned_on": people.today_of(who, now)}
    id = insert_once(session, HabitBadgeRow, values, "key")
    if id is None:
        return False
    fact = Fact(BADGE_EARNED, f"badge:{id}", now, who.id, who.unit, who.post, {"badge": badge.value})
    return record(session, fact, now)


# --- what is counted where -----------------------------------------------------------------------------------------


def unit_of(session: Session, id: int) -> Unit:
    """A unit that was pressed. Raises Refused where it is none."""
    found = people.unit(session, id)
    if found is None:
        raise Refused("delivery.stale")
    return found


def switch(session: Session, viewer: Viewer, unit: Unit, mode: Mode, now: datetime) -> bool:
    """From now on a unit counts in this mode; False where it does already. Raises Refused to others than a manager of it."""
    if not viewer.holds(Role.MANAGER, unit.path):
        raise Refused("learning.habit.not_manager")
    if store.mode(session, unit.path, now) is mode:
        return False
    values = {"unit_id": unit.id, "mode": mode.value, "at": now, "by": viewer.person}
    id = session.execute(insert(HabitSwitchRow).values(**values).returning(HabitSwitchRow.id)).scalar_one()
    body = {"mode": mode.value, "over": unit.id}
    return record(session, Fact(HABIT_SWITCHED, f"habit-switched:{id}", now, viewer.person, body=body), now)


# --- the board -----------------------------------------------------------------------------------------------------


def may_open(session: Session, viewer: Viewer, unit: Unit) -> None:
    """Raises Refused to who does not lead a unit, and where it has no teams to show."""
    if not viewer.holds(Role.SUPERVISOR, unit.path):
        raise Refused("learning.habit.not_leader")
    if len(store.parts(session, unit.id)) < 2:
        raise Refused("learning.habit.no_parts")


def open_board(session: Session, viewer: Viewer, unit: Unit, now: datetime) -> bool:
    """The teams of a unit have a board; False where they had. Nobody is in it before they say so themselves."""
    may_open(session, viewer, unit)
    if store.mode(session, unit.path, now) is Mode.OFF:
        raise Refused("learning.habit.is_off")
    values = {"unit_id": unit.id, "at": now, "by": viewer.person}
    if insert_once(session, HabitBoardRow, values) is None:
        return False
    _note_board(session, BOARD_OPENED, viewer, unit, now)
    return True


def close_board(session: Session, viewer: Viewer, unit: Unit, now: datetime) -> bool:
    """The board is gone, and with it who had joined: opened again it begins empty."""
    if not viewer.holds(Role.SUPERVISOR, unit.path):
        raise Refused("learning.habit.not_leader")
    if not changed(session, delete(HabitBoardRow).where(HabitBoardRow.unit_id == unit.id)):
        return False
    session.execute(delete(HabitMemberRow).where(HabitMemberRow.unit_id == unit.id))
    _note_board(session, BOARD_CLOSED, viewer, unit, now)
    return True


def _note_board(session: Session, kind: FactKind, viewer: Viewer, unit: Unit, now: datetime) -> None:
    key = f"{kind.name}:{unit.id}:{now.isoformat()}"
    record(session, Fact(kind, key, now, viewer.person, body={"over": unit.id}), now)


def join(session: Session, who: Person, now: datetime) -> Unit:
    """Somebody's days count for their team in the board above them from now on. Raises Refused where there is none."""
    unit = store.boards_above(session, who.path)
    if unit is None or store.mode(session, who.path, now) is Mode.OFF:
        raise Refused("learning.habit.no_board")
    leave(session, who)
    insert_once(session, HabitMemberRow, {"person_id": who.id, "unit_id": unit.id, "at": now})
    return unit


def leave(session: Session, who: Person) -> bool:
    """Nothing of theirs counts there any more, at once and for all days; False where nothing did."""
    return changed(session, delete(HabitMemberRow).where(HabitMemberRow.person_id == who.id)) == 1


def may_see_board(session: Session, viewer: Viewer, unit: Unit) -> None:
    """Raises Refused to who neither joined a board nor leads its unit, and where there is none."""
    led = viewer.holds(Role.SUPERVISOR, unit.path)
    if not store.has_board(session, unit.id) or not (led or store.joined(session, viewer.person) == unit.id):
        raise Refused("learning.habit.no_board")


def ask_for_board(session: Session, viewer: Viewer, unit: Unit, now: datetime, *, update: int) -> None:
    """Queues the reading of a board: it looks at a week of many, and what people send meanwhile must not wait."""
    may_see_board(session, viewer, unit)
    _ask(session, BOARD, viewer.person, now, update, unit=unit.id)


def ask_for_picture(session: Session, who: Person, now: datetime, *, update: int) -> None:
    """Queues the drawing of somebody's own badges."""
    _ask(session, PICTURE, who.id, now, update)


def _ask(session: Session, job: str, person: int, now: datetime, event: int, **more: int) -> None:
    key = f"{job}:{person}:{event}"
    jobs.enqueue(session, job, {"person": person, "key": key, **more}, key=key, now=now)
