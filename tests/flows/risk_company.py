"""A site for stories of risks: a press team with its leader, those above, an electrician, and two places."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.ledger.tables import FactRow
from bot.people import actions as people
from bot.people.model import Role, UnitKind
from bot.people.tables import ShiftRow
from tests.flows.house import Story, story

SINCE = date(2026, 1, 5)
EVERYBODY = ("W-1", "W-2", "E-1", "S-1", "S-2", "O-1", "M-1")


def company(session: Session, now: datetime) -> None:
    """Ana and Lucia press; Pedro is their electrician; Sam leads them, Nora the dock; Yusuf and Grace look after the site."""
    top = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE)
    site = people.add_unit(session, UnitKind.SITE, "Harbour Works", top, SINCE, zone="America/Chicago")
    fabrication = people.add_unit(session, UnitKind.WORKSHOP, "Fabrication", site, SINCE)
    press = people.add_unit(session, UnitKind.TEAM, "Press Team", fabrication, SINCE)
    dock = people.add_unit(session, UnitKind.TEAM, "Dock Team", site, SINCE)
    session.add(ShiftRow(code="early", name="Early", starts=time(6), ends=time(14)))
    session.flush()
    people.add_person(session, "W-1", "Ana Morales", "es", press, "worker", SINCE, shift="early")
    people.add_person(session, "W-2", "Lucia Herrera", "en", press, "worker", SINCE, shift="early")
    people.add_person(session, "E-1", "Pedro Quispe", "en", press, "maintenance-electrician", SINCE, shift="early")
    sam = people.add_person(session, "S-1", "Sam Okafor", "en", press, "team-leader", SINCE, shift="early")
    nora = people.add_person(session, "S-2", "Nora Lang", "en", dock, "team-leader", SINCE, shift="early")
    yusuf = people.add_person(session, "O-1", "Yusuf Demir", "en", site, "safety-officer", SINCE, shift="early")
    grace = people.add_person(session, "M-1", "Grace Lindqvist", "en", site, "site-manager", SINCE, shift="early")
    for person, role, unit in (
        (sam, Role.SUPERVISOR, press),
        (nora, Role.SUPERVISOR, dock),
        (yusuf, Role.SAFETY_OFFICER, site),
        (grace, Role.MANAGER, site),
    ):
        people.grant(session, person, role, unit.id, now)
    people.add_place(session, press.id, "Press 3", "HW-PRESS-3")
    people.add_place(session, dock.id, "Loading dock 1", "HW-DOCK-1")


@asynccontextmanager
async def site(database_url: str, tmp_path: Path, phones: tuple[str, ...] = EVERYBODY) -> AsyncIterator[Story]:
    """The site, with phones for some of its people."""
    async with story(database_url, tmp_path, prepare=company) as s:
        for badge in phones:
            await s.employee(badge)
        yield s


async def facts(s: Story, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """What the ledger holds of some kinds, in order."""

    def read(session: Session) -> list[tuple[str, dict[str, Any]]]:
        rows = session.query(FactRow).filter(FactRow.kind.in_(kinds)).order_by(FactRow.at, FactRow.id)
        return [(row.kind, dict(row.body)) for row in rows]

    found: list[tuple[str, dict[str, Any]]] = await s.ask(read)
    return found


async def enter_press_risk(s: Story) -> None:
    """Sam enters a risk that kills: press 3, hands in the tool, likely, daily, one death (6 x 6 x 15 = 540)."""
    await s.says("Sam", "/risks")
    await s.presses("Sam", "New risk")
    await s.presses("Sam", "Press 3")
    await s.says("Sam", "Changing the tool: hands in the press when it closes")
    await s.presses("Sam", "It may well happen")
    await s.presses("Sam", "Every working day")
    await s.presses("Sam", "One death")


async def add_control(s: Story, what: str = "Light curtain works", rank: str = "Guard", owner: str = "Pedro") -> None:
    """Sam says what keeps it small, that it is there, and who answers for it."""
    await s.presses("Sam", "What keeps it small?")
    await s.presses("Sam", rank)
    await s.says("Sam", what)
    await s.presses("Sam", owner)
    await s.presses("Sam", "Yes, it is in place")


async def forge(s: Story, who: str, data: str) -> str:
    """Presses a button that nobody gave them; answers the toast or the message."""
    on = next(m for m in reversed(await s.screen(who)) if (m.get("from") or {}).get("is_bot"))
    press = {"from": s.chat(who), "chat": s.chat(who), "message_id": on["message_id"], "data": data, "forge": True}
    answer = await s.post("/sim/presses", press)
    await s.settle()
    told = [
        c
        for c in await s.calls("answerCallbackQuery")
        if c["params"]["callback_query_id"] == answer["callback_query_id"]
    ]
    toast = str(told[-1]["params"].get("text", "")) if told else ""
    return toast or await s.sees(who)
