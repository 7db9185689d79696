"""Risk arithmetic that rooms share. The colours and bands belong to the company; these are the starting values."""

from __future__ import annotations

from enum import IntEnum


class Severity(IntEnum):
    """How bad a danger is, as a supervisor rates it."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


def cannot_wait(severity: Severity | None) -> bool:
    """Whether people are rung at once. Not yet rated means that it may be bad, so it cannot wait."""
    return severity is None or severity >= Severity.MEDIUM
