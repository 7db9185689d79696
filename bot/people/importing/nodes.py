"""YAML as values that know their place. Aliases are refused: they make small files large."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from bot.kit.yaml_text import LOADER
from bot.people.importing.problems import Place, Problems, meant


class Node:
    """A value of a YAML file: text, list or map. What is asked for and is not there, or has another shape, is noted."""

    def __init__(self, node: yaml.Node, problems: Problems) -> None:
        self._node, self._problems = node, problems
        self.place = _place(node.start_mark)
        self._map: dict[str, yaml.Node] = {}
        if isinstance(node, yaml.MappingNode):
            self._map = {str(key.value): value for key, value in node.value}

    def note(self, message: str) -> None:
        """Notes a mistake at this place."""
        self._problems.note(self.place, message)

    def text(self, name: str, default: str | None = None) -> str:
        """The text of a key; noted where it is missing and there is no default."""
        node = self._map.get(name)
        if node is None or (isinstance(node, yaml.ScalarNode) and node.value.strip() in ("", "~", "null")):
            if default is None:
                self.note(f"{name!r} is missing")
            return default or ""
        if not isinstance(node, yaml.ScalarNode):
            Node(node, self._problems).note(f"{name!r} must be a text")
            return default or ""
        return str(node.value).strip()

    def texts(self, name: str) -> dict[str, str]:
        """A map of texts by key (such as by language); empty where it is not there."""
        node = self._map.get(name)
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            Node(node, self._problems).note(f"{name!r} must be a map, like {{zh: ..., es: ...}}")
            return {}
        inner = Node(node, self._problems)
        return {key: inner.text(key, "") for key in inner._map}

    def named(self) -> tuple[str, ...]:
        """The keys of a map, in its order."""
        return tuple(self._map)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty where it is not there."""
        return tuple(str(node.value).strip() for node in self._sequence(name) if isinstance(node, yaml.ScalarNode))

    def items(self, name: str) -> Iterator[Node]:
        """The maps of a list."""
        for node in self._sequence(name):
            item = Node(node, self._problems)
            if isinstance(node, yaml.MappingNode):
                yield item
            else:
                item.note(f"an entry of {name!r} must have keys, like {{code: ..., name: ...}}")

    def inner(self, name: str) -> Node | None:
        """The map of a key, None where it is not there."""
        node = self._map.get(name)
        if node is None:
            return None
        found = Node(node, self._problems)
        if not isinstance(node, yaml.MappingNode):
            found.note(f"{name!r} must have keys")
            return None
        return found

    def at(self, name: str) -> Node:
        """The value of a key for its place; this node itself where it is not there."""
        node = self._map.get(name)
        return Node(node, self._problems) if node is not None else self

    def only(self, *known: str) -> None:
        """Notes every key that nobody reads."""
        if not isinstance(self._node, yaml.MappingNode):
            return
        seen: set[str] = set()
        for key, _ in self._node.value:
            place = _place(key.start_mark)
            if str(key.value) not in known:
                self._problems.note(place, f"nobody reads {key.value!r}{meant(str(key.value), known)}")
            elif key.value in seen:
                self._problems.note(place, f"{key.value!r} stands here a second time")
            seen.add(key.value)

    def _sequence(self, name: str) -> list[Any]:
        node = self._map.get(name)
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
            return []
        if not isinstance(node, yaml.SequenceNode):
            Node(node, self._problems).note(f"{name!r} must be a list")
            return []
        return list(node.value)


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def read_yaml(text: str, problems: Problems) -> Node | None:
    """The document in a text; None, with the mistake noted, where there is none."""
    try:
        for event in yaml.parse(text, Loader=LOADER):
            if isinstance(event, yaml.AliasEvent):
                problems.note(_place(event.start_mark), "aliases (*name) are not read: write it out")
                return None
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        problems.note(_place(where) if where else Place(), f"no YAML: {error.problem or error.context}")
        return None
    except yaml.YAMLError as error:
        problems.note(Place(), f"no YAML: {error}")
        return None
    if not isinstance(root, yaml.MappingNode):
        problems.note(Place(), "the file must have keys: company, sites, places, posts, shifts")
        return None
    return Node(root, problems)
