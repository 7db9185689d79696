"""`/metrics`: what a collector of the operator's reads. Nothing in it names or counts a person."""

from __future__ import annotations

import asyncio
import hmac
from datetime import datetime
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.backup.places import age
from bot.db.jobs import JobRow
from bot.db.reading import reading
from bot.delivery.outbox import Lane
from bot.delivery.tables import LadderRow, OutboxRow, ParkedRow
from bot.kit.clock import SystemClock
from bot.ledger.anchoring import unsaid
from bot.web.webhooks.tables import WebhookCallRow

LOOPBACK = frozenset({"127.0.0.1", "::1"})
PROXIED = ("x-forwarded-for", "forwarded", "x-real-ip")
"""A proxy on this machine calls from loopback as well, for anybody; it says so with one of these."""


class Metrics:
    """The figures of one house, brought up to date when they are asked for."""

    def __init__(self, house: Any) -> None:
        self._house = house
        self._registry = registry = CollectorRegistry()
        self._turn = asyncio.Lock()
        self._counted: dict[str, float] = {}
        self._counters = {
            "handled": Counter(
                "davy_updates_handled_total", "Updates whose effects are committed, since the start", registry=registry
            ),
            "parked": Counter(
                "davy_updates_parked_total",
                "Updates that failed and were put aside, since the start",
                registry=registry,
            ),
            "sent": Counter("davy_messages_sent_total", "Calls that Telegram has accepted", registry=registry),
            "failures": Counter(
                "davy_work_failures_total", "Jobs and ticks that raised, each try counted", registry=registry
            ),
            "groups": Counter("davy_writer_groups_total", "Commits of the one writer", registry=registry),
            "done": Counter("davy_writer_work_total", "Pieces of work in these commits", registry=registry),
            "alone": Counter(
                "davy_writer_alone_total",
                "Pieces of work run again alone, because their group failed",
                registry=registry,
            ),
        }
        self._parked = Gauge(
            "davy_updates_aside", "Updates put aside now", ["state"], registry=registry
        )  # waiting for another try, or dead: left for the operator
        self._waiting = Gauge(
            "davy_outbox_waiting", "Messages that are due and not sent yet", ["lane"], registry=registry
        )
        self._planned = Gauge("davy_outbox_planned", "Messages that wait for their time", registry=registry)
        self._oldest = Gauge(
            "davy_outbox_oldest_seconds", "For how long the oldest due message has waited", ["lane"], registry=registry
        )
        self._jobs = Gauge("davy_jobs", "Jobs that are not done", ["state"], registry=registry)
        self._backup = Gauge(
            "davy_backup_age_seconds",
            "Age of the newest whole backup in DAVY_BACKUP_DIR; -1 without one",
            registry=registry,
        )
        self._unanchored = Gauge(
            "davy_ledger_unanchored", "Anchors of the last week that nobody outside has heard of", registry=registry
        )
        self._calls = Gauge(
            "davy_webhook_calls", "Calls to other programs, waiting or given up", ["state"], registry=registry
        )
        self._climbing = Gauge(
            "davy_ladders_climbing",
            "Ladders that climb: somebody was called and has not answered",
            registry=registry,
        )
        self._parts = Gauge("davy_part_running", "1 while a background part runs", ["part"], registry=registry)

    async def answer(self, request: Request) -> Response:
        """The endpoint: for this machine, or with the token of DAVY_METRICS_TOKEN."""
        if not self._may(request):
            return PlainTextResponse("not from here, or without the token", 403)
        async with self._turn:
            await asyncio.to_thread(self._update)
            return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)

    def _may(self, request: Request) -> bool:
        token = self._house.settings.metrics_token
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token is not None and hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
            return True
        proxied = any(name in request.headers for name in PROXIED)
        return not proxied and request.client is not None and request.client.host in LOOPBACK

    def _update(self) -> None:
        house = self._house
        now = {
            "handled": house.receiver.handled,
            "parked": house.receiver.parked,
            "sent": house.sender.sent,
            "failures": house.worker.failures,
            "groups": house.writer.groups,
            "done": house.writer.done,
            "alone": house.writer.alone,
        }
        for name, value in now.items():
            self._counters[name].inc(value - self._counted.get(name, 0))
            self._counted[name] = value
        for part, running in house.parts.items():
            self._parts.labels(part).set(running)
        with reading(house.engine) as session:
            self._outbox(session, house.clock.now())
            self._queues(session)
            self._trust(session)

    def _outbox(self, session: Session, now: datetime) -> None:
        due = OutboxRow.not_before <= now
        query = (
            select(OutboxRow.lane, func.count(), func.min(OutboxRow.not_before, type_=OutboxRow.not_before.type))
            .where(OutboxRow.state.in_(("waiting", "started")), due)
            .group_by(OutboxRow.lane)
        )
        found = {row[0]: row[1:] for row in session.execute(query)}
        for lane in Lane:
            count, since = found.get(lane.value, (0, now))
            self._waiting.labels(lane.name.lower()).set(count)
            self._oldest.labels(lane.name.lower()).set((now - since).total_seconds())
        planned = select(func.count()).select_from(OutboxRow).where(OutboxRow.state == "waiting", ~due)
        self._planned.set(session.scalar(planned) or 0)

    def _trust(self, session: Session) -> None:
        place, now = self._house.settings.backup_dir, SystemClock().now()
        old = age(place, now) if place is not None else None
        self._backup.set(-1 if old is None else old.total_seconds())
        self._unanchored.set(unsaid(session, now))
        climbing = select(func.count()).select_from(LadderRow).where(LadderRow.state == "climbing")
        self._climbing.set(session.scalar(climbing) or 0)

    def _queues(self, session: Session) -> None:
        for gauge, row, states in (
            (self._jobs, JobRow, ("waiting", "failed")),
            (self._parked, ParkedRow, ("waiting", "dead")),
            (self._calls, WebhookCallRow, ("waiting", "dead")),
        ):
            query = select(row.state, func.count()).where(row.state.in_(states)).group_by(row.state)
            found = {row[0]: row[1] for row in session.execute(query)}
            for state in states:
                gauge.labels(state).set(found.get(state, 0))
