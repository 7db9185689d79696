"""How content is shown in a chat, as text values: the same to a worker and in a trainer's preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.i18n.languages import LANGUAGES, SOURCE
from bot.kit.texts import Text, text
from bot.library.kinds.registry import choices, kind_of
from bot.library.model import LETTERS, Choice, Localized, Question, text_in


def said(texts: Localized) -> Mapping[str, str]:
    """A text by language, cut down to the catalogue's languages, so that each reader gets their own."""
    known = {language: words for language, words in texts.items() if language in LANGUAGES}
    return known or {SOURCE: text_in(texts, SOURCE)}


def choice_words(choice: Choice) -> Any:
    """A choice's own words, or those of ours for true and false."""
    return Text(choice.text_key) if choice.text_key else said(choice.text)


def option(choice: Choice, at: int) -> dict[str, Any]:
    """A choice with the letter of its place on the screen (0 is A)."""
    return {"letter": LETTERS[at].upper(), "words": choice_words(choice)}


def question_text(question: Question, order: Sequence[int] | None = None, number: int = 0, of: int = 0) -> Text:
    """A question with its lettered choices; true and false are on the buttons alone. `number` 0: not counted."""
    shown = choices(question, order)
    options = [] if shown[0].text_key else [option(choice, at) for at, choice in enumerate(shown)]
    many = kind_of(question).many
    return text("library.question", stem=said(question.stem), options=options, many=many, number=number, of=of)
