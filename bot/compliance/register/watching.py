"""Pages that are watched: fetched once a day by a slow job, at the hosts that the operator named and nowhere else.

Off unless DAVY_WATCH_HOSTS names hosts. A page that says the same says it by its ETag or by a hash of its words; the first look
only remembers. No redirect is followed: an address that moved is said to whoever keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.compliance.register import actions, rules, store
from bot.compliance.register.model import STIRRED
from bot.compliance.register.tables import LawRow
from bot.db import jobs
from bot.db.once import changed

FETCH = "compliance.register.fetch"
MOST_BYTES, SECONDS = 3_000_000, 20
AGENT = "davy-register-watch"


@dataclass
class Composition:
    """What only the composition root knows."""

    hosts: frozenset[str] = field(default_factory=frozenset)


composed = Composition()


def configure(hosts: frozenset[str]) -> None:
    """Called at the composition root: at which hosts pages may be watched."""
    composed.hosts = hosts


def watch(session: Session, now: datetime, most: int = 5) -> bool:
    """A tick: pages that were not looked at for a day are fetched by jobs; True while more is left."""
    if not composed.hosts:
        return False
    old = or_(LawRow.watched_at.is_(None), LawRow.watched_at <= now - rules.WATCH_EVERY)
    query = select(LawRow).where(LawRow.watch != "", LawRow.retired_at.is_(None), old).order_by(LawRow.id).limit(most)
    rows = session.scalars(query).all()
    for row in rows:
        row.watched_at = now
        key = f"{FETCH}:{row.id}:{now.isoformat()}"
        if rules.may_watch(row.watch, composed.hosts):
            payload = {"law": row.id, "address": row.watch, "tag": row.watch_tag}
            jobs.enqueue(session, FETCH, payload, key=key, now=now, tries=2)
        else:
            row.watch_error = "host_not_named"
    session.flush()
    return len(rows) == most


class Fetched:
    """The job: the page is fetched outside any transaction, then compared."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Its digest, or that it is the same, or what went wrong."""
        if not rules.may_watch(payload["address"], composed.hosts):
            return payload | {"error": "host_not_named"}
        headers = {"User-Agent": AGENT} | ({"If-None-Match": payload["tag"]} if payload["tag"] else {})
        try:
            return payload | fetched(payload["address"], headers)
        except httpx.HTTPError as error:
            return payload | {"error": type(error).__name__[:80]}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Remembers it; a page with other words stirs its entry, and whoever looks after it hears of it once."""
        row = session.get(LawRow, payload["law"], populate_existing=True)
        if row is None or row.watch != payload["address"]:
            return
        before, digest = row.watch_digest, payload.get("digest")
        values = {"watch_error": payload.get("error")}
        if digest is not None:
            values |= {"watch_digest": digest, "watch_tag": payload.get("new_tag")}
        stirred = digest is not None and before is not None and digest != before
        if stirred and row.stirred_at is None:
            values |= {"stirred_at": now}
        same = LawRow.watch_digest.is_(None) if before is None else LawRow.watch_digest == before
        if changed(session, update(LawRow).where(LawRow.id == row.id, same).values(**values)) != 1 or not stirred:
            return
        found = store.law(session, row.id)
        assert found is not None
        key = f"stirred:{digest}"[:60]
        actions.note(session, STIRRED, found, None, now, key)
        owner = actions.owner_of(session, found, now)
        actions.ask(session, found, owner, "stirred", f"law:{row.id}:{key}", now)


def fetched(address: str, headers: dict[str, str], transport: httpx.BaseTransport | None = None) -> dict[str, Any]:
    """One page, no redirect followed, its size capped. Raises httpx.HTTPError."""
    with httpx.Client(timeout=SECONDS, follow_redirects=False, transport=transport) as client:
        with client.stream("GET", address, headers=headers) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return {"error": None}
            if answer.status_code != httpx.codes.OK:
                return {"error": f"status_{answer.status_code}"}
            page = b""
            for part in answer.iter_bytes():
                page += part
                if len(page) > MOST_BYTES:
                    return {"error": "too_big"}
            tag = answer.headers.get("etag")
    return {"digest": rules.digest(page), "new_tag": tag[:200] if tag else None, "error": None}
