"""Reading a file without raising: neutral nodes with their places, and a collector of problems.

Every format turns its file into `Node`s; what a question needs is then read from nodes alone, so that all formats give
the same answers. A node's value is text (never a guessed type), None for nothing, a map, or a tuple.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple, Union

from bot.library.model import NOWHERE, Localized, Place, Problem, Severity
from bot.library.problems import PROBLEMS

MAX_PROBLEMS = 1_000
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
ID = re.compile(r"[a-z0-9-]{1,40}")
_TRUE = frozenset(
    {
        "true",
        "yes",
        "y",
        "1",
        "x",
        "wahr",
        "是",
        "对",
        "正确",
        "sí",
        "si",
        "verdadero",
        "v",
        "صح",
        "صحيح",
        "صواب",
        "نعم",
    }
)
_FALSE = frozenset({"false", "no", "n", "0", "否", "错", "错误", "falso", "f", "خطأ", "خاطئ", "لا"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ufffd]")


class Node(NamedTuple):
    """A value of a file with its place; in a map, `key` is the place of its key."""

    value: Union[str, Mapping[str, Node], tuple[Node, ...], None]  # noqa: UP007 - evaluated by NamedTuple on 3.11
    place: Place = NOWHERE
    key: Place = NOWHERE


Fields = Mapping[str, Node]


class Reading:
    """Collects the problems of one file; `places` are those of the question being read."""

    def __init__(self, file: str, language: str = "en") -> None:
        self.file = file
        self.language = language
        self.problems: list[Problem] = []
        self.places: dict[str, Place] = {}
        self.told: set[str] = set()
        self.confidence = False
        """Whether the bank asks *sure / not sure* wherever a question does not say."""

    def next_question(self) -> None:
        """Forget the places of the question before; `told` are fields whose problem is already noted."""
        self.places, self.told = {}, set()

    @property
    def full(self) -> bool:
        """Whether so much is wrong that reading on helps nobody."""
        return len(self.problems) > MAX_PROBLEMS

    def note(self, code: str, place: Place = NOWHERE, severity: Severity | None = None, **params: str | int) -> None:
        """Remember a problem; its severity is that of its code unless given."""
        if len(self.problems) == MAX_PROBLEMS:
            code, place, params, severity = "too_many_problems", NOWHERE, {"limit": MAX_PROBLEMS}, None
        if len(self.problems) <= MAX_PROBLEMS:
            self.problems.append(Problem(code, self.file, *place, params=params, severity=severity or PROBLEMS[code]))

    def clean(self, node: Node, field: str) -> str:
        """A node's text, stripped and in one Unicode form; control characters are a problem."""
        if not isinstance(node.value, str):
            return ""
        text = unicodedata.normalize("NFC", node.value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if bad := _CONTROL.search(text):
            self.note("control_character", node.place, field=field, character=f"U+{ord(bad[0]):04X}")
            text = _CONTROL.sub("", text)
        return text

    def text(self, fields: Fields, name: str, owner: Place, required: bool = True) -> str:
        """The text of a field; missing or of another shape is a problem, and then empty."""
        node = fields.get(name)
        if node is None or node.value is None or node.value == "":
            if required:
                self.note("missing_field", node.place if node else owner, field=name)
            return ""
        self.places[name] = node.place
        if not isinstance(node.value, str):
            self.note("expected_text", node.place, field=name)
            return ""
        return self.clean(node, name)

    def localized(
        self, fields: Fields, name: str, owner: Place, required: bool = True, shown_as: str = ""
    ) -> Localized:
        """A text by language: a plain string is in the bank's language, a map gives each; the bank's one is needed."""
        field = shown_as or name
        node = fields.get(name)
        if node is None or node.value is None or node.value == "":
            if required:
                self.note("missing_field", node.place if node else owner, field=field)
            return {}
        self.places[field] = node.place
        if isinstance(node.value, str):
            text = self.clean(node, field)
            return {self.language: text} if text else {}
        if not isinstance(node.value, Mapping):
            self.note("expected_text", node.place, field=field)
            return {}
        texts = self._by_language(node.value, field)
        if texts and self.language not in texts:
            self.note("missing_base_text", node.place, field=field, language=self.language)
        elif not texts and required:
            self.note("missing_field", node.place, field=field)
        return texts

    def _by_language(self, entries: Fields, field: str) -> Localized:
        texts: dict[str, str] = {}
        for language, node in entries.items():
            if not LANGUAGE.fullmatch(language):
                self.note("unknown_language", node.key, language=language)
            elif isinstance(node.value, Mapping | tuple):
                self.note("expected_text", node.place, field=f"{field}:{language}")
            elif text := self.clean(node, f"{field}:{language}"):
                texts[language] = text
                self.places[f"{field}:{language}"] = node.place
        return texts

    def texts(self, fields: Fields, name: str, required: bool = False, owner: Place = NOWHERE) -> tuple[str, ...]:
        """A list of short texts; one plain text is a list of one."""
        node = fields.get(name)
        if node is None or node.value is None or node.value == "" or node.value == ():
            if required:
                self.note("missing_field", node.place if node else owner, field=name)
            return ()
        self.places[name] = node.place
        if isinstance(node.value, Mapping):
            self.note("expected_list", node.place, field=name)
            return ()
        found = []
        for item in node.value if isinstance(node.value, tuple) else (node,):
            if isinstance(item.value, Mapping | tuple):
                self.note("expected_text", item.place, field=name)
            elif text := self.clean(item, name):
                found.append(text)
        return tuple(found)

    def boolean(self, fields: Fields, name: str, owner: Place, default: bool | None = None) -> bool | None:
        """True or false; a missing one is the default, or a problem and None when there is no default."""
        node = fields.get(name)
        if node is None or node.value is None or node.value == "":
            if default is None:
                self.note("missing_field", node.place if node else owner, field=name)
            return default
        self.places[name] = node.place
        word = truth(node.value) if isinstance(node.value, str) else None
        if word is None:
            self.note("expected_bool", node.place, field=name)
            return default
        return word

    def only(self, fields: Fields, known: Iterable[str]) -> None:
        """Point at each field nobody reads, with the likely meaning."""
        names = list(known)
        for name, node in fields.items():
            if name not in names:
                self.note("unknown_field", node.key, field=name, guess=nearest(name, names), known=", ".join(names))


def truth(word: str) -> bool | None:
    """True or false from a typed word in any of our languages; None when it is neither."""
    folded = unicodedata.normalize("NFKC", word).strip().casefold()
    if folded in _TRUE:
        return True
    return False if folded in _FALSE else None


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or an empty string."""
    return next(iter(get_close_matches(word.casefold(), list(known), 1, 0.6)), "")
