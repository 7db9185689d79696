"""Sealing who somebody is: the key lives apart from the data, so that a copy of the database names nobody."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class BrokenSeal(ValueError):
    """What was sealed cannot be opened with this key."""


LOCKED_KEY = 12 + 32 + 16
"""The nonce, the key of one envelope, and the tag that shows that nobody changed it."""


class Seal:
    """AES-256-GCM and HMAC-SHA256 names, both from one secret of at least 32 characters.

    What is sealed has a key of its own, and only that key is locked with the installation's (an envelope). So the secret
    never touches what people said, one opened envelope opens no other, and a new secret need only lock the small keys anew.
    """

    def __init__(self, secret: str) -> None:
        key = hashlib.sha256(b"davy box" + secret.encode()).digest()
        self._box = AESGCM(key)
        self._mark = b"\x02" + hashlib.sha256(b"davy key's name" + key).digest()[:4]
        self._mac = hashlib.sha256(b"davy mac" + secret.encode()).digest()

    def close(self, plain: str) -> bytes:
        """Sealed bytes; different every time. Padded, so that the length says nothing."""
        key = secrets.token_bytes(32)
        return self._mark + _locked(self._box, key) + _locked(AESGCM(key), plain.encode().ljust(32))

    def open(self, sealed: bytes) -> str:
        """What `close` was given, or what an older program sealed. Raises BrokenSeal."""
        try:
            if sealed.startswith(self._mark):
                key = _unlocked(self._box, sealed[len(self._mark) :][:LOCKED_KEY])
                return _unlocked(AESGCM(key), sealed[len(self._mark) + LOCKED_KEY :]).decode().rstrip()
            return _unlocked(self._box, sealed).decode().rstrip()
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal("sealed with another key") from error

    def name(self, *parts: object) -> str:
        """A stable name (32 hex digits) that says nothing without the key."""
        return hmac.new(self._mac, "\x1f".join(str(p) for p in parts).encode(), hashlib.sha256).hexdigest()[:32]

    def key(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, always the same."""
        return hmac.new(self._mac, b"key\x1f" + purpose.encode(), hashlib.sha256).digest()


def _locked(box: AESGCM, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + box.encrypt(nonce, plain, None)


def _unlocked(box: AESGCM, sealed: bytes) -> bytes:
    return box.decrypt(sealed[:12], sealed[12:], None)
