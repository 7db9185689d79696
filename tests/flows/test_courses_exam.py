"""An exam on a phone with a weak signal: it goes on where it stopped, the clock ends it, a supervisor gives one more try."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.learning.courses import actions, store
from bot.learning.courses.tables import ExamGrantRow, SittingRow
from bot.people import store as people
from tests.flows.courses_company import company
from tests.flows.house import Story, story
from tests.flows.test_courses import NOON, ROOMS, answers, open_question, sits


def given(session: Session, now: datetime) -> int:
    """Ana has the short course, and has read its lesson."""
    ana = people.person_by_badge(session, "D-1", now)
    course = store.course(session, "short")
    assert ana is not None
    assert course is not None
    mine = actions.give_by_hand(session, ana.id, course, now.date(), date(2026, 12, 2), now)
    assert mine is not None
    for lesson in course.lessons:
        actions.note_lesson(session, mine, lesson, 1, now)
    return mine.id


async def to_the_exam(s: Story) -> None:
    """Ana opens the course and stands before the exam."""
    await s.says("Ana", "/courses")
    await s.presses("Ana", "Walkways")
    await s.presses("Ana", "To the exam")


async def test_an_exam_goes_on_where_the_connection_was_lost(database_url: str, tmp_path: Path) -> None:
    """One answer, then nothing; she comes back, sees the second question, types a letter, and the clock was never reset."""
    async with story(database_url, tmp_path, at=NOON, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.db(given, s.now)
        await to_the_exam(s)
        await s.presses("Ana", "Begin")
        await answers(s, "Ana", right=True)
        before, _ = await s.ask(open_question)
        await s.forward(minutes=5)
        await s.says("Ana", "/courses")
        await s.presses("Ana", "Walkways")
        assert "Your exam is running until 12:15" in await s.sees("Ana")
        await s.presses("Ana", "Go on with the exam")
        assert "Question 2 of 3" in await s.sees("Ana")
        asked, places = await s.ask(open_question)
        assert asked.id == before.id
        await s.says("Ana", "abcdef"[places[0]] if len(asked.shown) > 2 else ("true", "false")[places[0]])
        if "Done" not in await s.buttons("Ana"):
            assert "Question 3 of 3" in await s.sees("Ana")
        assert await s.ask(lambda session: len(session.scalars(select(SittingRow)).all())) == 1
        assert await s.violations() == []


async def test_the_clock_ends_an_exam_and_a_supervisor_gives_one_more_try(database_url: str, tmp_path: Path) -> None:
    """Twice not passed, once by the clock: Sam hears of it, says why she gets another try, and she passes."""
    async with story(database_url, tmp_path, at=NOON, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.employee("S-1")
        await s.db(given, s.now)
        await to_the_exam(s)
        await s.presses("Ana", "Begin")
        await answers(s, "Ana", right=True)
        await s.news("Ana")
        await s.forward(minutes=16)
        [told] = [each for each in await s.news("Ana") if "Not passed this time" in each]
        assert "1 of 3 right" in told
        assert "You may try 1 more time" in told
        await s.presses("Ana", "Try again")
        assert "That was your last try" in await sits(s, "Ana", right=1, of=3)
        assert "has no try left" in await s.sees("Sam")
        await s.says("Ana", "/courses")
        await s.presses("Ana", "Walkways")
        assert "You have used all your tries" in await s.sees("Ana")
        await s.presses("Sam", "Give one more try")
        await s.says("Sam", "We went through the walkways together")
        assert "They have one more try" in await s.sees("Sam")
        assert "You have one more try" in await s.sees("Ana")
        reasons = await s.ask(lambda session: list(session.scalars(select(ExamGrantRow.reason))))
        assert reasons == ["We went through the walkways together"]
        await to_the_exam(s)
        assert "Passed: Walkways" in await sits(s, "Ana", right=3, of=3)
        assert await s.violations() == []
