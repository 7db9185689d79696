"""Mailboxes of people whom nothing here names: their messages are encrypted, and without a time or an order.

The box of a person is a name that only the key can make again; that of a receipt is made from the receipt's code.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import seals
from bot.delivery.browser.model import KEPT
from bot.delivery.browser.tables import SealedMessageRow
from bot.kit.seal import BrokenSeal

LEAST, SPAN = 2**52, 2**52
"""Numbers of sealed messages: at random, above all that count up and below every chat."""
MOST = 40
STEP = 512


def box_of(person: int) -> str:
    """Somebody's mailbox."""
    return seals.seal().name("mailbox", person)


def put(session: Session, box: str, payload: Mapping[str, Any], now: datetime) -> int:
    """Lays a message into a box; answers its number."""
    number = LEAST + secrets.randbelow(SPAN)
    _add(session, number, box, payload, now)
    return number


def change(session: Session, box: str, number: int, payload: Mapping[str, Any], now: datetime) -> None:
    """Says something else in a message's place; what is not there (any more) is laid there under its number."""
    known = session.get(SealedMessageRow, number, populate_existing=True)
    if known is None:
        _add(session, number, box, payload, now)
        return
    before = read(known)
    body = _closed(payload, before["n"] + 1, before["at"])
    mine = update(SealedMessageRow).where(SealedMessageRow.id == number, SealedMessageRow.box == box)
    changed(session, mine.values(body=body))


def drop(session: Session, box: str, number: int) -> None:
    """Takes a message away."""
    session.execute(delete(SealedMessageRow).where(SealedMessageRow.id == number, SealedMessageRow.box == box))


def messages(session: Session, box: str) -> list[tuple[int, dict[str, Any]]]:
    """What lies in a box, the order of coming kept inside the seal: (number, {payload, n, at})."""
    rows = session.scalars(select(SealedMessageRow).where(SealedMessageRow.box == box).limit(4 * MOST))
    found = []
    for row in rows:
        try:
            found.append((row.id, read(row)))
        except BrokenSeal:
            continue
    return sorted(found, key=lambda each: each[1]["at"])[-MOST:]


def message(session: Session, box: str, number: int) -> dict[str, Any] | None:
    """One message of a box."""
    row = session.get(SealedMessageRow, number, populate_existing=True)
    return read(row) if row is not None and row.box == box else None


def read(row: SealedMessageRow) -> dict[str, Any]:
    """A message, opened: `payload`, its version `n`, and `at`, when it came. Raises BrokenSeal."""
    found: dict[str, Any] = json.loads(seals.seal().open(row.body))
    return found


def prune(session: Session, now: datetime) -> int:
    """Forgets what is old."""
    return changed(session, delete(SealedMessageRow).where(SealedMessageRow.gone_on <= now.date()))


def _add(session: Session, number: int, box: str, payload: Mapping[str, Any], now: datetime) -> None:
    # one day for a whole month of messages: which day it was could be put beside who was there
    last = (now + KEPT).date().replace(day=28)
    body = _closed(payload, 1, now.isoformat())
    session.add(SealedMessageRow(id=number, box=box, body=body, gone_on=last))
    session.flush()


def _closed(payload: Mapping[str, Any], nth: int, at: str) -> bytes:
    """Padded to whole steps, so that the length says little."""
    said = json.dumps({"payload": payload, "n": nth, "at": at}, ensure_ascii=False)
    return seals.seal().close(said.ljust(-(-len(said) // STEP) * STEP))
