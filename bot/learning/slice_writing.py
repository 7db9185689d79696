"""The statements that write a slice of the daily push from its working table, built once for each engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Executable, bindparam, func, literal, select, update

from bot.db import sets
from bot.db.among import among
from bot.db.base import Big, Instant
from bot.db.once import table_of
from bot.delivery import budget
from bot.delivery.outbox import Lane
from bot.delivery.tables import OutboxRow, in_state
from bot.learning import model
from bot.learning.model import Kind, State
from bot.learning.tables import AssignmentRow, WishRow
from bot.learning.working import s, words
from bot.library.tables import LessonRow

FAILED = "learning.push_failed"
TOPIC = "push"
BLANK = "@assignment@"
"""Where the assignment's number goes in a message's template."""

a, o, w = table_of(AssignmentRow), table_of(OutboxRow), table_of(WishRow)
_now = bindparam("now", type_=Instant())
_on = bindparam("on", type_=sa.Date())
_expires = bindparam("expires_at", type_=Instant())

assigned = (
    select(
        sets.joined("assigned:", s.c.assignment_id).label("key"), s.c.person_id, s.c.unit_id, s.c.post,
        sets.json_of(literal("lesson", sa.String), s.c.lesson_id, literal("version", sa.String), s.c.version).label("body"),
    )
    .where(s.c.assignment_id.is_not(None))
    .subquery()
)  # fmt: skip
not_delivered = (
    select(
        sets.joined("undelivered:", s.c.assignment_id).label("key"), s.c.person_id, s.c.unit_id, s.c.post,
        sets.json_of().label("body"),
    )
    .where(s.c.assignment_id.is_not(None), s.c.start_at.is_(None))
    .subquery()
)  # fmt: skip


@dataclass(frozen=True)
class Writing:
    """The statements that write a slice, in the order in which they are run."""

    assign: Executable
    number: Executable
    drop_raced: Executable
    place: Executable
    grant: Executable
    leave_out: Executable
    waiting: Executable
    replace: Executable
    send: Executable


@cache
def writing(engine: str) -> Writing:
    """All of them."""
    return Writing(
        assign=_assign(engine),
        number=_number(),
        drop_raced=sa.delete(s).where(s.c.assignment_id.is_(None)),
        place=_place(),
        grant=_grant(),
        leave_out=update(s).where(s.c.used >= bindparam("places", type_=sa.Integer)).values(start_at=None),
        waiting=_waiting(),
        replace=_replace(),
        send=_send(engine),
    )


_key = sets.joined("push:", s.c.person_id, ":", bindparam("day", type_=sa.String))


def _assign(engine: str) -> Executable:
    columns = {
        "key": _key,
        "person_id": s.c.person_id,
        "on_date": _on,
        "kind": literal(Kind.LESSON.value, sa.String),
        "lesson_id": s.c.lesson_id,
        "lesson_version": s.c.version,
        "state": literal(State.OFFERED.value, sa.String),
        "offered_at": _now,
        "expires_at": _expires,
    }
    return sets.insert_from(
        engine, AssignmentRow, columns, select(s).where(s.c.lesson_id.is_not(None)).order_by(s.c.person_id)
    )


def _number() -> Executable:
    """The numbers of the assignments that are new; who was given one meanwhile by somebody else gets none."""
    new = select(a.c.id).where(a.c.key == _key, a.c.id > bindparam("newest", type_=Big)).scalar_subquery()
    return update(s).values(assignment_id=new)


def _place() -> Executable:
    """What is filled in for those with the same quiet hours: in one step, for PostgreSQL writes a row anew in each."""
    theirs = (
        o.c.person_id == s.c.person_id,
        o.c.unasked,
        o.c.not_before >= bindparam("starts", type_=Instant()),
        o.c.not_before < bindparam("ends", type_=Instant()),
        in_state.in_(budget.HERE),
    )
    same = (s.c.quiet_start == bindparam("start"), s.c.quiet_end == bindparam("end"))
    values: dict[str, Any] = {
        "version": select(LessonRow.version).where(LessonRow.id == s.c.lesson_id).scalar_subquery(),
        "start_at": bindparam("at", type_=Instant()),
        "silent": bindparam("quiet", type_=sa.Boolean),
        "used": select(func.count()).select_from(o).where(*theirs).scalar_subquery(),
    }
    return update(s).where(*same).values(**values)


def _grant() -> Executable:
    wished = select(s.c.person_id, s.c.lesson_id).where(s.c.because)
    which = (w.c.offered_at.is_(None), sa.tuple_(w.c.person_id, w.c.lesson_id).in_(wished))
    return update(w).where(*which).values(offered_at=bindparam("now", type_=Instant()))


def _waiting() -> Executable:
    """The number of a push of an older day that has not gone out, for each who gets a new one: at most one lies before them.

    Looked up person by person, and changed by its number: what waits for them is little, what waits of all pushes may be a
    million, and PostgreSQL went through all of it in each slice to find those of a working table whose size it guesses.
    """
    older = o.alias()
    about, state = func.coalesce(older.c.topic, ""), func.coalesce(older.c.state, "")  # see `in_state`
    waits = select(func.max(older.c.id)).where(older.c.person_id == s.c.person_id, about == TOPIC, state == "waiting")
    return select(waits.scalar_subquery()).where(s.c.start_at.is_not(None))


def _replace() -> Executable:
    taken = update(o).where(among(o.c.id, "ids"))
    return taken.values(state="replaced", settled_at=bindparam("now", type_=Instant()))


def _send(engine: str) -> Executable:
    number = {BLANK: s.c.assignment_id}
    columns = {
        "key": _key,
        "lane": literal(Lane.LESSON.value, sa.Integer),
        "method": literal("send", sa.String),
        "person_id": s.c.person_id,
        "payload": sets.filled(words.c.template, number),
        "ref": func.replace(words.c.ref, BLANK, sa.cast(s.c.assignment_id, sa.String)),
        "topic": literal(TOPIC, sa.String),
        "unasked": sa.true(),
        "kind": literal(model.PUSH.name, sa.String),
        "state": literal("waiting", sa.String),
        "uncertain": sa.false(),
        "attempts": literal(0, sa.Integer),
        "made": literal(0, sa.Integer),
        "not_before": s.c.start_at,
        "expires_at": _expires,
        "created_at": _now,
        "on_failure": literal(FAILED, sa.String),
    }
    same = sa.and_(words.c.lesson_id == s.c.lesson_id, words.c.because == s.c.because, words.c.silent == s.c.silent)
    source = select(s).join(words, same).where(s.c.start_at.is_not(None)).order_by(s.c.person_id)
    return sets.insert_from(engine, OutboxRow, columns, source)
