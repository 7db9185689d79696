"""A bank as GIFT. What GIFT has no word for stands in comments `// davy: {...}`, which Moodle leaves alone and Davy reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.library.formats.carried import bank_line, question_line
from bot.library.formats.gift_bank import CATEGORY
from bot.library.formats.texts_of import payload_of, texts_of
from bot.library.model import Bank, Localized, Question

KINDS = frozenset({"one", "several", "true_false", "match", "number", "short"})
_SPECIAL = re.compile(r"[\\~=#{}:]")
_LOOKS_LIKE_MORE = re.compile(r"\[\w+\]|%")


def write_gift(bank: Bank) -> bytes:
    """The questions of the kinds that GIFT has, in the bank's language, with the rest in comments."""
    return ("\n".join(_lines(bank)) + "\n").encode()


def _lines(bank: Bank) -> Iterator[str]:
    yield f"// {bank_line(bank)}"
    yield ""
    title = bank.title.get(bank.language) or bank.id
    topic = None
    for question in bank.questions:
        if not fits(question, bank.language):
            continue
        if question.topic != topic:
            topic = question.topic
            yield f"{CATEGORY} $course$/{' '.join(title.split()).replace('/', '//')}/{topic}"
            yield ""
        yield f"// {question_line(question, texts_of(question), bank.language)}"
        yield f"// [id:{question.id}] [tag:{question.topic}]"
        yield f"::{escaped(question.id)}::[plain]{_text(question.stem, bank.language, plain=True)} {{"
        yield from (f"\t{line}" for line in _answers(question, bank.language))
        if question.explanation.get(bank.language):
            yield f"\t####{_text(question.explanation, bank.language)}"
        yield "}"
        yield ""


def fits(question: Question, language: str) -> bool:
    """Whether GIFT can say it: an arrow in an answer would make another question of it."""
    payload = payload_of(question)
    words = [each["left"].get(language, "") for each in payload.get("pairs", ())]
    if question.kind == "short":
        words = [payload["answer"].get(language, ""), *payload["synonyms"].get(language, ())]
        words += [each[name].get(language, "") for each in payload["wrong"] for name in ("text", "misconception")]
    return question.kind in KINDS and not any("->" in each or each.endswith("-") for each in words)


def escaped(text: str) -> str:
    """A text with GIFT's signs behind backslashes and its breaks as `\\n`."""
    return _SPECIAL.sub(r"\\\g<0>", text).replace("\n", "\\n")


def starred(text: str) -> str:
    """A short answer in which a star is a star, and not any words."""
    return text.replace("*", "\\*")


def _text(texts: Localized, language: str, plain: bool = False) -> str:
    words = texts.get(language, "")
    named = "" if plain or not _LOOKS_LIKE_MORE.match(words) else "[plain]"
    return named + escaped(words)


def _feedback(texts: Localized, language: str) -> str:
    return f"#{_text(texts, language)}" if texts.get(language) else ""


def _answers(question: Question, language: str) -> Sequence[str]:
    payload = payload_of(question)
    if question.kind == "true_false":
        word = "TRUE" if payload["answer"] else "FALSE"
        return [word + _feedback(payload["misconception"], language)]
    return list(_WRITERS[question.kind](payload, language))


def _options(payload: dict[str, Any], language: str) -> Iterator[str]:
    for each in payload["options"]:
        mark = "=" if each["right"] else "~"
        yield mark + _weighted(each, 100 if each["right"] else 0, language)


def _weighted(option: dict[str, Any], percent: float, language: str, always: bool = False) -> str:
    words = _text(option["text"], language)
    weight = f"%{percent:.5f}".rstrip("0").rstrip(".") + "%" if always or words.startswith(("%", "[plain]%")) else ""
    return weight + words + _feedback(option["misconception"], language)


def _several(payload: dict[str, Any], language: str) -> Iterator[str]:
    right = sum(each["right"] for each in payload["options"])
    for each in payload["options"]:
        yield "~" + _weighted(each, 100 / right if each["right"] else -100, language, always=True)


def _pairs(payload: dict[str, Any], language: str) -> Iterator[str]:
    for each in payload["pairs"]:
        yield f"={_text(each['left'], language)} -> {_text(each['right'], language)}"
    for other in payload["others"]:
        yield f"= -> {_text(other, language)}"


def _number(payload: dict[str, Any], language: str) -> Iterator[str]:
    yield "#"
    yield f"={payload['number']}:{payload['tolerance']}"
    for each in payload["wrong"]:
        yield f"=%0%{each['number']}:0{_feedback(each['misconception'], language)}"


def _words(payload: dict[str, Any], language: str) -> Iterator[str]:
    for text in (payload["answer"].get(language, ""), *payload["synonyms"].get(language, ())):
        yield f"=%100%{_text({language: starred(text)}, language)}"
    for each in payload["wrong"]:
        words = starred(each["text"].get(language, ""))
        yield f"=%0%{_text({language: words}, language)}{_feedback(each['misconception'], language)}"


_WRITERS = {"one": _options, "several": _several, "match": _pairs, "number": _number, "short": _words}
