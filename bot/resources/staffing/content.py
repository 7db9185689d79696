"""Requirements that Davy knows from the law, with their source; they hold nowhere until somebody takes them over by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.kit import yaml_text
from bot.library.shipped import content_path
from bot.resources.staffing.model import Kind


@dataclass(frozen=True)
class Shipped:
    """What the law of a jurisdiction asks. `facts` are ids of the fact base."""

    code: str
    jurisdiction: str
    kind: Kind
    at_least: int
    from_people: int
    per: int
    source: str
    facts: tuple[str, ...]
    says: Mapping[str, str]


@cache
def shipped() -> tuple[Shipped, ...]:
    """All of them, in the order of the file."""
    read = yaml_text.read((content_path() / "resources" / "staffing.yaml").read_text(encoding="utf-8"))
    return tuple(
        Shipped(
            each["code"], each["jurisdiction"], Kind(each["kind"]), each["at_least"], each["from_people"], each["per"],
            each["source"], tuple(each["facts"]), dict(each["says"]),
        )
        for each in read
    )  # fmt: skip


def for_jurisdiction(jurisdiction: str) -> list[tuple[int, Shipped]]:
    """Those of one jurisdiction, with their number."""
    return [(at, each) for at, each in enumerate(shipped()) if each.jurisdiction.casefold() == jurisdiction.casefold()]
