"""Reading texts as syntax: the macros of the templates, the sentences in them, the catalogues, and how Python names
them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import jinja2
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import nodes

from tests.house.source import BOT, modules

LOCALES = BOT / "i18n" / "locales"
SPEAKERS = {
    ("bot.i18n.say", "say"): {"zone"},
    ("bot.kit.texts", "text"): set(),
    ("bot.kit.texts", "Text"): {"params"},
    ("bot.kit.replies", "answer"): {"buttons", "media"},
    ("bot.kit.replies", "toast"): {"alert"},
    ("bot.kit.replies", "button"): set(),
    ("bot.kit.errors", "Refused"): set(),
}
"""What takes a text key first, with the keywords that are its own and not values of the sentence."""
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
TAG = re.compile(r"</?[a-z][^>]*>")
VALUE_LENGTH = 12
"""What a value in a sentence is taken to be long: a name, a date, a number."""


@dataclass(frozen=True)
class Macro:
    """A message: its key, its arguments (those without a default are `needed`) and its syntax."""

    key: str
    kind: str
    arguments: frozenset[str]
    needed: frozenset[str]
    body: tuple[nodes.Node, ...]
    path: Path


@dataclass(frozen=True)
class Spoken:
    """A place in Python that names a text. `values` is None where they cannot be read from the syntax (`**params`)."""

    where: str
    speaker: str
    key: str | None
    values: frozenset[str] | None
    literals: tuple[str, ...]


@cache
def _environment() -> jinja2.Environment:
    env = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], trim_blocks=True, lstrip_blocks=True)
    env.policies["ext.i18n.trimmed"] = True
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return env


def macros(package: Path) -> dict[str, Macro]:
    """Every message of every room by its key. A broken template raises: it must not be taken for an empty one."""
    found: dict[str, Macro] = {}
    for path in sorted(package.rglob("texts.*.j2")):
        room = ".".join(path.parent.relative_to(package).parts)
        tree = _environment().parse(path.read_text(encoding="utf-8"), filename=str(path))
        for node in tree.find_all(nodes.Macro):
            names = [argument.name for argument in node.args]
            needed = names[: len(names) - len(node.defaults)]
            key = f"{room}.{node.name}"
            kind = path.name.split(".")[1]
            found[key] = Macro(key, kind, frozenset(names), frozenset(needed), tuple(node.body), path)
    return found


def sentences(package: Path) -> dict[str, set[str]]:
    """Every msgid in the templates (a plural as its singular form), and the templates it stands in."""
    found: dict[str, set[str]] = {}
    for path in sorted(package.rglob("*.j2")):
        tree = _environment().parse(path.read_text(encoding="utf-8"), filename=str(path))
        for call in tree.find_all(nodes.Call):
            for text in _message_ids(call)[:1]:
                found.setdefault(text, set()).add(str(path.relative_to(package)))
    return found


def _message_ids(call: nodes.Call) -> list[str]:
    if isinstance(call.node, nodes.Name) and call.node.name in {"_", "gettext", "ngettext", "pgettext", "npgettext"}:
        texts = [arg.value for arg in call.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)]
        return texts[1:] if call.node.name in {"pgettext", "npgettext"} else texts
    return []


def catalogue(lang: str) -> Catalog:
    """The catalogue of a language; an empty one where there is no file yet."""
    path = LOCALES / lang / "LC_MESSAGES" / "davy.po"
    if not path.exists():
        return Catalog(locale=lang)
    with path.open("rb") as file:
        return read_po(file, locale=lang)


def strings_of(message: Any) -> tuple[str, ...]:
    """The translations of a catalogue's entry: one, or one a plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def longest(macro: Macro, translated: Catalog | None) -> int:
    """The most characters that a message's own words can come to after parsing; a value counts as VALUE_LENGTH."""
    return sum(_length(node, translated) for node in macro.body)


def _length(node: nodes.Node, translated: Catalog | None) -> int:
    if isinstance(node, nodes.TemplateData):
        return len(_visible(node.data))
    if isinstance(node, nodes.Call):
        ids = _message_ids(node)
        return max((len(_visible(text)) for one in ids for text in _in(translated, one)), default=VALUE_LENGTH)
    if isinstance(node, nodes.Output):
        return sum(_length(child, translated) for child in node.nodes)
    if isinstance(node, nodes.If):
        branches: list[Sequence[nodes.Node]] = [node.body, node.else_, *([child] for child in node.elif_)]
        return max(sum(_length(child, translated) for child in branch) for branch in branches)
    if isinstance(node, nodes.CondExpr):
        return max(_length(part, translated) for part in (node.expr1, node.expr2) if part is not None)
    if isinstance(node, nodes.Const):
        return len(str(node.value))
    if isinstance(node, nodes.Filter | nodes.MarkSafe | nodes.MarkSafeIfAutoescape):
        inner = getattr(node, "node", None) or getattr(node, "expr", None)
        return _length(inner, translated) if isinstance(inner, nodes.Call) else VALUE_LENGTH
    if isinstance(node, nodes.Mod):
        return _length(node.left, translated)
    if isinstance(node, nodes.Expr):
        return VALUE_LENGTH
    return sum(_length(child, translated) for child in getattr(node, "body", []))


def _in(translated: Catalog | None, text: str) -> tuple[str, ...]:
    message = translated.get(text) if translated is not None else None
    return strings_of(message) if message is not None and message.string else (text,)


def _visible(text: str) -> str:
    """What is left after parsing: no tags, entities resolved, values as so many characters, runs of spaces as one."""
    text = PLACEHOLDER.sub(lambda match: "%" if match.group() == "%%" else "x" * VALUE_LENGTH, text)
    return re.sub(r"\s+", " ", unescape(TAG.sub("", text)))


def spoken(package: Path) -> Iterator[Spoken]:
    """Every call in Python that names a text."""
    for module in modules(package):
        if module.room == "simulator":
            continue
        speakers = {
            alias.asname or alias.name: (node.module, alias.name)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if (node.module, alias.name) in SPEAKERS
        }
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in speakers
                and node.args
            ):
                yield _spoken(module.name, node, speakers[node.func.id])


def _spoken(module: str, node: ast.Call, speaker: tuple[str | None, str]) -> Spoken:
    first = node.args[0]
    key = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
    own = SPEAKERS[speaker]  # type: ignore[index]
    values: frozenset[str] | None = frozenset(word.arg for word in node.keywords if word.arg and word.arg not in own)
    if any(word.arg is None for word in node.keywords):
        values = None
    if speaker[1] == "Text":
        values = _keys_of(node.args[1]) if len(node.args) > 1 else frozenset()
        if any(word.arg == "params" for word in node.keywords):
            values = None
    given = [*node.args[1:], *(word.value for word in node.keywords)]
    literals = tuple(arg.value for arg in given if isinstance(arg, ast.Constant) and isinstance(arg.value, str))
    return Spoken(f"{module}:{node.lineno}", speaker[1], key, values, literals)


def _keys_of(value: ast.expr) -> frozenset[str] | None:
    if isinstance(value, ast.Dict) and all(isinstance(key, ast.Constant) for key in value.keys):
        return frozenset(str(key.value) for key in value.keys if isinstance(key, ast.Constant))
    return None
