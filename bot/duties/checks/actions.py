"""Drawing whose duties are looked at, answering, and the right to say something about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.duties.checks import rules, store
from bot.duties.checks.model import CHECKED, DRAWN, FOUND, PHOTO, REPLIED, Candidate, Check, Outcome, State
from bot.duties.checks.tables import DutyCheckRow
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person, Unit

KEPT = "duties.checks.photo_kept"


def draw(session: Session, unit: Unit, round: str, now: datetime) -> int:
    """Draws the looks of a unit for a round, once; answers how many.

    Only whoever has acknowledged a list, is at work here these days and has somebody above them can be drawn.
    """
    if store.drawn(session, unit.id, round):
        return 0  # who comes or goes meanwhile does not change whom the lot has met
    able: dict[int, tuple[Person, int, int]] = {}
    candidates: list[Candidate] = []
    for found in store.able(session, unit.id, round, now):
        over = found.above
        if over is not None:
            able[found.who.id] = (found.who, over, found.list)
            candidates.append(found.candidate)
    drawn = rules.draw(candidates, f"{round}:{unit.id}")
    return sum(_note(session, unit, round, *able[id], duty, now) for id, duty in drawn)


def _note(
    session: Session, unit: Unit, round: str, who: Person, checker: int, found: int, duty: str, now: datetime
) -> int:
    key = f"duty-check:{round}:{unit.id}:{who.id}"
    values = {
        "key": key, "round": round, "unit_id": unit.id, "path": unit.path, "person_id": who.id, "checker_id": checker,
        "list_id": found, "duty": duty, "state": State.DRAWN.value, "drawn_at": now, "due_at": now + rules.ANSWER_WITHIN,
    }  # fmt: skip
    id = insert_once(session, DutyCheckRow, values, "key")
    if id is None:
        return 0
    body = {"check": id, "round": round, "list": found, "duty": duty}
    record(session, Fact(DRAWN, key, now, who.id, body=body), now)
    return 1


def answer(session: Session, by: int, id: int, outcome: Outcome, now: datetime) -> Check:
    """Notes what somebody found, once. Refused: to others than the one who was asked, and the second time."""
    found = store.check(session, id)
    if found is None or found.checker != by:
        raise Refused("duties.not_yours")
    which = (DutyCheckRow.id == id, DutyCheckRow.checker_id == by, DutyCheckRow.outcome.is_(None))
    values = {"state": State.ANSWERED.value, "outcome": outcome.value, "answered_at": now}
    if changed(session, update(DutyCheckRow).where(*which).values(**values)) != 1:
        raise Refused("duties.answered_before")
    body = {"check": id, "round": found.round, "list": found.list, "duty": found.duty, "outcome": outcome.value}
    record(session, Fact(CHECKED, f"duty-check:{id}:answered", now, found.person, body=body), now)
    if outcome is not Outcome.UNSEEN:
        _tell(session, found, outcome, now)
    return found


def _tell(session: Session, found: Check, outcome: Outcome, now: datetime) -> None:
    by, duty = people.person(session, found.checker, now), store.duty(session, found)
    said = text(
        "duties.checks.found",
        by=by.name if by else "",
        duty=dict(duty.words) if duty else found.duty,
        outcome=outcome.value,
    )
    message = Message(said, rows(button("duties.checks.b_reply", f"dck:reply:{found.id}")))
    key = f"duty-check:{found.id}:found"
    outbox.send(session, outbox.to_person(found.person), message, Lane.LESSON, now, key=key, unasked=FOUND)


def add(session: Session, by: int, id: int, note: str, file_id: str | None, now: datetime) -> None:
    """Words and a photo to what somebody found; theirs alone. The photo is kept as a stripped copy."""
    which = (DutyCheckRow.id == id, DutyCheckRow.checker_id == by, DutyCheckRow.outcome.is_not(None))
    if changed(session, update(DutyCheckRow).where(*which).values(note=note[:1000] or None)) != 1:
        raise Refused("duties.not_yours")
    if file_id:
        downloads.want(session, file_id, KEPT, {"check": id, "by": by}, now)


def photo_kept(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: a photo of a look was fetched, or could not be."""
    if payload.get("media"):
        id = payload["check"]
        session.execute(update(DutyCheckRow).where(DutyCheckRow.id == id).values(media=payload["media"]))
        record(session, Fact(PHOTO, f"duty-check:{id}:photo", now, payload["by"], body={"check": id}), now)


def reply(session: Session, by: int, id: int, words: str, now: datetime) -> None:
    """What the person says whose duty it is; once, and it stands beside what was found. Whoever looked reads it."""
    found = store.check(session, id)
    if found is None or found.person != by or found.outcome is None:
        raise Refused("duties.not_yours")
    which = (DutyCheckRow.id == id, DutyCheckRow.person_id == by, DutyCheckRow.reply.is_(None))
    if changed(session, update(DutyCheckRow).where(*which).values(reply=words[:1000], replied_at=now)) != 1:
        raise Refused("duties.answered_before")
    record(session, Fact(REPLIED, f"duty-check:{id}:reply", now, by, body={"check": id}), now)
    who = people.person(session, by, now)
    said = text("duties.checks.replied", name=who.name if who else "", words=words[:1000])
    key = f"duty-check:{id}:replied"
    outbox.send(session, outbox.to_person(found.checker), Message(said), Lane.LESSON, now, key=key, unasked=FOUND)
