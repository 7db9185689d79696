"""Questions and lessons as JSON for the database and back; the hash that tells whether something changed. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.library.kinds.registry import payload_from_json, payload_to_json
from bot.library.model import Bank, Lesson, Question, Shown
from bot.library.translations import ASIDE


def question_content(question: Question) -> dict[str, Any]:
    """Everything of a question but its id and its places in a file; the payload carries its kind's own version."""
    asks = {"confidence": True} if question.confidence else {}
    return asks | {
        "kind": question.kind,
        "topic": question.topic,
        "lesson": question.lesson,
        "jurisdictions": sorted(question.jurisdictions),
        "facts": list(question.facts),
        "sources": list(question.sources),
        "stem": dict(question.stem),
        "explanation": dict(question.explanation),
        "payload": payload_to_json(question),
    }


def as_question(id: str, content: Mapping[str, Any]) -> Question:
    """The question back. KeyError for an unknown kind, ValueError for an unknown payload version."""
    return Question(
        id=id,
        kind=content["kind"],
        topic=content["topic"],
        stem=content["stem"],
        payload=payload_from_json(content["kind"], content["payload"]),
        explanation=content["explanation"],
        lesson=content["lesson"],
        jurisdictions=tuple(content["jurisdictions"]),
        facts=tuple(content["facts"]),
        sources=tuple(content["sources"]),
        confidence=bool(content.get("confidence")),
    )


def lesson_content(lesson: Lesson) -> dict[str, Any]:
    """Everything of a lesson but its id and its files."""
    own: dict[str, Any] = {"language": lesson.language} if lesson.language != "en" else {}
    if any(lesson.shows):
        own["shows"] = [
            {"kind": each.kind, "ref": each.ref, "text": dict(each.text)} if each else None for each in lesson.shows
        ]
    return own | {
        "topic": lesson.topic,
        "jurisdictions": sorted(lesson.jurisdictions),
        "facts": list(lesson.facts),
        "sources": list(lesson.sources),
        "seconds": lesson.seconds,
        "title": dict(lesson.title),
        "cards": {language: list(cards) for language, cards in lesson.cards.items()},
        "picture": lesson.picture,
        "picture_text": dict(lesson.picture_text),
    }


def as_lesson(id: str, version: int, content: Mapping[str, Any]) -> Lesson:
    """The lesson back; `version` is the library's own count."""
    return Lesson(
        id=id,
        topic=content["topic"],
        jurisdictions=tuple(content["jurisdictions"]),
        facts=tuple(content["facts"]),
        sources=tuple(content["sources"]),
        seconds=content["seconds"],
        version=version,
        title=content["title"],
        cards={language: tuple(cards) for language, cards in content["cards"].items()},
        picture=content["picture"],
        picture_text=content["picture_text"],
        language=content.get("language", "en"),
        shows=tuple(Shown(**each) if each else None for each in content.get("shows", ())),
    )


def bank_content(bank: Bank) -> dict[str, Any]:
    """A bank with its questions, for an upload that waits to be published."""
    return {
        "id": bank.id,
        "language": bank.language,
        "title": dict(bank.title),
        "questions": {question.id: question_content(question) for question in bank.questions},
    }


def as_bank(content: Mapping[str, Any], file: str = "") -> Bank:
    """The bank back, without the places of its questions."""
    questions = tuple(as_question(id, each) for id, each in content["questions"].items())
    return Bank(content["id"], content["language"], content["title"], questions, file)


def digest(content: Any) -> str:
    """A hash of JSON that does not depend on the order of keys, nor on translations that were set aside.

    A file cannot hold those: sent back as it was had, it says what is live already.
    """
    if isinstance(content, Mapping):
        content = {name: value for name, value in content.items() if name != ASIDE}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
