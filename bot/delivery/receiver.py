"""Takes updates by long polling or webhook. An update is confirmed only after its effects are committed."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.db.engine import is_down
from bot.db.writer import Writer, WriterStopped
from bot.delivery import absence, handling, telegram
from bot.delivery.absence import Ear
from bot.delivery.limiter import Limiter
from bot.delivery.presses import Alone, Presses
from bot.delivery.render import Reader, words
from bot.delivery.replying import Answered
from bot.delivery.router import Router
from bot.delivery.tables import IntakeRow
from bot.delivery.transport import AiohttpRequest
from bot.delivery.transport_errors import FloodControl
from bot.delivery.urgent import Urgent
from bot.kit.clock import Clock
from bot.kit.errors import Refused

log = structlog.get_logger("davy.receiver")
POLL_S = 25
PEEK_S = 1.0
"""So long a batch may take before it is looked what has come behind it."""
WORTH_S = 10.0
"""So late the answer to a press may still be shown; after a longer pause it is left out, and what it did stands in the message."""
CAREFUL = 200
"""How many updates after an unclean stop are handled one by one when they come by webhook."""


class Receiver:
    """Owns the transaction of every update."""

    def __init__(
        self,
        writer: Writer,
        router: Router,
        transport: AiohttpRequest,
        limiter: Limiter,
        clock: Clock,
        name: str,
        urgent: Urgent | None = None,
    ) -> None:
        self._writer, self._router, self._transport, self._clock, self._name = writer, router, transport, clock, name
        self._limiter, self._urgent = limiter, urgent
        self.presses = Presses(writer, router, clock)
        self._stopping = False
        self._polling: asyncio.Task[Any] | None = None
        self._after_crash: tuple[int, int] | None = None
        self._careful = 0
        self._one_by_one = asyncio.Lock()
        self._noted = False
        self._answers: set[asyncio.Task[None]] = set()
        self.handled = self.parked = 0
        self.ear = Ear()

    @property
    def asking(self) -> bool:
        """Whether a call for updates is open."""
        return self._polling is not None

    async def recover(self) -> None:
        """Looks whether the last run ended in the middle of something."""
        self._after_crash = await self._writer.in_transaction(_noted_range, self._name)
        if self._after_crash is not None:
            self._careful = CAREFUL
            log.warning("last run ended in the middle of updates", low=self._after_crash[0], high=self._after_crash[1])

    async def poll(self) -> None:
        """Long polling until `stop`."""
        offset: int | None = None
        failures = 0
        await self.listens()
        while not self._stopping:
            try:
                updates = await self._ask(offset)
                failures = 0
                await self.listens()
            except Conflict:
                log.error("another program polls with this token; trying again in 5 s")
                await asyncio.sleep(5)
                continue
            except InvalidToken:
                raise
            except TelegramError as error:
                failures += 1
                wait = error.retry_after if isinstance(error, FloodControl) else min(30.0, 0.2 * 2 ** min(failures, 10))
                log.warning("no updates", error=str(error), again_in=wait)
                await asyncio.sleep(wait)
                continue
            if updates:
                await self._with_an_ear(updates)
                offset = updates[-1]["update_id"] + 1

    async def listens(self) -> None:
        """Updates can arrive; after an absence the rooms are told, once."""
        if self.ear.hears() and (away := await self._writer.in_transaction(absence.back, self._clock.now())):
            log.warning("presses of buttons were lost: nobody listened", seconds=int(away.total_seconds()))

    async def note(self, *, by_webhook: bool) -> None:
        """To be called now and then: notes that updates could arrive of late. By webhook they can while this process runs."""
        if by_webhook:
            await self.listens()
        if self.ear.open:
            await self._writer.in_transaction(absence.listening, self._clock.now())

    async def _with_an_ear(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Handles a batch. While that takes long, looks what else has come, for what is urgent; confirms nothing by it."""
        work = asyncio.ensure_future(self.take(updates))
        try:
            while not (await asyncio.wait({work}, timeout=PEEK_S))[0]:
                await self._peek(updates[0]["update_id"])
        finally:
            if not work.done():
                work.cancel()
        await work

    async def _peek(self, first: int) -> None:
        if self._urgent is None or self._stopping:
            return
        params = {"offset": first, "timeout": 0, "limit": 100, "allowed_updates": telegram.ALLOWED}
        with contextlib.suppress(TelegramError):
            for update in await self._transport.call("getUpdates", params):
                self._urgent.begin(update)

    async def take(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Handles a batch; returns when all of it is durable."""
        if self._urgent is not None and self._after_crash is None:
            for update in updates:
                self._urgent.begin(update)
        low, high = updates[0]["update_id"], updates[-1]["update_id"]
        dangerous = self._after_crash
        if dangerous is None:
            await self._writer.in_transaction(_note_range, self._name, low, high)
            await asyncio.gather(*(self._in_order(some) for some in by_user(updates)))
            return
        for update in updates:
            if dangerous[0] <= update["update_id"] <= dangerous[1]:
                await self._carefully(update)
            else:
                await self._writer.in_transaction(_note_range, self._name, update["update_id"], high)
                await self._one(update)
        # below the range: the channel has begun to count anew, and what was begun then never comes again
        self._after_crash = None if high >= dangerous[1] or high < dangerous[0] else dangerous

    async def _in_order(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """One person's updates one after the other: if one fails, the next must find it parked and wait behind it."""
        for update in updates:
            await self._one(update)

    async def on_webhook(self, update: Mapping[str, Any]) -> dict[str, Any] | None:
        """An update by webhook, committed; what to answer in the reply's body, if anything."""
        if self._careful > 0:
            async with self._one_by_one:  # what is begun beside poison would be counted with it
                self._careful -= 1
                answered = await self._carefully(update, answer=False)
        else:
            if self._urgent is not None:
                self._urgent.begin(update)
            if not self._noted:
                await self._writer.in_transaction(_note_range, self._name, update["update_id"], update["update_id"])
                self._noted = True
            answered = await self._one(update, answer=False)
        return None if answered.callback is None else {"method": "answerCallbackQuery", **answer_params(answered)}

    async def hear(self, update: Mapping[str, Any]) -> Answered:
        """What came by another channel than Telegram's, committed; what is left to say."""
        return await self._one(update, answer=False, alone=True)

    async def stop(self) -> None:
        """Takes nothing more; what was taken is finished and confirmed, and the last run counts as clean."""
        self._stopping = True
        if self._polling is not None:
            self._polling.cancel()
        if self._answers:
            await asyncio.wait(self._answers, timeout=2)
        await self._writer.in_transaction(_clear_range, self._name)

    async def _ask(self, offset: int | None) -> list[dict[str, Any]]:
        params = {"offset": offset, "timeout": POLL_S, "limit": 100, "allowed_updates": telegram.ALLOWED}
        self._polling = asyncio.ensure_future(self._transport.call("getUpdates", params, read_timeout=POLL_S + 10))
        try:
            return list(await self._polling)
        except asyncio.CancelledError:
            if self._stopping:
                return []
            raise
        finally:
            self._polling = None

    async def _one(self, update: Mapping[str, Any], answer: bool = True, *, alone: bool = False) -> Answered:
        now = self._clock.now()
        try:
            answered = await self._handled(update, now, alone)
        except Refused as refusal:
            answered = await self._writer.in_transaction(handling.refuse, update, refusal.text, now)
        except WriterStopped:
            raise
        except Exception as error:
            if is_down(error):
                raise  # nothing can be written: the update stays with Telegram
            answered = await self._park(update, error)
        self.handled += 1
        if answer and answered.callback is not None:
            task = asyncio.create_task(self._say(answered))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)
        return answered

    async def _handled(self, update: Mapping[str, Any], now: datetime, alone: bool) -> Answered:
        if self._urgent is not None and not alone and await self._urgent.answered(update):
            return await self._writer.in_transaction(handling.note, update, now)
        if not alone and self.presses.takes(update):
            with contextlib.suppress(Alone):
                return await self.presses.handle(update)
        return await self._writer.in_transaction(handling.handle, self._router, update, now)

    async def _carefully(self, update: Mapping[str, Any], answer: bool = True) -> Answered:
        """After a crash: the attempt is counted before the work."""
        begun = await self._writer.in_transaction(handling.count_attempt, update["update_id"])
        if begun >= handling.POISON:
            log.error("the process died each time this update was begun; set aside", update_id=update["update_id"])
            await self._writer.in_transaction(handling.set_aside, update, self._clock.now())
            return Answered()
        return await self._one(update, answer, alone=True)

    async def _park(self, update: Mapping[str, Any], error: Exception) -> Answered:
        self.parked += 1
        now = self._clock.now()
        log.error("parked", update_id=update.get("update_id"), error=repr(error)[:300])
        await self._writer.in_transaction(handling.park, update, handling.explain(error), now)
        try:
            return await self._writer.in_transaction(handling.apology, update, now)
        except Exception:
            log.exception("no apology could be made")
            return Answered()

    async def _say(self, answered: Answered) -> None:
        """The answer to a press: at once, past the outbox, because it is worthless in a minute. A pause holds for it too."""
        if self._limiter.paused_for > WORTH_S:
            return
        try:
            await asyncio.sleep(self._limiter.paused_for)
            await self._transport.call("answerCallbackQuery", answer_params(answered))
        except FloodControl as error:
            self._limiter.pause(error.retry_after)
        except TelegramError as error:
            log.info("a press was answered too late", error=str(error))


def by_user(updates: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Updates by who they are from, each in the order in which they came."""
    found: dict[int | None, list[Mapping[str, Any]]] = {}
    for update in updates:
        found.setdefault(telegram.user_of(update), []).append(update)
    return list(found.values())


def answer_params(answered: Answered) -> dict[str, Any]:
    """The parameters of answerCallbackQuery."""
    params: dict[str, Any] = {"callback_query_id": answered.callback}
    if answered.toast is not None:
        params["text"] = words(answered.toast, Reader(answered.lang, answered.zone))[0][:200]
        if answered.alert:
            params["show_alert"] = True
    return params


def same_secret(given: str | None, expected: str) -> bool:
    """Compares the webhook's secret header without telling by its time how much was right."""
    return hmac.compare_digest((given or "").encode(), expected.encode())


def _note_range(session: Session, name: str, low: int, high: int) -> None:
    row = session.get(IntakeRow, name)
    if row is None:
        session.add(IntakeRow(name=name, low=low, high=high))
    else:
        row.low, row.high = low, high


def _noted_range(session: Session, name: str) -> tuple[int, int] | None:
    row = session.get(IntakeRow, name)
    return (row.low, row.high) if row is not None and row.high >= row.low else None


def _clear_range(session: Session, name: str) -> None:
    _note_range(session, name, 1, 0)
