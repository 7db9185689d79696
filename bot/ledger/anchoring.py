"""Once a day the digest of the newest block is said outside: to a file, a webhook or a time-stamping service (RFC 3161), which

whoever owns the database cannot change.

A chain alone can be made anew as a whole by somebody who may write to the database; not so that it fits what was said outside.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot import outward
from bot.db import jobs
from bot.db.once import insert_once
from bot.ledger import timestamping
from bot.ledger.tables import AnchorRow, BlockRow

JOB = "ledger.anchor"
STAMPED_WITHIN = timedelta(days=1)
"""A stamp that came later says nothing of that day: it may be of a chain that was made anew."""


@dataclass(frozen=True)
class Outside:
    """Where anchors go; with none of them, none are made. `roots`: the certificates by which the service's stamps are checked."""

    file: Path | None = None
    webhook: str | None = None
    secret: str = ""
    service: str | None = None
    roots: Path | None = None

    @property
    def anywhere(self) -> bool:
        """Whether there is any place outside."""
        return any((self.file, self.webhook, self.service))


@dataclass(frozen=True)
class Anchor:
    """What was said outside: the newest block of a day, its digest, and how many facts were sealed by then."""

    on_date: date
    block: int
    digest: str
    facts: int


_outside: list[Outside] = [Outside()]


def configure(outside: Outside) -> None:
    """Sets where this process says it."""
    _outside[:] = [outside]


def anchor_day(session: Session, now: datetime) -> bool:
    """Notes the newest block once a UTC day and asks for it to be said outside."""
    outside, today = _outside[0], now.date()
    if not outside.anywhere or session.get(AnchorRow, today) is not None:
        return False
    last = session.scalar(select(BlockRow).order_by(BlockRow.id.desc()).limit(1))
    if last is not None:
        facts = session.scalar(select(func.sum(BlockRow.count))) or 0
        values = {"on_date": today, "block_id": last.id, "digest": last.digest, "facts": facts, "at": now, "ways": ""}
        if insert_once(session, AnchorRow, values, "on_date") is not None:
            jobs.enqueue(session, JOB, {"on_date": today.isoformat()}, key=f"anchor:{today}", now=now)
    return False


class SayOutside:
    """The job: what fails is tried again for some minutes; the next day's anchor holds all that this one would have."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The line that is said."""
        row = session.get(AnchorRow, date.fromisoformat(payload["on_date"]))
        return payload | ({"line": line(_anchor(row))} if row is not None else {})

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Says it, by every way. Raises OSError: then the whole is tried again, and a file gets no line twice."""
        if "line" not in payload:
            return payload
        outside, ways = _outside[0], []
        if outside.file is not None:
            append(outside.file, payload["line"])
            ways.append("file")
        if outside.webhook is not None:
            _post(outside, payload["line"])
            ways.append("webhook")
        stamp = None
        if outside.service is not None and outside.roots is not None:
            stamp = timestamping.stamp(outside.service, payload["line"].encode(), outside.roots)
            ways.append("stamp")
        return payload | {"ways": " ".join(ways), "stamp": stamp}

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Keeps that it was said."""
        which = AnchorRow.on_date == date.fromisoformat(payload["on_date"])
        session.execute(update(AnchorRow).where(which).values(ways=payload.get("ways", ""), stamp=payload.get("stamp")))


def stamped(session: Session, roots: Path) -> tuple[list[tuple[Anchor, datetime]], list[str], int]:
    """The anchors that a service has signed, with its time; what is wrong with others; and how many bear no stamp."""
    good, wrong, without = [], [], 0
    for row in session.scalars(select(AnchorRow).order_by(AnchorRow.on_date)):
        if row.stamp is None:
            without += 1
            continue
        anchor = _anchor(row)
        try:
            at = timestamping.check(row.stamp, line(anchor).encode(), roots)
        except timestamping.BadStamp as error:
            wrong.append(f"the anchor of {row.on_date} is not what was stamped: {error}")
            continue
        if not anchor.on_date <= at.date() <= anchor.on_date + STAMPED_WITHIN:
            wrong.append(f"the anchor of {row.on_date} was stamped on {at.date()}")
        good.append((anchor, at))
    return good, wrong, without


def line(anchor: Anchor) -> str:
    """An anchor as one line of JSON; the same anchor gives the same line."""
    said = {"davy": "anchor", "on": anchor.on_date.isoformat(), "block": anchor.block, "digest": anchor.digest}
    return json.dumps(said | {"facts": anchor.facts}, sort_keys=True)


def read(lines: Iterable[str]) -> list[Anchor]:
    """Anchors from the lines of a file or of what a webhook was told. Raises ValueError at a line that is none."""
    found = []
    for number, words in enumerate(lines, 1):
        if words.strip():
            try:
                said = json.loads(words)
                found.append(Anchor(date.fromisoformat(said["on"]), said["block"], said["digest"], said["facts"]))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"line {number} is no anchor") from error
    return found


def unsaid(session: Session, now: datetime) -> int:
    """How many anchors of the last week nobody outside has heard of."""
    since = (now - timedelta(days=7)).date()
    query = select(func.count()).select_from(AnchorRow).where(AnchorRow.on_date >= since, AnchorRow.ways == "")
    return session.scalar(query.where(AnchorRow.at < now - timedelta(hours=1))) or 0


def append(file: Path, words: str) -> None:
    """Adds a line, durably, unless it is the last. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and words in file.read_text(encoding="utf-8").splitlines()[-3:]:
        return
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640), "a", encoding="utf-8") as opened:
        opened.write(words + "\n")
        opened.flush()
        os.fsync(opened.fileno())


def signature(secret: str, body: bytes) -> str:
    """What stands in `Davy-Signature`: HMAC-SHA256 over the body, in hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _post(outside: Outside, words: str) -> None:
    body = words.encode()
    headers = {"Content-Type": "application/json", "Davy-Signature": signature(outside.secret, body)}
    outward.post(outside.webhook or "", body, headers)


def _anchor(row: AnchorRow) -> Anchor:
    return Anchor(row.on_date, row.block_id, row.digest.hex(), row.facts)
