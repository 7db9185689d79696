"""What the sender must know of a row's reader, its file or the message it changes; all of it is read, nothing written."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.db.once import table_of
from bot.delivery.tables import FileIdRow, OutboxRow, SentMessageRow
from bot.people.tables import AccountRow, PersonRow, PlacementRow, UnitRow

_o = table_of(OutboxRow)
_s = table_of(SentMessageRow)


@dataclass(frozen=True)
class Standing:
    """A message on a phone: its number, and whether it is a picture with a caption."""

    number: int
    captioned: bool = False


_standing = select(_s.c.message_id, _s.c.captioned)


def standing(connection: Connection, chat: int, number: int) -> Standing | None:
    """A message by its number, if anything is known of it."""
    row = connection.execute(_standing.where(_s.c.chat_id == chat, _s.c.message_id == number)).first()
    return Standing(*row) if row else None


def where_sent(connection: Connection, ref: str, person: int | None, chat: int | None) -> Standing | None:
    """The newest message sent under a ref to somebody."""
    query = _standing.where(_s.c.ref == ref)
    query = query.where(_s.c.person_id == person) if person is not None else query.where(_s.c.chat_id == chat)
    row = connection.execute(query.order_by(_s.c.message_id.desc()).limit(1)).first()
    return Standing(*row) if row else None


def file_id(connection: Connection, ref: str) -> str | None:
    """The channel's id of a file that was sent before."""
    return connection.scalar(select(FileIdRow.file_id).where(FileIdRow.ref == ref))


def chat_of_sealed(connection: Connection, person: int) -> tuple[int | None, str | None, str | None]:
    """Where a person under seal is reached, and their language and zone. Only the sender asks this."""
    query = (
        select(AccountRow.chat_id, PersonRow.lang, PersonRow.zone)
        .join(PersonRow, PersonRow.id == AccountRow.person_id)
        .where(AccountRow.person_id == person, AccountRow.closed_at.is_(None))
    )
    row = connection.execute(query).first()
    return (row.chat_id, row.lang, row.zone) if row else (None, None, None)


def reader_of_chat(connection: Connection, chat: int) -> tuple[int | None, str | None, str | None]:
    """Who reads a private chat: person, language and own zone; nothing for a stranger."""
    query = (
        select(PersonRow.id, PersonRow.lang, PersonRow.zone)
        .join(AccountRow, AccountRow.person_id == PersonRow.id)
        .where(AccountRow.chat_id == chat, AccountRow.closed_at.is_(None))
    )
    row = connection.execute(query).first()
    return (row.id, row.lang, row.zone) if row else (None, None, None)


def unsettled(connection: Connection, ref: str, person: int | None, chat: int | None) -> bool:
    """Whether a message under a ref is still on its way to somebody."""
    query = select(_o.c.id).where(_o.c.ref == ref, _o.c.method == "send", _o.c.state.in_(("waiting", "started")))
    query = query.where(_o.c.person_id == person) if person is not None else query.where(_o.c.chat_id == chat)
    return connection.scalar(query.limit(1)) is not None


def zone_of(connection: Connection, person: int) -> str:
    """The zone a person works in."""
    query = (
        select(UnitRow.zone)
        .join(PlacementRow, PlacementRow.unit_id == UnitRow.id)
        .where(PlacementRow.person_id == person)
        .order_by(PlacementRow.starts_on.desc())
        .limit(1)
    )
    return connection.scalar(query) or "UTC"
