"""The texts of a question by the part they play, and what a payload holds as plain values: what every writer needs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.library.kinds.registry import kind_of
from bot.library.model import Bank, Localized, Question

ROLES = {"text": "option", "others": "right"}
"""What a text within a payload is called where its translations are kept."""


def payload_of(question: Question) -> dict[str, Any]:
    """The payload as its kind keeps it in JSON, without the version."""
    held = kind_of(question).to_json(question.payload)
    return {name: value for name, value in held.items() if name != "v"}


def texts_of(question: Question) -> Iterator[tuple[str, Localized]]:
    """Every text of a question with its role."""
    yield "stem", question.stem
    yield "explanation", question.explanation
    skipped = ("unit", "units", "synonyms")
    yield from _within({name: each for name, each in payload_of(question).items() if name not in skipped}, "")


def _within(value: Any, role: str) -> Iterator[tuple[str, Localized]]:
    if isinstance(value, Mapping):
        if value and role and all(isinstance(each, str) for each in value.values()):
            yield role, value
            return
        for name, each in value.items():
            yield from _within(each, ROLES.get(str(name), str(name)))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _within(each, role)


def languages_of(bank: Bank) -> tuple[str, ...]:
    """The bank's own language, then the others that any of its texts has."""
    used = set(bank.title)
    for question in bank.questions:
        used |= {language for _, texts in texts_of(question) for language in texts}
        payload = payload_of(question)
        used |= {*payload.get("unit", ()), *payload.get("synonyms", ())}
    return (bank.language, *sorted(used - {bank.language}))
