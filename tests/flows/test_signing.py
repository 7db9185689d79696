"""What Davy ships is a draft until somebody with a name has read it and answers for it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.features import _room
from bot.library.tables import LessonRow, LessonVersionRow, SignatureRow
from bot.people import store as people
from bot.people.actions import grant
from bot.people.model import Role, Unit
from bot.people.tables import RoleGrantRow
from tests.flows.house import Story, story
from tests.flows.learning_company import company

ROOMS = (_room("library"), _room("learning"))
WRITING = (_room("library"), _room("library.authoring"), _room("learning"))


def nothing_signed(session: Session, now: datetime) -> Unit:
    """The company on the day on which Davy was set up; Omar is safety officer of Lingang and of nothing else."""
    dock = company(session, now)
    session.execute(delete(SignatureRow))
    omar = people.person_by_badge(session, "T-2", now)
    lingang = next(unit for unit in people.units(session) if unit.name == "Lingang Works")
    assert omar is not None
    session.execute(delete(RoleGrantRow).where(RoleGrantRow.person_id == omar.id))
    grant(session, omar.id, Role.SAFETY_OFFICER, lingang.id, now)
    return dock


def reworded(session: Session, now: datetime) -> str:
    """An upgrade words the first lesson anew; its title."""
    row = session.scalars(select(LessonRow).order_by(LessonRow.position)).first()
    assert row is not None
    old = session.get(LessonVersionRow, (row.id, row.version))
    assert old is not None
    session.add(LessonVersionRow(lesson_id=row.id, version=row.version + 1, content=old.content, at=now))
    session.execute(update(LessonRow).where(LessonRow.id == row.id).values(version=row.version + 1))
    return str(old.content["title"]["en"])


RIGHT = "Stop the machine before you reach in."


def means_something_else(session: Session, now: datetime) -> str:
    """An upgrade says something else on the first card of the first lesson, in English and Chinese; its title."""
    row = session.scalars(select(LessonRow).order_by(LessonRow.position)).first()
    assert row is not None
    old = session.get(LessonVersionRow, (row.id, row.version))
    assert old is not None
    said = {"en": RIGHT, "zh": "先停机，再伸手。"}
    cards = {lang: [said.get(lang, cards[0]), *cards[1:]] for lang, cards in old.content["cards"].items()}
    content = {**old.content, "cards": cards}
    session.add(LessonVersionRow(lesson_id=row.id, version=row.version + 1, content=content, at=now))
    session.execute(update(LessonRow).where(LessonRow.id == row.id).values(version=row.version + 1))
    return str(old.content["title"]["en"])


async def read_through(s: Story, who: str, start: str, on: str, end: str) -> None:
    """Somebody reads the day's lesson to its questions."""
    await s.says(who, "/today")
    await s.presses(who, start)
    for _ in range(9):
        if any(end in label for label in await s.buttons(who)):
            break
        await s.presses(who, on)
    await s.presses(who, end)


async def test_who_read_the_old_words_is_told_where_the_new_ones_are_signed_as_meaning_something_else(
    database_url: str, tmp_path: Path
) -> None:
    """An upgrade changes a lesson. Omar signs it for Lingang as meaning something else: Chen hears, once, with both
    words. Tess signs it for all as worded anew: nobody hears. A press without an answer signs nothing."""
    async with story(database_url, tmp_path, rooms=WRITING, prepare=nothing_signed) as s:
        for badge in ("T-2", "T-1", "L-1", "D-1"):
            await s.employee(badge)
        first = (await titles(s, "Tess"))[0]
        await s.presses("Tess", first)
        await s.presses("Tess", "Sign the lesson")
        await read_through(s, "Ana", "Start", "Next", "To the questions")
        await read_through(s, "Chen", "开始", "下一", "去答题")
        assert await s.db(means_something_else, s.now) == first
        await s.says("Omar", "/sign")
        await s.presses("Omar", first)
        await s.presses("Omar", "Sign the lesson")
        asked = await s.sees("Omar")
        assert "What has changed for those who have read it?" in asked
        assert f"→ {RIGHT}" in asked
        assert first in await titles(s, "Omar"), "nothing is signed yet"
        await s.presses("Omar", first)
        await s.presses("Omar", "Sign the lesson")
        assert (await s.presses("Omar", "Sign, and tell who has read it")).startswith("Signed.")
        await s.news("Ana")
        await s.forward(hours=14)  # in Shanghai it may be night
        told = [each for each in await s.news("Chen") if "你学过的一课有了变化" in each]
        assert len(told) == 1
        assert "先停机，再伸手。" in told[0]
        assert not any("says something else now" in each for each in await s.news("Ana"))
        await s.says("Tess", "/sign")
        await s.presses("Tess", first)
        await s.presses("Tess", "Sign the lesson")
        await s.presses("Tess", "Sign: only the wording")
        await s.forward(hours=24)
        assert not any("says something else now" in each for each in await s.news("Ana"))
        assert not any("你学过的一课有了变化" in each for each in await s.news("Chen"))
        assert await s.violations() == []


async def titles(s: Story, who: str) -> list[str]:
    """The topics that wait for a signature, as their buttons say."""
    await s.says(who, "/sign")
    return [label for label in await s.buttons(who) if not label.startswith(("✓", "More"))]


async def test_nobody_gets_a_lesson_before_somebody_has_signed_it(database_url: str, tmp_path: Path) -> None:
    """Ana gets nothing; Tess reads and signs one topic and is led to the next; Ana gets that lesson."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=nothing_signed) as s:
        await s.employee("D-1")
        await s.employee("T-1")
        await s.forward(hours=2)
        assert not any("Start" in label for label in await s.buttons("Ana")), "no lesson came"
        await s.says("Tess", "/today")
        assert "wait for your signature" in await s.sees("Tess")
        await s.presses("Tess", "Read and sign")
        assert "I send them to nobody" in await s.sees("Tess")
        first, second = (await s.buttons("Tess"))[:2]
        await s.presses("Tess", first)
        assert "A draft: nobody gets it yet." in await s.sees("Tess")
        assert "nobody saw the official text" in await s.sees("Tess"), "what rests on other pages is named"
        assert (await s.presses("Tess", "Sign the lesson")).startswith("Signed. Still drafts: ")
        assert second in await s.sees("Tess"), "the next one follows at once"
        assert first not in await titles(s, "Tess")
        await s.says("Ana", "/today")
        await s.presses("Ana", "Start")
        assert first in str(await s.screen("Ana"))
        assert await s.violations() == []


async def test_a_signature_for_one_site_sends_nothing_to_another(database_url: str, tmp_path: Path) -> None:
    """Omar signs for Lingang: Chen gets the lesson, Ana in Chicago does not, and for Tess it still waits."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=nothing_signed) as s:
        for badge in ("T-2", "T-1", "L-1", "D-1"):
            await s.employee(badge)
        for title in (await titles(s, "Omar"))[:2]:
            await s.says("Omar", "/sign")
            await s.presses("Omar", title)
            await s.presses("Omar", "Sign the lesson")
        assert title in await titles(s, "Tess")
        await s.says("Ana", "/today")
        assert not any("Start" in label for label in await s.buttons("Ana"))
        await s.says("Chen", "/today")
        assert any("开始" in label for label in await s.buttons("Chen"))


async def test_new_words_wait_for_a_new_signature_and_one_can_be_taken_back(database_url: str, tmp_path: Path) -> None:
    """After an upgrade the lesson is a draft again; a button from before signs nothing; taken back it goes to nobody."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        assert await titles(s, "Tess") == []
        title = await s.db(reworded, s.now)
        assert await titles(s, "Tess") == [title]
        await s.presses("Tess", title)
        await s.db(reworded, s.now)
        assert "changed while you were reading" in await s.presses("Tess", "Sign the lesson")
        await s.says("Tess", "/sign")
        await s.presses("Tess", title)
        await s.presses("Tess", "Sign the lesson")
        assert await titles(s, "Tess") == []
        await s.presses("Tess", "Signed topics")
        await s.presses("Tess", title)
        assert "Signed by Tess Hall" in await s.sees("Tess")
        assert "nobody gets it now" in await s.presses("Tess", "Take my signature back")
        assert await titles(s, "Tess") == [title]


def role_taken_away(session: Session, now: datetime) -> None:
    """Tess is a trainer no more."""
    tess = people.person_by_badge(session, "T-1", now)
    assert tess is not None
    session.execute(delete(RoleGrantRow).where(RoleGrantRow.person_id == tess.id))


async def test_who_may_not_sign_signs_nothing(database_url: str, tmp_path: Path) -> None:
    """A worker is told who does; a trainer whose role is gone has buttons that do nothing any more."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=nothing_signed) as s:
        await s.employee("D-1")
        await s.employee("T-1")
        await s.says("Ana", "/sign")
        assert "signed by managers" in await s.sees("Ana")
        await s.says("Tess", "/sign")
        await s.presses("Tess", (await s.buttons("Tess"))[0])
        await s.db(role_taken_away, s.now)
        assert "signed by the managers" in await s.presses("Tess", "Sign the lesson")
        assert await s.ask(lambda session: session.scalar(select(SignatureRow).limit(1))) is None
