"""Moodle XML: what Moodle itself exports, with categories, feedback, weights, and every kind of question it has."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bot.library.formats.carried import BANK_MARK, MARK, found
from bot.library.formats.foreign import Gathering
from bot.library.formats.found import NONE, NOTHING, Found, Given, number
from bot.library.formats.markup import FORMATS, MOODLE
from bot.library.formats.xml_nodes import BadXml, Element, walk
from bot.library.model import Bank
from bot.library.reading import Node, Reading

ROOT = "quiz"
KINDS = {
    "multichoice": "one",
    "truefalse": "true_false",
    "matching": "match",
    "numerical": "number",
    "shortanswer": "short",
    "ordering": "order",
}
_LEFT_OUT = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "hint")
_YES = frozenset({"1", "true", "yes"})


def read_moodle(text: str, reading: Reading) -> Bank | None:
    """A bank from Moodle's XML; what came before a fault in the XML is not taken either."""
    told = Gathering(reading)

    def comment(words: str) -> None:
        if (bank := found(words, BANK_MARK)) is not None:
            told.begin(bank)

    def took(element: Element) -> None:
        if element.name == "question" and not reading.full:
            _Question(element, told).read()

    try:
        walk(text, ROOT, took, comment)
    except BadXml as bad:
        reading.note(bad.code, bad.place, None, **bad.params)
        return None
    return told.bank()


class _Question:
    """Reads one element `question`."""

    def __init__(self, element: Element, told: Gathering) -> None:
        self.element, self.told = element, told

    def read(self) -> None:
        """Gives the question away, or says why there is none."""
        kind = self.element.attributes.get("type", "")
        if kind == "category":
            self.told.category = self._plain(self.element.first("category"))
            return None
        if kind not in KINDS:
            return self.told.skip(kind or "?", self.element.place)
        name = self._plain(self.element.first("name"))
        question = Found(KINDS[kind], self.element.place, self._said("questiontext"), kind, name)
        kept = (found(each, MARK) for each in self.element.comments)
        question.carried = next((each for each in kept if each is not None), {})
        ident = self.element.first("idnumber")
        question.ident = ident.words.strip() if ident else ""
        tags = self.element.first("tags")
        question.tags = tuple(str(self._plain(tag).value or "") for tag in (tags.all("tag") if tags else ()))
        question.explanation = self._said("generalfeedback")
        if question.kind == "match":
            question.answers = tuple(self._pairs())
        else:
            question.answers = tuple(self._given(each) for each in self.element.all("answer"))
        self._settle(question)
        self._count_left_out(question)
        return self.told.add(question)

    def _settle(self, question: Found) -> None:
        """What a kind needs besides its answers."""
        if question.kind == "one" and not self._yes("single", default=True):
            question.kind = "several"
        elif question.kind == "true_false":
            right = (each for each in question.answers if each.percent > NOTHING)
            question.truth = any(str(each.text.value or "").casefold() == "true" for each in right)
        elif question.kind == "order":
            question.answers = tuple(sorted(question.answers, key=lambda each: each.percent))
        elif question.kind == "number":
            units = self.element.first("units")
            listed = units.all("unit") if units else []
            unit = listed[0].first("unit_name") if listed else None
            question.unit = self._plain(unit) if unit else NONE
            if len(listed) > 1:
                self.told.count("not_kept:unit", listed[1].place, len(listed) - 1)
        elif question.kind == "short" and self._yes("usecase", default=False):
            self.told.count("not_kept:usecase", question.place)

    def _yes(self, name: str, default: bool) -> bool:
        element = self.element.first(name)
        return element.words.strip().casefold() in _YES if element is not None else default

    def _count_left_out(self, question: Found) -> None:
        for name in _LEFT_OUT:
            for each in self.element.all(name):
                if self._plain(each).value and not question.carried:
                    self.told.count(f"not_kept:{name}", each.place)
        grade = self.element.first("defaultgrade")
        points = number(grade.words) if grade else None
        if grade is not None and points is not None and points != 1:
            self.told.count("not_kept:defaultgrade", grade.place)
        for file in (*_files(self.element), *self.element.all("image_base64")):
            self.told.count("not_kept:file", file.place)

    def _plain(self, element: Element | None) -> Node:
        """The text of a name, a tag or a category, which never have a format."""
        if element is None:
            return NONE
        inner = element.first("text") or element
        return Node(inner.words.strip() or None, inner.words_at or inner.place)

    def _said(self, name: str, within: Element | None = None) -> Node:
        """The text of an element in the format that it, or the question, names."""
        element = (within or self.element).first(name) if name else within
        return self._text(element) if element is not None else Node(None, (within or self.element).place)

    def _text(self, element: Element, default: str = MOODLE) -> Node:
        inner = element.first("text") or element
        format = FORMATS.get(element.attributes.get("format", ""), default)
        return self.told.plain(inner.words, format, inner.words_at or inner.place)

    def _given(self, element: Element) -> Given:
        percent = number(element.attributes.get("fraction", "0")) or NOTHING
        feedback, tolerance = element.first("feedback"), element.first("tolerance")
        return Given(
            self._text(element),
            Decimal(percent),
            self._text(feedback) if feedback else NONE,
            tolerance=self._plain(tolerance) if tolerance else NONE,
        )

    def _pairs(self) -> Iterator[Given]:
        for each in self.element.all("subquestion"):
            answer = each.first("answer")
            yield Given(self._text(each), partner=self._plain(answer) if answer else Node(None, each.place))


def _files(element: Element) -> list[Element]:
    """Files that are kept within the XML, however deep."""
    found, open_ = [], [element]
    while open_:
        each = open_.pop()
        found += each.all("file")
        open_ += each.children
    return found
