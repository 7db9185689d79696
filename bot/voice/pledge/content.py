"""The scenes that Davy comes with: `content/pledge/scenarios.yaml`, read once."""

from __future__ import annotations

from functools import cache

from bot.kit import yaml_text
from bot.library.shipped import content_path
from bot.voice.pledge.model import Scene


@cache
def scenes() -> tuple[Scene, ...]:
    """All scenes, two for each of the four."""
    read = yaml_text.read((content_path() / "pledge" / "scenarios.yaml").read_text(encoding="utf-8"))
    return tuple(
        Scene(each["code"], each["harm"], each["says"], tuple(each["answers"]), each["why"])
        for each in read["scenarios"]
    )
