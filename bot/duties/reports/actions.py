"""Asking leaders for their report, taking it, and noting visits to where work is done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import downloads, outbox
from bot.delivery.drafts import Draft
from bot.delivery.outbox import Lane
from bot.duties.reports import rules, store
from bot.duties.reports.model import ASKED, SENT, VISITED, WANTED, Report, State
from bot.duties.reports.tables import SafetyReportRow, SiteVisitRow
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people.model import Person

KEPT = "duties.reports.photo_kept"


def ask(session: Session, who: Person, month: str, now: datetime) -> bool:
    """Asks a leader for the report of a month, once."""
    key = f"safety-report:{month}:{who.id}"
    due = now + rules.ANSWER_WITHIN
    values = {
        "key": key, "person_id": who.id, "path": who.path, "month": month, "state": State.ASKED.value, "asked_at": now,
        "due_at": due, "visits": 0,
    }  # fmt: skip
    id = insert_once(session, SafetyReportRow, values, "key")
    if id is None:
        return False
    record(session, Fact(ASKED, key, now, who.id, body={"report": id, "month": _plain(month)}), now)
    said = text(
        "duties.reports.wanted", month=f"{month}-01", due=due.isoformat(),
        visits=store.visits(session, who.id, month),
    )  # fmt: skip
    message = Message(said, rows(button("duties.reports.b_begin", f"dsr:begin:{id}")))
    outbox.send(session, outbox.to_person(who.id), message, Lane.LESSON, now, key=f"{key}:wanted", unasked=WANTED)
    return True


def send(session: Session, who: Person, id: int, words: dict[str, str], now: datetime) -> Report:
    """Takes a report, once. Refused: another's, and the second time."""
    found = store.report(session, id)
    if found is None or found.person != who.id:
        raise Refused("duties.not_yours")
    visits = store.visits(session, who.id, found.month)
    which = (SafetyReportRow.id == id, SafetyReportRow.person_id == who.id, SafetyReportRow.state != State.SENT.value)
    values = {**words, "state": State.SENT.value, "sent_at": now, "visits": visits}
    if changed(session, update(SafetyReportRow).where(*which).values(**values)) != 1:
        raise Refused("duties.reports.sent_before")
    again = store.report(session, id)
    assert again is not None
    body = {"report": id, "month": _plain(found.month), "late": again.late, "visits": visits}
    record(session, Fact(SENT, f"safety-report:{id}:sent", now, who.id, body=body), now)
    return again


def _plain(month: str) -> int:
    return int(month.replace("-", ""))


def visit(session: Session, who: Person, draft: Draft, note: str, now: datetime) -> int:
    """Notes a visit from a conversation, once: where it was, and a photo that is still to be fetched."""
    data = draft.data
    values: dict[str, Any] = {
        "key": f"site-visit:{draft.id}:{draft.created_at.timestamp():.0f}", "person_id": who.id, "place_id": data.get("place"),
        "latitude": data.get("latitude"), "longitude": data.get("longitude"), "note": note[:1000] or None, "at": now,
    }  # fmt: skip
    id = insert_once(session, SiteVisitRow, values, "key")
    if id is None:
        raise Refused("duties.reports.sent_before")
    downloads.want(session, data["photo"], KEPT, {"visit": id, "person": who.id, "place": data.get("place")}, now)
    return int(id)


def photo_kept(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: the photo of a visit was fetched; with it the visit counts. Without one it does not."""
    if payload.get("media"):
        id = payload["visit"]
        row = session.get(SiteVisitRow, id)
        if row is None:
            return
        row.media = payload["media"]
        body = {"visit": id, "photo": True, "located": row.latitude is not None, "place": payload["place"]}
        record(session, Fact(VISITED, f"site-visit:{id}", now, payload["person"], body=body), now)
