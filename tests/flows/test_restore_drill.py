"""The drill: a backup taken while people use the bot is restored into an empty place; doctor is content and the bot goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import looking
from bot.backup.restoring import restore
from bot.backup.taking import take
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.delivery.transport import AiohttpRequest
from bot.delivery.transport_errors import InvalidToken
from bot.doctor import _database
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.ledger.tables import FactRow
from bot.onboarding.sample import load_sample
from tests.flows import house
from tests.flows.house import story
from tests.proofs.counted import counted

WORKER = "L-1042"
MACHINE = {"ladder", "standby"}
"""Whom the sample company has not yet on the phone, and how a throw-away server is set up: the backup changes neither."""


@pytest.fixture
def empty_place(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the backup goes: an empty database of the same engine."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/restored/davy.sqlite3"
        return
    server = request.getfixturevalue("postgres")
    yield server.create_database("davy_drill")
    server.drop_database("davy_drill")


async def test_the_bot_goes_on_from_a_backup(database_url: str, empty_place: str, tmp_path: Path) -> None:
    """Whoever was known is known, what was reported is there, doctor finds nothing bad."""
    async with story(database_url, tmp_path / "before", prepare=load_sample) as s:
        worker = await s.employee(WORKER)
        await s.says(worker.name.split()[0], "/today")
        known = await s.sees(worker.name.split()[0])
        before = await s.ask(lambda session: session.scalar(select(func.count()).select_from(FactRow)))
        taken = asyncio.create_task(
            asyncio.to_thread(
                take, database_url, tmp_path / "before" / "data" / "media", tmp_path / "backups", "drill", s.now
            )
        )
        for _ in range(5):
            await s.says(worker.name.split()[0], "/menu")  # people go on meanwhile
        folder = await taken
    await asyncio.to_thread(restore, folder, empty_place, tmp_path / "after" / "data" / "media")
    async with story(empty_place, tmp_path / "after") as s:
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(FactRow))) >= before
        name = worker.name.split()[0]
        s.simulator.people.bot().queue._next_id += 1000  # as Telegram counts on
        await s.stranger(name, worker.lang)  # the same phone: numbers begin anew with the simulator
        found = await asyncio.to_thread(lambda: list(_database(s.house.settings)))
        assert [str(each) for each in found if each.good is False and each.what not in MACHINE] == []
        assert any(str(each).startswith("ok  schema") for each in found)
        report = looking.backups(s.house.settings.model_copy(update={"backup_dir": tmp_path / "backups"}), s.now)
        assert report.good is True
        await s.says(name, "/today")
        again = await s.sees(name) == known
        counted("the machine is lost, a backup is restored on an empty one", 1, int(again))
        assert again, "the bot does not know whom it knew"


@pytest.mark.prove
@pytest.mark.sabotage
async def test_a_bot_that_begins_anew_is_noticed(make_database_url: Callable[[str], str], tmp_path: Path) -> None:
    """The sabotage: nothing is restored; the bot starts on what is empty."""
    async with story(make_database_url("sqlite"), tmp_path / "before", prepare=load_sample) as s:
        worker = await s.employee(WORKER)
        name = worker.name.split()[0]
        await s.says(name, "/today")
        known = await s.sees(name)
    async with story(make_database_url("sqlite"), tmp_path / "after") as s:
        await s.stranger(name, worker.lang)
        await s.says(name, "/today")
        again = await s.sees(name) == known
    counted("the machine is lost, a backup is restored on an empty one", 1, int(again), sabotaged=True)
    assert not again


async def test_the_token_is_changed_and_nobody_notices(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rotation drill: the old token is refused, and under the new one everybody is known and what waited is sent."""
    async with story(database_url, tmp_path / "before", prepare=load_sample) as s:
        worker = await s.employee(WORKER)
        name = worker.name.split()[0]
        waiting = Message(text("delivery.just", text="what waited"))
        later = s.now + timedelta(minutes=5)
        await s.db(outbox.send, outbox.to_person(worker.id), waiting, Lane.REPLY, later, key="test:waited")
    old = house.TOKEN
    monkeypatch.setattr(house, "TOKEN", "4242:another-token-another-token-another")
    async with story(database_url, tmp_path / "after") as s:
        s.simulator.people.bot().queue._next_id += 1000
        transport = AiohttpRequest(old, api_url=s.api)
        await transport.initialize()
        with pytest.raises(InvalidToken):
            await transport.call("getMe")
        await transport.shutdown()
        await s.stranger(name, worker.lang)
        await s.says(name, "/today")
        await s.forward(minutes=10)
        said = [house.words(m) for m in await s.screen(name)]
        assert "what waited" in said
        assert len(said) > 2, "whoever was known is not known any more"
