"""A site for stories of scores: a press team of eight with Sam, Hana of human resources, Kofi of the works council, Grace."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.learning import model as lessons
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import actions as people
from bot.people import store
from bot.people.model import Role, UnitKind
from bot.people.tables import PostRow, ShiftRow
from tests.flows.house import Story, story

SINCE = date(2026, 1, 5)
OCTOBER = datetime(2026, 10, 5, 18, tzinfo=UTC)
"""A Monday in last month's first week, 13:00 in Chicago; the stories begin on 18 November."""
PRESSERS = ("Ana Morales", "Ben Cole", "Chidi Eze", "Dana Kim", "Emeka Obi", "Fatima Zahra", "Goran Ilic", "Hugo Reyes")


def company(session: Session, now: datetime) -> None:
    """The site, its press team, and those above."""
    top = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE)
    site = people.add_unit(session, UnitKind.SITE, "Harbour Works", top, SINCE, zone="America/Chicago")
    press = people.add_unit(session, UnitKind.TEAM, "Press Team", site, SINCE)
    session.add(ShiftRow(code="early", name="Early", starts=time(6), ends=time(14)))
    session.add(
        PostRow(
            code="worker",
            name="Worker",
            names={"en": "Worker", "es": "Operario", "zh": "工人", "ar": "عامل", "ru": "Рабочий"},
            topics=[],
        )
    )
    session.flush()
    for number, name in enumerate(PRESSERS, 1):
        people.add_person(session, f"W-{number}", name, "en", press, "worker", SINCE, shift="early")
    for badge, name, unit, post, role in (
        ("S-1", "Sam Okafor", press, "team-leader", Role.SUPERVISOR), ("H-1", "Hana Sato", site, "hr", Role.HR),
        ("C-1", "Kofi Mensah", site, "worker", Role.WORKS_COUNCIL),
        ("M-1", "Grace Lindqvist", site, "site-manager", Role.MANAGER),
    ):  # fmt: skip
        person = people.add_person(session, badge, name, "en", unit, post, SINCE, shift="early")
        people.grant(session, person, role, site.id if role is not Role.SUPERVISOR else press.id, now)


def quarter(session: Session, now: datetime) -> None:
    """Fifteen lessons each in October; Ana reads 13, each of the others one fewer than the one before."""
    for number, _ in enumerate(PRESSERS, 1):
        who = store.person_by_badge(session, f"W-{number}", now)
        assert who is not None
        for lesson in range(15):
            at = OCTOBER + timedelta(days=lesson)
            _note(session, lessons.LESSON_ASSIGNED, f"assigned:{number}{lesson:02}", who.id, at)
            if lesson < 14 - number:
                _note(session, lessons.LESSON_READ, f"read:{number}{lesson:02}", who.id, at + timedelta(hours=1))


def _note(session: Session, kind: Any, key: str, person: int, at: datetime) -> None:
    record(session, Fact(kind, key, at, person, body={"lesson": "dock-edges", "version": 1}), at)


EVERYBODY = ("W-1", "W-2", "S-1", "H-1", "C-1", "M-1")


@asynccontextmanager
async def site(
    database_url: str, tmp_path: Path, phones: tuple[str, ...] = EVERYBODY, **more: Any
) -> AsyncIterator[Story]:
    """The site, with phones for some of its people and October behind them."""
    async with story(database_url, tmp_path, prepare=company, **more) as s:
        for badge in phones:
            await s.employee(badge)
        await s.db(quarter, s.now)
        yield s


async def agree_on_scores(s: Story) -> None:
    """Hana proposes them for the site, Kofi agrees."""
    await s.says("Hana", "/agreement")
    await s.presses("Hana", "Change something")
    await s.presses("Hana", "Harbour Works")
    await s.presses("Hana", "Score of a person")
    await s.says("Hana", "Who is promoted is to be decided by what they did, not by who knows whom.")
    await s.says("Kofi", "/agreement")
    await s.presses("Kofi", "Score of a person")
    await s.presses("Kofi", "I agree")
