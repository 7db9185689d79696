"""One of several replicas: the engine room of `davy run` with a room that counts, in a process of its own.

`python -m tests.proofs.member API DATABASE FOLDER NAME RATE [SABOTAGE]`; sabotage `no_lease`: everybody gets every lease.
Its tick is naive on purpose: it reads what is to be done, thinks, and then does it, so that two at once would do it twice.
What this process is at the moment stands in FOLDER/NAME.json.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot import logs
from bot.app import House
from bot.db import jobs
from bot.db.once import insert_once
from bot.delivery import leases
from bot.delivery.tables import LeaseRow
from bot.kit.events import Said
from bot.kit.replies import Message, Reply
from bot.kit.room import Room, Route, Tick
from bot.kit.texts import Text
from bot.settings import Settings

TOKEN = "4343:member-token-member-token-member-token"
THINKS_S = 0.12
"""Longer than half of what lies between two ticks: of several who do chores beside each other two always meet."""


def prepare(session: Session) -> None:
    """The tables of the counting room."""
    session.execute(text("CREATE TABLE effect (said VARCHAR(80), by_whom VARCHAR(20))"))
    session.execute(text("CREATE TABLE chore (number INTEGER PRIMARY KEY, done BOOLEAN NOT NULL)"))


def counting(name: str) -> Room:
    """Effects without any key of their own, so that doing one twice shows."""

    def effect(session: Session, said: str) -> None:
        session.execute(text("INSERT INTO effect VALUES (:said, :name)"), {"said": said, "name": name})

    def on_said(session: Session, event: Said, now: datetime) -> Reply:
        effect(session, event.text)
        jobs.enqueue(session, "counting.follow", {"said": event.text}, key=f"follow:{event.text}", now=now)
        return Reply((Message(Text("delivery.just", {"text": f"heard {event.text}"})),))

    def follow(session: Session, payload: dict[str, Any], now: datetime) -> None:
        effect(session, f"job {payload['said']}")

    def do_chore(session: Session, now: datetime) -> bool:
        number = session.scalar(text("SELECT number FROM chore WHERE NOT done ORDER BY number LIMIT 1"))
        if number is None:
            return False
        time.sleep(THINKS_S)
        effect(session, f"chore {number}")
        session.execute(text("UPDATE chore SET done = TRUE WHERE number = :number"), {"number": number})
        return False

    return Room(
        "counting",
        routes=(Route(on_said, event="Said", stranger=True),),
        ticks=(Tick("counting.chores", do_chore, 0.2),),
        jobs={"counting.follow": follow},
    )


def granted(session: Session, name: str, holder: str) -> int:
    """The sabotage: a lease for everybody, under one fence."""
    insert_once(session, LeaseRow, {"name": name, "holder": holder, "fence": 1, "until": 0.0}, "name")
    return 1


async def live(api: str, database: str, folder: Path, name: str, rate: float, how: str) -> None:
    """Runs until killed, and writes down what it leads."""
    if how == "no_lease":
        leases.take = granted  # type: ignore[assignment]
    settings = Settings(
        _env_file=None, bot_token=TOKEN, bot_api_url=api, database_url=database, data_dir=folder, replica=name,
        rate_per_second=rate, rate_per_chat=30, secret_key="a member's secret that is long enough",
    )  # type: ignore[call-arg]  # fmt: skip
    house = House(settings, rooms=(counting(name),))
    await house.start()
    state = folder / f"{name}.json"
    while house.failed is not None and not house.failed.done():
        roles = {"sends": house.sender.leads, "ticks": house.worker.leading.leads, "polls": house.polling.leads}
        state.with_suffix(".new").write_text(json.dumps(roles))
        state.with_suffix(".new").replace(state)
        await asyncio.sleep(0.05)
    await house.wait()


if __name__ == "__main__":
    logs.configure("ERROR")
    logging.getLogger("apscheduler").setLevel(
        logging.ERROR
    )  # a tick that is still running is not begun again, and says so
    _, api_, database_, folder_, name_, rate_, *how_ = sys.argv
    asyncio.run(live(api_, database_, Path(folder_), name_, float(rate_), how_[0] if how_ else ""))
