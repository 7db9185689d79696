"""Files of every format, changed on their way: each is answered in time and memory, with a place for what is wrong in it.

The short form; a thousand files a format are read by `make prove`. They are read as uploads are: in the process apart.
"""

from __future__ import annotations

import base64
import random
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bot.library.apart import Reader, Stopped
from bot.library.formats.write import ENDINGS
from bot.library.problems import PROBLEMS
from tests.conftest import PROVING
from tests.proofs.counted import counted
from tests.rules.library_files import files, mutated

MANY = 1_000 if PROVING else 40
SECONDS, MEGABYTES = 5.0, 256
OF_THE_FILE = {
    *(
        "empty_file",
        "unknown_format",
        "encoding_unknown",
        "broken_workbook",
        "workbook_bomb",
        "no_header",
        "broken_zip",
    ),
    *("zip_bomb", "zip_banks", "zip_extra", "picture_unreadable", "too_many_problems", "macros", "old_excel"),
    *("sheet_too_large", "longest_is_right", "right_positions_uneven", "true_false_uneven"),
}
"""What is wrong with a file as a whole, or cannot be opened far enough to have a place in it."""


def peak(pid: int) -> float:
    """The most memory that a process has had, in megabytes; nothing where the system does not say."""
    status = Path(f"/proc/{pid}/status")
    words = status.read_text(encoding="ascii").split() if status.exists() else ["VmHWM:", "0"]
    return int(words[words.index("VmHWM:") + 1]) / 1024


def unplaced(found: dict[str, Any]) -> list[str]:
    """Problems without a line and column, or a cell."""
    return [each["code"] for each in found["problems"] if each["place"] == [None, None, None]]


@pytest.mark.parametrize("format", list(ENDINGS))
@pytest.mark.timeout(1800 if PROVING else 300)
def test_no_changed_file_crashes_hangs_or_is_half_taken(format: str) -> None:
    """Known problems at places that are there; time and memory within what is promised; never a dead process."""
    name, data = files()[format]
    chance = random.Random(f"{format}:7")
    reader = Reader(seconds=SECONDS)
    slowest = 0.0
    try:
        for _ in range(MANY):
            changed = mutated(data, chance)
            request = {"do": "check", "name": name, "lang": "en", "data": base64.b64encode(changed).decode()}
            began = time.monotonic()
            found = reader.ask(request)  # raises Stopped where it takes too long, or the process ends
            slowest = max(slowest, time.monotonic() - began)
            assert found["bank"] is not None or found["problems"]
            assert {each["code"] for each in found["problems"]} <= set(PROBLEMS)
            assert set(unplaced(found)) <= OF_THE_FILE
            lines = [each["place"][0] for each in found["problems"] if each["place"][0] is not None]
            assert min(lines, default=1) >= 1
        assert reader.pid is not None
        most = peak(reader.pid)
    finally:
        reader.close()
    print(f"\n{format}: {MANY} files, the slowest took {slowest:.2f} s, the process had {most:.0f} MB")
    counted("a file of questions is changed on its way", MANY, MANY if most < MEGABYTES else 0)
    assert most < MEGABYTES


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_reader_that_dies_of_bad_files_is_noticed() -> None:
    """The sabotage: a reader without the limits and without the care, which ends at what it does not understand."""
    name, data = files()["yaml"]
    chance, held = random.Random("yaml:7"), 0
    careless = (
        "import base64, json, sys, yaml; head = sys.stdin.buffer.read(8); "
        "asked = json.loads(sys.stdin.buffer.read(int.from_bytes(head, 'big'))); "
        "bank = yaml.safe_load(base64.b64decode(asked['data'])); "
        "said = json.dumps({'bank': {'questions': [q['id'] for q in bank['questions']]}, 'problems': []}).encode(); "
        "sys.stdout.buffer.write(len(said).to_bytes(8, 'big') + said)"
    )
    for _ in range(10):
        reader = Reader(command=(sys.executable, "-c", careless), seconds=SECONDS)
        encoded = base64.b64encode(mutated(data, chance)).decode()
        try:
            reader.ask({"do": "check", "name": name, "lang": "en", "data": encoded})
            held += 1
        except Stopped:
            pass
        finally:
            reader.close()
    counted("a file of questions is changed on its way", 10, held, sabotaged=True)
    assert held < 10
