"""The buttons of a lesson in the making. Routes only; a button says nothing about who presses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.kit.replies import Message, Reply, button
from bot.kit.room import Route
from bot.kit.texts import text
from bot.library import moments, translations
from bot.library import store as library
from bot.library.authoring import changing, drafting, previews, publishing, retelling, rules, screens, store
from bot.library.authoring.model import LessonDraft
from bot.library.authoring.writing import draft_of, listen_for, next_step, who_is
from bot.library.content import as_lesson
from bot.library.history import lines
from bot.people import store as people

Press = Callable[[Session, Pressed, LessonDraft, datetime], Reply]


def _route(do: Press, verb: str) -> Route:
    def on_press(session: Session, event: Pressed, now: datetime) -> Reply:
        who_is(session, event, now)
        return do(session, event, draft_of(session, event), now)

    on_press.__doc__ = do.__doc__
    return Route(on_press, verb=verb)


def _shown(session: Session, found: LessonDraft, now: datetime, step: str | None = None) -> Reply:
    at = step or next_step(found)
    listen_for(session, found, at, now)
    return Reply(edit=screens.draft(session, found, at, now))


def on_title(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Title*: asks for another."""
    return _shown(session, found, now, "title")


def on_topic(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Topic*: by the lessons that there are, or a code of one's own, typed."""
    listen_for(session, found, "topic", now)
    return Reply(edit=screens.topics(found, library.lessons(session), max(event.number(1), 0)))


def on_to_topic(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """A topic was chosen."""
    if event.word(1) not in {lesson.topic for lesson in library.lessons(session).values()}:
        raise Refused("delivery.stale")
    return _shown(session, drafting.change(session, found, {**found.content, "topic": event.word(1)}, now), now)


def on_unit(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*For whom*."""
    return Reply(edit=screens.units(session, found, now))


def on_to_unit(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """A unit was chosen."""
    return _shown(session, drafting.choose_unit(session, found, event.number(1), now), now)


def on_cards(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Cards*: which one?"""
    return Reply(edit=screens.cards(found))


def on_card(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """One card."""
    if not 0 <= event.number(1) < len(found.content["cards"]):
        raise Refused("delivery.stale")
    return Reply(edit=screens.one_card(found, event.number(1)))


def _at(event: Pressed, found: LessonDraft) -> int:
    """The card of a button. Refused where another stands in its place by now."""
    at = event.number(1)
    if not 0 <= at < len(found.content["cards"]) or screens.stamp(found.content, at) != event.word(2):
        raise Refused("library.t_changed_meanwhile")
    return at


def on_anew(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Say it anew*: the next words or picture take the place of the card's."""
    return _shown(session, found, now, f"anew:{_at(event, found)}")


def on_twin(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Words of the picture*."""
    return _shown(session, found, now, f"twin:{_at(event, found)}")


def on_up(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Further up*."""
    on = drafting.change(session, found, rules.moved_up(found.content, _at(event, found)), now)
    return Reply(edit=screens.cards(on))


def on_remove(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Remove the card*."""
    on = drafting.change(session, found, rules.removed(found.content, _at(event, found)), now)
    return Reply(edit=screens.cards(on)) if on.content["cards"] else _shown(session, on, now)


def on_no_picture(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Without the picture*."""
    at = _at(event, found)
    return Reply(
        edit=screens.one_card(drafting.change(session, found, rules.without_picture(found.content, at), now), at)
    )


def on_see(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*See it as people will*: card by card, in each language; below the draft's message, which stays."""
    if not found.content["cards"]:
        raise Refused("library.authoring.t_not_ready")
    lesson = previews.to_publish(session, found)
    back = button("library.authoring.b_todraft", f"lw.again:{found.id}")
    message = screens.seen(lesson, event.number(1), event.word(2), f"lw.see:{found.id}", back, found.id)
    return previews.turned(event, message) if len(event.args) > 1 else Reply((message,))


def on_again(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Back to the draft*: its message once more, below."""
    step = next_step(found)
    listen_for(session, found, step, now)
    outbox.withdraw(session, screens.ref(found), now)
    return Reply((screens.draft(session, found, step, now),), drop_buttons=True)


def on_languages(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Another language*."""
    return Reply(edit=screens.languages(found))


def _language(event: Pressed, found: LessonDraft) -> str:
    language = event.word(1)
    if language not in LANGUAGES or language == found.content["language"]:
        raise Refused("delivery.stale")
    return language


def on_to_language(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """One language: go on, anew, or out. A new one begins at once."""
    language = _language(event, found)
    if language not in rules.languages(found.content) and found.content["title"]:
        return _shown(session, found, now, f"say:{language}")
    return Reply(edit=screens.language(found, language))


def on_say(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Go on in this language*: part by part."""
    return _shown(session, found, now, f"say:{_language(event, found)}")


def on_say_anew(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Write it anew*: what there was in this language is gone from the draft."""
    language = _language(event, found)
    on = drafting.change(session, found, rules.without_language(found.content, language), now)
    return _shown(session, on, now, f"say:{language}")


def on_no_language(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Without this language*."""
    return _shown(
        session, drafting.change(session, found, rules.without_language(found.content, _language(event, found)), now), now
    )  # fmt: skip


def on_voice(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Voice note*: the next one that comes is for this language."""
    spoken = event.word(1) if event.word(1) in rules.languages(found.content) else found.content["language"]
    return _shown(session, found, now, f"voice:{spoken}")


def on_when(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Publish later*."""
    if publishing.lacking(session, found):
        raise Refused("library.authoring.t_not_ready")
    if (asked := changing.asks(session, event, found, "lw.when")) is not None:
        return Reply(edit=asked)
    found = changing.answered(session, event, found, now)
    listen_for(session, found, "when", now)
    return Reply(edit=screens.when(session, found, now))


def on_at(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """A moment was chosen."""
    at = moments.from_minutes(event.number(1), now)
    if at is None:
        raise Refused("library.t_not_a_moment")
    return _shown(session, publishing.plan(session, found, at, event.person or 0, now), now)


def on_unplan(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Not by itself*: it stays a draft."""
    publishing.unplan(session, found)
    return _shown(session, store.draft(session, found.id) or found, now)


def on_publish(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Publish and sign*: of a changed lesson, once it was said whether its meaning is another."""
    if (asked := changing.asks(session, event, found, "lw.pub")) is not None:
        return Reply(edit=asked)
    return Reply(edit=published(session, changing.answered(session, event, found, now), event.person or 0, now))


def on_release(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Ask for its release*: of a lesson that retells something, once nothing is left in it that leads to a person."""
    if publishing.lacking(session, found) != ["release"]:
        raise Refused("library.authoring.t_not_ready")
    retelling.ask(session, found, event.person or 0, now)
    shown = _shown(session, found, now)
    return Reply(edit=shown.edit, toast=text("library.authoring.t_release_asked"))


def published(session: Session, found: LessonDraft, by: int, now: datetime) -> Message:
    """Makes it live; answers what is to be said: that it is, or what somebody else has changed meanwhile."""
    aside = publishing.newly_aside(session, found) if not publishing.lacking(session, found) else ()
    version = publishing.publish(session, found, by, now)
    if version is None:
        return screens.outdated(found, changes(session, found, now))
    lesson = library.lesson(session, found.lesson, version)
    assert lesson is not None
    unit = people.unit(session, found.unit) if found.unit else None
    return screens.published(found, version, unit, lesson, aside)


def changes(session: Session, found: LessonDraft, now: datetime) -> Mapping[str, Any]:
    """What was made live since a draft was begun: by whom, when, and the words before and after."""
    versions = store.lesson_versions(session, found.lesson)
    before = store.lesson_content(session, found.lesson, found.base)
    newest = versions[0]
    who = people.person(session, newest.person, now) if newest.person else None
    language = as_lesson(found.lesson, newest.version, newest.content).language
    told = translations.differences(before or {}, newest.content, language)
    return {
        "name": who.name if who else "", "at": newest.at.isoformat(), "version": newest.version, "lines": lines(told),
    }  # fmt: skip


def on_over(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Mine in its place*: the other's change was looked at."""
    return _shown(session, publishing.rebase(session, found, now), now)


def on_give_up(session: Session, event: Pressed, found: LessonDraft, now: datetime) -> Reply:
    """*Give it up*: asks once more, because it may be an hour's work."""
    if event.word(1) != "yes":
        buttons = (
            (
                button("library.authoring.b_noyes", f"lw.no:{found.id}:yes"),
                button("library.back", f"lw.open:{found.id}"),
            ),
        )
        words = text("library.authoring.give_up", title=screens.title_of(found.content))
        return Reply(edit=Message(words, buttons, ref=screens.ref(found)))
    drafting.give_up(session, found, now)
    words = text("library.authoring.given_up", title=screens.title_of(found.content))
    return Reply(edit=Message(words, ref=screens.ref(found)))


ROUTES = tuple(
    _route(do, f"lw.{verb}")
    for verb, do in {
        "title": on_title, "topic": on_topic, "totopic": on_to_topic, "unit": on_unit, "tounit": on_to_unit,
        "cards": on_cards, "card": on_card, "anew": on_anew, "twin": on_twin, "up": on_up, "rm": on_remove,
        "nopic": on_no_picture, "see": on_see, "again": on_again, "lang": on_languages, "tolang": on_to_language,
        "say": on_say, "sayanew": on_say_anew, "nolang": on_no_language, "voice": on_voice, "when": on_when,
        "at": on_at, "unplan": on_unplan, "pub": on_publish, "release": on_release, "over": on_over, "no": on_give_up,
    }.items()
)  # fmt: skip
