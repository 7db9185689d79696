"""How calls are signed: as Standard Webhooks has it, HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

PREFIX, VERSION = "whsec_", "v1"
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret as the other side is given it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, id: str, at: int, body: bytes) -> str:
    """What stands in `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    made = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"{VERSION},{base64.b64encode(made).decode()}"


def headers(secret: str, id: str, at: int, body: bytes) -> dict[str, str]:
    """All that a call carries. The id is the same when it comes again."""
    return {
        "Content-Type": "application/json", "User-Agent": "davy", "webhook-id": id, "webhook-timestamp": str(at),
        "webhook-signature": signature(secret, id, at, body),
    }  # fmt: skip
