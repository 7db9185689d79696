"""Erasing somebody: what is about them goes or is emptied, by the declarations of the rooms; what they did stays without them.

The order of the parts does not matter but for the first: whom they wrote to is asked before the accounts go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, delete, select, update
from sqlalchemy.orm import Session

from bot.db.base import Base
from bot.db.files import FILE, FILES
from bot.db.once import changed, table_of
from bot.delivery import seals
from bot.delivery.browser import sealed
from bot.delivery.browser.tables import SealedMessageRow
from bot.delivery.tables import OutboxRow
from bot.hazards.tables import HazardRow
from bot.incidents import store as incidents
from bot.incidents.tables import IncidentInjuredRow
from bot.kit.privacy import Erase, Held
from bot.kit.seal import BrokenSeal
from bot.ledger import actions as ledger
from bot.ledger.model import Fact
from bot.media import held as media
from bot.people.tables import PersonRow
from bot.privacy import store
from bot.privacy.declared import about, columns, tables
from bot.privacy.model import PERSON_ERASED, OnHold
from bot.privacy.scrubbing import NOBODY, Names, scrub

SEALS = {"hazard": "reporter_seal", "outbox": "sealed"}
REF = re.compile(r"media:[0-9a-f]{64}(?:\.\w+)?")


def erase(session: Session, person: int, now: datetime) -> set[str]:
    """Erases somebody in the caller's transaction; answers the files that no row shows any more, to be erased after it.

    Twice is like once. Raises OnHold, LookupError where there is no such person.
    """
    row = session.get(PersonRow, person, populate_existing=True)
    if row is None:
        raise LookupError(person)
    for hold in store.holds(session, now.date()):
        if hold.person == person:
            until = f"until {hold.until}" if hold.until else "until it is ended"
            raise OnHold(f"a legal hold lies on {row.badge} {until}: {hold.reason}")
    chats, names = store.chats(session, person), Names(row.name, row.badge)
    rows = _unseal(session, person)
    files: set[str] = set()
    for table, said in tables():
        if table.name != PersonRow.__tablename__ and said.erase is not Erase.KEEP:
            some, refs = _table(session, table, said, person, chats)
            rows, files = rows + some, files | refs
    rows += scrub(session, names)
    session.execute(
        update(PersonRow)
        .where(PersonRow.id == person)
        .values(
            name=NOBODY, badge=f"erased-{person}", shift=None, zone=None, quiet_start=None, quiet_end=None, push_at=None,
            left_on=row.left_on or now.date(), leaves_on=None, unreachable_at=now,
        )
    )  # fmt: skip
    session.flush()
    ledger.record(session, Fact(PERSON_ERASED, f"erased:{person}", now, body={"rows": rows}), now)
    return files - media.held(session, Base.metadata, files)


def _table(session: Session, table: Table, said: Held, person: int, chats: set[int]) -> tuple[int, set[str]]:
    which = about(table, said, person, chats)
    files = [column for column in columns(table, said.texts) if column.info in (FILE, FILES)]
    refs = refs_of(session.execute(select(*files).where(which)).all()) if files else set()
    if said.erase is Erase.DELETE:
        return changed(session, delete(table).where(which)), refs
    emptied = {column.name: empty(column) for column in columns(table, said.texts)}
    return changed(session, update(table).where(which).values(emptied)) if emptied else 0, refs


def empty(column: Column[Any]) -> Any:
    """What stands in a column that holds nothing."""
    if column.nullable:
        return None
    if isinstance(column.type, LargeBinary):
        return b""
    if "JSON" in str(column.type).upper():
        return []  # falsy, whichever of the two it was
    return ""


def refs_of(rows: Iterable[Any]) -> set[str]:
    return {ref for row in rows for value in row for ref in REF.findall(str(value))}


def theirs_under_seal(session: Session, table: Table, person: int) -> list[int]:
    """The rows that are somebody's under seal: each is opened to see, in memory only. Reports without a name, sealed messages."""
    seal = table.c[SEALS[table.name]]
    rows = session.execute(select(table.c.id, seal).where(seal.is_not(None))).all()
    return [id for id, box in rows if _is(box, person)]


def _unseal(session: Session, person: int) -> int:
    outbox, hazard, injured = table_of(OutboxRow), table_of(HazardRow), table_of(IncidentInjuredRow)
    rows = changed(session, delete(injured).where(injured.c.mark == incidents.mark(person)))
    rows += changed(session, delete(SealedMessageRow).where(SealedMessageRow.box == sealed.box_of(person)))
    nobody = update(hazard).values(reporter_seal=None, reporter_mark=None)
    for id in theirs_under_seal(session, hazard, person):
        rows += changed(session, nobody.where(hazard.c.id == id))
    for id in theirs_under_seal(session, outbox, person):
        rows += changed(session, delete(outbox).where(outbox.c.id == id))
    return rows


def _is(closed: bytes, person: int) -> bool:
    try:
        return seals.seal().open(closed) == str(person)
    except BrokenSeal:  # under a key that is lost: nobody can say whose it is
        return False
