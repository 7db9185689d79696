"""The lists that Davy comes with: drafts, until somebody of the company puts their name under one."""

from __future__ import annotations

from functools import cache

from bot.duties import sheet
from bot.duties.model import Draft, Level
from bot.library.shipped import content_path


@cache
def drafts() -> tuple[Draft, ...]:
    """All shipped drafts, from the company down. Raises ValueError with the mistakes of a file."""
    folder = content_path() / "duties"
    found = [sheet.shipped(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yaml"))]
    levels = list(Level)
    return tuple(sorted(found, key=lambda each: (levels.index(each.level), each.code)))


def draft(code: str) -> Draft | None:
    """A draft by the code of its post."""
    return next((each for each in drafts() if each.code == code), None)
