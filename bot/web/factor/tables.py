"""Tables of second factors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Big, Id


class SecondFactorRow(Base):
    """Somebody's second factor; the secret is under the house's seal, its key apart from the data.

    Until a code has confirmed it, the recovery codes lie under the same seal; then only their hashes are here.
    """

    __tablename__ = "second_factor"
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    secret: Mapped[bytes] = mapped_column(LargeBinary(1000))
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(Big, default=0)
    """The newest step of time whose code was used: none of that step or before is taken again."""
    wrong: Mapped[int] = mapped_column(default=0)
    wrong_since: Mapped[datetime | None]


class RecoveryCodeRow(Base):
    """A code for the day on which the phone is lost. Works once."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    code_hash: Mapped[str] = mapped_column(String(32))
    used_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("person_id", "code_hash"),)
