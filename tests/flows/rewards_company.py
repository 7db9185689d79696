"""A site for stories of points: the press team of the risks' stories, with Hana of human resources and Omar over the company."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.people import actions as people
from bot.people import store
from bot.people.company import named_units
from bot.people.model import Role
from bot.rewards import policy
from bot.rewards.model import EARNABLE
from bot.rewards.tables import PointRow
from tests.flows import risk_company
from tests.flows.house import Story, story

EVERYBODY = ("W-1", "W-2", "E-1", "S-1", "O-1", "H-1", "M-1", "A-1")


def company(session: Session, now: datetime) -> None:
    """Everybody of the press team's site, Hana who looks after points there, Omar who may everything."""
    risk_company.company(session, now)
    units = named_units(session)
    site, top = units["Harbour Works"], units["Lamplight Works"]
    hana = people.add_person(session, "H-1", "Hana Weiss", "en", site, "hr", risk_company.SINCE, shift="early")
    omar = people.add_person(session, "A-1", "Omar Haddad", "en", top, "admin", risk_company.SINCE, shift="early")
    people.grant(session, hana, Role.HR, site.id, now)
    people.grant(session, omar, Role.ADMIN, top.id, now)


@asynccontextmanager
async def ready(
    database_url: str, tmp_path: Path, phones: tuple[str, ...] = EVERYBODY, **more: Any
) -> AsyncIterator[Story]:
    """The site, with phones for its people."""
    policy.configure(None, EARNABLE)
    async with story(database_url, tmp_path, prepare=company, **more) as s:
        for badge in phones:
            await s.employee(badge)
        yield s


async def did(s: Story, badge: str, kind: str, key: str, **body: Any) -> None:
    """Some room records that somebody did something; what follows up on it is done."""

    def write(session: Session) -> None:
        who = store.person_by_badge(session, badge, s.now)
        assert who is not None
        record(session, Fact(FactKind(kind, 1, tuple(body), ""), key, s.now, who.id, body=body), s.now)

    await s.ask(write)
    await s.settle()


async def rows(s: Story, badge: str) -> list[tuple[str, int]]:
    """Somebody's rows of points, oldest first: (kind, amount)."""

    def read(session: Session) -> list[tuple[str, int]]:
        who = store.person_by_badge(session, badge, s.now)
        assert who is not None
        found = session.scalars(select(PointRow).where(PointRow.person_id == who.id).order_by(PointRow.id))
        return [(row.kind, row.amount) for row in found]

    found: list[tuple[str, int]] = await s.ask(read)
    return found


async def balance(s: Story, badge: str) -> int:
    """What somebody has."""
    return sum(amount for _, amount in await rows(s, badge))


async def give(s: Story, badge: str, points: int, why: str = "Held the first-aid course for the team") -> None:
    """Hana gives points by hand."""
    await s.says("Hana", "/points")
    await s.presses("Hana", "Give points by hand")
    await s.says("Hana", badge)
    await s.says("Hana", str(points))
    await s.says("Hana", why)
