"""Visits from outside, their findings, what was said and shown to each, and the links by which a guest may read."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id
from bot.db.files import FILE


class VisitRow(Base):
    """An inspection by somebody from outside; `key` makes a second press harmless."""

    __tablename__ = "visit"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    authority: Mapped[str] = mapped_column(String(200))
    jurisdiction: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(Text)
    on_date: Mapped[date]
    person_id: Mapped[int]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class VisitFindingRow(Base):
    """What the visit found. The owner puts it right, another person closes it."""

    __tablename__ = "visit_finding"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    nth: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    clause: Mapped[str | None] = mapped_column(String(200))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    topic: Mapped[str | None] = mapped_column(String(8))
    severity: Mapped[int]
    owner_id: Mapped[int]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    """open, corrected, objected, closed, withdrawn."""
    corrected_by: Mapped[int | None]
    closed_by: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    climbed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("visit_id", "nth"), Index("ix_visit_finding_due", "state", "due_at"))


class VisitNoteRow(Base):
    """What was said to a finding: a correction, an objection and its outcome, an extension, the closing. Never changed."""

    __tablename__ = "visit_note"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("visit_finding.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int]
    at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """Of an extension: the new deadline."""


class VisitEvidenceRow(Base):
    """A file shown to a finding: with the finding itself, its correction, or its objection."""

    __tablename__ = "visit_evidence"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("visit_finding.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    """finding, correction, objection."""
    file_kind: Mapped[str] = mapped_column(String(10))
    file_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    media: Mapped[str | None] = mapped_column(String(120), info=FILE)
    person_id: Mapped[int]
    at: Mapped[datetime]


class VisitPackRow(Base):
    """An evidence pack that was made, with the hash of the whole file."""

    __tablename__ = "visit_pack"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    media: Mapped[str] = mapped_column(String(120), info=FILE)
    person_id: Mapped[int]
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("visit_id", "media"),)


class GuestLinkRow(Base):
    """A link for somebody from outside to one visit, until an end. Only the hash of what opens it is kept."""

    __tablename__ = "guest_link"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    secret: Mapped[str] = mapped_column(String(64), unique=True)
    ends_at: Mapped[datetime]
    person_id: Mapped[int]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]


class GuestViewRow(Base):
    """Each time a guest's link was opened, and what for."""

    __tablename__ = "guest_view"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("guest_link.id"), index=True)
    what: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
