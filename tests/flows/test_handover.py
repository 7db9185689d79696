"""Being away, standing in, and handing over the shift."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bot.features import _room
from bot.handover import actions
from bot.kit.texts import Text, text
from bot.ledger import store as ledger
from bot.onboarding.sample import load_sample
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role
from bot.people.tables import PersonRow
from tests.flows.house import Story, story

SAM, MARTA, TOMASZ, BAO = "L-1011", "L-1012", "L-1013", "L-1021"
BEFORE_TWO = datetime(2026, 11, 18, 19, 50, tzinfo=UTC)
"""A Wednesday, 13:50 in Chicago: the early shift ends, the late one begins."""


def two_open(session: Session, path: str, now: datetime) -> Iterable[Text]:
    """What a room would say of its open items."""
    return [text("delivery.just", text="Dock 1: barrier <broken>"), text("delivery.just", text="Dock 2: oil")]


@asynccontextmanager
async def works(database_url: str, folder: Path, at: datetime = BEFORE_TWO) -> AsyncIterator[Story]:
    """The sample company at the change of shifts; Sam, Marta and Bao have phones."""
    rooms = (_room("onboarding"), _room("handover"))
    async with story(database_url, folder, at=at, rooms=rooms, prepare=load_sample) as s:
        actions.configure([two_open])
        for badge in (SAM, MARTA, BAO):
            await s.employee(badge)
        yield s
        assert await s.violations() == []


async def facts(s: Story) -> list[str]:
    """The kinds of the facts of this story, in order, without those of the import."""
    ends = s.now.replace(year=2027)
    found = await s.ask(lambda session: [f.kind for f in ledger.between(session, BEFORE_TWO.replace(year=2025), ends)])
    return [kind for kind in found if kind != "PersonAdded"]


async def test_a_shift_is_handed_over_and_acknowledged(database_url: str, tmp_path: Path) -> None:
    """Note, choice, message with what is open, button; the giver hears that it was read."""
    async with works(database_url, tmp_path) as s:
        await s.says("Sam", "/handover")
        assert "Dock 1: barrier <broken>" in await s.sees("Sam")
        await s.says("Sam", "Truck 4 has no horn & stays parked.")
        assert "Marta Kowalczyk · from 14:00" in (await s.buttons("Sam"))[0]
        await s.presses("Sam", "Marta")
        assert "Truck 4 has no horn & stays parked." in await s.sees("Marta")
        assert "Dock 2: oil" in await s.sees("Marta")
        await s.forward(minutes=12)
        assert "safe shift" in await s.presses("Marta", "I have read it")
        assert "Acknowledged" in await s.sees("Marta")
        assert "Marta Kowalczyk has read your handover" in await s.sees("Sam")
        assert await facts(s) == ["HandoverGiven", "HandoverAcknowledged"]


async def test_an_unread_handover_is_reminded_of_once_and_the_giver_is_told(database_url: str, tmp_path: Path) -> None:
    """After half an hour, and never again."""
    async with works(database_url, tmp_path) as s:
        await s.says("Sam", "/handover")
        await s.says("Sam", "All in order.")
        await s.presses("Sam", "Marta")
        await s.news("Marta")
        await s.forward(minutes=29)
        assert await s.news("Marta") == []
        await s.forward(minutes=2)
        assert "Please acknowledge" in (await s.news("Marta"))[0]
        assert "has not acknowledged" in await s.sees("Sam")
        await s.forward(hours=3)
        assert await s.news("Marta") == []
        await s.presses("Marta", "I have read it")
        assert "has read your handover" in await s.sees("Sam")


async def test_only_those_who_lead_hand_over_and_only_to_whom_it_was_given_acknowledges(
    database_url: str, tmp_path: Path
) -> None:
    """A worker has no shift to hand over; a forged press is refused; both stand on the audit trail."""
    async with works(database_url, tmp_path) as s:
        await s.says("Bao", "/handover")
        assert "for those who lead" in await s.sees("Bao")
        await s.says("Sam", "/handover")
        await s.says("Sam", "All in order.")
        await s.presses("Sam", "Marta")
        where = (await s.screen("Bao"))[-1]["message_id"]
        press = {"from": s.chat("Bao"), "chat": s.chat("Bao"), "message_id": where, "data": "ho.ack:1", "forge": True}
        await s.post("/sim/presses", press)
        await s.settle()
        assert await facts(s) == ["HandoverGiven", "AttemptRefused", "AttemptRefused"]


async def test_the_note_can_be_changed_or_dropped_before_it_is_given(database_url: str, tmp_path: Path) -> None:
    """The last text counts; after Cancel a text is nobody's note."""
    async with works(database_url, tmp_path) as s:
        await s.says("Sam", "/handover")
        await s.says("Sam", "First")
        await s.says("Sam", "Second")
        await s.presses("Sam", "Marta")
        assert "Second" in await s.sees("Marta")
        assert "First" not in await s.sees("Marta")
        await s.says("Sam", "/handover")
        await s.presses("Sam", "Cancel")
        await s.says("Sam", "Third")
        assert "did not understand" in await s.sees("Sam")


async def test_whoever_stands_in_has_the_roles_until_the_absent_one_is_back(database_url: str, tmp_path: Path) -> None:
    """Roles are lent with an end, and given back at /back; both hear of it."""

    def may(session: Session, badge: str, now: datetime) -> bool:
        sam = people.person_by_badge(session, SAM, now)
        other = people.person_by_badge(session, badge, now)
        assert sam is not None
        assert other is not None
        viewer = people.viewer(session, other.id, now)
        return viewer is not None and viewer.holds(Role.SUPERVISOR, sam.path)

    async with works(database_url, tmp_path) as s:
        assert not await s.db(may, MARTA, s.now)
        await s.says("Sam", "/away")
        await s.presses("Sam", "3 days")
        await s.presses("Sam", "Marta")
        assert "Marta Kowalczyk stands in" in await s.sees("Sam")
        assert "You stand in for Sam Okafor" in await s.sees("Marta")
        assert await s.db(may, MARTA, s.now)
        await s.forward(hours=20)
        await s.says("Sam", "/back")
        assert not await s.db(may, MARTA, s.now)
        assert "is back" in await s.sees("Marta")
        await s.says("Sam", "/back")
        assert "did not have you down as away" in await s.sees("Sam")


async def test_an_absence_ends_by_itself_at_midnight_where_the_person_lives(database_url: str, tmp_path: Path) -> None:
    """`Today` is today in Chicago, not in Greenwich; the lent roles end with it."""
    async with works(database_url, tmp_path) as s:
        sam, marta = [await s.db(people.person_by_badge, badge, s.now) for badge in (SAM, MARTA)]
        await s.says("Sam", "/away")
        await s.presses("Sam", "Today")
        await s.presses("Sam", "Marta")
        await s.until(datetime(2026, 11, 19, 5, 59, tzinfo=UTC))
        assert await s.db(people.deputy, sam.id, s.now) == marta.id
        await s.until(datetime(2026, 11, 19, 6, 1, tzinfo=UTC))
        assert await s.db(people.deputy, sam.id, s.now) is None
        viewer = await s.db(people.viewer, marta.id, s.now)
        assert not viewer.holds(Role.SUPERVISOR, sam.path)


async def test_somebody_without_a_role_just_says_until_when(database_url: str, tmp_path: Path) -> None:
    """Nobody has to stand in for a driver's decisions."""
    async with works(database_url, tmp_path) as s:
        await s.says("Bao", "/away")
        await s.presses("Bao", "Cancel")
        assert "nothing was changed" in await s.sees("Bao")
        assert await facts(s) == []
        await s.says("Bao", "/away")
        await s.presses("Bao", "Until I say I am back")
        assert "until you write /back" in await s.sees("Bao")
        assert await facts(s) == ["WentAway"]


async def test_an_unread_handover_of_somebody_who_left_goes_to_their_successor(
    database_url: str, tmp_path: Path
) -> None:
    """The note and its button pass on, the giver hears of it, and the successor acknowledges."""
    async with works(database_url, tmp_path) as s:
        await s.employee(TOMASZ)
        await s.says("Sam", "/handover")
        await s.says("Sam", "Truck 4 has no horn.")
        await s.presses("Sam", "Marta")
        await s.forward(minutes=15)

        def leaves(session: Session) -> None:
            marta, heir = (people.person_by_badge(session, badge, s.now) for badge in (MARTA, TOMASZ))
            assert marta is not None
            assert heir is not None
            session.get_one(PersonRow, marta.id).successor_id = heir.id
            people_actions.leave_company(session, [marta.id], s.now.date(), s.now)
            actions.pass_on(session, {"person": marta.id}, s.now)

        await s.db(leaves)
        await s.settle()
        assert "Your handover has gone to Tomasz" in await s.sees("Sam")
        assert "Truck 4 has no horn." in await s.sees("Tomasz")
        await s.presses("Tomasz", "I have read it")
        assert "Tomasz Nowicki has read your handover" in await s.sees("Sam")
