"""A whole Davy for a story: simulator, house and database in one process, with a clock that stands still until it is moved.

Everything people do goes through the simulator's control side over HTTP, everything they see comes from it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy.orm import Session
from structlog._config import BoundLoggerLazyProxy

from bot import logs
from bot.app import House
from bot.kit.room import Room
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Person
from bot.serving import listen, serve
from bot.settings import Settings
from bot.simulator.app import Simulator, build
from bot.simulator.clock import Clock
from bot.simulator.flood import Rates
from bot.simulator.webapp import public_key
from bot.web import app as web
from tests.kept import fonts, furnished

logs.configure("ERROR")
TOKEN = "4242:story-token-story-token-story-token"
MORNING = datetime(2026, 11, 18, 15, 5, tzinfo=UTC)
"""A Wednesday, 09:05 in Chicago."""


class Story:
    """People act, time passes, and the story looks at what stands on their phones."""

    def __init__(self, simulator: Simulator, house: House, api: str, http: aiohttp.ClientSession) -> None:
        self.simulator, self.house, self.api, self._http = simulator, house, api, http
        self._users: dict[str, int] = {}
        self._seen: dict[int, int] = {}

    # --- people -----------------------------------------------------------------------------------------------

    async def stranger(self, first_name: str, language: str = "en") -> int:
        """Somebody with a phone whom Davy does not know; answers their chat's id."""
        user = (await self.post("/sim/users", {"first_name": first_name, "language_code": language}))["id"]
        self._users[first_name] = user
        return int(user)

    async def employee(self, badge: str) -> Person:
        """Somebody of the payroll with a phone that is already tied to them; afterwards known by their first name."""
        who = await self.db(people.person_by_badge, badge, self.now)
        assert who is not None, f"no such badge: {badge}"
        first = who.name.split()[0]
        user = await self.stranger(first, who.lang)
        self.simulator.people.user(user)
        bot = self.simulator.people.bot()
        self.simulator.world.private_chat(bot, self.simulator.people.user(user))
        await self.db(people_actions.open_account, who.id, user, user, self.now)
        await self.says(first, "/start")
        self._seen[user] = await self._newest(user)
        return who

    def chat(self, who: str | int) -> int:
        """The private chat of somebody by first name; a number is taken as it is."""
        return who if isinstance(who, int) else self._users[who]

    # --- what they do -----------------------------------------------------------------------------------------

    async def says(self, who: str, text: str, **more: Any) -> None:
        """Types something."""
        await self._act("/sim/messages", {"from": self.chat(who), "text": text, **more})

    async def sends_photo(self, who: str, data: bytes, caption: str = "", **more: Any) -> None:
        """Sends a picture."""
        file = {"name": "photo.jpg", "data": base64.b64encode(data).decode()}
        await self._act("/sim/messages", {"from": self.chat(who), "photo": file, "caption": caption, **more})

    async def sends_file(self, who: str, name: str, data: bytes, caption: str = "") -> None:
        """Sends a document."""
        file = {"name": name, "data": base64.b64encode(data).decode()}
        await self._act("/sim/messages", {"from": self.chat(who), "document": file, "caption": caption})

    async def presses(self, who: str, label: str, *, chat: int | None = None) -> str:
        """Presses the newest button whose text holds `label`; answers the toast."""
        message, button = await self.button(who, label, chat=chat)
        where = chat or self.chat(who)
        press = {
            "from": self.chat(who),
            "chat": where,
            "message_id": message["message_id"],
            "data": button["callback_data"],
        }
        answer = await self.post("/sim/presses", press)
        await self.settle()
        calls = [
            c for c in await self.calls("answerCallbackQuery") if self._callback(c) == str(answer["callback_query_id"])
        ]
        return str(calls[-1]["params"].get("text", "")) if calls else ""

    async def votes(self, who: str, *options: int) -> None:
        """Answers the newest poll on somebody's phone."""
        poll = [m for m in await self.screen(who) if "poll" in m][-1]["poll"]
        await self._act("/sim/votes", {"from": self.chat(who), "poll_id": poll["id"], "option_ids": list(options)})

    async def blocks(self, who: str, blocked: bool = True) -> None:
        """Blocks the bot, or lets it in again."""
        await self._act("/sim/blocks", {"user": self.chat(who), "blocked": blocked})

    # --- what they see ----------------------------------------------------------------------------------------

    async def screen(self, who: str | int) -> list[dict[str, Any]]:
        """All messages that stand on somebody's phone now, oldest first, deleted ones left out."""
        chat = self.chat(who)
        items = (await self.get(f"/sim/chats/{chat}/messages"))["items"]
        return [m for m in items if not m.get("deleted")]

    async def sees(self, who: str | int) -> str:
        """The newest message of the bot on somebody's phone: its text or caption, or its poll's question."""
        told = [m for m in await self.screen(who) if (m.get("from") or {}).get("is_bot")]
        return words(told[-1]) if told else ""

    async def news(self, who: str) -> list[str]:
        """What the bot has sent to somebody since the last time the story asked."""
        chat = self.chat(who)
        after = self._seen.get(chat, 0)
        fresh = [m for m in await self.screen(who) if m["message_id"] > after and (m.get("from") or {}).get("is_bot")]
        self._seen[chat] = await self._newest(chat)
        return [words(m) for m in fresh]

    async def buttons(self, who: str | int) -> list[str]:
        """The labels under the newest message that has any."""
        for message in reversed(await self.screen(who)):
            if keys(message):
                return [k["text"] for k in keys(message)]
        return []

    async def button(
        self, who: str | int, label: str, *, chat: int | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The newest message with a button whose text holds `label`, and the button."""
        for message in reversed(await self.screen(chat or who)):
            for key in keys(message):
                if label.lower() in key["text"].lower():
                    return message, key
        raise AssertionError(f"{who} sees no button {label!r}; there are {await self.buttons(chat or who)}")

    # --- time and truth ---------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The story's time."""
        return self.house.clock.now()

    async def forward(self, **time: float) -> None:
        """Lets time pass (`hours=3`), and Davy do what fell due."""
        await self.post("/sim/clock", {"advance": timedelta(**time).total_seconds()})

    async def until(self, moment: datetime) -> None:
        """Lets time pass until a moment."""
        await self.post("/sim/clock", {"to": moment.isoformat()})

    async def settle(self) -> None:
        """Waits until nothing is under way: no update waits, nothing due is unsent."""
        for _ in range(400):
            if (await self.get("/sim/queue"))["waiting"] == 0:
                break
            await asyncio.sleep(0.01)
        await self.house.settle(ticks=False)

    async def db(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Runs a function over a Session and commits it."""
        return await self.house.writer.in_transaction(fn, *args, **kwargs)

    async def ask(self, question: Callable[[Session], Any]) -> Any:
        """Reads something from the database."""
        return await self.db(question)

    async def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """The log of all Bot API calls (of a method)."""
        items = (await self.get("/sim/calls"))["items"]
        return [c for c in items if method is None or c["method"].lower() == method.lower()]

    async def violations(self) -> list[dict[str, Any]]:
        """Calls that the schema refused."""
        return [c for c in await self.calls() if not c["ok"] and c.get("error_code") in (400, 404, 501)]

    async def get(self, path: str) -> Any:
        """GET on the control side."""
        async with self._http.get(self.api + path) as answer:
            assert answer.status < 400, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: Any) -> Any:
        """POST on the control side."""
        async with self._http.post(self.api + path, json=body) as answer:
            assert answer.status < 400, await answer.text()
            return await answer.json()

    async def _act(self, path: str, body: Any) -> None:
        await self.post(path, body)
        await self.settle()

    async def _newest(self, chat: int) -> int:
        return max((m["message_id"] for m in await self.screen(chat)), default=0)

    @staticmethod
    def _callback(call: dict[str, Any]) -> str:
        return str(call["params"].get("callback_query_id"))


def _prepare(house: House, prepare: Callable[[Session, datetime], Any], at: datetime) -> None:
    """Furnishes the database; what a test defines within itself is not worth keeping for others."""
    if "<locals>" in prepare.__qualname__:
        house.writer.run(prepare, at)
    else:
        key = (prepare.__module__, prepare.__qualname__, at, *(room.name for room in house.rooms))
        furnished(house.settings.database_url, lambda session: prepare(session, at), *key)


def words(message: dict[str, Any]) -> str:
    """What a message says."""
    return str(message.get("text") or message.get("caption") or message.get("poll", {}).get("question") or "")


def keys(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The inline buttons of a message, left to right, top to bottom."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or []
    return [key for row in rows for key in row]


@contextlib.asynccontextmanager
async def story(
    database_url: str,
    folder: Path,
    *,
    at: datetime = MORNING,
    rooms: tuple[Room, ...] | None = None,
    prepare: Callable[[Session, datetime], Any] | None = None,
    **settings: Any,
) -> AsyncIterator[Story]:
    """Begins a story at a moment. `prepare` fills the database first (the sample company, by default nothing)."""
    sock = listen("127.0.0.1", 0)
    api = f"http://127.0.0.1:{sock.getsockname()[1]}"
    simulator = build(base_url=api, clock=Clock(at, frozen=True), rates=Rates.unlimited())
    simulator.add_bot(TOKEN, "davy_story_bot", "Davy")
    server, serving = await serve(simulator.app, sock)
    desk = listen("127.0.0.1", 0)
    address = f"http://127.0.0.1:{desk.getsockname()[1]}"
    chosen = Settings(
        _env_file=None,
        bot_token=TOKEN, bot_api_url=api, database_url=database_url, data_dir=folder / "data",
        rate_per_second=1000, rate_per_chat=30, secret_key="a story's secret that is long enough",
        public_url=address, webhook_url=address, miniapp_key=public_key(simulator.world),
        **settings,
    )  # type: ignore[call-arg]  # fmt: skip
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    fonts().mkdir(exist_ok=True)
    (chosen.data_dir / "fonts").symlink_to(fonts(), target_is_directory=True)
    house = House(chosen, simulator.clock, rooms)
    desk_server, desk_serving = await serve(web.build(house), desk)
    simulator.on_clock_moved.append(house.settle)
    if prepare is not None:
        await asyncio.to_thread(_prepare, house, prepare, at)
    await house.start()
    for tick in house.worker.ticks:
        if not tick.name.startswith(
            "delivery."
        ):  # what falls due in a room waits for the clock, not for a slow machine
            house.metronome.remove_job(tick.name)
    async with asyncio.timeout(180):
        while house.settings.updates == "polling" and not house.receiver.asking:
            await asyncio.sleep(0.005)  # it looks first how the last run ended
    try:
        async with aiohttp.ClientSession() as http:
            yield Story(simulator, house, api, http)
    finally:
        await house.stop()
        server.should_exit = desk_server.should_exit = True
        await simulator.close()
        await asyncio.gather(serving, desk_serving)


def listen_anew() -> None:
    """A logger that has spoken keeps how it was set up then: each is to ask again."""
    for module in list(sys.modules.values()):
        for each in list(getattr(module, "__dict__", {}).values()):
            if isinstance(each, BoundLoggerLazyProxy):
                vars(each).pop("bind", None)
