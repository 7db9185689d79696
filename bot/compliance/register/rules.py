"""When a source is looked at again, what may be watched, whether a page has changed. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

LOOK_DAYS, EVALUATE_DAYS = 90, 365
"""Where the register says nothing else: a source is looked at each quarter, and evaluated each year."""
MOST_DAYS = 1100
MOST_WORDS = 1500
PATIENCE = timedelta(hours=1)
WATCH_EVERY = timedelta(days=1)
_TAGS = re.compile(rb"(?is)<(script|style|head|noscript)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>")
_SPACE = re.compile(rb"\s+")


def digest(page: bytes) -> str:
    """What a page says, without scripts, markup and spacing: so that only other words are a change."""
    words = _SPACE.sub(b" ", _TAGS.sub(b" ", page)).strip()
    return sha256(words).hexdigest()


def may_watch(address: str, hosts: Collection[str]) -> bool:
    """Whether a page may be fetched: https (or http) at one of the hosts that the operator named (`host`, or `host:port`)."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host, plain = (parts.hostname or "").lower(), parts.username is None and parts.password is None
    usual = port in (None, {"https": 443, "http": 80}.get(parts.scheme))
    named = host in hosts if usual else f"{host}:{port}" in hosts
    return parts.scheme in ("https", "http") and plain and named


def days_late(due: datetime, now: datetime) -> int:
    """Whole days since something was due; 0 before."""
    return max((now - due).days, 0)


def in_parts(words: str) -> tuple[str, date | None, str] | None:
    """A new version as it is typed: its name, on the next line since when it holds (YYYY-MM-DD), then what it changes."""
    lines = [line.strip() for line in words.strip().splitlines() if line.strip()]
    if len(lines) < 3 or len(lines[0]) > 80:
        return None
    try:
        since = date.fromisoformat(lines[1]) if len(lines[1]) == 10 else None
    except ValueError:
        return None
    changes = "\n".join(lines[2:])
    return None if since is None or len(changes) > MOST_WORDS else (lines[0], since, changes)
