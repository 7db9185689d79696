"""`kill -9` at random moments loses nothing; and the proof notices when a mechanism is broken.

In full: 200 kills in the intake of 10,000 updates (a quarter each by polling and by webhook, on SQLite and on PostgreSQL), and 200
kills in a broadcast of 10,000 messages. In short: a kill each of the two ways that differ most, and one in a broadcast.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROVING
from tests.proofs.counted import counted
from tests.proofs.killing import Verdict, kill_again_and_again

WAYS = [("sqlite", "polling"), ("postgresql", "webhook")]
if PROVING:
    WAYS += [("sqlite", "webhook"), ("postgresql", "polling")]
INTAKE = (
    {"updates": 2500, "pushes": 0, "kills": 50, "backlog": 0.2, "within": 0.15}
    if PROVING
    else {"updates": 150, "pushes": 0, "kills": 1}
)
BROADCAST = (
    {"updates": 0, "pushes": 10_000, "kills": 200, "backlog": 0.1, "within": 0.15}
    if PROVING
    else {"updates": 0, "pushes": 400, "kills": 1}
)
CHATS = 200 if PROVING else 50
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def show(verdict: Verdict, capsys: pytest.CaptureFixture[str]) -> None:
    """Says what was seen, whether it is right or not."""
    with capsys.disabled():
        print(f"\n{verdict}")


def wrong(verdict: Verdict) -> int:
    """What was lost, done twice, or sent again though it was not in flight."""
    lost = max(verdict.updates_lost, verdict.messages_lost)
    return lost + verdict.effects_twice + max(0, verdict.duplicates - verdict.in_flight)


@pytest.mark.parametrize(("engine", "way"), WAYS)
async def test_killing_the_process_loses_no_update(
    make_database_url: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], engine: str, way: str
) -> None:
    """Every update has its effect exactly once and is answered; within one life nothing is said twice."""
    database = make_database_url(engine)
    hook = way == "webhook"
    verdict = await kill_again_and_again(database, tmp_path / "data", seed=20, webhook=hook, chats=CHATS, **INTAKE)
    show(verdict, capsys)
    counted("the process is killed (SIGKILL): updates", verdict.updates, verdict.updates - wrong(verdict))
    assert (verdict.updates_lost, verdict.effects_twice, verdict.messages_lost) == (0, 0, 0)
    assert verdict.duplicates <= verdict.in_flight
    assert verdict.most_in_one_life <= 1


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"] if PROVING else ["sqlite"])
async def test_killing_the_process_loses_no_message_of_a_broadcast(
    make_database_url: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], engine: str
) -> None:
    """Every message arrives; a kill repeats at most what was in flight, and no message more than once."""
    size = BROADCAST if engine == "sqlite" else BROADCAST | {"pushes": 2500, "kills": 50}
    database = make_database_url(engine)
    verdict = await kill_again_and_again(database, tmp_path / "data", seed=21, chats=CHATS, **size)
    show(verdict, capsys)
    counted("the process is killed (SIGKILL): messages of a broadcast", verdict.pushes, verdict.pushes - wrong(verdict))
    assert (verdict.effects_twice, verdict.messages_lost) == (0, 0)
    assert verdict.duplicates <= verdict.in_flight
    assert verdict.most_in_one_life <= 1
    assert verdict.most_copies <= 1 + verdict.kills


@pytest.mark.prove
@pytest.mark.sabotage
@pytest.mark.parametrize(
    ("engine", "way", "sabotage", "updates", "pushes"),
    [
        ("sqlite", "polling", "confirm_first", 2000, 0),
        ("postgresql", "webhook", "confirm_first", 2000, 0),
        ("sqlite", "polling", "forget_marks", 2000, 0),
        ("postgresql", "webhook", "forget_marks", 2000, 0),
        ("sqlite", "polling", "forget_starts", 0, 300),
        ("sqlite", "polling", "repeat_all", 0, 4000),
    ],
)
async def test_the_proof_fails_when_a_mechanism_is_broken(
    make_database_url: Any, tmp_path: Path, engine: str, way: str, sabotage: str, updates: int, pushes: int
) -> None:
    """Without confirming late, without marks or without start records, something is lost or done twice."""
    kills = (
        16 if sabotage == "forget_marks" else 4
    )  # it shows only where a blow falls between a commit and its confirmation
    verdict = await kill_again_and_again(
        make_database_url(engine), tmp_path / "data", updates=updates, pushes=pushes, kills=kills, seed=7,
        sabotage=sabotage, backlog=1.0, within=6.0 if sabotage == "repeat_all" else 0.05, webhook=way == "webhook",
    )  # fmt: skip
    if pushes:
        held = pushes - wrong(verdict)
        counted("the process is killed (SIGKILL): messages of a broadcast", pushes, held, sabotaged=True)
    else:
        held = verdict.updates - wrong(verdict)
        counted("the process is killed (SIGKILL): updates", verdict.updates, held, sabotaged=True)
    failed = verdict.updates_lost + verdict.effects_twice + verdict.messages_lost > 0
    too_many = verdict.duplicates > verdict.in_flight
    assert failed or too_many, str(verdict)
