"""The shipped scenarios: `content/tabletops/<code>.yaml`, read once."""

from __future__ import annotations

from functools import cache
from typing import Any

from bot.emergencies.model import KINDS
from bot.emergencies.tabletop.model import Choice, Scenario, Step
from bot.kit import yaml_text
from bot.library.shipped import content_path


@cache
def scenarios() -> dict[str, Scenario]:
    """All shipped scenarios by code, in their order."""
    found = {}
    for code in KINDS:
        path = content_path() / "tabletops" / f"{code}.yaml"
        read = yaml_text.read(path.read_text(encoding="utf-8"))
        steps = {name: _step(step) for name, step in read["steps"].items()}
        found[code] = Scenario(code, tuple(read["facts"]), read["title"], read["start"], steps)
    return found


def _step(read: dict[str, Any]) -> Step:
    choices = [Choice(c["says"], c["why"], c["next"], bool(c.get("good", False))) for c in read.get("choices", ())]
    return Step(read["says"], tuple(choices))
