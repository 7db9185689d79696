"""How content is shown in a chat, as text values: the same to a worker and in a trainer's preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.i18n.languages import LANGUAGES, SOURCE
from bot.kit.events import Pressed
from bot.kit.replies import Button, Media, Message, Reply, rows
from bot.kit.texts import Text, text
from bot.library.cards.showing import card as lesson_card
from bot.library.cards.showing import plain
from bot.library.kinds.registry import choices, kind_of
from bot.library.model import LETTERS, Answer, Choice, Lesson, Localized, Question, text_in


def said(texts: Localized) -> Mapping[str, str]:
    """A text by language, cut down to the catalogue's languages, so that each reader gets their own."""
    known = {language: words for language, words in texts.items() if language in LANGUAGES}
    return known or {SOURCE: text_in(texts, SOURCE)}


def shown_in(texts: Localized) -> Mapping[str, str] | None:
    """By the reader's language, what the language calls itself that they get instead; None when everybody gets their own.

    A space stands for their own: an empty text would fall back to another reader's.
    """
    known = said(texts)
    instead = LANGUAGES[SOURCE if SOURCE in known else next(iter(known))]
    found = {language: " " if language in known else instead for language in LANGUAGES}
    return None if set(found.values()) == {" "} else found


def choice_words(choice: Choice) -> Any:
    """A choice's own words, or those of ours for true and false."""
    return Text(choice.text_key) if choice.text_key else said(choice.text)


def option(choice: Choice, at: int) -> dict[str, Any]:
    """A choice with the letter of its place on the screen (0 is A)."""
    return {"letter": LETTERS[at].upper(), "words": choice_words(choice)}


def question_text(
    question: Question, order: Sequence[int] | None = None, number: int = 0, of: int = 0, chosen: Answer = ()
) -> Text:
    """A question with its lettered choices, and what has been answered so far; words on the buttons are not said again.

    `number` 0: not counted.
    """
    kind, payload = kind_of(question), question.payload
    shown = choices(question, order)
    lettered = kind.labels == "letters" and shown and not shown[0].text_key
    options = [option(choice, at) for at, choice in enumerate(shown)] if lettered else []
    params: dict[str, Any] = {"stem": said(question.stem), "options": options, "kind": question.kind}
    if not (kind.polls or kind.optional):
        params |= {
            "asked": said(asked) if (asked := kind.asked(payload, chosen)) else None,
            "so_far": [said(each) for each in kind.so_far(payload, chosen)],
            "unit": said(unit) if (unit := kind.unit(payload)) else None,
            "tapped": bool(shown),
        }
    if instead := shown_in(question.stem):
        params["shown_in"] = instead
    if question.confidence:
        params["sure"] = "then" if kind.many else "now" if kind.complete(payload, chosen) else None
    return text("library.question", **params, number=number, of=of)


def picture(question: Question) -> tuple[Media, ...]:
    """The picture that a question is about, with its marks."""
    ref = kind_of(question).picture(question.payload)
    return (Media("photo", ref),) if ref else ()


def lesson_picture(lesson: Lesson, drawn: bool = True) -> tuple[Media, ...]:
    """The lesson's card in its reader's language; with `drawn` False, for what is not published yet, its plain picture."""
    if drawn:
        return (lesson_card(lesson),)
    return (Media("photo", ref),) if (ref := plain(lesson)) else ()


def card(lesson: Lesson, number: int, *onward: Button, drawn: bool = True) -> Message:
    """One card of a lesson (1..n) with what it shows. In an own lesson each card has its own; a shipped one has one picture,

    whose words come with the first card.
    """
    cards = {language: each[number - 1] for language, each in lesson.cards.items() if len(each) >= number}
    own = lesson.shows[number - 1] if len(lesson.shows) >= number else None
    told = own.text if own else lesson.picture_text if lesson.picture and number == 1 and not lesson.shows else {}
    instead = shown_in(cards)
    words = text(
        "library.card", title=said(lesson.title), card=said(cards), number=number, of=card_count(lesson),
        picture=said(told) if told else None, film=own is not None and own.kind == "video",
        **({"shown_in": instead} if instead else {}),
    )  # fmt: skip
    media = (Media(own.kind, own.ref),) if own else () if lesson.shows else lesson_picture(lesson, drawn)
    return Message(words, rows(*onward), media)


def turned(event: Pressed, lesson: Lesson, message: Message) -> Reply:
    """A card in the place of the one before. The picture of a shipped lesson stays; where a card of an own one shows nothing,

    it comes as a new message, because no picture can be taken off a message.
    """
    if not any(lesson.shows):
        return Reply(edit=replace(message, media=()) if event.captioned else message)
    if event.captioned and not message.media:
        return Reply(messages=(message,), drop_buttons=True)
    return Reply(edit=message)


def card_count(lesson: Lesson) -> int:
    """How many cards a lesson has."""
    return max((len(each) for each in lesson.cards.values()), default=0)
