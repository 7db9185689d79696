"""What somebody might try with a phone in their hand, told as it would happen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.outbox import Lane
from bot.delivery.tables import OutboxRow
from bot.features import _room
from bot.hazards.tables import HazardDigestRow, HazardHiddenRow, HazardRow
from bot.ledger.tables import FactRow
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role
from tests.flows.hazards_company import company, photo
from tests.flows.house import Story, story
from tests.flows.test_two_persons import forge

ROOMS = (_room("onboarding"), _room("hazards"), _room("delivery"))


async def meet(s: Story, *badges: str) -> None:
    """These have a phone."""
    for badge in badges:
        await s.employee(badge)


async def state(s: Story, number: int = 1) -> str:
    """Where a danger stands."""
    return str(await s.ask(lambda session: session.scalar(select(HazardRow.state).where(HazardRow.id == number))))


async def refused(s: Story) -> list[str]:
    """What was tried without a right, as the trail has it."""
    query = select(FactRow.body).where(FactRow.kind == "AttemptRefused").order_by(FactRow.id)
    return [f"{body['by']} {body['why']}" for body in await s.ask(lambda session: list(session.scalars(query)))]


async def report(s: Story, who: str = "Ana", words: str = "Oil on the floor") -> None:
    """Somebody reports what cannot wait."""
    await s.sends_photo(who, photo(), caption=words)
    await s.presses(who, "Send now")


async def test_a_role_that_ends_while_the_alert_waits_takes_its_buttons_along(
    database_url: str, tmp_path: Path
) -> None:
    """Sam was called at nine and is no supervisor at ten: his button does nothing, and that he pressed it is on the trail."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s, "W-1", "S-1", "M-1")
        await report(s)
        assert "Acknowledge" in " ".join(await s.buttons("Sam"))

        def end(session: Session) -> None:
            sam = people.person_by_badge(session, "S-1", s.now)
            assert sam is not None
            people_actions.revoke(session, sam.id, Role.SUPERVISOR, sam.unit, s.now)

        await s.db(end)
        await s.presses("Sam", "Acknowledge")
        assert await state(s) == "reported"
        assert await refused(s) == ["hz hazards.t_not_yours"]


async def test_a_button_that_was_forwarded_or_pressed_again_is_nobody_elses(database_url: str, tmp_path: Path) -> None:
    """Bao presses what stands on Sam's phone; Sam presses twice: one effect, by Sam."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s, "W-1", "W-2", "S-1")
        await report(s)
        message, button = await s.button("Sam", "Acknowledge")
        press = {
            "chat": s.chat("Sam"),
            "message_id": message["message_id"],
            "data": button["callback_data"],
            "forge": True,
        }
        await forge(s, "Bao", button["callback_data"])
        assert await state(s) == "reported"
        for _ in range(2):
            await s.post("/sim/presses", {"from": s.chat("Sam"), **press})
            await s.settle()
        assert await state(s) == "acknowledged"
        kept = select(func.count()).where(FactRow.kind == "HazardAcknowledged")
        assert await s.ask(lambda session: session.scalar(kept)) == 1


async def test_a_supervisor_neither_sees_nor_closes_a_danger_that_is_about_them(
    database_url: str, tmp_path: Path
) -> None:
    """Ana hides her report from Sam: he is not called, and no number that he tries changes anything."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s, "W-1", "S-1", "S-2", "M-1", "M-2")
        await report(s, words="Sam takes the guard off")

        def hide(session: Session) -> None:
            sam = people.person_by_badge(session, "S-1", s.now)
            assert sam is not None
            session.add(HazardHiddenRow(hazard_id=1, person_id=sam.id))

        await s.db(hide)
        for data in (
            "hz:acknowledge:1",
            "hz:fixed:1",
            "hz:verify:1",
            "hz:reject:1",
            "hz:rate:1",
            "hz:rated:1:1",
            "hz:open:1",
        ):
            await forge(s, "Sam", data)
        assert await state(s) == "reported"
        assert not any("guard off" in said for said in (await s.news("Sam"))[1:])


async def test_nobody_verifies_what_they_fixed_themselves(database_url: str, tmp_path: Path) -> None:
    """Sam fixes and would close it: not he."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s, "W-1", "S-1", "M-1")
        await report(s)
        await s.presses("Sam", "Acknowledge")
        await s.presses("Sam", "Fixed")
        await s.sends_photo("Sam", photo(30), "Sealed")
        await forge(s, "Sam", "hz:verify:1")
        assert await state(s) == "fixed"


async def test_a_flood_of_reports_loses_none_and_keeps_the_line_free_for_another(
    database_url: str, tmp_path: Path
) -> None:
    """Ana sends forty alarms in four minutes: five ring, all forty are open, one message gathers the rest; Bao's own rings."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s, "W-1", "W-2", "S-1")
        for number in range(40):
            await report(s, "Ana", f"Danger number {number}")
            await s.forward(seconds=6)
        assert await s.ask(lambda session: session.scalar(select(func.count(HazardRow.id)))) == 40
        alarms = select(func.count()).where(OutboxRow.lane == Lane.ALERT.value, OutboxRow.method == "send")
        assert await s.ask(lambda session: session.scalar(alarms)) == 5
        listed = select(func.count(func.distinct(HazardDigestRow.hazard_id)))
        assert await s.ask(lambda session: session.scalar(listed)) == 40, "each waits in the digest until it was seen"
        gathered = [each for each in await s.news("Sam") if "Ana Morales has sent" in each]
        assert len(gathered) == 1
        assert "40 reports" in gathered[0]
        await report(s, "Bao", "Somebody lies under the rack")
        assert "Somebody lies under the rack" in await s.sees("Sam")
        assert await s.ask(lambda session: session.scalar(alarms)) == 6


async def test_an_edited_message_does_not_change_what_was_reported(database_url: str, tmp_path: Path) -> None:
    """Words changed afterwards stand beside the first ones, with their time: nothing is back-dated."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await meet(s, "W-1", "S-1")
        await report(s, words="The guard is missing")
        before = await s.ask(lambda session: session.execute(select(HazardRow.words, HazardRow.created_at)).one())
        message = next(m for m in await s.screen("Ana") if m.get("caption") == "The guard is missing")
        await s.forward(hours=2)
        edit = {
            "from": s.chat("Ana"),
            "chat": s.chat("Ana"),
            "message_id": message["message_id"],
            "caption": "All was well",
        }
        await s.post("/sim/edits", edit)
        await s.settle()
        after = await s.ask(lambda session: session.execute(select(HazardRow.words, HazardRow.created_at)).one())
        assert before == after
        assert s.now - after.created_at >= timedelta(hours=2)
