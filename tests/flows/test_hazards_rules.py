"""A crew's group, a control that is missing, a milder rating, a release, an outage: on the phones of those who live it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.features import _room
from bot.hazards.tables import HazardRow
from bot.people.tables import CrewGroupRow, PersonRow, UnitRow
from bot.risks.tables import RiskControlRow
from tests.flows.hazards_company import company, photo
from tests.flows.house import Story, story
from tests.flows.risk_company import add_control, enter_press_risk, facts, site
from tests.flows.test_risks import NEXT_MORNING

ROOMS = (_room("hazards"),)
EVERYBODY = ("W-1", "W-2", "S-1", "S-2", "M-1", "O-1", "M-2", "A-1")


async def group_of(s: Story, *names: str, ladder: dict[str, Any]) -> int:
    """The dock's crew in a group that is tied to it, and the ladder that the company file says."""
    group = int(
        (await s.post("/sim/groups", {"title": "Dock crew", "members": [s.chat(name) for name in names]}))["id"]
    )

    def tie(session: Session) -> None:
        dock = session.scalars(select(UnitRow).where(UnitRow.name == "Dock Team")).one()
        session.add(CrewGroupRow(chat_id=group, unit_id=dock.id, tied_by=1, tied_at=s.now))
        session.execute(update(UnitRow).where(UnitRow.id == dock.id).values(alerts={"ladder": ladder}))

    await s.db(tie)
    return group


async def test_in_the_crews_group_any_supervisor_acknowledges(database_url: str, tmp_path: Path) -> None:
    """Bao is no supervisor and is told so; Marta and Sam press at once: one wins, the other hears who; nobody else is called."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        for badge in EVERYBODY:
            await s.employee(badge)
        group = await group_of(s, "Sam", "Marta", "Bao", ladder={"all": [["group", 5], ["manager", 5], ["admin", 5]]})
        await s.sends_photo("Ana", photo(), caption="Sam left the gate open")
        await s.presses("Ana", "Send now")
        called = await s.sees(group)
        assert "Dock Team" in called
        assert "gate" not in called, "a group is many eyes"
        assert await s.news("Sam") == [], "the group is the rung"
        assert "may not" in await s.presses("Bao", "Acknowledge", chat=group)
        assert await s.ask(lambda session: session.scalar(select(HazardRow.acknowledged_by))) is None
        message, button = await s.button(group, "Acknowledge")
        press = {"chat": group, "message_id": message["message_id"], "data": button["callback_data"]}
        before = len(await s.calls("answerCallbackQuery"))
        await asyncio.gather(*(s.post("/sim/presses", {"from": s.chat(name), **press}) for name in ("Marta", "Sam")))
        await s.settle()
        toasts = [str(c["params"].get("text", "")) for c in (await s.calls("answerCallbackQuery"))[before:]]
        first = await s.ask(lambda session: session.scalar(select(HazardRow.acknowledged_by)))
        winner = await s.ask(lambda session: session.get_one(PersonRow, first).name)
        assert sum("Nobody else is alerted now" in toast for toast in toasts) == 1
        assert sum(winner in toast for toast in toasts) == 1, "the second one hears who was first"
        assert winner in await s.sees(group), "everybody in the group sees who takes care of it"
        assert "Acknowledge" not in " ".join(await s.buttons(group))
        assert any(f"{winner}, has taken on" in said for said in await s.news("Ana"))
        await s.forward(hours=1)
        assert await s.news("Tomasz") == []
        assert await s.news("Ada") == []
        assert await s.violations() == []


async def test_a_stranger_in_the_group_takes_nothing_on(database_url: str, tmp_path: Path) -> None:
    """And when nobody may, the ladder goes on to the manager."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        for badge in EVERYBODY:
            await s.employee(badge)
        await s.stranger("Zed")
        group = await group_of(s, "Bao", "Zed", ladder={"all": [["group", 5], ["manager", 5]]})
        await s.sends_photo("Ana", photo(), caption="Oil on the floor")
        await s.presses("Ana", "Send now")
        await s.presses("Zed", "Acknowledge", chat=group)
        assert await s.ask(lambda session: session.scalar(select(HazardRow.state))) == "reported"
        await s.forward(minutes=5, seconds=2)
        assert any("Oil on the floor" in said for said in await s.news("Tomasz"))


async def test_a_milder_rating_asks_for_its_reason_and_the_reporter_reads_it(database_url: str, tmp_path: Path) -> None:
    """High, and then low: why? The card and Ana's phone say it."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        for badge in EVERYBODY:
            await s.employee(badge)
        await s.sends_photo("Ana", photo(), caption="Oil on the floor")
        await s.presses("Ana", "Send now")
        for tap in ("Acknowledge", "Rate", "high", "Rate", "low"):
            await s.presses("Sam", tap)
        assert "Why is it" in await s.sees("Sam")
        assert await s.ask(lambda session: session.scalar(select(HazardRow.severity))) == 3
        await s.says("Sam", "It is water, and the way is closed")
        assert await s.ask(lambda session: session.scalar(select(HazardRow.severity))) == 1
        message, _ = await s.button("Marta", "Rate")
        assert "It is water, and the way is closed" in message["caption"]


async def test_a_control_that_is_missing_is_one_danger_with_one_alert_and_is_looked_at_when_it_is_gone(
    database_url: str, tmp_path: Path
) -> None:
    """Pedro finds the light curtain off: Sam is alerted once, a danger stands; proved gone, Pedro is asked to look at once."""
    async with site(database_url, tmp_path) as s:
        await enter_press_risk(s)
        await add_control(s)
        await s.until(NEXT_MORNING)
        await s.news("Sam"), await s.news("Yusuf")
        await s.presses("Pedro", "Light curtain works")
        await s.presses("Pedro", "Not in place")
        assert len(await s.news("Sam")) == 1, "the risk alerts; its danger does not ring a second time"
        [(_, found)] = await facts(s, "DangerFound")
        assert (found["room"], found["severity"]) == ("risks", 4)
        await s.says("Sam", "/hazards")
        await s.presses("Sam", "No. 1")
        assert "Light curtain works" in await s.sees("Sam")
        await s.presses("Sam", "Acknowledge")
        await s.presses("Sam", "Fixed")
        await s.sends_photo("Sam", photo())
        await s.presses("Grace", "is gone")
        assert [body["gone"] for _, body in await facts(s, "DangerCleared")] == [True]
        await s.forward(minutes=2)
        control = await s.ask(lambda session: session.scalars(select(RiskControlRow)).one())
        assert control.asked_at is not None
        assert control.missing_at is not None, "only a look takes it back"
        await s.presses("Pedro", "Light curtain works")
        await s.presses("Pedro", "In place")
        assert [kind for kind, _ in await facts(s, "RiskCalmed")] == ["RiskCalmed"]
        assert len(await facts(s, "DangerFound")) == 1


async def test_fifty_presses_at_once_have_one_winner_and_no_later_call(database_url: str, tmp_path: Path) -> None:
    """All on their way before any is answered; each hears who was first; an hour later nobody further was called."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        for badge in EVERYBODY:
            await s.employee(badge)
        await s.sends_photo("Ana", photo(), caption="Oil on the floor")
        await s.presses("Ana", "Send now")
        presses = []
        for name in ("Sam", "Marta"):
            message, button = await s.button(name, "Acknowledge")
            presses += [
                {"from": s.chat(name), "chat": s.chat(name), "message_id": message["message_id"], "data": button["callback_data"]}
            ] * 25  # fmt: skip
        before = len(await s.calls("answerCallbackQuery"))
        await asyncio.gather(*(s.post("/sim/presses", press) for press in presses))
        toasts: list[str] = []
        for _ in range(20):  # on a busy machine the last of them are still being answered
            await s.settle()
            toasts = [str(c["params"].get("text", "")) for c in (await s.calls("answerCallbackQuery"))[before:]]
            if len(toasts) == 50:
                break
            await asyncio.sleep(0.5)
        assert len(toasts) == 50
        assert sum("Nobody else is alerted now" in toast for toast in toasts) == 1
        assert len(await facts(s, "HazardAcknowledged")) == 1
        for name in ("Tomasz", "Yusuf", "Grace", "Ada"):
            await s.news(name)
        await s.forward(hours=1)
        assert [await s.news(name) for name in ("Tomasz", "Yusuf", "Grace", "Ada")] == [[], [], [], []]
