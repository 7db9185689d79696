"""Checklists, plans, draws, inspections with their answers, and checks that other rooms asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id, Json
from bot.db.files import FILE


class ChecklistRow(Base):
    """A checklist on the shelf of a unit (and of all below it)."""

    __tablename__ = "checklist"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    version: Mapped[int]
    title: Mapped[dict[str, Any]] = mapped_column(Json)
    topic: Mapped[str] = mapped_column(String(8), default="")
    shipped: Mapped[bool] = mapped_column(default=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))


class ChecklistVersionRow(Base):
    """What a checklist said: an inspection keeps the version with which it was begun."""

    __tablename__ = "checklist_version"
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    person_id: Mapped[int | None]
    at: Mapped[datetime]


class ChecklistAdoptionRow(Base):
    """Who stands for which version, for a unit and all below it. A newer version is used only when somebody stands for that."""

    __tablename__ = "checklist_adoption"
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    version: Mapped[int]
    person_id: Mapped[int]
    at: Mapped[datetime]


class ChecklistFileRow(Base):
    """A file with a checklist that somebody sent: read apart, shown to them, taken when they say so."""

    __tablename__ = "checklist_file"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))
    """fetching, ready, taken, rejected, cancelled."""
    found: Mapped[list[Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime]


class ChecklistPlanRow(Base):
    """A checklist is to be done on some weekdays ("135") at a local time, by who has a post, else by who leads."""

    __tablename__ = "checklist_plan"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    post: Mapped[str | None] = mapped_column(String(80))
    days: Mapped[str] = mapped_column(String(7))
    minute: Mapped[int]
    """Of the local day."""
    within_minutes: Mapped[int]
    person_id: Mapped[int]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SpotRuleRow(Base):
    """So many random checks a week. `seed` is drawn once and kept; a week's own seed is made of it and told afterwards."""

    __tablename__ = "spot_rule"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    per_week: Mapped[int]
    seed: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SpotDrawRow(Base):
    """The draw of one week: what it was drawn from and what came of it, so that anybody can draw it again."""

    __tablename__ = "spot_draw"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("spot_rule.id"))
    week: Mapped[str] = mapped_column(String(8))
    """2026-W48"""
    seed: Mapped[str] = mapped_column(String(64))
    slots: Mapped[list[Any]] = mapped_column(Json)
    drawn: Mapped[list[Any]] = mapped_column(Json)
    """[[local time, place or none], ...]"""
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("rule_id", "week"),)


class InspectionRow(Base):
    """One inspection; `key` makes it exist once a plan and day, or a draw and slot."""

    __tablename__ = "inspection"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklist.id"))
    version: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    origin: Mapped[str] = mapped_column(String(8))
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("checklist_plan.id"))
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("spot_draw.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(8))
    at: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(String(6), default="ask")
    due_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    passed: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(Double, default=0.0)
    signs: Mapped[list[Any] | None] = mapped_column(Json)
    """The kinds of signs that were seen in it, some minutes after its end."""
    __table_args__ = (
        Index("ix_inspection_person", "person_id", "state"),
        Index("ix_inspection_due", "state", "answer_by"),
        Index("ix_inspection_list", "checklist_id", "state", "id"),
    )


class InspectionAnswerRow(Base):
    """How one item was found; `seconds` from when it was shown until it was answered."""

    __tablename__ = "inspection_answer"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    item: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(4))
    value: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)
    no_photo: Mapped[bool] = mapped_column(default=False)
    """A photo was wanted and could not be taken."""
    seconds: Mapped[float] = mapped_column(Double)
    at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    gone: Mapped[bool | None]
    __table_args__ = (
        UniqueConstraint("inspection_id", "item"),
        Index("ix_inspection_answer_open", "outcome", "handed_at", "at"),
    )


class InspectionPhotoRow(Base):
    """A photo, voice message or film to an item; `look` is the picture's difference hash."""

    __tablename__ = "inspection_photo"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"), index=True)
    item: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    file_id: Mapped[str] = mapped_column(String(200))
    media: Mapped[str | None] = mapped_column(String(120), index=True, info=FILE)
    look: Mapped[str | None] = mapped_column(String(16))
    at: Mapped[datetime]


class WantedCheckRow(Base):
    """What was learned elsewhere is to be looked for in a unit: one question, and its answer."""

    __tablename__ = "wanted_check"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    finding: Mapped[str] = mapped_column(String(120), unique=True)
    room: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    answer_by: Mapped[datetime]
    asked_at: Mapped[datetime]
    late_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    person_id: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(String(8))
    """same, other, unsure."""
    note: Mapped[str | None] = mapped_column(Text)
    file_id: Mapped[str | None] = mapped_column(String(200))
    handed_at: Mapped[datetime | None]
    gone: Mapped[bool | None]
    __table_args__ = (Index("ix_wanted_check_open", "answered_at", "answer_by"),)
