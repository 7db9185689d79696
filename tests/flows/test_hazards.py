"""From a photo to a danger that is proved gone, on the phones of those who live it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select, update
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from bot import logs
from bot.features import _room
from bot.people.tables import PersonRow, PlaceRow, UnitRow
from tests.flows.hazards_company import ANA, company, photo
from tests.flows.house import Story, listen_anew, story, words

ROOMS = (_room("hazards"),)
DOCK = {"en": "Loading dock 1", "ar": "رصيف التحميل 1"}
TEAM = {"en": "Dock Team", "ar": "فريق الرصيف"}
EVERYBODY = ("W-1", "W-2", "S-1", "S-2", "M-1", "O-1", "M-2", "A-1")


@pytest.fixture
async def s(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """A Wednesday, five past nine, everybody with a phone; at the end no call was refused by the schema."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as told:
        for badge in EVERYBODY:
            await told.employee(badge)
        yield told
        assert [c for c in await told.violations() if "blocked" not in str(c)] == []


async def reports(s: Story, *taps: str) -> None:
    """Ana sends a photo and taps, at last Send now."""
    await s.sends_photo("Ana", photo(), caption="Oil on the floor")
    for tap in (*taps, "Send now"):
        await s.presses("Ana", tap)


async def test_one_tap_brings_a_photo_to_the_supervisor(s: Story) -> None:
    """Photo, Send now, and it is on the supervisors' phones: loud for who is at work, silent for who is not."""
    await s.sends_photo("Ana", photo(), caption="Oil <on> the floor")
    hurt = "Someone is hurt: call for help now"
    offered = ["Send now", "Without my name", hurt, "Details", "Not a report", "Not to my supervisor", "Only practise"]
    assert [label.split(" ", 1)[1] for label in await s.buttons("Ana")] == offered
    await s.presses("Ana", "Send now")
    assert "Your report No. 1" in await s.sees("Ana")
    assert "Thank you" in await s.sees("Ana")
    message, _ = await s.button("Sam", "Acknowledge")
    assert "photo" in message
    for word in ("Oil <on> the floor", "Ana Morales", "Dock Team", "Nobody has acknowledged"):
        assert word in message["caption"]
    silent = {
        int(c["params"]["chat_id"]): bool(c["params"].get("disable_notification")) for c in await s.calls("sendPhoto")
    }
    assert silent == {s.chat("Sam"): False, s.chat("Marta"): True}
    assert await s.presses("Sam", "Acknowledge") == "Thank you. Nobody else is alerted now."
    assert "Sam Okafor, has taken on your report No. 1" in await s.sees("Ana")
    assert "Sam Okafor has taken it on" in await s.sees("Marta")
    await s.forward(hours=2)
    assert await s.news("Tomasz") == []


async def test_a_place_is_named_in_each_reader_s_language(s: Story) -> None:
    """Ana reads Arabic and chooses the dock by its Arabic name; Sam reads English and gets its English one."""

    def give_names(session: Session) -> None:
        session.execute(update(PersonRow).where(PersonRow.id == ANA).values(lang="ar"))
        session.execute(update(PlaceRow).where(PlaceRow.code == "HW-DOCK-1").values(names=DOCK))
        session.execute(update(UnitRow).where(UnitRow.name == "Dock Team").values(names=TEAM))

    await s.db(give_names)
    await s.says("Ana", "زيت على الأرض")
    for tap in ("تفاصيل", "خطر", "رصيف التحميل 1", "خطر الآن", "تخطَّ", "أرسل الآن"):
        await s.presses("Ana", tap)
    assert "رصيف التحميل 1، فريق الرصيف" in await s.sees("Ana")
    assert "Loading dock 1, Dock Team" in await s.sees("Sam")


async def test_the_whole_loop_ends_with_a_photo_that_it_is_gone(s: Story) -> None:
    """Rated, assigned, fixed by Bao with a photo, checked by Marta; the reporter reads each step and says it came back."""
    await reports(s)
    for tap in ("Acknowledge", "Rate", "high", "Assign", "Bao"):
        await s.presses("Sam", tap)
    assert "Please fix: No. 1" in await s.sees("Bao")
    status = [words(m) for m in await s.screen("Ana") if "Your report No. 1" in words(m)][-1]
    assert "Bao Tran fixes it by 19 Nov 09:05" in status
    await s.presses("Bao", "Fixed")
    await s.sends_photo("Bao", photo(9), caption="cleaned")
    told = (await s.news("Bao"))[-1]
    assert "No. 1 is fixed" in told
    assert "Marta Kowalczyk" in told, "the fixer reads who was asked to check"
    assert "Is No. 1 really gone?" in await s.sees("Marta")
    assert await s.presses("Marta", "I checked") == "Checked and closed. The reporter is told."
    assert "It is gone." in await s.sees("Ana")
    assert "photo" in (await s.screen("Ana"))[-1]
    assert "Marta Kowalczyk saw that it is gone" in words((await s.button("Sam", "Open it again"))[0])
    await s.forward(days=2)
    await s.presses("Ana", "Still there")
    assert "It is still there: open again." in await s.sees("Sam")
    await s.says("Sam", "/hazards")
    assert "Open dangers in your area: 1" in await s.sees("Sam")
    await s.says("Ana", "/myreports")
    assert "open again" in await s.sees("Ana")


async def test_the_ladder_climbs_until_somebody_answers(s: Story) -> None:
    """Ten minutes a rung: the manager, the site's manager and safety officer, the admin; then nobody is left."""
    await reports(s, "Details", "Dangerous", "Loading dock 1", "Danger now", "Skip")
    for badge_names in (("Tomasz",), ("Yusuf", "Grace"), ("Ada",)):
        await s.forward(minutes=10, seconds=1)
        assert "Nobody has answered yet" in " ".join(words(m) for m in await s.screen("Ana")), (
            "the reporter sees it too"
        )
        for name in badge_names:
            news = await s.news(name)
            assert any("Danger now" in said and "Loading dock 1" in said for said in news)
    assert "Please telephone somebody there now" in "".join(await s.news("Yusuf"))
    await s.presses("Grace", "Acknowledge")
    for name in ("Sam", "Tomasz", "Yusuf", "Ada"):
        await s.news(name)
    standing = " ".join(words(m) for m in await s.screen("Yusuf"))
    assert "Grace" in standing
    assert "Please telephone somebody there now" not in standing, "that was an hour's truth"
    await s.forward(hours=3)
    assert [await s.news(name) for name in ("Sam", "Tomasz", "Yusuf", "Ada")] == [[], [], [], []]


async def test_of_two_who_press_at_once_one_is_told_who_was_first(s: Story) -> None:
    """Both presses are on their way before either is answered."""
    await reports(s)
    press = []
    for name in ("Sam", "Marta"):
        message, key = await s.button(name, "Acknowledge")
        where = {"from": s.chat(name), "chat": s.chat(name), "message_id": message["message_id"]}
        press.append(s.post("/sim/presses", where | {"data": key["callback_data"]}))
    await asyncio.gather(*press)
    await s.settle()
    toasts = [str(c["params"].get("text")) for c in await s.calls("answerCallbackQuery")]
    assert "Thank you. Nobody else is alerted now." in toasts
    assert any(toast.endswith("was first and has taken it on.") for toast in toasts)


async def test_a_supervisor_who_blocked_the_bot_is_passed_over_in_the_same_moment(s: Story) -> None:
    """The alert cannot arrive: the manager is called without waiting ten minutes."""
    for name in ("Sam", "Marta"):
        await s.blocks(name)
    await reports(s)
    assert any("Oil on the floor" in said for said in await s.news("Tomasz"))


async def test_somebody_hurt_shows_what_to_do_and_calls_everybody(s: Story) -> None:
    """The emergency number first; one more tap, and three rungs are alerted."""
    await s.sends_photo("Ana", photo())
    for tap in ("Details", "Someone is hurt"):
        await s.presses("Ana", tap)
    assert "Call the emergency number of your site now." in await s.sees("Ana")
    await s.presses("Ana", "Send now")
    for name in ("Sam", "Marta", "Tomasz", "Yusuf", "Grace"):
        assert "Someone is hurt" in await s.sees(name)


async def test_the_number_that_the_site_has_entered_stands_first_when_somebody_is_hurt(s: Story) -> None:
    """Nobody looks for a notice board then."""
    await s.db(
        lambda session: session.execute(update(UnitRow).where(UnitRow.kind == "site").values(emergency_number="5-5555"))
    )
    await s.sends_photo("Ana", photo())
    for tap in ("Details", "Someone is hurt"):
        await s.presses("Ana", tap)
    assert "1. Call 5-5555 now." in await s.sees("Ana")


async def test_without_a_name_nothing_leads_back_and_the_talk_goes_on(s: Story) -> None:
    """The limits are said first; every step reaches the reporter; a dump of the database does not hold them."""
    words = (str(ANA), str(s.chat("Ana")), "Ana Morales")
    before = await s.ask(lambda session: traces(session, *words))
    await s.says("Ana", "/start pHW-DOCK-1")
    await s.sends_photo("Ana", photo(), caption="The guard is off")
    await s.presses("Ana", "Without my name")
    assert "only 4 people work there" in await s.sees("Ana")
    await s.presses("Ana", "Send without my name")
    assert "Report No. 1, without your name" in await s.sees("Ana")
    assert "reported without a name" in await s.sees("Sam")
    await s.presses("Sam", "Acknowledge")
    assert "has taken on your report No. 1" in await s.sees("Ana")
    await s.presses("Sam", "Ask")
    await s.says("Sam", "Which machine?")
    await s.presses("Ana", "Answer")
    await s.says("Ana", "The saw")
    assert "The saw" in await s.sees("Sam")
    assert await s.ask(lambda session: traces(session, *words)) == before


async def test_what_is_logged_of_a_report_without_a_name_holds_nobody(database_url: str, tmp_path: Path) -> None:
    """The most talkative log there is, from the start to the answer; neither who it was nor what they wrote stands in it."""
    logs.configure("DEBUG")
    listen_anew()
    try:
        with capture_logs() as said:
            async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as told:
                for badge in EVERYBODY:
                    await told.employee(badge)
                await told.sends_photo("Ana", photo(), caption="The guard is off")
                await told.presses("Ana", "Without my name")
                await told.presses("Ana", "Send without my name")
                assert "Report No. 1, without your name" in await told.sees("Ana")
                hers = (str(ANA), str(told.chat("Ana")), "Ana Morales", "The guard is off")
    finally:
        logs.configure("ERROR")
        listen_anew()
    assert said, "nothing was logged, and this would show nothing"
    assert [line for line in said if any(word in repr(line) for word in hers)] == []


def traces(session: Session, *words: str) -> list[str]:
    """Rows of all tables that hold one of the words, but those that only say who works here."""
    meta, found = MetaData(), []
    meta.reflect(session.connection())
    for table in meta.sorted_tables:
        if table.name not in {"person", "account", "placement", "role_grant"}:
            rows = (str(tuple(row)) for row in session.execute(select(table)))
            found += [f"{table.name}: {row}" for row in rows if any(word in row for word in words)]
    return found


async def test_what_was_left_unfinished_is_reminded_and_then_told(s: Story) -> None:
    """Three minutes, ten more; the safety officer hears that, but not by whom; the draft can still be sent."""
    await s.sends_photo("Ana", photo())
    await s.forward(minutes=3, seconds=1)
    assert "Your report has not been sent yet." in await s.sees("Ana")
    await s.forward(minutes=10, seconds=1)
    told = await s.news("Yusuf")
    assert len(told) == 1
    assert "began a report and did not send it" in told[0]
    assert "Ana" not in told[0]
    await s.forward(hours=1)
    assert await s.news("Yusuf") == []
    await s.presses("Ana", "Send now")
    assert "Your report No. 1" in await s.sees("Ana")


async def test_what_can_wait_comes_silently_with_the_shifts_digest(s: Story) -> None:
    """Half an hour before Sam's shift ends at two; it opens with one tap."""
    await reports(s, "Details", "nearly happened", "Loading dock 1", "Can wait", "Skip")
    assert await s.news("Sam") == []
    await s.forward(hours=4, minutes=26)
    assert "nobody has acknowledged yet" in await s.sees("Sam")
    digest = [
        c
        for c in await s.calls("sendMessage")
        if "Reports that nobody has acknowledged yet" in str(c["params"]["text"])
    ]
    assert all(c["params"]["disable_notification"] for c in digest)
    await s.presses("Sam", "Open No. 1")
    assert "It nearly happened" in await s.sees("Sam")


async def test_a_picture_that_cannot_be_read_loses_no_report(s: Story) -> None:
    """The supervisor has it at once; the reporter is asked kindly for another photo."""
    await s.sends_file("Ana", "photo.jpg", b"this is no picture", caption="Oil on the floor")
    await s.presses("Ana", "Send now")
    await s.settle()
    assert "Oil on the floor" in await s.sees("Sam")
    assert any("could not read a file of report No. 1" in said for said in await s.news("Ana"))


async def test_today_lists_what_waits_for_a_supervisor_and_for_an_assignee(database_url: str, tmp_path: Path) -> None:
    """What nobody has seen stands there for the supervisor, what is to be fixed for whoever shall fix it."""
    rooms = (_room("learning"), *ROOMS)
    async with story(database_url, tmp_path, rooms=rooms, prepare=company) as s:
        for badge in EVERYBODY:
            await s.employee(badge)
        await reports(s)
        await s.says("Sam", "/today")
        assert "1 report that nobody has acknowledged" in await s.sees("Sam")
        for tap in ("Acknowledge", "Rate", "high", "Assign", "Bao"):
            await s.presses("Sam", tap)
        await s.says("Bao", "/today")
        assert "Yours to fix: No. 1" in await s.sees("Bao")
        await s.says("Ana", "/mystatus")
        assert "1 report of a danger" in await s.sees("Ana")
