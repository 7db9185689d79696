"""YAML as neutral nodes: no types guessed, no anchors or tags, every node with its line and column.

Built on the parser's events, not on its constructors: nothing in a file can make an object, repeat itself by aliases,
or nest so deep that the reader's stack ends. Plain `no` and `1.10` stay the words that were written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from bot.kit.yaml_text import LOADER
from bot.library.formats.bank_map import read_bank_map
from bot.library.formats.texts_of import payload_of
from bot.library.model import Bank, Place, Question
from bot.library.reading import Node, Reading

MAX_DEPTH = 12


def read_yaml(text: str, reading: Reading) -> Bank | None:
    """A bank from YAML text; None when the text is not YAML or not a bank."""
    root = yaml_nodes(text, reading)
    if root is None and not reading.problems:
        reading.note("empty_file", Place(1, 1))
    return read_bank_map(root, reading) if root is not None else None


@dataclass(slots=True)
class _Open:
    """A map or list whose end has not come yet."""

    place: Place
    entries: dict[str, Node] | None
    items: list[Node] = field(default_factory=list)
    key: tuple[str, Place] | None = None


def yaml_nodes(text: str, reading: Reading) -> Node | None:
    """The one document of the text; None when it is empty, or so broken that nothing can be said about its content."""
    builder = _Builder(reading)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if not builder.take(event):
                return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        reading.note("yaml_syntax", place, detail=error.problem or error.context or "")
        return None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        reading.note("control_character", place, field="", character=f"U+{ord(str(error.character)):04X}"
                     if len(str(error.character)) == 1 else str(error.character))  # fmt: skip
        return None
    return builder.root


class _Builder:
    """Puts events together; `root` is the document's node."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0

    def take(self, event: yaml.Event) -> bool:
        """Take one event; False when reading on makes no sense."""
        if isinstance(event, yaml.ScalarEvent):
            self._check(event)
            empty = event.style in (None, "") and event.value in ("", "~", "null")
            self._put(Node(None if empty else event.value, _place(event)), empty_key=event.value)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._check(event)
            if len(self.stack) == MAX_DEPTH:
                self.reading.note("too_deep", _place(event), limit=MAX_DEPTH)
                return False
            self.stack.append(_Open(_place(event), {} if isinstance(event, yaml.MappingStartEvent) else None))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = self.stack.pop()
            self._put(Node(tuple(done.items) if done.entries is None else done.entries, done.place))
        elif isinstance(event, yaml.AliasEvent):
            self.reading.note("yaml_alias", _place(event), name=event.anchor or "")
            self._put(Node(None, _place(event)))
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self.reading.note("yaml_documents", _place(event))
                return False
        return not self.reading.full

    def _check(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor:
            self.reading.note("yaml_alias", _place(event), name=event.anchor)
        if event.tag:
            self.reading.note("yaml_tag", _place(event), tag=event.tag.replace("tag:yaml.org,2002:", "!!"))

    def _put(self, node: Node, empty_key: str = "") -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if top.entries is None:
            top.items.append(node)
        elif top.key is None:
            if isinstance(node.value, dict | tuple):
                self.reading.note("expected_text", node.place, field="")
            top.key = (node.value if isinstance(node.value, str) else empty_key, node.place)
        else:
            name, place = top.key
            top.key = None
            if name in top.entries:
                first = top.entries[name].key.line or 0
                self.reading.note("duplicate_key", place, field=name, first=first)
            else:
                top.entries[name] = Node(node.value, node.place, place)


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark is not None else Place(1, 1)


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes everything out where it stands: what is repeated is no alias, because those are not read."""

    def ignore_aliases(self, data: Any) -> bool:
        """Always."""
        return True


def write_yaml(bank: Bank) -> bytes:
    """A bank with everything it has."""
    entries: dict[str, Any] = {"bank": bank.id, "language": bank.language, "title": dict(bank.title)}
    entries["questions"] = [_entries(question, bank.language) for question in bank.questions]
    return bytes(yaml.dump(entries, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110, encoding="utf-8"))


def _entries(question: Question, base: str) -> dict[str, Any]:
    fields = {
        "id": question.id,
        "kind": question.kind,
        "topic": question.topic,
        "lesson": question.lesson,
        "jurisdictions": list(question.jurisdictions),
        "facts": list(question.facts),
        "sources": list(question.sources),
        "confidence": True if question.confidence else None,
        "stem": dict(question.stem),
        **payload_of(question),
        "explanation": dict(question.explanation),
    }
    units = fields.pop("units", None)
    filled = {name: _filled(value, base) for name, value in fields.items() if value not in (None, [], {})}
    return filled | ({"units": units} if units else {})


def _filled(value: Any, base: str) -> Any:
    """Without what is empty; a text that is there in the bank's language alone is written as it is."""
    if isinstance(value, dict):
        if list(value) == [base] and isinstance(value[base], str):
            return value[base]
        return {name: _filled(each, base) for name, each in value.items() if each not in (None, {}, [], "")}
    return [_filled(each, base) for each in value] if isinstance(value, list) else value
