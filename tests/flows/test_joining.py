"""People come in: by a link, by a poster, on a new phone; and find their way about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.features import _room
from bot.i18n.languages import LANGUAGES
from bot.onboarding import actions, desk, joining
from bot.onboarding.sample import load_sample
from bot.people import store as people
from bot.people.tables import AccountRow, InviteRow
from tests.flows.house import Story, story

DOCK_LEADER, DOCK_WORKER, DRIVER, OFFICER, MANAGER = "L-1011", "L-1042", "L-1021", "L-1003", "L-1001"


@asynccontextmanager
async def works(database_url: str, folder: Path) -> AsyncIterator[Story]:
    """The sample company on an ordinary morning, with this room and the questions that its menu leads to."""
    rooms = (_room("onboarding"), _room("voice.questions"))
    actions.configure(bot_username="davy_story_bot", routes=[r for room in rooms for r in room.routes])
    async with story(database_url, folder, rooms=rooms, prepare=load_sample) as s:
        yield s


async def invite(s: Story, badge: str, **more: bool) -> str:
    """A fresh link for somebody, as its token."""

    def make(session: Session) -> str:
        who = people.person_by_badge(session, badge, s.now)
        assert who is not None
        return joining.make_invite(session, who.id, s.now, by=None, **more)

    return str(await s.db(make))


async def test_a_link_brings_somebody_in_and_shows_the_menu_in_their_language(
    database_url: str, tmp_path: Path
) -> None:
    """Link, language, three lines with what is kept, and five buttons: one message, edited."""
    async with works(database_url, tmp_path) as s:
        token = await invite(s, DOCK_WORKER)
        await s.stranger("Ana", "es")
        await s.says("Ana", f"/start {token}")
        assert await s.buttons("Ana") == [f"✓ {name}" if code == "es" else name for code, name in LANGUAGES.items()]
        assert len(await s.news("Ana")) == 1
        await s.presses("Ana", "English")
        assert "What I keep" in await s.sees("Ana")
        assert await s.buttons("Ana") == ["📘 Today", "📷 Report", "🆘 Emergency", "🦺 My status", "💬 Ask"]
        assert await s.news("Ana") == []
        assert await s.violations() == []


async def test_a_link_works_once_and_for_its_time_only(database_url: str, tmp_path: Path) -> None:
    """A second phone, a link of yesterday's yesterday, and one that never was are told why not, and stay outside."""
    async with works(database_url, tmp_path) as s:
        token, slip = await invite(s, DOCK_WORKER), await invite(s, DRIVER, printed=True)
        late = await invite(s, OFFICER)
        for name in ("Ana", "Bea", "Cem", "Dan"):
            await s.stranger(name)
        await s.says("Ana", f"/start {token}")
        await s.says("Bea", f"/start {token}")
        assert "only once" in await s.sees("Bea")
        await s.says("Bea", "/start i00000000000000000000000000000000")
        assert "do not know this link" in await s.sees("Bea")
        await s.forward(hours=73)
        await s.says("Cem", f"/start {late}")
        assert "too old" in await s.sees("Cem")
        await s.says("Dan", f"/start {slip}")
        assert "Welcome" in await s.sees("Dan")


async def test_a_stranger_gets_a_polite_refusal_in_their_language_and_nothing_else(
    database_url: str, tmp_path: Path
) -> None:
    """Commands, texts, forged presses: nothing of the company is said."""
    async with works(database_url, tmp_path) as s:
        await s.stranger("Eva")
        for said in ("/start", "/menu", "/whoami", "L-1042", "/desk", "/invite L-1042"):
            await s.says("Eva", said)
            assert "ask your supervisor for an invitation" in await s.sees("Eva")
        assert await s.buttons("Eva") == []


async def test_guessing_is_slowed_to_five_tries_an_hour(database_url: str, tmp_path: Path) -> None:
    """The sixth try says to wait, also for the right link; an hour later it goes on."""
    async with works(database_url, tmp_path) as s:
        token = await invite(s, DOCK_WORKER)
        await s.stranger("Eva")
        for number in range(5):
            await s.says("Eva", f"/start i{number:032d}")
        await s.says("Eva", f"/start {token}")
        assert "wait an hour" in await s.sees("Eva")
        await s.forward(hours=1)
        await s.says("Eva", f"/start {token}")
        assert "Welcome" in await s.sees("Eva")


async def test_a_poster_asks_for_the_badge_and_the_supervisor_confirms(database_url: str, tmp_path: Path) -> None:
    """Scan, number, the team's leader presses Confirm: in."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        await s.employee(MANAGER)
        poster = await s.db(joining.make_poster, 1, s.now)
        await s.stranger("Ana", "es")
        await s.says("Ana", f"/start {poster}")
        await s.says("Ana", "l-1042")
        request = await s.sees("Sam")
        assert "Ana Morales" in request
        assert "L-1042" in request
        assert await s.news("Grace") == []
        assert await s.presses("Sam", "Confirm") == "They are in."
        assert "Confirmed by Sam Okafor" in await s.sees("Sam")
        assert await s.buttons("Ana") == [f"✓ {name}" if code == "es" else name for code, name in LANGUAGES.items()]
        assert await s.violations() == []


async def test_a_badge_typed_in_arabic_digits_is_the_same_badge(database_url: str, tmp_path: Path) -> None:
    """The keyboard of the phone types ١٠٤٢; the supervisor is asked about L-1042, and the newcomer is answered in Arabic."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        poster = await s.db(joining.make_poster, 1, s.now)
        await s.stranger("Huda", "ar")
        await s.says("Huda", f"/start {poster}")
        assert "اكتب الرقم المكتوب على بطاقة عملك" in await s.sees("Huda")
        await s.says("Huda", "L-١٠٤٢")
        assert "L-1042" in await s.sees("Sam")
        await s.presses("Sam", "Confirm")
        await s.presses("Huda", "العربية")
        assert await s.buttons("Huda") == ["📘 اليوم", "📷 أبلغ", "🆘 طوارئ", "🦺 حالتي", "💬 اسأل"]
        await s.says("Huda", "/help")
        assert "\u200f\u2068/settings\u2069 – " in await s.sees("Huda"), (
            "the line is Arabic, the command keeps its slash"
        )
        await s.says("Huda", "\u2068/settings\u2069")
        assert "إعداداتك" in await s.sees("Huda"), "a command that was copied out of a message"
        assert await s.violations() == []


async def test_a_number_that_nobody_has_is_answered_like_one_that_somebody_has(
    database_url: str, tmp_path: Path
) -> None:
    """Otherwise a poster in the yard would be a list of who works here."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        poster = await s.db(joining.make_poster, 1, s.now)
        await s.stranger("Eva")
        await s.says("Eva", f"/start {poster}")
        await s.says("Eva", "L-9999")
        unknown = await s.sees("Eva")
        assert await s.news("Sam") == []
        await s.says("Eva", "L-1042")
        assert (await s.sees("Eva")).replace("L-1042", "") == unknown.replace("L-9999", "")
        assert len(await s.news("Sam")) == 1
        await s.says("Eva", "L-1043")
        assert "taken back" in (await s.screen("Sam"))[-2]["text"]


async def test_not_them_keeps_somebody_out_and_the_second_to_press_is_told_who_was_first(
    database_url: str, tmp_path: Path
) -> None:
    """Two may decide; one wins."""
    async with works(database_url, tmp_path) as s:
        await s.employee(MANAGER)
        await s.employee(DOCK_LEADER)
        poster = await s.db(joining.make_poster, 1, s.now)
        await s.stranger("Eva")
        await s.says("Eva", f"/start {poster}")
        await s.says("Eva", "L-1042")
        assert await s.presses("Sam", "Not them") == "They were not let in."
        assert "did not confirm" in await s.sees("Eva")
        answer = await s.db(joining.decide, (await s.db(people.person_by_badge, MANAGER, s.now)).id, 1, True, s.now)
        assert answer.toast.key == "onboarding.decided_already"
        assert answer.toast.params["name"] == "Sam Okafor"


async def test_a_new_phone_closes_the_old_one_and_the_old_one_is_told(database_url: str, tmp_path: Path) -> None:
    """Who holds the old phone can say that it was not them; their supervisor is asked face to face."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        await s.employee(DOCK_WORKER)
        poster = await s.db(joining.make_poster, 1, s.now)
        await s.stranger("New")
        await s.says("New", f"/start {poster}")
        await s.says("New", DOCK_WORKER)
        assert "already has Davy on another phone" in await s.sees("Sam")
        await s.presses("Sam", "Confirm")
        assert "otro teléfono" in await s.sees("Ana") or "another phone" in await s.sees("Ana")
        await s.says("Ana", "/menu")
        assert "invitation" in await s.sees("Ana") or "invitación" in await s.sees("Ana")
        await s.says("New", "/menu")
        assert len(await s.buttons("New")) == 5

        def accounts(session: Session) -> list[bool]:
            rows = session.scalars(select(AccountRow).where(AccountRow.user_id.in_([s.chat("Ana"), s.chat("New")])))
            return [row.closed_at is None for row in rows]

        assert await s.ask(accounts) == [False, True]


async def test_a_supervisor_makes_a_link_with_its_qr_for_their_own_people_only(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link comes as text and picture; for another team, for oneself, for somebody above: refused."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        await s.employee(DRIVER)
        with monkeypatch.context() as small:
            small.setattr(desk, "MOST_NAMES", 1)
            await s.says("Sam", "/invite")
            assert "And 1 more: /invite BADGE" in await s.sees("Sam")
        await s.says("Sam", f"/invite {DOCK_WORKER}")
        message = (await s.screen("Sam"))[-1]
        assert "https://t.me/davy_story_bot?start=i" in message["caption"]
        assert message["photo"]
        token = message["caption"].split("start=")[1].split()[0]
        await s.stranger("Ana")
        await s.says("Ana", f"/start {token}")
        assert "Welcome" in await s.sees("Ana")
        await s.says("Sam", "/invite L-1022")
        assert "Nobody in your part" in await s.sees("Sam")
        await s.says("Sam", "/invite L-1011")
        assert "roles" in await s.sees("Sam")
        await s.says("Bao", f"/invite {DOCK_WORKER}")
        assert "another role" in await s.sees("Bao")
        await s.says("Sam", "/invite")
        assert "Kofi Mensah" in await s.buttons("Sam")
        assert "more: /invite" not in await s.sees("Sam")
        assert await s.violations() == []


async def test_the_command_menu_follows_role_and_language(database_url: str, tmp_path: Path) -> None:
    """At joining, when the language changes, and when a role is given."""
    async with works(database_url, tmp_path) as s:
        token = await invite(s, DOCK_LEADER)
        await s.stranger("Sam", "en")
        await s.says("Sam", f"/start {token}")
        menus = await s.calls("setMyCommands")
        assert menus[-1]["params"]["scope"]["chat_id"] == s.chat("Sam")
        assert {"invite", "poster"} <= {c["command"] for c in menus[-1]["params"]["commands"]}
        token = await invite(s, DOCK_WORKER)
        await s.stranger("Ana", "en")
        await s.says("Ana", f"/start {token}")
        worker = (await s.calls("setMyCommands"))[-1]["params"]
        assert "invite" not in {c["command"] for c in worker["commands"]}
        await s.presses("Ana", "中文")
        assert len(await s.calls("setMyCommands")) == len(menus) + 2
        assert await s.violations() == []


async def file_for(s: Story, who: str) -> str:
    """The newest document that the bot sent to somebody, as text."""
    document = [m for m in await s.screen(who) if "document" in m][-1]["document"]
    return s.simulator.world.files.get(document["file_id"]).data.decode()


async def test_a_printed_slip_lets_in_the_person_named_on_it_for_thirty_days(database_url: str, tmp_path: Path) -> None:
    """A sheet for those who are not in; the second sheet leaves out who has a slip; a lost one is made anew."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        await s.says("Sam", "/slips")
        assert "3 slips to print" in await s.sees("Sam")
        sheet = await file_for(s, "Sam")
        assert "Ana Morales · L-1042" in sheet
        assert "Marta" not in sheet, "another team's"
        await s.says("Sam", "/slips")
        assert "has a slip" in await s.sees("Sam")
        lasts = await s.ask(lambda session: list(session.execute(select(InviteRow.printed, InviteRow.expires_at))))
        assert {(printed, (ends - s.now).days) for printed, ends in lasts} == {(True, 30)}
        await s.says("Sam", f"/slips {DOCK_WORKER}")
        assert "1 slip to print" in await s.sees("Sam")
        await s.employee(DRIVER)
        await s.says("Bao", "/slips")
        assert "another role" in await s.sees("Bao")
        assert await s.violations() == []


async def test_labels_name_the_places_that_somebody_answers_for(database_url: str, tmp_path: Path) -> None:
    """In all languages, because anybody may scan them."""
    async with works(database_url, tmp_path) as s:
        await s.employee(DOCK_LEADER)
        await s.says("Sam", "/labels")
        sheet = await file_for(s, "Sam")
        assert "Something dangerous here?" in sheet
        assert sheet.count("<svg") == sheet.count("<b ") > 0
        assert await s.violations() == []
