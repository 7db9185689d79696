"""What the sender must know of a row's reader, its file or the message it changes; all of it is read, nothing written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from bot.db.among import among
from bot.db.once import table_of
from bot.delivery.browser.model import CHANNEL
from bot.delivery.tables import FileIdRow, OutboxRow, SentMessageRow, in_state
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


def where_sent(connection: Connection, ref: str, chat: int) -> Standing | None:
    """The newest message sent under a ref to a chat. Whoever has a page as well may have the same in both."""
    query = _standing.where(_s.c.ref == ref, _s.c.chat_id == chat)
    row = connection.execute(query.order_by(_s.c.message_id.desc()).limit(1)).first()
    return Standing(*row) if row else None


def file_id(connection: Connection, ref: str) -> str | None:
    """The channel's id of a file that was sent before."""
    return connection.scalar(select(FileIdRow.file_id).where(FileIdRow.ref == ref))


@dataclass(frozen=True)
class Addressee:
    """Whoever reads: where they are reached, their language, and their own zone or else that of their unit."""

    person: int | None = None
    chat: int | None = None
    lang: str | None = None
    zone: str = "UTC"
    unreachable: bool = False
    pictures: bool = True
    """Whether they want lessons with a picture."""


NOBODY = Addressee()
_own_zone = func.coalesce(
    PersonRow.zone,
    select(UnitRow.zone)
    .join(PlacementRow, PlacementRow.unit_id == UnitRow.id)
    .where(PlacementRow.person_id == PersonRow.id)
    .order_by(PlacementRow.starts_on.desc())
    .limit(1)
    .scalar_subquery(),
    "UTC",
)
_open = and_(AccountRow.channel == "telegram", AccountRow.closed_at.is_(None))
_reader = select(
    PersonRow.id,
    AccountRow.chat_id,
    PersonRow.lang,
    _own_zone.label("zone"),
    PersonRow.unreachable_at,
    PersonRow.pictures,
).select_from(PersonRow)
_by_person = _reader.outerjoin(AccountRow, and_(AccountRow.person_id == PersonRow.id, _open)).where(
    among(table_of(PersonRow).c.id, "persons")
)
# a private chat has its user's number, by which there is an index
_by_chat = _reader.join(AccountRow, and_(AccountRow.person_id == PersonRow.id, _open)).where(
    among(table_of(AccountRow).c.user_id, "chats"), AccountRow.chat_id == AccountRow.user_id
)


def readers(connection: Connection, persons: Collection[int]) -> dict[int, Addressee]:
    """Addressees by person."""
    rows = connection.execute(_by_person, {"persons": persons}) if persons else ()
    return {r.id: Addressee(r.id, r.chat_id, r.lang, r.zone, r.unreachable_at is not None, r.pictures) for r in rows}


def browser_chat(connection: Connection, person: int) -> int | None:
    """The chat of somebody who has a page in a browser. Asked only of whom Telegram does not reach."""
    open_ = (AccountRow.person_id == person, AccountRow.channel == CHANNEL, AccountRow.closed_at.is_(None))
    return connection.scalar(select(AccountRow.chat_id).where(*open_).limit(1))


def readers_of_chats(connection: Connection, chats: Collection[int]) -> dict[int, Addressee]:
    """Addressees by private chat; strangers are left out."""
    rows = connection.execute(_by_chat, {"chats": chats}) if chats else ()
    return {
        r.chat_id: Addressee(r.id, r.chat_id, r.lang, r.zone, r.unreachable_at is not None, r.pictures) for r in rows
    }


def unsettled(connection: Connection, ref: str, person: int | None, chat: int | None) -> bool:
    """Whether a message under a ref is still on its way to somebody."""
    query = select(_o.c.id).where(_o.c.ref == ref, _o.c.method == "send", in_state.in_(("waiting", "started")))
    query = query.where(_o.c.person_id == person) if person is not None else query.where(_o.c.chat_id == chat)
    return connection.scalar(query.limit(1)) is not None
