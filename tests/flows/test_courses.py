"""A forklift driver's training, from the day she is hired to the day it runs out, and what the auditor is told of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features import _room
from bot.learning import store as learning
from bot.learning.actions import published
from bot.learning.model import Attempt
from bot.learning.tables import AnswerRow
from bot.ledger.tables import FactRow
from bot.library.kinds.registry import grade
from tests.flows.courses_company import DRIVER, company, hire
from tests.flows.house import Story, story, words
from tests.flows.test_learning import press_data

NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
"""A Wednesday, noon in Chicago."""
ROOMS = (_room("library"), _room("learning"))


def open_question(session: Session) -> tuple[Attempt, list[int]]:
    """The exam's question that lies open, and where its right choices stand."""
    id = session.scalars(select(AnswerRow.id).where(AnswerRow.state == "open", AnswerRow.mode == "exam")).one()
    asked = learning.attempt(session, id)
    assert asked is not None
    return asked, [asked.shown.index(at) for at in grade(published(session, asked), ()).right_positions]


async def in_force(s: Story, title: str = "Forklift refresher") -> None:
    """Yusuf reads the draft and puts it in force."""
    await s.says("Yusuf", "/offers")
    await s.presses("Yusuf", title)
    assert "A draft: it binds nobody yet." in await s.sees("Yusuf")
    assert "• who works here, within 14 days (posts: Warehouse driver)\n• who changes post" in await s.sees("Yusuf")
    await s.presses("Yusuf", "Put it in force")
    assert "in force since" in await s.sees("Yusuf")


async def reads_lessons(s: Story, who: str) -> None:
    """Through all lessons of the course on the screen."""
    for _ in range(20):
        labels = await s.buttons(who)
        if "To the exam" in labels:
            return
        await s.presses(
            who, next(each for each in labels if each in ("Read the next lesson", "Next", "I have read it"))
        )
    raise AssertionError(f"the lessons never end: {await s.buttons(who)}")


async def answers(s: Story, who: str, right: bool) -> None:
    """Answers the exam's question that lies open."""
    asked, places = await s.ask(open_question)
    wrong = [next(at for at in range(len(asked.shown)) if at not in places)]
    for place in places if right else wrong:
        await press_data(s, who, f"co.a:{asked.id}:{place}")
    if "Done" in await s.buttons(who):
        await s.presses(who, "Done")


async def sits(s: Story, who: str, right: int, of: int = 8) -> str:
    """The whole exam with so many right answers; says how it ended."""
    await s.presses(who, "Begin")
    for number in range(of):
        seen = await s.sees(who)
        assert f"Question {number + 1} of {of}" in seen
        assert not any(word in seen for word in ("That is right", "Not quite", "Right:", "✅", "❌")), (
            "no verdict before the end"
        )
        await answers(s, who, number < right)
    told = [words(m) for m in await s.screen(who) if (m.get("from") or {}).get("is_bot")]
    return next(said for said in reversed(told) if "Here is your certificate" not in said)


async def test_a_forklift_driver_is_trained_fails_passes_and_is_reminded_when_it_runs_out(
    database_url: str, tmp_path: Path
) -> None:
    """Hired, bound, failed, given more time with a reason, passed; on the matrix; a year on it comes again by itself."""
    async with story(database_url, tmp_path, at=NOON, rooms=ROOMS, prepare=company) as s:
        for badge in ("S-1", "O-1", "D-1"):
            await s.employee(badge)
        await in_force(s)
        await s.db(hire, "D-9", "Ines Vega", DRIVER, s.now)
        await s.employee("D-9")
        await s.forward(hours=1, minutes=5)
        news = [each for each in await s.news("Ines") if "Training for you" in each]
        assert len(news) == 1
        assert "Forklift refresher: by Dec 2, 2026" in news[0]
        assert [each for each in await s.news("Ana") if "Training for you" in each] == [], "she does not drive"

        await s.says("Ines", "/courses")
        assert "Forklift refresher: by Dec 2, 2026 · at most 18 minutes" in await s.sees("Ines")
        await s.presses("Ines", "Forklift refresher")
        await reads_lessons(s, "Ines")
        await s.presses("Ines", "To the exam")
        assert "15 minutes from when you tap" in await s.sees("Ines")
        assert "75 % right is passed" in await s.sees("Ines")
        ended = await sits(s, "Ines", right=4)
        assert "Not passed this time" in ended
        assert "4 of 8 right" in ended
        assert "Worth reading again" in ended
        asked = [c for c in await s.calls("sendMessage") if "Question 1 of 8" in str(c["params"].get("text"))]
        assert asked
        assert all(c["params"].get("protect_content") for c in asked), "an exam is not passed on"

        await s.says("Sam", "/training Ines")
        assert "not trained, by Dec 2, 2026" in await s.sees("Sam")
        await s.presses("Sam", "More time in exams")
        await s.says("Sam", "50 reads slowly in English")
        assert "50 % more time" in await s.sees("Sam")
        await s.presses("Ines", "Try again")
        assert "22 minutes from when you tap" in await s.sees("Ines")
        assert "with your extra time" in await s.sees("Ines")
        ended = await sits(s, "Ines", right=7)
        assert "Passed: Forklift refresher" in ended
        assert "It counts until Nov 18, 2027" in ended

        await s.says("Sam", "/matrix")
        assert "Forklift refresher, Warehouse driver: 1 of 1 trained" in await s.sees("Sam")
        kinds = await s.ask(lambda session: list(session.scalars(select(FactRow.kind).order_by(FactRow.id))))
        mine = [kind for kind in kinds if kind.startswith(("Course", "Exam", "Extra"))]
        assert mine == [
            *("CoursePublished", "CourseAssigned", "ExamStarted", "ExamFailed", "ExtraTimeGranted"),
            *("ExamStarted", "ExamPassed", "CourseCompleted"),
        ]
        await s.news("Ines")
        await s.until(datetime(2026, 12, 10, 18, tzinfo=UTC))
        assert [each for each in await s.news("Ines") if "Forklift" in each] == [], "done is done: nobody is reminded"

        await s.until(datetime(2027, 10, 20, 18, tzinfo=UTC))
        again = [each for each in await s.news("Ines") if "Forklift refresher" in each]
        assert len(again) == 1
        assert "by Nov 18, 2027" in again[0]
        await s.says("Yusuf", "/training Ines 2026-11-17")
        assert "nobody called" in await s.sees("Yusuf"), "she was not here then"
        await s.says("Yusuf", "/training Ines 3 March 2027")
        assert "As it stood on Mar 3, 2027" in await s.sees("Yusuf")
        assert "✅ Forklift refresher: trained on Nov 18, 2026, counts until Nov 18, 2027" in await s.sees("Yusuf")
        await s.until(datetime(2027, 11, 25, 18, tzinfo=UTC))
        await s.says("Sam", "/matrix")
        assert "1 overdue" in await s.sees("Sam")
        await s.says("Yusuf", "/training D-9 2027-11-19")
        assert "❌ Forklift refresher: ran out on Nov 18, 2027" in await s.sees("Yusuf")
        assert await s.violations() == []
