"""A dock crew of six with their leader in a group, one of them on leave; somebody of another team, and a stranger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.features import _room
from bot.ledger import store as ledger
from bot.people import actions as people
from bot.people.model import Role, UnitKind
from bot.people.tables import LeaveRow, UnitRow
from tests.flows.house import Story, story
from tests.flows.learning_company import SINCE, company

ROOMS = (_room("library"), _room("learning"), _room("learning.talks"))
CREW = ("S-1", "D-1", "W-1", "W-2", "W-3", "W-4")
"""Sam leads; Ana, Rosa (who reads Spanish), Kofi, Mia; Leo is on leave. Ben of the night shift is at home."""


def crew(session: Session, now: datetime) -> None:
    """The dock of the learning company with more people, a press team beside it, and who leads them."""
    dock = company(session, now)
    harbour = session.get(UnitRow, dock.parent)
    assert harbour is not None
    press = people.add_unit(session, UnitKind.TEAM, "Press Team", people_unit(session, harbour.id), SINCE)
    for badge, name, lang, unit in (
        ("S-1", "Sam Okafor", "en", dock), ("W-1", "Rosa Diaz", "es", dock), ("W-2", "Kofi Mensah", "en", dock),
        ("W-3", "Mia Lund", "en", dock), ("W-4", "Leo Brandt", "en", dock), ("P-1", "Nia Cole", "en", press),
        ("S-2", "Lena Fischer", "en", press),
    ):  # fmt: skip
        id = people.add_person(session, badge, name, lang, unit, "worker", SINCE, shift="day")
        if badge == "W-4":
            since, until = now - timedelta(days=1), now + timedelta(days=5)
            session.add(LeaveRow(person_id=id, starts_at=since, ends_at=until))
        if badge.startswith("S-"):
            people.grant(session, id, Role.SUPERVISOR, unit.id, now)


def people_unit(session: Session, id: int) -> Any:
    """A unit by its id, that is there."""
    from bot.people import store

    found = store.unit(session, id)
    assert found is not None
    return found


@asynccontextmanager
async def dock(database_url: str, folder: Path, phones: tuple[str, ...] = CREW) -> AsyncIterator[tuple[Story, int]]:
    """Phones of these people, a stranger's, and their group, not yet tied to anything; answers the story and the group's chat."""
    async with story(database_url, folder, rooms=ROOMS, prepare=crew) as s:
        for badge in phones:
            await s.employee(badge)
        await s.stranger("Zed")
        names = [*s._users]
        group = await s.post("/sim/groups", {"title": "Dock crew", "members": [s.chat(name) for name in names]})
        await s.forward(minutes=1)  # the day's lessons have come
        yield s, int(group["id"])
        wrong = await s.violations()
        assert wrong == [], wrong


async def begin(s: Story, group: int, who: str = "Sam") -> str:
    """The leader ties the group and begins a talk about the fifth topic; answers its title."""
    await s.says(who, "/talk", chat=group)
    await s.presses(who, "Dock Team", chat=group)
    await s.says(who, "/talk", chat=group)
    title = (await s.buttons(group))[4]
    await s.presses(who, title, chat=group)
    return title


async def facts(s: Story, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """What the ledger keeps, by kind, in order."""
    since, until = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC)
    found = await s.ask(lambda session: [(f.kind, f.body) for f in ledger.between(session, since, until, kinds)])
    return list(found)
