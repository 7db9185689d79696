"""The ledger for other programs: facts by pseudonym, in the order in which they were sealed, so that none is ever missed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.kit.endpoints import Call, Code, Endpoint, Given, Paged, Rows, Scope
from bot.ledger.store import sealed_after
from bot.people import speaking
from bot.people.model import Caller
from bot.people.tables import UnitRow

POINTS_AT_SOMEBODY = frozenset({"by"})
"""Fields of bodies that hold a person's number: a pseudonym beside it would be none."""


class FactOut(Given):
    """Something that happened. `pseudonym` is random and the same for all that one person did; the key to it stays here."""

    id: int
    kind: str
    version: int
    at: datetime
    unit: int | None
    post: str | None
    pseudonym: str | None
    body: dict[str, Any]


class Listed(Paged):
    """Facts, of one kind where it is named."""

    CURSOR: ClassVar[str] = r"^[0-9]{1,9}[.][0-9]{1,9}$"
    cursor: Annotated[
        str | None, Field(pattern=CURSOR, description="`next` of the page before, or of the last fact that was read.")
    ] = None
    kind: Code | None = None


def facts(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """Sealed facts of the units within reach; those of no unit for tokens over the whole company."""
    block, _, after = (call.args.cursor or "0.0").partition(".")
    units = select(UnitRow.id).where(speaking.under(UnitRow.path, caller.units))
    roots = session.scalars(select(UnitRow.path).where(UnitRow.parent_id.is_(None)))
    everything = all(caller.sees(path) for path in roots)
    found = sealed_after(
        session, (int(block), int(after)), call.args.limit, kind=call.args.kind,
        where=lambda unit: or_(unit.in_(units), unit.is_(None)) if everything else unit.in_(units),
    )  # fmt: skip
    return Rows([
        (f"{each.block}.{each.id}", FactOut(
            id=each.id, kind=each.kind, version=each.version, at=each.at, unit=each.unit, post=each.post,
            pseudonym=each.pseudonym, body={k: v for k, v in each.body.items() if k not in POINTS_AT_SOMEBODY},
        ))
        for each in found
    ])  # fmt: skip


ENDPOINTS = (
    Endpoint(
        "facts", "GET", "/facts", Scope.FACTS, "What happened, by pseudonym", facts, FactOut, Listed, many=True, personal=True,
        more="A fact is there once it is sealed, about a minute after it happened. Keep the cursor of the last one and go on "
        "from it. Who erases a person erases what leads from a pseudonym to them; treat these as personal data.",
    ),
)  # fmt: skip
