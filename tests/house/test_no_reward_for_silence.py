"""No badge, no days in a row, no board rests on injuries, on their absence, or on how much or how little was reported.

Whoever is rewarded for a quiet book keeps it quiet. What a reward rests on is declared (`habit.model`), and here it is
compared with what its code reads: names of facts, tables, and the words that people are given.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from bot.features import rooms
from bot.learning.habit import model, ticks
from bot.learning.habit.model import GROUNDS, Badge, Ground
from tests.house.source import BOT, imports, modules, plant

HABIT = "learning.habit"
HARM = re.compile(
    r"injur|incident|accident|harm|hurt|lost.?time|ltifr|trir|first.?aid|casualt|fatal|near.?miss", re.IGNORECASE
)
SILENCE = re.compile(
    r"(no|zero|without|free of|\b0)\s+(\w+\s+)?(injur|incident|accident|report|hazard|danger|near)|days? since|"
    r"(accident|injury|incident|report)[- ]free",
    re.IGNORECASE,
)
REPORTS = re.compile(r"report", re.IGNORECASE)
ALLOWED_ROOMS = frozenset({"kit", "i18n", "db", "people", "ledger", "media", "delivery", "library", "learning"})


def rests_on_harm(grounds: Mapping[str, Iterable[str]]) -> list[str]:
    """Rewards that name a fact of harm."""
    return [f"{name} rests on {fact}" for name, facts in grounds.items() for fact in facts if HARM.search(fact)]


def counts_reports(grounds: Mapping[Badge, Ground]) -> list[str]:
    """Badges that take more than one report."""
    return [
        f"{badge} takes {ground.needs} of {ground.facts}"
        for badge, ground in grounds.items()
        if ground.needs != 1 and any(REPORTS.search(fact) for fact in ground.facts)
    ]


def facts_named(package: Path, known: set[str]) -> set[str]:
    """Every kind of fact that the habit's code names: in a string, or by the constant of a declared kind."""
    found: set[str] = set()
    for module in modules(package):
        if module.name.startswith(HABIT) and module.file != "model":
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known:
                    found.add(node.value)
    return found


def reaches(package: Path) -> list[str]:
    """Rooms that the habit reads from and that are none of learning's own."""
    return [
        f"{module.name} imports {each.target}"
        for module in modules(package)
        if module.name.startswith(HABIT)
        for each in imports(module, package)
        if each.parts and each.parts[0] not in ALLOWED_ROOMS
    ]


def praise_of_silence(words: str) -> list[str]:
    """Words that praise what did not happen."""
    return [found.group() for found in SILENCE.finditer(words)]


def everything() -> dict[str, tuple[str, ...]]:
    """What each reward rests on."""
    badges = {badge.value: ground.facts for badge, ground in GROUNDS.items()}
    return badges | {"streak": model.STREAK_RESTS_ON, "board": model.BOARD_RESTS_ON}


def test_no_reward_rests_on_harm() -> None:
    """Nor does one exist that has not said what it rests on."""
    assert set(GROUNDS) == set(Badge)
    assert rests_on_harm(everything()) == []


def test_one_report_is_enough_for_a_badge_and_more_are_worth_nothing() -> None:
    """Otherwise people would report for the sake of reporting."""
    assert counts_reports(GROUNDS) == []
    assert any(REPORTS.search(fact) for ground in GROUNDS.values() for fact in ground.facts), (
        "the test looks at something"
    )


def test_what_is_declared_is_what_the_code_reads() -> None:
    """All declared facts exist, and the code names no fact besides them."""
    known = {fact.name for room in rooms() for fact in room.facts}
    declared = {fact for facts in everything().values() for fact in facts}
    assert declared - known == set()
    assert facts_named(BOT, known) - declared == set()
    assert {each.fact for each in ticks.SUBSCRIPTIONS} <= declared


def test_the_habit_reads_no_room_besides_learning() -> None:
    """Hazards and incidents reach it as facts alone, and those are declared."""
    assert reaches(BOT) == []


def test_nothing_that_is_said_praises_what_did_not_happen() -> None:
    """In no text of the habit."""
    for path in sorted((BOT / "learning" / "habit").glob("texts.*.j2")):
        assert praise_of_silence(path.read_text(encoding="utf-8")) == [], path.name


@pytest.mark.parametrize(
    "words",
    [
        "30 days without an accident",
        "no injuries reported",
        "12 days since the last one",
        "zero incidents",
        "accident-free",
    ],
)
def test_praise_of_silence_is_found(words: str) -> None:
    """The usual ways to say it."""
    assert praise_of_silence(words)


def test_a_reward_for_silence_or_for_many_reports_is_found(tmp_path: Path) -> None:
    """By its declaration, by what its code names, by what it imports."""
    assert rests_on_harm({"quiet": ("InjuryReported",), "month": ("IncidentRecorded",), "good": ("LessonRead",)})
    assert counts_reports({Badge.FIRST_REPORT: Ground(("HazardReported",), needs=10)})
    assert not counts_reports({Badge.TEN_TOPICS: Ground(("LessonRead",), needs=10)})
    tree = {
        "learning/habit/store.py": "from bot.hazards import store\nKINDS = ('InjuryReported',)",
        "hazards/store.py": "",
    }
    planted = plant(tmp_path, tree)
    assert facts_named(planted, {"InjuryReported", "LessonRead"}) == {"InjuryReported"}
    assert len(reaches(planted)) == 1
