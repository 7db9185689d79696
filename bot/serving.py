"""`davy run`: the house and its web application in one process, stopped gracefully."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
import socket

import structlog
import uvicorn
from starlette.types import ASGIApp

from bot.app import House
from bot.following import Followed, SimulatorClock
from bot.kit.clock import Clock
from bot.settings import Settings
from bot.web import app as web

log = structlog.get_logger("davy")


class CannotListen(Exception):
    """The address is taken or not ours; the text says which."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises CannotListen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # named as TCP, or asyncio leaves Nagle's algorithm on and each answer of two parts waits 40 ms for an acknowledgement
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(1024)
    except OSError as error:
        sock.close()
        raise CannotListen(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with DAVY_PORT or --port"
        ) from None
    return sock


class Server(uvicorn.Server):
    """uvicorn without its signal handlers: stopping is the house's business."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        """Leaves signals alone."""
        yield


def allow_many_files(wanted: int = 8192) -> None:
    """Each open board is a connection, and a process may have 1024 of them unless somebody says otherwise."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def serve(app: ASGIApp, sock: socket.socket) -> tuple[Server, asyncio.Task[None]]:
    """Starts serving an application on a socket; returns once it answers."""
    allow_many_files()
    server = Server(
        uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=3)
    )
    task = asyncio.create_task(server.serve(sockets=[sock]), name="davy-web")
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    return server, task


async def run(settings: Settings, clock: Clock | None = None) -> None:
    """Serves until SIGTERM or SIGINT, or until a part fails."""
    sock = listen(settings.host, settings.port)
    house = House(settings, clock)
    app: ASGIApp = web.build(house)
    if isinstance(clock, SimulatorClock):
        app = Followed(app, house, clock)
    server, web_task = await serve(app, sock)
    stopping = stop_on_signals()
    try:
        await house.start()
        if isinstance(clock, SimulatorClock):
            await asyncio.to_thread(clock.ask_to_be_told, f"http://{settings.host}:{settings.port}")
        failing = asyncio.create_task(house.wait())
        done, _ = await asyncio.wait([stopping, failing], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        log.info("stopping")
        server.should_exit = True
        await house.stop()
        await web_task
        log.info("stopped")


def stop_on_signals() -> asyncio.Future[None]:
    """A future that is done once somebody asks the process to end."""
    loop = asyncio.get_running_loop()
    asked: asyncio.Future[None] = loop.create_future()

    def ask() -> None:
        if not asked.done():
            asked.set_result(None)

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ask)
    return asked
