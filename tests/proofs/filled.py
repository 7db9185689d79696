"""Templates with something in every place: what a macro asks of its values is read out of its syntax, and made.

`{% for each in people %}{{ each.name }}` wants a list of maps with a name; `{{ at|moment }}` a moment;
`{% if state == "done" %}` one of its own words. Whatever is left is a text, and stands for what a person wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes

from tests.house.source import BOT
from tests.proofs.asked_of_values import compared, filtered, number, plain
from tests.proofs.wanted_values import Either, Module, Shape

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


ROOM = "hazards/pages.html.j2"
"""The room of which a page of the frame is made where the page says of which room it is."""
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
    macros = parsed(path)[1]
    scope = {argument.name: Shape() for argument in macros[name].args}
    for _ in range(2):  # what is said of a value below holds above as well
        inner = {**imported(path), **scope}
        _walk_all(macros[name].body, inner, path, 0)
    return scope


@cache
def imported(path: Path) -> Scope:
    """What a template has from others, above its macros."""
    found: Scope = {}
    for node in parsed(path)[0].body:
        if isinstance(node, nodes.Import | nodes.FromImport):
            _import(node, found)
    return found


def _import(node: nodes.Import | nodes.FromImport, scope: Scope) -> None:
    other = BOT / (node.template.value if isinstance(node.template, nodes.Const) else ROOM)
    if isinstance(node, nodes.Import):
        scope[node.target] = Module(other)
        return
    for each in node.names:
        name, alias = (each, each) if isinstance(each, str) else each
        scope[alias] = Module(other, name)


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
            return None if base is None or isinstance(base, Module) else base.part(node.attr)
        case nodes.Import() | nodes.FromImport():
            _own(go(node.template), ROOM)
            _import(node, scope)
            return None
        case nodes.Getitem():
            return _taken(go(node.node), node.arg, go(node.arg))
        case nodes.Dict():
            return _written([(each.key, go(each.value) or Shape()) for each in node.items])
        case nodes.List() | nodes.Tuple():
            return _row([go(each) for each in node.items], node.items)
        case nodes.Filter():
            return filtered(node, go(node.node), [go(each) for each in node.args])
        case nodes.For():
            _loop(node, scope, path, depth)
            return None
        case nodes.Compare():
            left = go(node.expr)
            for operand in node.ops:
                right = go(operand.expr)
                compared(operand, left, right)
                if right is not None and plain(node.expr) and isinstance(node.expr.value, int):  # type: ignore[attr-defined]
                    number(right.item() if operand.op in ("in", "notin") else right)
            return None
        case nodes.Neg() | nodes.Pos():
            number(go(node.node))
            return None
        case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div() | nodes.FloorDiv():
            number(go(node.left), go(node.right))
            return None
        case nodes.Call():
            return _called(node, scope, path, depth)
        case nodes.Assign():
            _assigned(node.target, node.node, go(node.node), scope, go)
            return None
        case nodes.CondExpr():
            go(node.test)
            return Either(go(node.expr1), go(node.expr2))
        case nodes.Or() | nodes.And():
            return Either(go(node.left), go(node.right))
        case _:
            for child in node.iter_child_nodes():
                _walk(child, scope, path, depth)
            return None


def _own(shape: Shape | None, word: str) -> None:
    """A name of the program's own: no person writes which template is meant, or which of its titles."""
    if shape is not None:
        shape.must("own")
        shape.like(word)


def _row(some: list[Shape | None], items: list[nodes.Expr]) -> Shape:
    """A list that is written in the template: of words of its own, or of values."""
    words = {each.value for each in items if isinstance(each, nodes.Const)}
    found = Shape("list", element=Shape("own", words=words) if words else Either(*some))
    found.fields = {at: each for at, each in enumerate(some) if each is not None}
    return found


def _written(some: list[tuple[nodes.Expr, Shape]]) -> Shape:
    """A map that is written in the template: whoever looks something up in it has one of its keys."""
    found = {key.value: each for key, each in some if isinstance(key, nodes.Const)}
    return Shape("map", found, words=set(found))


def _taken(base: Shape | None, at: nodes.Node, key: Shape | None) -> Shape | None:
    """What stands in the brackets of a value, or a part of it."""
    if base is None or isinstance(base, Module):
        if isinstance(at, nodes.Getattr) and at.attr == "macro":
            _own(key, "title_board")
        return None
    if isinstance(at, nodes.Const):
        return base.part(at.value) if isinstance(at.value, str) else base.at(at.value)
    if isinstance(at, nodes.Slice):
        return base
    if key is not None and base.kind == "map" and key.kind == "text":
        for word in base.words:
            _own(key, word)
    if key is not None and key.kind == "own":
        return Either(*(base.part(word) for word in sorted(key.words, key=str)))
    return None


def _assigned(
    target: nodes.Node, value: nodes.Node, shape: Shape | None, scope: Scope, go: Callable[[nodes.Node], Shape | None]
) -> None:
    if isinstance(target, nodes.Name):
        scope[target.name] = shape or Shape()
    elif isinstance(target, nodes.Tuple) and isinstance(value, nodes.Tuple):
        for name, each in zip(target.items, value.items, strict=True):
            _assigned(name, each, go(each), scope, go)


def _loop(node: nodes.For, scope: Scope, path: Path, depth: int) -> None:
    over = _walk(node.iter, scope, path, depth)
    inner = dict(scope)
    if isinstance(node.iter, nodes.Call) and getattr(node.iter.node, "attr", "") == "items":
        base = _walk(node.iter.node.node, scope, path, depth)  # type: ignore[attr-defined]
        over = base.pairs() if base is not None else None
    _bound(node.target, over.item() if over is not None else Shape(), inner)
    _walk_all([*node.body, *node.else_, *([node.test] if node.test else [])], inner, path, depth)


def _bound(target: nodes.Node, shape: Shape, scope: Scope) -> None:
    """The names of a loop, for one turn of it."""
    if isinstance(target, nodes.Name):
        scope[target.name] = shape
    elif isinstance(target, nodes.Tuple):
        shape.is_("pair")
        for at, each in enumerate(target.items):
            _bound(each, shape.part(at), scope)


def _called(node: nodes.Call, scope: Scope, path: Path, depth: int) -> Shape | None:
    given = [_walk(each, scope, path, depth) for each in node.args]
    named = {each.key: _walk(each.value, scope, path, depth) for each in node.kwargs}
    name = getattr(node.node, "name", "")
    if name in ("ngettext", "npgettext"):
        number(*given[2:3])
    elif name == "range":
        number(*given)
    elif (found := _macro(node.node, scope, path)) is not None:
        other, macro = found
        if depth < 6:
            inner = imported(other) | {argument.name: Shape() for argument in macro.args}
            inner |= {a.name: shape for a, shape in zip(macro.args, given, strict=False) if shape is not None}
            inner |= {key: shape for key, shape in named.items() if shape is not None}
            _walk_all(macro.body, inner, other, depth + 1)
    elif isinstance(node.node, nodes.Getattr | nodes.Getitem):
        own = isinstance(node.node, nodes.Getattr) and node.node.attr in OWN
        base = _walk(node.node.node if own else node.node, scope, path, depth)
        return _got(node, base, given) if own else None
    return None


def _got(node: nodes.Call, base: Shape | None, given: list[Shape | None]) -> Shape | None:
    """`counts.get("red", 0)` is a part of counts."""
    method = getattr(node.node, "attr", "")
    if base is None or isinstance(base, Module):
        return None
    if method == "get" and node.args:
        return _taken(base, node.args[0], given[0])
    if method == "isoformat":
        base.must("instant")
    if method == "values":
        return Shape("list", element=base.value())
    return None


def _macro(called: nodes.Node, scope: Scope, path: Path) -> tuple[Path, nodes.Macro] | None:
    """The macro that is called: one of this template, or of another that it imports."""
    name = ""
    if isinstance(called, nodes.Name):
        own = scope.get(called.name)
        path, name = (own.path, own.macro) if isinstance(own, Module) else (path, called.name)
    elif isinstance(called, nodes.Getattr) and isinstance(called.node, nodes.Name):
        module = scope.get(called.node.name)
        if not isinstance(module, Module):
            return None
        path, name = module.path, called.attr
    macro = parsed(path)[1].get(name)
    return (path, macro) if macro is not None else None


def macros_of(kind: str) -> Iterator[tuple[Path, str]]:
    """Every macro that Python calls, of the templates of a kind: `texts.html`, `texts.txt`, `pages.html`, `layout.html`."""
    for path in sorted(BOT.rglob(f"{kind}.j2")):
        for name in parsed(path)[1]:
            if not name.startswith("_"):
                yield path, name
