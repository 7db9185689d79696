"""Campaigns, when each team begins, who answered what, and contests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Id
from bot.db.files import FILE


class CampaignRow(Base):
    """One campaign. `said`: its words and questions by language."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120), index=True)
    zone: Mapped[str] = mapped_column(String(60))
    said: Mapped[dict[str, Any]]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    picture: Mapped[str | None] = mapped_column(String(160), info=FILE)
    contest: Mapped[bool]
    jury: Mapped[list[Any]]
    later_weeks: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), index=True)
    by_id: Mapped[int]
    stagger: Mapped[str] = mapped_column(String(10))
    step_weeks: Mapped[int]
    seed: Mapped[str | None] = mapped_column(String(64))
    agreed_by: Mapped[int | None]
    planned_at: Mapped[datetime]
    voting_at: Mapped[datetime | None]
    judged_at: Mapped[datetime | None]
    measured_at: Mapped[datetime | None]


class CampaignStartRow(Base):
    """When a unit begins. Written once; the ledger holds what was drawn, and only rows that agree with it are announced."""

    __tablename__ = "campaign_start"
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(120))
    step: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    announced_at: Mapped[datetime | None]


class CampaignAnswerRow(Base):
    """One person's answers at one time. `right` counts while `at` is None: then it is open."""

    __tablename__ = "campaign_answer"
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    wave: Mapped[str] = mapped_column(String(8), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    until_on: Mapped[date]
    asked_at: Mapped[datetime]
    next: Mapped[int]
    right: Mapped[int]
    at: Mapped[datetime | None]
    __table_args__ = (Index("ix_campaign_answer_person", "person_id", "at"),)


class ContestEntryRow(Base):
    """What somebody sent: one entry a person and contest."""

    __tablename__ = "contest_entry"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(Text)
    photo: Mapped[str | None] = mapped_column(String(160), info=FILE)
    state: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    """When the jury was asked for the prize."""
    __table_args__ = (UniqueConstraint("campaign_id", "person_id"),)


class ContestVoteRow(Base):
    """One vote a person and contest; it can be moved while votes are open."""

    __tablename__ = "contest_vote"
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("contest_entry.id"), index=True)
    at: Mapped[datetime]


class ContestJudgementRow(Base):
    """What one of the jury says of an entry that is to get the prize."""

    __tablename__ = "contest_judgement"
    entry_id: Mapped[int] = mapped_column(ForeignKey("contest_entry.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    yes: Mapped[bool]
    at: Mapped[datetime]
