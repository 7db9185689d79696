"""What a trainer sees of a lesson in the making: its one message, its cards as people will see them, questions to choose from."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.replies import Button, Message, Rows, button, rows
from bot.kit.texts import Text, text
from bot.library import moments, owning, translations
from bot.library.authoring import previews, publishing, retelling, rules, store
from bot.library.authoring.identifiers import Left
from bot.library.authoring.model import MOST_CARD, MOST_CARDS, MOST_TITLE, MOST_TWIN, PLANNED, LessonDraft
from bot.library.model import Lesson
from bot.library.showing import card, card_count, lesson_picture, said
from bot.people import store as people
from bot.people.model import Unit

BEGINNING, A_PAGE, UNITS = 60, 8, 30
LIMITS = {"title": MOST_TITLE, "card": MOST_CARD, "twin": MOST_TWIN}


def ref(draft: LessonDraft) -> str:
    """The name of the message in which a draft is followed."""
    return f"lesson-draft:{draft.id}"


def title_of(content: Mapping[str, Any]) -> Mapping[str, str] | None:
    """The title by language; None while there is none."""
    return said(content["title"]) if content["title"] else None


def draft(session: Session, found: LessonDraft, step: str, now: datetime, asked: Text | None = None) -> Message:
    """The draft's one message: what there is, what is missing, what is asked for now, and what can be done."""
    content, unit = found.content, people.unit(session, found.unit) if found.unit else None
    lacking = publishing.lacking(session, found)
    left = retelling.left(session, found) if any(each.startswith("left:") for each in lacking) else ()
    aside = () if lacking else publishing.newly_aside(session, found)
    others = [
        {"name": who.name, "at": each.touched_at.isoformat()}
        for each in (store.others_at(session, found.lesson, found.person) if found.base else ())
        if (who := people.person(session, each.person, now)) is not None
    ]
    zone = unit.zone if unit else "UTC"
    words = text(
        "library.authoring.draft", title=title_of(content), unit=unit.label if unit else None, topic=content["topic"],
        base=LANGUAGES[content["language"]], languages=[LANGUAGES.get(each, each) for each in _spoken(content)],
        cards=[_card_line(each, content["language"]) for each in content["cards"]],
        voices=[LANGUAGES.get(each, each) for each in content["voices"]], lacking=[_lacks(each, left) for each in lacking],
        advice=[Text(f"library.authoring.a_{code}", params) for code, params in rules.advice(content)],
        aside=[LANGUAGES.get(each, each) for each in aside], others=others, version=found.base,
        planned=moments.written(found.publish_at, zone) if found.state == PLANNED and found.publish_at else None,
        clock=zone, asked=asked or asks(content, step), tells=found.tells,
    )  # fmt: skip
    waits = lacking == ["release"] and not retelling.asked(session, found)
    return Message(words, _draft_buttons(found, lacking, waits), ref=ref(found))


def _spoken(content: Mapping[str, Any]) -> list[str]:
    return rules.languages(content)[1:]


def _card_line(each: Mapping[str, Any], base: str) -> dict[str, Any]:
    words = each["text"].get(base, "").replace("\n", " ").replace("**", "")
    return {"words": words[:BEGINNING] + ("…" if len(words) > BEGINNING else ""), "shows": rules.shows(each)}


def _lacks(what: str, left: Sequence[Left]) -> Text:
    name, _, more = what.partition(":")
    if name == "left":
        return _left(left[int(more)])
    number = int(more) + 1 if more.isdigit() else 0
    return text("library.authoring.lacks", what=name, number=number, language=LANGUAGES.get(more, more))


def _left(one: Left) -> Text:
    """What leads to a person, and where it stands."""
    part, _, at = one.part.partition(":")
    number = int(at) + 1 if at else 0
    language = LANGUAGES.get(one.language, one.language)
    return text("library.authoring.left", kind=one.kind, part=part, number=number, language=language, words=one.words)


def asks(content: Mapping[str, Any], step: str) -> Text:
    """What is asked for at a step."""
    name, _, more = step.partition(":")
    number = int(more) + 1 if more.isdigit() else 0
    part = rules.next_part(content, more) if name == "say" else None
    return text(
        "library.authoring.asks", step=name, number=number, language=LANGUAGES.get(more, more),
        limit=LIMITS[part.partition(":")[0]] if part else {"title": MOST_TITLE, "twin": MOST_TWIN}.get(name, MOST_CARD),
        base=rules.words_of(content, part, content["language"]) if part else "", full=rules.full(content),
        part=part.partition(":")[0] if part else "", most=MOST_CARDS,
    )  # fmt: skip


def _draft_buttons(found: LessonDraft, lacking: Sequence[str], waits: bool) -> Rows:
    def b(name: str) -> Button:
        return Button(Text(f"library.authoring.b_{name}"), f"lw.{name}:{found.id}")

    first = [] if lacking else [b("pub"), b("when")]
    if waits:
        first.append(b("release"))
    if found.state == PLANNED:
        first.append(b("unplan"))
    cards = [b("see"), b("cards")] if found.content["cards"] else []
    rest = [b("title"), b("topic"), *([] if found.base else [b("unit")]), b("lang"), b("voice"), b("no")]
    return rows(*first, *cards, *rest)


# --- cards ------------------------------------------------------------------------------------------------------------


def stamp(content: Mapping[str, Any], at: int) -> str:
    """What stands in a card's button: a second tap on it must not change the card that took its place."""
    return f"{zlib.crc32(json.dumps(content['cards'][at], sort_keys=True).encode()):08x}"


def cards(found: LessonDraft) -> Message:
    """The cards to choose from."""
    content = found.content
    buttons = [
        button("library.authoring.b_card", f"lw.card:{found.id}:{at}", number=at + 1,
               words=_card_line(each, content["language"])["words"][:40])
        for at, each in enumerate(content["cards"])
    ]  # fmt: skip
    words = text("library.authoring.cards", title=title_of(content))
    return Message(words, rows(*buttons, _back(found), each=1), ref=ref(found))


def one_card(found: LessonDraft, at: int) -> Message:
    """One card, and what can be done with it."""
    content = found.content
    each, mark = content["cards"][at], stamp(content, at)
    data = f"{found.id}:{at}:{mark}"
    buttons = [button("library.authoring.b_anew", f"lw.anew:{data}"), button("library.authoring.b_rm", f"lw.rm:{data}")]
    if at:
        buttons.append(button("library.authoring.b_up", f"lw.up:{data}"))
    if rules.shows(each):
        buttons += [
            button("library.authoring.b_twin", f"lw.twin:{data}"), button("library.authoring.b_nopic", f"lw.nopic:{data}")
        ]  # fmt: skip
    base = content["language"]
    words = text(
        "library.authoring.card", number=at + 1, of=len(content["cards"]), words=each["text"].get(base, ""),
        twin=each["twin"].get(base, ""), shows=rules.shows(each),
    )  # fmt: skip
    back = button("library.back", f"lw.cards:{found.id}")
    return Message(words, rows(*buttons, back), ref=ref(found))


def _back(found: LessonDraft) -> Button:
    return button("library.back", f"lw.open:{found.id}")


# --- as people will see it --------------------------------------------------------------------------------------------


def seen(lesson: Lesson, number: int, language: str, data: str, back: Button, draft: int = 0) -> Message:
    """A card as readers of a language get it, with ways to the next one and to other languages. `data` is the button's.

    Before the first, the day's message: it is how most people meet the lesson. `draft`: where it is not published.
    """
    many, spoken = card_count(lesson), [lesson.language, *sorted(set(lesson.cards) - {lesson.language})]
    shown = language if language in spoken else lesson.language
    at = min(max(number, 0), many)
    buttons = []
    if at > 0:
        buttons.append(button("library.before", f"{data}:{at - 1}:{shown}"))
    if at < many:
        buttons.append(button("library.after", f"{data}:{at + 1}:{shown}"))
    others = [
        button("library.in_language", f"{data}:{at}:{each}", language=LANGUAGES.get(each, each), chosen=each == shown)
        for each in spoken
    ]
    one = previews.in_one(lesson, shown)  # in that language, whoever looks
    message = _first(one) if at == 0 else card(one, at)
    if message.media and (at == 0 or not lesson.shows):
        message = replace(message, media=(previews.picture(one, shown, draft),))
    return replace(message, buttons=(*rows(*buttons), *rows(*others, each=3), (back,)))


def _first(lesson: Lesson) -> Message:
    words = text("library.authoring.day_s_message", title=said(lesson.title), seconds=lesson.seconds)
    return Message(words, media=lesson_picture(lesson))


# --- choosing ---------------------------------------------------------------------------------------------------------


def which(found: Sequence[LessonDraft]) -> Message:
    """What somebody has begun, a new one, a workbook."""
    buttons = [
        Button(
            text("library.authoring.b_draft", title=title_of(each.content), planned=each.state == PLANNED),
            f"lw.open:{each.id}",
        )
        for each in found
    ]
    buttons += [button("library.authoring.b_new", "lw.new"), button("library.authoring.b_template", "lw.tpl")]
    return Message(text("library.authoring.which", count=len(found)), rows(*buttons, each=1))


def topics(found: LessonDraft, lessons: Mapping[str, Lesson], page: int) -> Message:
    """Topics, each by the shipped lesson about it."""
    first: dict[str, Lesson] = {}
    for lesson in lessons.values():
        first.setdefault(lesson.topic, lesson)
    chosen = list(first.values())
    buttons = [
        button("library.authoring.b_topic_of", f"lw.totopic:{found.id}:{each.topic}", topic=each.topic,
               title=said(each.title))
        for each in chosen[page * A_PAGE : (page + 1) * A_PAGE]
    ]  # fmt: skip
    if (page + 1) * A_PAGE < len(chosen):
        buttons.append(button("library.sign_more", f"lw.topic:{found.id}:{page + 1}"))
    return Message(text("library.authoring.topics"), rows(*buttons, _back(found), each=1), ref=ref(found))


def units(session: Session, found: LessonDraft, now: datetime) -> Message:
    """For whose people."""
    there: list[Unit] = owning.units_under(session, found.person, now)[:UNITS]
    buttons = [Button(text("delivery.just", text=each.label), f"lw.tounit:{found.id}:{each.id}") for each in there]
    return Message(text("library.authoring.for_whom"), rows(*buttons, _back(found), each=1), ref=ref(found))


def languages(found: LessonDraft) -> Message:
    """In which other language it is to be said."""
    spoken = rules.languages(found.content)
    buttons = [
        button("library.in_language", f"lw.tolang:{found.id}:{each}", language=name, chosen=each in spoken)
        for each, name in LANGUAGES.items()
        if each != found.content["language"]
    ]
    words = text("library.authoring.languages", base=LANGUAGES[found.content["language"]])
    return Message(words, rows(*buttons, _back(found), each=1), ref=ref(found))


def language(found: LessonDraft, lang: str) -> Message:
    """One translation: go on, begin anew, take out."""
    name = LANGUAGES.get(lang, lang)
    whole = rules.next_part(found.content, lang) is None
    buttons = [] if whole else [button("library.authoring.b_say", f"lw.say:{found.id}:{lang}", language=name)]
    if lang in rules.languages(found.content):
        buttons += [
            button("library.authoring.b_sayanew", f"lw.sayanew:{found.id}:{lang}", language=name),
            button("library.authoring.b_voicein", f"lw.voice:{found.id}:{lang}", language=name),
            button("library.authoring.b_nolang", f"lw.nolang:{found.id}:{lang}", language=name),
        ]
    words = text("library.authoring.language", language=name, whole=whole)
    return Message(words, rows(*buttons, button("library.back", f"lw.lang:{found.id}"), each=1), ref=ref(found))


def when(session: Session, found: LessonDraft, now: datetime) -> Message:
    """When it goes live by itself."""
    unit = people.unit(session, found.unit) if found.unit else None
    assert unit is not None, "a lesson without a unit lacks something"
    buttons = [
        Button(text("delivery.just", text=moments.written(at, unit.zone)), f"lw.at:{found.id}:{moments.minutes(at)}")
        for at in moments.offered(now, unit.zone)
    ]
    words = text("library.when", title=title_of(found.content), unit=unit.label, clock=unit.zone)
    return Message(words, rows(*buttons, _back(found), each=1), ref=ref(found))


def published(found: LessonDraft, version: int, unit: Unit | None, lesson: Lesson, aside: Sequence[str]) -> Message:
    """It is live, signed, and for whom; what may be done next."""
    words = text(
        "library.authoring.published", title=said(lesson.title), version=version, unit=unit.label if unit else "",
        aside=[LANGUAGES.get(each, each) for each in aside], base=LANGUAGES[lesson.language],
        tells=found.tells and found.base > 0,
    )  # fmt: skip
    return Message(words, rows(button("library.authoring.b_lesson", f"ld.les:{found.lesson}")), ref=ref(found))


def outdated(found: LessonDraft, changes: Mapping[str, Any]) -> Message:
    """Somebody else changed the lesson since it was begun: who, when, with the words."""
    buttons = rows(
        button("library.authoring.b_over", f"lw.over:{found.id}"), button("library.authoring.b_no", f"lw.no:{found.id}"),
        each=1,
    )  # fmt: skip
    return Message(text("library.authoring.outdated", **changes), buttons, ref=ref(found))


def aside_in(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages of a published lesson whose translation was set aside."""
    return translations.stale(content)
