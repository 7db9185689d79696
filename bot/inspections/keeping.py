"""Checklists as JSON, to be kept and carried between processes; and as YAML, to be changed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from bot.inspections.model import Checklist, Choice, Item, Kind, Photo, Section
from bot.kit.risk import Severity


def to_json(found: Checklist) -> dict[str, Any]:
    """A checklist as maps and lists; what has its usual value is left out. The same keys as in its YAML."""
    sections = [
        {"title": dict(section.title), "items": [_item(item) for item in section.items]} for section in found.sections
    ]
    kept: dict[str, Any] = {"checklist": found.code, "title": dict(found.title)}
    return kept | ({"topic": found.topic} if found.topic else {}) | {"sections": sections}


def _item(item: Item) -> dict[str, Any]:
    kept: dict[str, Any] = {"id": item.code, "text": dict(item.words)}
    kept |= {} if item.kind is Kind.PASS else {"kind": item.kind.value}
    kept |= {} if item.photo is Photo.NO else {"photo": item.photo.value}
    kept |= {} if item.severity is Severity.MEDIUM else {"severity": int(item.severity)}
    for name, value in (("topic", item.topic), ("facts", list(item.facts)), ("hint", dict(item.hint or {}))):
        kept |= {name: value} if value else {}
    for name, limit in (("min", item.low), ("max", item.high)):
        kept |= {} if limit is None else {name: limit}
    kept |= {"unit": item.unit} if item.unit else {}
    if item.choices:
        kept["choices"] = [{"text": dict(c.words)} | ({"fails": True} if c.fails else {}) for c in item.choices]
    return kept if item.optional else kept | {"must": True}


def from_json(kept: Mapping[str, Any]) -> Checklist:
    """What `to_json` kept."""
    sections = tuple(
        Section(each["title"], tuple(_item_of(item) for item in each["items"])) for each in kept["sections"]
    )
    return Checklist(kept["checklist"], kept["title"], kept.get("topic", ""), sections)


def _item_of(kept: Mapping[str, Any]) -> Item:
    choices = tuple(Choice(each["text"], bool(each.get("fails"))) for each in kept.get("choices", ()))
    return Item(
        kept["id"], kept["text"], Kind(kept.get("kind", "pass")), Photo(kept.get("photo", "no")),
        Severity(kept.get("severity", 2)), kept.get("topic", ""), tuple(kept.get("facts", ())), kept.get("hint"),
        kept.get("unit", ""), kept.get("min"), kept.get("max"), choices, not kept.get("must", False),
    )  # fmt: skip


class _Dumper(yaml.SafeDumper):
    """Without aliases: what is said twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_yaml(found: Checklist) -> bytes:
    """A checklist as its file: read again it is the same."""
    said = yaml.dump(to_json(found), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return str(said).encode()
