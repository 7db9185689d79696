"""A bank of ten thousand questions in every format: how long reading and checking it takes, as an upload is read."""

from __future__ import annotations

import base64
import random
import time
from dataclasses import replace

import pytest

from bot.library.apart import Reader
from bot.library.formats.write import ENDINGS, export
from bot.library.kinds.registry import KINDS
from bot.library.model import Bank, Question
from tests.conftest import PROVING
from tests.proofs.counted import counted
from tests.proofs.test_mutated_formats import peak

MANY = 10_000 if PROVING else 300
WORDS = [f"{a}{b}" for a in ("load", "hook", "rope", "crane", "sling") for b in range(400)]


def large(many: int) -> Bank:
    """Different questions of three options with their misconceptions."""
    chance = random.Random(11)

    def said(n: int) -> dict[str, str]:
        return {"en": " ".join(chance.sample(WORDS, n))}

    def question(n: int) -> Question:
        options = [
            {"text": said(4), "right": at == n % 3, "misconception": {} if at == n % 3 else said(3)} for at in range(3)
        ]
        payload = KINDS["one"].from_json({"v": 1, "options": options})
        stem, why = said(12), said(8)
        return Question(f"q-{n}", "one", "LIF", stem, payload, why, jurisdictions=("any",), sources=("plan",))

    return Bank("large", "en", {"en": "Large"}, tuple(question(n) for n in range(many)))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("format", list(ENDINGS))
def test_a_large_bank_is_checked_and_nothing_of_it_is_missing(format: str) -> None:
    """The seconds and the memory are printed, not asserted: machines differ. All questions are there, none twice."""
    bank = large(MANY)
    data = export(replace(bank, questions=bank.questions), format).data
    reader = Reader(seconds=120)
    try:
        request = {
            "do": "check",
            "name": f"large{ENDINGS[format]}",
            "lang": "en",
            "data": base64.b64encode(data).decode(),
        }
        reader.ask(request | {"data": base64.b64encode(data[:200]).decode()})  # what is imported at first use
        began = time.monotonic()
        found = reader.ask(request)
        spent = time.monotonic() - began
        assert reader.pid is not None
        most = peak(reader.pid)
    finally:
        reader.close()
    print(f"\n{format}: {MANY} questions, {len(data) / 1e6:.1f} MB, checked in {spent:.2f} s with {most:.0f} MB")
    counted("a bank of ten thousand questions", MANY, len(set(map(str, found["bank"]["questions"]))))
    assert len(found["bank"]["questions"]) == MANY
    assert not [each for each in found["problems"] if each["severity"] == "error"]


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_reader_that_stops_early_is_noticed() -> None:
    """The sabotage: of a large file the last tenth does not arrive."""
    data = export(large(300), "yaml").data
    short = data[: data.rindex(b"\n- ", 0, len(data) * 9 // 10)]
    reader = Reader(seconds=60)
    try:
        found = reader.ask(
            {"do": "check", "name": "large.yaml", "lang": "en", "data": base64.b64encode(short).decode()}
        )
    finally:
        reader.close()
    held = len(found["bank"]["questions"]) if found["bank"] else 0
    counted("a bank of ten thousand questions", 300, held, sabotaged=True)
    assert held < 300
