"""`make prove`: the proofs at full size. The short forms run with every `make test`."""

from __future__ import annotations

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["DAVY_TEST_PROVE"] = "1"
    proofs = [
        "tests/proofs",
        "tests/deploy",
        "tests/simulator/examples",
        "tests/simulator/test_schema.py",
        "tests/simulator/test_robustness.py",
    ]
    sys.exit(pytest.main([*proofs, "-q", "-p", "no:xdist", *sys.argv[1:]]))
