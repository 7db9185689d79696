"""The daily habit: a push, a lesson, three questions, and what stays, on the phone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from bot.features import _room
from bot.learning.tables import AnswerRow, AssignmentRow, MemoryRow
from bot.ledger.tables import FactRow
from tests.flows.house import Story, story
from tests.flows.learning_company import company

EARLY = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""A Wednesday, 06:00 in Chicago: before anybody's push."""
ROOMS = (_room("library"), _room("learning"))


async def answer_rightly(s: Story, who: str) -> None:
    """Answers the question on the screen as its author would."""

    def right(session):  # type: ignore[no-untyped-def]
        from bot.learning import store
        from bot.learning.actions import published
        from bot.library.kinds.registry import grade

        id = session.scalar(select(AnswerRow.id).where(AnswerRow.state == "open"))
        asked = store.attempt(session, id)
        return asked.id, [asked.shown.index(at) for at in grade(published(session, asked), ()).right_positions]

    id, places = await s.ask(right)
    for place in places:
        await press_data(s, who, f"ln.a:{id}:{place}")


async def press_data(s: Story, who: str, data: str) -> None:
    """Presses the button with this data."""
    for message in reversed(await s.screen(who)):
        for row in (message.get("reply_markup") or {}).get("inline_keyboard") or []:
            for key in row:
                if key.get("callback_data") == data:
                    press = {
                        "from": s.chat(who),
                        "chat": s.chat(who),
                        "message_id": message["message_id"],
                        "data": data,
                    }
                    await s.post("/sim/presses", press)
                    await s.settle()
                    return
    raise AssertionError(f"no button with {data}")


async def test_a_lesson_comes_in_the_morning_and_a_quiz_follows(database_url: str, tmp_path: Path) -> None:
    """Push at nine, two taps through the cards, three questions with verdicts, a warm end; all within the schema."""
    async with story(database_url, tmp_path, at=EARLY, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.forward(hours=3, minutes=5)
        news = await s.news("Ana")
        assert len(news) == 1
        assert "Today's lesson" in news[0]
        await s.presses("Ana", "Start")
        for _ in range(3):
            if "To the questions" in await s.buttons("Ana"):
                break
            await s.presses("Ana", "Next")
        await s.presses("Ana", "To the questions")
        assert "Question 1 of 3" in await s.sees("Ana")
        for number in (1, 2, 3):
            assert f"Question {number} of 3" in await s.sees("Ana")
            await answer_rightly(s, "Ana")
            assert "That is right." in await s.sees("Ana")
            await s.presses("Ana", "Next question" if number < 3 else "Finish")
        assert "All 3 right" in await s.sees("Ana")
        assert await s.violations() == []
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(MemoryRow))) == 3
        kinds = await s.ask(lambda session: list(session.scalars(select(FactRow.kind).order_by(FactRow.id))))
        assert kinds.count("QuestionAnswered") == 3
        assert kinds[:3] == ["LessonAssigned", "LessonOpened", "LessonRead"]


async def test_the_next_day_brings_the_next_push_exactly_once(database_url: str, tmp_path: Path) -> None:
    """A day forward: one message, however often time is moved within the day."""
    async with story(database_url, tmp_path, at=EARLY, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        for _ in range(3):
            await s.forward(hours=3, minutes=5)
        assert len(await s.news("Ana")) == 1
        await s.until(datetime(2026, 11, 19, 15, 30, tzinfo=UTC))
        await s.forward(minutes=30)
        assert len(await s.news("Ana")) == 1
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(AssignmentRow))) == 2
