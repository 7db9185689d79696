"""Init data as Telegram makes them, with a key of the tests in the place of Telegram's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import urlencode

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TOKEN = "1:test"
KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw().hex()


def init_data(user: int, at: datetime, *, token: str = TOKEN, key: Ed25519PrivateKey | None = KEY, **more: str) -> str:
    """What the client writes behind the `#` for a Telegram account; without a key only the token signs."""
    fields = {"auth_date": str(int(at.timestamp())), "user": json.dumps({"id": user, "first_name": "A"}), **more}
    text = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    if key is not None:
        signature = key.sign(f"{token.partition(':')[0]}:WebAppData\n{text}".encode())
        fields["signature"] = base64.urlsafe_b64encode(signature).decode().rstrip("=")
    text = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode(fields | {"hash": hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()})


def launch(client: httpx.Client, init: str, **more: str) -> httpx.Response:
    """What the page of the Mini App sends."""
    return client.post("/app", data={"init": init, "next": "/desk", **more})
