"""How long ten thousand questions take, and the worst case of looking for near duplicates."""

from __future__ import annotations

import random
import time

import pytest

from bot.library.checks import checked_bank
from bot.library.similar import near_duplicates
from tests.rules.library_samples import csv_text, row, workbook


@pytest.fixture(scope="module")
def ten_thousand() -> list[dict[str, str]]:
    """Ten thousand different questions with four options and their misconceptions."""
    chance = random.Random(3)
    vocabulary = [f"{a}{b}" for a in ("load", "hook", "rope", "crane", "sling") for b in range(400)]
    return [
        row(
            id=f"q-{n}",
            stem=" ".join(chance.sample(vocabulary, 12)) + "?",
            a=" ".join(chance.sample(vocabulary, 4)),
            b=" ".join(chance.sample(vocabulary, 4)),
            c=" ".join(chance.sample(vocabulary, 4)),
            right="abc"[n % 3],
            **{f"{letter}_": " ".join(chance.sample(vocabulary, 3)) for letter in "abc" if letter != "abc"[n % 3]},
            **({"a_": ""} if n % 3 == 0 else {}),
        )
        for n in range(10_000)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "xlsx", "yaml"])
def test_ten_thousand_questions_are_checked_in_seconds(ending: str, ten_thousand: list[dict[str, str]]) -> None:
    """The trainer waits less than five seconds; the bound leaves room for a loaded machine."""
    if ending == "csv":
        data = csv_text(ten_thousand).encode()
    elif ending == "xlsx":
        data = workbook(ten_thousand)
    else:
        data = as_yaml(ten_thousand).encode()
    assert len(data) < 5_000_000
    started = time.process_time()
    found, problems = checked_bank(f"x.{ending}", data)
    took = time.process_time() - started
    assert found is not None
    assert len(found.questions) == 10_000
    assert {problem.code for problem in problems} <= {"longest_is_right"}
    assert took < 10, f"{took:.1f} s"


def as_yaml(rows: list[dict[str, str]]) -> str:
    """The same questions as YAML."""
    lines = ["bank: many", "title: Many", "questions:"]
    for r in rows:
        lines.append(
            f"- {{id: {r['id']}, kind: one, topic: LIF, jurisdictions: [any], sources: [plan], stem: {r['stem'][:-1]},"
        )
        options = []
        for letter in "abc":
            extra = "right: true" if letter == r["right"] else f"misconception: {r[f'{letter}!']}"
            options.append(f"{{text: {r[letter]}, {extra}}}")
        lines.append(f"  options: [{', '.join(options)}], explanation: It swings.}}")
    return "\n".join(lines)


def test_ten_thousand_questions_that_are_nearly_the_same_do_not_take_for_ever() -> None:
    """The worst case of looking for near duplicates: every stem shares all its words but one."""
    texts = [f"What do you do when load number {n} begins to swing over the yard?" for n in range(10_000)]
    started = time.process_time()
    found = list(near_duplicates(texts))
    assert len(found) == 9_999
    assert time.process_time() - started < 8
