"""What the sender takes next, and that it starts: set-wise, by statements that are built once, in the writer's transactions."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, func, literal, not_, or_, select, union_all, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.db.once import table_of
from bot.delivery import lookups
from bot.delivery.leases import holds
from bot.delivery.tables import OutboxRow, in_state
from bot.people.tables import AccountRow

_o = table_of(OutboxRow)
_a = table_of(AccountRow)
SENDER = "sender"
"""The lease of whoever sends."""


@dataclass(frozen=True)
class Waiting:
    """A row to be sent, with whom it is for as of now. `words` is its message as JSON, `fence` under which it started."""

    id: int
    lane: int
    method: str
    person: int | None
    chat: int | None
    sealed: bytes | None
    number: int | None
    words: str
    ref: str | None
    uncertain: bool
    attempts: int
    key: str | None
    on_failure: str | None
    made: int = 0
    lang: str | None = None
    zone: str | None = None
    fence: int = 0
    unreachable: bool = False
    """The person counts as unreachable: somebody who gets a message is not."""
    pictures: bool = True
    """They want drawings with what they are sent."""

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The message as it is stored."""
        payload: dict[str, Any] = json.loads(self.words)
        return payload


_now = bindparam("now", type_=_o.c.not_before.type)
_due = (
    _o.c.state == "waiting",
    _o.c.not_before <= _now,
    or_(_o.c.expires_at.is_(None), _o.c.expires_at > _now),
)
_chat = func.coalesce(
    _o.c.chat_id,
    select(_a.c.chat_id)
    .where(_a.c.person_id == _o.c.person_id, _a.c.channel == "telegram", _a.c.closed_at.is_(None))
    .limit(1)
    .scalar_subquery(),
)
_columns = (
    _o.c.id, _o.c.lane, _o.c.method, _o.c.person_id, _o.c.chat_id, _o.c.sealed, _o.c.message_id,
    cast(_o.c.payload, Text).label("words"), _o.c.ref, _o.c.uncertain, _o.c.attempts, _o.c.key, _o.c.on_failure, _o.c.made,
)  # fmt: skip


@cache
def _picking(lanes: tuple[int, ...]) -> Select[Any]:
    """The first rows of each lane by its index, whatever else waits: one ORDER BY over all lanes would sort them all."""
    free = (
        not_(among(_o.c.id, "not_ids")),
        or_(_chat.is_(None), not_(among(_chat, "not_chats"))),
    )
    first = [
        select(_o.c.id, literal(lane).label("lane"), _chat.label("chat"))
        .where(_o.c.lane == lane, *_due, *free)
        .order_by(_o.c.not_before, _o.c.id)
        .limit(bindparam("most"))
        .subquery(f"lane{lane}")
        .select()
        for lane in lanes
    ]
    return select(union_all(*first).subquery("next"))


@cache
def _remaining(lanes: tuple[int, ...]) -> Select[Any]:
    return select(_o.c.id).where(_o.c.lane.in_(lanes), *_due, not_(among(_o.c.id, "not_ids"))).limit(1)


def _pick(
    connection: Connection,
    lanes: Sequence[int],
    now: datetime,
    most: int,
    not_ids: Collection[int],
    not_chats: Collection[int],
) -> dict[int, int | None]:
    """Ids of what is due with their chats, higher lane first, then oldest."""
    asked = {"now": now, "most": most, "not_ids": not_ids, "not_chats": not_chats}
    found = connection.execute(_picking(tuple(lanes)), asked).all()
    return {row.id: row.chat for row in found[:most]}


def next_rows(
    connection: Connection,
    lanes: Sequence[int],
    now: datetime,
    most: int,
    not_ids: Collection[int] = (),
    not_chats: Collection[int] = (),
) -> list[Waiting]:
    """What is due in some lanes; nothing is changed. `not_chats`: something is going there, or just went."""
    ids = list(_pick(connection, lanes, now, most, not_ids, not_chats))
    found = connection.execute(_as_they_are, {"ids": ids}).all()
    return _with_readers(connection, found, ids)


_as_they_are = select(*_columns).where(among(_o.c.id, "ids"))
_free = (
    select(_o.c.id)
    .where(among(_o.c.id, "ids"), in_state == "waiting", or_(_o.c.expires_at.is_(None), _o.c.expires_at > _now))
    .with_for_update(skip_locked=True)
)
"""A row that somebody else is changing starts a moment later: nobody waits for anybody."""
_starting = (
    update(_o)
    .where(_o.c.id.in_(_free), holds(SENDER, bindparam("lease_fence")))
    .values(state="started", fence=bindparam("lease_fence"), attempts=_o.c.attempts + 1)
    .returning(*_columns)
)


@dataclass(frozen=True)
class Claimed:
    """Rows that have started. `behind`: more of these lanes is due, but waits behind something in its chat.

    `skipped`: somebody was just changing some.
    """

    rows: list[Waiting]
    behind: bool = False
    skipped: bool = False


def claim(
    session: Session,
    lanes: Sequence[int],
    most: int,
    not_ids: Collection[int],
    not_chats: Collection[int],
    fence: int,
    now: datetime,
) -> Claimed:
    """Starts what goes next, as it is and for whom it is at this moment: committed before any call.

    Of each chat only the first: what was said first must be read first.
    """
    connection = session.connection()
    picked = _pick(connection, lanes, now, most, not_ids, not_chats)
    first = {chat: id for id, chat in reversed(picked.items())}
    ids = [id for id, chat in picked.items() if chat is None or first[chat] == id]
    rows = start(session, ids, fence, now) if ids else []
    skipped = len(rows) < len(ids)
    if len(ids) >= most:
        return Claimed(rows, skipped=skipped)
    behind = connection.execute(_remaining(tuple(lanes)), {"now": now, "not_ids": not_ids}).first()
    return Claimed(rows, behind is not None, skipped)


def start(session: Session, ids: Sequence[int], fence: int, now: datetime) -> list[Waiting]:
    """Commits that calls are about to be made; only rows still waiting, not expired, under a lease that still holds."""
    connection = session.connection()
    begun = connection.execute(_starting, {"ids": ids, "now": now, "lease_fence": fence}).all()
    return _with_readers(connection, begun, ids, fence)


def _with_readers(connection: Connection, found: Sequence[Any], order: Sequence[int], fence: int = 0) -> list[Waiting]:
    """Rows in the order asked for, with chat, language and zone of whoever reads them."""
    persons = lookups.readers(connection, {r.person_id for r in found if r.person_id is not None})
    strangers = {r.chat_id for r in found if r.person_id is None and (r.chat_id or 0) > 0}
    chats = lookups.readers_of_chats(connection, strangers)
    rows = {}
    for r in found:
        reader = persons.get(r.person_id) if r.person_id is not None else chats.get(r.chat_id)
        reader = reader or lookups.NOBODY
        chat = r.chat_id or (reader.chat if r.person_id is not None else None)
        rows[r.id] = Waiting(
            r.id, r.lane, r.method, r.person_id, chat, r.sealed, r.message_id, r.words, r.ref, r.uncertain, r.attempts,
            r.key, r.on_failure, r.made, reader.lang, reader.zone, fence, reader.unreachable, reader.pictures,
        )  # fmt: skip
    return [rows[id] for id in order if id in rows]
