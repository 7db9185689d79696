"""`davy run` as a process of its own on one machine with SQLite, beside a simulator in this one; also with less than all rights."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from bot.serving import listen, serve
from bot.simulator.app import Simulator, build
from bot.simulator.flood import Rates
from tests.deploy.test_lint import ROOT
from tests.deploy.topology import free_port

TOKEN = "4545:running-token-running-token-running-x"
NOBODY = 65534
PATIENCE_S = 240
"""A busy machine starts a process in a minute or two; a quiet one in four seconds."""
READ_ONLY = """
set -e
data=$1; shift
mount --make-rprivate /
mount --bind "$data" "$data"
mount -o remount,bind,ro /
[ "$DATA_TOO" = no ] || mount -o remount,bind,ro "$data"
exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all "$@"
"""


def may_take_rights_away() -> bool:
    """Whether this is root on a Linux that lets it make a name space of mounts."""
    tools = all(shutil.which(name) for name in ("unshare", "setpriv", "mount"))
    return (
        tools and os.geteuid() == 0 and subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode == 0
    )


class Machine:
    """A folder of data, a token in a file, and the process when it runs."""

    def __init__(self, simulator: Simulator, api: str, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        self.data, self.token = folder / "data", folder / "bot-token"
        self.bot = simulator.add_bot(TOKEN, "running_bot", "Running")
        self.data.mkdir()
        self.token.write_text(TOKEN)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DAVY_")},
            "DAVY_BOT_TOKEN_FILE": str(self.token), "DAVY_BOT_API_URL": api, "DAVY_DATA_DIR": str(self.data),
            "DAVY_DATABASE_URL": f"sqlite:///{self.data}/davy.sqlite3", "DAVY_PORT": str(free_port()),
            "DAVY_SECRET_KEY": "the secret of a machine that is tried", "DAVY_LOG_LEVEL": "ERROR", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None
        self.before: Sequence[str] = ()
        """What the command is run by: a shell that takes rights away."""

    def command(self, *words: str) -> list[str]:
        """`davy` with these words, as it is run here."""
        return [*self.before, sys.executable, "-m", "bot", *words]

    def start(self) -> None:
        """Starts `davy run`."""
        self.process = subprocess.Popen(self.command("run"), cwd=self.data, env=self.environment)

    def davy(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs another command of it, and answers what it said."""
        return subprocess.run(
            self.command(*words), cwd=self.data, env=self.environment, capture_output=True, text=True, check=False
        )

    def write(self, people: int) -> list[int]:
        """So many strangers open the chat; answers their ids."""
        users = [self.simulator.add_user(f"S{len(self.simulator.log.items)}-{n}") for n in range(people)]
        for user in users:
            self.simulator.people.say(user, self.simulator.world.private_chat(self.bot, user), {"text": "/start"})
        return [user.id for user in users]

    def told(self) -> set[int]:
        """Whoever got a message."""
        calls = self.simulator.log.after(0)
        return {int(c["params"]["chat_id"]) for c in calls if c["method"] == "sendMessage" and c["took_effect"]}

    async def answered(self, users: Sequence[int], patience: float = 60) -> int:
        """How many of them got an answer in time."""
        until = time.monotonic() + patience
        while set(users) - self.told() and time.monotonic() < until:
            await asyncio.sleep(0.1)
        return len(set(users) & self.told())

    def end(self) -> None:
        """Ends the process, if it still runs."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextlib.asynccontextmanager
async def machine(folder: Path) -> AsyncIterator[Machine]:
    """One machine and its simulator; all of it is ended afterwards."""
    sock = listen("127.0.0.1", 0)
    api = f"http://127.0.0.1:{sock.getsockname()[1]}"
    simulator = build(base_url=api, rates=Rates.unlimited())
    server, serving = await serve(simulator.app, sock)
    made = Machine(simulator, api, folder)
    try:
        yield made
    finally:
        made.end()
        server.should_exit = True
        await simulator.close()
        await serving
