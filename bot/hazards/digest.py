"""What nobody has acknowledged: gathered for each supervisor, shown once a shift without a sound, until somebody does.

What can wait is told in no other way; what rang comes here too, because a ladder ends and a danger does not.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import upsert_many
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.hazards import flooding, ringing, store, whom
from bot.hazards.model import Hazard
from bot.hazards.rules import RUNGS, UNSEEN, digest_at, rings, told
from bot.hazards.tables import HazardDigestRow, HazardRow
from bot.hazards.telling import moment
from bot.hazards.unasked import DIGEST
from bot.hazards.whom import ROLES, There
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.people import store as people

MOST = 8
"""So many stand in one digest; the rest is behind /hazards."""
AGAIN = timedelta(days=1)
LOUD_FIRST = timedelta(hours=1)
"""How long the ladder has before a danger that rang is also listed."""


def schedule(session: Session, hazard: Hazard, there: There, now: datetime) -> bool:
    """Puts a hazard into the next digest of its supervisors, or of the first above them whom a message can reach.

    What rings has an hour's time to be acknowledged first. False where nobody can be reached.
    """
    after = moment(hazard, now)
    if rings(hazard.kind, hazard.urgency, hazard.severity):
        after += LOUD_FIRST
    for who in RUNGS:
        readers = [p for p, _ in whom.whom(there, who, now) if there.reaches(p)]
        if readers:
            due = [(p.id, digest_at(there.presences[p.id], after, p.zone)) for p in readers]
            rows = [{"hazard_id": hazard.id, "person_id": id, "due_at": at} for id, at in due]
            session.flush()
            upsert_many(session, HazardDigestRow, rows)
            return True
    return False


def call(session: Session, hazard: Hazard, now: datetime, *, fresh: bool = False, quietly: bool = False) -> None:
    """Rings where it cannot wait, and keeps the hazard in the digests until it is acknowledged.

    `quietly`: the room that found it is calling people about it already.
    """
    there = whom.around(session, hazard, now)
    answer_for(session, hazard, there, now)
    if not quietly and rings(hazard.kind, hazard.urgency, hazard.severity):
        if fresh and flooding.is_one_of_many(session, hazard, now):
            flooding.gather(session, hazard, there, now)
        else:
            ringing.ring(session, hazard, there, now, fresh=fresh)
    schedule(session, hazard, there, now)


def answer_for(session: Session, hazard: Hazard, there: There, now: datetime) -> None:
    """Names the one who answers for it until somebody has taken it on: the first who leads there, or above."""
    order = [person.id for who in RUNGS for person, _ in whom.whom(there, who, now)]
    held = [person.id for role in ROLES for person, _ in there.held.held[role] if person.id not in there.hidden]
    owner = next(iter([*order, *held]), None)
    session.execute(update(HazardRow).where(HazardRow.id == hazard.id).values(owner_id=owner))


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
        reads, waiting = _reads(session, person, now), []
        for row in rows_due:
            hazard = store.hazard(session, row.hazard_id)
            if hazard is None or hazard.state not in UNSEEN or (not reads and _others(session, row, hazard, now)):
                session.delete(row)
                continue
            row.due_at = max(row.due_at + AGAIN, now + AGAIN / 2)
            waiting.append(hazard)
        session.flush()
        if waiting and reads:
            _send(session, person, waiting, now)
    return len(people_due) == most


def _reads(session: Session, person: int, now: datetime) -> bool:
    """Whether somebody still works here and can be reached."""
    who = people.person(session, person, now)
    return who is not None and who.left_on is None and whom.reachable(session, who)


def _others(session: Session, row: HazardDigestRow, hazard: Hazard, now: datetime) -> bool:
    """Whether somebody else reads of a hazard, or will from now on."""
    mine = (HazardDigestRow.hazard_id == hazard.id, HazardDigestRow.person_id != row.person_id)
    return session.scalar(select(HazardDigestRow.person_id).where(*mine).limit(1)) is not None or schedule(
        session, hazard, whom.around(session, hazard, now), now
    )


def _send(session: Session, person: int, hazards: list[Hazard], now: datetime) -> None:
    items = [{"number": h.id, "place": store.where(session, h), "words": told(h)} for h in hazards[:MOST]]
    words = text("hazards.digest", items=items, more=len(hazards) - len(items))
    buttons = rows(*(button("hazards.b_open", f"hz:open:{h.id}", number=h.id) for h in hazards[:MOST]))
    message = Message(words, buttons, silent=True)
    outbox.send(session, outbox.to_person(person), message, Lane.LESSON, now, topic="hazards.digest", unasked=DIGEST)
