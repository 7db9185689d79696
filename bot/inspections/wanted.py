"""What was learned elsewhere is to be looked for here: one question to whoever leads, and what they saw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import findings, outbox
from bot.delivery.findings import Finding
from bot.delivery.model import CHECK_ANSWERED
from bot.delivery.outbox import Lane
from bot.inspections import rules, store
from bot.inspections.dangers import ROOM
from bot.inspections.model import ASKED, LATE
from bot.inspections.tables import WantedCheckRow
from bot.kit.errors import Refused
from bot.kit.events import FileRef
from bot.kit.replies import Media, Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.company import leaders

KEY = "check-asked:"
SLICE = 40
ANSWERS = {"y": "same", "n": "other", "u": "unsure"}
IN_ORDER = {"same": False, "other": True, "unsure": None}


def ask(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on CheckWanted: those who lead the unit get one question, once a finding."""
    what = findings.of(session, payload["body"]["finding"])
    if what is None:
        return
    values = {
        "finding": what.key, "room": what.room, "unit_id": what.unit, "path": what.path, "asked_at": now,
        "answer_by": now + rules.ANSWER_WITHIN,
    }  # fmt: skip
    id = insert_once(session, WantedCheckRow, values, "finding")
    if id is None:
        return
    for who in leaders(session, what.path, now):
        key = f"check-asked:{id}:{who.id}"
        outbox.send(session, outbox.to_person(who.id), card(session, id), Lane.LESSON, now, key=key, unasked=ASKED)


def card(session: Session, id: int) -> Message:
    """The question, with what was learned."""
    row = store.wanted(session, id)
    what = findings.of(session, row.finding) if row else None
    if row is None or what is None:
        raise Refused("inspections.changed_meanwhile")
    place = what.place or 0
    here = people.unit(session, row.unit_id)
    words = text(
        "inspections.asked", said=what.said.text, place=store.where(session, row.unit_id, place),
        unit=here.label if here else "", until=row.answer_by.isoformat(),
    )  # fmt: skip
    keys = rows(
        button("inspections.b_same", f"inw:y:{id}"), button("inspections.b_other", f"inw:n:{id}"),
        button("inspections.b_unsure", f"inw:u:{id}"), each=1,
    )  # fmt: skip
    return Message(words, keys, media=what.said.media[:1], ref=f"wanted:{id}")


def answer(session: Session, by: int, id: int, word: str, now: datetime) -> WantedCheckRow:
    """What somebody found who leads there. Refused: to others, and to the second one, who is told who was first."""
    row = store.wanted(session, id)
    said = ANSWERS.get(word)
    if row is None or said is None or not store.leads(session, by, row.path, now):
        raise Refused("inspections.not_yours")
    which = (WantedCheckRow.id == id, WantedCheckRow.answered_at.is_(None))
    new = {"answered_at": now, "person_id": by, "answer": said}
    if changed(session, update(WantedCheckRow).where(*which).values(**new)) != 1:
        first = store.wanted(session, id)
        raise Refused("inspections.answered_before", name=store.name(session, first.person_id if first else None, now))
    body = {"finding": row.finding, "room": row.room, "in_order": IN_ORDER[said]}
    record(session, Fact(CHECK_ANSWERED, f"check-answered:{id}", now, by, row.unit_id, body=body), now)
    shown = Message(text("inspections.asked_over", name=store.name(session, by, now), answer=said))
    outbox.edit_ref(session, f"wanted:{id}", shown, now)
    found = store.wanted(session, id)
    assert found is not None
    return found


def add(session: Session, by: int, id: int, note: str, file: FileRef | None, now: datetime) -> None:
    """Words and a photo to what somebody found; the same danger is then handed over. Refused: to others."""
    new: dict[str, Any] = ({"note": note[: rules.MOST_NOTE]} if note else {}) | (
        {"file_id": file.file_id} if file else {}
    )
    row = store.wanted(session, id)
    if row is None or row.person_id != by:
        raise Refused("inspections.not_yours")
    which = (WantedCheckRow.id == id, WantedCheckRow.person_id == by, WantedCheckRow.handed_at.is_(None))
    if new and changed(session, update(WantedCheckRow).where(*which).values(**new)) != 1:
        raise Refused("inspections.handed")
    hand_over(session, id, now)


def hand_over(session: Session, id: int, now: datetime) -> bool:
    """The same is so here: it becomes a danger of this unit, once."""
    row = store.wanted(session, id)
    what = findings.of(session, row.finding) if row else None
    if row is None or what is None or row.answer != "same":
        return False
    which = (WantedCheckRow.id == id, WantedCheckRow.handed_at.is_(None))
    if changed(session, update(WantedCheckRow).where(*which).values(handed_at=now)) != 1:
        return False
    words = text("inspections.found_same", said=what.said.text, note=row.note or "")
    shown = Message(words, media=(Media("photo", f"file:{row.file_id}"),) if row.file_id else ())
    key = f"{KEY}{id}"
    made = Finding(key, ROOM, row.unit_id, row.path, shown, what.severity, what.topic, what.place, row.person_id)
    return findings.hand_over(session, made, now)


def hand_over_left(session: Session, now: datetime) -> bool:
    """Hands over what somebody said is the same here and added nothing to."""
    left = (
        WantedCheckRow.answer == "same", WantedCheckRow.handed_at.is_(None),
        WantedCheckRow.answered_at <= now - rules.HANDED_AFTER,
    )  # fmt: skip
    for id in session.scalars(select(WantedCheckRow.id).where(*left).limit(SLICE)).all():
        hand_over(session, id, now)
    return False


def note_late(session: Session, now: datetime) -> bool:
    """A question that nobody answered in its time goes one step up, once."""
    late = (
        WantedCheckRow.answered_at.is_(None), WantedCheckRow.answer_by <= now, WantedCheckRow.late_at.is_(None)
    )  # fmt: skip
    found = session.scalars(select(WantedCheckRow).where(*late).limit(SLICE)).all()
    for row in found:
        which = (WantedCheckRow.id == row.id, WantedCheckRow.late_at.is_(None))
        if changed(session, update(WantedCheckRow).where(*which).values(late_at=now)) != 1:
            continue
        asked = {each.id for each in leaders(session, row.path, now)}
        above = leaders(session, row.path, now, may=lambda who, asked=asked: who.id not in asked)  # type: ignore[misc]
        here = people.unit(session, row.unit_id)
        message = Message(
            text("inspections.asked_late", unit=here.label if here else ""),
            rows(button("inspections.b_look", f"inw:open:{row.id}")),
        )
        for who in above:
            key = f"check-asked:{row.id}:late:{who.id}"
            outbox.send(session, outbox.to_person(who.id), message, Lane.LESSON, now, key=key, unasked=LATE)
    return len(found) == SLICE


def danger_cleared(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Follows up on DangerCleared, for what was found after a question."""
    key = str(payload["body"]["finding"])
    id = key.removeprefix(KEY)
    if payload["body"]["room"] == ROOM and key.startswith(KEY) and id.isdigit():
        gone = bool(payload["body"]["gone"])
        session.execute(update(WantedCheckRow).where(WantedCheckRow.id == int(id)).values(gone=gone))
