"""*Listen*: somebody has read a lesson aloud, and whoever would rather listen hears it.

A voice note belongs to the very words that were read. When those change, it is played no more until it is recorded anew:
nobody is to hear something else than what is written. The nearest unit's note goes first: people hear a voice they know.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.once import upsert_many
from bot.delivery import downloads
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.kit.replies import Button, Media, Message, Reply, button, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import owning
from bot.library import store as library
from bot.library.authoring import store
from bot.library.authoring.model import LESSON_HEARD, VOICE_RECORDED
from bot.library.authoring.store import Voice
from bot.library.authoring.tables import VoiceNoteRow
from bot.library.model import Lesson
from bot.library.showing import said
from bot.people import store as people
from bot.people.model import Person, Unit

JOB = "library.voice_kept"


def spoken_to(lesson: Lesson, who: Person) -> str:
    """The language in which somebody reads a lesson: their own, else that in which it was written."""
    return who.lang if who.lang in lesson.cards else lesson.language


def of(session: Session, who: Person, lesson: Lesson) -> Voice | None:
    """The note that somebody hears: of the words that they read, and of the unit nearest to theirs."""
    language = spoken_to(lesson, who)
    words = store.read_aloud(lesson, language)
    found = [
        each
        for each in store.voices(session, [lesson.id], people.ancestors(who.path))
        if each.language == language and each.digest == words
    ]
    return max(found, key=lambda each: len(each.path), default=None)


def listen(session: Session, who: Person, lesson: Lesson) -> tuple[Button, ...]:
    """The button *Listen*, where there is something to hear."""
    if of(session, who, lesson) is None:
        return ()
    return (button("library.authoring.listen", f"lv.hear:{lesson.id}:{lesson.version}"),)


def on_listen(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Listen*: the note, below the card."""
    who = people.person(session, event.person or 0, now)
    lesson = library.lesson(session, event.word(0), event.number(1))
    voice = of(session, who, lesson) if who is not None and lesson is not None else None
    if who is None or lesson is None or voice is None:
        return toast("library.authoring.t_nothing_to_hear", alert=True)
    body = {"lesson": lesson.id, "version": lesson.version, "language": voice.language}
    key = f"heard:{who.id}:{lesson.id}:{lesson.version}:{people.today_of(who, now)}"
    record(session, Fact(LESSON_HEARD, key, now, who.id, who.unit, who.post, body), now)
    return Reply(
        (Message(text("library.authoring.heard", title=said(lesson.title)), (), (Media("voice", voice.media),)),)
    )


def want(session: Session, lesson: Lesson, language: str, unit: int, file_id: str, by: int, now: datetime) -> None:
    """A note came for a lesson that is live: it is fetched, then kept by a job. Refused to who is no trainer there."""
    words = store.read_aloud(lesson, language)
    if words is None or unit not in {each.id for each in owning.units_of(session, by, now)}:
        raise Refused("library.not_a_trainer")
    payload = {"lesson": lesson.id, "language": language, "unit": unit, "digest": words, "person": by}
    downloads.want(session, file_id, JOB, payload, now, keep="file")


def keep(
    session: Session, lesson: str, language: str, unit: int, words: str, media: str, by: int, now: datetime
) -> None:
    """The note of a lesson in a language for a unit; one that was there gives way."""
    row = {"lesson_id": lesson, "language": language, "unit_id": unit, "digest": words, "media": media,
           "person_id": by, "at": now}  # fmt: skip
    upsert_many(session, VoiceNoteRow, [row])
    key = f"voice:{lesson}:{language}:{unit}:{words[:16]}:{media.removeprefix('media:')[:16]}"
    record(session, Fact(VOICE_RECORDED, key, now, by, unit, body={"lesson": lesson, "language": language}), now)


def gaps(session: Session, unit: Unit, language: str) -> list[tuple[Lesson, bool]]:
    """The lessons of a unit that nobody can listen to in a language, each with whether it had a note of older words."""
    heard: dict[str, set[str]] = {}
    for each in store.voices(session, None, people.ancestors(unit.path)):
        if each.language == language:
            heard.setdefault(each.lesson, set()).add(each.digest)
    found = []
    for lesson in library.lessons_at(session, unit):
        words = store.read_aloud(lesson, language)
        if words is not None and words not in heard.get(lesson.id, ()):
            found.append((lesson, lesson.id in heard))
    return sorted(found, key=lambda each: not each[1])


ROUTES = (Route(on_listen, verb="lv.hear"),)
