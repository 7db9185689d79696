"""What is signed: the same data gives the same bytes, a changed byte is found, and a script alone comes to the same scores."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assessment.issuing import snapshot
from bot.assessment.issuing.signing import NotSigned, opened
from bot.assessment.scores.model import Evidence
from bot.assessment.scores.rules import score
from bot.delivery import seals
from bot.kit.seal import Seal
from tests.rules.score_facts import PERIOD, SHIPPED, facts_, lessons

VERIFIER = Path(__file__).parents[2] / "scripts" / "verify_snapshot.py"


def records(facts: list[Evidence]) -> list[dict[str, Any]]:
    """One person's record, as it is counted."""
    from bot.assessment.issuing.records import record_of
    from bot.assessment.scores.model import Scored, Subject

    who = Subject(7, "ab12", "B-7", "Ana", ("Site",), 3, "/1/3/", "worker", "UTC", 90, frozenset({date(2026, 11, 11)}))
    return [record_of(Scored(who, score(PERIOD, facts, who.excused, SHIPPED, who.post)), facts)]


def signed(facts: list[Evidence]) -> bytes:
    """A signed file."""
    seals.use(Seal("a test's secret that is long enough"))
    return snapshot.bytes_of(3, PERIOD, records(facts), SHIPPED, "M-1")


def checked(path: Path, *more: str) -> tuple[int, str]:
    """What the script says that shares nothing with us; `-I` and `-S`: not even our packages are there."""
    made = subprocess.run([sys.executable, "-I", "-S", str(VERIFIER), str(path), *more], capture_output=True, text=True)
    return made.returncode, made.stdout + made.stderr


def test_the_same_data_is_signed_with_the_same_bytes_and_names_nobody() -> None:
    """Whatever the order of the facts; the name and badge of the person are not in it."""
    facts = lessons(9, 4)
    made = signed(facts)
    assert made == signed(list(reversed(facts)))
    assert b"Ana" not in made
    assert b"B-7" not in made
    assert snapshot.problems_of(opened(made)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"total":1000', b'"total":990'),
        (b"read:3", b"read:4"),
        (b'"version":"2026-1"', b'"version":"2026-2"'),
        (b"M-1", b"M-2"),
    ],
)
def test_a_changed_file_is_found_by_us_and_by_the_script_alone(tmp_path: Path, old: bytes, new: bytes) -> None:
    """One byte is enough."""
    made = signed(lessons(12, 1))
    path = tmp_path / "scores.json"
    path.write_bytes(made)
    code, said = checked(path)
    assert (code, "every score follows" in said) == (0, True), said
    assert old in made
    path.write_bytes(made.replace(old, new, 1))
    with pytest.raises(NotSigned):
        opened(path.read_bytes())
    assert checked(path)[0] == 1


def test_a_file_signed_by_another_is_found(tmp_path: Path) -> None:
    """The key has to be the one that was given out."""
    path = tmp_path / "scores.json"
    path.write_bytes(signed(lessons(12, 1)))
    code, said = checked(path, "--key", "00" * 32)
    assert (code, "another key" in said) == (1, True)


def test_a_wrong_sum_under_a_right_signature_is_found(tmp_path: Path) -> None:
    """Whoever has the secret cannot issue a score that does not follow from its facts either."""
    seals.use(Seal("a test's secret that is long enough"))
    made = records(lessons(12, 1))
    made[0]["total"] -= 100
    path = tmp_path / "scores.json"
    path.write_bytes(snapshot.bytes_of(3, PERIOD, made, SHIPPED, "M-1"))
    code, said = checked(path)
    assert (code, "its facts make" in said) == (1, True)
    assert "does not follow" in snapshot.problems_of(opened(path.read_bytes()))[0]


@settings(max_examples=25, deadline=None)
@given(st.lists(facts_, max_size=60))
def test_the_script_comes_to_the_same_scores_as_we_do(facts: list[Evidence]) -> None:
    """Two programs, written apart, and one policy."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("verify_snapshot", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    import json

    body = json.loads(json.dumps(snapshot.body(3, PERIOD, records(facts), SHIPPED, "M-1")))
    for person in body["people"]:
        points, total = script.scored(person, body["policy"], PERIOD.starts, PERIOD.ends)
        assert total == person["total"]
        assert points == {line["measure"]: line["points"] for line in person["lines"]}
