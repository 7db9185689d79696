"""The messages about dangers that nobody asked for, ranked. Alerts are none of these."""

from __future__ import annotations

from datetime import timedelta

from bot.delivery.model import Overflow, UnaskedKind

REMINDER = UnaskedKind(
    "hazards.reminder",
    2,
    Overflow.JOIN,
    timedelta(hours=36),
    "hazards.reminder_title",
    "A danger was taken or given to somebody and is not fixed in its time.",
)
DIGEST = UnaskedKind(
    "hazards.digest",
    3,
    Overflow.JOIN,
    timedelta(hours=36),
    "hazards.digest_title",
    "What nobody has acknowledged, once a shift; what cannot wait has rung before.",
)
MAJOR_DAY = UnaskedKind(
    "hazards.major_day",
    2,
    Overflow.JOIN,
    timedelta(hours=36),
    "hazards.major_title",
    "Each day, to the leader of a place with a major hidden danger: how it stands, what is missing, what helped elsewhere.",
)
TAP = UnaskedKind(
    "hazards.tap",
    4,
    Overflow.JOIN,
    timedelta(days=4),
    "hazards.tap_title",
    "Once a month, to whoever would be called first: a test of the ladder that wants one tap.",
)
LADDER = UnaskedKind(
    "hazards.ladder",
    2,
    Overflow.JOIN,
    timedelta(hours=36),
    "hazards.ladder_title",
    "To admins: a ladder that nobody would answer, a call outside the chat that failed, a test that nobody tapped.",
)
ALIKE = UnaskedKind(
    "hazards.alike",
    5,
    Overflow.JOIN,
    timedelta(hours=36),
    "hazards.alike_title",
    "Two reports look like one danger: whoever leads there says whether they are.",
)
