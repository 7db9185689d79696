"""Who gets what and when: a manager decides it in a few taps, reads it in words, and the daily push obeys it."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.features import _room
from bot.learning.courses.tables import CourseGivenRow
from bot.learning.plans.tables import LessonPlanRow
from bot.ledger.tables import FactRow
from bot.people import actions as people
from bot.people import store
from bot.people.model import Role
from bot.people.tables import PersonRow
from tests.flows.courses_company import company as courses_company
from tests.flows.house import Story, story
from tests.flows.learning_company import SINCE
from tests.flows.test_learning import to_the_questions

TUESDAY = datetime(2026, 11, 17, 18, 0, tzinfo=UTC)
"""Noon in Chicago."""
ROOMS = tuple(_room(each) for each in ("library", "learning", "learning.plans"))


def company(session: Session, now: datetime) -> None:
    """Rosa manages Harbour Works (US), and nobody at Lingang (CN)."""
    courses_company(session, now)
    site = next(each for each in store.units(session) if each.name == "Harbour Works")
    rosa = people.add_person(session, "M-1", "Rosa Vidal", "en", site, "manager", SINCE)
    people.grant(session, rosa, Role.MANAGER, site.id, now)


async def planned(s: Story, topic: str = "Four to one") -> None:
    """Rosa plans a topic for the whole site, Mondays and Wednesdays at ten."""
    await s.says("Rosa", "/plan")
    await s.presses("Rosa", "A topic for some weeks")
    await find(s, "Rosa", topic)
    await s.presses("Rosa", "Hour")
    await s.presses("Rosa", "10:00")
    await s.presses("Rosa", "Days")
    assert "Monday – Friday" in await s.buttons("Rosa"), "it fits a phone"
    await s.presses("Rosa", "Monday, Wednesday, and Friday")
    await s.presses("Rosa", "Days")
    await s.presses("Rosa", "✅ Fri")
    await s.presses("Rosa", "Done")


async def find(s: Story, who: str, label: str) -> None:
    """Turns pages until a button is there, and presses it."""
    for _ in range(8):
        found = next((each for each in await s.buttons(who) if label.lower() in each.lower()), None)
        if found is not None:
            await s.presses(who, label)
            return
        await s.presses(who, "More")
    raise AssertionError(f"no button {label}")


def ladder_titles(session: Session) -> str:
    """The title by which the topic of ladders is offered."""
    from bot.learning.plans import store as plans
    from bot.library import store as library

    lesson = library.lesson(session, dict(plans.topics(session))["LAD"])
    assert lesson is not None
    return lesson.title["en"]


async def test_a_topic_is_planned_in_words_and_comes_on_its_days_at_its_hour(database_url: str, tmp_path: Path) -> None:
    """Before it is saved: whom, what, when, how many, the first time. Then Wednesday at ten and not at nine; Thursday as ever."""
    async with story(database_url, tmp_path, at=TUESDAY, rooms=ROOMS, prepare=company) as s:
        for badge in ("M-1", "D-1"):
            await s.employee(badge)
        title = await s.ask(ladder_titles)
        await planned(s, title[:20])
        card = await s.sees("Rosa")
        assert "Nothing is saved yet" in card
        assert f"the topic “{title}” first" in card
        assert "on Monday and Wednesday, at 10:00" in card
        assert "first\n🕐 on Monday" in card, "what, when and how long stand line below line"
        assert "The first message goes out on 18 Nov 10:00" in card
        assert "It is for 8 people." in card
        assert await s.ask(lambda session: session.scalar(select(LessonPlanRow.id))) is None
        assert await s.presses("Rosa", "Save") == "Saved."
        assert "Decided, not begun" in await s.sees("Rosa")
        await s.news("Ana")
        await s.until(datetime(2026, 11, 18, 15, 30, tzinfo=UTC))
        assert await s.news("Ana") == []
        await s.until(datetime(2026, 11, 18, 16, 5, tzinfo=UTC))
        [push] = await s.news("Ana")
        assert title in push
        await s.until(datetime(2026, 11, 19, 15, 5, tzinfo=UTC))
        [push] = await s.news("Ana")
        assert title not in push
        assert await s.violations() == []


async def test_people_keep_their_own_hour_their_quiet_hours_and_their_day_off(
    database_url: str, tmp_path: Path
) -> None:
    """A plan for six in the morning: who chose noon gets it at noon, who is quiet until seven at seven; it is said before."""
    async with story(database_url, tmp_path, at=TUESDAY, rooms=ROOMS, prepare=company) as s:
        for badge in ("M-1", "D-1", "D-2", "S-1"):
            await s.employee(badge)
        sam = await s.db(store.person_by_badge, "S-1", s.now)
        noon = update(PersonRow).where(PersonRow.id == sam.id).values(push_at=time(12))
        await s.db(lambda session: session.execute(noon) and None)
        await s.says("Rosa", "/plan")
        await s.presses("Rosa", "Days and hour of the daily lesson")
        await s.presses("Rosa", "Hour")
        await s.says("Rosa", "half past")
        assert "I did not understand the hour" in await s.sees("Rosa")
        await s.says("Rosa", "6.00")
        card = await s.sees("Rosa")
        assert "1 chose an hour of their own and keeps it." in card
        assert "1 works a shift without this hour" in card
        assert "2 have quiet hours then and get it when they end." in card
        await s.presses("Rosa", "Save")
        for each in ("Ana", "Sam", "Ben"):
            await s.news(each)
        await s.until(datetime(2026, 11, 18, 12, 55, tzinfo=UTC))
        assert await s.news("Ana") == []
        await s.until(datetime(2026, 11, 18, 13, 5, tzinfo=UTC))
        assert len(await s.news("Ana")) == 1
        await s.until(datetime(2026, 11, 18, 17, 55, tzinfo=UTC))
        assert await s.news("Sam") == []
        await s.until(datetime(2026, 11, 18, 18, 5, tzinfo=UTC))
        assert len(await s.news("Sam")) == 1
        await s.until(datetime(2026, 11, 19, 4, 35, tzinfo=UTC))
        assert len(await s.news("Ben")) == 1
        assert await s.violations() == []


async def test_days_without_a_lesson_then_changed_paused_let_go_on_and_ended(database_url: str, tmp_path: Path) -> None:
    """Mondays alone; changed to Wednesdays; paused, nothing of it holds; on again; ended. What held on each day stays known."""
    async with story(database_url, tmp_path, at=TUESDAY, rooms=ROOMS, prepare=company) as s:
        for badge in ("M-1", "D-1"):
            await s.employee(badge)
        await s.says("Rosa", "/plan")
        await s.presses("Rosa", "Days and hour of the daily lesson")
        await s.presses("Rosa", "Days")
        assert "On which days?" in await s.sees("Rosa")
        for day in ("✅ Tue", "✅ Wed", "✅ Thu", "✅ Fri", "✅ Sat", "✅ Sun"):
            await s.presses("Rosa", day)
        await s.presses("Rosa", "Done")
        assert "on Monday, at their usual time" in await s.sees("Rosa")
        await s.presses("Rosa", "Save")
        await s.news("Ana")
        await s.until(datetime(2026, 11, 18, 16, 0, tzinfo=UTC))
        assert await s.news("Ana") == [], "Wednesday is no Monday"
        await s.says("Rosa", "/plan")
        await s.presses("Rosa", "Harbour Works: daily lesson")
        await s.presses("Rosa", "Change")
        await s.presses("Rosa", "Days")
        await s.presses("Rosa", "Monday, Wednesday, and Friday")
        await s.presses("Rosa", "Days")
        await s.presses("Rosa", "✅ Mon")
        await s.presses("Rosa", "✅ Fri")
        await s.presses("Rosa", "Done")
        assert "Nothing is changed yet" in await s.sees("Rosa")
        assert await s.presses("Rosa", "Save") == "Saved."
        await s.forward(minutes=15)
        assert len(await s.news("Ana")) == 1, "today still, for its time is not over"
        assert await s.presses("Rosa", "Pause") == "Paused."
        await s.until(datetime(2026, 11, 19, 16, 0, tzinfo=UTC))
        assert len(await s.news("Ana")) == 1, "paused: as if there were none"
        assert await s.presses("Rosa", "Go on") == "It goes on."
        await s.until(datetime(2026, 11, 20, 16, 0, tzinfo=UTC))
        assert await s.news("Ana") == []
        await s.presses("Rosa", "End")
        assert await s.presses("Rosa", "Yes, end it") == "Ended."
        await s.forward(minutes=15)
        assert len(await s.news("Ana")) == 1, "Friday is a day like any other again"
        kinds = await s.ask(
            lambda session: list(
                session.scalars(select(FactRow.kind).where(FactRow.kind.startswith("LessonPlan")).order_by(FactRow.id))
            )
        )
        assert kinds == [
            "LessonPlanSaved", "LessonPlanSaved", "LessonPlanPaused", "LessonPlanResumed", "LessonPlanEnded",
        ]  # fmt: skip
        assert await s.violations() == []


async def test_a_planned_course_is_given_read_as_the_days_lesson_and_taken_off_at_the_end(
    database_url: str, tmp_path: Path
) -> None:
    """Walkways for the dock's workers: under /courses with its day, its lesson is the day's, read once; the exam comes next."""
    async with story(database_url, tmp_path, at=TUESDAY, rooms=ROOMS, prepare=company) as s:
        for badge in ("M-1", "D-1", "S-1"):
            await s.employee(badge)
        await s.says("Rosa", "/plan")
        await s.presses("Rosa", "A course")
        await find(s, "Rosa", "Walkways")
        await s.presses("Rosa", "Posts")
        await s.presses("Rosa", "Worker")
        await s.presses("Rosa", "Back")
        card = await s.sees("Rosa")
        assert "only Worker" in card
        assert "to be done by Dec 15, 2026" in card
        await s.presses("Rosa", "Save")
        await s.until(datetime(2026, 11, 18, 15, 30, tzinfo=UTC))
        givens = await s.ask(
            lambda session: [(g.cause, str(g.due_on)) for g in session.scalars(select(CourseGivenRow))]
        )
        assert givens == [("planned", "2026-12-15")] * 2, "the two workers of the dock and nobody else"
        await s.presses("Ana", "Start")
        await to_the_questions(s, "Ana")
        await s.says("Ana", "/courses")
        await s.presses("Ana", "Walkways")
        assert "✅" in await s.sees("Ana")
        assert "To the exam" in await s.buttons("Ana")
        await s.says("Rosa", "/plan")
        await s.presses("Rosa", "Walkways")
        await s.presses("Rosa", "End")
        assert "The course is taken off everybody who has not done it" in await s.sees("Rosa")
        await s.presses("Rosa", "Yes, end it")
        await s.forward(days=1)
        await s.says("Ana", "/courses")
        assert "no course that you have to do" in await s.sees("Ana")
        assert await s.violations() == []


async def test_nobody_plans_for_other_peoples_people(database_url: str, tmp_path: Path) -> None:
    """A worker and a supervisor are told who may; another site's officer neither sees nor ends it, by a forged press either."""
    async with story(database_url, tmp_path, at=TUESDAY, rooms=ROOMS, prepare=company) as s:
        for badge in ("M-1", "D-1", "S-1", "O-2", "O-1"):
            await s.employee(badge)
        for each in ("Ana", "Sam"):
            await s.says(each, "/plan")
            assert "Managers, safety officers and trainers" in await s.sees(each)
        await s.says("Rosa", "/plan")
        await s.presses("Rosa", "Days and hour of the daily lesson")
        await s.presses("Rosa", "Save")
        series = await s.ask(lambda session: session.scalars(select(LessonPlanRow.series)).one())
        await s.says("Wu", "/plan")
        assert "Harbour Works" not in await s.sees("Wu")
        press = {"from": s.chat("Wu"), "chat": s.chat("Wu"), "data": f"pl.ended:{series}", "forge": True}
        message = (await s.screen("Wu"))[-1]["message_id"]
        await s.post("/sim/presses", press | {"message_id": message})
        await s.settle()
        assert await s.ask(lambda session: session.scalars(select(LessonPlanRow.closed_as)).one()) is None
        await s.says("Yusuf", "/plan")
        assert "Harbour Works" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Harbour Works: daily lesson")
        await s.presses("Yusuf", "Pause")
        assert await s.presses("Rosa", "Pause") == "Somebody has changed this meanwhile. Look again: /plan"
        assert await s.violations() == []
