"""Codes by time (RFC 6238) and recovery codes. Pure, but for the dice of new secrets."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from bot.kit.digits import western
from bot.people.model import Role, Viewer

STEP_S = 30
NEAR = 1
"""A phone's clock may be one step off, either way."""
WRONG, WITHIN = 5, timedelta(minutes=15)
"""So many wrong codes within this time; then none is looked at until it is over."""
RECOVERY_CODES = 10
SETUP_HOLDS = timedelta(minutes=15)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that look like a digit."""
_RECOVERY = re.compile(rf"[{_ALPHABET}]{{12}}")


@dataclass(frozen=True)
class Policy:
    """Who must have a second factor, and for how long one proof is enough where much depends on it."""

    roles: frozenset[Role] = frozenset()
    fresh: timedelta = timedelta(minutes=15)

    def requires(self, viewer: Viewer) -> bool:
        """Whether somebody has one of the roles over any unit: the very role, not one that includes it."""
        return any(grant.role in self.roles for grant in viewer.grants)

    def is_fresh(self, proved_at: datetime | None, now: datetime) -> bool:
        """Whether a proof is young enough for what gives rights or people's data away."""
        return proved_at is not None and proved_at > now - self.fresh


def step_of(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The step of time whose code this is, if it is near now and newer than the last one used. None: the code is wrong."""
    said = western(code).replace(" ", "")
    if not (said.isascii() and said.isdigit() and len(said) == 6):
        return None
    here, otp = int(now.timestamp()) // STEP_S, pyotp.TOTP(secret)
    # all are looked at, so that the time it takes says nothing
    right = [
        step
        for step in range(here - NEAR, here + NEAR + 1)
        if hmac.compare_digest(otp.generate_otp(step), said) and step > after
    ]
    return right[-1] if right else None


def recovery_in(code: str) -> str | None:
    """A recovery code as it is kept in mind of: small letters, no hyphens. None for what cannot be one."""
    said = western(code).lower().replace("-", "").replace(" ", "")
    return said if _RECOVERY.fullmatch(said) else None


def new_secret() -> str:
    """160 random bits, as authenticator apps take them."""
    return pyotp.random_base32()


def new_recovery() -> tuple[str, ...]:
    """Fresh recovery codes, in three groups of four: about 59 bits each."""

    def group() -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(4))

    return tuple("-".join(group() for _ in range(3)) for _ in range(RECOVERY_CODES))


def address(secret: str, name: str, company: str) -> str:
    """What the QR says to an authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=company or "Davy")


def roles_named(names: str) -> frozenset[Role]:
    """Roles by their names, with commas between. Raises ValueError, naming the first that is none."""
    found = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in found if name not in set(Role)]:
        raise ValueError(f"{unknown[0]!r} is no role; roles are {', '.join(Role)}")
    return frozenset(map(Role, found))
