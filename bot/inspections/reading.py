"""Checklists from YAML: every mistake with its line and column. Read outside transactions, in a process of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.i18n.languages import LANGUAGES
from bot.inspections.model import Checklist, Choice, Item, Kind, Photo, Section
from bot.inspections.rules import MOST_ITEMS, MOST_LABEL, MOST_WORDS, number_of
from bot.kit.risk import Severity
from bot.people.importing.nodes import Node, read_yaml
from bot.people.importing.problems import Place, Problems

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
TOPIC = re.compile(r"[A-Z]{2,5}")
FACT = re.compile(r"[A-Z]{2,5}-[0-9]{2}")
KEYS = ("id", "text", "kind", "photo", "severity", "topic", "facts", "hint", "unit", "min", "max", "choices", "must")
MOST_WRONG = 200


@dataclass(frozen=True)
class Wrong:
    """A spot to mend: the code of its sentence (`inspections.wrong_<code>`), where (`7:3`, `Checklist!B7`), what stands there."""

    code: str
    at: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Read:
    """What was read: checklists, spots to mend, or why it is no such file at all."""

    lists: list[Checklist] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    broken: str = ""

    def note(self, code: str, place: Place, **params: Any) -> None:
        """Remembers a spot to mend."""
        if len(self.wrong) < MOST_WRONG:
            short = {name: value[:60] if isinstance(value, str) else value for name, value in params.items()}
            self.wrong.append(Wrong(code, place.cell or f"{place.line}:{place.column}", short))

    @property
    def good(self) -> bool:
        """Whether it can be taken."""
        return bool(self.lists) and not self.wrong and not self.broken


@dataclass(frozen=True)
class Given:
    """What a file says of an item, as text, before it is judged."""

    place: Place
    code: str
    words: Mapping[str, str]
    kind: str
    photo: str
    severity: str
    topic: str
    facts: tuple[str, ...]
    hint: Mapping[str, str]
    unit: str
    low: str
    high: str
    choices: tuple[Choice, ...]
    must: str
    places: Mapping[str, Place] = field(default_factory=dict)

    def at(self, name: str) -> Place:
        """Where a value stands."""
        return self.places.get(name, self.place)


def item_of(given: Given, found: Read) -> Item | None:
    """An item; None where something of it has to be mended, which is noted."""
    before = len(found.wrong)
    if not CODE.fullmatch(given.code):
        found.note("bad_id", given.at("id"), value=given.code)
    check_words(given.words, given.at("text"), found, needed=True)
    check_words(given.hint, given.at("hint"), found)
    for name, value, known in (("kind", given.kind, Kind), ("photo", given.photo, Photo)):
        if value not in tuple(known):
            found.note("bad_word", given.at(name), value=value, known=", ".join(known))
    if given.severity not in ("1", "2", "3", "4"):
        found.note("bad_word", given.at("severity"), value=given.severity, known="1, 2, 3, 4")
    if given.must not in ("", "yes", "no", "true", "false"):
        found.note("bad_word", given.at("must"), value=given.must, known="yes, no")
    if given.topic and not TOPIC.fullmatch(given.topic):
        found.note("bad_topic", given.at("topic"), value=given.topic)
    for fact in given.facts:
        if not FACT.fullmatch(fact):
            found.note("bad_fact", given.at("facts"), value=fact)
    low, high = (_limit(value, given.at(name), found) for name, value in (("min", given.low), ("max", given.high)))
    if low is not None and high is not None and low > high:
        found.note("limits", given.at("min"), low=given.low, high=given.high)
    if (given.kind == Kind.CHOICE) != bool(given.choices) or len(given.choices) == 1 or len(given.choices) > 8:
        found.note("choices", given.at("choices"))
    for choice in given.choices:
        check_words(choice.words, given.at("choices"), found, needed=True, most=MOST_LABEL)
        # a table keeps them by lines, so each language says them all, on one line, and without the table's own mark
        torn = any(words.startswith("!") or "\n" in words for words in choice.words.values())
        if torn or choice.words.keys() != given.choices[0].words.keys():
            found.note("choices", given.at("choices"))
    if len(found.wrong) > before:
        return None
    return Item(
        given.code, given.words, Kind(given.kind), Photo(given.photo), Severity(int(given.severity)), given.topic,
        given.facts, given.hint or None, given.unit, low, high, given.choices, given.must not in ("yes", "true"),
    )  # fmt: skip


def check_words(
    words: Mapping[str, str], at: Place, found: Read, *, needed: bool = False, most: int = MOST_WORDS
) -> None:
    """Notes words that are missing, too long, or in a language that Davy does not speak."""
    if needed and not words:
        found.note("missing", at)
    for lang, said in words.items():
        if lang not in LANGUAGES:
            found.note("bad_word", at, value=lang, known=", ".join(LANGUAGES))
        if len(said) > most:
            found.note("too_long", at, most=most, length=len(said))


def _limit(value: str, at: Place, found: Read) -> float | None:
    if not value:
        return None
    number = number_of(value)
    if number is None:
        found.note("bad_limit", at, value=value)
    return number


def finish(
    code: str, at: Place, title: tuple[Mapping[str, str], Place], topic: str, sections: list[Section], found: Read
) -> None:
    """Puts a checklist to those found, unless it has no items, too many, or two of one id."""
    before = len(found.wrong)
    if not CODE.fullmatch(code):
        found.note("bad_id", at, value=code)
    check_words(*title, found, needed=True)
    if topic and not TOPIC.fullmatch(topic):
        found.note("bad_topic", at, value=topic)
    made = Checklist(code, title[0], topic, tuple(sections))
    if not found.wrong and not all(each.items for each in made.sections or [Section({}, ())]):
        found.note("no_items", at)
    if len(made.items) > MOST_ITEMS:
        found.note("too_many", at, most=MOST_ITEMS)
    if any(each.code == code for each in found.lists):
        found.note("twice", at, value=code)
    if len(found.wrong) == before:
        found.lists.append(made)


def read_text(name: str, text: str) -> Read:
    """A checklist in YAML."""
    problems, found = Problems(name), Read()
    root = read_yaml(text, problems)
    if root is not None:
        root.only("checklist", "title", "topic", "sections")
        _list(root, found)
    if problems:
        found.broken = "; ".join(f"{each.place.line}:{each.place.column} {each.message}" for each in problems.found[:5])
    return found


def _list(root: Node, found: Read) -> None:
    sections, seen = [], set[str]()
    for section in root.items("sections"):
        section.only("title", "items")
        check_words(_said(section, "title"), section.at("title").place, found, needed=True)
        items = []
        for node in section.items("items"):
            node.only(*KEYS)
            given = _given(node)
            if given.code in seen:
                found.note("twice", given.at("id"), value=given.code)
            seen.add(given.code)
            item = item_of(given, found)
            if item is not None:
                items.append(item)
        sections.append(Section(_said(section, "title"), tuple(items)))
    code, title = root.text("checklist"), (_said(root, "title"), root.at("title").place)
    finish(code, root.at("checklist").place, title, root.text("topic", ""), sections, found)


def _said(node: Node, name: str) -> dict[str, str]:
    return {lang: words for lang, words in node.texts(name).items() if words}


def _given(node: Node) -> Given:
    choices = []
    for each in node.items("choices"):
        each.only("text", "fails")
        choices.append(Choice(_said(each, "text"), each.text("fails", "no") in ("yes", "true")))
    return Given(
        node.place, node.text("id", ""), _said(node, "text"), node.text("kind", "pass"), _photo(node.text("photo", "no")),
        node.text("severity", "2"), node.text("topic", ""), node.words("facts"), _said(node, "hint"),
        node.text("unit", ""), node.text("min", ""), node.text("max", ""), tuple(choices), node.text("must", ""),
        {name: node.at(name).place for name in KEYS},
    )  # fmt: skip


def _photo(word: str) -> str:
    """YAML itself takes a bare yes for true."""
    return {"true": "yes", "false": "no"}.get(word, word)
