"""Working days in a row, free pauses, badges and the board of teams, on the phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.features import _room
from bot.learning.habit.tables import HabitBadgeRow, HabitDayRow, HabitMemberRow
from bot.ledger.tables import FactRow
from bot.people import actions as people
from tests.flows.habit_company import CREW, MONDAY, did, harbour, learns, nine, reported
from tests.flows.house import story
from tests.flows.test_learning import answer_rightly, to_the_questions

ROOMS = tuple(_room(name) for name in ("library", "learning", "learning.habit", "hazards"))


async def test_a_week_with_a_missed_day_ends_with_a_free_pause_said_kindly(database_url: str, tmp_path: Path) -> None:
    """Ana learns Monday and Tuesday, misses Wednesday, and on Thursday it is three in a row; the weekend breaks nothing."""
    async with story(database_url, tmp_path, at=MONDAY, rooms=ROOMS, prepare=harbour) as s:
        await s.employee("D-1")
        await s.until(nine(16))
        assert "in a row" not in await learns(s, "Ana")
        await s.until(nine(17))
        assert "2 working days in a row." in await learns(s, "Ana")
        await s.until(nine(18))
        await s.until(nine(19))
        end = await learns(s, "Ana")
        assert "3 working days in a row." in end
        assert "A free pause covered the day in between." in end
        await s.until(nine(20))
        end = await learns(s, "Ana")
        assert "4 working days in a row." in end
        assert "pause" not in end
        await s.until(nine(23))
        assert "5 working days in a row." in await learns(s, "Ana")
        await s.says("Ana", "/mystatus")
        assert "5 working days in a row; free pauses left this month: 1." in await s.sees("Ana")
        await s.news("Ana")
        await s.until(nine(23, 20))
        await s.until(nine(24, 8))
        assert await s.news("Ana") == [], "nothing about days in a row is ever sent by itself"
        assert await s.violations() == []


async def test_two_presses_on_finish_say_the_same(database_url: str, tmp_path: Path) -> None:
    """The last button is pressed twice: the line stays, the day counts once."""
    async with story(database_url, tmp_path, at=MONDAY, rooms=ROOMS, prepare=harbour) as s:
        ana = await s.employee("D-1")
        await s.until(nine(16))
        await learns(s, "Ana")
        await s.until(nine(17))
        await s.says("Ana", "/today")
        await s.presses("Ana", "Start the lesson")
        await to_the_questions(s, "Ana")
        for number in range(3):
            await answer_rightly(s, "Ana")
            if number < 2:
                await s.presses("Ana", "Next question")
        message, finish = await s.button("Ana", "Finish")
        press = {"from": s.chat("Ana"), "chat": s.chat("Ana"), "message_id": message["message_id"]}
        await s.post("/sim/presses", press | {"data": finish["callback_data"]})
        await s.post("/sim/presses", press | {"data": finish["callback_data"]})
        await s.settle()
        assert "2 working days in a row." in await s.sees("Ana")
        days = select(func.count()).select_from(HabitDayRow).where(HabitDayRow.person_id == ana.id)
        assert await s.ask(lambda session: session.scalar(days)) == 2
        facts = select(func.count()).select_from(FactRow).where(FactRow.kind == "DayLearned")
        assert await s.ask(lambda session: session.scalar(facts)) == 2


async def test_days_off_leave_and_illness_break_nothing(database_url: str, tmp_path: Path) -> None:
    """A week of leave; then three days ill without a word to anybody, and one press says so afterwards."""
    async with story(database_url, tmp_path, at=MONDAY, rooms=ROOMS, prepare=harbour) as s:
        ana = await s.employee("D-1")
        for day in (16, 17):
            await s.until(nine(day))
            await learns(s, "Ana")
        await s.until(nine(18, 10))  # the day's lesson lies there, and then her leave begins
        await s.db(people.go_away, ana.id, s.now, nine(23, 1), None)
        for day in (19, 20, 23):
            await s.until(nine(day))
        end = await learns(s, "Ana")
        assert "3 working days in a row." in end
        assert "pause" not in end
        for day in (24, 25, 26, 27):
            await s.until(nine(day))
        await s.says("Ana", "/habit")
        assert "Your next lesson begins a new row." in await s.sees("Ana")
        assert "Noted" in await s.presses("Ana", "away or ill")
        assert "3 working days in a row." in await s.sees("Ana")
        assert "away or ill" not in " ".join(await s.buttons("Ana"))
        assert "4 working days in a row." in await learns(s, "Ana")
        assert await s.violations() == []


async def test_whoever_comes_back_is_welcomed_with_a_badge(database_url: str, tmp_path: Path) -> None:
    """Ana does nothing for three weeks. The next end of a lesson says that it is good to have her back."""
    async with story(database_url, tmp_path, at=MONDAY, rooms=ROOMS, prepare=harbour) as s:
        await s.employee("D-1")
        await s.until(nine(16))
        await learns(s, "Ana")
        await s.until(nine(37))
        end = await learns(s, "Ana")
        assert "Good to have you back." in end
        assert "New badge: Came back." in end
        await s.says("Ana", "/habit")
        assert "Came back" in await s.sees("Ana")
        await s.presses("Ana", "Show my badges")
        await s.settle()
        assert "You learned again after two weeks or more away." in await s.sees("Ana")
        pictured = [m for m in await s.screen("Ana") if m.get("photo")]
        assert pictured, "the badges come as a picture with the same in words"
        await s.until(nine(38))
        assert "badge" not in await learns(s, "Ana"), "a badge is told once"
        assert await s.violations() == []


async def test_a_first_report_by_name_is_a_badge_and_a_second_is_none(database_url: str, tmp_path: Path) -> None:
    """Ana reports twice by name, Bea once without: Ana has one badge, told at the end of her next lesson; Bea has none."""
    async with story(database_url, tmp_path, at=MONDAY, rooms=ROOMS, prepare=harbour) as s:
        ana, bea = await s.employee("D-1"), await s.employee("D-3")
        await s.db(reported, ana.id, "one")
        await s.db(reported, ana.id, "two")
        await s.db(reported, None, "three")
        await s.settle()
        assert await s.news("Ana") == [], "a badge is no message of its own"
        query = select(HabitBadgeRow.person_id, HabitBadgeRow.badge)
        found = await s.ask(lambda session: [tuple(row) for row in session.execute(query)])
        assert found == [(ana.id, "first_report")]
        assert bea.id != ana.id
        await s.until(nine(16))
        assert "New badge: Spoke up." in await learns(s, "Ana")


async def test_a_fix_that_somebody_else_checked_is_a_badge_of_the_fixer(database_url: str, tmp_path: Path) -> None:
    """Bea fixed it, Sue verified it: the badge is Bea's."""
    async with story(database_url, tmp_path, at=MONDAY, rooms=ROOMS, prepare=harbour) as s:
        bea, sue = await s.employee("D-3"), await s.employee("S-1")

        def verified(session: Session) -> None:
            from bot.hazards.model import FIXED, VERIFIED
            from bot.ledger.actions import record
            from bot.ledger.model import Fact

            record(session, Fact(FIXED, "hazard:x:fixed", MONDAY, person=bea.id, body={"hazard": 7}), MONDAY)
            record(session, Fact(VERIFIED, "hazard:x:verified", MONDAY, person=sue.id, body={"hazard": 7}), MONDAY)

        await s.db(verified)
        await s.settle()
        query = select(HabitBadgeRow.person_id, HabitBadgeRow.badge)
        found = await s.ask(lambda session: [tuple(row) for row in session.execute(query)])
        assert found == [(bea.id, "verified_fix")]


async def test_the_board_shows_teams_of_those_who_want_to_and_no_person(database_url: str, tmp_path: Path) -> None:
    """Sue switches it on; five of each crew join; n and rounded shares are shown, Ana leaves, and her crew is too small."""
    async with story(database_url, tmp_path, at=MONDAY, rooms=ROOMS, prepare=harbour) as s:
        cranes = [f"Kim{number}" for number in range(1, 6)]
        for badge in ("S-1", "D-1", *(f"D-{n}" for n in range(3, 7)), *(f"C-{n}" for n in range(1, 6))):
            await s.employee(badge)
        await s.says("Ana", "/habit")
        assert "board" not in " ".join(await s.buttons("Ana")), "nobody has switched it on"
        await s.says("Sue", "/habit")
        await s.presses("Sue", "Boards of my units")
        await s.presses("Sue", "Switch on: Harbour Works")
        for who in (*CREW, *cranes):
            await s.says(who, "/habit")
            await s.presses(who, "The board of teams")
            assert "never persons" in await s.sees(who)
            assert "You count for your team" in await s.presses(who, "Count me in")
        for day in (16, 17):
            await s.until(nine(day))
            for who in (*CREW, *(cranes if day == 16 else ())):
                await s.db(did, who, nine(day).date())
        await s.until(nine(18))
        await s.says("Ana", "/habit")
        await s.presses("Ana", "See the board of teams")
        await s.settle()
        board = await s.sees("Ana")
        assert "100 % · Dock Team (n = 5)" in board
        assert "50 % · Crane Team (n = 5)" in board
        assert not any(name in board for name in (*CREW, *cranes))
        await s.presses("Ana", "Leave the board")
        await s.presses("Sue", "See: Harbour Works")
        await s.settle()
        board = await s.sees("Sue")
        assert "There is nothing to compare yet" in board
        assert "%" not in board.partition("n:")[0]
        await s.presses("Sue", "Switch off: Harbour Works")
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(HabitMemberRow))) == 0
        assert await s.violations() == []


async def test_a_team_has_its_days_when_most_took_part_and_nobody_is_named(database_url: str, tmp_path: Path) -> None:
    """Four of five on Monday, three on Tuesday (a pause), all on Wednesday: two days in a row, without a name."""
    async with story(database_url, tmp_path, at=MONDAY, rooms=ROOMS, prepare=harbour) as s:
        for badge in ("D-1", *(f"D-{n}" for n in range(3, 7)), "C-1"):
            await s.employee(badge)
        days: Sequence[tuple[int, int]] = ((16, 4), (17, 3), (18, 5))
        for day, count in days:
            await s.until(nine(day))
            for who in CREW[:count]:
                await s.db(did, who, nine(day).date())
        await s.until(nine(19))
        await s.says("Ana", "/habit")
        page = await s.sees("Ana")
        assert "Your team: 2 working days in a row on which at least 70 % took part." in page
        assert not any(name in page for name in CREW)
        await s.says("Kim1", "/habit")
        assert "Your team" not in await s.sees("Kim1"), "one with a phone of five: too small to be spoken of"


async def test_a_manager_switches_persons_or_all_of_it_off(database_url: str, tmp_path: Path) -> None:
    """Grace: teams only at Harbour Works, then nothing at all; Ana sees neither days nor badges, and nothing is kept."""
    async with story(database_url, tmp_path, at=MONDAY, rooms=ROOMS, prepare=harbour) as s:
        await s.employee("D-1")
        await s.employee("G-1")
        await s.employee("S-1")
        await s.until(nine(16))
        await learns(s, "Ana")
        await s.says("Grace", "/habit")
        await s.presses("Grace", "What is counted")
        await s.presses("Grace", "Harbour Works")
        await s.presses("Grace", "Teams only")
        assert "Counted here: Teams only, no person." in await s.sees("Grace")
        await s.until(nine(17))
        assert "in a row" not in await learns(s, "Ana")
        await s.says("Ana", "/habit")
        assert "What one person does is shown to nobody." in await s.sees("Ana")
        await s.presses("Grace", "Nothing at all")
        await s.until(nine(18))
        assert "in a row" not in await learns(s, "Ana")
        days = select(func.count()).select_from(HabitDayRow)
        assert await s.ask(lambda session: session.scalar(days)) == 2, "the third day is not kept"
        await s.says("Sue", "/habit")
        assert "What is counted" not in " ".join(await s.buttons("Sue")), "a supervisor is no manager"
        await s.presses("Grace", "Own days, badges, teams")
        await s.until(nine(19))
        assert "3 working days in a row." in await learns(s, "Ana"), "days that were not counted break nothing"
        assert await s.violations() == []


@pytest.mark.parametrize(("badge", "name", "days", "menu"), [("L-1", "Chen", "连续 2 个工作日", "/habit")])
async def test_it_is_said_in_the_readers_language(
    database_url: str, tmp_path: Path, badge: str, name: str, days: str, menu: str
) -> None:
    """Chen Mei reads it in Chinese."""
    async with story(database_url, tmp_path, at=MONDAY, rooms=ROOMS, prepare=harbour) as s:
        await s.employee(badge)
        for day in (17, 18):
            await s.until(nine(day) - timedelta(hours=14))
            await s.db(did, "Chen", nine(day).date())
        await s.says(name, menu)
        assert days in await s.sees(name)
