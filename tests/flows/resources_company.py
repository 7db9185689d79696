"""The site of the stories of risks, with money planned, and helmets and gloves in its store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.onboarding.model import PERSON_LEFT
from bot.people import actions as hiring
from bot.people import store as people
from bot.people.company import named_units
from bot.people.model import Person, Role
from bot.resources.budget import actions as budget
from bot.resources.budget.model import Heading
from bot.resources.equipment import stocking
from bot.resources.equipment.model import Item
from tests.flows.house import Story
from tests.flows.risk_company import facts, forge, site

__all__ = ["facts", "forge", "leave", "person", "ready", "site"]
YEAR = 2026


def person(session: Session, badge: str, now: datetime) -> Person:
    """Somebody by their badge."""
    found = people.person_by_badge(session, badge, now)
    assert found is not None
    return found


def furnish(session: Session, now: datetime) -> None:
    """Grace plans 10,000 dollars for facilities; Sam may approve up to 500, Yusuf up to 2,000. Pedro keeps the store."""
    units, grace = named_units(session), person(session, "M-1", now)
    works = units["Harbour Works"]
    budget.plan(session, grace.id, works.id, YEAR, Heading.FACILITIES, "USD", 10_000_00, now)
    budget.set_limit(session, grace.id, works.id, Role.SUPERVISOR, "USD", 500_00, now)
    budget.set_limit(session, grace.id, works.id, Role.SAFETY_OFFICER, "USD", 2_000_00, now)
    team = units["Harbour Works/Fabrication/Press Team"]
    hiring.grant(session, person(session, "W-2", now).id, Role.SUPERVISOR, team.id, now)
    yusuf, pedro = person(session, "O-1", now), person(session, "E-1", now)
    helmet = Item(0, "helmet", works.id, works.path, {"en": "Helmet"}, ("M", "L"), pedro.id, 30, 400, 1)
    gloves = Item(0, "gloves", works.id, works.path, {"en": "Gloves"}, ("-",), pedro.id, None, None, 0)
    stocking.put_item(session, yusuf.id, helmet, {"M": 1, "L": 3}, now)
    stocking.put_item(session, yusuf.id, gloves, {"-": 5}, now)


def leave(session: Session, badge: str, now: datetime) -> None:
    """Somebody works here no more."""
    who = person(session, badge, now)
    hiring.leave_company(session, [who.id], now.date(), now)
    record(session, Fact(PERSON_LEFT, f"left:{badge}", now, who.id), now)


@asynccontextmanager
async def ready(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """The site with its money and its store; Lucia leads the press team beside Sam."""
    async with site(database_url, tmp_path) as s:
        await s.db(furnish, s.now)
        yield s
