"""What is said in a crew's group is not said to Davy: it answers no question, finishes no report, and is nobody's upload."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.features import _room
from bot.kit.room import Route
from bot.people import store as people
from tests.flows.courses_company import company as led
from tests.flows.hazards_company import company as harbour
from tests.flows.hazards_company import photo
from tests.flows.house import Story, story
from tests.flows.learning_company import company as school
from tests.flows.test_question_kinds import waits_for
from tests.flows.test_upload import FIRST, bank


async def crew(s: Story, name: str) -> int:
    """A group with somebody in it, where Davy was made an administrator and so reads all that is said; answers its chat."""
    s.simulator.people.bot().reads_all = True
    group = (await s.post("/sim/groups", {"title": "Dock crew", "members": [s.chat(name)]}))["id"]
    await s.settle()
    return int(group)


async def test_no_conversation_of_any_room_goes_on_in_a_group(database_url: str, tmp_path: Path) -> None:
    """Whatever Davy has asked Ana last: what she says to her crew is not the answer; what she writes to Davy alone is."""
    async with story(database_url, tmp_path, prepare=harbour) as s:
        await s.employee("W-1")
        group, taken = await crew(s, "Ana"), list[tuple[str, bool]]()

        def noting(kind: str) -> Callable[..., Any]:
            return lambda session, event, now: taken.append((kind, event.private))

        by = s.house.router.by["draft"]
        kinds = sorted(by)
        by |= {kind: [replace(route, do=noting(kind)) for route in by[kind]] for kind in kinds}

        def open_(session: Session, kind: str) -> None:
            who = people.person_by_badge(session, "W-1", s.now)
            assert who is not None
            while (before := drafts.current(session, who.id)) is not None:
                drafts.close(session, before)
            drafts.begin(session, who.id, kind, "asked", {}, s.now)

        for kind in kinds:
            await s.db(open_, kind)
            await s.says("Ana", "42", chat=group)
        assert taken == []
        for kind in kinds:
            await s.db(open_, kind)
            await s.says("Ana", "42")
        assert taken == [(kind, True) for kind in kinds]
        assert len(kinds) > 40


async def test_a_file_for_the_crew_is_for_no_room(database_url: str, tmp_path: Path) -> None:
    """Every kind of file that a room takes: shown around in a group it is not taken."""
    async with story(database_url, tmp_path, prepare=harbour) as s:
        await s.employee("W-1")
        group, taken = await crew(s, "Ana"), list[str]()

        def noting(route: Route) -> Route:
            return replace(route, do=lambda session, event, now: taken.append(route.room))

        by = s.house.router.by["file"]
        by |= {kind: [noting(route) for route in routes] for kind, routes in by.items()}
        for kind in by:
            file = {"name": "photo.jpg", "data": base64.b64encode(photo()).decode()}
            await s.post("/sim/messages", {"from": s.chat("Ana"), "chat": group, kind: file})
            await s.settle()
        assert taken == []


async def test_a_word_said_to_the_crew_answers_no_question(database_url: str, tmp_path: Path) -> None:
    """Chen's question waits for a typed word; what he writes to his group is no answer to it, and the same to Davy is."""
    rooms = (_room("library"), _room("learning"))
    async with story(database_url, tmp_path, rooms=rooms, prepare=school) as s:
        await waits_for(s, "L-1", "nmr-101")
        group, asked = await crew(s, "Chen"), await s.sees("Chen")
        await s.says("Chen", "事故", chat=group)
        assert await s.sees("Chen") == asked
        assert "事故" not in await s.sees(group)
        await s.says("Chen", "事故")
        assert "只要出了问题就是事故" in await s.sees("Chen")


async def test_hours_and_moments_are_said_to_davy_and_not_to_a_group(database_url: str, tmp_path: Path) -> None:
    """Sam enters hours and Tess plans a bank: what they write to their people meanwhile is neither."""
    rooms = (_room("library"), _room("library.authoring"), _room("learning"))
    async with story(database_url, tmp_path, rooms=rooms, prepare=led) as s:
        for badge in ("S-1", "D-1", "T-1"):
            await s.employee(badge)
        await s.says("Sam", "/training ana")
        await s.presses("Sam", "Enter training")
        await s.says("Sam", "1.5 talk about ladders", chat=await crew(s, "Sam"))
        assert "Entered" not in await s.sees("Sam")
        await s.says("Sam", "1.5 talk about ladders")
        assert "Entered" in await s.sees("Sam")
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST))
        await s.presses("Tess", "Publish later")
        await s.says("Tess", "2026-11-19 06:00", chat=await crew(s, "Tess"))
        assert "Goes live by itself" not in await s.sees("Tess")
        await s.says("Tess", "2026-11-19 06:00")
        assert "Goes live by itself" in await s.sees("Tess")
