"""What falls due: plans, draws, pushes, what was missed, fails that lie about; and what other rooms say."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery.tables import DraftRow
from bot.inspections import dangers, doing, leaving, looking, scheduling, setting, shelf_chat, shipped, taking, wanted
from bot.inspections.rules import PATIENCE
from bot.inspections.tables import ChecklistFileRow
from bot.kit.room import Tick
from bot.ledger.model import Subscription

FILE_WAITS = timedelta(days=7)


def forget_what_was_left(session: Session, now: datetime) -> bool:
    """Erases drafts that nobody went on with, and files that nobody decided about. Inspections themselves stay."""
    left = (DraftRow.kind.in_((setting.DRAFT, shelf_chat.FILE)), DraftRow.touched_at < now - PATIENCE)
    changed(session, delete(DraftRow).where(*left))
    over = or_(ChecklistFileRow.state.in_(("rejected", "cancelled", "taken")), ChecklistFileRow.state == "ready")
    changed(session, delete(ChecklistFileRow).where(over, ChecklistFileRow.created_at < now - FILE_WAITS))
    return False


TICKS = (
    Tick("inspections.take_in_shipped", shipped.take_in, 3600),
    Tick("inspections.begin_planned", scheduling.begin_planned, 60),
    Tick("inspections.draw_weeks", scheduling.draw_weeks, 300),
    Tick("inspections.ask_due", scheduling.ask_due, 60),
    Tick("inspections.note_missed", scheduling.note_missed, 60),
    Tick("inspections.hand_over_left", dangers.hand_over_left, 60),
    Tick("inspections.hand_over_answered", wanted.hand_over_left, 60),
    Tick("inspections.note_unanswered", wanted.note_late, 300),
    Tick("inspections.forget_what_was_left", forget_what_was_left, 600),
)
JOBS = {
    doing.KEPT: looking.PhotoKept(),
    doing.SIGNS: looking.Seen(),
    taking.READ: taking.FileRead(),
    taking.WRITE: taking.FileWritten(),
    shipped.PUT: shipped.Put(),
}


def danger_cleared(session: Session, payload: dict[str, object], now: datetime) -> None:
    """Follows up on DangerCleared: what an inspection or a question had found is closed."""
    dangers.danger_cleared(session, payload, now)
    wanted.danger_cleared(session, payload, now)


SUBSCRIPTIONS = (
    Subscription("CheckWanted", "inspections", wanted.ask),
    Subscription("DangerCleared", "inspections", danger_cleared),
    Subscription("PersonLeft", "inspections", leaving.pass_on),
)
