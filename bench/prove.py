"""`make prove`: all proofs and their sabotages, gathered into one table of docs/reference/trust.md.

    python -m bench.prove             at full size: hours
    python -m bench.prove --short     at the size of `make test`, with every sabotage: minutes
    python -m bench.prove --again     only what failed, did not hold or is not in the table, at full size; the other rows stay
    python -m bench.prove -k kill     whatever pytest takes; then the table is only shown

A proof is a test that calls `counted("fault", tried, held)`. The code is read for all of them first, so that one that did not run
has a row that says why. Ends with 1 where something did not hold, a sabotage went unnoticed, or (at full size) a proof did not run.
"""

from __future__ import annotations

import ast
import json
import os
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bench import trust

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
LONG = ["tests/proofs", "tests/deploy", "tests/simulator/examples"]
"""Whole folders at full size: what they hold beside the counted proofs is run as well."""
SABOTAGES = {"must_fail"}
"""Calls that only a sabotage makes."""


@dataclass
class Proof:
    """A fault, the tests that try it, and what came of them."""

    fault: str
    tests: set[str] = field(default_factory=set)
    """`file::function` of each test that counts it."""
    tried: int = 0
    held: int = 0
    broken_tried: int = 0
    """The same with a mechanism broken."""
    broken_held: int = 0

    @property
    def ran(self) -> bool:
        """Whether it was tried at all."""
        return self.tried > 0


def written(folder: Path = TESTS) -> dict[str, Proof]:
    """Every proof in the code, by its fault. Raises ValueError at a fault that is no literal or stands outside a test."""
    found: dict[str, Proof] = {}
    for path in sorted(folder.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "tests.proofs.counted" not in text:
            continue
        name = path.relative_to(folder.parent).as_posix()
        for node in ast.parse(text).body:
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"counted", *SABOTAGES}:
                    said = call.args[0] if call.args else None
                    if not isinstance(said, ast.Constant) or not getattr(node, "name", "").startswith("test_"):
                        raise ValueError(f"{name}:{call.lineno}: a fault is a literal, and counted in a test")
                    proof = found.setdefault(str(said.value), Proof(str(said.value)))
                    proof.tests.add(f"{name}::{node.name}")  # type: ignore[attr-defined]
    return found


class Gathering:
    """What pytest did with each test, by `file::function`."""

    def __init__(self) -> None:
        self.why: dict[str, set[str]] = defaultdict(set)
        self.failed: set[str] = set()

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        """Left out by a mark, or because there is no browser."""
        for item in items:
            self.why[function(item.nodeid)].add("left out")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Skipped or failed; a failure at any stage counts."""
        if report.skipped:
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            self.why[function(report.nodeid)].add(reason.removeprefix("Skipped: "))
        elif report.failed:
            self.failed.add(report.nodeid)
            self.why[function(report.nodeid)].add("failed before it counted")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot even be read."""
        if report.failed:
            self.failed.add(report.nodeid)


def function(nodeid: str) -> str:
    """A test without its parameters."""
    return nodeid.split("[")[0]


def to_ask(proofs: dict[str, Proof], kept: list[trust.Row], failed: list[str]) -> tuple[dict[str, Proof], set[str]]:
    """The proofs whose row is not good, or of which a test failed, and all tests to ask for them."""
    good = {row.fault for row in kept if row.good}
    bad = {function(each) for each in failed if _is_there(function(each))}
    chosen = {fault: proof for fault, proof in proofs.items() if fault not in good or proof.tests & bad}
    # a test may count for several: the others' rows would count it twice
    while more := {f for f, p in proofs.items() if f not in chosen and any(p.tests & c.tests for c in chosen.values())}:
        chosen |= {fault: proofs[fault] for fault in more}
    return chosen, {test for proof in chosen.values() for test in proof.tests} | bad


def _is_there(test: str) -> bool:
    """Whether a test that failed still exists under its name."""
    file, _, name = test.partition("::")
    return (ROOT / file).is_file() and f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def gather(proofs: dict[str, Proof], lines: str) -> None:
    """Adds up what the proofs said. Raises KeyError at a fault that the code does not hold."""
    for line in filter(None, lines.splitlines()):
        said = json.loads(line)
        proof = proofs[said["fault"]]
        if said["sabotaged"]:
            proof.broken_tried += said["tried"]
            proof.broken_held += said["held"]
        else:
            proof.tried += said["tried"]
            proof.held += said["held"]


def reason(proof: Proof, gathering: Gathering, short: bool) -> str:
    """Why a proof did not run."""
    reasons = {why for test in proof.tests for why in gathering.why[test]}
    others = reasons - {"left out"}
    if others:
        return "; ".join(sorted(others))
    if not reasons:
        return "never begun"
    return "only at full size" if short else "left out of this run"


def main(arguments: list[str]) -> int:
    """Runs, prints and writes the table; answers the exit code."""
    short, again = "--short" in arguments, "--again" in arguments
    own = [each for each in arguments if each not in ("--short", "--again")]
    if short and again:
        print("--again asks at full size: leave --short out", file=sys.stderr)
        return 2
    proofs, gathering = written(), Gathering()
    kept: list[trust.Row] = []
    before = ""
    where = {test for proof in proofs.values() for test in proof.tests} | (set() if short else set(LONG))
    if again:
        kept, failed, before = trust.read()
        known = set(proofs)
        proofs, where = to_ask(proofs, kept, failed)
        kept = [row for row in kept if row.fault in known - set(proofs)]
        if not where:
            print("nothing failed, and all proofs are in the table")
            return 0
    if short:
        own += ["-m", "not prove or sabotage"]
    else:
        os.environ["DAVY_TEST_PROVE"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "counted.jsonl"
        os.environ["DAVY_PROOFS_FILE"] = str(file)
        code = int(pytest.main([*sorted(where), "-v", "--durations=20", *own], plugins=[gathering]))
        gather(proofs, file.read_text(encoding="utf-8") if file.exists() else "")
    rows = [
        trust.Row(p.fault, p.tried, p.held, p.broken_tried, p.broken_held, "" if p.ran else reason(p, gathering, short))
        for p in proofs.values()
    ]
    rows = sorted([*rows, *kept], key=lambda row: row.fault.lower())
    print(trust.table(rows))
    print(trust.summary(rows))
    for nodeid in sorted(gathering.failed):
        print(f"failed: {nodeid}")
    if code in (0, 1) and own in ([], ["-m", "not prove or sabotage"]):  # else it was broken off, or could not begin
        asked = f"{before}, then `make prove ARGS=--again` for {len(proofs)} of them"
        command = asked if again else "`make prove ARGS=--short`" if short else "`make prove`"
        trust.write(rows, sorted(gathering.failed), command)
    return 1 if code or any(not row.good and not (short and row.why_not) for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
