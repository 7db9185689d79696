"""Sam leads the dock: who is behind, one tap to remind, the table for the auditor; licences; a trainer's own course."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from python_calamine import CalamineWorkbook

from bot.features import _room
from tests.flows.courses_company import DRIVER, company, hire
from tests.flows.hazards_company import photo
from tests.flows.house import story
from tests.flows.test_courses import NOON, ROOMS, in_force


async def test_a_supervisor_sees_who_is_behind_and_reminds_with_one_tap(database_url: str, tmp_path: Path) -> None:
    """One press for all, once a day; the table says the same; other sites see none of it, and a worker only their own."""
    async with story(database_url, tmp_path, at=NOON, rooms=(*ROOMS, _room("delivery")), prepare=company) as s:
        for badge in ("S-1", "O-1", "O-2", "D-1"):
            await s.employee(badge)
        await in_force(s)
        await s.db(hire, "D-9", "Ines Vega", DRIVER, s.now)
        await s.employee("D-9")
        await s.forward(hours=1)
        await s.news("Ines")
        await s.until(datetime(2026, 12, 4, 18, tzinfo=UTC))
        await s.news("Ines")
        await s.says("Sam", "/matrix")
        assert "Warehouse driver: 0 of 1 trained · ⚠ 1 overdue" in await s.sees("Sam")
        assert "Ines Vega: Forklift refresher, ⚠ was due on Dec 2, 2026" in await s.sees("Sam")
        assert "1 reminded" in await s.presses("Sam", "Remind them all (1)")
        assert "0 reminded" in await s.presses("Sam", "Remind them all (1)")
        await s.presses("Sam", "As a table")
        sent = [c for c in await s.calls("sendDocument") if c["ok"]]
        assert len(sent) == 1
        [file] = list((tmp_path / "data" / "media").rglob("*.xlsx"))
        book = CalamineWorkbook.from_path(str(file))
        assert book.sheet_names == ["By post", "People", "Licences", "Training of a year"]
        assert ["Warehouse driver", "Forklift refresher", 1.0, 0.0, 0.0, 1.0] in book.get_sheet_by_name(
            "By post"
        ).to_python()
        lines = {row[0]: row for row in book.get_sheet_by_name("People").to_python()}
        assert lines["D-9"][-1] == "overdue since 2026-12-02"
        assert set(lines) == {"Badge", "D-1", "D-2", "D-9", "S-1", "T-9"}
        await s.says("Wu", "/matrix")
        assert "Ines" not in await s.sees("Wu")
        await s.says("Wu", "/training Ines")
        assert "I know nobody" in await s.sees("Wu")
        await s.says("Ana", "/training Ines")
        assert "You can see your own training" in await s.sees("Ana")
        await s.says("Ana", "/training")
        assert "Training of Ana Ortiz" in await s.sees("Ana")
        await s.says("Ana", "/matrix")
        assert "for those who lead people" in await s.sees("Ana")
        await s.forward(days=1)
        told = [each for each in await s.news("Ines") if "This waited" in each]
        assert len(told) == 1, "her day was full: the next morning one message says what waits"
        await s.presses("Ines", "Show me")
        asked = [each for each in await s.news("Ines") if "Your supervisor asks you" in each]
        assert len(asked) == 1
        assert await s.violations() == []


async def test_training_and_extra_time_are_entered_with_a_reason(database_url: str, tmp_path: Path) -> None:
    """What cannot be understood is asked again; what was entered stands in her file, and in that of the day."""
    async with story(database_url, tmp_path, at=NOON, rooms=ROOMS, prepare=company) as s:
        for badge in ("S-1", "D-1"):
            await s.employee(badge)
        await s.says("Sam", "/training ana")
        await s.presses("Sam", "Enter training")
        await s.says("Sam", "a lot")
        assert "I need the hours" in await s.sees("Sam")
        await s.says("Sam", "1.5 talk about ladders 2026-11-16")
        assert "Entered: 1 hr, talk about ladders" in await s.sees("Sam")
        await s.says("Sam", "/training ana")
        assert "Nov 16, 2026: talk about ladders" in await s.sees("Sam")
        await s.says("Sam", "/training ana 2026-11-15")
        assert "ladders" not in await s.sees("Sam")
        await s.says("Sam", "/training sam")
        assert not [each for each in await s.buttons("Sam") if "Ana" in each]
        assert await s.violations() == []


async def test_a_licence_is_sent_by_photo_confirmed_by_another_and_reminded_of(
    database_url: str, tmp_path: Path
) -> None:
    """What is no date is asked again, nothing is lost; Sam confirms, it counts; a month before its end she hears of it."""
    async with story(database_url, tmp_path, at=NOON, rooms=ROOMS, prepare=company) as s:
        for badge in ("S-1", "D-1"):
            await s.employee(badge)
        await s.says("Ana", "/licence")
        await s.says("Ana", "here it is")
        assert "Send me a photo" in await s.sees("Ana")
        await s.sends_photo("Ana", photo())
        await s.says("Ana", "Crane")
        await s.says("Ana", "C-4711")
        await s.says("Ana", "next year")
        assert "I did not understand the day" in await s.sees("Ana")
        await s.says("Ana", "2027-03-31")
        assert "Your supervisor looks at it" in await s.sees("Ana")
        assert "Ana Ortiz has sent a licence: Crane, number C-4711, until Mar 31, 2027" in await s.sees("Sam")
        await s.says("Ana", "/training")
        assert "❌ Crane C-4711: not looked at yet" in await s.sees("Ana")
        await s.presses("Sam", "It says the same")
        assert "Confirmed: Crane of Ana Ortiz." in await s.sees("Sam")
        assert "is confirmed. It counts until Mar 31, 2027" in await s.sees("Ana")
        await s.says("Sam", "/training D-1")
        assert "✅ Crane C-4711: until Mar 31, 2027" in await s.sees("Sam")
        await s.news("Ana")
        await s.until(datetime(2027, 3, 3, 18, tzinfo=UTC))
        assert len([each for each in await s.news("Ana") if "Have you a new one?" in each]) == 1
        assert await s.violations() == []


COURSE = """course: our-ladders
language: en
title: Our ladders
lessons: [{lesson}]
minutes: 20
binds:
  - {{who: post, posts: [worker], days: 5}}
"""


async def test_a_trainers_own_course_is_checked_taken_in_and_done_without_an_exam(
    database_url: str, tmp_path: Path
) -> None:
    """The wrong line is named; put right it becomes a draft, then binds; who has read its lesson has done it."""
    async with story(database_url, tmp_path, at=NOON, rooms=ROOMS, prepare=company) as s:
        for badge in ("T-1", "D-1"):
            await s.employee(badge)
        await s.sends_file("Tess", "ladders.course.yaml", COURSE.format(lesson="four-legs").encode())
        assert "Line 4: There is no lesson four-legs." in await s.sees("Tess")
        await s.sends_file("Tess", "ladders.course.yaml", COURSE.format(lesson="dry-floor").encode())
        assert "who works here, within 5 days (posts: Worker)" in await s.sees("Tess")
        await s.presses("Tess", "Take it in")
        assert "A draft: it binds nobody yet." in await s.sees("Tess")
        await s.presses("Tess", "Put it in force")
        assert "in force since Nov 18, 2026: Lamplight Works" in await s.sees("Tess")
        await s.forward(minutes=2)
        await s.says("Ana", "/today")
        assert "Course: Our ladders, by Nov 23, 2026" in await s.sees("Ana")
        await s.presses("Ana", "Our ladders")
        for label in ("Read the next lesson", "Next", "Next", "I have read it"):
            await s.presses("Ana", label)
        assert "✅ Our ladders" in await s.sees("Ana")
        await s.sends_file("Ana", "mine.course.yaml", b"course: x")
        assert "Trainers and safety officers decide" in await s.sees("Ana")
        assert await s.violations() == []
