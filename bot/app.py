"""The composition root (long because it is the one place where things are wired)."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot import features
from bot.assessment.issuing import anchors
from bot.assessment.scores import policy
from bot.compliance.register import watching
from bot.compliance.violations import protecting
from bot.db.bells import Bells
from bot.db.engine import connect
from bot.db.locking import lock, made_once
from bot.db.writer import Writer
from bot.delivery import (
    approvals,
    budget,
    claiming,
    drawings,
    estimate,
    handling,
    leases,
    pruning,
    replicas,
    seals,
    sending_store,
    telegram,
)
from bot.delivery.absence import NOTED_S
from bot.delivery.calling import Caller
from bot.delivery.leading import POLL, POLLERS, Leading, take_over
from bot.delivery.limiter import Limiter
from bot.delivery.receiver import Receiver
from bot.delivery.router import Router
from bot.delivery.sender import Sender
from bot.delivery.transport import AiohttpRequest
from bot.delivery.urgent import Urgent
from bot.delivery.working import Worker
from bot.handover import actions as handover
from bot.hazards import company as hazards
from bot.hazards import listing as hazards_listing
from bot.hazards import outside
from bot.hazards import protecting as hazards_protecting
from bot.hazards import store as hazards_store
from bot.hazards.rules import Company, told
from bot.incidents import company as incidents
from bot.inspections.visits import guests
from bot.kit.clock import Clock, SystemClock
from bot.kit.endpoints import Event
from bot.kit.room import Room, Tick
from bot.kit.seal import Seal
from bot.kit.texts import Text, text
from bot.learning import waiting
from bot.learning.certificates import actions as certificates
from bot.learning.induction import badges
from bot.ledger import anchoring
from bot.ledger.actions import subscribe
from bot.ledger.ageing import age
from bot.ledger.sealing import seal_block
from bot.library import shipped
from bot.media import drawing
from bot.media import store as media
from bot.onboarding import actions as onboarding
from bot.onboarding import nightly
from bot.people import store as people
from bot.privacy import keeping as privacy
from bot.rewards import policy as points
from bot.risks import company as risks
from bot.risks.warning import company as warning
from bot.sensors import actions as sensors
from bot.sensors.listening import Listener
from bot.sensors.receiving import readings_of
from bot.settings import BadSettings, Settings
from bot.web import address
from bot.web.audit import pages as audit
from bot.web.factor import rules as factors
from bot.web.factor import store as factor_store
from bot.web.heartbeat import EVERY_S, Heartbeat
from bot.web.live import BELL, Live
from bot.web.model import OPENED_BY
from bot.web.standing import pages as standing
from bot.web.webhooks import sending as webhooks

log = structlog.get_logger("davy")
SWITCH_S = 0.0005
"""So long the loop waits for a thread that computes: with Python's five milliseconds a slot a millisecond could not be kept."""
GARBAGE = (10_000, 20, 50)
"""How many objects come before the collector looks: at Python's 700 it costs presses a second (`python -m bench presses`)."""


class House:
    """A running Davy: everything wired, started and stopped together."""

    def __init__(self, settings: Settings, clock: Clock | None = None, rooms: tuple[Room, ...] | None = None) -> None:
        self.settings, self.clock = settings, clock or SystemClock()
        self.rooms = rooms if rooms is not None else features.rooms()
        self._lock: IO[str] | None = lock(settings.database_url)
        self.engine: Engine = connect(settings.database_url)
        self.writer = Writer(self.engine)
        # where two can write at once, sending does not wait behind what the rooms write; SQLite has one lock for all
        self.sending = self.writer if self._lock is not None else Writer(self.engine)
        compose(settings, self.rooms)
        self._wire()

    def _wire(self) -> None:
        settings, clock = self.settings, self.clock
        self.router = Router.of(route for room in self.rooms for route in room.routes)
        self.transport = AiohttpRequest(
            settings.bot_token.get_secret_value(), api_url=settings.bot_api_url, proxy=settings.proxy
        )
        self.limiter = Limiter(settings.rate_per_second, settings.rate_per_chat)
        self.caller = Caller(self.transport, self.engine, Path(str(shipped.content_path())))
        self.sender = Sender(self.sending, self.caller, self.limiter, clock)
        self._intake = (POLLERS if settings.updates == "polling" else "") + settings.name
        content = Path(str(shipped.content_path()))
        self.urgent = Urgent(self.engine, self.router, self.transport, self.limiter, clock, content)
        self.receiver = Receiver(
            self.writer, self.router, self.transport, self.limiter, clock, self._intake, self.urgent
        )
        self.polling = Leading(self.writer, POLL, secrets.token_hex(8))
        self.sensors: Listener | None = None
        self.hearing = Leading(self.writer, "mqtt", secrets.token_hex(8))
        if settings.mqtt_url is not None:
            url = settings.mqtt_url.get_secret_value()
            self.sensors = Listener(url, settings.mqtt_topic, self._client_name, self._sensed)
        self.worker = Worker(self.writer, self.transport, clock, self._handlers(), self._ticks())
        self.webhooks = webhooks.Webhooks(self.writer, clock, self.rooms, inside=settings.webhook_inside)
        self.writer.bells = self.sending.bells = {
            "webhooks": self.webhooks.bell,
            "outbox": self._queued,
            "jobs": lambda: self.worker.bell("jobs"),
            "downloads": lambda: self.worker.bell("downloads"),
        }
        self.bells = Bells(self.engine, self._rung)
        standing.parts[:] = [lambda: self.parts]
        self.live = Live(self.engine, clock, self.rooms, self.bells.tell)
        self.writer.committed = self.sending.committed = self.live.committed
        self.metronome = AsyncIOScheduler(timezone="UTC")
        self._tasks: list[asyncio.Task[Any]] = []
        self.failed: asyncio.Future[None] | None = None

    def _queued(self) -> None:
        """Something is to be sent: by this process, or by the one that holds the lease."""
        self.sender.bell()
        if not self.sender.leads:
            self.bells.tell("outbox")

    def _rung(self, name: str) -> None:
        """Another replica has something for this one."""
        if name == "outbox":
            self.sender.bell()
        elif name.startswith(BELL):
            self.live.changed([name.removeprefix(BELL)])

    @property
    def _client_name(self) -> str:
        """One name for all replicas, so that whoever listens next goes on with what the broker has kept."""
        return hashlib.sha256(f"mqtt {self.key}".encode()).hexdigest()[:12]

    @property
    def key(self) -> str:
        """The installation's secret."""
        return secret_key(self.settings)

    @property
    def webhook_secret(self) -> str:
        """What Telegram must say with each update."""
        given = self.settings.webhook_secret
        token = self.settings.bot_token.get_secret_value()
        return given.get_secret_value() if given else hashlib.sha256(f"webhook {token}".encode()).hexdigest()

    @property
    def parts(self) -> dict[str, bool]:
        """The background parts by name (sender, worker, receiver), and whether each still runs."""
        return {task.get_name().removeprefix("davy-"): not task.done() for task in self._tasks}

    def _handlers(self) -> dict[str, Any]:
        handlers: dict[str, Any] = {handling.RETRY_JOB: self._retry_parked, anchoring.JOB: anchoring.SayOutside()}
        for room in self.rooms:
            handlers |= dict(room.jobs)
            handlers |= {s.job: s.do for s in room.subscriptions}
        handlers |= {s.job: s.do for s in webhooks.subscriptions(self.rooms, self.settings.webhook_days)}
        return handlers

    def _retry_parked(self, session: Session, payload: dict[str, Any], now: Any) -> None:
        handling.retry_parked(session, self.router, payload["update_id"], now)

    def _ticks(self) -> tuple[Tick, ...]:
        return (
            *(tick for room in self.rooms for tick in room.ticks),
            Tick("delivery.expire", lambda session, now: sending_store.expire(session, now) == 500, 30),
            Tick("ledger.seal", seal_block, 60),
            Tick("ledger.age", age, 600),
            Tick("ledger.anchor", anchoring.anchor_day, 600),
            Tick("delivery.settle", pruning.settle, 60),
            Tick("delivery.prune", pruning.prune, 3600),
            Tick("delivery.months", pruning.make_months, 3600),
        )

    async def start(self) -> dict[str, Any]:
        """Starts everything; answers what Telegram says of the bot (getMe). Raises telegram's errors on a wrong token."""
        self.failed = asyncio.get_running_loop().create_future()
        await self.transport.initialize()
        me: dict[str, Any] = await self.transport.call("getMe")
        onboarding.configure(bot_username=str(me.get("username") or ""))
        badges.configure(str(me.get("username") or ""))
        await self._updates()
        if self._lock is not None:  # so nobody else serves: whoever held a lease has died
            await self.writer.in_transaction(leases.release_all)
        self.bells.start()
        await self._join()
        self._spawn(self.sender.run, "sender")
        self._spawn(self.worker.run, "worker")
        if self.settings.updates == "polling":
            self._spawn(lambda: self.polling.run(self._poll), "receiver")
        else:
            await self.receiver.recover()
            await self.receiver.note(by_webhook=True)
        if self.sensors is not None:
            listen = self.sensors.run
            self._spawn(lambda: self.hearing.run(listen), "sensors")
        self._spawn(self.webhooks.run, "webhooks")
        self._at_each_beat(
            partial(self.receiver.note, by_webhook=self.settings.updates != "polling"), NOTED_S, "delivery.note"
        )
        for tick in self.worker.ticks:
            self._at_each_beat(partial(self.worker.tick, tick), tick.seconds, tick.name)
        if self.settings.heartbeat_url is not None:
            self._at_each_beat(
                Heartbeat(self, self.settings.heartbeat_url.get_secret_value()).beat, EVERY_S, "heartbeat"
            )
        self.metronome.start()
        sys.setswitchinterval(SWITCH_S)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GARBAGE)
        log.info("started", bot=me.get("username"), updates=self.settings.updates)
        return me

    async def _join(self) -> None:
        """Is seen by the other replicas, and looks whether they are like this one. Raises replicas.Unlike."""
        if self._lock is not None:
            return
        me = replicas.this(self.settings.name, secret_key(self.settings), self.settings.data_dir)
        for wrong in await self.writer.in_transaction(replicas.join, me):
            log.error("replicas differ", what=wrong)
        self._at_each_beat(partial(self.writer.in_transaction, replicas.beat, me), replicas.EVERY_S, "replicas.beat")

    def _at_each_beat(self, work: Callable[[], Awaitable[Any]], seconds: float, name: str) -> None:
        async def do() -> None:
            # the metronome complains of what it cancels itself at the end
            with contextlib.suppress(asyncio.CancelledError):
                await work()

        self.metronome.add_job(do, "interval", seconds=seconds, coalesce=True, max_instances=1, id=name)

    async def _poll(self) -> None:
        """Asks for updates, as the only one; begins with those at which the one before went."""
        await self.writer.in_transaction(take_over, self._intake)
        await self.receiver.recover()
        await self.receiver.poll()

    async def _sensed(self, payload: bytes, sensor: str) -> None:
        """What came over MQTT, committed. Raises Unreadable."""
        now = self.clock.now()
        await self.writer.in_transaction(sensors.take_in, readings_of(payload, now, sensor), now)

    async def _updates(self) -> None:
        if self.settings.updates == "polling":
            await self.transport.call("deleteWebhook", {"drop_pending_updates": False})
            return
        await self.transport.call(
            "setWebhook",
            {
                "url": f"{(self.settings.webhook_url or '').rstrip('/')}/webhook",
                "secret_token": self.webhook_secret,
                "allowed_updates": telegram.ALLOWED,
                "max_connections": 50,
            },
        )

    def _spawn(self, work: Callable[[], Any], name: str) -> None:
        task = asyncio.create_task(work(), name=f"davy-{name}")
        task.add_done_callback(self._watch)
        self._tasks.append(task)

    def _watch(self, task: asyncio.Task[Any]) -> None:
        """A part that dies takes the house down: a supervisor restarts it, and nothing received is lost."""
        if task.cancelled() or task.exception() is None:
            return
        error = task.exception()
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        log.critical("a part died", part=task.get_name(), error=str(error).splitlines()[:1])
        if self.failed is not None and not self.failed.done():
            self.failed.set_exception(error or RuntimeError(task.get_name()))

    async def wait(self) -> None:
        """Until some part fails; raises its error."""
        if self.failed is not None:
            await asyncio.shield(self.failed)

    async def settle(self, patience: timedelta = timedelta(seconds=20), *, ticks: bool = True) -> None:
        """Runs what is due (without `ticks` only what was queued) and waits until it is sent: for clocks moved by hand."""
        until = asyncio.get_running_loop().time() + patience.total_seconds()
        for tick in self.worker.ticks if ticks else ():
            await self.worker.tick(tick)
        for _ in range(2):
            before = self.writer.rung
            await self.worker.run_downloads()
            await self.worker.run_jobs()
            await self.webhooks.send_due()
            if self.writer.rung == before:
                break  # nothing was queued, so nothing more has come of it
        while asyncio.get_running_loop().time() < until and await asyncio.to_thread(self._unsent):
            self.sender.bell()
            await asyncio.sleep(0.02)

    def _unsent(self) -> bool:
        if not self.sender.idle:  # before the look as well: what is put back meanwhile would be seen by neither
            return True
        with self.engine.connect().execution_options(read_only=True) as connection:
            rows = claiming.next_rows(connection, [0, 1, 2, 3], self.clock.now(), 1)
        return bool(rows) or not self.sender.idle

    async def stop(self) -> None:
        """Stops in the order in which things were asked for: nothing new, what was begun is finished, then the database."""
        self.writer.waits = False
        self.live.stop()
        if self.metronome.running:
            self.metronome.shutdown(wait=False)
        for part in (self.receiver, self.sender):
            try:
                await part.stop()
            except DBAPIError as error:
                log.error("not stopped cleanly", part=type(part).__name__, error=str(error).splitlines()[0])
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(DBAPIError):
            left = self.writer.in_transaction(replicas.leave, self.settings.name)
            await asyncio.gather(self.worker.stop(), self.polling.release(), self.hearing.release(), left)
        self.webhooks.close()
        await asyncio.to_thread(self.bells.stop)
        await self.transport.shutdown()
        for writer in (self.sending, self.writer):
            await asyncio.to_thread(writer.stop)
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


def compose(settings: Settings, rooms: tuple[Room, ...] | None = None) -> None:
    """Tells each room what only this place knows; also for commands that write without serving."""
    rooms = rooms if rooms is not None else features.rooms()
    media.use(settings.data_dir / "media")
    drawing.use(settings.data_dir / "fonts")
    certificates.configure(settings.address)
    guests.configure(settings.address)
    configure_door(settings)
    seals.use(Seal(secret_key(settings)))
    budget.budget.per_day = settings.unasked_per_day
    approvals.usual.over = settings.second_person_over
    approvals.usual.lasts = timedelta(hours=settings.second_person_hours)
    people.usual.push_at = settings.push_at
    drawings.usual.pictures = settings.lesson_pictures
    people.usual.quiet = (settings.quiet_start, settings.quiet_end)
    budget.declare(kind for room in rooms for kind in room.unasked)
    estimate.allowed.rate, estimate.allowed.per_chat = settings.rate_per_second, settings.rate_per_chat
    told = webhooks.subscriptions(rooms, settings.webhook_days)
    subscribe((*(s for room in rooms for s in room.subscriptions), *told))
    places_at = settings.address if settings.place_links == "web" else ""
    onboarding.configure(routes=[route for room in rooms for route in room.routes], places_at=places_at)
    handover.configure([_open_hazards])
    waiting.use([r.today for r in rooms if r.today], [r.status for r in rooms if r.status])
    configure_ladders(settings)
    secret = settings.anchor_webhook_secret.get_secret_value()
    service, roots = settings.anchor_timestamp_url, settings.anchor_timestamp_roots
    anchoring.configure(anchoring.Outside(settings.anchor_file, settings.anchor_webhook, secret, service, roots))
    nightly.configure(nightly.Folder(settings.hr_folder))
    privacy.configure(
        settings.retention, tuple(filter(None, (settings.data_dir, settings.backup_dir))), secret_key(settings)
    )
    hazards.at_place[:] = [room.at_place for room in rooms if room.at_place]
    hazards.when_hurt[:] = [room.when_hurt for room in rooms if room.when_hurt]
    policy.configure(settings.scoring_file)
    anchors.use(settings.data_dir)
    incidents.configure(settings.incidents_dir, hazards_store.hidden_from)
    risks.configure(settings.risks_dir)
    watching.configure(settings.watched_hosts)
    protecting.configure(hazards_protecting.is_photo_of_report, hazards_protecting.was_reported)
    recorded = {kind.name for room in features.rooms() for kind in room.facts}
    audit.kinds[:] = sorted(recorded)
    warning.configure(settings.risks_dir, recorded)
    points.configure(settings.rewards_dir, recorded)


def all_events() -> dict[str, Event]:
    """What other programs can be told of, for the command that asks which."""
    return webhooks.events_of(features.rooms())


def configure_ladders(settings: Settings) -> None:
    """Tells hazards how long a rung waits and how calls leave the chat."""
    hazards.configure(Company(ladder_wait=timedelta(minutes=settings.ladder_minutes), outside=settings.outside))
    smtp = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    secret = settings.alert_webhook_secret.get_secret_value()
    outside.configure(outside.Ways(smtp, settings.smtp_from, settings.alert_webhook, secret))


def configure_door(settings: Settings) -> None:
    """Tells the dashboard who needs a second factor, and the chats where the Mini App is. Raises BadSettings."""
    try:
        roles = factors.roles_named(settings.second_factor_roles)
    except ValueError as error:
        raise BadSettings(f"DAVY_SECOND_FACTOR_ROLES: {error}") from None
    fresh = timedelta(minutes=settings.second_factor_minutes)
    factor_store.configure(factors.Policy(roles if settings.second_factor else frozenset(), fresh))
    address.use(settings.address, settings.bot_api_url)
    onboarding.configure(app=address.mini_app(), app_for=OPENED_BY)


def _open_hazards(session: Session, path: str, now: datetime) -> list[Text]:
    """What a shift hands over of the hazards of a unit."""
    return [
        text("handover.open_hazard", number=h.id, place=hazards_store.where(session, h), words=told(h))
        for h in hazards_listing.open_hazards(session, (path,), None, most=10)
    ]


def secret_key(settings: Settings) -> str:
    """The installation's secret: given, or made once beside (not in) the database."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return made_once(settings.data_dir / "secret.key", secrets.token_urlsafe(48))
