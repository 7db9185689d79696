"""Checking a large bank takes time by its length and not by its square; also in the worst case of near duplicates."""

from __future__ import annotations

import random
import time

import pytest

from bot.library.checks import checked_bank
from bot.library.similar import near_duplicates
from tests.rules.library_samples import csv_text, row, workbook

MANY = 4_000


@pytest.fixture(scope="module")
def questions() -> list[dict[str, str]]:
    """Different questions with three options and their misconceptions."""
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
        for n in range(MANY)
    ]


def took(name: str, data: bytes, number: int) -> float:
    """Seconds of processor for a bank of so many questions."""
    started = time.process_time()
    found, problems = checked_bank(name, data)
    spent = time.process_time() - started
    assert found is not None
    assert len(found.questions) == number
    assert {problem.code for problem in problems} <= {"longest_is_right"}
    return spent


@pytest.mark.parametrize("ending", ["csv", "xlsx", "yaml"])
def test_four_times_the_questions_take_four_times_as_long(ending: str, questions: list[dict[str, str]]) -> None:
    """A trainer with ten thousand of them waits for seconds and not for minutes."""
    written = {
        "csv": lambda rows: csv_text(rows).encode(),
        "xlsx": workbook,
        "yaml": lambda rows: as_yaml(rows).encode(),
    }
    few, many = (written[ending](questions[:number]) for number in (MANY // 4, MANY))
    assert took(f"x.{ending}", many, MANY) < 2 * 4 * took(f"x.{ending}", few, MANY // 4)


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


def test_questions_that_are_nearly_the_same_do_not_take_for_ever() -> None:
    """The worst case of looking for near duplicates: every stem shares all its words but one."""

    def took(number: int) -> float:
        texts = [f"What do you do when load number {n} begins to swing over the yard?" for n in range(number)]
        started = time.process_time()
        assert len(list(near_duplicates(texts))) == number - 1
        return time.process_time() - started

    assert took(40_000) < 2 * 4 * took(10_000) + 0.3
