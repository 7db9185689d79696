"""A dock under the law of the United States for stories of incidents, and what its people do again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import MetaData, update
from sqlalchemy.orm import Session

from bot.people.tables import UnitRow
from tests.flows.hazards_company import company, photo
from tests.flows.house import Story, story, words

EVERYBODY = ("W-1", "W-2", "S-1", "S-2", "M-1", "O-1", "M-2", "A-1", "W-3")
WATCH = ("Sam", "Marta", "Tomasz", "Yusuf", "Grace")


def works(session: Session, now) -> None:  # type: ignore[no-untyped-def]
    """The dock of the hazards' stories, under the law of the United States, with its emergency number."""
    company(session, now)
    session.execute(update(UnitRow).values(jurisdiction="US"))
    session.execute(update(UnitRow).where(UnitRow.kind == "site").values(emergency_number="911"))


@asynccontextmanager
async def dock(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """The dock, and a phone for each."""
    async with story(database_url, tmp_path, prepare=works) as one:
        for badge in EVERYBODY:
            await one.employee(badge)
        yield one
        assert await one.violations() == []


async def standing(s: Story, who: str) -> str:
    """All that stands on somebody's phone."""
    return "\n".join(words(m) for m in await s.screen(who))


async def opened(s: Story) -> None:
    """Ana called for help at the dock; Yusuf says that somebody has to stay in hospital, and leads."""
    await s.says("Ana", "/start pHW-DOCK-1")
    await s.presses("Ana", "Someone is hurt here")
    await s.presses("Yusuf", "Stays in hospital")
    await s.presses("Yusuf", "I lead the investigation")


def traces(session: Session, *wanted: str) -> list[str]:
    """Rows of all tables that hold one of the words, but those that only say who works here."""
    meta, found = MetaData(), []
    meta.reflect(session.connection())
    for table in meta.sorted_tables:
        if table.name in {"person", "account", "placement", "role_grant"}:
            continue
        for row in session.execute(table.select()):
            found += [f"{table.name}: {word}" for word in wanted if word in str(tuple(row))]
    return sorted(found)


async def investigate(s: Story) -> None:
    """Yusuf fills the file: a moment, a note, why and why again, a guard that Sam puts up, what is learned."""
    await s.presses("Yusuf", "What happened when")
    await s.says("Yusuf", "the sling slipped")
    assert "Please begin with a time" in await s.sees("Yusuf")
    await s.says("Yusuf", "9:01 the sling slipped off the hook")
    await s.presses("Yusuf", "Evidence")
    await s.sends_photo("Yusuf", photo(7), caption="the hook")
    await s.presses("Yusuf", "That is all")
    await s.presses("Yusuf", "🌱 Cause")
    await s.presses("Yusuf", "What did it directly")
    await s.says("Yusuf", "The latch of the hook was bent")
    await s.presses("Yusuf", "Why was that so?")
    await s.says("Yusuf", "Hooks are looked at by nobody in particular")
    await s.presses("Yusuf", "That is the root")
    await s.presses("Yusuf", "What is done")
    await s.presses("Yusuf", "Guard, barrier")
    await s.says("Yusuf", "Hooks with a locking latch")
    await s.presses("Yusuf", "Sam Okafor")
    await s.presses("Yusuf", "In 3 days")
    await s.presses("Yusuf", "What is learned")
    await s.says("Yusuf", "A bent latch means: take the hook away")
