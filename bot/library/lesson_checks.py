"""What a lesson deserves to be told: short enough, the same in every language, picture there, numbers placed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.library.checks import Findings, Known, check_facts, in_file_order
from bot.library.lessons import LessonPage, read_folder
from bot.library.model import ANY, SHIPPED_LANGUAGES, Place, Problem
from bot.library.wording import han_characters, lacks_script, names_place, numbers, words

MAX_CARDS = 3
MAX_WORDS = 80
MAX_HAN = 160
MAX_SECONDS = 60
MAX_TITLE = 80
MAX_PICTURE_TEXT = 300
MAX_PICTURE_BYTES = 150_000
_BOLD = re.compile(r"\*\*[^*\n]+\*\*")
_OTHER_MARKUP = re.compile(
    r"^\s*#{1,6} |^\s*>|^\s*\d+\. |^\s*\* |!?\[[^\]]*\]\(|`|~~|__\w|<[a-zA-Z/]|(?<!\*)\*(?!\*)[^*\s]", re.MULTILINE
)
_SHARED = ("topic", "jurisdictions", "facts", "picture", "version")


def check_lesson(folder: Path, pictures: Path, known: Known = Known(), shipped: bool = False) -> list[Problem]:
    """All problems of one lesson's folder, of its form and its content, in the order of its files."""
    pages, problems = read_folder(folder)
    for page in pages:
        problems += check_page(page, folder.name, pictures, known, shipped)
    problems += _check_languages(folder, pages, shipped)
    return sorted(problems, key=in_file_order)


def check_page(page: LessonPage, folder: str, pictures: Path, known: Known, shipped: bool) -> list[Problem]:
    """The problems of a lesson in one language."""
    findings = Findings(page.file, shipped)
    if page.id and page.id != folder:
        findings.add("lesson_id_differs", page.places.get("id"), id=page.id, folder=folder)
    if page.language not in SHIPPED_LANGUAGES:
        findings.add("lesson_language", language=page.language, languages=", ".join(SHIPPED_LANGUAGES))
    if page.seconds != -1 and not 0 < page.seconds <= MAX_SECONDS:
        findings.add("seconds_range", page.places["seconds"], seconds=page.seconds, limit=MAX_SECONDS)
    for field, limit in (("title", MAX_TITLE), ("picture_text", MAX_PICTURE_TEXT)):
        if len(text := getattr(page, field)) > limit:
            findings.add("too_long", page.places.get(field), field=field, length=len(text), limit=limit)
    check_facts(page.facts, page.jurisdictions, known, page.places.get("facts"), findings)
    if known.facts is not None and page.topic and page.topic not in known.topics:
        findings.add("unknown_topic", page.places.get("topic"), topic=page.topic)
    _check_length(page, findings)
    for line, card in zip(page.lines, page.cards, strict=True):
        _check_card(page, line, card, findings)
    if page.picture:
        _check_picture(page, pictures, findings)
    return findings.problems


def _check_length(page: LessonPage, findings: Findings) -> None:
    top = Place(page.lines[0] if page.lines else 1, 1)
    if not page.cards:
        findings.add("no_cards", top)
    elif len(page.cards) > MAX_CARDS:
        findings.add("too_many_cards", Place(page.lines[MAX_CARDS], 1), n=len(page.cards), limit=MAX_CARDS)
    whole = "\n".join(page.cards)
    if page.language == "zh":
        if (n := han_characters(whole)) > MAX_HAN:
            findings.add("too_many_characters", top, n=n, limit=MAX_HAN)
    elif (n := words(whole)) > MAX_WORDS:
        findings.add("too_many_words", top, n=n, limit=MAX_WORDS)
    if lacks_script(whole, page.language, least=1):
        findings.add("untranslated", top, field="card", language=page.language)


def _check_card(page: LessonPage, line: int, card: str, findings: Findings) -> None:
    place = Place(line, 1)
    if found := _OTHER_MARKUP.search(_BOLD.sub("", card)):
        at = line + _BOLD.sub("", card)[: found.start()].count("\n") + (found[0].startswith("\n"))
        findings.add("markup", Place(at, 1), markup=found[0].strip())
    if len(_BOLD.findall(card)) > 1:
        findings.add("much_bold", place, n=len(_BOLD.findall(card)))
    found_numbers = numbers(card)
    if len(set(found_numbers)) > 1:
        findings.add("many_numbers", place, numbers=", ".join(dict.fromkeys(found_numbers)))
    if not found_numbers:
        return
    if tuple(page.jurisdictions) == (ANY,):
        findings.add("number_without_jurisdiction", place, number=found_numbers[0])
    elif ANY not in page.jurisdictions and not names_place(card, page.jurisdictions):
        places = ", ".join(page.jurisdictions)
        findings.add("jurisdiction_not_named", place, number=found_numbers[0], places=places)


def _check_picture(page: LessonPage, pictures: Path, findings: Findings) -> None:
    place = page.places.get("picture")
    path = pictures / page.picture
    if path.name != page.picture or not path.is_file():
        findings.add("picture_missing", place, picture=page.picture)
        return
    if (size := path.stat().st_size) >= MAX_PICTURE_BYTES:
        limit = MAX_PICTURE_BYTES // 1000
        findings.add("picture_too_big", place, picture=page.picture, size=size // 1000, limit=limit)
        return
    try:
        with Image.open(BytesIO(path.read_bytes())) as image:
            image.verify()
    except Exception:
        findings.add("picture_unreadable", place, picture=page.picture)


def _check_languages(folder: Path, pages: Sequence[LessonPage], shipped: bool) -> list[Problem]:
    """The languages a lesson lacks, and where one says something else than the first."""
    present = {path.stem for path in folder.glob("*.md")}
    findings = Findings(str(folder / "en.md") if "en" in present or not pages else pages[0].file, shipped)
    for language in SHIPPED_LANGUAGES:
        if language not in present:
            findings.add("lesson_language_missing", Place(1, 1), language=language, folder=folder.name)
    problems = findings.problems
    base = next((page for page in pages if page.language == "en"), pages[0] if pages else None)
    for page in pages:
        if base is None or page is base:
            continue
        findings = Findings(page.file, shipped)
        for field in _SHARED:
            if -1 not in (getattr(page, field), getattr(base, field)) and getattr(page, field) != getattr(base, field):
                place = page.places.get(field) or Place(1, 1)
                findings.add("lesson_differs", place, field=field, language=base.language)
        if page.cards and base.cards and len(page.cards) != len(base.cards):
            findings.add("lesson_differs", Place(page.lines[0], 1), field="cards", language=base.language)
        problems += findings.problems
    return problems
