"""What becomes of a code, and what the ledger keeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.ledger.model import FactKind


class Proof(StrEnum):
    """What a code was: it proves, it does not, or too many were wrong and none is looked at for a while."""

    GOOD = "good"
    WRONG = "wrong"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Setup:
    """A second factor that is being set up: shown once, until a code confirms it."""

    secret: str
    recovery: tuple[str, ...]


FACTOR_SET = FactKind("SecondFactorSet", 1, (), "Somebody set up a second factor for the dashboard")
FACTOR_REMOVED = FactKind(
    "SecondFactorRemoved", 1, ("by_other",), "A second factor was removed, by the person or by somebody else"
)
RECOVERY_USED = FactKind(
    "RecoveryCodeUsed", 1, ("left",), "A recovery code took the place of the phone; so many are left"
)
FACTS = (FACTOR_SET, FACTOR_REMOVED, RECOVERY_USED)
