"""Which webhooks there are, and which calls are due."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from bot.people.model import Caller
from bot.web.api.store import reached
from bot.web.webhooks.model import State, Webhook
from bot.web.webhooks.tables import WebhookCallRow, WebhookRow

_LIVE = WebhookRow.removed_at.is_(None)


def any_live(session: Session) -> bool:
    """Whether anybody is to be told of anything: asked for each fact that somebody could be told of."""
    return bool(session.scalar(select(exists().where(_LIVE))))


def live(session: Session) -> list[Webhook]:
    """The webhooks that are not removed."""
    return [as_webhook(row) for row in session.scalars(select(WebhookRow).where(_LIVE).order_by(WebhookRow.id))]


def named(session: Session, name: str) -> WebhookRow | None:
    """A live one by its name."""
    return session.scalar(select(WebhookRow).where(WebhookRow.live_name == name))


def as_webhook(row: WebhookRow) -> Webhook:
    """A row as a Webhook."""
    return Webhook(
        row.id, row.name, row.url, row.owner_id, tuple(row.units), tuple(row.scopes), tuple(row.events), row.created_at,
        row.removed_at, row.failures, row.retry_at,
    )  # fmt: skip


def caller(session: Session, webhook: Webhook, now: datetime) -> Caller | None:
    """As whom a webhook sees things at this moment; None where nobody answers for it any more."""
    units = reached(session, webhook.owner, webhook.units, now)
    return Caller(webhook.owner, "", (), 0, webhook.name, units, frozenset(webhook.scopes)) if units else None


def waiting(session: Session, now: datetime) -> list[int]:
    """The webhooks for which something is due and that may be tried."""
    call = WebhookCallRow
    query = (
        select(WebhookRow.id)
        .where(or_(WebhookRow.retry_at.is_(None), WebhookRow.retry_at <= now))
        .where(exists().where(call.webhook_id == WebhookRow.id, call.state == State.WAITING.value, call.next_at <= now))
    )
    return list(session.scalars(query.order_by(WebhookRow.id)))


def next_call(session: Session, webhook: int, now: datetime) -> WebhookCallRow | None:
    """What is tried there next: what was tried least, so that one that is never taken holds up no other."""
    call = WebhookCallRow
    query = select(call).where(call.webhook_id == webhook, call.state == State.WAITING.value, call.next_at <= now)
    return session.scalar(query.order_by(call.tries, call.id).limit(1))


def counts(session: Session) -> dict[tuple[str, str], int]:
    """How many calls of each live webhook stand how."""
    query = select(WebhookRow.name, WebhookCallRow.state, func.count()).join(
        WebhookCallRow, WebhookCallRow.webhook_id == WebhookRow.id
    )
    rows = session.execute(query.where(_LIVE).group_by(WebhookRow.name, WebhookCallRow.state))
    return {(name, state): n for name, state, n in rows}
