"""Templates with something in every place: what a macro asks of its values is read out of its syntax, and made.

`{% for each in people %}{{ each.name }}` wants a list of maps with a name; `{{ at|moment }}` a moment;
`{% if state == "done" %}` one of its own words. Whatever is left is a text, and stands for what a person wrote.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes

from tests.house.source import BOT

DATES = {"day", "moment", "clock", "month", "before_day"}
NUMBERS = {"number", "span", "share", "round", "abs"}
LISTS = {
    "listed",
    "join",
    "first",
    "last",
    "list",
    "map",
    "selectattr",
    "rejectattr",
    "batch",
    "sum",
    "groupby",
    "unique",
    "reverse",
}
OWN = {
    "items",
    "values",
    "keys",
    "get",
    "append",
    "isoformat",
    "split",
    "startswith",
    "endswith",
    "replace",
    "strip",
    "index",
    "count",
}


@dataclass
class Shape:
    """What a value must be."""

    kind: str = "text"
    fields: dict[Any, Shape] = field(default_factory=dict)
    element: Shape | None = None
    words: set[Any] = field(default_factory=set)
    """Its own words: it is compared with them."""

    def item(self) -> Shape:
        """One of a list."""
        self.kind = "list" if self.kind == "text" else self.kind
        self.element = self.element or Shape()
        return self.element

    def part(self, name: Any) -> Shape:
        """A part of a map, or of a pair."""
        self.kind = "map" if self.kind == "text" else self.kind
        return self.fields.setdefault(name, Shape())

    def is_(self, kind: str) -> None:
        """It turns out to be something."""
        if self.kind == "text":
            self.kind = kind


Scope = dict[str, Shape]


@cache
def parsed(path: Path) -> tuple[nodes.Template, dict[str, nodes.Macro]]:
    """A template's syntax and its macros."""
    env = jinja2.Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], trim_blocks=True, lstrip_blocks=True)
    env.policies["ext.i18n.trimmed"] = True
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    tree = env.parse(path.read_text(encoding="utf-8"))
    return tree, {each.name: each for each in tree.find_all(nodes.Macro)}


def wanted(path: Path, name: str) -> Scope:
    """The shape of every argument of a macro."""
    macro = parsed(path)[1][name]
    scope = {argument.name: Shape() for argument in macro.args}
    for _ in range(2):  # what is said of a value below holds above as well
        _walk_all(macro.body, dict(scope), path, 0)
    return scope


def _walk_all(body: Any, scope: Scope, path: Path, depth: int) -> None:
    for node in body:
        _walk(node, scope, path, depth)


def _walk(node: nodes.Node, scope: Scope, path: Path, depth: int) -> Shape | None:
    def go(each: nodes.Node | None) -> Shape | None:
        return _walk(each, scope, path, depth) if each is not None else None

    match node:
        case nodes.Name():
            return scope.get(node.name)
        case nodes.Getattr():
            base = go(node.node)
            return None if base is None else base.part(node.attr)
        case nodes.Import():
            _own(go(node.template), "hazards/pages.html.j2")
            return None
        case nodes.Getitem():
            base, at = go(node.node), node.arg
            if base is None:
                if isinstance(at, nodes.Getattr) and at.attr == "macro":
                    _own(go(at), "title_board")
                return None
            if isinstance(at, nodes.Const):
                return base.part(at.value) if isinstance(at.value, str) else base.item()
            go(at)
            return base if isinstance(at, nodes.Slice) else None
        case nodes.Filter():
            base = go(node.node)
            for each in (*node.args, *(k.value for k in node.kwargs)):
                go(each)
            return _filtered(node.name, base)
        case nodes.For():
            _loop(node, scope, path, depth)
            return None
        case nodes.Compare():
            left = go(node.expr)
            for operand in node.ops:
                _compared(operand, left, go(operand.expr))
            return None
        case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div() | nodes.FloorDiv() | nodes.Mod():
            for each in (go(node.left), go(node.right)):
                if each is not None and not isinstance(node, nodes.Mod):
                    each.is_("number")
            return None
        case nodes.Call():
            return _called(node, scope, path, depth)
        case nodes.Assign():
            made = go(node.node)
            if isinstance(node.target, nodes.Name):
                scope[node.target.name] = made or Shape()
            return None
        case nodes.CondExpr():
            go(node.test), go(node.expr2)
            return go(node.expr1)
        case _:
            for child in node.iter_child_nodes():
                _walk(child, scope, path, depth)
            return None


def _own(shape: Shape | None, word: str) -> None:
    """A name of the program's own: no person writes which template is meant, or which of its titles."""
    if shape is not None:
        shape.kind, shape.words = "own", {word}


def _filtered(name: str, base: Shape | None) -> Shape | None:
    if base is None:
        return None
    if name in DATES:
        base.is_("date")
    elif name in NUMBERS:
        base.is_("number")
    elif name == "money":
        base.kind = "money"
    elif name in ("weekday", "weekdays"):
        base.kind = "days"
    elif name in LISTS:
        element = base.item()
        return element if name in ("first", "last") else base
    elif name in ("length", "count"):
        base.is_("list")
    return base if name in ("sort", "list", "reverse", "dictsort", "unique") else None


def _loop(node: nodes.For, scope: Scope, path: Path, depth: int) -> None:
    over = _walk(node.iter, scope, path, depth)
    inner = dict(scope)
    items = isinstance(node.iter, nodes.Call) and getattr(node.iter.node, "attr", "") == "items"
    if isinstance(node.target, nodes.Name):
        inner[node.target.name] = over.item() if over is not None else Shape()
    elif isinstance(node.target, nodes.Tuple):
        if over is not None and not items:
            element = over.item()
            element.kind = "pair"
        for at, each in enumerate(node.target.items):
            if isinstance(each, nodes.Name):
                inner[each.name] = element.fields.setdefault(at, Shape()) if over is not None and not items else Shape()
    if items and isinstance(node.iter, nodes.Call) and isinstance(node.iter.node, nodes.Getattr):
        base = _walk(node.iter.node.node, scope, path, depth)
        if base is not None and not base.fields:
            base.kind = "map"
    _walk_all([*node.body, *node.else_, *([node.test] if node.test else [])], inner, path, depth)


def _compared(operand: nodes.Operand, left: Shape | None, right: Shape | None) -> None:
    values = [operand.expr] if isinstance(operand.expr, nodes.Const) else list(operand.expr.find_all(nodes.Const))
    if left is not None:
        for each in values:
            if isinstance(each.value, bool):
                continue
            if isinstance(each.value, int | float):
                left.is_("number")
            elif isinstance(each.value, str):
                left.words.add(each.value)
    if operand.op in ("lt", "gt", "lteq", "gteq"):
        for shape in (left, right):
            if shape is not None:
                shape.is_("number")


def _called(node: nodes.Call, scope: Scope, path: Path, depth: int) -> Shape | None:
    given = [_walk(each, scope, path, depth) for each in node.args]
    named = {each.key: _walk(each.value, scope, path, depth) for each in node.kwargs}
    if isinstance(node.node, nodes.Getattr | nodes.Getitem):
        own = isinstance(node.node, nodes.Getattr) and node.node.attr in OWN
        _walk(node.node.node if own else node.node, scope, path, depth)
        return None
    name = getattr(node.node, "name", "")
    if name in ("ngettext", "npgettext"):
        for each in (given[2:3] or [None])[0:1]:
            if each is not None:
                each.is_("number")
        return None
    if name == "range":
        for each in given:
            if each is not None:
                each.is_("number")
        return None
    macro = parsed(path)[1].get(name)
    if macro is not None and depth < 6:
        inner = {argument.name: Shape() for argument in macro.args}
        inner |= {a.name: shape for a, shape in zip(macro.args, given, strict=False) if shape is not None}
        inner |= {key: shape for key, shape in named.items() if shape is not None}
        _walk_all(macro.body, inner, path, depth + 1)
    return None


def made(shape: Shape, word: Callable[[], str], chance: random.Random, deep: int = 0) -> Any:
    """A value of a shape; `word` gives the texts."""
    match shape.kind:
        case "number":
            return chance.choice((1, 2, 3, 5, 21))
        case "date":
            return "2026-11-18T15:05:00+00:00"
        case "money":
            return [125000, "USD"]
        case "days":
            return "3"
        case "own":
            return chance.choice(sorted(shape.words))
        case "list":
            count = chance.choice((1, 2)) if deep < 4 else 0
            return [made(shape.element or Shape(), word, chance, deep + 1) for _ in range(count)]
        case "pair":
            return [
                made(shape.fields.get(at, Shape()), word, chance, deep + 1)
                for at in range(max(shape.fields, default=1) + 1)
            ]
        case "map":
            # a map of languages would be taken for one text in each
            return {name: made(each, word, chance, deep + 1) for name, each in shape.fields.items()}
    if shape.words and chance.random() < 0.7:
        return chance.choice(sorted(shape.words, key=str))
    return word()


def macros_of(kind: str) -> Iterator[tuple[Path, str]]:
    """Every macro that Python calls, of the templates of a kind: `texts.html`, `texts.txt`, `pages.html`, `layout.html`."""
    for path in sorted(BOT.rglob(f"{kind}.j2")):
        for name in parsed(path)[1]:
            if not name.startswith("_"):
                yield path, name
