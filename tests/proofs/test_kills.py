"""`kill -9` at random moments loses nothing; and the proof notices when a mechanism is broken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.delivery.limiter import FLIGHTS
from tests.proofs.killing import kill_again_and_again

FULL = {"updates": 2000, "pushes": 2000, "kills": 20}
SHORT = {"updates": 500, "pushes": 500, "kills": 5}
SIZE = FULL if os.environ.get("DAVY_TEST_PROVE") else SHORT


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_killing_the_process_loses_no_update_and_no_message(
    make_database_url: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every update has its effect exactly once, every message arrives; duplicates are counted and bounded."""
    database = make_database_url("sqlite")  # type: ignore[operator]
    verdict = await kill_again_and_again(database, tmp_path / "data", seed=20, **SIZE)
    with capsys.disabled():
        print(f"\n{verdict}")
    assert (verdict.updates_lost, verdict.effects_twice, verdict.messages_lost) == (0, 0, 0)
    assert verdict.duplicates <= verdict.kills * max(FLIGHTS)
    assert verdict.most_copies <= 1 + verdict.kills


@pytest.mark.prove
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("sabotage", "updates", "pushes"),
    [("confirm_first", 2000, 0), ("forget_marks", 2000, 0), ("forget_starts", 0, 300)],
)
async def test_the_proof_fails_when_a_mechanism_is_broken(
    make_database_url: object, tmp_path: Path, sabotage: str, updates: int, pushes: int
) -> None:
    """Without confirming late, without marks or without start records, something is lost or done twice."""
    database = make_database_url("sqlite")  # type: ignore[operator]
    verdict = await kill_again_and_again(
        database,
        tmp_path / "data",
        updates=updates,
        pushes=pushes,
        kills=4,
        seed=7,
        sabotage=sabotage,
        backlog=1.0,
        within=0.05,
    )
    assert verdict.updates_lost + verdict.effects_twice + verdict.messages_lost > 0, str(verdict)
