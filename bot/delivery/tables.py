"""Tables of the engine room (long because there is a table for each thing that is remembered)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, String, Text, UniqueConstraint, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, Big, Id, Json
from bot.db.files import FILE, FILES
from bot.db.months import by_month
from bot.db.once import table_of

_ONE_OF = text("broadcast_id IS NOT NULL")
_NAMED = text("ref IS NOT NULL")
# what nobody asked for is found by its person; there are many of those, and few of the rest
_TOPIC, _TOPIC_PG = text("topic IS NOT NULL AND unasked = 0"), text("topic IS NOT NULL AND NOT unasked")
_OPEN = text("settled_at IS NULL")


class OutboxRow(Base):
    """A message, edit or deletion to be done. Written with the change it tells of; done after the commit."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    lane: Mapped[int]
    method: Mapped[str] = mapped_column(String(10), default="send")
    person_id: Mapped[int | None]
    chat_id: Mapped[int | None] = mapped_column(Big)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    message_id: Mapped[int | None] = mapped_column(Big)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    ref: Mapped[str | None] = mapped_column(String(120))
    topic: Mapped[str | None] = mapped_column(String(120))
    unasked: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str | None] = mapped_column(String(40))
    """What kind of message it is that nobody asked for: its rank in the day's budget."""
    joined_to: Mapped[int | None] = mapped_column(Big)
    """Of one that is held back: the row of the message that says that it waits."""
    broadcast_id: Mapped[int | None]
    """The broadcast that it belongs to: counted, paused and taken back together."""
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    uncertain: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    made: Mapped[int] = mapped_column(default=0)
    """How many of its calls have succeeded: an album whose text was refused for now is not sent again."""
    fence: Mapped[int | None]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    on_failure: Mapped[str | None] = mapped_column(String(80))
    # without AUTOINCREMENT SQLite gives the number of a forgotten row to the next one
    __table_args__ = (
        Index("ix_outbox_expires", "expires_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_outbox_next", "state", "lane", "not_before", "id"),
        Index("ix_outbox_person", "person_id", "not_before"),
        Index("ix_outbox_ref", "ref", sqlite_where=_NAMED, postgresql_where=_NAMED),
        Index("ix_outbox_topic", "topic", sqlite_where=_TOPIC, postgresql_where=_TOPIC_PG),
        Index(
            "ix_outbox_broadcast", "broadcast_id", "state", "not_before", sqlite_where=_ONE_OF, postgresql_where=_ONE_OF
        ),
        {"sqlite_autoincrement": True},
    )


in_state = func.coalesce(table_of(OutboxRow).c.state, "")
"""The state where a row is found by its number, person, topic or ref.

SQLite would rather look through all that wait; PostgreSQL as well, while its statistics are of before a push and few waited.
"""


class BroadcastRow(Base):
    """One message to many, as somebody started it: to whom, how far it has come, and where its progress is shown."""

    __tablename__ = "broadcast"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int]
    """Who started it."""
    role: Mapped[str] = mapped_column(String(20))
    """Whoever starts it, or lets it go on, holds at least this role over the audience's units."""
    kind: Mapped[str] = mapped_column(String(40))
    audience: Mapped[dict[str, Any]] = mapped_column(Json)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    ref: Mapped[str | None] = mapped_column(String(120))
    """The message that shows its progress."""
    on_end: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12))
    """asked, planning, running, paused, done, cancelled."""
    cursor: Mapped[int] = mapped_column(Big, default=0)
    """The last person who was looked at."""
    step: Mapped[int]
    """How many people the next slice takes."""
    total: Mapped[int] = mapped_column(default=0)
    planned_at: Mapped[datetime | None]
    look_at: Mapped[float] = mapped_column(default=0.0)
    """When it is counted again: seconds, database time."""
    shown: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """The figures that stand in the progress message."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_broadcast_open", "ended_at", "state"),)


class OutboxHistoryRow(Base):
    """A row of the outbox that was settled a while ago, by the month in which it was. Its key stays in `outbox`.

    `settled_at` of what was under seal is the hour in which it was written.
    """

    __tablename__ = "outbox_history"
    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    settled_at: Mapped[datetime] = mapped_column(primary_key=True)
    lane: Mapped[int]
    method: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(index=True)
    chat_id: Mapped[int | None] = mapped_column(Big)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    ref: Mapped[str | None] = mapped_column(String(120), index=True)
    kind: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    uncertain: Mapped[bool]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    error: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (by_month("settled_at"),)


_QUIZ = text("quiz_key IS NOT NULL")


class SentMessageRow(Base):
    """Where a message that may be edited, answered or voted on stands."""

    __tablename__ = "sent_message"
    chat_id: Mapped[int] = mapped_column(Big, primary_key=True)
    message_id: Mapped[int] = mapped_column(Big, primary_key=True)
    person_id: Mapped[int | None]
    ref: Mapped[str | None] = mapped_column(String(120), index=True)
    poll_id: Mapped[str | None] = mapped_column(String(40), index=True)
    quiz_key: Mapped[str | None] = mapped_column(String(120))
    captioned: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (Index("ix_sent_message_quiz", "quiz_key", sqlite_where=_QUIZ, postgresql_where=_QUIZ),)


class HandledRow(Base):
    """An update that was handled, remembered with its effects."""

    __tablename__ = "handled"
    update_id: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class IntakeRow(Base):
    """The range of updates being worked on, so that a crash in it is known."""

    __tablename__ = "intake"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    low: Mapped[int] = mapped_column(Big)
    high: Mapped[int] = mapped_column(Big)


class HeardRow(Base):
    """When updates could arrive last, so that an absence is known."""

    __tablename__ = "heard"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime]


class AttemptRow(Base):
    """How often an update was begun after a crash."""

    __tablename__ = "attempt"
    update_id: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    count: Mapped[int]


class ParkedRow(Base):
    """An update that failed, or that waits behind one of the same user. Its body is erased when it is settled."""

    __tablename__ = "parked"
    update_id: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    user_id: Mapped[int | None] = mapped_column(Big, index=True)
    body: Mapped[dict[str, Any] | None] = mapped_column(Json)
    error: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    parked_at: Mapped[datetime]


class DraftRow(Base):
    """A conversation in progress: what it is about, where it stands, what was said so far."""

    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, info=FILES)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    remind_at: Mapped[datetime | None] = mapped_column(index=True)
    __table_args__ = (UniqueConstraint("person_id", "kind"),)


class LadderRow(Base):
    """An escalation ladder that is being climbed for a subject."""

    __tablename__ = "ladder"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    rung: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="climbing")
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    stopped_by: Mapped[int | None]
    called: Mapped[list[Any]] = mapped_column(Json, default=list)


class GateVoteRow(Base):
    """One person's word at an N-of-M gate."""

    __tablename__ = "gate_vote"
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    yes: Mapped[bool]
    kinds: Mapped[list[Any]] = mapped_column(Json, default=list)
    at: Mapped[datetime]


class ApprovalRow(Base):
    """What one person asked for and a second one must agree to, until it is settled."""

    __tablename__ = "approval"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    what: Mapped[str] = mapped_column(String(40))
    job: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    path: Mapped[str] = mapped_column(String(120))
    roles: Mapped[list[Any]] = mapped_column(Json)
    barred: Mapped[list[Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(12))
    """waiting, agreed, refused, expired, withdrawn."""
    asked_by: Mapped[int]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_approval_waiting", "state", "expires_at"),)


class AcknowledgementRow(Base):
    """Somebody says: I have seen it. Once a subject and version."""

    __tablename__ = "acknowledgement"
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class FindingRow(Base):
    """A danger that a room has found, for `hazards` to take: what is read of it, where it is, and who found it."""

    __tablename__ = "finding"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    room: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int]
    path: Mapped[str] = mapped_column(String(120))
    said: Mapped[dict[str, Any]] = mapped_column(Json, info=FILES)
    severity: Mapped[int | None]
    topic: Mapped[str | None] = mapped_column(String(8))
    place_id: Mapped[int | None]
    person_id: Mapped[int | None]
    hurt: Mapped[bool] = mapped_column(default=False)
    called: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime]


class ScheduleRow(Base):
    """A thing that happens at a time of its own: when, in which zone, for whom, and what to do when it was missed."""

    __tablename__ = "schedule"
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    does: Mapped[str] = mapped_column(String(80))
    """Which of the rooms' plans it runs."""
    timing: Mapped[str] = mapped_column(String(120))
    """A crontab line, `every 30 minutes`, or `own hours`."""
    zone: Mapped[str] = mapped_column(String(60))
    audience: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    missed: Mapped[str] = mapped_column(String(12), default="latest")
    catch_up_minutes: Mapped[int] = mapped_column(default=120)
    paused_at: Mapped[datetime | None]


class ScheduleRunRow(Base):
    """That a schedule ran for a local date: once, whatever the clock does. With how far its planning has come."""

    __tablename__ = "schedule_run"
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    schedule: Mapped[str | None] = mapped_column(String(80))
    due_at: Mapped[datetime | None]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="done")
    """running, done."""
    cursor: Mapped[int] = mapped_column(Big, default=0)
    """The last person who was looked at."""
    step: Mapped[int] = mapped_column(default=0)
    """How many people the next slice takes."""
    planned: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_schedule_run_schedule", "schedule", "at"), Index("ix_schedule_run_state", "state"))


class FileIdRow(Base):
    """The channel's id of a file we sent once, so that it need not be sent again."""

    __tablename__ = "file_id"
    ref: Mapped[str] = mapped_column(String(200), primary_key=True)
    file_id: Mapped[str] = mapped_column(String(200))


class DrawingRow(Base):
    """A picture that is drawn for the readers of a language when the first of them gets it. `name` changes with what it shows."""

    __tablename__ = "drawing"
    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    lang: Mapped[str] = mapped_column(String(8), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    """asked, drawn, failed."""
    media: Mapped[str | None] = mapped_column(String(120), info=FILE)
    error: Mapped[str | None] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]


class DownloadRow(Base):
    """A file of the channel's to be fetched, and which job to run with it."""

    __tablename__ = "download"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file_id: Mapped[str] = mapped_column(String(200))
    job: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    keep: Mapped[str] = mapped_column(String(10), default="picture")
    state: Mapped[str] = mapped_column(String(12), default="waiting", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    """Not to be fetched before: after a failure it waits longer and longer."""
    created_at: Mapped[datetime]


class LeaseRow(Base):
    """Who may do a thing that only one may do. `fence` grows with every new holder."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(60))
    fence: Mapped[int]
    until: Mapped[float]


class ReplicaRow(Base):
    """A process that serves this database, when it was last seen (seconds, database time), and what all must share."""

    __tablename__ = "replica"
    name: Mapped[str] = mapped_column(String(34), primary_key=True)
    seen: Mapped[float]
    secret: Mapped[str] = mapped_column(String(16))
    files: Mapped[str] = mapped_column(String(32))


class LinkRow(Base):
    """A one-time link to the dashboard. Only the token's hash is kept."""

    __tablename__ = "link"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
