"""Questions about documents. Whom a document is for is in the query: it holds in its unit and all below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.compliance.documents import rules
from bot.compliance.documents.model import Document, File, Kind
from bot.compliance.documents.tables import DocumentClauseRow, DocumentRow, DocumentVersionRow
from bot.i18n.say import localized
from bot.people import speaking as whom

MOST = 8
LOOKED_AT = 200
"""So many that match are ranked; nobody has more documents of one word."""


def document(session: Session, id: int) -> Document | None:
    """A document with its live version and its clauses."""
    row = session.get(DocumentRow, id, populate_existing=True)
    return _whole(session, row) if row is not None else None


def _whole(session: Session, row: DocumentRow) -> Document:
    version = session.get(DocumentVersionRow, (row.id, row.number), populate_existing=True)
    kept = select(DocumentClauseRow.law, DocumentClauseRow.clause).where(DocumentClauseRow.document_id == row.id)
    clauses = tuple((c.law, c.clause) for c in session.execute(kept.order_by(DocumentClauseRow.id)))
    files = {lang: File(f["ref"], f["name"]) for lang, f in (version.files if version else {}).items()}
    return _as_document(row, dict(version.words) if version else {}, files, clauses)


def _as_document(row: DocumentRow, words: Any, files: Any, clauses: Any) -> Document:
    return Document(
        row.id, row.code or f"D-{row.id}", Kind(row.kind), row.title, row.unit_id, row.path, tuple(row.places),
        row.owner_id, row.number, row.retired_at is None, row.changed_at, words, files, clauses,
    )  # fmt: skip


def holding(session: Session, path: str, place: int | None = None, most: int = MOST) -> list[Document]:
    """What holds where somebody works: those for the place first, then those of the nearest unit."""
    where = (DocumentRow.path.in_(whom.above(path)), DocumentRow.retired_at.is_(None))
    rows = list(session.scalars(select(DocumentRow).where(*where).limit(LOOKED_AT)))
    rows.sort(key=lambda row: (place not in row.places, -len(row.path), row.title.get("en", ""), row.id))
    return [_as_document(row, {}, {}, ()) for row in rows[:most]]


def found(session: Session, words: str, paths: Sequence[str], own: str, lang: str, most: int = MOST) -> list[Document]:
    """What holds where somebody works or leads and has all the words; those with the words in their title first."""
    needles = rules.needles(words)
    if not needles:
        return []
    mine = or_(
        DocumentRow.path.in_(whom.above(own)), *(DocumentRow.path.startswith(path, autoescape=True) for path in paths)
    )
    match = [DocumentRow.search.contains(each, autoescape=True) for each in needles]
    query = select(DocumentRow).where(mine, DocumentRow.retired_at.is_(None), *match).limit(LOOKED_AT)
    rows = list(session.scalars(query))
    rows.sort(key=lambda row: (-rules.rank(words, localized(row.title, lang)), -len(row.path), row.id))
    return [_as_document(row, {}, {}, ()) for row in rows[:most]]


def resting_on(session: Session, law: str) -> list[int]:
    """The live documents that name a law's code."""
    query = (
        select(DocumentRow.id)
        .join(DocumentClauseRow, DocumentClauseRow.document_id == DocumentRow.id)
        .where(func.lower(DocumentClauseRow.law) == law.lower(), DocumentRow.retired_at.is_(None))
    )
    return sorted(set(session.scalars(query)))


def titles(session: Session, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What documents are called."""
    if not ids:
        return {}
    rows = session.execute(select(DocumentRow.id, DocumentRow.title).where(DocumentRow.id.in_(ids)))
    return {row.id: dict(row.title) for row in rows}
