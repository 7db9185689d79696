"""What can wait: gathered for each supervisor, shown once a shift without a sound, until it is acknowledged."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.hazards import ringing, store
from bot.hazards.model import Hazard
from bot.hazards.rules import RUNGS, UNSEEN, digest_at, first_words
from bot.hazards.tables import HazardDigestRow
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import store as people

MOST = 8
"""So many stand in one digest; the rest is behind /hazards."""
AGAIN = timedelta(days=1)


def schedule(session: Session, hazard: Hazard, now: datetime) -> None:
    """Puts a hazard into the next digest of its supervisors, or of the first above them whom a message can reach."""
    for who in RUNGS:
        calls = [p for p, _ in ringing.whom(session, hazard.path, who, now) if ringing.reachable(session, p)]
        for person in calls:
            due = digest_at(people.presence(session, person, now), now, person.zone)
            session.merge(HazardDigestRow(hazard_id=hazard.id, person_id=person.id, due_at=due))
        if calls:
            break
    session.flush()


def drop(session: Session, hazard: int) -> None:
    """Takes a hazard out of all digests."""
    session.execute(delete(HazardDigestRow).where(HazardDigestRow.hazard_id == hazard))


def send_due(session: Session, now: datetime, most: int = 20) -> bool:
    """Sends the digests that are due; True while more may be. What is still unseen comes again a day later."""
    due = (HazardDigestRow.due_at <= now,)
    people_due = session.scalars(select(HazardDigestRow.person_id).where(*due).distinct().limit(most)).all()
    for person in people_due:
        rows_due = session.scalars(
            select(HazardDigestRow)
            .where(*due, HazardDigestRow.person_id == person)
            .order_by(HazardDigestRow.hazard_id)
            .with_for_update(skip_locked=True)
        ).all()
        waiting = []
        for row in rows_due:
            hazard = store.hazard(session, row.hazard_id)
            if hazard is None or hazard.state not in UNSEEN:
                session.delete(row)
                continue
            row.due_at = max(row.due_at + AGAIN, now + AGAIN / 2)
            waiting.append(hazard)
        session.flush()
        if waiting:
            _send(session, person, waiting, now)
    return len(people_due) == most


def _send(session: Session, person: int, hazards: list[Hazard], now: datetime) -> None:
    items = [{"number": h.id, "place": store.where(session, h), "words": first_words(h.words)} for h in hazards[:MOST]]
    words = text("hazards.digest", items=items, more=len(hazards) - len(items))
    buttons = rows(*(button("hazards.b_open", f"hz:open:{h.id}", number=h.id) for h in hazards[:MOST]))
    message = Message(words, buttons, silent=True)
    outbox.send(session, outbox.to_person(person), message, Lane.LESSON, now, topic="hazards.digest")
