"""Lessons out of their folder: `<lesson-id>/<lang>.md` with front matter, cards separated by a line `***`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.kit.decoding import decode
from bot.library.formats.bank_map import read_id, read_jurisdictions, read_topic
from bot.library.formats.yaml_bank import yaml_nodes
from bot.library.model import MAX_BYTES, Lesson, Place, Problem
from bot.library.reading import Fields, Node, Reading

FIELDS = (
    "id", "topic", "jurisdictions", "title", "facts", "sources", "picture", "picture_text", "seconds", "version",
)  # fmt: skip
TOP = Place(1, 1)
_SEPARATOR = re.compile(r"[ \t]*\*\*\*[ \t]*")


@dataclass(frozen=True, slots=True)
class LessonPage:
    """A lesson in one language, as its file says it; `lines` are the first lines of its cards."""

    file: str
    language: str
    id: str
    topic: str
    jurisdictions: tuple[str, ...]
    facts: tuple[str, ...]
    sources: tuple[str, ...]
    title: str
    picture: str
    picture_text: str
    seconds: int
    version: int
    cards: tuple[str, ...]
    lines: tuple[int, ...]
    places: Mapping[str, Place]


def read_page(file: str, data: bytes) -> tuple[LessonPage | None, list[Problem]]:
    """One file of a lesson; None when there is no front matter to read. Never raises for what the file holds."""
    reading = Reading(file, Path(file).stem)
    return _page(file, data, reading), reading.problems


def _page(file: str, data: bytes, reading: Reading) -> LessonPage | None:
    if len(data) > MAX_BYTES:
        reading.note("too_big", size=len(data) // 1_000_000 + 1, limit=MAX_BYTES // 1_000_000)
        return None
    text = decode(data)
    if text is None:
        reading.note("encoding_unknown", TOP)
        return None
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].strip() != "---" or "---" not in (line.strip() for line in lines[1:]):
        reading.note("front_matter", TOP)
        return None
    end = next(at for at, line in enumerate(lines[1:], 1) if line.strip() == "---")
    root = yaml_nodes("\n" + "\n".join(lines[1:end]), reading)
    if root is None or not isinstance(root.value, Mapping):
        if root is not None or not reading.problems:
            reading.note("front_matter", TOP)
        return None
    return _from_fields(file, root.value, lines, end, reading)


def _from_fields(file: str, fields: Fields, lines: Sequence[str], end: int, reading: Reading) -> LessonPage:
    reading.only(fields, FIELDS)
    picture = reading.text(fields, "picture", TOP, required=False)
    cards, starts = _cards(lines, end, reading)
    return LessonPage(
        file=file,
        language=Path(file).stem,
        id=read_id(fields, "id", TOP, reading),
        topic=read_topic(fields, TOP, reading),
        jurisdictions=read_jurisdictions(fields, TOP, reading),
        facts=reading.texts(fields, "facts", required=True, owner=TOP),
        sources=reading.texts(fields, "sources", required=True, owner=TOP),
        title=reading.text(fields, "title", TOP),
        picture=picture,
        picture_text=reading.text(fields, "picture_text", TOP, required=bool(picture)),
        seconds=_number(fields, "seconds", reading),
        version=_number(fields, "version", reading),
        cards=cards,
        lines=starts,
        places=reading.places,
    )


def _number(fields: Fields, name: str, reading: Reading) -> int:
    """A whole number; -1 for anything else, which is then noted."""
    text = reading.text(fields, name, TOP)
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    if text:
        reading.note("expected_number", fields[name].place, field=name)
    return -1


def _cards(lines: Sequence[str], end: int, reading: Reading) -> tuple[tuple[str, ...], tuple[int, ...]]:
    cards: list[str] = []
    starts: list[int] = []
    block: list[tuple[int, str]] = []
    for number, line in [*enumerate(lines[end + 1 :], end + 2), (0, "***")]:
        if not _SEPARATOR.fullmatch(line):
            block.append((number, line))
            continue
        while block and not block[0][1].strip():
            block.pop(0)
        if block:
            starts.append(block[0][0])
            text = "\n".join(each for _, each in block)
            cards.append(reading.clean(Node(text, Place(block[0][0], 1)), "card"))
        block = []
    return tuple(cards), tuple(starts)


def read_folder(folder: Path) -> tuple[list[LessonPage], list[Problem]]:
    """All languages of one lesson."""
    pages, problems = [], []
    for path in sorted(folder.glob("*.md")):
        page, found = read_page(str(path), path.read_bytes())
        problems += found
        if page is not None:
            pages.append(page)
    return pages, problems


def as_lesson(pages: Sequence[LessonPage]) -> Lesson:
    """The languages of one lesson together. What they share is taken from English, else from the first."""
    first = next((page for page in pages if page.language == "en"), pages[0])
    return Lesson(
        id=first.id,
        topic=first.topic,
        jurisdictions=first.jurisdictions,
        facts=first.facts,
        sources=first.sources,
        seconds=max(page.seconds for page in pages),
        version=first.version,
        title={page.language: page.title for page in pages},
        cards={page.language: page.cards for page in pages},
        picture=first.picture or None,
        picture_text={page.language: page.picture_text for page in pages if page.picture_text},
        files={page.language: page.file for page in pages},
    )


def read_lessons(folder: Path) -> tuple[list[Lesson], list[Problem]]:
    """All lessons of a folder such as `content/lessons`, by id, and the problems of their form."""
    lessons, problems = [], []
    for each in sorted(path for path in folder.iterdir() if path.is_dir()):
        pages, found = read_folder(each)
        problems += found
        if pages:
            lessons.append(as_lesson(pages))
    return lessons, problems
