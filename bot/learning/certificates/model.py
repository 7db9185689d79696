"""What a certificate says, whether it is still good, and what the ledger keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.model import Overflow, UnaskedKind
from bot.ledger.model import FactKind

Words = Mapping[str, str]
"""A text by language."""


class What(StrEnum):
    """What a certificate is for."""

    COURSE = "course"
    INDUCTION = "induction"


class Status(StrEnum):
    """Whether a certificate is still good."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Reason(StrEnum):
    """Why a certificate was withdrawn."""

    MISTAKE = "mistake"
    NOT_EARNED = "not_earned"
    UNSAFE_WORK = "unsafe_work"
    NEW_RULES = "new_rules"


class Shown(StrEnum):
    """What the public page says of the holder."""

    INITIALS = "initials"
    NAME = "name"


@dataclass(frozen=True)
class Award:
    """What is certified. `subject` is the same when it is passed again (`course:forklift`); `ref` is this one passing of it.

    `expires_on` is the last day on which it is good; None: it does not expire.
    """

    what: What
    subject: str
    ref: str
    title: Words
    lines: tuple[Words, ...] = ()
    expires_on: date | None = None


@dataclass(frozen=True)
class Certificate:
    """A certificate as it was issued; `name` and `unit` are those of that day."""

    id: int
    key: str
    person: int
    name: str
    badge: str
    what: What
    subject: str
    title: Words
    lines: tuple[Words, ...]
    issued_on: date
    expires_on: date | None
    by: int | None
    revoked_at: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True)
class Verified:
    """What the public page says. `holder` is a name or initials, as the company has it; no badge, no unit."""

    status: Status
    title: Words
    holder: str
    company: Words = field(default_factory=dict)
    issued_on: date | None = None
    expires_on: date | None = None
    revoked_on: date | None = None


CERTIFICATE_ISSUED = FactKind(
    "CertificateIssued",
    1,
    ("what", "certificate"),
    "Somebody got a certificate: what for (course, induction), its row.",
)
CERTIFICATE_REVOKED = FactKind(
    "CertificateRevoked", 1, ("what", "certificate", "reason"), "Somebody's certificate was withdrawn, for a reason."
)
FACTS = (CERTIFICATE_ISSUED, CERTIFICATE_REVOKED)

EXPIRING = UnaskedKind(
    "learning.certificates.expiring",
    3,
    Overflow.JOIN,
    timedelta(days=5),
    "learning.certificates.expiring_title",
    "A certificate ends soon, or has ended: 30 days and 7 days before, and once after it; not where there is a newer one.",
)
UNASKED = (EXPIRING,)
