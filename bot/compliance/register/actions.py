"""Entering rules and their versions, flagging what depends on them, looking, evaluating. In the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.compliance.documents import store as documents
from bot.compliance.register import model as facts
from bot.compliance.register import showing, store
from bot.compliance.register.model import EVALUATE, FLAGGED, LOOK, Kind, Law, Outcome, Words
from bot.compliance.register.tables import LawEvaluationRow, LawFlagRow, LawRow, LawVersionRow
from bot.db.once import changed, insert_many_once, insert_once
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import company
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.model import Role

KEEPER = Role.SAFETY_OFFICER
"""Who keeps the register of a unit; an entry's owner may look, evaluate and settle as well."""
KEPT = "compliance.register.kept"


@dataclass(frozen=True)
class Entry:
    """An entry as somebody enters it: `code` says which one it is."""

    code: str
    kind: Kind
    jurisdiction: str
    title: Words
    version: str
    effective_on: date | None
    source: str
    changes: Words
    binds: Words
    unit: int
    topics: tuple[str, ...]
    owner: int | None
    look_days: int
    evaluate_days: int
    watch: str = ""


def put(session: Session, by: int, entry: Entry, now: datetime) -> str:
    """Enters a rule, or changes what is there: `new`, `changed` (another version) or `same`. Raises Refused."""
    unit = people.unit(session, entry.unit)
    row = session.scalar(select(LawRow).where(LawRow.code == entry.code).execution_options(populate_existing=True))
    if unit is None or not whom.holds(session, by, KEEPER, unit.path, now):
        raise Refused("compliance.register.not_yours")
    if row is None:
        return _enter(session, by, entry, unit.path, now)
    if not whom.holds(session, by, KEEPER, row.path, now):
        raise Refused("compliance.register.not_yours")
    newer = row.version != entry.version
    moved = row.watch != entry.watch
    row.kind, row.jurisdiction, row.title, row.binds = (
        entry.kind.value,
        entry.jurisdiction,
        dict(entry.title),
        dict(entry.binds),
    )
    row.unit_id, row.path, row.topics, row.owner_id = (
        entry.unit,
        unit.path,
        list(entry.topics),
        entry.owner or row.owner_id,
    )
    row.look_days, row.evaluate_days, row.watch = entry.look_days, entry.evaluate_days, entry.watch
    if moved:
        row.watch_tag = row.watch_digest = row.watched_at = row.watch_error = None
    if not newer:
        row.effective_on, row.source, row.changes = entry.effective_on, entry.source, dict(entry.changes)
    session.flush()
    if newer:
        new_version(session, by, row.id, entry.version, entry.effective_on, entry.changes, now, source=entry.source)
    return "changed" if newer else "same"


def _enter(session: Session, by: int, entry: Entry, path: str, now: datetime) -> str:
    values = {
        "code": entry.code, "kind": entry.kind.value, "jurisdiction": entry.jurisdiction, "title": dict(entry.title),
        "version": entry.version, "effective_on": entry.effective_on, "source": entry.source,
        "changes": dict(entry.changes), "binds": dict(entry.binds), "unit_id": entry.unit, "path": path,
        "topics": list(entry.topics), "owner_id": entry.owner or by, "look_days": entry.look_days,
        "look_at": now + timedelta(days=entry.look_days), "evaluate_days": entry.evaluate_days,
        "evaluate_at": now + timedelta(days=entry.evaluate_days), "number": 1, "watch": entry.watch,
    }  # fmt: skip
    id = insert_once(session, LawRow, values, "code")
    if id is None:
        return "same"
    _keep_version(session, id, 1, entry.version, entry.effective_on, entry.source, entry.changes, by, now)
    found = _law(session, id)
    note(session, facts.ENTERED, found, by, now, "entered", kind=found.kind.value)
    return "new"


def _keep_version(
    session: Session, id: int, number: int, version: str, since: date | None, source: str, changes: Words, by: int, now: datetime
) -> None:  # fmt: skip
    session.add(
        LawVersionRow(
            law_id=id, number=number, version=version, effective_on=since, source=source, changes=dict(changes), by_id=by, at=now
        )
    )  # fmt: skip
    session.flush()


def new_version(
    session: Session, by: int, id: int, version: str, since: date | None, changes: Words, now: datetime, *, source: str = ""
) -> Law:  # fmt: skip
    """The rule has a new version: what depends on it is flagged, and it is to be evaluated anew. Raises Refused."""
    found = mine(session, by, id, now)
    which = (LawRow.id == id, LawRow.number == found.number)
    values: dict[str, Any] = {
        "number": found.number + 1, "version": version, "effective_on": since, "changes": dict(changes),
        "source": source or found.source, "look_at": now + timedelta(days=found.look_days), "stirred_at": None,
        "evaluate_at": now, "outcome": None,
    }  # fmt: skip
    if changed(session, update(LawRow).where(*which).values(**values)) != 1:
        raise Refused("compliance.register.changed_meanwhile")
    _keep_version(session, id, found.number + 1, version, since, source or found.source, changes, by, now)
    found = _law(session, id)
    flagged = _flag_dependents(session, found, now)
    note(session, facts.CHANGED, found, by, now, f"changed:{found.number}", flags=flagged)
    if flagged:
        _tell_flagged(session, found, now)
    return found


def _flag_dependents(session: Session, found: Law, now: datetime) -> int:
    """Each document that names it and each lesson on its topics, once a version."""
    named = [("document", str(id)) for id in documents.resting_on(session, found.code)]
    named += [("lesson", id) for id in store.lessons_about(session, found.topics, found.jurisdiction)]
    rows = [{"law_id": found.id, "number": found.number, "what": what, "ref": ref, "at": now} for what, ref in named]
    return len(insert_many_once(session, LawFlagRow, rows))


def _tell_flagged(session: Session, found: Law, now: datetime) -> None:
    message, key = showing.card(session, found, now, what="flagged"), f"law:{found.id}:{found.number}:flagged"
    owners = {document.owner for document in _flagged_documents(session, found) if document.owner}
    for id in dict.fromkeys([*([found.owner] if found.owner else []), *sorted(owners)]):
        outbox.send(session, outbox.to_person(id), message, Lane.BULK, now, key=f"{key}:{id}", unasked=FLAGGED)


def _flagged_documents(session: Session, found: Law) -> list[Any]:
    ids = [int(each.ref) for each in store.flags(session, found.id) if each.what == "document"]
    return [document for id in ids if (document := documents.document(session, id)) is not None]


def settle(session: Session, by: int, id: int, now: datetime) -> Law:
    """Somebody has looked at what was flagged: it still holds, or was changed. Raises Refused."""
    found = store.flag(session, id)
    if found is None:
        raise Refused("compliance.register.changed_meanwhile")
    law = _law(session, found.law)
    document = documents.document(session, int(found.ref)) if found.what == "document" else None
    owns = document is not None and document.owner == by
    if not owns:
        law = mine(session, by, found.law, now)
    which = (LawFlagRow.id == id, LawFlagRow.settled_at.is_(None))
    if changed(session, update(LawFlagRow).where(*which).values(settled_by=by, settled_at=now)) != 1:
        raise Refused("compliance.register.changed_meanwhile")
    body = {"law": law.id, "flag": id, "what": found.what}
    record(session, Fact(facts.SETTLED, f"law-flag:{id}", now, by, body=body), now)
    return law


def looked(session: Session, by: int, id: int, now: datetime) -> Law:
    """Somebody has looked at the source: nothing new. Raises Refused."""
    found = mine(session, by, id, now)
    late = showing.late_days(found, now)
    which = (LawRow.id == id, LawRow.look_at == found.look_at)
    values = {"look_at": now + timedelta(days=found.look_days), "stirred_at": None}
    if changed(session, update(LawRow).where(*which).values(**values)) != 1:
        raise Refused("compliance.register.changed_meanwhile")
    note(session, facts.LOOKED, found, by, now, f"looked:{now.isoformat()}", late_days=late)
    return _law(session, id)


def evaluate(session: Session, by: int, id: int, outcome: Outcome, words: str, photo: str | None, now: datetime) -> Law:
    """It is met, not met, or does not apply; with evidence in words, and a photo where there is one. Raises Refused."""
    found = mine(session, by, id, now)
    row = LawEvaluationRow(law_id=id, number=found.number, outcome=outcome.value, words=words, by_id=by, at=now)
    session.add(row)
    values = {
        "outcome": outcome.value, "evaluated_at": now, "evaluate_at": now + timedelta(days=found.evaluate_days)
    }  # fmt: skip
    session.execute(update(LawRow).where(LawRow.id == id).values(**values))
    session.flush()
    if photo is not None:
        downloads.want(session, photo, KEPT, {"evaluation": row.id}, now)
    note(session, facts.EVALUATED, found, by, now, f"evaluated:{row.id}", outcome=outcome.value)
    return _law(session, id)


def evidence_kept(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: the photo of an evaluation was fetched."""
    which = LawEvaluationRow.id == payload["evaluation"]
    session.execute(update(LawEvaluationRow).where(which).values(media=payload.get("media")))


def ask_due(session: Session, now: datetime, most: int = 20) -> bool:
    """A tick: owners are asked on their entries' rhythm, once each time; True while more is left."""
    rows = store.due(session, now, most)
    for row in rows:
        found = store.as_law(row)
        owner = _owner(session, found, now)
        if row.look_at <= now and (row.look_asked_at is None or row.look_asked_at < row.look_at):
            row.look_asked_at = now
            ask(session, found, owner, "look", f"law:{row.id}:look:{row.look_at.isoformat()}", now)
        if row.evaluate_at <= now and (row.evaluate_asked_at is None or row.evaluate_asked_at < row.evaluate_at):
            row.evaluate_asked_at = now
            ask(session, found, owner, "evaluate", f"law:{row.id}:evaluate:{row.evaluate_at.isoformat()}", now)
    session.flush()
    return len(rows) == most


def ask(session: Session, found: Law, owner: int | None, what: str, key: str, now: datetime) -> None:
    """Asks an owner to `look` at the source (or, `stirred`, says that its page changed), or to `evaluate`."""
    if owner is None:
        return
    message, to = showing.card(session, found, now, what=what), outbox.to_person(owner)
    if what == "evaluate":
        outbox.send(session, to, message, Lane.BULK, now, key=key, unasked=EVALUATE)
    else:
        outbox.send(session, to, message, Lane.BULK, now, key=key, unasked=LOOK)


def _owner(session: Session, found: Law, now: datetime) -> int | None:
    owner = people.person(session, found.owner, now) if found.owner else None
    if owner is not None and owner.left_on is None:
        return owner.id
    officers = company.safety_officers(session, found.path, now)
    return officers[0].id if officers else None


def owner_of(session: Session, found: Law, now: datetime) -> int | None:
    """Who is asked: the owner; where they have left, the nearest safety officer."""
    return _owner(session, found, now)


def mine(session: Session, by: int, id: int, now: datetime) -> Law:
    """A live entry that somebody keeps or owns. Raises Refused."""
    found = store.law(session, id)
    keeps = found is not None and (found.owner == by or whom.holds(session, by, KEEPER, found.path, now))
    if found is None or not found.live or not keeps:
        raise Refused("compliance.register.not_yours")
    return found


def _law(session: Session, id: int) -> Law:
    found = store.law(session, id)
    if found is None:
        raise Refused("compliance.register.changed_meanwhile")
    return found


def note(session: Session, what: FactKind, found: Law, by: int | None, now: datetime, key: str, **more: object) -> None:
    """Writes a fact of an entry."""
    body = {"law": found.id, "version": found.number} | more
    fact = Fact(what, f"law:{found.id}:{key}", now, by, unit=None if by else found.unit, body=body)
    record(session, fact, now)
