"""Yesterday's message and this morning's: one way to the lesson, and it is today's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.learning import actions, chat, store
from bot.learning.model import State
from bot.learning.ticks import lapse_unbegun
from tests.flows.house import Story, keys, story, words
from tests.flows.learning_company import company
from tests.flows.test_learning import EARLY, ROOMS
from tests.store.learning_house import NOW, chicago, house, key, press, reachable, who


async def with_words(s: Story, who: str, part: str) -> dict[str, Any]:
    """The message that holds these words."""
    return next(m for m in await s.screen(who) if part in words(m))


async def test_yesterdays_message_that_nobody_answered_loses_its_buttons(database_url: str, tmp_path: Path) -> None:
    """Ana was off her phone: the next morning the old one says where today's waits, and today's has its own buttons."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company, at=EARLY) as s:
        await s.employee("D-1")
        await s.forward(hours=4)
        assert await s.buttons("Ana") == ["Start", "Later"]
        await s.forward(hours=24)
        old = await with_words(s, "Ana", "This was for Nov 18")
        assert [k["text"] for k in keys(old)] == ["Today"]
        newest = (await s.screen("Ana"))[-1]
        assert newest["message_id"] != old["message_id"]
        assert [k["text"] for k in keys(newest)] == ["Start", "Later"]
        assert await s.violations() == []


async def test_a_lesson_that_was_begun_under_today_has_no_second_way(database_url: str, tmp_path: Path) -> None:
    """Ana taps *Start the lesson* under /today: the morning's message has no buttons any more."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company, at=EARLY) as s:
        await s.employee("D-1")
        await s.forward(hours=4)
        morning = (await s.screen("Ana"))[-1]["message_id"]
        await s.says("Ana", "/today")
        await s.presses("Ana", "Start the lesson")
        pushed = next(m for m in await s.screen("Ana") if m["message_id"] == morning)
        assert keys(pushed) == []
        assert "You have begun this further down." in words(pushed)
        assert await s.buttons("Ana") in (["Next"], ["To the questions"])
        assert await s.violations() == []


async def test_a_message_planned_for_later_does_not_come_once_the_lesson_was_begun(
    database_url: str, tmp_path: Path
) -> None:
    """Ana asked to be asked again, then began under /today: two hours later nothing comes."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company, at=EARLY) as s:
        await s.employee("D-1")
        await s.forward(hours=4)
        await s.presses("Ana", "Later")
        await s.says("Ana", "/today")
        await s.presses("Ana", "Start the lesson")
        await s.news("Ana")
        await s.forward(hours=3)
        assert await s.news("Ana") == []


def test_a_press_on_an_old_button_says_what_to_do(database_url: str) -> None:
    """A phone that was offline still shows *Start* of yesterday: it leads to Today, and begins nothing of yesterday."""
    with house(database_url, "D-1", at=NOW) as session:
        ana = reachable(session, "D-1", NOW)
        given = actions.assign_today(session, who(session, "D-1", NOW), NOW)
        later = chicago(19, 8)
        for data, route in ((f"ln.start:{given.id}", chat.on_start), (f"ln.later:{given.id}", chat.on_later)):
            reply = route(session, press(ana, data, later), later)
            assert key(reply) == "learning.lapsed"
            assert reply.edit is not None
            assert [b.data for row in reply.edit.buttons for b in row] == ["ln.today"]
        assert store.assignment(session, given.id, ana).state is State.OFFERED  # type: ignore[union-attr]
        assert lapse_unbegun(session, later) is False
        assert store.unbegun(session, later, 10) == []
