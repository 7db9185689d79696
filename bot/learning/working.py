"""Working tables of one slice of the daily push: seen by one connection only, emptied with its transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Integer, MetaData, SmallInteger, String, Table, Time

from bot.db.base import Big, Id, Instant

_working = MetaData()
_temporary: dict[str, Any] = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DELETE ROWS"}
s = Table(
    "push_slice", _working,
    Column("person_id", Id, nullable=False), Column("unit_id", Big), Column("post", String),
    Column("quiet_start", Time), Column("quiet_end", Time), Column("lesson_id", String), Column("version", Integer),
    Column("because", Boolean), Column("assignment_id", Big), Column("start_at", Instant()), Column("silent", Boolean),
    Column("used", SmallInteger), Column("topic", String), **_temporary,
)  # fmt: skip
"""The people of a slice. `because`: the lesson was wished for; `start_at`: when the message may go, empty where never;
`used`: how many of the day's places other messages have; `topic`: whose questions come first by a plan.
No key: PostgreSQL would write it anew with each column."""
course = Table(
    "push_course", _working,
    Column("unit_id", Big, primary_key=True, autoincrement=False), Column("position", Integer, primary_key=True),
    Column("lesson_id", String, primary_key=True), Column("topic", String), **_temporary,
)  # fmt: skip
"""Which lessons hold in the units of a slice, in their order."""
plans = Table(
    "push_plans", _working,
    Column("rank", Integer, primary_key=True), Column("post", String, primary_key=True), Column("path", String),
    Column("daily", Boolean), Column("comes", Boolean), Column("at", Time), Column("topic", String),
    Column("since", Instant()), **_temporary,
)  # fmt: skip
"""The plans in force on the day, in their order, each with every post that it is for (empty: all). `comes`: on this weekday."""
aims = Table(
    "push_aims", _working,
    Column("unit_id", Big, primary_key=True, autoincrement=False), Column("rank", Integer, primary_key=True),
    Column("post", String, primary_key=True), Column("daily", Boolean), Column("comes", Boolean), Column("at", Time),
    Column("topic", String), Column("since", Instant()), **_temporary,
)  # fmt: skip
"""The same, spread over the units of the slice."""
first = Table(
    "push_first", _working,
    Column("rank", Integer, primary_key=True), Column("position", Integer, primary_key=True),
    Column("lesson_id", String), **_temporary,
)  # fmt: skip
"""The lessons that each of these plans puts first."""
own = Table(
    "push_own", _working,
    Column("post", String, primary_key=True), Column("topic", String, primary_key=True), **_temporary,
)  # fmt: skip
"""The topics that each post learns first."""
words = Table(
    "push_words", _working,
    Column("lesson_id", String, primary_key=True), Column("because", Boolean, primary_key=True),
    Column("silent", Boolean, primary_key=True), Column("template", String), Column("ref", String), **_temporary,
)  # fmt: skip
"""The message of each lesson as JSON with a blank."""
