"""PINs hashed so that each guess is dear, also for whoever has the database (a million PINs are few)."""

from __future__ import annotations

import hmac
import secrets

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from bot.web.tablet.model import Kept

COST, BLOCK, LANES = 2**14, 8, 1
"""16 MB and about 50 ms a guess."""
NOBODY = Kept(bytes(16), bytes(32))
"""What is compared where there is no such badge or no PIN, so that the time tells nothing."""


def hashed(pin: str) -> Kept:
    """A PIN to keep."""
    salt = secrets.token_bytes(16)
    return Kept(salt, _scrypt(salt, pin))


def fits(pin: str, kept: Kept | None) -> bool:
    """Whether it is the PIN; always as long."""
    against = kept or NOBODY
    same = hmac.compare_digest(_scrypt(against.salt, pin), against.hash)
    return same and kept is not None


def _scrypt(salt: bytes, pin: str) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=LANES).derive(pin.encode())
