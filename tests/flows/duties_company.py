"""A site for stories of duties: Grace leads it, Yusuf looks after safety, Sam leads the press team with Ana, Lucia and Pedro."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.duties import actions, shipped
from bot.people import store as people
from bot.people.company import named_units
from tests.flows.house import Story
from tests.flows.risk_company import company, facts, forge, site

MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""08:00 in Chicago, the Monday after the stories begin."""
POSTS = {
    "site-manager": "leader",
    "safety-officer": "safety-manager",
    "team-leader": "supervisor",
    "maintenance-electrician": "maintenance-electrician",
    "worker": "machine-operator",
}
__all__ = ["MONDAY", "company", "facts", "forge", "ready", "signed", "site"]


def sign_all(session: Session, now: datetime) -> None:
    """Grace signs a list for each post of her site."""
    grace = people.person_by_badge(session, "M-1", now)
    assert grace is not None
    unit = named_units(session)["Harbour Works"]
    for post, code in POSTS.items():
        draft = shipped.draft(code)
        assert draft is not None
        actions.sign(session, grace.id, post, unit.id, draft, now)


async def signed(s: Story) -> None:
    """All lists are in force, and everybody has their own on the phone."""
    await s.db(sign_all, s.now)
    await s.forward(minutes=6)


@asynccontextmanager
async def ready(database_url: str, tmp_path: Path, **more: Any) -> AsyncIterator[Story]:
    """The site with its lists in force, acknowledged by everybody who has a phone."""
    async with site(database_url, tmp_path, **more) as s:
        await signed(s)
        for who in ("Ana", "Lucia", "Pedro", "Sam", "Nora", "Yusuf", "Grace"):
            if who in s._users:
                await s.says(who, "/duty")
                await s.presses(who, "✅")
        yield s
