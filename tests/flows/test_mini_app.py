"""The dashboard inside Telegram, the whole way: the bot's button, the client's signed word, the page; and who loses the button."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.features import _room
from bot.onboarding import access
from bot.onboarding.sample import load_sample
from bot.people import store as people
from bot.people.tables import RoleGrantRow
from tests.flows.house import TOKEN, Story, story

SUPERVISOR, WORKER, ADMIN = "L-1011", "L-1042", "L-1001"
ROOMS = ("onboarding", "web", "hazards", "assessment")


@asynccontextmanager
async def office(database_url: str, folder: Path) -> AsyncIterator[Story]:
    """The sample company with its dashboard; Sam leads, Ana works."""
    rooms = tuple(_room(name) for name in ROOMS)
    async with story(database_url, folder, rooms=rooms, prepare=load_sample) as s:
        await s.employee(SUPERVISOR)
        await s.employee(WORKER)
        yield s


async def opened(s: Story, who: str, url: str) -> tuple[int, str, str]:
    """What the client does with a web_app button: signs for this person, opens the page; its script sends the data."""
    bot = TOKEN.partition(":")[0]
    said = await s.get(f"/sim/webapp?bot={bot}&user={s.chat(who)}")
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers={"accept": "text/html"}) as browser:
        async with browser.get(url) as page:
            assert 'id="launch"' in await page.text()
        async with browser.post(url, data={"init": said["init_data"], "next": "/desk"}) as answer:
            return answer.status, answer.url.path, await answer.text()


async def menu_buttons(s: Story, who: str) -> list[dict[str, Any]]:
    """What the button beside the text was made to open in somebody's chat, one after another."""
    calls = await s.calls("setChatMenuButton")
    return [call["params"]["menu_button"] for call in calls if call["params"]["chat_id"] == s.chat(who)]


async def test_a_supervisor_opens_the_dashboard_inside_telegram(database_url: str, tmp_path: Path) -> None:
    """By the button under the answer, and by the one beside the text; no call was refused."""
    async with office(database_url, tmp_path) as s:
        await s.says("Sam", "/desk")
        _, button = await s.button("Sam", "dashboard")
        url = button["web_app"]["url"]
        status, path, page = await opened(s, "Sam", url)
        assert (status, path) == (200, "/desk")
        assert "Sam" in page
        [beside] = await menu_buttons(s, "Sam")
        assert (beside["type"], beside["web_app"]["url"]) == ("web_app", url)
        assert await s.violations() == []


async def test_a_worker_has_no_button_and_is_not_let_in(database_url: str, tmp_path: Path) -> None:
    """Telegram says truly who they are; their role opens no page."""
    async with office(database_url, tmp_path) as s:
        assert await menu_buttons(s, "Ana") == []
        await s.says("Sam", "/desk")
        _, button = await s.button("Sam", "dashboard")
        status, _, page = await opened(s, "Ana", button["web_app"]["url"])
        assert (status, "This did not open" in page) == (403, True)


async def test_whoever_loses_the_role_loses_the_button_and_the_page(database_url: str, tmp_path: Path) -> None:
    """The chat gets the usual button back, and the next launch is refused."""
    async with office(database_url, tmp_path) as s:
        await s.says("Sam", "/desk")
        _, button = await s.button("Sam", "dashboard")

        def end(session: Session) -> None:
            who = people.person_by_badge(session, SUPERVISOR, s.now)
            assert who is not None
            session.execute(update(RoleGrantRow).where(RoleGrantRow.person_id == who.id).values(ends_at=s.now))
            access.actions.refresh_menu(session, who.id, s.now)

        await s.db(end)
        await s.settle()
        assert [each["type"] for each in await menu_buttons(s, "Sam")] == ["web_app", "default"]
        status, _, _ = await opened(s, "Sam", button["web_app"]["url"])
        assert status == 403


async def test_signing_out_in_the_chat_closes_the_page(database_url: str, tmp_path: Path) -> None:
    """`/signout`, with how many there were."""
    async with office(database_url, tmp_path) as s:
        await s.says("Sam", "/desk")
        _, button = await s.button("Sam", "dashboard")
        await opened(s, "Sam", button["web_app"]["url"])
        await s.says("Sam", "/signout")
        assert "one session has ended" in await s.sees("Sam")
