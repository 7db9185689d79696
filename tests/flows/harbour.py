"""A site for stories of announcements: two teams, whoever leads them, and a crowd with phones; and looking at how one goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.tables import BroadcastRow, OutboxRow
from bot.features import _room
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.ledger import store as ledger
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.model import Role, UnitKind
from bot.people.tables import AccountRow, PersonRow, PlacementRow, ShiftRow, UnitRow
from tests.flows.house import Story, story, words

SINCE = date(2026, 1, 5)
MORNING = datetime(2026, 11, 18, 15, 5, tzinfo=UTC)
NIGHT = datetime(2026, 11, 19, 4, 30, tzinfo=UTC)
"""22:30 in Chicago."""
FIRST = 7_000_001
"""The chat of the first of a crowd."""


def works(session: Session, now: datetime) -> None:
    """Two teams at a site: Sam leads the dock, Rosa works there, Lena leads the storage; Yusuf looks after the site."""
    top = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE)
    site = people.add_unit(session, UnitKind.SITE, "Harbour Works", top, SINCE, zone="America/Chicago")
    dock = people.add_unit(session, UnitKind.TEAM, "Dock Team", site, SINCE)
    storage = people.add_unit(session, UnitKind.TEAM, "Storage Team", site, SINCE)
    late = {"code": "late", "name": "Late", "starts": time(16), "ends": time(0)}
    session.add(ShiftRow(**late, quiet_start=time(2), quiet_end=time(10)))
    session.flush()
    sam = people.add_person(session, "S-1", "Sam Okafor", "en", dock, "team-leader", SINCE)
    people.add_person(session, "W-1", "Rosa Diaz", "es", dock, "worker", SINCE)
    lena = people.add_person(session, "S-2", "Lena Fischer", "en", storage, "team-leader", SINCE)
    yusuf = people.add_person(session, "O-1", "Yusuf Demir", "en", site, "safety-officer", SINCE)
    for person, role, unit in (
        (sam, Role.SUPERVISOR, dock), (lena, Role.SUPERVISOR, storage), (yusuf, Role.SAFETY_OFFICER, site),
    ):  # fmt: skip
        people.grant(session, person, role, unit.id, now)


def crowd(session: Session, chats: list[int], shift: str | None) -> None:
    """Colleagues at the dock with a phone."""
    unit = session.scalar(select(UnitRow.id).where(UnitRow.name == "Dock Team"))
    for chat in chats:
        row = PersonRow(badge=f"C-{chat}", name=f"Colleague {chat}", lang="en", shift=shift, joined_on=SINCE)
        session.add(row)
        session.flush()
        session.add(PlacementRow(person_id=row.id, unit_id=unit, post="worker", starts_on=SINCE))
        session.add(AccountRow(person_id=row.id, channel="telegram", user_id=chat, chat_id=chat, opened_at=MORNING))


@asynccontextmanager
async def harbour(database_url: str, folder: Path, at: datetime = MORNING, **more: Any) -> AsyncIterator[Story]:
    """A morning at the harbour."""
    rooms = tuple(_room(name) for name in ("onboarding", "hazards", "compliance", "delivery"))
    async with story(database_url, folder, at=at, rooms=rooms, prepare=works, **more) as s:
        for badge in ("S-1", "W-1", "S-2", "O-1"):
            await s.employee(badge)
        yield s


async def meet(s: Story, many: int, shift: str | None = None) -> list[int]:
    """A crowd comes to work at the dock, each with a phone that Davy may write to; answers their chats."""
    bot, chats = s.simulator.people.bot(), []
    for each in range(many):
        user = s.simulator.world.add_user(f"Colleague {each}", user_id=FIRST + each)
        s.simulator.world.private_chat(bot, user).started = True
        chats.append(user.id)
    await s.db(crowd, chats, shift)
    return chats


async def press(s: Story, who: str, label: str) -> None:
    """Presses, without waiting for all that follows."""
    message, key = await s.button(who, label)
    chat = s.chat(who)
    await s.post(
        "/sim/presses",
        {"from": chat, "chat": chat, "message_id": message["message_id"], "data": key["callback_data"]},
    )


async def press_twice(s: Story, who: str, label: str) -> None:
    """Two taps before anything could change: Telegram delivers both, whatever the message bears by then."""
    message, key = await s.button(who, label)
    chat = s.chat(who)
    tap = {"from": chat, "chat": chat, "message_id": message["message_id"], "data": key["callback_data"], "forge": True}
    await asyncio.gather(s.post("/sim/presses", tap), s.post("/sim/presses", tap))


async def forged(s: Story, badge: str, data: str) -> str:
    """Somebody presses a button that they were never shown; answers the key of the refusal."""
    who = await s.db(people_store.person_by_badge, badge, s.now)
    chat = s.chat(who.name.split()[0])
    event = Pressed(update_id=1, at=s.now, user=chat, chat=chat, person=who.id, message=1, data=data, callback="1")
    with pytest.raises(Refused) as refused:
        await s.db(s.house.router.answer, event, s.now)
    return refused.value.text.key


async def until(said: Callable[[], Any], seconds: float = 60) -> Any:
    """Waits until an answer is true, and answers it."""
    async with asyncio.timeout(seconds):
        while not (found := await said()):
            await asyncio.sleep(0.05)
    return found


async def states(s: Story) -> dict[str, int]:
    """How many messages of the announcement are in which state."""
    query = select(OutboxRow.state, func.count()).where(OutboxRow.broadcast_id.is_not(None)).group_by(OutboxRow.state)
    found = await s.ask(lambda session: [tuple(row) for row in session.execute(query)])
    return dict(found)


async def facts(s: Story) -> list[dict[str, Any]]:
    """What the ledger keeps of announcements."""
    ends = s.now.replace(year=2027)
    found = await s.ask(lambda session: list(ledger.between(session, MORNING.replace(year=2025), ends)))
    return [dict(fact.body) for fact in found if fact.kind == "AnnouncementSent"]


async def finished(s: Story) -> None:
    """Until the announcement has ended and whoever started it has been told."""

    async def over() -> bool:
        await s.settle()
        return bool(await s.ask(lambda session: session.scalar(select(BroadcastRow.ended_at))))

    await until(over)
    await s.settle()


async def got(s: Story, chats: list[int], what: str) -> list[int]:
    """How often each chat has got something."""
    return [sum(what in words(m) for m in await s.screen(chat)) for chat in chats]
