"""Sealing who somebody is: the key lives apart from the data, so that a copy of the database names nobody."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class BrokenSeal(ValueError):
    """What was sealed cannot be opened with this key."""


class Seal:
    """AES-256-GCM with a random nonce, and HMAC-SHA256 names; both from one secret of at least 32 characters."""

    def __init__(self, secret: str) -> None:
        self._box = AESGCM(hashlib.sha256(b"davy box" + secret.encode()).digest())
        self._mac = hashlib.sha256(b"davy mac" + secret.encode()).digest()

    def close(self, plain: str) -> bytes:
        """Sealed bytes; different every time. Padded, so that the length says nothing."""
        nonce = secrets.token_bytes(12)
        return nonce + self._box.encrypt(nonce, plain.encode().ljust(32), None)

    def open(self, sealed: bytes) -> str:
        """What `close` was given. Raises BrokenSeal."""
        try:
            return self._box.decrypt(sealed[:12], sealed[12:], None).decode().rstrip()
        except InvalidTag as error:
            raise BrokenSeal("sealed with another key") from error

    def name(self, *parts: object) -> str:
        """A stable name (32 hex digits) that says nothing without the key."""
        return hmac.new(self._mac, "\x1f".join(str(p) for p in parts).encode(), hashlib.sha256).hexdigest()[:32]

    def key(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, always the same."""
        return hmac.new(self._mac, b"key\x1f" + purpose.encode(), hashlib.sha256).digest()
