"""The append-only log of every Bot API call: the oracle of the crash tests."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from bot.simulator.clock import Clock


class CallLog:
    """Every call in order, numbered from 1, in memory and (if a path is given) as JSON lines, flushed at each call.

    A line is written after the effect and before the answer leaves, so what is not in the log did not happen.
    """

    def __init__(self, clock: Clock, path: Path | None = None) -> None:
        self._clock = clock
        self.items: list[dict[str, Any]] = []
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path else None
        self.listener: Callable[[dict[str, Any]], None] | None = None

    def add(self, bot: int, method: str, params: dict[str, Any], **outcome: Any) -> dict[str, Any]:
        """Record one call: `ok`, `took_effect`, where they apply error_code, description, fault, message_ids, via."""
        line: dict[str, Any] = {
            "n": len(self.items) + 1,
            "at": self._clock.now().isoformat(timespec="milliseconds"),
            "real_at": round(time.time(), 4),
            "bot": bot,
            "method": method,
            "params": params,
            **outcome,
        }
        self.items.append(line)
        if self._file is not None:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()
        if self.listener is not None:
            self.listener(line)
        return line

    def after(self, n: int, limit: int | None = None) -> list[dict[str, Any]]:
        """The calls after number `n`."""
        end = None if limit is None else n + limit
        return self.items[max(n, 0) : end]

    def close(self) -> None:
        """Close the file, if there is one."""
        if self._file is not None:
            self._file.close()
