"""A long push that somebody started: planned slice by slice, counted while it runs, paused, let go on, and taken back.

Its messages are rows of the outbox that carry its number. They follow its state: those of a paused one are set aside
(`paused`), so that nobody claims them, and come back when it goes on. What has started by then is sent: at most the calls
in flight. All that a person changes is a conditional update of one row, and the rows follow in slices.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case, func, null, select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once, table_of
from bot.db.writer import after_commit
from bot.delivery import approvals, backlog, budget, forecasting, planning, schedules
from bot.delivery import audience as audiences
from bot.delivery.approvals import Matter
from bot.delivery.audience import Audience
from bot.delivery.estimate import allowed, ends
from bot.delivery.model import UnaskedKind
from bot.delivery.tables import BroadcastRow, OutboxRow
from bot.kit.errors import Refused
from bot.kit.replies import Message, from_json, to_json
from bot.kit.texts import text
from bot.people.model import Role, Viewer
from bot.people.tables import PersonRow

LASTS = timedelta(days=3)
"""What has not gone out by then is stale."""
MOST = 1000
"""Rows that follow their broadcast in one slice."""
LEAST_STEP = 25
"""Where many have a full day a slice is small: each of them is told of what waits."""
LONG = timedelta(minutes=1)
"""Those who follow later take so long that the end is worth naming."""
BEGUN = "delivery.broadcast_begun"
"""The job that begins at once what the tick would begin soon."""
PAUSED = "paused"
FAILED = ("failed", "expired", "dropped", "left")
_o, _b = table_of(OutboxRow), table_of(BroadcastRow)


SECONDED = "delivery.broadcast_seconded"
"""The job that runs when a second person has said yes or no to a large one, or nobody did in time."""


class State(StrEnum):
    """What a broadcast is doing. It may be paused and cancelled while it is still being planned.

    `asked`: it goes to so many people that a second person must agree first.
    """

    ASKED = "asked"
    PLANNING = "planning"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


GOING = (State.PLANNING, State.RUNNING)


@dataclass(frozen=True)
class Counts:
    """Where the messages of a broadcast are. `later`: those that wait for a time, as (when, how many)."""

    sent: int
    failed: int
    due: int
    """Waiting to go at once, or on their way."""
    later: tuple[tuple[datetime, int], ...]
    paused: int
    held: int
    """Kept back because the person's day is full."""
    taken_back: int

    @property
    def open(self) -> int:
        """How many may still go out by themselves."""
        return self.due + self.paused + sum(count for _, count in self.later)


def begin(
    session: Session,
    starter: Viewer,
    message: Message,
    audience: Audience,
    kind: UnaskedKind,
    now: datetime,
    *,
    key: str,
    role: Role = Role.SUPERVISOR,
    ref: str | None = None,
    on_end: str | None = None,
) -> int | None:
    """Starts a broadcast; its number, or None where `key` was used before. Raises Refused to whom a unit is not theirs.

    `ref`: the message in which whoever started it sees how it goes. `on_end`: the kind of job that is run when it has
    ended, with {broadcast, person, state, total, sent, failed, held, taken_back}.
    """
    if not _holds(starter, role, audience):
        raise Refused("delivery.not_yours_to_send")
    values = {
        "key": key, "person_id": starter.person, "role": role.value, "kind": kind.name, "ref": ref, "on_end": on_end,
        "audience": audiences.to_json(audience), "payload": to_json(message), "state": State.PLANNING.value,
        "cursor": 0, "step": 4 * LEAST_STEP, "total": 0, "look_at": 0.0,
        "created_at": now, "expires_at": now + LASTS,
    }  # fmt: skip
    id: int | None = insert_once(session, BroadcastRow, values, "key")
    if id is not None and not _asks(session, id, starter, audience, message, now):
        jobs.enqueue(session, BEGUN, {}, key=f"broadcast-begins:{id}", now=now)
    return id


def _asks(session: Session, id: int, starter: Viewer, audience: Audience, message: Message, now: datetime) -> bool:
    """Whether a large one waits for a second person. Where there is none it goes out, and that stands on the trail."""
    members = audiences.members(audience, now).with_only_columns(PersonRow.id).order_by(None).subquery()
    count = session.scalar(select(func.count()).select_from(members), {"on": now.date()}) or 0
    if count <= approvals.usual.over:
        return False
    said = text("delivery.large_broadcast", count=count, words=message.text or text("delivery.just", text=""))
    path = min(audience.paths, key=len)
    matter = Matter("broadcast", SECONDED, {"broadcast": id}, said, path, approvals.at_least(Role.MANAGER))
    if not approvals.able(session, matter, starter.person, now):
        approvals.alone(session, starter.person, "broadcast", id, f"broadcast:{id}", now)
        return False
    session.execute(update(BroadcastRow).where(BroadcastRow.id == id).values(state=State.ASKED.value))
    approvals.ask(session, starter.person, matter, now, key=f"broadcast:{id}:{now.isoformat()}")
    return True


def seconded(session: Session, id: int, by: Viewer | None, yes: bool, now: datetime) -> BroadcastRow | None:
    """A second person has spoken: it is planned, or will never be; also where whoever started it no longer may."""
    row = session.get(BroadcastRow, id, populate_existing=True)
    if row is None or row.state != State.ASKED:
        return None
    yes = yes and by is not None and _holds(by, Role(row.role), audiences.from_json(row.audience))
    _change(session, row, (State.ASKED,), State.PLANNING if yes else State.CANCELLED)
    return row


# --- while it runs -------------------------------------------------------------------------------------------------


def pause(session: Session, id: int, by: Viewer, now: datetime) -> BroadcastRow:
    """Holds what has not started. Raises Refused to others than whoever started it, and where it is not going on."""
    row = _theirs(session, id, by)
    _change(session, row, GOING, State.PAUSED)
    _follow(session, row, now)
    return row


def go_on(session: Session, id: int, by: Viewer, now: datetime) -> BroadcastRow:
    """Lets a paused one go on. Raises Refused also to whom its units are no longer theirs."""
    row = _theirs(session, id, by)
    if not _holds(by, Role(row.role), audiences.from_json(row.audience)):
        raise Refused("delivery.not_yours_to_send")
    _change(session, row, (State.PAUSED,), State.RUNNING if row.planned_at else State.PLANNING)
    _follow(session, row, now)
    return row


def stop(session: Session, id: int, by: Viewer, now: datetime) -> BroadcastRow:
    """Takes back what has not gone out. Raises Refused."""
    row = _theirs(session, id, by)
    _change(session, row, (*GOING, State.PAUSED, State.ASKED), State.CANCELLED)
    approvals.withdraw(session, f"broadcast:{id}", now)
    _follow(session, row, now)
    return row


def _theirs(session: Session, id: int, by: Viewer) -> BroadcastRow:
    row = session.get(BroadcastRow, id, populate_existing=True)
    if row is None or row.person_id != by.person:
        raise Refused("delivery.not_your_broadcast")
    return row


def _holds(viewer: Viewer, role: Role, audience: Audience) -> bool:
    return bool(audience.paths) and all(viewer.holds(role, path) for path in audience.paths)


def _change(session: Session, row: BroadcastRow, before: Sequence[State], after: State) -> None:
    wanted = update(BroadcastRow).where(BroadcastRow.id == row.id, BroadcastRow.state.in_(before))
    if changed(session, wanted.values(state=after.value, look_at=0.0)) == 0:
        raise Refused("delivery.broadcast_changed")
    session.refresh(row)


def counts(session: Session, id: int, now: datetime) -> Counts:
    """Where its messages are, by one grouped query over an index."""
    waits = (_o.c.state == "waiting") & (_o.c.not_before > now)
    at = case((waits, _o.c.not_before), else_=null()).label("at")
    found = session.execute(
        select(_o.c.state, at, func.count().label("n")).where(_o.c.broadcast_id == id).group_by(_o.c.state, at)
    ).all()

    def of(*states: str) -> int:
        return sum(row.n for row in found if row.state in states and row.at is None)

    later = tuple(sorted((row.at, row.n) for row in found if row.at is not None))
    return Counts(
        of("sent"), of(*FAILED), of("waiting", "started"), later, of(PAUSED), of(backlog.HELD), of("cancelled", "replaced")
    )  # fmt: skip


def expected_end(session: Session, counts: Counts, now: datetime) -> datetime | None:
    """When the last will have gone of those to whom it goes now, else of those who follow; None while it stands still."""
    if counts.paused or not counts.open:
        return None
    if counts.due:
        return ends(now, counts.due, (), allowed, ahead=forecasting.due(session, now) - counts.due)
    last = ends(now, 0, counts.later, allowed)
    return last if last > max(counts.later)[0] + LONG else None


# --- what falls due ------------------------------------------------------------------------------------------------


def open_ones(session: Session) -> list[BroadcastRow]:
    """Those that have not ended, oldest first; another replica's are passed over."""
    query = select(BroadcastRow).where(BroadcastRow.ended_at.is_(None)).order_by(BroadcastRow.id)
    locked = query.with_for_update(skip_locked=True)
    return list(session.scalars(locked.execution_options(populate_existing=True)))


def advance(session: Session, row: BroadcastRow, now: datetime) -> bool:
    """One slice of what a broadcast needs: its rows follow its state, or the next people are planned; True if more is left."""
    if row.state == State.ASKED:
        return False
    if row.state == State.PAUSED and row.expires_at <= now:
        _change(session, row, (State.PAUSED,), State.CANCELLED)
    if _follow(session, row, now):
        return True
    if row.state != State.PLANNING:
        return False
    began = time.monotonic()
    said = planning.Broadcast(
        f"broadcast:{row.id}", from_json(row.payload), budget.kind_of(row.kind), audiences.from_json(row.audience),
        row.expires_at, number=row.id,
    )  # fmt: skip
    done = planning.plan_slice(session, said, row.cursor, row.step, now)
    row.cursor, row.total = done.cursor, row.total + done.planned
    row.step = _next_step(row.step, time.monotonic() - began)
    if not done.more:
        row.state, row.planned_at = State.RUNNING.value, now
    session.flush()
    return done.more


def _next_step(step: int, took: float) -> int:
    wanted = int(step * min(2.0, max(0.25, schedules.SLICE_S / max(took, 1e-6))))
    return max(LEAST_STEP, min(schedules.MOST_STEP, wanted))


def _follow(session: Session, row: BroadcastRow, now: datetime) -> bool:
    """The next rows of the outbox take the state that their broadcast has; True while more of them are left."""
    wrong: tuple[str, ...]
    values: dict[str, Any]
    match State(row.state):
        case State.PAUSED:
            wrong, values = ("waiting",), {"state": PAUSED}
        case State.PLANNING | State.RUNNING:
            wrong, values = (PAUSED,), {"state": "waiting"}
        case _:
            wrong, values = ("waiting", PAUSED, backlog.HELD), {"state": "cancelled", "settled_at": now}
    mine = (_o.c.broadcast_id == row.id, _o.c.state.in_(wrong))
    first = select(_o.c.id).where(*mine).order_by(_o.c.not_before, _o.c.id).limit(MOST)
    moved = changed(session, update(_o).where(_o.c.id.in_(first), _o.c.state.in_(wrong)).values(**values))
    if moved and values["state"] == "waiting":
        after_commit(session, "outbox")
    return moved == MOST


def end(session: Session, row: BroadcastRow, counts: Counts, now: datetime) -> bool:
    """Ends a broadcast of which nothing is under way any more; whoever asked to hear of it hears of it."""
    if row.state not in (State.RUNNING, State.CANCELLED) or counts.open:
        return False
    row.state = State.DONE.value if row.state == State.RUNNING else row.state
    row.ended_at = now
    session.flush()
    if row.on_end is not None:
        told = {
            "broadcast": row.id, "person": row.person_id, "state": row.state, "total": row.total, "sent": counts.sent,
            "failed": counts.failed, "held": counts.held, "taken_back": counts.taken_back,
        }  # fmt: skip
        jobs.enqueue(session, row.on_end, told, key=f"broadcast-ended:{row.id}", now=now)
    return True
