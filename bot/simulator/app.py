"""The simulator put together: one Starlette application, one clock, one world."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime
from pathlib import Path

import aiohttp
import uvicorn
from starlette.applications import Starlette
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Mount, NoMatchFound, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from bot.simulator import control, wire
from bot.simulator.calls import CallLog
from bot.simulator.clock import Clock
from bot.simulator.events import Events
from bot.simulator.flood import Flood, Rates
from bot.simulator.groups import new_group
from bot.simulator.people import People
from bot.simulator.state import Chat
from bot.simulator.world import World

PAGE = Path(__file__).parent / "page"
CLOSING_SECONDS = 0.5


class BotApiRoute(BaseRoute):
    """`/bot<token>/<method>` and `/file/bot<token>/<path>`, straight to the wire: this is the hot path."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._world = simulator.world

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full match on a path of the Bot API, below wherever the application is mounted."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path = scope["path"][len(scope.get("root_path", "")) :]
        if path.startswith("/file/bot"):
            return Match.FULL, {"bot_api": ("file", path[9:])}
        if path.startswith("/bot") and "/" in path[4:]:
            return Match.FULL, {"bot_api": ("call", path[4:])}
        return Match.NONE, {}

    def url_path_for(self, name: str, /, **path_params: object) -> NoMatchFound:  # type: ignore[override]
        """Nothing here has a name."""
        raise NoMatchFound(name, dict(path_params))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the call."""
        self._simulator.start_ticking()
        what, rest = scope["bot_api"]
        if what == "file":
            await wire.serve_file(self._world, send, rest)
        else:
            await wire.serve_call(self._world, scope, receive, send, rest)


class Simulator:
    """A simulated Telegram. `app` (or `routes`) is served by uvicorn, alone or beside other applications.

    `add_bot(token, username, first_name)` and `add_user(first_name, language_code=, label=, ...)` make who is there.
    Everything runs in the event loop that serves it: call the methods here from that loop, or before it starts.
    """

    def __init__(self, *, any_token: bool, base_url: str | None, rates: Rates, clock: Clock, log: Path | None) -> None:
        self.clock = clock
        self.base_url = base_url
        self.zone: str | None = None  # in which the page shows times; none: the browser's
        self.events = Events()
        self.log = CallLog(clock, log)
        self.log.listener = lambda call: self.events.send("call", n=call["n"], method=call["method"])
        self.world = World(clock, rates, self.log, self.events, any_token=any_token)
        self.people = People(self.world)
        self.add_bot = self.world.add_bot
        self.add_user = self.world.add_user
        self.on_clock_moved: list[Callable[[], Awaitable[object]]] = []
        self.strides: Callable[[float], Iterable[float]] = lambda seconds: (seconds,)
        self.followers: list[str] = []
        self._ticker: asyncio.Task[None] | None = None
        self._moving = asyncio.Lock()
        self.routes: list[BaseRoute] = [
            BotApiRoute(self),
            *control.routes(self),
            Route("/", _index),
            Mount("/page", StaticFiles(directory=PAGE, check_dir=False)),
        ]
        self.app = Starlette(routes=self.routes, lifespan=self._lifespan)

    def add_group(self, title: str, members: list[int], *, supergroup: bool = False) -> Chat:
        """Make a group of people and bots."""
        return new_group(self, {"title": title, "members": members, "supergroup": supergroup})

    def set_rates(self, rates: Rates) -> None:
        """Change flood control for every bot."""
        self.world.rates = rates
        for bot_id in self.world.bots:
            self.world.floods[bot_id] = Flood(rates)

    async def move_clock(self, seconds: float = 0.0, to: datetime | None = None) -> datetime:
        """Move the clock forward; returns after polls closed and all who follow the clock have run what fell due.

        In one leap, unless `strides` makes several of it.
        """
        async with self._moving:  # two who move it at once come one after the other
            for stride in self.strides(seconds if to is None else self.clock.until(to)):
                await self._leap(stride)
        return self.clock.now()

    async def _leap(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.world.close_due()
        self.events.send("clock", now=self.clock.now().isoformat())
        for follow in list(self.on_clock_moved):
            await follow()
        for url in list(self.followers):
            await self._tell_follower(url)

    async def _tell_follower(self, url: str) -> None:
        """POST the time to a bot in another process; one that no longer listens is dropped."""
        timeout = aiohttp.ClientTimeout(total=60)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session:
                async with session.post(url, json={"now": self.clock.now().isoformat()}) as response:
                    await response.read()
        except (aiohttp.ClientError, TimeoutError):
            self.followers.remove(url)

    def start_ticking(self) -> None:
        """Close polls on time while nobody asks. Needs a running loop; the first call does it."""
        if self._ticker is None or self._ticker.done():
            self._ticker = asyncio.get_running_loop().create_task(self._tick())

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            self.world.close_due()

    async def close(self) -> None:
        """Stop deliveries and streams."""
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        for bot in self.world.bots.values():
            bot.queue.interrupt()
        self.events.close()
        await self.world.webhooks.close()
        self.log.close()

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self.start_ticking()
        yield
        await self.close()


async def _index(_: object) -> Response:
    page = PAGE / "index.html"
    return FileResponse(page) if page.exists() else PlainTextResponse("The simulator runs. Its page is not installed.")


def build(
    *,
    any_token: bool = False,
    base_url: str | None = None,
    rates: Rates | None = None,
    clock: Clock | None = None,
    log: Path | None = None,
    press_seconds: float = 150.0,
) -> Simulator:
    """Make a simulator. `any_token`: unknown tokens make their bot; `log`: a file for the call log (JSON lines).

    `press_seconds` is how long a press can be answered: Telegram's limit lies somewhere between 15 and 150 seconds.
    """
    made = Simulator(any_token=any_token, base_url=base_url, rates=rates or Rates(), clock=clock or Clock(), log=log)
    made.world.press_seconds = press_seconds
    return made


def server(simulator: Simulator, port: int, host: str = "127.0.0.1") -> uvicorn.Server:
    """A uvicorn server for the simulator alone. Port 0 picks a free one."""
    if host not in {"127.0.0.1", "::1", "localhost"}:
        raise ValueError("the simulator listens on loopback only: it has no login")
    config = uvicorn.Config(
        simulator.app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=75,
        ws="none",
    )
    return uvicorn.Server(config)


def serve(
    port: int, any_token: bool = False, host: str = "127.0.0.1", log: Path | None = None, rates: Rates | None = None
) -> None:
    """Run a simulator until interrupted: what `davy simulator` does."""
    server(build(any_token=any_token, log=log, rates=rates), port, host).run()
