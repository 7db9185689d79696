"""Where the shipped content is: in a checkout beside the package, in an installed wheel inside it."""

from __future__ import annotations

import csv
import re
from importlib.resources import files
from pathlib import Path

from bot.library.checks import Known
from bot.library.model import Bank, Lesson

_CODES = {"US": "US", "OSHA": "US", "NIOSH": "US", "UK": "UK", "EU": "EU", "CN": "CN"}
"""Words of the fact base that name a place; whatever has none of them holds everywhere."""


def _root(name: str) -> Path:
    package = Path(str(files("bot")))
    installed = package / "_shipped" / name
    return installed if installed.is_dir() else package.parent / name


def content_path() -> Path:
    """The folder of lessons, pictures and facts."""
    return _root("content")


def quizzes_path() -> Path:
    """The folder of question banks; deliberately bad ones are in `bad/` below it."""
    return _root("quizzes")


def lessons_path() -> Path:
    """The folder with one folder a lesson."""
    return content_path() / "lessons"


def pictures_path() -> Path:
    """The folder of the lessons' pictures."""
    return content_path() / "pictures"


def bank_paths() -> list[Path]:
    """The shipped question banks, by name."""
    return sorted(quizzes_path().glob("*.yaml"))


def read_facts(path: Path) -> dict[str, frozenset[str]]:
    """Fact id -> the places it holds in; an empty set means everywhere."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: places_of(row["jurisdiction"]) for row in csv.DictReader(file)}


def places_of(jurisdiction: str) -> frozenset[str]:
    """The codes in a fact's jurisdiction ("US construction", "UK/EU/CN"); empty when it says `all` or `general`."""
    found = re.findall(r"[A-Z]+|all|general", jurisdiction)
    if "all" in found or "general" in found:
        return frozenset()
    return frozenset(_CODES[word] for word in found if word in _CODES)


def known_content() -> Known:
    """What shipped and trainers' content may refer to; nothing is known where the content is not installed."""
    facts, lessons = content_path() / "facts.csv", lessons_path()
    return Known(
        facts=read_facts(facts) if facts.is_file() else None,
        lessons={path.name for path in lessons.iterdir() if path.is_dir()} if lessons.is_dir() else None,
        pictures={path.name for path in pictures_path().glob("*.png")} if pictures_path().is_dir() else None,
    )


def shipped_lessons() -> list[Lesson]:
    """All shipped lessons that can be read."""
    from bot.library.lessons import read_lessons

    return read_lessons(lessons_path())[0] if lessons_path().is_dir() else []


def shipped_banks() -> list[Bank]:
    """All shipped banks that can be read."""
    from bot.library.formats.read import read_bank

    banks = (read_bank(str(path), path.read_bytes())[0] for path in bank_paths())
    return [bank for bank in banks if bank is not None]
