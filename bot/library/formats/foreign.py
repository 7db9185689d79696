"""Questions of other programs (Moodle, above all) as the fields that a bank of ours has; what has no place here is named.

A reader of a format finds `Found` questions and gives them to a `Gathering`. It fills in what such files do not say (id, topic,
place) and tells that it did; what another program can say and Davy cannot is skipped and told, at its place.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from bot.library.formats import answers
from bot.library.formats.bank_map import TOPIC, read_bank_map
from bot.library.formats.carried import is_id
from bot.library.formats.found import NONE, Found
from bot.library.formats.markup import plainly
from bot.library.kinds.registry import KINDS
from bot.library.model import ANY, Bank, Place, Severity
from bot.library.reading import ID, LANGUAGE, Node, Reading

OWN = "OWN"
"""The topic of what says none."""
_TOP = re.compile(r"\$\w+\$|top|Default for .*", re.IGNORECASE)
_DATED = re.compile(r"(?i)\.aiken$|[-_ ]*\d{8}[-_ ]*\d{4,6}$|[ ]*\(\d{1,2}\)$")
"""What an export puts behind its name: the same bank tomorrow is the same bank."""
_SPLIT = re.compile(r"(?<!/)/(?!/)")


@dataclass(slots=True)
class Gathering:
    """The questions of a file being read, and what is to be said about all of them together."""

    reading: Reading
    carried: Mapping[str, Any] = field(default_factory=dict)
    category: Node = NONE
    questions: list[Node] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)
    _made: Counter[str] = field(default_factory=Counter)
    _where: dict[str, Place] = field(default_factory=dict)
    _example: dict[str, str] = field(default_factory=dict)
    _topics: set[str] = field(default_factory=set)

    @property
    def bank_id(self) -> str:
        """The bank's id: as an earlier export said, else from the file's name."""
        slug = re.sub(r"[^a-z0-9]+", "-", self._stem.casefold()).strip("-")[:40]
        given = str(self.carried.get("bank", ""))
        return given if ID.fullmatch(given) else slug or "bank"

    @property
    def _stem(self) -> str:
        """The file's name without its ending and its date."""
        return _DATED.sub("", PurePath(self.reading.file).stem)

    def plain(self, written: str, format: str, place: Place) -> Node:
        """A text in another program's format as plain text; what is lost of it is told once a file."""
        found = plainly(written, format)
        for what, n in found.lost.items():
            if n:
                self.count(f"not_kept:{what}", place, n)
        return Node(found.text or None, place)

    def count(self, what: str, place: Place, n: int = 1, example: str = "") -> None:
        """Remember something that is told once for the whole file, at its first place. `not_kept:<what>` is one such."""
        self._made[what] += n
        self._where.setdefault(what, place)
        self._example.setdefault(what, example)

    def skip(self, kind: str, place: Place) -> None:
        """A question that Davy cannot hold."""
        self.reading.note("kind_not_held", place, kind=kind[:40])

    def add(self, found: Found) -> None:
        """A question: its fields as a bank of ours has them."""
        if found.kind not in KINDS:
            return self.skip(found.written or found.kind, found.place)
        payload = answers.fields(found, self)
        if payload is None:
            return None
        given = found.carried
        if not found.explanation.value:
            found.explanation = Node(None, found.place)
        entries: dict[str, Node] = {
            "id": Node(self._id(found), found.name.place if found.name.value else found.place),
            "kind": Node(found.kind, found.place),
            "topic": Node(self._topic(found), found.place),
            "jurisdictions": self._listed(found, "jurisdictions"),
            "facts": self._listed(found, "facts"),
            "sources": self._listed(found, "sources"),
            "stem": found.said("stem", found.stem, self.reading.language),
            "explanation": found.said("explanation", found.explanation, self.reading.language),
            **payload,
        }
        if given.get("confidence"):
            entries["confidence"] = Node("true", found.place)
        if given.get("lesson"):
            entries["lesson"] = Node(given["lesson"], found.place)
        if stale := found.stale():
            self.reading.note("carried_stale", found.place, n=stale)
        return self.questions.append(Node(entries, found.place))

    def _listed(self, found: Found, name: str) -> Node:
        values: Sequence[str] = found.carried.get(name, ())
        if name == "jurisdictions" and not values:
            self.count("place_made", found.place)
            values = (ANY,)
        return Node(tuple(Node(each, found.place) for each in values) or None, found.place)

    def _id(self, found: Found) -> str:
        """The id that an export of ours wrote, or one that stays the same as long as the question's name does."""
        for given in (found.carried.get("id", ""), found.ident):
            if given and is_id(given):
                self._ids.add(given)
                return str(given)
        self.count("id_made", found.place)
        name = str(found.ident or found.name.value or found.stem.value or "")
        slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
        if not slug.isascii() or len(slug) > 22 or not slug or not name.isascii():
            slug = f"{slug[:15].strip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:6]}".strip("-")
        made = f"{self.bank_id[:16].strip('-')}-{slug}"
        number, ident = 1, made
        while ident in self._ids:
            number += 1
            ident = f"{made[:36]}-{number}" if number < 100 else f"{made[:34]}-{number}"
        self._ids.add(ident)
        return ident

    def _topic(self, found: Found) -> str:
        """The code that an export of ours wrote, that a tag or the category names, or one made of the category's name."""
        for given in (str(found.carried.get("topic", "")), *found.tags):
            if TOPIC.fullmatch(given):
                return given
        parts = [part.replace("//", "/").strip() for part in _SPLIT.split(str(self.category.value or ""))]
        parts = [part for part in reversed(parts) if part and not _TOP.fullmatch(part)]
        for part in parts:
            for word in re.findall(r"\w+", part):
                if TOPIC.fullmatch(word):
                    return str(word)
        words = re.findall(r"[A-Z][A-Z0-9]+", parts[0].upper()) if parts else []
        made = words[0][:8] if words and words[0].isascii() else OWN
        if made not in self._topics:
            self._topics.add(made)
            place = self.category.place if parts else found.place
            self.reading.note("topic_made", place, topic=made, category=parts[0][:80] if parts else "")
        return made

    def bank(self) -> Bank | None:
        """The whole bank; tells what was filled in and what was left out. None where errors left no question of it."""
        root = self._root()
        if not self.questions and any(each.severity is Severity.ERROR for each in self.reading.problems):
            return None
        return read_bank_map(root, self.reading)

    def _root(self) -> Node:
        for what, n in self._made.items():
            code, _, name = what.partition(":")
            params: dict[str, str | int] = {"n": n} | ({"what": name} if name else {})
            if code == "feedback_left_out":
                params["example"] = self._example[what]
            self.reading.note(code, self._where[what], None, **params)
        top = Place(1, 1)
        title = self.carried.get("title") or {self.language: self._stem or "?"}
        entries = {
            "bank": Node(self.bank_id, top),
            "language": Node(self.language, top),
            "title": Node({language: Node(words, top, top) for language, words in title.items()}, top),
            "questions": Node(tuple(self.questions), top),
        }
        return Node(entries, top)

    @property
    def language(self) -> str:
        """The language of plain texts: as an earlier export said, else the reader's own."""
        given = str(self.carried.get("language", ""))
        return given if LANGUAGE.fullmatch(given) else self.reading.language

    def begin(self, carried: Mapping[str, Any]) -> None:
        """What an earlier export said of the whole bank."""
        self.carried = carried
        self.reading.language = self.language
