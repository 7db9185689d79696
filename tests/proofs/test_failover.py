"""The primary of a PostgreSQL dies in the middle of a broadcast: nothing acknowledged is lost, and it goes on by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs.counted import counted
from tests.proofs.failover import primary_dies

PUSHES = 3000
SOON_S = 30.0


@pytest.mark.prove
@pytest.mark.timeout(600)
async def test_a_synchronous_standby_takes_over_and_nothing_acknowledged_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """0 acknowledged writes lost, 0 updates or messages lost, nothing done twice; going again within 30 s."""
    verdict = await primary_dies(tmp_path / "data", PUSHES)
    with capsys.disabled():
        print(f"\n{verdict}")
    kept = verdict.acknowledged - verdict.acknowledged_lost
    counted("the primary database is killed: acknowledged writes", verdict.acknowledged, kept)
    assert verdict.acknowledged > 50
    assert verdict.acknowledged_lost == 0
    assert (verdict.updates_lost, verdict.messages_lost, verdict.chores_lost, verdict.done_twice) == (0, 0, 0, 0)
    assert verdict.duplicates <= verdict.in_flight
    assert max(verdict.seconds.values()) < SOON_S


@pytest.mark.prove
@pytest.mark.sabotage
@pytest.mark.timeout(600)
async def test_a_standby_that_lags_behind_loses_what_was_acknowledged(tmp_path: Path) -> None:
    """The sabotage: the same with a standby that the primary does not wait for."""
    verdict = await primary_dies(tmp_path / "data", 600, synchronous=False)
    kept = verdict.acknowledged - verdict.acknowledged_lost
    counted("the primary database is killed: acknowledged writes", verdict.acknowledged, kept, sabotaged=True)
    assert verdict.acknowledged_lost > 0
