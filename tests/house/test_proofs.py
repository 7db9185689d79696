"""Every proof has a sabotage, and the table of `make prove` knows every proof there is."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import prove, trust
from tests.house.source import ROOT, plant

NO_SABOTAGE: dict[str, str] = {}
"""Faults whose proof has none, and why."""


def sabotages(folder: Path) -> set[str]:
    """Faults that some test counts as sabotaged."""
    found = set()
    for path in sorted(folder.rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "tests.proofs.counted" in text:
            for call in ast.walk(ast.parse(text)):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"counted", "must_fail"}:
                    named = getattr(call.func, "id", "") == "must_fail" or any(
                        k.arg == "sabotaged" for k in call.keywords
                    )
                    if named and isinstance(call.args[0], ast.Constant):
                        found.add(str(call.args[0].value))
    return found


def test_every_proof_has_a_sabotage_and_every_sabotage_a_proof() -> None:
    """A proof that cannot fail proves nothing."""
    faults = set(prove.written())
    assert len(faults) > 30
    assert faults - sabotages(ROOT / "tests") == set(NO_SABOTAGE)


PROOF = """
from tests.proofs.counted import counted
def test_one_thing_holds():
    '''It does.'''
    counted("one thing", 3, 3)
"""


def test_a_fault_that_is_no_literal_or_stands_outside_a_test_is_refused(tmp_path: Path) -> None:
    """The table could not know it before it runs."""
    good = prove.written(plant(tmp_path / "a", {"tests/test_one.py": PROOF}) / "tests")
    assert {fault: proof.tests for fault, proof in good.items()} == {
        "one thing": {"tests/test_one.py::test_one_thing_holds"}
    }
    for bad in (PROOF.replace('"one thing"', "FAULT"), PROOF.replace("def test_one", "def one")):
        with pytest.raises(ValueError, match="a fault is a literal"):
            prove.written(plant(tmp_path / str(len(bad)), {"tests/test_one.py": bad}) / "tests")


def test_what_did_not_run_has_a_row_that_says_why() -> None:
    """Skipped, failed before it counted, left out, never begun: four words for four things."""
    proof, seen = prove.Proof("one", {"a.py::test_a"}), prove.Gathering()
    assert prove.reason(proof, seen, short=True) == "never begun"
    seen.why["a.py::test_a"].add("left out")
    assert prove.reason(proof, seen, short=True) == "only at full size"
    seen.why["a.py::test_a"].add("no haproxy")
    assert prove.reason(proof, seen, short=True) == "no haproxy"
    row = trust.Row("one", 0, 0, 0, 0, "no haproxy")
    assert "| one | not run: no haproxy |  | not run |" in trust.table([row])
    assert trust.summary([row]) == "1 faults: 0 tried, 0 held, 1 not run; 0 of 1 sabotages ran and were noticed."


def test_lines_add_up_and_a_sabotage_that_holds_is_shown() -> None:
    """Two engines are one fault; what did not hold stands out."""
    proofs = {"one": prove.Proof("one")}
    said = [("one", 5, 5, False), ("one", 5, 4, False), ("one", 2, 2, True)]
    lines = [json.dumps({"fault": f, "tried": t, "held": h, "sabotaged": s}) for f, t, h, s in said]
    prove.gather(proofs, "\n".join(lines))
    one = proofs["one"]
    assert (one.tried, one.held, one.broken_tried, one.broken_held) == (10, 9, 2, 2)
    assert not trust.Row("one", 10, 10, 2, 2).good
    assert not trust.Row("one", 10, 9, 2, 1).good
    assert trust.Row("one", 10, 10, 2, 1).good
    table = trust.table([trust.Row("one", one.tried, one.held, one.broken_tried, one.broken_held)])
    assert "| one | 10 | **9** | **not noticed**: 2 of 2 held |" in table


def test_make_prove_finds_every_proof_and_can_begin() -> None:
    """The command itself: an argument that pytest no longer takes would be found only by whoever waits for hours."""
    command = [sys.executable, "-m", "bench.prove", "--short", "--collect-only"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert "INTERNALERROR" not in said.stdout + said.stderr
    names = {test.split("::")[1] for proof in prove.written().values() for test in proof.tests}
    short = {name for name in names if f" {name}" in said.stdout}
    assert len(short) > len(names) * 3 // 4, said.stdout[-2000:]


def test_what_failed_is_asked_again_and_what_stands_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table is read as it was written; a proof that shares a test with one that is asked again is asked again too."""
    page = tmp_path / "trust.md"
    page.write_text(f"{trust.BEGIN}\n{trust.END}\n", encoding="utf-8")
    rows = [
        trust.Row("fine", 1_200, 1_200, 20, 3), trust.Row("lost one", 10, 9, 4, 0), trust.Row("unnoticed", 3, 3, 2, 2),
        trust.Row("not there", 0, 0, 0, 0, "no haproxy"), trust.Row("shaky", 5, 5, 1, 0), trust.Row("beside", 5, 5, 1, 0),
    ]  # fmt: skip
    (tmp_path / "a.py").write_text("def test_shaky(n):\n    pass\n", encoding="utf-8")
    monkeypatch.setattr(prove, "ROOT", tmp_path)
    failed = ["a.py::test_of_yesterday", "a.py::test_shaky[1]"]
    trust.write(rows, failed, "`make prove`", page)
    assert trust.read(page) == (rows, failed, "`make prove`")
    tests = {row.fault: {f"a.py::test_{row.fault.split()[0]}"} for row in rows} | {"new": {"b.py::test_new"}}
    tests["beside"] = {"a.py::test_shaky", "a.py::test_beside"}
    chosen, asked = prove.to_ask(
        {fault: prove.Proof(fault, each) for fault, each in tests.items()}, *trust.read(page)[:2]
    )
    assert set(chosen) == {"lost one", "unnoticed", "not there", "shaky", "beside", "new"}
    assert asked == set().union(*(tests[fault] for fault in chosen))
