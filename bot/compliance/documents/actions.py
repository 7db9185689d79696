"""Publishing documents and their versions, saying what they rest on, taking them out of force. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.compliance.documents import rules, store
from bot.compliance.documents.model import DOCUMENT_PUBLISHED, DOCUMENT_RETIRED, Document, Kind
from bot.compliance.documents.tables import DocumentClauseRow, DocumentRow, DocumentVersionRow
from bot.db.once import changed, insert_many_once, insert_once
from bot.delivery import downloads, outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.media import store as media
from bot.people import company
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.model import Person, Role

KEEPER = Role.SAFETY_OFFICER
"""Who may publish for a unit."""
KEPT = "compliance.documents.kept"
MOST_BYTES = 15_000_000


@dataclass(frozen=True)
class Draft:
    """What somebody wants to publish. `words` are by language; `key` makes it exist once."""

    key: str
    kind: Kind
    title: Mapping[str, str]
    unit: int
    words: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    places: tuple[int, ...] = ()


def publish(session: Session, by: int, draft: Draft, now: datetime) -> Document:
    """A new document in its first version. Refused: to whoever does not look after safety there."""
    unit = people.unit(session, draft.unit)
    if unit is None or not whom.holds(session, by, KEEPER, unit.path, now):
        raise Refused("compliance.documents.not_yours")
    values = {
        "key": draft.key, "code": draft.code, "kind": draft.kind.value, "title": dict(draft.title), "unit_id": unit.id,
        "path": unit.path, "places": list(draft.places), "owner_id": by, "number": 1, "search": "", "changed_at": now,
    }  # fmt: skip
    id = insert_once(session, DocumentRow, values, "key")
    if id is None:
        raise Refused("compliance.documents.changed_meanwhile")
    session.add(DocumentVersionRow(document_id=id, number=1, words=dict(draft.words), files={}, by_id=by, at=now))
    session.flush()
    return _published(session, id, by, now)


def new_version(session: Session, by: int, id: int, words: Mapping[str, str], now: datetime) -> Document:
    """The next version, with its words; what was to be acknowledged is to be acknowledged anew. Raises Refused."""
    before = mine(session, by, id, now)
    which = (DocumentRow.id == id, DocumentRow.number == before.number, DocumentRow.retired_at.is_(None))
    if changed(session, update(DocumentRow).where(*which).values(number=before.number + 1, changed_at=now)) != 1:
        raise Refused("compliance.documents.changed_meanwhile")
    version = DocumentVersionRow(
        document_id=id, number=before.number + 1, words=dict(words), files={}, by_id=by, at=now
    )
    session.add(version)
    session.flush()
    return _published(session, id, by, now)


def _published(session: Session, id: int, by: int, now: datetime) -> Document:
    _index(session, id)
    made = store.document(session, id)
    assert made is not None
    body = {"document": id, "version": made.number, "kind": made.kind.value}
    record(session, Fact(DOCUMENT_PUBLISHED, f"document:{id}:{made.number}", now, by, body=body), now)
    return made


def add_words(session: Session, by: int, id: int, lang: str, words: str, now: datetime) -> Document:
    """The live version in one more language, or its words there anew. Raises Refused."""
    found = mine(session, by, id, now)
    version = session.get_one(DocumentVersionRow, (id, found.number), populate_existing=True)
    version.words = {**version.words, lang: words}
    session.flush()
    _index(session, id)
    return mine(session, by, id, now)


def set_clauses(session: Session, by: int, id: int, kept: list[tuple[str, str]], now: datetime) -> Document:
    """What a document rests on, in place of what stood there. Raises Refused."""
    mine(session, by, id, now)
    session.execute(delete(DocumentClauseRow).where(DocumentClauseRow.document_id == id))
    insert_many_once(
        session, DocumentClauseRow, [{"document_id": id, "law": law, "clause": clause} for law, clause in kept]
    )
    return mine(session, by, id, now)


def set_place(session: Session, by: int, id: int, place: int, now: datetime) -> Document:
    """Whoever scans a place sees it first there; the same again takes that back. Raises Refused."""
    found, where = mine(session, by, id, now), people.place(session, place)
    unit = people.unit(session, where.unit) if where is not None else None
    if unit is None or not unit.path.startswith(found.path):
        raise Refused("compliance.documents.not_yours")
    kept = [each for each in found.places if each != place] if place in found.places else [*found.places, place]
    session.execute(update(DocumentRow).where(DocumentRow.id == id).values(places=kept))
    return mine(session, by, id, now)


def retire(session: Session, by: int, id: int, now: datetime) -> None:
    """It holds no more. Raises Refused."""
    found = mine(session, by, id, now)
    which = (DocumentRow.id == id, DocumentRow.retired_at.is_(None))
    if changed(session, update(DocumentRow).where(*which).values(retired_at=now)) != 1:
        raise Refused("compliance.documents.changed_meanwhile")
    body = {"document": id, "version": found.number}
    record(session, Fact(DOCUMENT_RETIRED, f"document-retired:{id}", now, by, body=body), now)


def mine(session: Session, by: int, id: int, now: datetime) -> Document:
    """A live document that somebody may change. Raises Refused."""
    found = store.document(session, id)
    if found is None or not found.live or not whom.holds(session, by, KEEPER, found.path, now):
        raise Refused("compliance.documents.not_yours")
    return found


def seen_by(session: Session, who: Person, id: int, now: datetime) -> Document:
    """A document that holds somewhere on somebody's site, for they may scan any code there, or that they lead. Raises Refused."""
    found, site = store.document(session, id), company.site_of(session, who.path)
    if found is None or not found.live:
        raise Refused("compliance.documents.gone")
    if site is not None and found.path.startswith(site.path):
        return found
    if not who.path.startswith(found.path) and not whom.holds(session, who.id, Role.SUPERVISOR, found.path, now):
        viewer_paths = whom.paths(session, who.id, Role.SUPERVISOR, now)
        if not any(path.startswith(found.path) for path in viewer_paths):
            raise Refused("compliance.documents.gone")
    return found


def _index(session: Session, id: int) -> None:
    found = store.document(session, id)
    if found is not None:
        searched = rules.searched((found.code, *found.title.values(), *found.words.values()))
        session.execute(update(DocumentRow).where(DocumentRow.id == id).values(search=searched))


# --- files ------------------------------------------------------------------------------------------------------------


def want_file(session: Session, who: Person, found: Document, lang: str, file: tuple[str, str], now: datetime) -> None:
    """Fetches the PDF (id, name) of a document's version in a language; its sender is told once it is kept, or why not."""
    payload = {"document": found.id, "number": found.number, "lang": lang, "name": file[1][:100], "person": who.id}
    downloads.want(session, file[0], KEPT, payload, now, keep="file")


class FileKept:
    """The job: a file was fetched; only a PDF is kept."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Looks whether it is one."""
        ref = payload.get("media")
        good = bool(ref) and rules.is_pdf(media.open_ref(str(ref)))
        return payload | {"good": good}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Puts it beside the words."""
        id, number = payload["document"], payload["number"]
        version = session.get(DocumentVersionRow, (id, number), populate_existing=True)
        if version is not None and payload["good"]:
            kept = {"ref": payload["media"], "name": payload["name"]}
            version.files = {**version.files, payload["lang"]: kept}
            session.flush()
        titles = store.titles(session, [id])
        said = text("compliance.documents.file_kept", title=titles.get(id, {}), good=payload["good"])
        message = Message(said, rows(button("compliance.documents.b_open", f"dc:open:{id}:0")))
        key = f"document:{id}:{number}:{payload['lang']}:{payload['media']}"[:200]
        outbox.send(session, outbox.to_person(payload["person"]), message, Lane.REPLY, now, key=key)
