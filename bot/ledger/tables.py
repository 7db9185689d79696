"""Tables of the ledger. A fact's key and what is counted stay in `fact`; old bodies move to `fact_body`, divided by month."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.months import by_month


class FactRow(Base):
    """A fact. Nothing here is ever updated, but that an old one's body and salt move to `fact_body`."""

    __tablename__ = "fact"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    at: Mapped[datetime]
    pseudonym: Mapped[str | None] = mapped_column(String(32))
    unit_id: Mapped[int | None]
    post: Mapped[str | None] = mapped_column(String(80))
    body: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    __table_args__ = (
        Index("ix_fact_kind_at", "kind", "at"),
        Index("ix_fact_unit_at", "unit_id", "at"),
        Index("ix_fact_pseudonym_at", "pseudonym", "at"),
    )


class FactBodyRow(Base):
    """The body and salt of an old fact, by the month of the fact. Without a salt in either place the fact was erased."""

    __tablename__ = "fact_body"
    fact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    __table_args__ = (by_month("at"),)


class PseudonymRow(Base):
    """Which person stands behind a pseudonym. Erasing this row erases the person from the ledger."""

    __tablename__ = "pseudonym"
    person_id: Mapped[int] = mapped_column(primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(32), unique=True)


class BlockRow(Base):
    """A sealed set of facts: hashes of salted commitments, chained. Written by the one sealer."""

    __tablename__ = "block"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    count: Mapped[int]


class BlockMemberRow(Base):
    """Which facts a block seals, with the commitment of each."""

    __tablename__ = "block_member"
    fact_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    block_id: Mapped[int] = mapped_column(index=True)
    commitment: Mapped[bytes] = mapped_column(LargeBinary(32))


# --- months that are closed: made from facts alone, and made anew from them whenever that is wanted -----------------------


class ClosedMonthRow(Base):
    """A calendar month whose facts are counted up by person. `closed_at` is None while that is being done."""

    __tablename__ = "closed_month"
    first_on: Mapped[date] = mapped_column(primary_key=True)
    after: Mapped[str] = mapped_column(String(32), default="")
    """The last pseudonym that is done."""
    closed_at: Mapped[datetime | None]


class PersonMonthRow(Base):
    """What one person was offered of one thing in a month, and what became of it within that month (`counting.Counted`)."""

    __tablename__ = "person_month"
    pseudonym: Mapped[str] = mapped_column(String(32), primary_key=True)
    first_on: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(24), primary_key=True)
    offered: Mapped[int]
    done: Mapped[int]
    lost: Mapped[int]
    missed: Mapped[dict[str, Any]] = mapped_column(Json)
    """How many of each day were neither done nor lost: {day: number}."""
    __table_args__ = (Index("ix_person_month_first_on", "first_on"),)


class CarriedRow(Base):
    """Something that was done, or known to be lost, in another month than it was offered in; or without an offer."""

    __tablename__ = "person_carried"
    first_on: Mapped[date] = mapped_column(primary_key=True)
    """The month in which it was done or known."""
    pseudonym: Mapped[str] = mapped_column(String(32), primary_key=True)
    what: Mapped[str] = mapped_column(String(24), primary_key=True)
    subject: Mapped[str] = mapped_column(String(200), primary_key=True)
    offered_on: Mapped[date | None]
    done_on: Mapped[date | None]
    lost_on: Mapped[date | None]
    was_done: Mapped[bool]
    was_lost: Mapped[bool]
    """Whether it had been done, or was known to be lost, before this month."""
    __table_args__ = (Index("ix_person_carried_pseudonym", "pseudonym"),)


class AnchorRow(Base):
    """What was said outside about the newest block of a day, and by which ways; without `ways` nobody was told yet."""

    __tablename__ = "anchor"
    on_date: Mapped[date] = mapped_column(primary_key=True)
    block_id: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    facts: Mapped[int]
    at: Mapped[datetime]
    ways: Mapped[str] = mapped_column(String(40), default="")
    stamp: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What a time-stamping service signed of its line."""
