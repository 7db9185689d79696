"""Interviews, read. A round is seen by its lead, and by whoever answers for safety there; notes only by their lead."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.delivery import seals
from bot.people import speaking
from bot.people.model import Role
from bot.voice import whom
from bot.voice.interviews.model import Invited, Kind, Round, State
from bot.voice.interviews.tables import InterviewPersonRow, InterviewRoundRow

STEP = 2048
"""Sealed notes are brought to a multiple of this length, so that it does not say how many there are."""


def round_(session: Session, id: int) -> Round | None:
    """A round by its number."""
    row = session.get(InterviewRoundRow, id, populate_existing=True)
    return as_round(row) if row is not None else None


def as_round(row: InterviewRoundRow) -> Round:
    """A row as a Round."""
    return Round(
        row.id, row.unit_id, row.path, row.lead_id, Kind(row.kind), row.topic, row.planned_on, State(row.state),
        row.changed or "", row.made_at, row.rung,
    )  # fmt: skip


def seen_by(session: Session, person: int, now: datetime, most: int, id: int | None = None) -> list[Round]:
    """The rounds that somebody may see, those that are planned first; `id`: only this one."""
    paths = whom.led(session, person, now, Role.SAFETY_OFFICER)
    which = [or_(InterviewRoundRow.lead_id == person, speaking.under(InterviewRoundRow.path, paths))]
    if id is not None:
        which.append(InterviewRoundRow.id == id)
    closed = InterviewRoundRow.state == State.CLOSED.value
    query = select(InterviewRoundRow).where(*which).order_by(closed, InterviewRoundRow.planned_on.desc()).limit(most)
    return [as_round(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def invited(session: Session, id: int) -> list[Invited]:
    """Who was invited to a round."""
    query = select(InterviewPersonRow).where(InterviewPersonRow.round_id == id).order_by(InterviewPersonRow.person_id)
    found = session.scalars(query.execution_options(populate_existing=True))
    return [Invited(row.person_id, row.agreed, row.reached) for row in found]


def due(session: Session, now: datetime, most: int) -> list[Round]:
    """Rounds whose day has come."""
    query = select(InterviewRoundRow).where(InterviewRoundRow.chase_at <= now).order_by(InterviewRoundRow.chase_at)
    return [as_round(row) for row in session.scalars(query.limit(most).execution_options(populate_existing=True))]


def led_by(session: Session, person: int, most: int) -> list[Round]:
    """Somebody's own rounds that are not closed."""
    return [as_round(row) for row in session.scalars(_led_by, {"person": person, "most": most})]


_led_by = (
    select(InterviewRoundRow)
    .where(InterviewRoundRow.lead_id == bindparam("person"), InterviewRoundRow.state != State.CLOSED.value)
    .order_by(InterviewRoundRow.planned_on)
    .limit(bindparam("most"))
)


def notes(session: Session, id: int, reader: int) -> list[str]:
    """What was noted, for whoever noted it; nothing for everybody else, whatever their role."""
    query = select(InterviewRoundRow.sealed).where(InterviewRoundRow.id == id, InterviewRoundRow.lead_id == reader)
    kept = opened(session.scalar(query))
    return [note for note, lead in kept if lead == reader]


def sealed(kept: Sequence[tuple[str, int]]) -> bytes:
    """Notes with who took them, shuffled, under one seal: nothing says which came when."""
    mixed = list(kept)
    secrets.SystemRandom().shuffle(mixed)
    plain = json.dumps(mixed, ensure_ascii=False)
    length = len(plain.encode())
    return seals.seal().close(plain + " " * (-length % STEP))


def opened(kept: bytes | None) -> list[tuple[str, int]]:
    """What `sealed` was given, in no order."""
    return [(note, lead) for note, lead in json.loads(seals.seal().open(kept))] if kept else []
