"""Tables of hazards. Nothing in them leads from a report without a name to a person without the key."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Big, Id, Json
from bot.db.files import FILE


class HazardRow(Base):
    """A reported danger.

    Named: `reporter_id`. Without a name: `reporter_seal` (whom to tell, opened only in the sender) and `reporter_mark`
    (an HMAC over the report's key and the person, to know them again when they press a button); `created_at` is then
    the hour.
    """

    __tablename__ = "hazard"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(14))
    urgency: Mapped[str | None] = mapped_column(String(8))
    severity: Mapped[int | None]
    topic: Mapped[str | None] = mapped_column(String(8))
    category: Mapped[str | None] = mapped_column(String(12))
    """The row of the matrix that `topic` follows from."""
    major: Mapped[bool | None]
    """Major hidden danger, general one; None: nobody has said yet."""
    judged_by: Mapped[int | None]
    judged_at: Mapped[datetime | None]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    place_words: Mapped[str | None] = mapped_column(String(200))
    words: Mapped[str | None] = mapped_column(Text)
    finding: Mapped[str | None] = mapped_column(String(80), unique=True)
    """Of what another room has found: its key there."""
    said: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What is read of it then, in everybody's language: a message."""
    album: Mapped[str | None] = mapped_column(String(64), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    reporter_seal: Mapped[bytes | None] = mapped_column(LargeBinary)
    reporter_mark: Mapped[str | None] = mapped_column(String(64))
    round: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    happened_at: Mapped[datetime | None]
    """When it was sent, where that was long before it arrived."""
    owner_id: Mapped[int | None]
    """Who answers for it while nobody has taken it on: the first who leads there."""
    joined_to: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"), index=True)
    joined_by: Mapped[int | None]
    joined_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None]
    acknowledged_at: Mapped[datetime | None]
    rated_by: Mapped[int | None]
    rated_at: Mapped[datetime | None]
    rated_why: Mapped[str | None] = mapped_column(Text)
    """Why it is milder than it was rated before."""
    assigned_to: Mapped[int | None] = mapped_column(index=True)
    assigned_by: Mapped[int | None]
    assigned_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
    fixed_by: Mapped[int | None]
    fixed_at: Mapped[datetime | None]
    fix_words: Mapped[str | None] = mapped_column(Text)
    check_asked_at: Mapped[datetime | None]
    verified_by: Mapped[int | None]
    verified_at: Mapped[datetime | None]
    rejected_by: Mapped[int | None]
    rejected_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    plan: Mapped[str | None] = mapped_column(Text)
    """Of a major one: what is done if it happens before it is gone."""
    plan_by: Mapped[int | None]
    plan_at: Mapped[datetime | None]
    budget: Mapped[int | None] = mapped_column(Big)
    """What putting it right may cost, in whole units of the money that the site counts in."""
    sign_asked_at: Mapped[datetime | None]
    measured_at: Mapped[datetime | None]
    """When it was counted whether it came back."""
    told_on: Mapped[date | None]
    """The last local day on which its leader was told of a major one."""
    __table_args__ = (
        Index("ix_hazard_open", "state", "path"),
        Index("ix_hazard_due", "state", "due_at"),
        Index("ix_hazard_taken", "acknowledged_by", "state"),
    )


class HazardMediaRow(Base):
    """A photo, voice, video or document of a hazard, before or after the fix."""

    __tablename__ = "hazard_media"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), index=True)
    role: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(12))
    file_id: Mapped[str] = mapped_column(String(200))
    media: Mapped[str | None] = mapped_column(String(120), info=FILE)
    error: Mapped[str | None] = mapped_column(String(20))
    look: Mapped[str | None] = mapped_column(String(16))
    """What the picture looks like: 64 bits in hex, alike for alike pictures."""
    spot: Mapped[str | None] = mapped_column(String(24))
    """Where it was taken (degrees, WGS 84), once its reporter said that this may be kept; before, how far that is (`located`)."""


class HazardNoteRow(Base):
    """The talk about a hazard. A reporter's line never names them."""

    __tablename__ = "hazard_note"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), index=True)
    question: Mapped[bool]
    person_id: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class HazardCallRow(Base):
    """Whom a hazard's ladder called, on which rung of which climb (`run` counts the starts)."""

    __tablename__ = "hazard_call"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    run: Mapped[int]
    rung: Mapped[int]
    person_id: Mapped[int]
    failed: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (UniqueConstraint("hazard_id", "run", "person_id"),)


class HazardDigestRow(Base):
    """That a hazard which can wait is to stand in somebody's digest."""

    __tablename__ = "hazard_digest"
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)


class HazardHereRow(Base):
    """Which place somebody scanned last; forgotten after an hour, or when they report without a name."""

    __tablename__ = "hazard_here"
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place_id: Mapped[int]
    at: Mapped[datetime]


class HazardPracticeRow(Base):
    """That somebody has tried out how to report."""

    __tablename__ = "hazard_practice"
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class HazardMeasureRow(Base):
    """What is done about a hazard, by its place in the hierarchy of controls; `interim` until the lasting one is there."""

    __tablename__ = "hazard_measure"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), index=True)
    round: Mapped[int]
    control: Mapped[str] = mapped_column(String(12))
    interim: Mapped[bool]
    words: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int]
    at: Mapped[datetime]


class HazardHiddenRow(Base):
    """Somebody who is neither called about a hazard nor sees it: it goes round them, or is about them."""

    __tablename__ = "hazard_hidden"
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)


class HazardAlikeRow(Base):
    """Two reports that look like one danger: the later, the earlier; `settled_at` once somebody has said."""

    __tablename__ = "hazard_alike"
    later_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), primary_key=True)
    earlier_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), primary_key=True)
    why: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime]
    settled_by: Mapped[int | None]
    settled_at: Mapped[datetime | None]


class HazardStopRow(Base):
    """Work that somebody stopped; it goes on when its gate is open."""

    __tablename__ = "hazard_stop"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(12))
    stopped_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_hazard_stop_state", "state", "path"),)


class HazardTapRow(Base):
    """The monthly tap: whether somebody who would be called first answers. `key`: the month and the unit."""

    __tablename__ = "hazard_tap"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_hazard_tap_open", "answered_at", "told_at"),)


class HazardOutsideRow(Base):
    """A call outside the chat (`way`: email or webhook, `target`: to whom) and what became of it."""

    __tablename__ = "hazard_outside"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), index=True)
    way: Mapped[str] = mapped_column(String(8))
    target: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(300))
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class SitePlanRow(Base):
    """The picture that is a site's plan."""

    __tablename__ = "site_plan"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), unique=True)
    media: Mapped[str] = mapped_column(String(120), info=FILE)
    wide: Mapped[int]
    tall: Mapped[int]
    by_id: Mapped[int]
    at: Mapped[datetime]


class SiteSpotRow(Base):
    """Where a place is on its site's plan: thousandths of the picture's width and of its height."""

    __tablename__ = "site_spot"
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    x: Mapped[float]
    y: Mapped[float]
    by_id: Mapped[int]
    at: Mapped[datetime]
