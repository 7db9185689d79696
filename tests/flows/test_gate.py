"""The gate: a newcomer asks whether they may work, does what is missing, and the leader reads yes or no."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.features import _room
from bot.onboarding import actions as onboarding
from tests.flows.gate_company import answers, employs, gated, joins
from tests.flows.house import Story, story

ROOMS = tuple(_room(n) for n in ("onboarding", "library", "learning", "learning.induction", "learning.certificates"))
ROSA = "L-2001,Rosa Field,en,Harbour Works,Warehouse,Dock Team,worker,employee,day,2026-11-18,"
CONTRACTOR = "C-9,Kim Lee,en,Harbour Works,Warehouse,Dock Team,contractor,employee,day,2026-11-18,"


@asynccontextmanager
async def harbour(database_url: str, folder: Path) -> AsyncIterator[Story]:
    """Harbour Works on a morning, with a gate."""
    onboarding.configure(bot_username="davy_story_bot", routes=[r for room in ROOMS for r in room.routes])
    async with story(database_url, folder, rooms=ROOMS, prepare=gated) as s:
        yield s


async def test_a_newcomer_is_told_what_is_missing_and_is_cleared_step_by_step(
    database_url: str, tmp_path: Path
) -> None:
    """Joins, asks, passes the exam, is shown the place by those who answer for it; then the leader's phone says yes."""
    async with harbour(database_url, tmp_path) as s:
        sam, yusuf = "Sam", "Yusuf"
        await s.employee("L-1011")
        await s.employee("L-1003")
        await employs(s, tmp_path, ROSA)
        await joins(s, "L-2001", "Rosa")
        told = "\n".join(await s.news("Rosa"))
        assert "Before you may work here" in told
        assert "1 Company: exam and 2 h; 2 Workshop: 1 h; 3 Team: confirmation. By Dec 2, 2026." in told
        await s.says("Rosa", "Am I cleared to work?")
        assert (await s.sees("Rosa")).startswith("⛔ Not cleared to work yet.")
        assert "Rosa Field" in "\n".join(await s.news(sam))

        await s.presses("Rosa", "Exam: 1 Company")
        for right in (True, True, False, False):
            await answers(s, "Rosa", right)
        assert "Not yet: 1 Company" in await s.sees("Rosa")
        assert "2 of 4 right; 75 % are needed" in await s.sees("Rosa")
        await s.presses("Rosa", "Try the exam again")
        for _ in range(4):
            await answers(s, "Rosa")
        assert "Passed: 1 Company" in "\n".join(await s.news("Rosa"))

        await s.says(sam, "/cleared rosa")
        assert "NOT cleared to work" in await s.sees(sam)
        assert "Confirm: 1 Company" not in await s.buttons(sam)
        await s.presses(sam, "Confirm: 2 Workshop")
        await s.presses(sam, "All 1 h")
        await s.says(sam, "/cleared L-2001")
        await s.presses(sam, "Confirm: 3 Team")
        await s.presses(sam, "Shown and understood")
        assert "1 Company: 2 h" in await s.sees(sam)
        await s.says(yusuf, "/cleared L-2001")
        await s.presses(yusuf, "Confirm: 1 Company")
        await s.presses(yusuf, "1 h")
        assert "1 Company: 1 h" in await s.sees(yusuf)
        await s.says(yusuf, "/cleared L-2001")
        await s.presses(yusuf, "Confirm: 1 Company")
        await s.presses(yusuf, "All 1 h")
        assert "✅ Cleared to work." in await s.sees(yusuf)

        await s.says(sam, "/start wL-2001")
        card = await s.sees(sam)
        assert "✅ CLEARED to work" in card
        assert "1 h, Sam Okafor" in card
        assert "exam 100 %" in card
        news = "\n".join(await s.news("Rosa"))
        assert "You are cleared to work." in news
        assert "Safety induction on three levels" in news
        await s.says("Rosa", "/cleared")
        assert await s.sees("Rosa") == "✅ Cleared to work."
        assert await s.violations() == []


async def test_a_certificate_comes_as_pdf_and_its_withdrawal_is_told(database_url: str, tmp_path: Path) -> None:
    """The holder gets the paper; the trainer withdraws it with a reason; then there is no paper any more."""
    async with harbour(database_url, tmp_path) as s:
        await cleared(s, tmp_path)
        await s.presses("Rosa", "Send me the PDF")
        paper = [m for m in await s.screen("Rosa") if m.get("document")][-1]["document"]
        assert paper["file_name"].startswith("certificate-L-2001")
        assert paper["mime_type"] == "application/pdf"
        await s.employee("L-1005")
        await s.says("Li", "/certificates L-2001")
        await s.presses("Li", "撤销 1")
        await s.presses("Li", "考试不是本人完成的")
        assert "The test was not their own work" in await s.sees("Rosa")
        await s.says("Rosa", "/certificates")
        assert "withdrawn" in await s.sees("Rosa")
        assert "withdrawn" in await s.presses("Rosa", "Send me the PDF")
        assert await s.violations() == []


async def test_nobody_is_waved_through_without_a_reason_on_record(database_url: str, tmp_path: Path) -> None:
    """A contractor; the team leader cannot, the safety officer can for a day, with a reason; then it is over by itself."""
    async with harbour(database_url, tmp_path) as s:
        await s.employee("L-1011")
        await s.employee("L-1003")
        await employs(s, tmp_path, CONTRACTOR)
        await s.says("Sam", "/cleared kim")
        assert "NOT cleared" in await s.sees("Sam")
        assert not any("Exception" in label for label in await s.buttons("Sam"))
        await s.says("Yusuf", "/cleared kim")
        await s.presses("Yusuf", "Exception")
        await s.presses("Yusuf", "A repair that cannot wait")
        await s.says("Yusuf", "ok")
        assert "I still wait for it" in await s.sees("Yusuf")
        await s.says("Yusuf", "The roof over dock 2 leaks; Tomasz stays with Kim.")
        await s.presses("Yusuf", "1 day")
        assert "may work by exception until 19 Nov 09:05" in await s.sees("Yusuf")
        assert "The roof over dock 2 leaks" in "\n".join(await s.news("Sam"))
        await s.says("Sam", "/cleared kim")
        assert "BY EXCEPTION only" in await s.sees("Sam")
        assert "A repair that cannot wait" in await s.sees("Sam")
        await s.forward(hours=24)
        await s.says("Sam", "/cleared kim")
        assert "NOT cleared" in await s.sees("Sam")


async def test_another_post_closes_the_gate_again(database_url: str, tmp_path: Path) -> None:
    """Rosa drives from tomorrow on: two levels come again, and who is of another team learns nothing of her."""
    async with harbour(database_url, tmp_path) as s:
        await cleared(s, tmp_path)
        await s.forward(days=1)
        await employs(s, tmp_path, ROSA.replace(",worker,", ",warehouse-driver,"))
        await s.says("Rosa", "/cleared")
        assert "Missing – 2 Workshop: 1 h; 3 Team: confirmation." in await s.sees("Rosa")
        await s.says("Sam", "/cleared rosa")
        assert "Because of another post." in await s.sees("Sam")
        await s.employee("L-1012")
        await s.says("Marta", "/cleared L-2001")
        assert "I find nobody called" in await s.sees("Marta")
        await s.says("Rosa", "/cleared Sam")
        assert "only who leads them may ask" in await s.sees("Rosa")


async def cleared(s: Story, folder: Path) -> None:
    """Rosa is through: the short way."""
    await s.employee("L-1011")
    await s.employee("L-1003")
    await employs(s, folder, ROSA)
    await joins(s, "L-2001", "Rosa")
    await s.presses("Rosa", "Exam: 1 Company")
    for _ in range(4):
        await answers(s, "Rosa")
    for who, level, hours in (
        ("Sam", "2 Workshop", "All 1 h"), ("Sam", "3 Team", "Shown"), ("Yusuf", "1 Company", "All 2 h"),
    ):  # fmt: skip
        await s.says(who, "/cleared L-2001")
        await s.presses(who, f"Confirm: {level}")
        await s.presses(who, hours)
