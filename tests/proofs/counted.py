"""What a proof tried and what held, for the table of `make prove` (docs/reference/trust.md).

A proof says it before it asserts, so that the table also shows what did not hold; its sabotage says the same of the same fault
with `sabotaged=True`. `fault` stands in the code as a literal: so the table knows every proof there is, and one that was left
out is seen.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

FILE = "DAVY_PROOFS_FILE"
SABOTAGE = (pytest.mark.prove, pytest.mark.sabotage)
"""The marks of a sabotage: it runs with `make prove`, in the short form too."""
SABOTAGED = (False, pytest.param(True, marks=SABOTAGE))
"""For a proof that is its own sabotage: the same story with a mechanism broken."""


def counted(fault: str, tried: int, held: int, *, sabotaged: bool = False) -> None:
    """Notes how often a fault was tried and how often all was well; of one fault all lines are added up."""
    path = os.environ.get(FILE)
    if path:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").split(" ")[0]
        line = {"fault": fault, "tried": tried, "held": held, "sabotaged": sabotaged, "test": test}
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


@contextmanager
def must_fail(fault: str) -> Iterator[None]:
    """The sabotage of a proof that only asserts: what runs within has to fail by one of its assertions."""
    failed = False
    try:
        yield
    except AssertionError:
        failed = True
    counted(fault, 1, 0 if failed else 1, sabotaged=True)
    assert failed, f"the proof of {fault!r} does not notice its sabotage"
