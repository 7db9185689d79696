"""What falls due: the next rung, reminders of drafts and tasks, digests, what is to be forgotten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import drafts, ladders
from bot.delivery.tables import DraftRow
from bot.hazards import (
    alike,
    attached,
    digest,
    drafting,
    found,
    leaving,
    located,
    major,
    outside,
    recurrence,
    repair,
    report,
    respond,
    revealing,
    ringing,
    stop_chat,
    stopping,
    walking,
)
from bot.hazards.prompts import CORRECTING
from bot.hazards.rules import REPLY_DRAFT_HOLDS, SCAN_HOLDS
from bot.hazards.tables import HazardHereRow
from bot.kit.room import Tick
from bot.ledger.model import Subscription

SLICE = 20


def escalate_unacknowledged(session: Session, now: datetime) -> bool:
    """Calls the next rung of ladders whose wait is over; True while more are due."""
    due = ladders.due(session, ringing.LADDER, now, SLICE)
    for ladder in due:
        ringing.climb(session, ladder, now)
    return len(due) == SLICE


def remind_unfinished(session: Session, now: datetime) -> bool:
    """Reminds of reports that were begun and not sent."""
    due = drafts.due(session, drafting.KIND, now, SLICE)
    for draft in due:
        report.remind(session, draft, now)
    return len(due) == SLICE


def forget_what_was_left(session: Session, now: datetime) -> bool:
    """Erases scans after an hour, and questions, answers and fixes that nobody went on with after a day."""
    changed(session, delete(HazardHereRow).where(HazardHereRow.at < now - SCAN_HOLDS))
    kinds = (respond.ANSWER, respond.ASK, respond.REJECT, respond.MILDER, repair.FIX, stop_chat.KIND, *CORRECTING)
    old = DraftRow.touched_at < now - REPLY_DRAFT_HOLDS
    changed(session, delete(DraftRow).where(DraftRow.kind.in_(kinds), old))
    return False


TICKS = (
    Tick("hazards.escalate_unacknowledged", escalate_unacknowledged, 5),
    Tick("hazards.remind_unfinished", remind_unfinished, 5),
    Tick("hazards.send_digests", digest.send_due, 30),
    Tick("hazards.remind_overdue", repair.remind_overdue, 60),
    Tick("hazards.remind_taken", repair.remind_taken, 60),
    Tick("hazards.tell_overdue", repair.tell_overdue, 60),
    Tick("hazards.ask_instead_of_reporter", repair.ask_instead_of_reporter, 300),
    Tick("hazards.tell_leaders", major.tell_leaders, 60),
    *walking.TICKS,
    Tick("hazards.measure_recurrence", recurrence.measure_due, 3600),
    Tick("hazards.forget_what_was_left", forget_what_was_left, 300),
)
JOBS = {
    "hazards.photo_kept": attached.photo_kept,
    "hazards.spot_read": located.spot_read,
    "hazards.unreachable": ringing.unreachable,
    "hazards.task_failed": respond.task_failed,
    revealing.JOB: revealing.seconded,
    outside.JOB: outside.CallOutside(),
    walking.JOB: walking.Walked(),
    attached.LOOK: alike.Looked(),
    stopping.JOB: stopping.tell_area,
}
SUBSCRIPTIONS = (
    Subscription("PersonLeft", "hazards", leaving.pass_on),
    Subscription("WasAway", "hazards", ringing.after_absence),
    Subscription("DangerFound", "hazards", found.found),
    Subscription("DangerChanged", "hazards", found.altered),
)
