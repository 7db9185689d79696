"""Calls that break the schema, generated from botapi.min.json: one for every constraint of a method.

A type is used in many places, and in a message of nested blocks in thousands. The short form breaks the constraints of
each type once for every parameter that leads to it; the long form (`everywhere`) at every place, four levels deep.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.simulator.fields import Upload
from bot.simulator.schema import API, type_tag

DEEPEST = 4
UPLOAD = Upload("a.jpg", b"bytes")
NOT_SAMPLED = {"InputFile"}
# Text whose measure is taken after the markup is parsed still has to be refused when it is too long.
SAMPLE_TEXT = {
    "command": "start",
    "language_code": "en",
    "url": "https://example.com/",
    "parse_mode": "HTML",
    "emoji": "👍",
    "type": "bold",
}


def sample(types: list[str], limits: dict[str, Any], name: str, path: tuple[str, ...] = ()) -> Any:
    """A value that the schema allows."""
    kind = types[0]
    if kind.startswith("Array of "):
        item = [sample([t[9:] for t in types], {}, name, path)]
        return item * max(1, limits.get("min_items", 1))
    if kind == "Integer":
        return 0 if name == "offset" else max(1, int(limits.get("min", 1)))
    if kind == "Float":
        return 1.5
    if kind in {"Boolean", "True"}:
        return True
    if kind == "String":
        if "const" in limits:
            return limits["const"]
        if name.endswith("parse_mode"):
            return "HTML"
        return SAMPLE_TEXT.get(name, "x" * max(1, limits.get("min_len", 1), limits.get("min_bytes", 1)))
    return sample_object(types, path)


def sample_object(types: list[str], path: tuple[str, ...]) -> dict[str, Any]:
    """An object with its required fields."""
    name = types[0]
    spec = API["types"][name]
    parent = name
    if "subtypes" in spec:
        name = spec["subtypes"][0]
        spec = API["types"][name]
    out: dict[str, Any] = {}
    for field, kinds, required, limits in spec.get("fields", []):
        if required and name not in path:
            value = sample(kinds, limits, field, (*path, name))
            if field in {"type", "source"} and "const" not in limits and kinds == ["String"]:
                value = tag_of(parent, name) or value
            out[field] = value
    if name == "InlineKeyboardButton":
        out["callback_data"] = "x"
    return out


def tag_of(parent: str, name: str) -> str | None:
    """The fixed `type` of a member of a union."""
    for union, spec in API["types"].items():
        if name in spec.get("subtypes", []):
            return type_tag(union, name)
    return None if parent == name and name != "InputMediaPhoto" else type_tag(parent, name)


def base_params(method: str) -> dict[str, Any]:
    """A call that the schema allows: every required field."""
    return {
        field: UPLOAD if types[0] == "InputFile" else sample(types, limits, field)
        for field, types, required, limits in API["methods"][method]
        if required
    }


def samples(method: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(field, parameters): calls that the schema allows, each with one more field, or another object in it."""
    base = base_params(method)
    for field, types, _, limits in API["methods"][method]:
        yield field, {**base, field: UPLOAD if "InputFile" in types else sample(types, limits, field)}
        inner = [t.removeprefix("Array of ").removeprefix("Array of ") for t in types]
        for member in (m for m in inner if m in API["types"] and m != "InputFile"):
            for concrete in API["types"][member].get("subtypes", [member]):
                if not API["types"][concrete].get("fields"):
                    continue
                value: Any = sample_object([concrete], ())
                for _ in range(types[0].count("Array of ")):
                    value = [value] * max(1, limits.get("min_items", 1))
                yield f"{field}: {concrete}", {**base, field: value}


class Route:
    """The types that have been entered on the way to a value; each is entered once."""

    def __init__(self, types: frozenset[str] = frozenset(), *, everywhere: bool) -> None:
        self.types = set(types)
        self.everywhere = everywhere

    def enters(self, name: str) -> Route | None:
        """The way on through this type; None if it has been gone, or (everywhere) if it is too deep."""
        if name in self.types or (self.everywhere and len(self.types) >= DEEPEST):
            return None
        if self.everywhere:
            return Route(frozenset(self.types | {name}), everywhere=True)
        self.types.add(name)
        return self


def violations(method: str, *, everywhere: bool = False) -> Iterator[tuple[str, dict[str, Any]]]:
    """(what is wrong, parameters), each with exactly one thing wrong."""
    base = base_params(method)
    yield "unknown field", {**base, "no_such_field": "1"}
    for field, types, required, limits in API["methods"][method]:
        if required:
            yield f"{field} missing", {k: v for k, v in base.items() if k != field}
        if "InputFile" in types:
            yield f"{field}: not a file", {**base, field: {"a": 1}}
            continue
        good = base.get(field, sample(types, limits, field))
        for what, value in wrong_values(types, limits, good, Route(everywhere=everywhere), nested=False):
            yield f"{field}{what}", {**base, field: value}


def wrong_values(
    types: list[str], limits: dict[str, Any], good: Any, route: Route, *, nested: bool
) -> Iterator[tuple[str, Any]]:
    """Wrong values of one field."""
    yield from _wrong_type(types, nested)
    yield from _wrong_size(types, limits, good)
    if "const" in limits:
        yield ": not its fixed value", "no_such_value"
    inner = [t.removeprefix("Array of ").removeprefix("Array of ") for t in types]
    if inner[0] not in API["types"] or inner[0] in NOT_SAMPLED:
        return
    arrays = types[0].count("Array of ")
    for member in inner:
        for concrete in API["types"][member].get("subtypes", [member]):
            onward = route.enters(concrete)
            if onward is None:
                continue
            for what, value in wrong_objects(concrete, member, onward):
                wrapped: Any = value
                for _ in range(arrays):
                    wrapped = [wrapped] * max(1, limits.get("min_items", 1))
                yield f".{what}", wrapped


def wrong_objects(concrete: str, parent: str, route: Route) -> Iterator[tuple[str, Any]]:
    """Objects of one type with one thing wrong each."""
    fields = API["types"][concrete].get("fields", [])
    if not fields:
        return
    good = sample_object([concrete], ())
    tag = tag_of(parent, concrete)
    if "type" in good and tag and not any(f[0] == "type" and "const" in f[3] for f in fields):
        good["type"] = tag
    yield f"{concrete}: unknown field", {**good, "no_such_field": 1}
    for field, types, required, limits in fields:
        if required and len(good) > 1:
            yield f"{concrete}.{field} missing", {k: v for k, v in good.items() if k != field}
        value = good.get(field, sample(types, limits, field, (concrete,)))
        for what, wrong in wrong_values(types, limits, value, route, nested=True):
            yield f"{concrete}.{field}{what}", {**good, field: wrong}


def _wrong_type(types: list[str], nested: bool) -> Iterator[tuple[str, Any]]:
    kind = types[0]
    if kind.startswith("Array of "):
        yield ": not an array", {"a": 1}
        yield ": array of the wrong things", [[[[3.5]]]]
    elif kind == "Integer" and "String" in types:
        yield ": neither number nor text", {"a": 1}
    elif kind == "Integer":
        yield ": not a number", "many"
        yield ": beyond 64 bits", 2**63
    elif kind == "Float":
        yield ": not a number", "many"
    elif kind in {"Boolean", "True"}:
        yield ": not a boolean", "perhaps"
        if kind == "True":
            yield ": false", False
    elif kind == "String":
        yield ": not text", {"a": 1}
    elif kind in API["types"] and API["types"][kind].get("fields"):
        yield ": not an object", [1]


def _wrong_size(types: list[str], limits: dict[str, Any], good: Any) -> Iterator[tuple[str, Any]]:
    if limits.get("min_len", 0) > 0 or limits.get("min_bytes", 0) > 0:
        yield ": too short", ""
    if "max_len" in limits:
        yield ": too long", "x" * (limits["max_len"] + 1)
        yield ": too long in UTF-16", "😀" * (limits["max_len"] // 2 + 1)
    if "max_bytes" in limits:
        yield ": too many bytes", "é" * (limits["max_bytes"] // 2 + 1)
    if "max_items" in limits:
        yield ": too many items", [good[0]] * (limits["max_items"] + 1)
    if limits.get("min_items", 0) > 0:
        yield ": too few items", [good[0]] * (limits["min_items"] - 1)
    if "min" in limits:
        yield ": too small", limits["min"] - 1
    if "max" in limits:
        yield ": too large", limits["max"] + 1
