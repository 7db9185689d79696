"""What a question has and another program's format has no word for, as one line of JSON in a comment of that format.

Such a comment is read again by Davy and left alone by others. Translations are kept beside the words they translate: where
somebody changes those words in the other program, the translation is out of date and is dropped, which is said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.library.formats.texts_of import payload_of
from bot.library.model import Bank, Localized, Question
from bot.library.reading import ID, LANGUAGE

BANK_MARK, MARK = "davy-bank:", "davy:"
"""How the comments begin."""
_LISTS = ("jurisdictions", "facts", "sources")
_VERSION = 1


def bank_line(bank: Bank) -> str:
    """The comment of a whole bank."""
    return (
        f"{BANK_MARK} {_json({'v': _VERSION, 'bank': bank.id, 'language': bank.language, 'title': dict(bank.title)})}"
    )


def question_line(question: Question, texts: Iterable[tuple[str, Localized]], base: str) -> str:
    """The comment of a question; `texts` are its texts by their role (stem, option, misconception, explanation ...)."""
    kept: dict[str, Any] = {"v": _VERSION, "id": question.id, "topic": question.topic}
    kept |= {"lesson": question.lesson} if question.lesson else {}
    kept |= {"confidence": True} if question.confidence else {}
    kept |= {name: list(getattr(question, name)) for name in _LISTS if getattr(question, name)}
    translated: dict[str, dict[str, dict[str, str]]] = {}
    for role, words in texts:
        for language, text in words.items():
            if language != base and words.get(base):
                translated.setdefault(role, {}).setdefault(words[base], {})[language] = text
    payload = payload_of(question)
    for each in (*payload.get("pairs", ()), *payload.get("steps", ())):
        if each["misconception"]:
            beside = (each.get("left") or each.get("text")).get(base, "")
            translated.setdefault("belief of", {})[beside] = dict(each["misconception"])
    if payload.get("unit"):
        translated.setdefault("unit", {})[""] = dict(payload["unit"])
    kept |= {"texts": translated} if translated else {}
    kept |= {name: payload[name] for name in ("units", "synonyms") if payload.get(name)}
    return f"{MARK} {_json(kept)}"


def _json(value: Any) -> str:
    """JSON on one line which no comment ends early: `--` would end one of XML."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("--", "-\\u002d").replace("--", "-\\u002d")


def found(comment: str, mark: str) -> Mapping[str, Any] | None:
    """What a comment with this mark holds, as far as it has the right form; None for any other comment."""
    comment = comment.strip()
    if not comment.startswith(mark):
        return None
    try:
        data = json.loads(comment.removeprefix(mark))
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("v") != _VERSION:
        return None
    kept: dict[str, Any] = {
        name: data[name] for name in ("id", "topic", "lesson", "bank", "language") if isinstance(data.get(name), str)
    }
    kept["confidence"] = data.get("confidence") is True
    kept["units"] = _texts(data.get("units"))
    synonyms = data.get("synonyms")
    kept["synonyms"] = {
        language: [word for word in words if isinstance(word, str)]
        for language, words in (synonyms.items() if isinstance(synonyms, dict) else ())
        if LANGUAGE.fullmatch(language) and isinstance(words, list)
    }
    for name in _LISTS:
        if isinstance(data.get(name), list) and all(isinstance(each, str) for each in data[name]):
            kept[name] = data[name]
    kept["title"] = localized(data.get("title"))
    texts = data.get("texts")
    kept["texts"] = {
        role: {words: localized(each) for words, each in by_words.items()}
        for role, by_words in (texts.items() if isinstance(texts, dict) else ())
        if isinstance(by_words, dict)
    }
    return kept


def localized(value: Any) -> dict[str, str]:
    """A map of language to text; whatever is not one is left out."""
    return {name: text for name, text in _texts(value).items() if LANGUAGE.fullmatch(name)}


def _texts(value: Any) -> dict[str, str]:
    return {name: text for name, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}


def is_id(text: str) -> bool:
    """Whether a text can be the id of a question."""
    return bool(ID.fullmatch(text))
