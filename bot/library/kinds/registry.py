"""All kinds of question, found by looking into this folder: a module with a `KIND` is a kind."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any

from bot.library import kinds
from bot.library.kinds.kind import Kind, Order
from bot.library.model import (
    EXPLANATION_LIMIT,
    EXPLANATION_LINE_FEEDS,
    OPTION_LIMIT,
    STEM_LIMIT,
    Answer,
    Choice,
    Question,
    Verdict,
    telegram_length,
)


def _found() -> Mapping[str, Kind[Any]]:
    modules = (import_module(f"{kinds.__name__}.{each.name}") for each in pkgutil.iter_modules(kinds.__path__))
    all_kinds = [module.KIND for module in modules if hasattr(module, "KIND")]
    return MappingProxyType({kind.name: kind for kind in all_kinds})


KINDS: Mapping[str, Kind[Any]] = _found()
"""Kind by name."""


def kind_of(question: Question) -> Kind[Any]:
    """The kind of a question; KeyError for a kind this version does not have."""
    return KINDS[question.kind]


def grade(question: Question, answer: Answer) -> Verdict:
    """Grade an answer given as payload positions."""
    return kind_of(question).grade(question.payload, answer)


def order_for(question: Question, seed: str) -> Order:
    """The order in which to show the choices; the same seed (an attempt's key, say) gives the same order."""
    return kind_of(question).order(question.payload, seed)


def choices(question: Question, order: Sequence[int] | None = None) -> tuple[Choice, ...]:
    """The choices as shown in that order."""
    return kind_of(question).shown(question.payload, order)


def read_answer(question: Question, text: str, order: Sequence[int] | None = None) -> Answer | None:
    """A typed answer as payload positions, or None when it cannot be understood."""
    return kind_of(question).read_answer(text, question.payload, order)


def payload_to_json(question: Question) -> dict[str, Any]:
    """The payload as JSON for the database."""
    return kind_of(question).to_json(question.payload)


def payload_from_json(kind: str, data: Mapping[str, Any]) -> object:
    """The payload back from the database; KeyError for an unknown kind, ValueError for an unknown version."""
    return KINDS[kind].from_json(data)


def fits_poll(question: Question, language: str) -> bool:
    """Whether the question in that language can be a native Telegram quiz without losing a word.

    The words of true and false are ours and short; a kind with several right choices needs `allows_multiple_answers`.
    A native quiz cannot ask whether somebody is sure.
    """
    shown = choices(question)
    texts = [choice.text.get(language, "") for choice in shown if not choice.text_key]
    explanation = question.explanation.get(language, "")
    return (
        kind_of(question).polls
        and not question.confidence
        and 1 <= telegram_length(question.stem.get(language, "")) <= STEM_LIMIT
        and 2 <= len(shown) <= 12
        and all(1 <= telegram_length(text) <= OPTION_LIMIT for text in texts)
        and telegram_length(explanation) <= EXPLANATION_LIMIT
        and explanation.count("\n") <= EXPLANATION_LINE_FEEDS
    )
