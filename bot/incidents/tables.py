"""Incidents. Who was hurt stands under seal; what the law wants, what was found and who looked are rows of their own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id
from bot.db.files import FILE


class IncidentRow(Base):
    """One incident. `key` is that of the finding or of the fact that opened it. `reporter_id` only where they gave their name."""

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    hazard_id: Mapped[int | None] = mapped_column(index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place_words: Mapped[str | None] = mapped_column(String(200))
    injury: Mapped[str | None] = mapped_column(String(20))
    topic: Mapped[str | None] = mapped_column(String(8))
    outcome: Mapped[str | None] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(16))
    owner_id: Mapped[int | None]
    reporter_id: Mapped[int | None] = mapped_column(index=True)
    round: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    outcome_at: Mapped[datetime | None]
    ask_at: Mapped[datetime | None] = mapped_column(index=True)
    """When whoever may classify it is asked again; None once it is classified."""
    asked: Mapped[int] = mapped_column(default=0)
    signed_by: Mapped[int | None]
    signed_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_incident_path", "path", "state"),)


class IncidentMemberRow(Base):
    """Who works on an investigation (`team`), and whom it goes around (`hidden`)."""

    __tablename__ = "incident_member"
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(8))
    __table_args__ = (Index("ix_incident_member_person", "person_id", "role"),)


class IncidentInjuredRow(Base):
    """Somebody who was hurt: sealed, with a mark by which they find their own and nobody else can."""

    __tablename__ = "incident_injured"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    mark: Mapped[str] = mapped_column(String(64), index=True)
    __table_args__ = (UniqueConstraint("incident_id", "mark"),)


class IncidentEntryRow(Base):
    """A line of an investigation's file: a moment, evidence, a cause (with the one it explains), a lesson."""

    __tablename__ = "incident_entry"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    level: Mapped[str | None] = mapped_column(String(12))
    because_of: Mapped[int | None]
    happened_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(Text)
    file_kind: Mapped[str | None] = mapped_column(String(10))
    file_id: Mapped[str | None] = mapped_column(String(200))
    media: Mapped[str | None] = mapped_column(String(120), info=FILE)
    person_id: Mapped[int]
    at: Mapped[datetime]


class IncidentActionRow(Base):
    """What is done so that it does not happen again. `climbed` counts to whom it was told that it is late."""

    __tablename__ = "incident_action"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    control: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(index=True)
    due_at: Mapped[datetime]
    look_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it is brought up next; None once it is done or there is nobody left to tell."""
    reminded: Mapped[bool] = mapped_column(default=False)
    climbed: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    created_by: Mapped[int]
    created_at: Mapped[datetime]


class IncidentClockRow(Base):
    """A duty to report an incident, once a rule."""

    __tablename__ = "incident_clock"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    rule: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16))
    starts_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None] = mapped_column(index=True)
    reminded: Mapped[int] = mapped_column(default=0)
    missed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None]
    words: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("incident_id", "rule"),)


class IncidentCheckRow(Base):
    """A like place that was asked to look, and what it said."""

    __tablename__ = "incident_check"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    finding: Mapped[str] = mapped_column(String(80), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    in_order: Mapped[bool | None]


class IncidentLookRow(Base):
    """Who opened an incident, and when."""

    __tablename__ = "incident_look"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    person_id: Mapped[int]
    at: Mapped[datetime]
