"""The process that gets killed: the engine room of `davy run` with a room that counts, in a process of its own.

`python -m tests.proofs.victim API DATABASE FOLDER [SABOTAGE]`; sabotages: `confirm_first` (updates are confirmed before they
are handled, as stock pollers do), `forget_marks` (nothing remembers what was handled), `forget_starts` (what was started
before a crash is taken for sent).
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot import logs
from bot.app import House
from bot.delivery import handling, sending_store
from bot.kit.events import Said
from bot.kit.replies import Message, Reply
from bot.kit.room import Room, Route
from bot.kit.texts import Text
from bot.settings import Settings

TOKEN = "4343:victim-token-victim-token-victim-token"


def on_said(session: Session, event: Said, now: datetime) -> Reply:
    """An effect without any key of its own, so that doing it twice shows."""
    session.execute(text("INSERT INTO effect (said) VALUES (:said)"), {"said": event.text})
    return Reply((Message(Text("delivery.just", {"text": f"heard {event.text}"})),))


COUNTING = Room("counting", routes=(Route(on_said, event="Said", stranger=True),))


def sabotage(how: str) -> None:
    """Breaks one mechanism."""
    if how == "forget_marks":
        handling._first_time = lambda *_: True  # type: ignore[assignment]
    elif how == "forget_starts":
        sending_store.recover = lambda *_: 0  # type: ignore[assignment]


async def confirm_first(house: House) -> None:
    """Polls like the stock pieces: the next offset goes out before the work is done."""

    waiting: asyncio.Queue[Any] = asyncio.Queue()

    async def take(updates: Any) -> None:
        for update in updates:
            waiting.put_nowait(update)

    async def work() -> None:
        while True:
            update = await waiting.get()
            await house.writer.in_transaction(handling.handle, house.router, update, house.clock.now())

    house.working = asyncio.create_task(work())  # type: ignore[attr-defined]

    house.receiver.take = take  # type: ignore[method-assign]


async def live(api: str, database: str, folder: Path, how: str) -> None:
    """Runs until killed."""
    settings = Settings(
        _env_file=None, bot_token=TOKEN, bot_api_url=api, database_url=database, data_dir=folder,
        rate_per_second=1000, rate_per_chat=30, secret_key="a victim's secret that is long enough",
    )  # type: ignore[call-arg]  # fmt: skip
    sabotage(how)
    house = House(settings, rooms=(COUNTING,))
    if how == "confirm_first":
        await confirm_first(house)
    await house.start()
    await house.wait()


if __name__ == "__main__":
    logs.configure("ERROR")
    asyncio.run(live(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else ""))
