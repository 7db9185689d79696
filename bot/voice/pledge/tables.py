"""Pledges that were signed, who is asked to sign, and how often somebody was."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id


class PledgeRow(Base):
    """A pledge that somebody signed. Rows are only added: the newest says until when it holds."""

    __tablename__ = "pledge"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime]
    until_on: Mapped[date]
    wrong: Mapped[int]
    __table_args__ = (Index("ix_pledge_person", "person_id", "until_on"),)


class PledgeCallRow(Base):
    """The people of a unit are asked to sign, from `at` until `ended_at`. `open_unit` is empty once it is ended."""

    __tablename__ = "pledge_call"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    open_unit: Mapped[int | None] = mapped_column(unique=True)
    path: Mapped[str] = mapped_column(String(120))
    by_id: Mapped[int]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PledgeAskedRow(Base):
    """How often somebody was asked since they last signed. Whoever signs is erased here."""

    __tablename__ = "pledge_asked"
    person_id: Mapped[int] = mapped_column(primary_key=True)
    times: Mapped[int]
    asked_at: Mapped[datetime]
