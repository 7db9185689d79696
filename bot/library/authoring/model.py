"""A lesson in the making, and what the ledger keeps of authoring.

The content of a draft is JSON: `{"language", "topic", "jurisdictions", "title": {lang: words}, "cards": [Card]}`; a card is
`{"text": {lang: words}, "file": id | None, "shows": {"kind", "ref"} | None, "twin": {lang: words}}`. `file` is what came in
the chat and is fetched in its own time, `shows` what a published version has already. `voices`: {lang: file id}.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

OPEN, PLANNED, PUBLISHED, CANCELLED = "open", "planned", "published", "cancelled"
MOST_CARDS = 10
MOST_TITLE, MOST_CARD, MOST_TWIN, MOST_INSTEAD = 80, 700, 200, 500
"""Characters: a card with its title and the words of its picture is a caption, which holds 1024."""


@dataclass(frozen=True)
class LessonDraft:
    """A draft as it stands: `base` is the version that it was begun from (0: a new lesson)."""

    id: int
    person: int
    lesson: str
    base: int
    unit: int | None
    state: str
    content: Mapping[str, Any]
    publish_at: datetime | None
    touched_at: datetime
    tells: bool = False


@dataclass(frozen=True)
class File:
    """A file of a draft: `media` is None until it has come, `error` says why it never will."""

    id: int
    kind: str
    media: str | None
    error: str | None


LESSON_PUBLISHED = FactKind(
    "LessonPublished",
    1,
    ("lesson", "version", "cards"),
    "A trainer made a version of an own lesson live, and signed it.",
)
LESSON_PLANNED = FactKind("LessonPlanned", 1, ("draft",), "A trainer said when a lesson goes live by itself.")
LESSON_ROLLED_BACK = FactKind(
    "LessonRolledBack", 1, ("lesson", "version", "to"), "An own lesson says again what it said in an earlier version."
)
LESSON_RETIRED = FactKind("LessonRetired", 1, ("lesson", "version"), "An own lesson is given to nobody any more.")
LESSON_CORRECTED = FactKind(
    "LessonCorrected",
    1,
    ("lesson", "version", "correction"),
    "A lesson means something else from this version on, which is said to all who read one of before.",
)
LESSON_WITHDRAWN = FactKind(
    "LessonWithdrawn",
    1,
    ("lesson", "version", "correction"),
    "An own lesson was wrong and is given to nobody any more; what is right is said to all who read it.",
)
VOICE_RECORDED = FactKind(
    "VoiceNoteRecorded", 1, ("lesson", "language"), "Somebody read a lesson aloud for those who would rather listen."
)
LESSON_HEARD = FactKind("LessonHeard", 1, ("lesson", "version", "language"), "Somebody listened to a lesson.")
RETOLD = FactKind(
    "LessonRetold",
    1,
    ("draft", "second"),
    "A lesson retells something confidential; whether somebody else releases it.",
)
RELEASE_ASKED = FactKind(
    "LessonReleaseAsked",
    1,
    ("draft", "ref", "mark"),
    "A trainer asks for the release of a lesson that retells something.",
)
RELEASED = FactKind(
    "LessonReleased", 1, ("draft",), "Somebody else than its writer released a lesson that retells something."
)
FACTS = (
    RETOLD,
    RELEASE_ASKED,
    RELEASED,
    LESSON_PUBLISHED,
    LESSON_PLANNED,
    LESSON_ROLLED_BACK,
    LESSON_RETIRED,
    LESSON_CORRECTED,
    LESSON_WITHDRAWN,
    VOICE_RECORDED,
    LESSON_HEARD,
)

DRAFT_WAITS = UnaskedKind(
    "library.authoring.draft_waits",
    7,
    Overflow.JOIN,
    timedelta(days=3),
    "library.authoring.draft_waits_title",
    "A lesson in the making has waited for weeks and is put aside soon; to the trainer who began it.",
)
UNASKED = (DRAFT_WAITS,)
