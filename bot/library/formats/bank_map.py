"""A bank out of neutral nodes: the one place that knows which fields a bank and a question have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.library.kinds.kind import Kind
from bot.library.kinds.registry import KINDS
from bot.library.model import (
    ANY,
    EXPLANATION_LIMIT,
    MAX_QUESTIONS,
    NOWHERE,
    STEM_LIMIT,
    Bank,
    Localized,
    Place,
    Question,
    telegram_length,
)
from bot.library.reading import ID, LANGUAGE, Fields, Node, Reading, nearest

BANK_FIELDS = ("bank", "language", "title", "confidence", "questions")
QUESTION_FIELDS = (
    "id", "kind", "topic", "lesson", "jurisdictions", "facts", "sources", "confidence", "stem", "explanation",
)  # fmt: skip
TOPIC = re.compile(r"[A-Z][A-Z0-9]{1,7}")
JURISDICTION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
PAYLOAD_FIELDS = sorted(set().union(*(kind.fields for kind in KINDS.values())))


def read_bank_map(root: Node, reading: Reading) -> Bank | None:
    """A bank with all questions that could be understood; None when there is nothing to read."""
    if not isinstance(root.value, Mapping):
        reading.note("expected_map", root.place, field="bank")
        return None
    fields, top = root.value, Place(1, 1) if root.place.line else NOWHERE
    reading.only(fields, BANK_FIELDS)
    reading.language = read_language(fields, reading)
    bank = read_id(fields, "bank", top, reading)
    title = reading.localized(fields, "title", top)
    reading.confidence = bool(reading.boolean(fields, "confidence", top, default=False))
    questions = []
    for node in _question_nodes(fields, top, reading):
        if reading.full:
            break
        if isinstance(node.value, Mapping):
            questions.append(read_question(node.value, node.place, reading))
        else:
            reading.note("expected_map", node.place, field="questions")
    read = tuple(question for question in questions if question is not None)
    return Bank(bank, reading.language, title, read, reading.file)


def read_language(fields: Fields, reading: Reading, name: str = "language") -> str:
    """The language of plain strings; the reader's own where the bank does not say."""
    text = reading.text(fields, name, NOWHERE, required=False)
    if not text:
        return reading.language
    if not LANGUAGE.fullmatch(text):
        reading.note("unknown_language", fields[name].place, language=text)
        return reading.language
    return text


def read_id(fields: Fields, name: str, owner: Place, reading: Reading) -> str:
    """A required id of small letters, digits and hyphens."""
    text = reading.text(fields, name, owner)
    if text and not ID.fullmatch(text):
        suggestion = re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:40]
        reading.note("bad_id", fields[name].place, field=name, value=text[:80], guess=suggestion)
    return text


def _question_nodes(fields: Fields, top: Place, reading: Reading) -> tuple[Node, ...]:
    node = fields.get("questions")
    if node is None or node.value is None or node.value == ():
        reading.note("no_questions", node.place if node else top)
        return ()
    if not isinstance(node.value, tuple):
        reading.note("expected_list", node.place, field="questions")
        return ()
    if len(node.value) > MAX_QUESTIONS:
        reading.note("too_many_questions", node.value[MAX_QUESTIONS].place, n=len(node.value), limit=MAX_QUESTIONS)
    return node.value[:MAX_QUESTIONS]


def read_question(fields: Fields, place: Place, reading: Reading) -> Question | None:
    """One question; None when its id, kind, stem or payload is missing, which is then noted."""
    reading.next_question()
    kind = read_kind(fields, place, reading)
    reading.only(fields, (*QUESTION_FIELDS, *(sorted(kind.fields) if kind else PAYLOAD_FIELDS)))
    payload = kind.parse(fields, place, reading) if kind else None
    return read_common(fields, place, kind, payload, reading)


def read_common(
    fields: Fields, place: Place, kind: Kind[Any] | None, payload: object, reading: Reading
) -> Question | None:
    """What questions of all kinds have, around a payload already read."""
    ident = read_id(fields, "id", place, reading)
    topic = read_topic(fields, place, reading)
    jurisdictions = read_jurisdictions(fields, place, reading)
    lesson = read_id(fields, "lesson", place, reading) if fields.get("lesson", Node(None)).value else None
    confidence = reading.boolean(fields, "confidence", place, default=reading.confidence)
    facts, sources = reading.texts(fields, "facts"), reading.texts(fields, "sources")
    stem = reading.localized(fields, "stem", place)
    explanation = reading.localized(fields, "explanation", place)
    if not (ident and kind and stem and payload is not None):
        _note_lengths({"stem": stem, "explanation": explanation}, reading)
        return None
    reading.places.setdefault("id", place)
    return Question(
        id=ident, kind=kind.name, topic=topic, stem=stem, payload=payload, explanation=explanation, lesson=lesson,
        jurisdictions=jurisdictions, facts=facts, sources=sources,
        confidence=bool(confidence), places=reading.places,
    )  # fmt: skip


def _note_lengths(texts: Mapping[str, Localized], reading: Reading) -> None:
    """For a question that cannot be built, and so is never checked: what can be told of its texts all the same."""
    for name, limit in (("stem", STEM_LIMIT), ("explanation", EXPLANATION_LIMIT)):
        for language, text in texts[name].items():
            if (length := telegram_length(text)) > limit:
                place = reading.places.get(f"{name}:{language}") or reading.places.get(name, NOWHERE)
                where = name if language == reading.language else f"{name}:{language}"
                reading.note("too_long", place, field=where, length=length, limit=limit)


def read_kind(fields: Fields, owner: Place, reading: Reading) -> Kind[Any] | None:
    """The kind by its name; a name from another tool gets the right one suggested."""
    name = reading.text(fields, "kind", owner)
    if not name or name in KINDS:
        return KINDS.get(name)
    others = {called: kind.name for kind in KINDS.values() for called in (kind.name, *kind.also_called)}
    guess = others.get(nearest(name, others), "")
    reading.note("unknown_kind", fields["kind"].place, kind=name[:80], guess=guess, kinds=", ".join(sorted(KINDS)))
    return None


def read_topic(fields: Fields, owner: Place, reading: Reading) -> str:
    """A topic code such as LAD."""
    topic = reading.text(fields, "topic", owner)
    if topic and not TOPIC.fullmatch(topic):
        reading.note("bad_topic", fields["topic"].place, value=topic[:80])
    return topic


def read_jurisdictions(fields: Fields, owner: Place, reading: Reading) -> tuple[str, ...]:
    """Country codes, or `any` alone."""
    found = reading.texts(fields, "jurisdictions", required=True, owner=owner)
    for each in found:
        if each != ANY and not JURISDICTION.fullmatch(each):
            reading.note("bad_jurisdiction", fields["jurisdictions"].place, value=each[:80])
    if ANY in found and len(found) > 1:
        reading.note("mixed_any", fields["jurisdictions"].place)
    return found or (ANY,)
