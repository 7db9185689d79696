"""Webhooks are made and removed; a fact becomes calls; a call is taken and settled. In the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.db.writer import after_commit
from bot.delivery import seals
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.web.webhooks import signing, store
from bot.web.webhooks.model import (
    KEPT,
    WEBHOOK_MADE,
    WEBHOOK_REMOVED,
    Due,
    Outcome,
    State,
    Webhook,
    wait_after,
)
from bot.web.webhooks.tables import WebhookCallRow, WebhookRow

BELL = "webhooks"
_call = WebhookCallRow


def make_webhook(
    session: Session,
    name: str,
    url: str,
    owner: int,
    units: Sequence[int],
    events: Sequence[str],
    scopes: Sequence[str],
    now: datetime,
) -> str | None:
    """A webhook; answers its secret, None where there is one of that name."""
    secret = signing.new_secret()
    values = {
        "name": name, "live_name": name, "url": url, "secret_sealed": seals.seal().close(secret), "owner_id": owner,
        "units": list(units), "scopes": sorted(scopes), "events": sorted(events), "created_at": now, "failures": 0,
    }  # fmt: skip
    id = insert_once(session, WebhookRow, values, "live_name")
    if id is None:
        return None
    body = {"webhook": id, "events": len(events), "units": len(units)}
    record(session, Fact(WEBHOOK_MADE, f"webhook:{id}", now, owner, body=body), now)
    return secret


def remove_webhook(session: Session, name: str, now: datetime) -> bool:
    """Ends one: what it still waited for is not sent. False where there is none of that name."""
    row = store.named(session, name)
    if row is None:
        return False
    id, mine = row.id, (WebhookRow.id == row.id, WebhookRow.removed_at.is_(None))
    if changed(session, update(WebhookRow).where(*mine).values(removed_at=now, live_name=None)) != 1:
        return False
    open_ = (_call.webhook_id == id, _call.state == State.WAITING.value)
    session.execute(update(_call).where(*open_).values(state=State.DROPPED.value, done_at=now))
    record(session, Fact(WEBHOOK_REMOVED, f"webhook:{id}:removed", now, body={"webhook": id}), now)
    return True


def follow(session: Session, event: str, payload: Mapping[str, Any], days: int, now: datetime) -> None:
    """A fact: one call for each webhook that wants it. The fact's own moment is kept, which may be coarse, and no other."""
    at = datetime.fromisoformat(payload["at"])
    where = payload["body"].get("unit") or payload["unit"]  # what it is about goes before whose doing it was
    unit = people.unit(session, where) if isinstance(where, int) else None
    for webhook in store.live(session):
        if event in webhook.events and _reaches(session, webhook, unit.path if unit else None, now):
            put(session, webhook.id, event, payload, f"{payload['key']}:{event}:{webhook.id}", days, at, now)


def _reaches(session: Session, webhook: Webhook, path: str | None, now: datetime) -> bool:
    """Of a fact without a unit only the room can say where it belongs; it is asked when the call is made."""
    caller = store.caller(session, webhook, now)
    return caller is not None and (path is None or caller.sees(path))


def put(
    session: Session, webhook: int, event: str, payload: Mapping[str, Any], key: str, days: int, at: datetime, now: datetime
) -> None:  # fmt: skip
    """A call that is due now, once a key."""
    values = {
        "key": key, "webhook_id": webhook, "event": event, "person_id": payload.get("person"), "payload": dict(payload),
        "at": at, "state": State.WAITING.value, "tries": 0, "next_at": at, "gives_up_at": at + timedelta(days=days),
    }  # fmt: skip
    insert_once(session, _call, values, "key")
    after_commit(session, BELL)


def take(session: Session, webhook: int, now: datetime) -> Due | None:
    """The next call to be made. The try is counted before it is made, so that one that kills the process is given up too."""
    row = store.next_call(session, webhook, now)
    if row is None:
        return None
    tries = row.tries + 1
    mine = (_call.id == row.id, _call.state == State.WAITING.value, _call.tries == row.tries)
    if changed(session, update(_call).where(*mine).values(tries=tries, next_at=now + wait_after(tries))) != 1:
        return None
    found = session.get_one(WebhookRow, webhook, populate_existing=True)
    secret = seals.seal().open(found.secret_sealed)
    return Due(row.id, webhook, found.url, secret, row.event, row.payload, tries)


def settle(session: Session, due: Due, outcome: Outcome, now: datetime) -> None:
    """What became of a try."""
    mine = (_call.id == due.id, _call.state == State.WAITING.value)
    if outcome.left or outcome.good:
        state = State.DROPPED if outcome.left else State.SENT
        session.execute(update(_call).where(*mine).values(state=state.value, done_at=now, error=None, payload={}))
        if outcome.good:
            session.execute(update(WebhookRow).where(WebhookRow.id == due.webhook).values(failures=0, retry_at=None))
        return
    over = session.scalar(select(_call.gives_up_at).where(_call.id == due.id))
    dead = outcome.gone or over is None or over <= now
    values: dict[str, Any] = {"error": (outcome.error or f"HTTP {outcome.status}")[:200]}
    values |= {"state": State.DEAD.value, "done_at": now, "payload": {}} if dead else {}
    session.execute(update(_call).where(*mine).values(**values))
    failures = (session.scalar(select(WebhookRow.failures).where(WebhookRow.id == due.webhook)) or 0) + 1
    waits = {"failures": failures, "retry_at": now + wait_after(failures)}
    session.execute(update(WebhookRow).where(WebhookRow.id == due.webhook).values(**waits))


def forget(session: Session, now: datetime) -> bool:
    """Calls that were done long ago go."""
    session.execute(delete(_call).where(_call.state != State.WAITING.value, _call.done_at < now - KEPT))
    return False
