"""A lesson's picture in a message: its card, and in its place the plain picture."""

from __future__ import annotations

from bot.delivery import drawings
from bot.kit.replies import Media
from bot.library.cards import sheet
from bot.library.model import Lesson
from bot.media import store as media

JOB = "library.card"


def card(lesson: Lesson) -> Media:
    """The card of this version of a lesson, drawn in whichever language its reader reads."""
    return Media("photo", drawings.ref_of(JOB, name_of(lesson), plain(lesson)))


def name_of(lesson: Lesson) -> str:
    """`<lesson>/<version>/<look>`: another word or another line in the drawing makes another name."""
    return f"{lesson.id}/{lesson.version}/{sheet.look(lesson)}"


def plain(lesson: Lesson) -> str | None:
    """The ref of the lesson's own picture."""
    if lesson.picture is None:
        return None
    return lesson.picture if lesson.picture.startswith(media.PREFIX) else f"content:pictures/{lesson.picture}"
