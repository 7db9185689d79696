"""A worker without a phone lives Davy's day on a shared tablet, and the ledger cannot tell it from a day in Telegram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.ledger.tables import FactRow
from tests.flows.courses_company import company
from tests.flows.hazards_company import photo
from tests.flows.house import MORNING, Story, story
from tests.flows.tablet_hand import Hand, browser, enrolled, worker
from tests.flows.test_courses import open_question
from tests.flows.test_courses_exam import given
from tests.flows.test_learning import open_attempt, press_data
from tests.flows.test_reading import ENGLISH


class Phone:
    """The same hand in Telegram."""

    def __init__(self, s: Story) -> None:
        self.s = s

    async def presses(self, label: str) -> str:
        await self.s.presses("Ana", label)
        return await self.sees()

    async def says(self, words: str) -> str:
        await self.s.says("Ana", words)
        return await self.sees()

    async def sends_photo(self, data: bytes, caption: str = "") -> str:
        await self.s.sends_photo("Ana", data, caption)
        return await self.sees()

    async def press_data(self, data: str) -> str:
        await press_data(self.s, "Ana", data)
        return await self.sees()

    async def sees(self) -> str:
        return " ".join((await self.s.sees("Ana")).split())

    def all_buttons(self) -> Awaitable[list[str]]:
        return self.s.buttons("Ana")


class Glass(Hand):
    """A tablet, looked at anew before each touch: what has come meanwhile stands there."""

    async def all_buttons(self) -> list[str]:
        return self.buttons()

    async def sees(self) -> str:
        return await self.opens("/tablet/room")


async def a_day(s: Story, hand: Any) -> None:
    """Lesson and quiz, a danger with a photo, a reading acknowledged, an exam, a muster."""
    await hand.says("/today")
    await _lesson(s, hand)
    await hand.sends_photo(photo(), "The rail at dock 1 is loose")
    said = await hand.presses("Send now")
    assert "Sent" in said or "sent" in said, said
    await _reads(s, hand)
    await _exam(s, hand)
    await _muster(s, hand)


async def _lesson(s: Story, hand: Any) -> None:
    for _ in range(8):
        labels = await hand.all_buttons()
        if "To the questions" in labels:
            break
        await hand.presses(
            next(each for each in labels if each in ("Next", "Today's lesson", "Read") or "lesson" in each.lower())
        )
    await hand.presses("To the questions")
    for _ in range(3):
        asked, places = await s.ask(open_attempt)
        for place in places:
            await hand.press_data(f"ln.a:{asked.id}:{place}")
        labels = await hand.all_buttons()
        if "Next question" in labels:
            await hand.presses("Next question")


async def _reads(s: Story, hand: Any) -> None:
    await s.says("Sam", "/pending")
    await s.presses("Sam", "Let people read something")
    await s.presses("Sam", "Dock Team")
    await s.says("Sam", ENGLISH)
    await s.presses("Sam", "Send to")
    await s.forward(minutes=1)
    assert "only with your own key" in await hand.sees()
    await hand.presses("I have read it")
    await hand.presses("My own")


async def _exam(s: Story, hand: Any) -> None:
    await s.db(given, s.now)
    await hand.says("/courses")
    await hand.presses("Walkways")
    await hand.presses("To the exam")
    await hand.presses("Begin")
    for _ in range(3):
        asked, places = await s.ask(open_question)
        for place in places:
            await hand.press_data(f"co.a:{asked.id}:{place}")
        if "Done" in await hand.all_buttons():
            await hand.presses("Done")


async def _muster(s: Story, hand: Any) -> None:
    await s.says("Yusuf", "/muster")
    await s.presses("Yusuf", "Start a drill")
    await s.presses("Yusuf", "Harbour Works")
    await s.presses("Yusuf", "Everybody")
    await s.forward(seconds=2)
    assert "DRILL" in await hand.sees()
    await hand.presses("I am safe")


def of_ana(session: Session) -> Counter[str]:
    """What the ledger holds, but for times and what differs because another channel opened the door."""
    left_out = {"PinSet", "TabletEnrolled", "PersonJoined", "Joined"}
    rows = session.scalars(select(FactRow).order_by(FactRow.id)).all()
    names: dict[str | None, int] = {None: 0}  # pseudonyms are made by chance: the first who does something is 1
    return Counter(
        f"{row.kind} {sorted(row.body.items())} {names.setdefault(row.pseudonym, len(names))} {row.unit_id} {row.post}"
        for row in rows
        if row.kind not in left_out
    )


async def played(database_url: str, folder: Path, how: Callable[[Story], Awaitable[None]]) -> Counter[str]:
    """The day, and what it left in the ledger."""
    folder.mkdir()
    async with story(database_url, folder, at=MORNING, prepare=company) as s:
        for badge in ("S-1", "O-1"):
            await s.employee(badge)
        await how(s)
        found: Counter[str] = await s.ask(of_ana)
        assert await s.violations() == []
    return found


async def by_phone(s: Story) -> None:
    """Ana has a phone."""
    await s.employee("D-1")
    await a_day(s, Phone(s))


async def by_tablet(s: Story) -> None:
    """Ana has none: a PIN and the tablet in the canteen."""
    async with browser(s) as hand:
        glass = Glass(s, hand.http)
        await enrolled(s, glass, by="O-1")
        await worker(s, glass, "D-1")
        await a_day(s, glass)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_the_same_day_leaves_the_same_facts_by_phone_and_by_tablet(
    make_database_url: Callable[[str], str], engine: str, tmp_path: Path
) -> None:
    """Lesson, quiz, danger with a photo, reading, exam, muster: a channel, not a copy."""
    phone = await played(make_database_url(engine), tmp_path / "phone", by_phone)
    tablet = await played(make_database_url(engine), tmp_path / "tablet", by_tablet)
    assert phone == tablet, (phone - tablet, tablet - phone)
    kinds = {line.split()[0] for line in tablet}
    assert kinds >= {
        "LessonRead", "QuestionAnswered", "HazardReported", "NoticeAcknowledged", "ExamPassed", "MusterAnswered",
    }  # fmt: skip
