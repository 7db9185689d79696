"""The topology of `deploy/compose.yaml` as processes: `davy run` twice, HAProxy, PostgreSQL with a synchronous standby."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg

from bot.db.migrate import step_back
from bot.serving import listen, serve
from bot.simulator.app import Simulator, build
from bot.simulator.flood import Rates
from tests.deploy.test_lint import DEPLOY, HAPROXY, ROOT
from tests.postgres import Server
from tests.proofs.failover import primary_and_standby

TOKEN = "4343:deploy-token-deploy-token-deploy-token"


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class Topology:
    """All of it, started; replicas by name."""

    def __init__(self, simulator: Simulator, api: str, url: str, folder: Path, root: Path) -> None:
        self.simulator, self.url, self.folder, self.root = simulator, url, folder, root
        self.ports = {"a": free_port(), "b": free_port()}
        self.front = f"http://127.0.0.1:{free_port()}"
        self.primary: Server
        self.standby: Server
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DAVY_")},
            "DAVY_BOT_TOKEN": TOKEN, "DAVY_BOT_API_URL": api, "DAVY_DATABASE_URL": url, "DAVY_DATA_DIR": str(folder),
            "DAVY_SECRET_KEY": "the same secret for both replicas", "DAVY_UPDATES": "webhook",
            "DAVY_WEBHOOK_URL": self.front, "DAVY_PUBLIC_URL": self.front, "DAVY_LOG_LEVEL": "ERROR",
        }  # fmt: skip
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.bot = simulator.add_bot(TOKEN, "deploy_bot", "Deploy")

    def start(self, name: str) -> None:
        """Starts a replica as the compose file does."""
        more = {"DAVY_REPLICA": name, "DAVY_PORT": str(self.ports[name])}
        command = [sys.executable, "-m", "bot", "run"]
        self.processes[name] = subprocess.Popen(command, cwd=self.root, env=self._environment | more)

    def newest(self) -> str:
        """The schema that the version which is started next needs."""
        return newest_of(self.root)

    def schema(self) -> str:
        """The schema that the database has."""
        with psycopg.connect(self.primary.url("davy")) as connection:
            return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])  # type: ignore[index]

    def balance(self) -> None:
        """Starts HAProxy with the file that is shipped."""
        replicas = {f"REPLICA_{name.upper()}": f"127.0.0.1:{port}" for name, port in self.ports.items()}
        environment = {"PATH": os.defpath, "BALANCER_BIND": self.front.removeprefix("http://"), **replicas}
        command = [str(HAPROXY), "-db", "-f", str(DEPLOY / "haproxy.cfg")]
        quiet = subprocess.DEVNULL
        self.processes["balancer"] = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)

    def kill(self, name: str) -> None:
        """As when its machine goes."""
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    async def answers(self, patience: float = 60) -> float:
        """Until the dashboard's health is good through the balancer; answers after how long."""
        began = time.monotonic()
        while await asyncio.to_thread(status, f"{self.front}/health") != 200:
            assert time.monotonic() - began < patience, "nobody answers behind the balancer"
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    def write(self, people: int) -> list[int]:
        """So many strangers open the chat; answers their ids."""
        users = [self.simulator.add_user(f"S{len(self.simulator.log.items)}-{n}") for n in range(people)]
        for user in users:
            self.simulator.people.say(user, self.simulator.world.private_chat(self.bot, user), {"text": "/start"})
        return [user.id for user in users]

    async def answered(self, users: list[int], patience: float = 60) -> float:
        """Until each of them got an answer; answers after how long."""
        began = time.monotonic()
        while set(users) - self.told():
            assert time.monotonic() - began < patience, f"{len(set(users) - self.told())} got no answer"
            await asyncio.sleep(0.1)
        return time.monotonic() - began

    def told(self) -> set[int]:
        """Whoever got a message."""
        calls = self.simulator.log.after(0)
        return {int(c["params"]["chat_id"]) for c in calls if c["method"] == "sendMessage" and c["took_effect"]}


def newest_of(root: Path) -> str:
    """The newest schema that a version knows."""
    code = "from bot.db.migrate import newest; print(newest())"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def status(url: str) -> int:
    """The status of a page; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@contextlib.asynccontextmanager
async def topology(folder: Path, root: Path = ROOT) -> AsyncIterator[Topology]:
    """Everything up and answering, in the version that lies in `root`; all of it is ended afterwards."""
    sock = listen("127.0.0.1", 0)
    api = f"http://127.0.0.1:{sock.getsockname()[1]}"
    simulator = build(base_url=api, rates=Rates.unlimited())
    server, serving = await serve(simulator.app, sock)
    with primary_and_standby() as (primary, standby, url):
        if root != ROOT:
            step_back(url, newest_of(root))
        made = Topology(simulator, api, url, folder, root)
        made.primary, made.standby = primary, standby
        try:
            made.balance()
            made.start("a")
            made.start("b")
            await made.answers(90)
            yield made
        finally:
            for process in made.processes.values():
                process.kill()
                process.wait()
            server.should_exit = True
            await simulator.close()
            await serving
