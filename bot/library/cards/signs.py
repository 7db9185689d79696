"""The signs of the project: their drawings, and what they mean. Read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from bot.kit import yaml_text
from bot.library.cards.model import Does, Sign
from bot.library.model import ANY
from bot.library.shipped import content_path


def folder() -> Path:
    """Where the drawings lie, one SVG a sign, beside `signs.yaml`."""
    return content_path() / "signs"


@cache
def signs() -> dict[str, Sign]:
    """All signs by id, in the order of their list; nothing where the content is not installed."""
    listed = folder() / "signs.yaml"
    if not listed.is_file():
        return {}
    found = yaml_text.read(listed.read_text("utf-8"))["signs"]
    return {each["id"]: _sign(each) for each in found}


def _sign(each: dict[str, Any]) -> Sign:
    facts, places, topics = (tuple(each.get(name, ())) for name in ("facts", "jurisdictions", "topics"))
    return Sign(each["id"], Does(each["does"]), each["means"], facts, places, topics)


@cache
def drawing(id: str) -> str:
    """A sign as SVG. Raises OSError where it is not there."""
    return (folder() / f"{id}.svg").read_text("utf-8")


def beside(topic: str, jurisdictions: tuple[str, ...]) -> Sign | None:
    """The sign that stands beside the lessons of a topic, where there is one that holds where they hold."""
    for sign in signs().values():
        if topic in sign.topics and (ANY in sign.jurisdictions or set(jurisdictions) <= set(sign.jurisdictions)):
            return sign
    return None
