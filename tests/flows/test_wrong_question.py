"""A question can be wrong: one tap says so, one tap withdraws it, and everybody who was taught it learns what is right."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.features import _room
from bot.learning.tables import MemoryRow
from bot.ledger.tables import FactRow
from bot.library.tables import QuestionRow
from bot.people import store as people
from bot.people.actions import grant
from bot.people.model import Role, Unit
from bot.people.tables import RoleGrantRow
from tests.flows.house import Story, story
from tests.flows.learning_company import company
from tests.flows.test_learning import answer_rightly, to_the_questions
from tests.flows.test_upload import bank

ROOMS = (_room("library"), _room("learning"))
GATE = "The gate is closed at night."


async def taught(s: Story, *who: str) -> None:
    """Tess publishes a rule of the house; these people answer a question about it."""
    await s.employee("T-1")
    await s.employee("T-2")
    await s.sends_file("Tess", "our-rules.yaml", bank(GATE))
    await s.presses("Tess", "Publish")
    for each in who:
        await s.says(each, "/learn")
        assert GATE in await s.sees(each)
        await answer_rightly(s, each)
    await s.forward(minutes=2)  # memory takes the answers in


async def memories(s: Story) -> int:
    """What is remembered of the question."""
    query = select(func.count()).select_from(MemoryRow).where(MemoryRow.question_id == "own-001")
    return int(await s.ask(lambda session: session.scalar(query)))


async def test_a_wrong_question_is_withdrawn_and_all_who_answered_it_are_told(
    database_url: str, tmp_path: Path
) -> None:
    """Ana says what is wrong; Tess withdraws it at once and says what is right; Chen, who asked nothing, learns it too."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.employee("L-1")
        await taught(s, "Ana", "Chen")
        assert await memories(s) == 2
        await s.presses("Ana", "This question is wrong")
        assert "Write it to me in a sentence" in await s.sees("Ana")
        await s.says("Ana", "It stood open all last week <b>every night</b>.")
        assert "you will hear from me" in await s.sees("Ana")
        told = await s.sees("Tess")
        assert "1 person says that this question is wrong" in told
        assert "It stood open all last week <b>every night</b>." in told, "as it was written, not as markup"
        assert GATE in told
        await s.presses("Tess", "Withdraw it now")
        assert "nobody is asked it any more" in await s.sees("Tess")
        assert "Withdrawn by Tess Hall" in await s.sees("Omar")
        retired = select(QuestionRow.retired_at).where(QuestionRow.id == "own-001")
        assert await s.ask(lambda session: session.scalar(retired)) is not None
        await s.says("Tess", "The gate is open until midnight; use the footbridge.")
        await s.forward(minutes=1)
        assert "was wrong. I am sorry" in await s.sees("Ana")
        assert "use the footbridge" in await s.sees("Ana")
        await s.forward(hours=9)  # in Shanghai it is night: it waits for the morning
        assert any("有错，很抱歉" in news and "use the footbridge" in news for news in await s.news("Chen"))
        assert await memories(s) == 0
        kinds = await s.ask(lambda session: list(session.scalars(select(FactRow.kind))))
        assert kinds.count("QuestionDoubted") == 1
        assert kinds.count("QuestionExplained") == 1
        assert await s.violations() == []


async def test_of_two_trainers_one_decides_and_a_right_question_stays(database_url: str, tmp_path: Path) -> None:
    """Tess says why it is right and Ana reads it; Omar comes too late; nobody else is disturbed."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await s.employee("L-1")
        await taught(s, "Ana", "Chen")
        before = await s.sees("Chen")
        await s.presses("Ana", "This question is wrong")
        await s.presses("Ana", "Send without words")
        await s.presses("Tess", "It is right")
        await s.presses("Omar", "It is right")
        await s.says("Tess", "The gate is locked at ten by the guard.")
        assert "locked at ten by the guard" in await s.sees("Ana")
        assert "It stays: Tess Hall has looked at it." in str(await s.screen("Omar"))
        await s.says("Omar", "I thought so too.")
        assert "decided about it already" in await s.sees("Omar")
        assert await s.sees("Chen") == before
        assert await memories(s) == 2
        await s.presses("Ana", "This question is wrong")
        await s.presses("Ana", "Send without words")
        assert "told me already" in await s.sees("Ana")


def no_trainers(session: Session, now: datetime) -> Unit:
    """The company after its trainers have gone: Omar is its safety officer, and nobody looks after the banks but he."""
    dock = company(session, now)
    session.execute(delete(RoleGrantRow))
    omar = people.person_by_badge(session, "T-2", now)
    assert omar is not None
    grant(session, omar.id, Role.SAFETY_OFFICER, people.units(session)[0].id, now)
    return dock


async def test_where_there_is_no_trainer_the_safety_officer_withdraws_it(database_url: str, tmp_path: Path) -> None:
    """Whoever is asked can also act: the button is no dead end."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=no_trainers) as s:
        await s.employee("D-1")
        await s.employee("T-2")
        await s.says("Ana", "/today")
        await s.presses("Ana", "Start")
        await to_the_questions(s, "Ana")
        await answer_rightly(s, "Ana")
        await s.presses("Ana", "This question is wrong")
        await s.presses("Ana", "Send without words")
        assert "1 person says that this question is wrong" in await s.sees("Omar")
        await s.presses("Omar", "Withdraw it now")
        assert "nobody is asked it any more" in await s.sees("Omar")


async def test_a_corrected_question_reaches_all_who_answered_the_old_one(database_url: str, tmp_path: Path) -> None:
    """The mended bank goes live, and who answered the doubted version gets the new one; a slip can be cancelled."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("D-1")
        await taught(s, "Ana")
        await s.presses("Ana", "This question is wrong")
        await s.presses("Ana", "Cancel")
        assert "nothing was sent" in await s.sees("Ana")
        await s.presses("Ana", "This question is wrong")
        await s.presses("Ana", "Send without words")
        await s.sends_file("Tess", "our-rules.yaml", bank("The gate is open at night."))
        await s.presses("Tess", "Publish")
        await s.forward(minutes=1)
        news = await s.sees("Ana")
        assert "This is the corrected one" in news
        assert "The gate is open at night." in news
        assert await memories(s) == 0
