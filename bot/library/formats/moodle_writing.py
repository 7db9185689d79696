"""A bank as Moodle XML. What Moodle has no element for stands in comments `davy: {...}`, which Moodle leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from bot.library.formats.carried import bank_line, question_line
from bot.library.formats.gift_writing import starred
from bot.library.formats.texts_of import payload_of, texts_of
from bot.library.model import Bank, Localized, Question

KINDS = {
    "one": "multichoice",
    "several": "multichoice",
    "true_false": "truefalse",
    "match": "matching",
    "number": "numerical",
    "short": "shortanswer",
    "order": "ordering",
}


def write_moodle(bank: Bank) -> bytes:
    """The questions of the kinds that Moodle has, in the bank's language, with the rest in comments."""
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *_lines(bank), "</quiz>", ""]).encode()


def _lines(bank: Bank) -> Iterator[str]:
    yield f"<!-- {bank_line(bank)} -->"
    title = " ".join((bank.title.get(bank.language) or bank.id).split()).replace("/", "//")
    topic = None
    for question in bank.questions:
        if question.kind not in KINDS:
            continue
        if question.topic != topic:
            topic = question.topic
            path = escape(f"$course$/{title}/{topic}")
            yield f'<question type="category"><category><text>{path}</text></category></question>'
        yield f'<question type="{KINDS[question.kind]}">'
        yield f" <!-- {question_line(question, texts_of(question), bank.language)} -->"
        yield f" <name><text>{escape(question.id)}</text></name>"
        yield f" {_said('questiontext', question.stem, bank.language)}"
        yield f" {_said('generalfeedback', question.explanation, bank.language)}"
        yield f" <defaultgrade>1</defaultgrade><hidden>0</hidden><idnumber>{escape(question.id)}</idnumber>"
        yield from (f" {line}" for line in _answers(question, bank.language))
        yield f" <tags><tag><text>{escape(question.topic)}</text></tag></tags>"
        yield "</question>"


def _said(name: str, texts: Localized, language: str, attributes: str = "") -> str:
    return f'<{name}{attributes} format="plain_text"><text>{escape(texts.get(language, ""))}</text></{name}>'


def _answer(text: Localized, feedback: Localized, percent: float, language: str, more: str = "") -> str:
    share = f"{percent:.5f}".rstrip("0").rstrip(".")
    words = f"<text>{escape(text.get(language, ''))}</text>"
    return (
        f'<answer fraction="{share}" format="plain_text">{words}{more}{_said("feedback", feedback, language)}</answer>'
    )


def _answers(question: Question, language: str) -> Iterator[str]:
    return _WRITERS[question.kind](payload_of(question), language)


def _options(payload: dict[str, Any], language: str, single: bool = True) -> Iterator[str]:
    yield f"<single>{'true' if single else 'false'}</single>"
    yield "<shuffleanswers>true</shuffleanswers><answernumbering>abc</answernumbering>"
    right = 1 if single else max(sum(each["right"] for each in payload["options"]), 1)
    for each in payload["options"]:
        percent = 100 / right if each["right"] else (0 if single else -100)
        yield _answer(each["text"], each["misconception"], percent, language)


def _several(payload: dict[str, Any], language: str) -> Iterator[str]:
    return _options(payload, language, single=False)


def _truth(payload: dict[str, Any], language: str) -> Iterator[str]:
    for word, right in (("true", payload["answer"]), ("false", not payload["answer"])):
        yield _answer({language: word}, {} if right else payload["misconception"], 100 if right else 0, language)


def _pairs(payload: dict[str, Any], language: str) -> Iterator[str]:
    yield "<shuffleanswers>true</shuffleanswers>"
    pairs = [*((each["left"], each["right"]) for each in payload["pairs"]), *(({}, each) for each in payload["others"])]
    for left, right in pairs:
        answer = f"<answer><text>{escape(right.get(language, ''))}</text></answer>"
        text = f"<text>{escape(left.get(language, ''))}</text>"
        yield f'<subquestion format="plain_text">{text}{answer}</subquestion>'


def _number(payload: dict[str, Any], language: str) -> Iterator[str]:
    numbers: list[tuple[str, str, Localized, int]] = [(payload["number"], payload["tolerance"], {}, 100)]
    numbers += [(each["number"], "0", each["misconception"], 0) for each in payload["wrong"]]
    for value, tolerance, belief, percent in numbers:
        yield _answer({language: value}, belief, percent, language, f"<tolerance>{tolerance}</tolerance>")
    if unit := payload["unit"].get(language):
        name = f"<multiplier>1</multiplier><unit_name>{escape(unit)}</unit_name>"
        yield f"<units><unit>{name}</unit></units>"


def _words(payload: dict[str, Any], language: str) -> Iterator[str]:
    yield "<usecase>0</usecase>"
    for text in (payload["answer"].get(language, ""), *payload["synonyms"].get(language, ())):
        yield _answer({language: starred(text)}, {}, 100, language)
    for each in payload["wrong"]:
        yield _answer({language: starred(each["text"].get(language, ""))}, each["misconception"], 0, language)


def _steps(payload: dict[str, Any], language: str) -> Iterator[str]:
    yield "<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype>"
    for place, each in enumerate(payload["steps"], 1):
        yield _answer(each["text"], {}, place, language)


_WRITERS = {
    "match": _pairs,
    "number": _number,
    "short": _words,
    "order": _steps,
    "one": _options,
    "several": _several,
    "true_false": _truth,
}
