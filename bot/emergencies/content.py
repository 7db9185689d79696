"""The shipped plans: `content/plans/<kind>.yaml`, read once."""

from __future__ import annotations

from functools import cache

from bot.emergencies.model import KINDS, Shipped
from bot.kit import yaml_text
from bot.library.shipped import content_path


@cache
def shipped() -> dict[str, Shipped]:
    """All shipped plans by kind, in their order."""
    found = {}
    for kind in KINDS:
        read = yaml_text.read((content_path() / "plans" / f"{kind}.yaml").read_text(encoding="utf-8"))
        steps = {lang: tuple(lines) for lang, lines in read["steps"].items()}
        found[kind] = Shipped(kind, tuple(read["facts"]), dict(read["title"]), steps)
    return found
