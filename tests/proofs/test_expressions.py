"""No regular expression of ours takes long over a text that was made for it: each is tried apart, and has a moment."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from bot import features
from tests.proofs.counted import SABOTAGED, counted

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
PUMPS = (
    "a",
    "A",
    "1",
    " ",
    "\n",
    "\t",
    "<",
    "{",
    "\\",
    "=",
    "~",
    ":",
    ".",
    ",",
    '"',
    "'",
    "-",
    "_",
    "*",
    "/",
    "é",
    "中",
    "a1",
    "a ",
    "\\{",
    "a,",
    "<a",
    "%1",
    "::",
)
ENDS = ("", "!", "\x00", "}", ">", "\n\n")
LONGEST_S, PATIENCE_S = 1.5, 90.0
"""Of the processor, for one text; and by the clock for all of them, on a machine that does other things as well."""
REGEXES = """
import json, re, sys, time
found = json.load(sys.stdin)
for at, (pattern, flags, text) in enumerate(found):
    began = time.process_time()
    compiled = re.compile(pattern, flags)
    for use in (compiled.search, compiled.match, compiled.fullmatch):
        use(text)
    print(at, time.process_time() - began, flush=True)
"""


def expressions() -> list[tuple[str, str, int]]:
    """Every regular expression of the rooms that read what strangers send, by where it stands."""
    found = []
    for name, module in sorted(sys.modules.items()):
        if name.startswith(
            ("bot.library", "bot.people", "bot.kit", "bot.delivery", "bot.hazards", "bot.onboarding", "bot.media")
        ):
            for at, each in sorted(vars(module).items()):
                if isinstance(each, re.Pattern) and isinstance(each.pattern, str):
                    found.append((f"{name}.{at}", each.pattern, each.flags & ~re.UNICODE))
    return found


@pytest.mark.parametrize("sabotaged", SABOTAGED)
def test_no_regular_expression_takes_a_text_that_was_made_for_it(sabotaged: bool) -> None:
    """Each against long texts of one letter, and of pairs, with an end that does not fit: a moment each."""
    features.rooms()
    some = [("sabotage", r"(a+)+$", 0)] if sabotaged else expressions()
    length = 60 if sabotaged else 4_000
    tried = bad = 0
    slow = []
    for where, pattern, flags in some:
        batch = [(pattern, flags, pump * (length // len(pump)) + end) for pump in PUMPS for end in ENDS]
        tried += 1
        problem = _timed(batch)
        if problem:
            bad += 1
            slow.append(f"{where}: {problem}")
    counted("regular expressions that a text is made for", tried, tried - bad, sabotaged=sabotaged)
    assert bool(slow) is sabotaged, slow


def _timed(batch: list[tuple[str, int, str]]) -> str:
    try:
        run = subprocess.run(
            [sys.executable, "-c", REGEXES],
            input=json.dumps(batch),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "no end"
    times = [float(line.split()[1]) for line in run.stdout.splitlines()]
    return "" if len(times) == len(batch) and max(times) < LONGEST_S else f"{max(times, default=99):.1f} s"
