"""What a PIN on a shared tablet does not open: rights, the door, who reported without a name, people's data."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery.tables import ApprovalRow
from bot.features import rooms as all_rooms
from bot.hazards.tables import HazardRow
from bot.people import store as people
from bot.people.model import Role
from bot.people.tables import InviteRow
from bot.web.tables import WebSessionRow
from bot.web.tablet.tables import DoorCodeRow
from tests.flows.hazards_company import company
from tests.flows.house import story
from tests.flows.tablet_hand import browser, enrolled, worker
from tests.flows.test_two_persons import also, holds, sealed_report

GUARDED = {
    "invite", "ob.invite", "poster", "slips", "grant", "revoke", "ob.join", "reveal", "hzi", "desk", "pin", "tablet", "dl.yes",
    "sx:make", "sx:issued", "co.xlsx", "rd:proof", "rwd:out", "inv:pack", "inv:guest",
}  # fmt: skip
NO = "on a shared screen a PIN is not enough"


def rows(session: Session, table: type) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_what_gives_rights_or_data_away_is_guarded() -> None:
    """Each way on the list; who adds one that gives rights, names or data adds it here too."""
    found = set()
    for room in all_rooms():
        for route in room.routes:
            name = route.command or route.verb
            words = (None,) if route.guarded is True else route.guarded or ()
            found |= {name if word is None else f"{name}:{word}" for word in words}
    assert found == GUARDED


async def test_an_administrator_gives_no_rights_and_opens_nobody_by_a_pin(database_url: str, tmp_path: Path) -> None:
    """Ada sits at the tablet: roles, links, codes and a reporter's name are for her phone; what she says there works."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        for badge in ("W-1", "O-1", "A-1"):
            await s.employee(badge)
        await sealed_report(s)
        number = await s.ask(lambda session: session.scalar(select(HazardRow.id)))
        await enrolled(s, hand, by="A-1", unit=await s.ask(lambda session: people.units(session)[0].name))
        await worker(s, hand, "A-1")
        before = {table: await s.ask(lambda session, t=table: rows(session, t)) for table in (InviteRow, WebSessionRow)}
        codes = await s.ask(lambda session: rows(session, DoorCodeRow))
        for nth, said in enumerate((
            "/grant W-2 trainer", "/revoke O-1 safety_officer", "/invite W-2", "/poster", "/slips", "/desk", "/pin", "/pin W-2",
            "/tablet Gate", f"/reveal {number} The police ask for a witness",
        ), 1):  # fmt: skip
            assert (await hand.says(said)).count(NO) == nth, said
        assert not await holds(s, "W-2", Role.TRAINER)
        assert {table: await s.ask(lambda session, t=table: rows(session, t)) for table in before} == before
        assert await s.ask(lambda session: rows(session, DoorCodeRow)) == codes
        assert await s.ask(lambda session: rows(session, ApprovalRow)) == 0
        assert (await hand.says("/hazards")).count(NO) == nth, "she may look"
        await s.says("Ada", "/grant W-2 trainer")
        assert await holds(s, "W-2", Role.TRAINER), "in Telegram she may"


@pytest.mark.parametrize("lang", ["zh", "es", "ar", "ru"])
async def test_it_is_said_in_their_language(lang: str) -> None:
    """Nobody reads English where they read something else."""
    from bot.i18n.say import say

    said = str(say("delivery.not_by_pin", lang))
    assert "PIN" in said
    assert NO not in said


async def test_the_second_word_is_not_given_by_a_pin(database_url: str, tmp_path: Path) -> None:
    """Yusuf has blocked the bot and reads on the tablet that Ada asks for his word: there he may look, and not agree."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        for badge in ("O-1", "A-1"):
            await s.employee(badge)
        await also(s, "O-1", Role.ADMIN)
        await s.blocks("Yusuf")
        await enrolled(s, hand, by="A-1")
        await worker(s, hand, "O-1")
        await hand.presses("I am done")
        await s.says("Ada", "/grant W-2 admin")
        await s.forward(minutes=1)
        await hand.signs_in("O-1")
        assert "Ada Byron wants to make Bao Tran" in hand.page.said
        assert NO in await hand.presses("I agree")
        assert not await holds(s, "W-2", Role.ADMIN)
