"""The process that gets killed: the engine room of `davy run` with a room that counts, in a process of its own.

`python -m tests.proofs.victim API DATABASE FOLDER [--webhook PORT] [--sabotage HOW]`; sabotages: `confirm_first` (updates are
confirmed before they are handled, as stock pieces do), `forget_marks` (nothing remembers what was handled), `forget_starts`
(what was started before a crash is taken for sent), `repeat_all` (what was sent before a crash is taken for unsent).
"""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from bot import logs
from bot.app import House
from bot.kit.events import Said
from bot.kit.replies import Message, Reply
from bot.kit.room import Room, Route
from bot.kit.texts import Text
from bot.serving import listen, serve, stop_on_signals
from bot.settings import Settings
from bot.web import app as web

TOKEN = "4343:victim-token-victim-token-victim-token"


def on_said(session: Session, event: Said, now: datetime) -> Reply:
    """An effect without any key of its own, so that doing it twice shows."""
    session.execute(text("INSERT INTO effect (said) VALUES (:said)"), {"said": event.text})
    return Reply((Message(Text("delivery.just", {"text": f"heard {event.text}"})),))


COUNTING = Room("counting", routes=(Route(on_said, event="Said", stranger=True),))


def sabotage(house: House, how: str) -> None:
    """Breaks one mechanism, as far as possible where no code of ours can notice: in the database."""
    if how == "forget_marks":
        _after_insert(house, "handled", "update_id")
        _confirm_slowly(house)
    elif how == "forget_starts":
        _at_once(house, "UPDATE outbox SET state = 'sent' WHERE state = 'started'")
    elif how == "repeat_all":
        _at_once(house, "UPDATE outbox SET state = 'waiting', made = 0 WHERE state = 'sent'")
    elif how == "confirm_first":
        _confirm_first(house)


def _at_once(house: House, statement: str) -> None:
    with house.engine.begin() as connection:
        connection.execute(text(statement))


def _after_insert(house: House, table: str, key: str) -> None:
    """A trigger that takes away every row as soon as it is there."""
    forget = f"DELETE FROM {table} WHERE {key} = NEW.{key};"
    if house.engine.dialect.name == "sqlite":
        _at_once(house, f"CREATE TRIGGER IF NOT EXISTS forget AFTER INSERT ON {table} BEGIN {forget} END")
        return
    body = f"BEGIN {forget} RETURN NULL; END"
    _at_once(house, f"CREATE OR REPLACE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    _at_once(house, f"CREATE OR REPLACE TRIGGER forget AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION forget()")


def _confirm_slowly(house: House) -> None:
    """A slow network: more blows fall between the commit and the confirmation, which marks make harmless."""
    call = house.transport.call

    async def slowly(method: str, *args: Any, **kwargs: Any) -> Any:
        if method == "getUpdates":
            await asyncio.sleep(0.1)
        return await call(method, *args, **kwargs)

    house.transport.call = slowly  # type: ignore[method-assign]


def _confirm_first(house: House) -> None:
    """Like the stock pieces: the next offset or the 200 goes out before the work is done."""
    waiting: asyncio.Queue[Any] = asyncio.Queue()
    handle = house.receiver.on_webhook

    async def take(updates: Any) -> None:
        for update in updates:
            waiting.put_nowait(update)

    async def on_webhook(update: Any) -> None:
        waiting.put_nowait(update)

    async def work() -> None:
        while True:
            await asyncio.wait([asyncio.create_task(handle(await waiting.get()))])

    house.receiver.take, house.receiver.on_webhook = take, on_webhook  # type: ignore[method-assign]
    house.working = asyncio.create_task(work())  # type: ignore[attr-defined]


async def live(given: argparse.Namespace) -> None:
    """Runs until killed, or until asked to end as `davy run` would be."""
    settings = Settings(
        _env_file=None, bot_token=TOKEN, bot_api_url=given.api, database_url=given.database, data_dir=given.folder,
        rate_per_second=1000, rate_per_chat=30, secret_key="a victim's secret that is long enough",
        updates="webhook" if given.webhook else "polling", webhook_url=f"http://127.0.0.1:{given.webhook}",
    )  # type: ignore[call-arg]  # fmt: skip
    house = House(settings, rooms=(COUNTING,))
    sabotage(house, given.sabotage)
    server, serving = await serve(web.build(house), listen("127.0.0.1", given.webhook))
    stopping = stop_on_signals()
    await house.start()
    await asyncio.wait([stopping, asyncio.ensure_future(house.wait())], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await house.stop()
    await serving


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("api")
    parser.add_argument("database")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--webhook", type=int, default=0)
    parser.add_argument("--sabotage", default="")
    logs.configure("CRITICAL")
    asyncio.run(live(parser.parse_args()))
