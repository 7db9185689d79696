"""What of the hazards waits for somebody, for `/today`; and what they have given, for their status."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.hazards import listing, store
from bot.hazards.model import State
from bot.kit.replies import Button, button
from bot.kit.texts import Text, text

MOST = 3
Item = tuple[Text, Button | None]


def today(session: Session, person: int, now: datetime) -> list[Item]:
    """What somebody has to fix or has taken on, and for supervisors what nobody has seen or checked yet."""
    items: list[Item] = []
    tasks, taken = store.tasks_of(session, person, MOST), store.taken_by(session, person, MOST)
    held = listing.at_hand(session, [*tasks, *taken])
    for hazard in tasks:
        due = hazard.due_at.isoformat() if hazard.due_at else None
        words = text("hazards.waiting_task", number=hazard.id, place=store.where(session, hazard), due=due)
        items.append((words, button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id)))
    for hazard in taken:
        words = text("hazards.waiting_taken", number=hazard.id, place=store.where(session, hazard))
        items.append((words, button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id)))
    del held
    counted = store.count_open(session, store.answers_for(session, person, now), person)
    unseen = counted.get(State.REPORTED, 0) + counted.get(State.REOPENED, 0)
    unchecked = counted.get(State.FIXED, 0)
    if unseen or unchecked:
        words = text("hazards.waiting_to_lead", unseen=unseen, unchecked=unchecked)
        items.append((words, button("hazards.b_list", "hz:list:0")))
    return items


def status(session: Session, person: int, now: datetime) -> list[Item]:
    """How many reports somebody made under their name; what was reported without it stays uncounted."""
    made = len(store.reports_of(session, person, most=100))
    return [(text("hazards.status_reports", made=made), None)] if made else []


TODAY, STATUS = today, status
