"""From the outbox into the page of somebody without Telegram: what the page reads is laid down here, and nothing is sent.

The sender does it for what comes by itself (it holds the rows anyway); what is an answer to a press is laid down in the very
transaction of the press, so that the next page shows it, also while Telegram cannot be reached.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, cast, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_many_once, table_of
from bot.delivery.browser import sealed
from bot.delivery.browser.model import CHANNEL, is_browser
from bot.delivery.browser.tables import InboxRow
from bot.delivery.tables import OutboxRow, SentMessageRow, in_state
from bot.people.tables import AccountRow

URGENT = (0, 4)
"""Lanes of `outbox.URGENT`: left to the sender, because whoever waits for an answer to these must hear that nobody was rung."""
MOST = 60
_o = table_of(OutboxRow)
_i = table_of(InboxRow)


class Due(NamedTuple):
    """An outbox row whose turn has come, as far as the inbox asks for it."""

    id: int
    method: str
    person: int | None
    chat: int
    number: int | None
    ref: str | None
    payload: Mapping[str, Any]


# --- laying down -------------------------------------------------------------------------------------------------------


def lay(session: Session, due: Sequence[Due], now: datetime) -> dict[int, int]:
    """Does what rows say, in their order, and notes where they stand; answers the numbers of new messages by row."""
    numbers: dict[int, int] = {}
    for row in sorted(due):
        number = DOING[row.method](session, row, now) if row.method in DOING else None
        if number is not None and row.method == "send":
            numbers[row.id] = number
    places = [_place(row, numbers[row.id], now) for row in due if row.id in numbers]
    if places:
        insert_many_once(session, SentMessageRow, places)
    return numbers


def lay_sealed(
    session: Session, method: str, box: str, number: int | None, payload: Mapping[str, Any], now: datetime
) -> None:
    """The same into a mailbox under seal; where it stands is noted nowhere."""
    if method == "send":
        sealed.put(session, box, payload, now)
    elif method == "edit" and number is not None:
        sealed.change(session, box, number, payload, now)
    elif method == "delete" and number is not None:
        sealed.drop(session, box, number)


def take_in(session: Session, person: int | None, chat: int, now: datetime) -> int:
    """Lays down at once what waits for a chat of a browser; says how much. What the sender has in hand it lays down itself."""
    mine = [_o.c.chat_id == chat]
    if person is not None:
        phone = exists().where(
            AccountRow.person_id == person, AccountRow.channel != CHANNEL, AccountRow.closed_at.is_(None)
        )
        mine.append((_o.c.person_id == person) & _o.c.chat_id.is_(None) & ~phone)
    waiting = (
        select(_o.c.id)
        .where(or_(*mine), in_state == "waiting", _o.c.lane.not_in(URGENT), _o.c.not_before <= now)
        .where(or_(_o.c.expires_at.is_(None), _o.c.expires_at > now))
        .order_by(_o.c.id)
        .limit(MOST)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(waiting))
    if not ids:
        return 0
    taking = (
        update(_o)
        .where(_o.c.id.in_(ids), in_state == "waiting")
        .values(state="sent", settled_at=now, attempts=_o.c.attempts + 1)
        .returning(
            _o.c.id, _o.c.method, _o.c.person_id, _o.c.message_id, _o.c.ref, cast(_o.c.payload, Text).label("words")
        )
    )
    rows = session.execute(taking).all()
    due = [Due(r.id, r.method, r.person_id, chat, r.message_id, r.ref, json.loads(r.words)) for r in rows]
    lay(session, due, now)
    return len(due)


def _send(session: Session, row: Due, now: datetime) -> int:
    new = InboxRow(
        chat_id=row.chat, person_id=row.person, payload=dict(row.payload), ref=row.payload.get("ref"),
        touch=_touch(session, row.chat), version=1, sent_at=now, touched_at=now,
    )  # fmt: skip
    session.add(new)
    session.flush()
    return new.id


def _edit(session: Session, row: Due, now: datetime) -> None:
    old = _standing(session, row)
    if old is None:
        return
    payload = dict(row.payload)
    if [each.get("ref") for each in payload.get("media", ())] == ["keep"]:
        payload["media"] = old.payload.get("media", [])
    if old.payload == payload:
        return  # nothing changed, as Telegram says of such an edit
    old.payload, old.version, old.touch, old.touched_at = payload, old.version + 1, _touch(session, row.chat), now
    session.flush()


def _unbutton(session: Session, row: Due, now: datetime) -> None:
    old = _standing(session, row)
    if old is not None and "buttons" in old.payload:
        left = {name: value for name, value in old.payload.items() if name != "buttons"}
        old.payload, old.version, old.touched_at = left, old.version + 1, now
        session.flush()


def _delete(session: Session, row: Due, now: datetime) -> None:
    session.execute(delete(InboxRow).where(InboxRow.chat_id == row.chat, InboxRow.id == row.number))


DOING = {"send": _send, "edit": _edit, "unbutton": _unbutton, "delete": _delete}


def _standing(session: Session, row: Due) -> InboxRow | None:
    """The message that a row changes: by its number, or the newest under its ref."""
    query = select(InboxRow).where(InboxRow.chat_id == row.chat).execution_options(populate_existing=True)
    if row.number is not None:
        return session.scalar(query.where(InboxRow.id == row.number))
    return session.scalar(query.where(InboxRow.ref == row.ref).order_by(InboxRow.id.desc()).limit(1))


def _touch(session: Session, chat: int) -> int:
    return (session.scalar(select(func.max(_i.c.touch)).where(_i.c.chat_id == chat)) or 0) + 1


def _place(row: Due, number: int, now: datetime) -> dict[str, Any]:
    quiz = row.payload.get("quiz")
    return {
        "chat_id": row.chat, "message_id": number, "person_id": row.person, "ref": row.payload.get("ref"),
        "poll_id": poll_of(number) if quiz else None, "quiz_key": quiz.get("key", "") if quiz else None,
        "captioned": captioned(row.payload), "sent_at": now,
    }  # fmt: skip


def captioned(payload: Mapping[str, Any]) -> bool:
    """Whether a message shows one file: its text is then a caption."""
    return len(payload.get("media", ())) == 1


def poll_of(number: int) -> str:
    """What a quiz of the inbox is called where a vote names it."""
    return f"b{number}"


# --- reading -----------------------------------------------------------------------------------------------------------


def newest(session: Session, chat: int) -> int:
    """How far a chat has counted."""
    return session.scalar(select(func.max(_i.c.touch)).where(_i.c.chat_id == chat)) or 0


def messages(session: Session, chat: int, most: int = 30) -> list[InboxRow]:
    """What stands in a chat, what was touched last at the end."""
    query = select(InboxRow).where(InboxRow.chat_id == chat).order_by(InboxRow.touch.desc()).limit(most)
    return list(session.scalars(query))[::-1]


def message(session: Session, chat: int, number: int) -> InboxRow | None:
    """One message of a chat."""
    row = session.get(InboxRow, number, populate_existing=True)
    return row if row is not None and row.chat_id == chat else None


def vote(session: Session, chat: int, number: int, options: Sequence[int], now: datetime) -> bool:
    """Notes what was chosen; False where a choice stands already, or there is no such quiz."""
    row = message(session, chat, number)
    if row is None or row.voted is not None or "quiz" not in row.payload:
        return False
    one = update(InboxRow).where(InboxRow.id == number, InboxRow.version == row.version)
    chosen = one.values(voted=list(options), version=row.version + 1, touch=_touch(session, chat), touched_at=now)
    return changed(session, chosen) == 1


def forget(session: Session, chat: int, ref: str) -> None:
    """Erases what stands in a browser's chat under a ref: a conversation that must not be linked to anybody."""
    if is_browser(chat):
        session.execute(delete(InboxRow).where(InboxRow.chat_id == chat, InboxRow.ref == ref))
