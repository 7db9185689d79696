"""What is kept of somebody, as a file for them: JSON that a person and a program can read, and their pictures and voices."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from bot.db.once import table_of
from bot.delivery.tables import OutboxRow
from bot.hazards.tables import HazardRow
from bot.kit.privacy import Held
from bot.ledger.tables import FactBodyRow, FactRow, PseudonymRow
from bot.media import store as media
from bot.privacy import store
from bot.privacy.declared import about, done_by, tables
from bot.privacy.erasing import refs_of, theirs_under_seal


def export(session: Session, person: int) -> tuple[bytes, int]:
    """A zip with `person.json` and the files of rows about them; and how many rows there are. Raises LookupError."""
    chats = store.chats(session, person)
    found: dict[str, Any] = {}
    rows: list[Any] = []
    for table, said in reversed(tables()):
        mine = [dict(row) for row in session.execute(select(table).where(about(table, said, person, chats))).mappings()]
        done = list(_done(session, table, said, person))
        rows += [tuple(row.values()) for row in mine]
        if mine or done:
            found[table.name] = {"what for": said.why, "about you": mine, "done by you": done}
    if "person" not in found:
        raise LookupError(person)
    for table in (table_of(HazardRow), table_of(OutboxRow)):
        ids = theirs_under_seal(session, table, person)
        if ids:
            sealed = session.execute(select(table).where(table.c.id.in_(ids))).mappings()
            found.setdefault(table.name, {})["under seal"] = [dict(row) for row in sealed]
    facts = _facts(session, person)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        said_all = {"kept of you": found, "ledger": facts}
        file.writestr("person.json", json.dumps(said_all, default=_as_text, ensure_ascii=False, indent=1))
        for ref in sorted(refs_of(rows)):
            try:
                file.writestr(f"files/{ref.removeprefix(media.PREFIX)}", media.open_ref(ref))
            except media.NoSuchFile:
                continue
    return packed.getvalue(), len(rows) + len(facts)


def _done(session: Session, table: Table, said: Held, person: int) -> Iterator[dict[str, Any]]:
    """What they had a hand in: the row's number and in which part; what others wrote in it is not theirs to take along."""
    key = list(table.primary_key)
    parts = [table.c[name] for name in said.by.split()]
    if not parts:
        return
    for row in session.execute(select(*key, *parts).where(done_by(table, said, person))):
        as_what = [part.name for part, value in zip(parts, row[len(key) :], strict=True) if value == person]
        yield dict(zip((k.name for k in key), row[: len(key)], strict=True)) | {"as": as_what}


def _facts(session: Session, person: int) -> list[dict[str, Any]]:
    mine = select(PseudonymRow.pseudonym).where(PseudonymRow.person_id == person).scalar_subquery()
    query = (
        select(FactRow.kind, FactRow.at, FactRow.body, FactBodyRow.body.label("old"))
        .outerjoin(FactBodyRow, (FactBodyRow.fact_id == FactRow.id) & (FactBodyRow.at == FactRow.at))
        .where(FactRow.pseudonym == mine)
        .order_by(FactRow.at, FactRow.id)
    )
    return [{"what": row.kind, "at": row.at, "details": row.old or row.body} for row in session.execute(query)]


def _as_text(value: Any) -> str:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
