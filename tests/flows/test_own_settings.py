"""What somebody finds once they are in: settings, the menu of five, questions, emergencies, groups."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.people import store as people
from bot.people.tables import PersonRow
from tests.flows.test_joining import DOCK_LEADER, DRIVER, OFFICER, works


def without_shift(session: Session, person: int) -> None:
    """Somebody comes to work when there is work."""
    session.execute(update(PersonRow).where(PersonRow.id == person).values(shift=None))


async def test_settings_are_a_few_taps(database_url: str, tmp_path: Path) -> None:
    """Lesson time, quiet hours, and back to what the company has."""
    async with works(database_url, tmp_path) as s:
        who = await s.employee(DRIVER)
        await s.says("Bao", "/settings")
        assert "19:30 – 05:30" in await s.sees("Bao")
        assert "half an hour into your shift" in await s.sees("Bao")
        assert "⏰ Lesson time" not in await s.buttons("Bao"), "it comes by the shift"
        await s.db(without_shift, who.id)
        await s.says("Bao", "/settings")
        await s.news("Bao")
        await s.presses("Bao", "Lesson time")
        await s.presses("Bao", "15:00")
        assert "15:00" in await s.sees("Bao")
        await s.presses("Bao", "Quiet hours")
        await s.presses("Bao", "22:00 – 08:00")
        now_ = await s.db(people.person, who.id, s.now)
        assert (now_.push_at.hour, now_.quiet.start.hour, now_.quiet.end.hour) == (15, 22, 8)
        await s.presses("Bao", "Quiet hours")
        await s.presses("Bao", "As in my company")
        assert "20:00 – 07:00" in await s.sees("Bao")
        assert await s.news("Bao") == [], "one message, changed by each tap"


async def test_a_question_reaches_the_safety_officer_and_the_answer_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    """Ask, answer, and everybody who was asked sees that it is answered."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DRIVER)
        await s.employee(OFFICER)
        await s.says("Bao", "/menu")
        await s.presses("Bao", "Ask")
        await s.says("Bao", "May I drive with <wet> forks & chains?")
        assert "Passed on to Yusuf Demir" in await s.sees("Bao")
        assert "May I drive with <wet> forks & chains?" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Answer")
        await s.says("Yusuf", "Dry them first.")
        assert "Dry them first." in await s.sees("Bao")
        assert "Your answer has gone to Bao Tran" in await s.sees("Yusuf")
        assert await s.buttons("Yusuf") == ["🔒 Others should not find it"]
        assert await s.violations() == []


async def test_a_question_that_was_begun_long_ago_does_not_take_in_a_later_text(
    database_url: str, tmp_path: Path
) -> None:
    """Whoever writes the next morning may be reporting a danger."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DRIVER)
        await s.employee(OFFICER)
        await s.says("Bao", "/ask")
        await s.forward(hours=3)
        await s.says("Bao", "Oil on the floor!")
        assert "did not understand" in await s.sees("Bao")
        assert await s.news("Yusuf") == []
        await s.says("Bao", "/cancel")
        assert "nothing open" in await s.sees("Bao")


async def test_who_am_i_says_unit_post_and_roles_in_the_readers_language(database_url: str, tmp_path: Path) -> None:
    """As the personnel list has them; the new language begins at once, and in it a name is said whole."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        await s.says("Sam", "/whoami")
        assert "Dock Team" in await s.sees("Sam")
        await s.says("Sam", "/language")
        assert await s.presses("Sam", "中文") == "已保存。"
        await s.says("Sam", "/menu")
        assert "Sam Okafor" in await s.sees("Sam")
        await s.says("Sam", "/whoami")
        assert "月台班" in await s.sees("Sam")
        assert "班组长" in await s.sees("Sam")


async def test_in_a_group_nothing_personal_is_said(database_url: str, tmp_path: Path) -> None:
    """The bot says who it is; a command there is answered with where to ask."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        group = (await s.post("/sim/groups", {"title": "Dock", "members": [s.chat("Sam")]}))["id"]
        await s.settle()
        await s.says("Sam", "/whoami", chat=group)
        assert "between you and me" in await s.sees(group)
        await s.says("Sam", "/settings", chat=group)
        assert "token" not in await s.sees(group)


async def test_who_lets_the_bot_in_again_is_welcome(database_url: str, tmp_path: Path) -> None:
    """Blocking is noted, and undone by unblocking."""
    async with works(database_url, tmp_path) as s:
        who = await s.employee(DRIVER)
        await s.blocks("Bao")
        assert (await s.db(people.person, who.id, s.now)).unreachable_at is not None
        await s.forward(minutes=1)
        await s.blocks("Bao", False)
        assert "Good to have you back" in await s.sees("Bao")
        assert (await s.db(people.person, who.id, s.now + timedelta(minutes=1))).unreachable_at is None
