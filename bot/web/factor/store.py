"""Reading second factors; and who must have one, as this installation has it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.seals import seal
from bot.kit.seal import BrokenSeal
from bot.web.factor.model import Setup
from bot.web.factor.rules import SETUP_HOLDS, Policy
from bot.web.factor.tables import RecoveryCodeRow, SecondFactorRow

_policy = [Policy()]


def configure(policy: Policy) -> None:
    """Sets who must have a second factor; once, at the composition root."""
    _policy[:] = [policy]


def policy() -> Policy:
    """Who must have one."""
    return _policy[0]


def row(session: Session, person: int) -> SecondFactorRow | None:
    """Somebody's second factor, also one that nobody has confirmed yet."""
    return session.get(SecondFactorRow, person, populate_existing=True)


def is_set(session: Session, person: int) -> bool:
    """Whether somebody has set one up."""
    query = select(SecondFactorRow.person_id).where(
        SecondFactorRow.person_id == person, SecondFactorRow.confirmed_at.is_not(None)
    )
    return session.scalar(query) is not None


def being_set(session: Session, person: int, now: datetime) -> Setup | None:
    """What somebody sees while they set one up; None where they do not, or began too long ago."""
    found = row(session, person)
    if found is None or found.confirmed_at is not None or found.begun_at <= now - SETUP_HOLDS:
        return None
    parts = opened(found)
    return Setup(parts[0], tuple(parts[1:])) if parts else None


def opened(found: SecondFactorRow) -> list[str]:
    """What is under the seal of a row: the secret, and until it is confirmed the recovery codes. Empty: the key is another."""
    try:
        whose, *parts = seal().open(found.secret).split(" ")
    except BrokenSeal:
        return []
    return parts if whose == str(found.person_id) else []  # a row that was copied to somebody else opens nothing


def closed(person: int, parts: tuple[str, ...]) -> bytes:
    """The same under seal."""
    return seal().close(" ".join((str(person), *parts)))


def recovery_hash(person: int, code: str) -> str:
    """What is kept of a recovery code; nobody can try codes against it without the house's key."""
    return seal().name("recovery", person, code)


def recovery_left(session: Session, person: int) -> int:
    """How many recovery codes somebody still has."""
    query = select(func.count()).where(RecoveryCodeRow.person_id == person, RecoveryCodeRow.used_at.is_(None))
    return session.scalar(query) or 0
