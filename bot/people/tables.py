"""Tables of people. Everything about a person that changes has a from and a to, so that any day can be asked about."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Big, Id, Json
from bot.db.files import FILE

_LEFT = text("left_on IS NOT NULL")


class UnitRow(Base):
    """Company, site, workshop, team. `code` never changes, `name` may; `names` are those in other languages."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(120))
    path: Mapped[str] = mapped_column(String(120), index=True)
    zone: Mapped[str] = mapped_column(String(60))
    jurisdiction: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    names: Mapped[dict[str, Any] | None] = mapped_column(Json)
    quiet_start: Mapped[time | None]
    quiet_end: Mapped[time | None]
    workdays: Mapped[str] = mapped_column(String(7), default="12345")
    """The weekdays on which people work whom no roster says otherwise of: 1 is Monday, 7 is Sunday."""
    emergency_number: Mapped[str | None] = mapped_column(String(40))
    assembly: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Where people gather in an emergency, by language."""
    training: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What must be learnt before work (`induction`) and what certificates show, where this unit says so itself."""
    alerts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """Who is called how soon, limits in time and gates of dangers, where this unit says so itself."""
    firm: Mapped[str | None] = mapped_column(String(80), index=True)
    """The contractor firm whose people work in it; all below has the same. Its leaders see no others."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    __table_args__ = (UniqueConstraint("parent_id", "name"),)


class PersonRow(Base):
    """A human being on the payroll. What they work as and where is in `placement`."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    badge: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    lang: Mapped[str] = mapped_column(String(8))
    email: Mapped[str | None] = mapped_column(String(200), index=True)
    """What the company's own sign-in may know them by, in small letters; nothing is ever sent there."""
    zone: Mapped[str | None] = mapped_column(String(60))
    shift: Mapped[str | None] = mapped_column(String(20))
    quiet_start: Mapped[time | None]
    quiet_end: Mapped[time | None]
    push_at: Mapped[time | None]
    pictures: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether they want lessons with a picture, which weak or dear data does not like."""
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    leaves_on: Mapped[date | None]
    """The day that was announced; on it they leave, and `left_on` is set."""
    successor_id: Mapped[int | None]
    """Of somebody who has left: who takes over what they had open."""
    unreachable_at: Mapped[datetime | None]
    __table_args__ = (
        # whom planning looks for: by usual shift, by the hour they chose, in zones of their own
        Index("ix_person_shift", "shift", "id"),
        Index("ix_person_push", "shift", "push_at", "id"),
        Index("ix_person_zone", "zone"),
        # who is not counted on a day, and which languages are read
        Index("ix_person_left", "left_on", sqlite_where=_LEFT, postgresql_where=_LEFT),
        Index("ix_person_joined", "joined_on"),
        Index("ix_person_lang", "lang", "left_on"),
    )


class AccountRow(Base):
    """A way to reach a person: one chat of one channel. A new phone closes the old one."""

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20), default="telegram")
    user_id: Mapped[int] = mapped_column(Big)
    chat_id: Mapped[int] = mapped_column(Big)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    menu: Mapped[str | None] = mapped_column(String(16))
    """Which command menus the program had when this chat was given its own."""
    __table_args__ = (Index("ix_account_user", "channel", "user_id"),)


class PlacementRow(Base):
    """Which unit and post somebody has, from a day to a day (exclusive)."""

    __tablename__ = "placement"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    post: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    __table_args__ = (
        # whole, so that a company is counted, and somebody's place found, without a look into the table itself
        Index("ix_placement_person", "person_id", "starts_on", "ends_on", "unit_id", "post"),
        Index("ix_placement_unit", "unit_id", "post", "starts_on", "ends_on", "person_id"),
    )


class RoleGrantRow(Base):
    """A role over a unit and all below it."""

    __tablename__ = "role_grant"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    granted_by: Mapped[int | None]
    """None: by the personnel file, which may take it away again."""
    leave_id: Mapped[int | None]
    """Lent for somebody's leave: ends with it."""


class PostRow(Base):
    """What somebody works as, by its code, with the topics that its holder learns first."""

    __tablename__ = "post"
    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    names: Mapped[dict[str, Any] | None] = mapped_column(Json)
    topics: Mapped[list[Any]] = mapped_column(Json, default=list)


class ShiftRow(Base):
    """A working time by its code, with the quiet hours of those who usually work it."""

    __tablename__ = "shift"
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    names: Mapped[dict[str, Any] | None] = mapped_column(Json)
    starts: Mapped[time]
    ends: Mapped[time]
    quiet_start: Mapped[time | None]
    quiet_end: Mapped[time | None]


class RosterRow(Base):
    """Who works which shift on a day; an empty shift is a day off. Days not listed follow the person's usual shift."""

    __tablename__ = "roster"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    shift: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (Index("ix_roster_day", "on_date", "shift", "person_id"),)


class SpecialDayRow(Base):
    """A date that is no usual one in a unit and all below it: a public holiday, or a day off that is worked instead.

    A roster goes before it, and a nearer unit before a farther one.
    """

    __tablename__ = "special_day"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str] = mapped_column(String(80))
    __table_args__ = (Index("ix_special_day_date", "on_date"),)


class LeaveRow(Base):
    """Away from an instant to an instant (None: until they say otherwise), with who stands in."""

    __tablename__ = "leave"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class InviteRow(Base):
    """A single-use link for one person. Only the token's hash is kept."""

    __tablename__ = "invite"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    printed: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    picture: Mapped[str | None] = mapped_column(String(120), info=FILE)
    """The QR that was made of it; erased when the link is of no more use."""


class PosterRow(Base):
    """A poster's QR: opens a request to join a unit, which a supervisor confirms."""

    __tablename__ = "poster"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class JoinRequestRow(Base):
    """Somebody scanned a poster (`asking`), then gives a badge number (`waiting`); a supervisor decides.

    States: asking, waiting, unknown (no such badge; the asker is not told), replaced, confirmed, refused.
    """

    __tablename__ = "join_request"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    poster_id: Mapped[int | None] = mapped_column(ForeignKey("poster.id"))
    user_id: Mapped[int] = mapped_column(Big, index=True)
    chat_id: Mapped[int] = mapped_column(Big)
    lang: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12), default="asking")
    created_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]


class JoinTryRow(Base):
    """That a stranger tried a token or a badge number: counted against guessing, forgotten after a day."""

    __tablename__ = "join_try"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(Big)
    at: Mapped[datetime]
    __table_args__ = (Index("ix_join_try_user", "user_id", "at"),)


class PlaceRow(Base):
    """A spot with a QR."""

    __tablename__ = "place"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    names: Mapped[dict[str, Any] | None] = mapped_column(Json)
    closed_at: Mapped[datetime | None]


class CrewGroupRow(Base):
    """A group chat and the unit whose crew it is. `left_at`: Davy was taken out of it."""

    __tablename__ = "crew_group"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chat_id: Mapped[int] = mapped_column(Big, unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    tied_by: Mapped[int]
    tied_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class AgreementRow(Base):
    """What was agreed for a unit and all below it: something is on or off from now on, who said so, and what for.

    States: asked, holds, refused, ended. Rows are added and ended, never changed, so that it can be told what held on any
    day. `open_key` and `held_key`: one question and one answer at a time about one thing in one unit.
    """

    __tablename__ = "agreement"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    item: Mapped[str] = mapped_column(String(60))
    is_on: Mapped[bool]
    purpose: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10))
    open_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    held_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    answered_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_agreement_item", "item", "state"), Index("ix_agreement_path", "path", "asked_at"))
