"""The installation's signature under what is issued: Ed25519, so that anybody with the public key can check it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.delivery import seals

PURPOSE = "signature under what is issued"


class NotSigned(ValueError):
    """It is not what was signed, or was signed by another; says which."""


def canonical(value: Any) -> bytes:
    """The one form in which values are signed: JSON, keys in order, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def public_key() -> str:
    """What others check with, in hexadecimal. The same as long as the installation has its secret."""
    return _private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def signed(body: Any) -> bytes:
    """The body with the key and the signature, as bytes: the same body gives the same."""
    return canonical({"body": body, "key": public_key(), "signature": _private().sign(canonical(body)).hex()}) + b"\n"


def opened(data: bytes, key: str | None = None) -> Any:
    """The body of what `signed` made. Raises NotSigned; `key`: by whom it must have been signed."""
    try:
        said = json.loads(data)
        body, by, signature = said["body"], str(said["key"]), bytes.fromhex(said["signature"])
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(by)).verify(signature, canonical(body))
    except (ValueError, KeyError, TypeError) as error:
        raise NotSigned("this is no signed file") from error
    except InvalidSignature as error:
        raise NotSigned("the signature does not fit: it was changed") from error
    if key is not None and by != key:
        raise NotSigned("it was signed with another key")
    return body


def sha256(data: bytes) -> str:
    """A file's name for ever."""
    return hashlib.sha256(data).hexdigest()


def _private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seals.seal().key(PURPOSE))
