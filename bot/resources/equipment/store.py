"""Questions about protective equipment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import Session

from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Role, Viewer
from bot.people.tables import PersonRow
from bot.resources.equipment import rules
from bot.resources.equipment.model import Held, Item, Piece, Request, State, Why
from bot.resources.equipment.tables import EquipmentItemRow, EquipmentPieceRow, EquipmentRequestRow, EquipmentStockRow

FRESH = {"populate_existing": True}


def item(session: Session, id: int) -> Item | None:
    """A kind of equipment by its number."""
    row = session.get(EquipmentItemRow, id, populate_existing=True)
    return as_item(row) if row else None


def as_item(row: EquipmentItemRow) -> Item:
    """A row as a value."""
    return Item(
        row.id, row.code, row.unit_id, row.path, dict(row.names), tuple(row.sizes), row.keeper_id, row.inspect_days,
        row.life_days, row.low,
    )  # fmt: skip


def items_for(session: Session, path: str) -> list[Item]:
    """What somebody can ask for: all that lies in the stores of their unit and those above, the nearest first."""
    chain = people.ancestors(path)
    rows = session.scalars(select(EquipmentItemRow).where(EquipmentItemRow.unit_id.in_(chain)))
    return [as_item(row) for row in sorted(rows, key=lambda row: (chain.index(row.unit_id), row.code))]


def _kept(viewer: Viewer) -> ColumnElement[bool]:
    """What somebody hands out: where they are named, and where they lead."""
    return or_(
        EquipmentItemRow.keeper_id == viewer.person,
        speaking.under(EquipmentItemRow.path, viewer.paths(Role.SUPERVISOR)),
    )  # fmt: skip


def items_kept(session: Session, viewer: Viewer) -> list[Item]:
    """The items that somebody hands out."""
    rows = session.scalars(select(EquipmentItemRow).where(_kept(viewer)).order_by(EquipmentItemRow.code))
    return [as_item(row) for row in rows]


def may_keep(viewer: Viewer | None, found: Item) -> bool:
    """Whether somebody hands an item out."""
    return viewer is not None and (found.keeper == viewer.person or viewer.holds(Role.SUPERVISOR, found.path))


def stock(session: Session, items: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many pieces there are, by item and size."""
    found: dict[int, dict[str, int]] = {id: {} for id in items}
    query = select(EquipmentStockRow.item_id, EquipmentStockRow.size, EquipmentStockRow.count)
    for id, size, count in session.execute(query.where(EquipmentStockRow.item_id.in_(items))):
        found[id][size] = count
    return found


# --- requests ---------------------------------------------------------------------------------------------------------


def request(session: Session, id: int) -> Request | None:
    """A request by its number."""
    row = session.get(EquipmentRequestRow, id, populate_existing=True)
    return as_request(row) if row else None


def as_request(row: EquipmentRequestRow) -> Request:
    """A row as a value."""
    return Request(
        row.id, row.item_id, row.person_id, row.size, Why(row.why), row.old_id, State(row.state), row.asked_at
    )


def queue(session: Session, viewer: Viewer, most: int = 20) -> list[Request]:
    """What waits for a storekeeper, the oldest first; their own requests wait for somebody else."""
    query = (
        select(EquipmentRequestRow)
        .join(EquipmentItemRow, EquipmentItemRow.id == EquipmentRequestRow.item_id)
        .where(
            EquipmentRequestRow.state == State.ASKED.value, EquipmentRequestRow.person_id != viewer.person, _kept(viewer)
        )
        .order_by(EquipmentRequestRow.asked_at, EquipmentRequestRow.id)
    )  # fmt: skip
    return [as_request(row) for row in session.scalars(query.limit(most).execution_options(**FRESH))]


def queued(session: Session, viewer: Viewer) -> int:
    """How many wait for a storekeeper."""
    return session.scalar(_queued.where(_kept(viewer)), {"person": viewer.person}) or 0


_queued = (
    select(func.count())
    .select_from(EquipmentRequestRow)
    .join(EquipmentItemRow, EquipmentItemRow.id == EquipmentRequestRow.item_id)
    .where(EquipmentRequestRow.state == State.ASKED.value, EquipmentRequestRow.person_id != bindparam("person"))
)


def open_of(session: Session, person: int) -> list[Request]:
    """What somebody has asked for and does not have yet."""
    return [as_request(row) for row in session.scalars(_open_of, {"person": person}, execution_options=FRESH)]


_open_of = (
    select(EquipmentRequestRow)
    .where(
        EquipmentRequestRow.person_id == bindparam("person"),
        EquipmentRequestRow.state.in_((State.ASKED.value, State.HANDED.value)),
    )
    .order_by(EquipmentRequestRow.id)
)


def unanswered(session: Session, before: datetime, most: int) -> list[Request]:
    """Requests that have waited since an instant and were not brought up again."""
    query = select(EquipmentRequestRow).where(
        EquipmentRequestRow.state == State.ASKED.value,
        EquipmentRequestRow.asked_at <= before,
        EquipmentRequestRow.reminded_at.is_(None),
    )
    return [as_request(row) for row in session.scalars(query.order_by(EquipmentRequestRow.asked_at).limit(most))]


# --- pieces -----------------------------------------------------------------------------------------------------------


def piece(session: Session, id: int) -> Piece | None:
    """A piece by its number."""
    row = session.get(EquipmentPieceRow, id, populate_existing=True)
    return as_piece(row) if row else None


def as_piece(row: EquipmentPieceRow) -> Piece:
    """A row as a value."""
    return Piece(
        row.id, row.item_id, row.person_id, row.size, Held(row.state), row.signed_at, row.inspect_on, row.expires_on
    )  # fmt: skip


def pieces(session: Session, person: int) -> list[Piece]:
    """What somebody has."""
    return [as_piece(row) for row in session.scalars(_pieces, {"person": person}, execution_options=FRESH)]


_pieces = (
    select(EquipmentPieceRow)
    .where(
        EquipmentPieceRow.person_id == bindparam("person"),
        EquipmentPieceRow.state.in_((Held.HELD.value, Held.DAMAGED.value)),
    )
    .order_by(EquipmentPieceRow.id)
)


def last_size(session: Session, person: int, item: int) -> str | None:
    """The size of an item that somebody had last."""
    query = select(EquipmentPieceRow.size).where(
        EquipmentPieceRow.person_id == person, EquipmentPieceRow.item_id == item
    )
    return session.scalar(query.order_by(EquipmentPieceRow.id.desc()).limit(1))


HELD = EquipmentPieceRow.state == Held.HELD.value


def expiring(session: Session, today: date, most: int) -> list[Piece]:
    """Pieces that expire soon and whose holders were not told so."""
    told = EquipmentPieceRow.expiry_told_for
    query = select(EquipmentPieceRow).where(
        HELD, EquipmentPieceRow.expires_on <= today + rules.AHEAD,
        or_(told.is_(None), told != EquipmentPieceRow.expires_on),
    )  # fmt: skip
    return [as_piece(row) for row in session.scalars(query.order_by(EquipmentPieceRow.id).limit(most))]


def to_inspect(session: Session, today: date, most: int) -> list[Piece]:
    """Pieces that are to be inspected soon and whose holders were not told so."""
    told = EquipmentPieceRow.inspect_told_for
    query = select(EquipmentPieceRow).where(
        HELD, EquipmentPieceRow.inspect_on <= today + rules.AHEAD_INSPECTION,
        or_(told.is_(None), told != EquipmentPieceRow.inspect_on),
    )  # fmt: skip
    return [as_piece(row) for row in session.scalars(query.order_by(EquipmentPieceRow.id).limit(most))]


def overdue(session: Session, viewer: Viewer, today: date, most: int) -> list[tuple[Piece, Item, str, bool]]:
    """Pieces of the stores that somebody keeps: expired, not inspected in time, or held by somebody who has left."""
    query = (
        select(EquipmentPieceRow, EquipmentItemRow, PersonRow.name, PersonRow.left_on)
        .join(EquipmentItemRow, EquipmentItemRow.id == EquipmentPieceRow.item_id)
        .join(PersonRow, PersonRow.id == EquipmentPieceRow.person_id)
        .where(
            _kept(viewer), EquipmentPieceRow.state.in_((Held.HELD.value, Held.DAMAGED.value)),
            or_(
                EquipmentPieceRow.expires_on < today, EquipmentPieceRow.inspect_on < today,
                PersonRow.left_on.is_not(None), EquipmentPieceRow.state == Held.DAMAGED.value,
            ),
        )
        .order_by(EquipmentPieceRow.id)
        .limit(most)
    )  # fmt: skip
    return [(as_piece(p), as_item(i), name, left is not None) for p, i, name, left in session.execute(query)]


def keepers(session: Session, found: Item, now: datetime) -> list[Person]:
    """Who hands an item out: whoever is named, while they are here."""
    named = people.person(session, found.keeper, now) if found.keeper else None
    return [named] if named is not None and named.left_on is None else []
