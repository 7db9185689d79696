"""The statements that Davy comes with: `content/pulse/climate.yaml`, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bot.kit import yaml_text
from bot.library.shipped import content_path


@cache
def climate() -> tuple[Mapping[str, str], ...]:
    """The shipped statements, by language."""
    read = yaml_text.read((content_path() / "pulse" / "climate.yaml").read_text(encoding="utf-8"))
    return tuple(each["words"] for each in read["statements"])
