"""Saving, changing, pausing and ending a plan. Rights are looked at in the statement that changes it; each is done once."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import exists, insert, or_, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.clock import instant, local_date
from bot.kit.errors import Refused
from bot.learning.courses import publishing
from bot.learning.plans import model, rules, store
from bot.learning.plans.model import Closed, Plan, Standing, Terms
from bot.learning.plans.tables import LessonPlanPostRow, LessonPlanRow
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people
from bot.people.model import Unit, Viewer
from bot.people.tables import UnitRow


def may(viewer: Viewer | None, path: str) -> bool:
    """Whether somebody decides for the people of a unit."""
    return viewer is not None and any(viewer.holds(role, path) for role in publishing.MAY)


def unit(session: Session, viewer: Viewer | None, id: int) -> Unit:
    """A unit for whose people somebody decides. Raises Refused."""
    found = people.unit(session, id)
    if found is None or not may(viewer, found.path):
        raise Refused("learning.plans.not_yours")
    return found


def save(session: Session, viewer: Viewer, terms: Terms, key: str, reached: int, now: datetime) -> int:
    """A new plan; answers its number. Raises Refused: not theirs, or this very draft was saved already."""
    here = unit(session, viewer, terms.unit)
    since = instant(terms.starts_on, time(), here.zone)
    id = _insert(session, viewer, terms, key, 0, since, now)
    if id is None:
        raise Refused("learning.plans.saved_already")
    session.execute(update(LessonPlanRow).where(LessonPlanRow.id == id).values(series=id))
    _note_saved(session, viewer, terms, id, id, reached, now)
    return id


def change(session: Session, viewer: Viewer, series: int, terms: Terms, key: str, reached: int, now: datetime) -> int:
    """Other terms take the place of those that hold, from their day on. Raises Refused: also where it changed meanwhile."""
    here = unit(session, viewer, terms.unit)
    old = _newest(session, viewer, series)
    today = _today(here, now)
    if rules.standing(old, today) not in (Standing.WAITING, Standing.RUNNING):
        raise Refused("learning.plans.changed_meanwhile")
    same = (old.terms.what, old.terms.which) == (terms.what, terms.which)
    since = old.since if same else instant(terms.starts_on, time(), here.zone)
    id = _insert(session, viewer, terms, key, series, since, now)
    if id is None:
        raise Refused("learning.plans.saved_already")
    _close(session, viewer, old, Closed.CHANGED, max(terms.starts_on, old.terms.starts_on))
    _note_saved(session, viewer, terms, id, series, reached, now)
    return id


def pause(session: Session, viewer: Viewer, series: int, now: datetime) -> None:
    """From today on nothing comes of it, until it goes on. Raises Refused."""
    _stop(session, viewer, series, (Standing.WAITING, Standing.RUNNING), Closed.PAUSED, model.PLAN_PAUSED, now)


def end(session: Session, viewer: Viewer, series: int, now: datetime) -> None:
    """From today on it holds no more, for good. Raises Refused."""
    whenever = (Standing.WAITING, Standing.RUNNING, Standing.PAUSED)
    _stop(session, viewer, series, whenever, Closed.ENDED, model.PLAN_ENDED, now)


def go_on(session: Session, viewer: Viewer, series: int, now: datetime) -> None:
    """What was paused holds again from today on, as it was. Raises Refused."""
    old = _newest(session, viewer, series)
    here = unit(session, viewer, old.terms.unit)
    today = _today(here, now)
    if rules.standing(old, today) is not Standing.PAUSED:
        raise Refused("learning.plans.changed_meanwhile")
    terms = Terms(**{**vars(old.terms), "starts_on": rules.begins_again(old.terms, today)})
    if _insert(session, viewer, terms, f"plan:{series}:after:{old.id}", series, old.since, now) is None:
        raise Refused("learning.plans.changed_meanwhile")
    _note(session, viewer, model.PLAN_RESUMED, old, {"plan": series}, now)


def _stop(
    session: Session,
    viewer: Viewer,
    series: int,
    at: tuple[Standing, ...],
    closed: Closed,
    fact: FactKind,
    now: datetime,
) -> None:
    old = _newest(session, viewer, series)
    here = unit(session, viewer, old.terms.unit)
    today = _today(here, now)
    if rules.standing(old, today) not in at:
        raise Refused("learning.plans.changed_meanwhile")
    _close(session, viewer, old, closed, max(today, old.terms.starts_on))
    # what was changed from a later day on still holds until then
    before = (LessonPlanRow.series == series, LessonPlanRow.id != old.id, LessonPlanRow.closed_on > today)
    session.execute(update(LessonPlanRow).where(*before).values(closed_on=today))
    _note(session, viewer, fact, old, {"plan": series}, now)


def _today(here: Unit, now: datetime) -> date:
    return local_date(now, here.zone)


def _newest(session: Session, viewer: Viewer, series: int) -> Plan:
    found = store.newest(session, publishing.paths(viewer), series)
    if not found or not may(viewer, found[0].path):
        raise Refused("learning.plans.not_yours")
    return found[0]


def _close(session: Session, viewer: Viewer, old: Plan, closed: Closed, on: date) -> None:
    """Ends terms on a day, if nobody else did meanwhile and the unit is still theirs."""
    theirs = exists().where(
        UnitRow.id == LessonPlanRow.unit_id, or_(*(UnitRow.path.startswith(path) for path in publishing.paths(viewer)))
    )
    as_read = (
        LessonPlanRow.id == old.id,
        LessonPlanRow.closed_as.is_(None) if old.closed_as is None else LessonPlanRow.closed_as == old.closed_as.value,
    )
    on = on if old.closed_on is None else min(on, old.closed_on)
    wanted = update(LessonPlanRow).where(*as_read, theirs)
    if not changed(session, wanted.values(closed_on=on, closed_as=closed.value, closed_by=viewer.person)):
        raise Refused("learning.plans.changed_meanwhile")


def _insert(
    session: Session, viewer: Viewer, terms: Terms, key: str, series: int, since: datetime, now: datetime
) -> int | None:
    values = {
        "key": key, "series": series, "unit_id": terms.unit, "what": terms.what.value, "which": terms.which,
        "days": terms.days, "at": terms.at, "starts_on": terms.starts_on, "until_on": terms.until_on, "since": since,
        "decided_by": viewer.person, "decided_at": now, "cursor": 0,
    }  # fmt: skip
    id: int | None = insert_once(session, LessonPlanRow, values, "key")
    if id is not None and terms.posts:
        session.execute(insert(LessonPlanPostRow), [{"plan_id": id, "post": post} for post in terms.posts])
    return id


def _note_saved(
    session: Session, viewer: Viewer, terms: Terms, id: int, series: int, reached: int, now: datetime
) -> None:
    body: dict[str, Any] = {
        "plan": series, "what": terms.what.value, "which": terms.which, "days": terms.days,
        "hour": terms.at.isoformat("minutes") if terms.at else None, "posts": len(terms.posts), "people": reached,
        "change": id != series,
    }  # fmt: skip
    fact = Fact(model.PLAN_SAVED, f"plan-saved:{id}", now, viewer.person, terms.unit, body=body)
    record(session, fact, now)


def _note(session: Session, viewer: Viewer, kind: FactKind, old: Plan, body: dict[str, Any], now: datetime) -> None:
    key = f"{kind.name}:{old.id}:{old.closed_as or 'open'}"
    record(session, Fact(kind, key, now, viewer.person, old.terms.unit, body=body), now)
