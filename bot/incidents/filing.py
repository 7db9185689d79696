"""The file of an investigation: what happened when, what shows it, why it happened, what is done, what was learned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.incidents import rules, store
from bot.incidents.actions import may_work, note
from bot.incidents.model import (
    ACTION,
    ACTION_DONE,
    ACTION_OVERDUE,
    ACTION_SET,
    ENTERED,
    Action,
    Control,
    Entry,
    Incident,
    Level,
    State,
)
from bot.incidents.tables import IncidentActionRow, IncidentEntryRow, IncidentRow
from bot.incidents.telling import alert, watch
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import store as people
from bot.people.company import leaders, successor
from bot.people.model import Role

KEPT = "incidents.file_kept"
SLICE = 20


def enter(
    session: Session,
    by: int,
    id: int,
    kind: Entry,
    words: str,
    now: datetime,
    *,
    level: Level | None = None,
    because_of: int | None = None,
    happened_at: datetime | None = None,
    file: tuple[str, str] | None = None,
) -> int:
    """A line of the file; answers its number. Refused once it is in review, and to whoever may not see it."""
    found = may_work(session, by, id, now)
    row = IncidentEntryRow(
        incident_id=id, kind=kind.value, level=level.value if level else None, because_of=because_of,
        happened_at=happened_at, words=words[: rules.MOST_WORDS], person_id=by, at=now,
        file_kind=file[0] if file else None, file_id=file[1] if file else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if file is not None:
        keep: Literal["picture", "film", "file"] = "picture" if file[0] in ("photo", "image") else "file"
        downloads.want(session, file[1], KEPT, {"entry": row.id}, now, keep="film" if file[0] == "video" else keep)
    body = {"entry": kind.value, "level": level.value if level else None}
    note(session, ENTERED, found, by, now, f"entry:{row.id}", **body)
    return row.id


def file_kept(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A job: a photo or paper was fetched and kept, without where it was taken; else the channel's own is shown."""
    which = update(IncidentEntryRow).where(IncidentEntryRow.id == payload["entry"])
    session.execute(which.values(media=payload.get("media")))


def is_root(session: Session, by: int, entry: int, now: datetime) -> Incident:
    """A cause is one behind which nobody can look any further."""
    row = session.get(IncidentEntryRow, entry)
    if row is None or row.kind != Entry.CAUSE.value:
        raise Refused("incidents.not_yours")
    found = may_work(session, by, row.incident_id, now)
    session.execute(update(IncidentEntryRow).where(IncidentEntryRow.id == entry).values(level=Level.ROOT.value))
    return found


# --- what is done -----------------------------------------------------------------------------------------------------


def set_action(
    session: Session, by: int, id: int, control: Control, words: str, owner: int, days: int, now: datetime
) -> Action:
    """Somebody has something to do until a day. They read what it is, and nothing of the investigation."""
    found = may_work(session, by, id, now)
    who = people.person(session, owner, now)
    if who is None or who.left_on is not None or days not in rules.DAYS:
        raise Refused("incidents.cannot_work")
    due = rules.end_of_day(now, days, store.zone(session, found))
    row = IncidentActionRow(
        incident_id=id, control=control.value, words=words[: rules.MOST_WORDS], owner_id=owner, due_at=due,
        look_at=due - rules.DAY_BEFORE, reminded=False, climbed=0, created_by=by, created_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    note(session, ACTION_SET, found, owner, now, f"action:{row.id}", action=row.id, control=control.value, days=days)
    made = store.as_action(row)
    if owner != by:
        _tell(session, made, "incidents.action_yours", [owner], f"action:{row.id}:new", now)
    return made


def done(session: Session, by: int, id: int, now: datetime) -> Action:
    """It is done: its owner says so, or whoever works on the investigation. Refused: to others; the second time."""
    action = store.action(session, id)
    if action is None:
        raise Refused("incidents.not_yours")
    found = store.incident(session, action.incident)
    if found is None or (by != action.owner and store.seen_by(session, action.incident, by, now) is None):
        raise Refused("incidents.not_yours")
    which = (IncidentActionRow.id == id, IncidentActionRow.done_at.is_(None))
    if changed(session, update(IncidentActionRow).where(*which).values(done_at=now, look_at=None)) != 1:
        raise Refused("incidents.done_already")
    note(session, ACTION_DONE, found, by, now, f"action:{id}:done", action=id, late=now > action.due_at)
    if found.owner is not None and found.owner != by:
        _tell(session, action, "incidents.action_done_told", [found.owner], f"action:{id}:done", now)
    return action


def _tell(session: Session, action: Action, key: str, to: list[int], once: str, now: datetime) -> None:
    message = _message(session, action, key, now)
    for id in dict.fromkeys(to):
        what = f"incident-{once}:{id}"
        outbox.send(session, outbox.to_person(id), message, Lane.LESSON, now, key=what, unasked=ACTION)


def _message(session: Session, action: Action, key: str, now: datetime) -> Message:
    said = text(
        key, number=action.incident, words=action.words, control=action.control.value, due=action.due_at.isoformat(),
        name=store.name(session, action.owner, now),
    )  # fmt: skip
    keys = rows(button("incidents.b_done", f"inc:done:{action.id}")) if key != "incidents.action_done_told" else ()
    return Message(said, keys)


def look(session: Session, now: datetime) -> bool:
    """Actions that fall due tomorrow, and those that are late: told one level higher each time. True while more are left."""
    query = select(IncidentActionRow).where(IncidentActionRow.done_at.is_(None), IncidentActionRow.look_at <= now)
    due = session.scalars(query.order_by(IncidentActionRow.look_at).limit(SLICE)).all()
    for row in due:
        _look_at(session, store.as_action(row), row.reminded, now)
    return len(due) == SLICE


def _look_at(session: Session, action: Action, reminded: bool, now: datetime) -> None:
    climbed = action.climbed
    if rules.climb_due(action.due_at, climbed, now):
        climbed += 1
    last = climbed >= len(rules.CLIMB_AFTER)
    then = None if last else action.due_at + rules.CLIMB_AFTER[climbed]
    which = (
        IncidentActionRow.id == action.id, IncidentActionRow.done_at.is_(None),
        IncidentActionRow.climbed == action.climbed, IncidentActionRow.reminded == reminded,
    )  # fmt: skip
    values = {"climbed": climbed, "look_at": then, "reminded": True}
    if changed(session, update(IncidentActionRow).where(*which).values(**values)) != 1:
        return
    if climbed > action.climbed:
        _late(session, action, climbed, now)
    elif not reminded:
        _tell(session, action, "incidents.action_tomorrow", [action.owner], f"action:{action.id}:tomorrow", now)


def _late(session: Session, action: Action, climbed: int, now: datetime) -> None:
    found = store.incident(session, action.incident)
    if found is None:
        return
    note(
        session, ACTION_OVERDUE, found, None, now, f"action:{action.id}:late:{climbed}", action=action.id, step=climbed
    )
    key = f"action:{action.id}:late:{climbed}"
    if climbed == 1:
        them = [action.owner, *([found.owner] if found.owner else watch(session, found, now))]
        _tell(session, action, "incidents.action_late", them, key, now)
    elif climbed == 2:
        _tell(session, action, "incidents.action_late", watch(session, found, now), key, now)
    else:
        every = (Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN)
        alert(session, found, _message(session, action, "incidents.action_late", now), key, now, every)


def pass_on(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on PersonLeft: what they led and had to do passes to their successor, else to whoever answers there."""
    leaver = payload["person"]
    if leaver is None:
        return
    heir = successor(session, leaver)
    todo = select(IncidentActionRow).where(IncidentActionRow.owner_id == leaver, IncidentActionRow.done_at.is_(None))
    for row in session.scalars(todo).all():
        found = store.incident(session, row.incident_id)
        led = leaders(session, found.path, now, besides=leaver) if found else []
        row.owner_id = heir or (led[0].id if led else row.owner_id)
    session.flush()
    _pass_on_led(session, leaver, heir, now)


def _pass_on_led(session: Session, leaver: int, heir: int | None, now: datetime) -> None:
    hot = (State.INVESTIGATING.value, State.REVIEW.value)
    query = select(IncidentRow).where(IncidentRow.owner_id == leaver, IncidentRow.state.in_(hot))
    for row in session.scalars(query).all():
        hurt = heir is not None and row.id in {each.id for each in store.of_injured(session, heir, 50)}
        hidden = heir is not None and heir in store.members(session, row.id, store.HIDDEN)
        row.owner_id = None if hurt or hidden else heir
        if row.owner_id is None:
            row.ask_at, row.asked = now + timedelta(minutes=1), 0
    session.flush()
