"""Permits to work in the chat: checked one by one, measured, issued by somebody else, over by themselves, handed back."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.compliance.permits.tables import PermitGasRow, PermitRow
from bot.people.tables import AccountRow, RoleGrantRow, UnitRow
from tests.flows.house import Story
from tests.flows.risk_company import facts, forge, site


async def ask(s: Story, who: str, card: str, *, hours: str = "2 h", checks: int = 6, gas: str = "") -> None:
    """Somebody asks for a permit at press 3, check by check."""
    await s.says(who, "/permit")
    await s.presses(who, "Ask for a permit")
    await s.presses(who, card)
    await s.presses(who, "Press 3")
    await s.says(who, "Weld the new bracket on the frame, by Pedro")
    await s.presses(who, hours)
    for _ in range(checks):
        await s.presses(who, "I have looked: it is so")
    if gas:
        await s.says(who, gas)


async def in_us(s: Story) -> None:
    """The site lies in the United States."""
    await s.ask(lambda session: session.execute(update(UnitRow).values(jurisdiction="US")))


async def state(s: Story) -> str:
    """The first permit's state."""
    return str(await s.ask(lambda session: session.scalar(select(PermitRow.state).order_by(PermitRow.id))))


async def test_hot_work_takes_two_peoples_yes_and_never_the_receivers(database_url: str, tmp_path: Path) -> None:
    """Pedro measures and asks; Sam and Yusuf look and say yes; only then may he begin."""
    async with site(database_url, tmp_path) as s:
        await in_us(s)
        await ask(s, "Pedro", "Hot work", gas="LEL 0")
        assert "LEL" in await s.sees("Pedro")
        assert "US: 29 CFR 1910.146(b)" in await s.sees("Pedro"), "a limit has its law beside it"
        await s.presses("Pedro", "Yes, all within our limits")
        assert "Work does not begin before" in await s.sees("Pedro")
        assert "Sam Okafor" in await s.sees("Pedro")
        assert "Weld the new bracket" in await s.sees("Sam")
        assert "2 yeses are missing" in await s.sees("Sam")
        assert "somebody else has to decide" in await forge(s, "Pedro", "pt:yes:1:0")
        assert "other people's yes" in await forge(s, "Nora", "pt:yes:1:0"), "she leads another team"
        assert "noted" in await s.presses("Sam", "Yes, I have looked")
        assert await state(s) == "asked"
        assert "1 yes is missing" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Yes, I have looked")
        assert await state(s) == "running"
        assert "You may begin" in await s.sees("Pedro")
        kinds = [kind for kind, _ in await facts(s, "PermitAsked", "PermitAnswered", "PermitIssued", "PermitGasTested")]
        assert kinds == ["PermitAsked", "PermitGasTested", "PermitAnswered", "PermitAnswered", "PermitIssued"]
        assert not await s.violations()


async def test_bad_air_opens_nothing_and_stops_what_runs(database_url: str, tmp_path: Path) -> None:
    """18 % oxygen: no permit is asked for. Later, in the middle of the work: everybody out, receiver and issuer are called."""
    async with site(database_url, tmp_path) as s:
        await in_us(s)
        await ask(s, "Pedro", "Confined space", gas="O2 18, LEL 0, H2S 0, CO 0")
        assert "Do not go in" in await s.sees("Pedro")
        assert await s.ask(lambda session: session.scalar(select(PermitRow.id))) is None
        await s.says("Pedro", "O2 20.9, LEL 0")
        assert "This is missing" in await s.sees("Pedro")
        await s.says("Pedro", "O2 20.9, LEL 0, H2S 0, CO 0")
        await s.presses("Pedro", "Yes, all within our limits")
        await s.presses("Sam", "Yes, I have looked")
        await s.presses("Grace", "Yes, I have looked")
        assert await state(s) == "running"
        await s.says("Pedro", "/permit")
        await s.presses("Pedro", "Open No. 1")
        await s.presses("Pedro", "Enter a gas test")
        await s.says("Pedro", "O2 19.4, LEL 2, H2S 0, CO 0")
        await s.news("Grace")
        await s.presses("Pedro", "No, not within them")
        assert await state(s) == "stopped"
        assert any("is stopped" in each for each in await s.news("Grace")), "she issued it"
        values = await s.ask(lambda session: [(r.gas, r.good) for r in session.scalars(select(PermitGasRow))])
        assert ("o2", False) in values
        [(_, stopped)] = await facts(s, "PermitStopped")
        assert stopped["why"] == "gas"


async def test_it_rings_before_its_end_runs_out_by_itself_and_the_issuer_sees_what_is_not_handed_back(
    database_url: str, tmp_path: Path
) -> None:
    """Half an hour before; at the end; a quarter of an hour later safety officers as well; handing back ends it."""
    async with site(database_url, tmp_path) as s:
        await ask(s, "Pedro", "Work at height", hours="2 h")
        await s.presses("Sam", "Yes, I have looked")
        assert await state(s) == "running"
        for who in ("Pedro", "Sam", "Yusuf"):
            await s.news(who)
        await s.forward(hours=1, minutes=25)
        assert await s.news("Pedro") == []
        await s.forward(minutes=6)
        assert any("It ends at" in each for each in await s.news("Pedro"))
        assert any("It ends at" in each for each in await s.news("Sam"))
        await s.forward(minutes=30)
        assert await state(s) == "expired"
        assert any("Stop the work now" in each for each in await s.news("Pedro"))
        assert any("has not handed it back" in each for each in await s.news("Sam"))
        assert await s.news("Yusuf") == []
        await s.forward(minutes=16)
        assert any("still not handed back" in each for each in await s.news("Yusuf"))
        await s.says("Sam", "/today")
        assert "run out, not handed back" in await s.sees("Sam")
        await s.says("Lucia", "/start pHW-PRESS-3")
        await s.presses("Lucia", "Permits here")
        assert "run out, not handed back" in await s.sees("Lucia")
        assert "more time" not in " ".join(await s.buttons("Pedro")).lower()
        await s.presses("Pedro", "Hand it back")
        await s.presses("Pedro", "Yes, all of it")
        assert await state(s) == "back"
        assert "never whoever works under it" in await forge(s, "Pedro", "pt:close:1")
        await s.presses("Sam", "I have looked: closed")
        assert await state(s) == "closed"
        [(_, back)] = await facts(s, "PermitHandedBack")
        assert back["late_minutes"] >= 17


async def test_more_time_needs_a_new_gas_test_and_a_new_yes(database_url: str, tmp_path: Path) -> None:
    """Asked for before the end; the old end holds until there is a yes; afterwards only a new permit helps."""
    async with site(database_url, tmp_path) as s:
        await ask(s, "Pedro", "Hot work", gas="LEL 0", hours="1 h")
        await s.presses("Pedro", "Yes, all within our limits")
        await s.presses("Sam", "Yes, I have looked")
        await s.presses("Yusuf", "Yes, I have looked")
        await s.forward(minutes=40)
        await s.presses("Pedro", "Ask for more time")
        assert "What did you measure" in await s.sees("Pedro")
        await s.says("Pedro", "LEL 1")
        assert "old end holds" in await s.presses("Pedro", "Yes, all within our limits")
        assert "They ask for 1 h" in await s.sees("Sam")
        await s.presses("Sam", "Yes, I have looked")
        await s.presses("Yusuf", "Yes, I have looked")
        assert "It holds until" in await s.sees("Pedro")
        await s.forward(minutes=45)
        assert await state(s) == "running"
        await s.forward(minutes=40)
        assert await state(s) == "expired"
        assert "new permit" in await forge(s, "Pedro", "pt:extend:1")
        rounds = await s.ask(
            lambda session: session.scalars(select(PermitGasRow.round).order_by(PermitGasRow.id)).all()
        )
        assert list(rounds) == [0, 1]


async def test_a_no_refuses_it_and_an_old_test_is_measured_anew(database_url: str, tmp_path: Path) -> None:
    """One no is enough; a value measured an hour ago says nothing."""
    async with site(database_url, tmp_path) as s:
        await ask(s, "Pedro", "Lifting")
        await s.presses("Sam", "⛔ No")
        assert await state(s) == "refused"
        assert "Sam Okafor said no" in await s.sees("Pedro")
        await ask(s, "Pedro", "Hot work", gas="LEL 0")
        await s.forward(minutes=45)
        assert "new gas test" in await s.presses("Pedro", "Yes, all within our limits")


async def test_a_permit_that_needs_two_says_when_only_one_of_them_can_be_reached(
    database_url: str, tmp_path: Path
) -> None:
    """Yusuf and Grace have blocked the bot: Pedro and Sam hear that no safety officer's yes can be had, and the board says so."""
    async with site(database_url, tmp_path) as s:
        await in_us(s)

        def block(session: Session) -> None:
            held = select(RoleGrantRow.person_id).where(RoleGrantRow.role.in_(("manager", "safety_officer", "admin")))
            ids = list(session.scalars(held))
            session.execute(update(AccountRow).where(AccountRow.person_id.in_(ids)).values(blocked_at=s.now))

        await s.ask(block)
        await ask(s, "Pedro", "Hot work", gas="LEL 0")
        await s.presses("Pedro", "Yes, all within our limits")
        told = await s.sees("Pedro")
        assert "It takes a safety officer's yes as well, and none can be reached" in told
        assert "Sam Okafor" in told
        assert "it cannot be issued as things are" in await s.sees("Sam")


async def test_a_permit_whose_two_can_be_reached_says_nothing_of_it(database_url: str, tmp_path: Path) -> None:
    """Neither does one that takes one yes."""
    async with site(database_url, tmp_path) as s:
        await in_us(s)
        await ask(s, "Pedro", "Hot work", gas="LEL 0")
        await s.presses("Pedro", "Yes, all within our limits")
        assert "none can be reached" not in await s.sees("Pedro")
        assert "as things are" not in await s.sees("Sam")
