"""A time-stamping service (RFC 3161) signs that a line was there at a time: proof without us and without our keys."""

from __future__ import annotations

import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from rfc3161_client import TimestampRequestBuilder, VerificationError, VerifierBuilder, decode_timestamp_response

LIMIT_S = 10
MOST_BYTES = 100_000


class BadStamp(Exception):
    """It is not a time stamp of these words by a service we trust."""


def stamp(url: str, words: bytes, roots: Path) -> bytes:
    """Asks a service; answers what it signed (DER). Only a digest is sent. Raises OSError, BadStamp."""
    asked = TimestampRequestBuilder().data(words).build()
    request = urllib.request.Request(
        url, asked.as_bytes(), {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    )
    with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
        signed: bytes = answer.read(MOST_BYTES)
    check(signed, words, roots, nonce=asked.nonce)
    return signed


def check(signed: bytes, words: bytes, roots: Path, nonce: int | None = None) -> datetime:
    """When the words were there, by the service's own clock. Raises BadStamp, OSError (the roots cannot be read)."""
    try:
        builder = VerifierBuilder()
        for root in x509.load_pem_x509_certificates(roots.read_bytes()):
            builder = builder.add_root_certificate(root)
        if nonce is not None:
            builder = builder.nonce(nonce)
        response = decode_timestamp_response(signed)
        builder.build().verify_message(response, words)
    except (VerificationError, ValueError) as error:
        raise BadStamp(str(error) or "it cannot be read") from error
    return response.tst_info.gen_time.astimezone(UTC)
