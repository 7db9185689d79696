"""Visits: put on record, findings with owners, corrections, objections, more time, closing, and asking like places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.inspections.visits import model, rules, store
from bot.inspections.visits.model import Found, NoteKind, Shown, State, Visit
from bot.inspections.visits.tables import VisitEvidenceRow, VisitFindingRow, VisitNoteRow, VisitRow
from bot.kit.errors import Refused
from bot.kit.events import FileRef
from bot.kit.replies import Message, button, rows
from bot.kit.risk import Severity
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import store as people
from bot.people.company import safety_officers

ROOM = "inspections"
KEPT = "inspections.visits.kept"


def mine(session: Session, by: int, id: int, now: datetime) -> Visit:
    """A visit that somebody answers for. Refused: all others."""
    found = store.visit(session, id, store.paths(session, by, now))
    if found is None:
        raise Refused("inspections.visits.not_yours")
    return found


def open_visit(
    session: Session, by: int, unit: int, authority: str, scope: str, on: date, key: str, now: datetime
) -> int:
    """Puts a visit on record, once a key; under the law of the unit. Refused: to whoever does not answer for safety there."""
    here = people.unit(session, unit)
    if here is None or not store.answers(session, by, here.path, now):
        raise Refused("inspections.visits.not_yours")
    values = {
        "key": key, "unit_id": unit, "path": here.path, "authority": authority[: rules.MOST_LINE],
        "jurisdiction": here.jurisdiction, "scope": scope[: rules.MOST_WORDS], "on_date": on, "person_id": by,
        "created_at": now,
    }  # fmt: skip
    id = insert_once(session, VisitRow, values, "key")
    if id is None:
        return int(session.scalar(select(VisitRow.id).where(VisitRow.key == key)) or 0)
    body = {"visit": id, "unit": unit, "jurisdiction": here.jurisdiction}
    record(session, Fact(model.OPENED, f"visit:{id}", now, by, body=body), now)
    return int(id)


def close_visit(session: Session, by: int, id: int, now: datetime) -> None:
    """Ends a visit. Refused: while a finding is not over."""
    mine(session, by, id, now)
    if any(each.state not in model.OVER for each in store.findings(session, id)):
        raise Refused("inspections.visits.still_open")
    which = (VisitRow.id == id, VisitRow.closed_at.is_(None))
    if changed(session, update(VisitRow).where(*which).values(closed_at=now)) != 1:
        raise Refused("inspections.visits.changed_meanwhile")


@dataclass(frozen=True)
class Entry:
    """A finding as it is written down."""

    key: str
    words: str
    clause: str
    place: int | None
    severity: Severity
    owner: int
    due_at: datetime
    topic: str | None = None


def log(session: Session, by: int, visit: int, entry: Entry, now: datetime) -> Found:
    """Writes a finding down, once a key, and tells its owner. Refused: to others, and a deadline that has passed."""
    on = mine(session, by, visit, now)
    if entry.due_at <= now:
        raise Refused("inspections.visits.past")
    nth = (session.scalar(select(func.max(VisitFindingRow.nth)).where(VisitFindingRow.visit_id == visit)) or 0) + 1
    values = {
        "key": entry.key, "visit_id": visit, "nth": nth, "words": entry.words[: rules.MOST_WORDS],
        "clause": entry.clause[: rules.MOST_LINE] or None, "place_id": entry.place, "severity": int(entry.severity),
        "topic": entry.topic, "owner_id": entry.owner, "due_at": entry.due_at, "state": State.OPEN.value, "created_at": now,
    }  # fmt: skip
    id = insert_once(session, VisitFindingRow, values, "key")
    if id is None:
        id = session.scalar(select(VisitFindingRow.id).where(VisitFindingRow.key == entry.key))
        return _again(session, int(id or 0))
    body = {"severity": int(entry.severity), "days": (entry.due_at - now).days, "unit": on.unit}
    found = _again(session, id)
    note_fact(session, model.LOGGED, found, "", now, by, **body)
    if entry.owner != by:
        tell(session, entry.owner, "inspections.visits.yours", found, f"visit-finding:{id}:yours", now)
    return found


def _again(session: Session, id: int) -> Found:
    found = store.found(session, id)
    if found is None:
        raise Refused("inspections.visits.changed_meanwhile")
    return found


def seen(session: Session, by: int, id: int, now: datetime) -> tuple[Found, bool]:
    """A finding, and whether somebody answers for safety there. Refused: to others than these and the owner."""
    found = store.found(session, id)
    leads = found is not None and store.answers(session, by, found.path, now)
    if found is None or not (leads or found.owner == by):
        raise Refused("inspections.visits.not_yours")
    return found, leads


def move(session: Session, found: Found, to: State, now: datetime, **values: Any) -> Found:
    """Changes a finding's state, if it is still as it was seen. Refused: where somebody was quicker."""
    which = (
        VisitFindingRow.id == found.id, VisitFindingRow.state == found.state.value, VisitFindingRow.due_at == found.due_at
    )  # fmt: skip
    if changed(session, update(VisitFindingRow).where(*which).values(state=to.value, **values)) != 1:
        raise Refused("inspections.visits.changed_meanwhile")
    return _again(session, found.id)


def note(
    session: Session, found: Found, kind: NoteKind, words: str, by: int, now: datetime, due_at: datetime | None = None
) -> int:
    """Writes down what was said; never changed afterwards."""
    row = VisitNoteRow(
        finding_id=found.id, kind=kind.value, words=words[: rules.MOST_WORDS], person_id=by, at=now, due_at=due_at
    )
    session.add(row)
    session.flush()
    return row.id


def note_fact(session: Session, kind: FactKind, found: Found, nth: object, now: datetime, by: int, **more: Any) -> None:
    body = {"visit": found.visit, "finding": found.id} | more
    record(session, Fact(kind, f"visit-finding:{found.id}:{kind.name}:{nth}", now, by, body=body), now)


def unit_of(session: Session, found: Found) -> int:
    return people.ancestors(found.path)[0]


def correct(session: Session, by: int, id: int, words: str, now: datetime) -> Found:
    """The owner says that it is put right; whoever answers for safety is asked to close it. Refused: to others."""
    found, _ = seen(session, by, id, now)
    if not rules.may_correct(found, by):
        raise Refused("inspections.visits.not_now")
    files = [each for each in store.evidence(session, found.visit, id) if each.kind == Shown.CORRECTION]
    new = move(session, found, State.CORRECTED, now, corrected_by=by)
    nth = note(session, new, NoteKind.CORRECTED, words, by, now)
    note_fact(session, model.CORRECTED, new, nth, now, by, unit=unit_of(session, new), files=len(files))
    for who in _officers(session, new, now, besides=by):
        tell(session, who, "inspections.visits.to_close", new, f"visit-finding:{id}:close:{nth}:{who}", now)
    return new


def _officers(session: Session, found: Found, now: datetime, besides: int) -> list[int]:
    return [who.id for who in safety_officers(session, found.path, now) if who.id != besides]


def send_back(session: Session, by: int, id: int, words: str, now: datetime) -> Found:
    """It is not put right: the owner has it again. Refused: to the owner themself."""
    found, leads = seen(session, by, id, now)
    if not rules.may_close(found, by, leads=leads):
        raise Refused("inspections.visits.not_now")
    new = move(session, found, State.OPEN, now, corrected_by=None, reminded_at=None, climbed_at=None)
    nth = note(session, new, NoteKind.RETURNED, words, by, now)
    tell(session, new.owner, "inspections.visits.again", new, f"visit-finding:{id}:again:{nth}", now)
    return new


def close(session: Session, by: int, id: int, now: datetime) -> Found:
    """Closes a finding. Refused: to its owner, and to whoever put it right."""
    found, leads = seen(session, by, id, now)
    if not rules.may_close(found, by, leads=leads):
        raise Refused("inspections.visits.other_closes")
    new = move(session, found, State.CLOSED, now, closed_by=by, closed_at=now)
    nth = note(session, new, NoteKind.CLOSED, "", by, now)
    note_fact(session, model.CLOSED, new, nth, now, by, unit=unit_of(session, new), late=now > found.due_at)
    return new


def raise_objection(session: Session, by: int, id: int, words: str, now: datetime) -> Found:
    """Says why a finding is wrong; evidence may follow. The deadline runs on until the authority says otherwise."""
    found, leads = seen(session, by, id, now)
    if not rules.may_object(found, by, leads=leads):
        raise Refused("inspections.visits.not_now")
    new = move(session, found, State.OBJECTED, now)
    nth = note(session, new, NoteKind.OBJECTED, words, by, now)
    note_fact(session, model.OBJECTED, new, nth, now, by, unit=unit_of(session, new))
    return new


def settle(session: Session, by: int, id: int, words: str, now: datetime, *, upheld: bool) -> Found:
    """What the authority said to the objection. Refused: to whoever raised it."""
    found, leads = seen(session, by, id, now)
    if not rules.may_settle(found, by, store.objector(session, id), leads=leads):
        raise Refused("inspections.visits.other_settles")
    new = move(session, found, State.WITHDRAWN if upheld else State.OPEN, now)
    nth = note(session, new, NoteKind.UPHELD if upheld else NoteKind.REJECTED, words, by, now)
    note_fact(session, model.SETTLED, new, nth, now, by, unit=unit_of(session, new), upheld=upheld)
    return new


def extend(session: Session, by: int, id: int, days: int, now: datetime) -> Found:
    """The authority gave more time, from the old deadline on. Refused: to others than who answers for safety."""
    found, leads = seen(session, by, id, now)
    if not rules.may_extend(found, leads=leads) or days not in rules.DAYS:
        raise Refused("inspections.visits.not_now")
    due = found.due_at + timedelta(days=days)
    new = move(session, found, found.state, now, due_at=due, reminded_at=None, climbed_at=None)
    nth = note(session, new, NoteKind.EXTENDED, "", by, now, due)
    note_fact(session, model.EXTENDED, new, nth, now, by, unit=unit_of(session, new), days=days)
    return new


def add_file(
    session: Session, by: int, id: int, kind: Shown, file: FileRef, now: datetime, name: str | None = None
) -> int:
    """A photo or a document to a finding: fetched and kept. Refused: to others, and too many. Answers how many there are."""
    found, leads = seen(session, by, id, now)
    there = store.evidence(session, found.visit, id)
    if not rules.may_add(found, by, leads=leads) or len(there) >= rules.MOST_FILES:
        raise Refused("inspections.visits.not_now")
    row = VisitEvidenceRow(
        visit_id=found.visit, finding_id=id, kind=kind.value, file_kind=file.kind, file_id=file.file_id,
        name=(name or file.name or f"{file.kind}.jpg")[:200], person_id=by, at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    keep = "picture" if file.kind == "photo" else "file"
    downloads.want(session, file.file_id, KEPT, {"evidence": row.id}, now, keep=keep)  # type: ignore[arg-type]
    return len(there) + 1


def file_kept(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: a file was fetched, or could not be."""
    if payload.get("media"):
        which = VisitEvidenceRow.id == payload["evidence"]
        session.execute(update(VisitEvidenceRow).where(which).values(media=payload["media"]))


def tell(session: Session, who: int, key: str, found: Found, once: str, now: datetime) -> None:
    """A message about a finding, when it suits."""
    params = {"number": found.nth, "words": found.words[:300], "until": found.due_at.isoformat()}
    message = Message(text(key, **params), rows(button("inspections.visits.b_open", f"inv:f:{found.id}")))
    outbox.send(session, outbox.to_person(who), message, Lane.LESSON, now, key=once, unasked=model.DUE)
