"""The permit cards and the gases, from content/permits: read once, mistakes told with their file."""

from __future__ import annotations

from functools import cache
from typing import Any

from bot.compliance.permits.model import Card, Gas, Limit
from bot.kit import yaml_text
from bot.library.shipped import content_path


@cache
def cards() -> dict[str, Card]:
    """All cards by code, in the order of their file names. Raises ValueError on a card that cannot be read."""
    folder, known = content_path() / "permits", gases()
    found: dict[str, Card] = {}
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.endswith(".yaml") and path.name != "gases.yaml":
            card = _card(path.name, yaml_text.read(path.read_text(encoding="utf-8")))
            if unknown := set(card.gases) - set(known):
                raise ValueError(f"{path.name}: no such gas: {sorted(unknown)}")
            found[card.code] = card
    return found


@cache
def gases() -> dict[str, Gas]:
    """What can be measured, by code."""
    read = yaml_text.read((content_path() / "permits" / "gases.yaml").read_text(encoding="utf-8"))
    return {
        code: Gas(
            code, each["names"], each["unit"],
            tuple(Limit(one["jurisdiction"], one.get("low"), one.get("high"), one["says"]) for one in each.get("limits", ())),
        )
        for code, each in read.items()
    }  # fmt: skip


def _card(name: str, read: Any) -> Card:
    try:
        return Card(
            read["code"], read["title"], tuple(check["words"] for check in read["checks"]), tuple(read.get("gases", ())),
            int(read["hours"]), bool(read["high"]), read["back"],
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error!r}") from error
