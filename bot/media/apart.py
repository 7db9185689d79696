"""Strangers' files are read in a process of their own: it may take so long and so much memory, and knows no secret.

One process is started at the first file and kept for the next ones; it ends by itself when nothing comes for a while. What it
cannot do in time is ended with it, and the file is answered with a problem as any other. Blocking: to be called from a thread.
"""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bot

SECONDS = 15
"""The most of the processor's time that one file may take; ten thousand questions take a third of it on two slow cores."""
PATIENCE = 4
"""So many times that long is waited for the answer: a busy machine is no fault of the file."""
MEGABYTES = 400
"""The most memory the process may take, its program included (about 60)."""
MOST_ANSWER = 200_000_000
HEAD = struct.Struct(">Q")
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT")


class Stopped(Exception):
    """The process was ended over a file, or ended by itself; `code` and `params` are those of the problem to note."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class _Left(Stopped):
    """The process ended by itself, before it took the request."""


class Reader:
    """The process: started when it is needed, asked one thing at a time."""

    def __init__(self, command: Sequence[str], seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        self._command, self._seconds, self._megabytes = command, seconds, megabytes
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request, both JSON. Raises Stopped: it took too long or too much, or the process ended."""
        data = json.dumps(request).encode()
        with self._lock:
            try:
                answer = self._asked(HEAD.pack(len(data)) + data)
            except BaseException:
                self._end()
                raise
            if "stopped" in answer:
                self._end()
                raise Stopped(answer["stopped"], **answer.get("params", {}))
            return answer

    def close(self) -> None:
        """Ends the process."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def _asked(self, frame: bytes) -> dict[str, Any]:
        try:
            return self._answered(frame)
        except _Left:  # it had waited long enough for work, just when this came
            return self._answered(frame)

    def _answered(self, frame: bytes) -> dict[str, Any]:
        if self.pid is None:
            self._end()
            self._start()
        deadline = time.monotonic() + self._seconds * PATIENCE
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._write(self._process.stdin.fileno(), frame, deadline)
        read = self._process.stdout.fileno()
        (length,) = HEAD.unpack(self._read(read, HEAD.size, deadline))
        if length > MOST_ANSWER:
            raise Stopped("checker_ended")
        answer: dict[str, Any] = json.loads(self._read(read, length, deadline))
        return answer

    def _write(self, to: int, frame: bytes, deadline: float) -> None:
        left = memoryview(frame)
        while left:
            self._wait([], [to], deadline)
            try:
                left = left[os.write(to, left[: 1 << 16]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError as error:
                raise self._ended() from error

    def _read(self, source: int, size: int, deadline: float) -> bytes:
        parts, left = [], size
        while left:
            self._wait([source], [], deadline)
            part = os.read(source, min(left, 1 << 20))
            if not part:
                raise self._ended()
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def _wait(self, reading: list[int], writing: list[int], deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0 or not any(select.select(reading, writing, [], left)):
            raise self._too_long()

    def _too_long(self) -> Stopped:
        return Stopped("took_too_long", seconds=max(round(self._seconds), 1))

    def _ended(self) -> Stopped:
        """Why the process ended: whoever gets no memory from the system aborts."""
        assert self._process is not None
        status = self._process.wait(5)
        if status == 0:
            return _Left("checker_ended")
        if status == -signal.SIGPROF:
            return self._too_long()
        if status in (-signal.SIGABRT, -signal.SIGKILL):
            return Stopped("too_much_memory", limit=self._megabytes)
        return Stopped("checker_ended")

    def _start(self) -> None:
        """The child gets nothing of ours but the way to the program: no token, no address of a database."""
        root = str(Path(bot.__file__ or "").parent.parent)
        env = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        env |= {"PYTHONPATH": root, "DAVY_READER_MEGABYTES": str(self._megabytes)}
        env |= {"DAVY_READER_SECONDS": str(self._seconds)}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(self._command, env=env, cwd=root, start_new_session=True, **pipes)  # type: ignore[call-overload]
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None
