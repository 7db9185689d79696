"""What falls due: clocks of the law, things to do, questions that nobody has answered; and what other rooms tell."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery.tables import DraftRow
from bot.incidents import clocks, filing, learned, opening, store
from bot.incidents.model import State
from bot.incidents.prompts import DRAFT
from bot.incidents.rules import ASK_AGAIN, PATIENCE
from bot.incidents.tables import IncidentRow
from bot.incidents.telling import ask_outcome, ask_owner
from bot.kit.room import Tick
from bot.ledger.model import Subscription

SLICE = 20


def ask_again(session: Session, now: datetime) -> bool:
    """Nobody has said what became of it, or nobody leads: asked again with a sound; True while more are left."""
    query = select(IncidentRow).where(IncidentRow.ask_at <= now).order_by(IncidentRow.ask_at).limit(SLICE)
    due = session.scalars(query.execution_options(populate_existing=True)).all()
    for row in due:
        found, nth = store.as_incident(row), row.asked + 1
        since = found.outcome_at or found.created_at
        then = since + ASK_AGAIN[nth] if nth < len(ASK_AGAIN) else None
        which = (IncidentRow.id == found.id, IncidentRow.round == found.round, IncidentRow.asked == row.asked)
        open_still = found.outcome is None or (found.state is State.INVESTIGATING and found.owner is None)
        values = {"ask_at": then if open_still else None, "asked": nth}
        if changed(session, update(IncidentRow).where(*which).values(**values)) == 1 and open_still:
            (ask_outcome if found.outcome is None else ask_owner)(session, found, now, nth)
    return len(due) == SLICE


def forget_what_was_left(session: Session, now: datetime) -> bool:
    """Erases drafts that nobody went on with."""
    changed(session, delete(DraftRow).where(DraftRow.kind == DRAFT, DraftRow.touched_at < now - PATIENCE))
    return False


TICKS = (
    Tick("incidents.look_at_clocks", clocks.look, 20),
    Tick("incidents.look_at_actions", filing.look, 60),
    Tick("incidents.ask_again", ask_again, 30),
    Tick("incidents.forget_what_was_left", forget_what_was_left, 600),
)
JOBS = {filing.KEPT: filing.file_kept}
SUBSCRIPTIONS = (
    Subscription("HazardReported", "incidents", opening.was_reported),
    Subscription("HazardJudgedMajor", "incidents", opening.was_major),
    Subscription("HazardTopicSet", "incidents", opening.topic_set),
    Subscription("CheckAnswered", "incidents", learned.answered),
    Subscription("LessonReleaseAsked", "incidents", learned.release_asked),
    Subscription("PersonLeft", "incidents", filing.pass_on),
)
