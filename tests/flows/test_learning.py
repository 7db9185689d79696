"""The daily habit: a push, a lesson, three questions, and what stays, on the phone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.features import _room
from bot.learning import store as learning
from bot.learning.actions import published
from bot.learning.model import Attempt
from bot.learning.tables import AnswerRow, AssignmentRow, MemoryRow, ReadingRow
from bot.ledger.tables import FactRow
from bot.library.kinds.registry import grade
from bot.library.tables import LessonRow
from tests.flows.house import Story, story
from tests.flows.learning_company import company

EARLY = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""A Wednesday, 06:00 in Chicago: before anybody's push."""
ROOMS = (_room("library"), _room("learning"))


def open_attempt(session: Session) -> tuple[Attempt, list[int]]:
    """The one question that lies open, and where its right choices stand on the screen."""
    id = session.scalars(select(AnswerRow.id).where(AnswerRow.state == "open")).one()
    asked = learning.attempt(session, id)
    assert asked is not None
    return asked, [asked.shown.index(at) for at in grade(published(session, asked), ()).right_positions]


async def answer_rightly(s: Story, who: str) -> None:
    """Answers the question on the screen as its author would."""
    asked, places = await s.ask(open_attempt)
    for place in places:
        await press_data(s, who, f"ln.a:{asked.id}:{place}")


async def answer_wrongly(s: Story, who: str) -> None:
    """Answers the question on the screen as nobody should."""
    asked, places = await s.ask(open_attempt)
    wrong = next(at for at in range(len(asked.shown)) if at not in places)
    await press_data(s, who, f"ln.a:{asked.id}:{wrong}")


async def to_the_questions(s: Story, who: str) -> None:
    """Through all cards of the lesson."""
    for _ in range(3):
        if "To the questions" in await s.buttons(who):
            break
        await s.presses(who, "Next")
    await s.presses(who, "To the questions")


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
        await to_the_questions(s, "Ana")
        assert "Question 1 of 3" in await s.sees("Ana")
        for number in (1, 2, 3):
            assert f"Question {number} of 3" in await s.sees("Ana")
            await answer_rightly(s, "Ana")
            assert "That is right." in await s.sees("Ana")
            await s.presses("Ana", "Next question" if number < 3 else "Finish")
        assert "All 3 right" in await s.sees("Ana")
        assert await s.violations() == []
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(MemoryRow))) == 3
        query = select(FactRow.kind).where(FactRow.kind != "LessonSigned").order_by(FactRow.id)
        kinds = await s.ask(lambda session: list(session.scalars(query)))
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


async def test_a_wrong_button_is_taken_back_and_typed_letters_work(database_url: str, tmp_path: Path) -> None:
    """From /today without waiting for a push: a mis-tap, back, a typed letter; then the verdict stands."""
    async with story(database_url, tmp_path, at=EARLY, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.says("Ana", "/today")
        await s.presses("Ana", "Start the lesson")
        await to_the_questions(s, "Ana")
        await answer_wrongly(s, "Ana")
        assert "Not quite." in await s.sees("Ana")
        await s.presses("Ana", "I pressed the wrong button")
        assert "Question 1 of 3" in await s.sees("Ana")
        assert "Not quite." not in await s.sees("Ana")
        asked, places = await s.ask(open_attempt)
        await s.says("Ana", "abcdef"[places[0]] if len(asked.shown) > 2 else ("true", "false")[places[0]])
        assert "That is right." in await s.sees("Ana")
        assert "wrong button" not in " ".join(await s.buttons("Ana"))
        await s.presses("Ana", "Next question")
        assert "Question 2 of 3" in await s.sees("Ana")
        memory = await s.ask(lambda session: [(row.reps, row.lapses) for row in session.scalars(select(MemoryRow))])
        assert memory == [(1, 0)]
        await s.forward(hours=3, minutes=5)
        assert not [each for each in await s.news("Ana") if "Today's lesson" in each], "today's lesson is begun already"
        assert await s.violations() == []


async def test_later_comes_back_once_and_in_the_persons_language(database_url: str, tmp_path: Path) -> None:
    """Put off at nine, back at eleven; the Chinese colleague gets hers in Chinese in her own morning."""
    async with story(database_url, tmp_path, at=EARLY, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.employee("L-1")
        await s.forward(hours=3, minutes=5)
        await s.news("Ana")
        await s.presses("Ana", "Later")
        assert "once more at 11:05" in await s.sees("Ana")
        await s.forward(hours=2, minutes=1)
        assert len([each for each in await s.news("Ana") if "come back" in each]) == 1
        await s.forward(hours=8)
        assert await s.news("Ana") == []
        [chinese] = await s.news("Chen")
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
        assert await s.violations() == []


async def test_when_all_is_read_a_native_quiz_comes_and_its_vote_is_remembered(
    database_url: str, tmp_path: Path
) -> None:
    """One poll as the day's message; a vote settles memory; the next day another one comes."""
    async with story(database_url, tmp_path, at=EARLY, rooms=ROOMS, prepare=company) as s:
        ana = await s.employee("D-1")

        def read_all(session: Session) -> None:
            for lesson in session.scalars(select(LessonRow.id)).all():
                session.add(ReadingRow(person_id=ana.id, lesson_id=lesson, version=1, read_at=s.now))

        await s.db(read_all)
        await s.forward(hours=3, minutes=5)
        _, places = await s.ask(open_attempt)
        await s.votes("Ana", *places)
        memory = await s.ask(lambda session: [(row.reps, row.lapses) for row in session.scalars(select(MemoryRow))])
        assert memory == [(1, 0)]
        await s.forward(days=1)
        await s.forward(days=1)
        open_polls = await s.ask(lambda session: session.scalar(select(func.count()).where(AnswerRow.state == "open")))
        assert open_polls == 1
        polls = [message for message in await s.screen("Ana") if "poll" in message]
        assert len(polls) == 2, "the one that was never answered made room"
        assert await s.violations() == []
