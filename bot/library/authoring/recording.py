"""Lessons that nobody can listen to: listed a language and unit, read aloud one by one. Routes only."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import Button, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.library import store as library
from bot.library.authoring import desk, voices
from bot.library.authoring.drafting import too_big
from bot.library.authoring.translating import language_at
from bot.library.model import MAX_BYTES, Lesson
from bot.library.showing import said
from bot.people import store as people
from bot.people.model import Unit

KIND = "library.voice"
AT_IT = timedelta(minutes=15)
SHOWN, UNITS = 10, 30


def on_voices(session: Session, event: Pressed, now: datetime) -> Reply:
    """For each language that people read: how many lessons nobody can listen to. Of several units: first, of which?"""
    units = desk.units_of(session, event, now)
    unit = _one_of(units, event.number(0))
    if unit is None:
        return Reply(edit=_which_unit(units, "ld.voices", desk.home()))
    listed, buttons = [], []
    for lang, count in sorted(desk.spoken_by(session, [unit], now).items(), key=lambda each: -each[1]):
        if lang not in LANGUAGES:
            continue
        found = voices.gaps(session, unit, lang)
        listed.append(
            {"language": LANGUAGES[lang], "people": count, "missing": len(found), "old": sum(o for _, o in found)}
        )
        if found:
            data = f"ld.voice:{lang}:0:{unit.id}"
            buttons.append(button("library.in_language", data, language=LANGUAGES[lang], chosen=False))
    words = text("library.authoring.voices", languages=listed, unit=unit.label if len(units) > 1 else None)
    back = button("library.back", "ld.voices") if len(units) > 1 else desk.home()
    return Reply(edit=Message(words, rows(*buttons, back, each=2)))


def _one_of(units: list[Unit], chosen: int) -> Unit | None:
    """The unit that was chosen; the only one where there is no choice; None where it is still to be made."""
    if len(units) == 1:
        return units[0]
    return next((unit for unit in units if unit.id == chosen), None)


def _which_unit(units: list[Unit], verb: str, back: Button) -> Message:
    buttons = [Button(text("delivery.just", text=unit.label), f"{verb}:{unit.id}") for unit in units[:UNITS]]
    return Message(text("library.authoring.voice_for"), rows(*buttons, back, each=1))


def on_voice(session: Session, event: Pressed, now: datetime) -> Reply:
    """The lessons that lack a voice note in a language, those with an old one first."""
    lang, skip = language_at(event, 0), max(event.number(1), 0)
    unit = _one_of(desk.units_of(session, event, now), event.number(2))
    if unit is None:
        raise Refused("delivery.stale")
    found = voices.gaps(session, unit, lang)
    buttons = [
        button(
            "library.authoring.b_lesson_voice",
            f"ld.rec:{lesson.id}:{lang}:{unit.id}",
            title=said(lesson.title),
            old=old,
        )
        for lesson, old in found[skip : skip + SHOWN]
    ]
    if len(found) > skip + SHOWN:
        buttons.append(button("library.sign_more", f"ld.voice:{lang}:{skip + SHOWN}:{unit.id}"))
    words = text("library.authoring.voice_gaps", language=LANGUAGES[lang], count=len(found))
    return Reply(edit=Message(words, rows(*buttons, button("library.back", f"ld.voices:{unit.id}"), each=1)))


def on_record(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Record it*: the words to read aloud; the voice note that comes next is theirs. In whose voice, of several units?"""
    lang, lesson = language_at(event, 1), library.lesson(session, event.word(0))
    units = [unit for unit in desk.units_of(session, event, now) if lesson and _reaches(session, lesson, unit)]
    if lesson is None or lang not in lesson.cards or not units:
        raise Refused("delivery.stale")
    unit = _one_of(units, event.number(2))
    if unit is None:
        verb, back = f"ld.rec:{lesson.id}:{lang}", button("library.cancel", "ld.norec")
        return Reply((_which_unit(units, verb, back),))
    data = {"lesson": lesson.id, "lang": lang, "unit": unit.id, "touched": now.isoformat()}
    drafts.begin(session, event.person or 0, KIND, "record", data, now)
    words = text(
        "library.authoring.record", language=LANGUAGES[lang], title=lesson.title.get(lang, ""), unit=unit.label,
        cards=[each.replace("**", "") for each in lesson.cards[lang]],
    )  # fmt: skip
    return Reply((Message(words, rows(button("library.cancel", "ld.norec"))),))


def _reaches(session: Session, lesson: Lesson, unit: Unit) -> bool:
    return any(each.id == lesson.id for each in library.lessons_at(session, unit))


def on_recorded(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The voice note; anything else is passed on, and so is one that comes much later."""
    talk = drafts.current(session, event.person or 0, KIND)
    if talk is None or isinstance(event, Said) or not isinstance(event, Sent) or event.file.kind != "voice":
        return None
    if now - datetime.fromisoformat(talk.data["touched"]) > AT_IT:
        return None
    if too_big(event):
        return Reply((Message(text("library.authoring.file_too_big", limit=MAX_BYTES // 1_000_000)),))
    lesson = library.lesson(session, talk.data["lesson"])
    if lesson is None:
        return None
    drafts.close(session, talk)
    lang, unit = str(talk.data["lang"]), int(talk.data["unit"])
    voices.want(session, lesson, lang, unit, event.file.file_id, event.person or 0, now)
    waits = voices.gaps(session, next(u for u in people.units(session) if u.id == unit), lang)
    rest = [each for each, _ in waits if each.id != lesson.id]
    buttons = (
        [button("library.authoring.b_next_voice", f"ld.rec:{rest[0].id}:{lang}:{unit}", title=said(rest[0].title))]
        if rest
        else []
    )
    words = text("library.authoring.recorded", title=said(lesson.title), language=LANGUAGES[lang])
    return Reply((Message(words, rows(*buttons, each=1)),))


def on_not_recorded(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Cancel*."""
    talk = drafts.current(session, event.person or 0, KIND)
    if talk is not None:
        drafts.close(session, talk)
    return Reply(edit=Message(text("library.authoring.not_recorded")))


ROUTES = (
    Route(on_voices, verb="ld.voices"),
    Route(on_voice, verb="ld.voice"),
    Route(on_record, verb="ld.rec"),
    Route(on_recorded, draft=KIND),
    Route(on_not_recorded, verb="ld.norec"),
)
