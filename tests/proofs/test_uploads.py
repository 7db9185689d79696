"""Whatever somebody sends as a file: the program goes on, time and memory are bounded, and they are told.

Every file is read as an upload is: in the process apart, the one that is used. Its limits are tried as well: with a reader that
has none, each of them is passed.
"""

from __future__ import annotations

import base64
import csv
import io
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.i18n.languages import LANGUAGES
from bot.i18n.say import say
from bot.library.apart import Reader, Stopped
from bot.library.formats.workbook import inspect
from bot.library.problems import PROBLEMS
from bot.media import cleaning
from bot.media.pictures import BadPicture
from tests.house.source import BOT
from tests.proofs import bombs
from tests.proofs.counted import SABOTAGED, counted
from tests.proofs.filled import wanted
from tests.proofs.test_mutated_formats import peak
from tests.proofs.wanted_values import made

SECONDS, MEGABYTES = 10.0, 400
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
TRACE = Path("/tmp/davy-was-here")


CREDULOUS = """
from bot.library import apart_child
apart_child.DOES["check"] = lambda request: {"bank": {}, "problems": []}
apart_child.DOES["table"] = lambda request: {"broken": ""}
apart_child.main()
"""
"""The sabotage: a reader that takes whatever it is given."""


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """The process apart, as it is used."""
    found = Reader()
    yield found
    found.close()


@pytest.fixture(scope="module")
def credulous() -> Iterator[Reader]:
    """The same, believing everything."""
    found = Reader((sys.executable, "-c", CREDULOUS))
    yield found
    found.close()


def ask(reader: Reader, name: str, data: bytes, lang: str = "en") -> list[str]:
    """The codes of what is wrong with a file; also where the process had to be stopped over it."""
    request = {"do": "check", "name": name, "lang": lang, "data": base64.b64encode(data).decode()}
    try:
        found: dict[str, Any] = reader.ask(request)
    except Stopped as stopped:
        return [stopped.code]
    return [each["code"] for each in found["problems"]] or ([] if found["bank"] else ["nothing"])


def held(reader: Reader, files: Iterator[tuple[str, bytes]]) -> tuple[int, list[str]]:
    """Reads files; how many, and which of them were not told what is wrong, or took too much."""
    tried, bad = 0, []
    for name, data in files:
        tried += 1
        began = time.monotonic()
        codes = ask(reader, name, data)
        took = time.monotonic() - began
        if not set(codes) <= set(PROBLEMS) or (not codes and not name.endswith(".csv")):
            bad.append(f"{name}: {codes[:3]}")
        elif "checker_ended" in codes:
            bad.append(f"{name}: the reader ended")
        elif took > SECONDS * 3:
            bad.append(f"{name}: {took:.0f} s")
        elif reader.pid is not None and peak(reader.pid) > MEGABYTES + 100:
            bad.append(f"{name}: {peak(reader.pid):.0f} MB")
    return tried, bad


@pytest.mark.parametrize("sabotaged", SABOTAGED)
def test_archives_that_would_grow_or_lead_outside_are_refused(
    reader: Reader, credulous: Reader, sabotaged: bool
) -> None:
    """Ten thousand to one, zips in zips, sizes that lie, names with dots: answered, and nothing written anywhere."""
    tried, bad = held(credulous if sabotaged else reader, bombs.archives())
    counted("zip bombs and paths that lead outside", tried, tried - len(bad), sabotaged=sabotaged)
    assert bool(bad) is sabotaged, bad
    assert not list(TRACE.parent.glob("davy-was-here*"))


@pytest.mark.parametrize("sabotaged", SABOTAGED)
def test_workbooks_that_would_grow_run_or_reach_out_are_refused(
    reader: Reader, credulous: Reader, sabotaged: bool
) -> None:
    """A billion cells, shared texts, entities, macros under either name, formulas."""
    tried, bad = held(credulous if sabotaged else reader, bombs.workbooks())
    counted("workbook bombs, macros and formulas", tried, tried - len(bad), sabotaged=sabotaged)
    assert bool(bad) is sabotaged, bad


@pytest.mark.parametrize("sabotaged", SABOTAGED)
def test_texts_of_every_form_are_told_what_they_are(reader: Reader, credulous: Reader, sabotaged: bool) -> None:
    """Entities, anchors, tags that would run, encodings of long ago, half letters, lines without an end."""
    tried, bad = held(credulous if sabotaged else reader, bombs.texts())
    counted("XML and YAML bombs and wrong encodings", tried, tried - len(bad), sabotaged=sabotaged)
    assert bool(bad) is sabotaged, bad
    assert not TRACE.exists()


@pytest.mark.parametrize("sabotaged", SABOTAGED)
def test_the_same_files_as_tables_and_checklists_are_answered_too(
    reader: Reader, credulous: Reader, sabotaged: bool
) -> None:
    """Registers, people and checklists come by the same door."""
    tried, bad = 0, []
    for name, data in (*bombs.archives(), *bombs.workbooks(), *bombs.texts()):
        tried += 1
        request = {"do": "table", "name": name, "data": base64.b64encode(data).decode(), "needed": ["name"], "may": []}
        try:
            found = (credulous if sabotaged else reader).ask(request)
        except Stopped as stopped:
            if stopped.code == "checker_ended":
                bad.append(name)
            continue
        if not found["broken"] and "records" not in found:
            bad.append(name)
    counted("the same files where a table is expected", tried, tried - len(bad), sabotaged=sabotaged)
    assert bool(bad) is sabotaged, bad


@pytest.mark.parametrize("sabotaged", SABOTAGED)
def test_pictures_and_films_are_opened_apart_and_refused(sabotaged: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """60,000 by 60,000, frames without end, cut, two things at once: a plain JPEG or a refusal, and the program stays small."""
    if sabotaged:
        monkeypatch.setattr(cleaning, "CLEANER", Reader((sys.executable, "-c", _CARELESS), seconds=20, megabytes=4000))
    tried, bad = 0, []
    most = 0.0
    for name, data in bombs.pictures():
        tried += 1
        try:
            clean, _ = cleaning.clean(data)
            if not clean.startswith(b"\xff\xd8") or b"<script" in clean or b"PK\x03\x04" in clean:
                bad.append(name)
        except BadPicture as refused:
            if refused.code not in ("broken", "too_big"):
                bad.append(name)
        if cleaning.CLEANER.pid is not None:
            most = max(most, peak(cleaning.CLEANER.pid))
    for _, data in bombs.films():
        tried += 1
        try:
            cleaning.film(data)
        except BadPicture:
            continue
    if most > MEGABYTES:
        bad.append(f"{most:.0f} MB")
    counted("picture and film bombs", tried, tried - len(bad), sabotaged=sabotaged)
    assert bool(bad) is sabotaged, bad


_CARELESS = """
from bot.media import apart_child, pictures
from PIL import Image, ImageFile
pictures.MOST_PIXELS = 10**12
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = True
pictures._again = lambda image: b"\\xff\\xd8<script" + bytes(600_000_000)[:10]
apart_child.main()
"""


# --- what goes out again ----------------------------------------------------------------------------------------------


FORMULAS = ("=cmd|'/C calc'!A0", "+cmd|'/C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0")
UNESCAPED = """
from bot.library import apart_child
from bot.library.formats import csv_writing, sheets
import re, xlsxwriter
csv_writing.FORMULA = re.compile("(?!)")
first = xlsxwriter.Workbook.__init__
xlsxwriter.Workbook.__init__ = lambda self, out, options: first(self, out, {**options, "strings_to_formulas": True})
apart_child.main()
"""


@pytest.mark.parametrize("sabotaged", SABOTAGED)
def test_a_formula_that_was_taken_in_is_a_text_when_it_goes_out(reader: Reader, sabotaged: bool) -> None:
    """A question that begins like a formula is left out of a CSV, and is no formula in a workbook; others go out as ever."""
    used = Reader((sys.executable, "-c", UNESCAPED)) if sabotaged else reader
    lines = "".join(f"::Q{n}::{words.replace('=', chr(92) + '=')} {{TRUE}}\n\n" for n, words in enumerate(FORMULAS))
    data = base64.b64encode((lines + "::Q9::-5 is cold {TRUE}\n\n").encode()).decode()
    request = {"do": "write", "name": "x.gift", "lang": "en", "data": data}
    as_csv = base64.b64decode(used.ask({**request, "format": "csv"})["data"]).decode("utf-8-sig")
    as_book = base64.b64decode(used.ask({**request, "format": "xlsx"})["data"])
    cells = [cell for row in csv.reader(io.StringIO(as_csv)) for cell in row]
    bad = sum(cell.startswith(words[:4]) for cell in cells for words in FORMULAS)
    bad += sum(len(sheet.formulas) for sheet in inspect(as_book).values())
    counted("formulas that go out again", 2 * len(FORMULAS), 2 * len(FORMULAS) - min(bad, 8), sabotaged=sabotaged)
    assert "-5 is cold" in cells
    assert bool(bad) is sabotaged


@pytest.mark.parametrize("sabotaged", SABOTAGED)
def test_every_code_is_a_sentence_in_every_language(sabotaged: bool) -> None:
    """Whoever sent the file reads what is wrong with it, in their language. Sabotaged, all of it is said in English."""
    codes = (
        "zip_bomb",
        "broken_zip",
        "broken_workbook",
        "workbook_bomb",
        "macros",
        "xml_forbidden",
        "yaml_alias",
        "too_deep",
    )
    codes += ("encoding_unknown", "took_too_long", "too_much_memory", "checker_ended", "old_excel")
    languages = {lang: "en" if sabotaged else lang for lang in LANGUAGES}
    said = [str(say(f"library.problem_{code}", lang, **_params(code))) for code in codes for lang in languages.values()]
    counted("what is wrong with a file, in the person's language", len(said), len(set(said)), sabotaged=sabotaged)
    assert (len(set(said)) == len(said)) is not sabotaged


def _params(code: str) -> dict[str, Any]:
    shapes = wanted(BOT / "library" / "texts.txt.j2", f"problem_{code}")
    return {name: made(shape, lambda: "bank", random.Random(1)) for name, shape in shapes.items()}


GREEDY = """
from bot.media import apart_child
apart_child.DOES["take"] = lambda request: {"n": len(bytearray(request["mb"] << 20))}
apart_child.main()
"""


def test_the_limits_are_those_of_the_system_and_not_of_good_will() -> None:
    """The sabotage of all of the above: a reader without limits takes what one with limits is stopped over."""
    with_limits = Reader((sys.executable, "-c", GREEDY), megabytes=200)
    without = Reader((sys.executable, "-c", GREEDY), megabytes=4000)
    try:
        with pytest.raises(Stopped) as stopped:
            with_limits.ask({"do": "take", "mb": 500})
        assert stopped.value.code == "too_much_memory"
        assert without.ask({"do": "take", "mb": 500}) == {"n": 500 << 20}
    finally:
        with_limits.close()
        without.close()
