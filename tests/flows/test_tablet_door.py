"""The door of a shared tablet: guessing is stopped, forged buttons do nothing, nothing of anybody stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.browser.tables import InboxRow
from bot.delivery.drafts import current
from bot.delivery.outbox import Lane
from bot.hazards.tables import HazardCallRow, HazardRow
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.ledger.tables import FactRow
from bot.people import store as people
from bot.people.tables import AccountRow
from bot.web.tablet import actions
from bot.web.tablet.tables import PinRow, PinTryRow, TabletRow
from tests.flows.hazards_company import company, photo
from tests.flows.house import story
from tests.flows.tablet_hand import PIN, Form, browser, cookies, enrolled, seats, worker


def hazards(session: Session) -> int:
    """How many reports there are."""
    return session.scalar(select(func.count()).select_from(HazardRow)) or 0


async def test_only_enrolled_devices_open_and_only_for_their_people(database_url: str, tmp_path: Path) -> None:
    """A strange browser sees no form for a PIN; an enrolled one lets in who works under its unit, and is revoked at once."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand, browser(s) as other:
        assert "not enrolled" in await hand.opens("/tablet")
        assert not any("pin" in dict(form.held) for form in hand.page.forms)
        assert "does not work" in await hand.sends(hand.form("/tablet/enrol"), code="AAAAA-BBBBB")
        await enrolled(s, hand, by="S-1", unit="Dock Team")
        await worker(s, hand, "W-1")
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(AccountRow))) == 1
        await other.opens("/tablet")
        assert "not enrolled" in await other.sends(
            Form("/tablet/in", [("csrf", cookies(other)["davy_tablet_form"])]), badge="W-1", pin=PIN
        )
        other.http.cookie_jar.update_cookies({"davy_seat": cookies(hand)["davy_seat"]})
        await other.opens("/tablet/room")
        assert "not enrolled" in other.page.said, "a session is of one device"
        marek = await s.db(people.person_by_badge, "W-3", s.now)
        row = await s.db(actions.own_code, marek.id, s.now)
        assert row.person_id == marek.id
        await hand.presses("I am done")
        await s.db(
            lambda session: session.add(PinRow(person_id=marek.id, salt=b"x" * 16, hash=b"y" * 32, set_at=s.now))
        )
        assert "do not fit" in await hand.signs_in("W-3")
        await hand.signs_in("W-1")
        assert "I am done" in hand.html

        def revoke(session: Session) -> None:
            sam = people.person_by_badge(session, "S-1", s.now)
            assert sam is not None
            viewer = people.viewer(session, sam.id, s.now)
            tablet = session.scalars(select(TabletRow)).one()
            assert viewer is not None
            actions.revoke(session, viewer, tablet.id, s.now)

        await s.db(revoke)
        await hand.opens("/tablet/room")
        assert "not enrolled" in hand.page.said
        kinds = await s.ask(lambda session: [row.kind for row in session.scalars(select(FactRow).order_by(FactRow.id))])
        assert [k for k in kinds if k in ("TabletEnrolled", "PinSet", "TabletRevoked")] == [
            "TabletEnrolled",
            "PinSet",
            "TabletRevoked",
        ]


async def test_guessing_a_pin_is_stopped_for_a_badge_and_for_a_device(database_url: str, tmp_path: Path) -> None:
    """After four wrong ones even the right PIN has to wait, longer each time; badges of nobody look alike."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        await enrolled(s, hand, by="O-1")
        await worker(s, hand, "W-1")
        await hand.presses("I am done")
        for _ in range(4):
            assert "do not fit" in await hand.signs_in("W-1", "000001")
        assert "30 seconds" in await hand.signs_in("W-1", PIN)
        assert hand.status == 429
        await s.forward(seconds=31)
        assert "do not fit" in await hand.signs_in("w-1", "000002"), "the same badge in small letters"
        assert "60 seconds" in await hand.signs_in("W-1", PIN)
        for _ in range(4):
            assert "do not fit" in await hand.signs_in("NOBODY", "000001")
        assert "30 seconds" in await hand.signs_in("NOBODY", "000001"), "nobody learns who is here"
        assert await seats(s) == 0
        assert not await s.ask(lambda session: [r for r in session.scalars(select(PinTryRow)) if "W-1" in r.subject])
        await s.forward(minutes=2)
        await hand.signs_in("W-1", PIN)
        assert "I am done" in hand.html, "the right one, after the wait"
        for badge in ("A", "B", "C", "D"):
            await hand.presses("I am done") if "I am done" in hand.html else None
            await hand.signs_in(badge, "000001")
            await hand.signs_in(badge, "000002")
        said = await hand.signs_in("E", "000001")
        assert "Too many wrong PINs" in said, "the device waits too, whatever badge is tried"


async def test_a_strange_browser_tries_no_pin_and_locks_nobody_out(database_url: str, tmp_path: Path) -> None:
    """Guesses from a device that is not enrolled count for no badge; the right PIN is answered there like a wrong one."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand, browser(s) as other:
        await enrolled(s, hand, by="O-1")
        await worker(s, hand, "W-1")
        await hand.presses("I am done")
        await other.opens("/tablet")
        said = set()
        for pin in ("000001", PIN, "000002", "000003", "000004", "000005"):
            form = Form("/tablet/in", [("csrf", cookies(other)["davy_tablet_form"])])
            said.add((await other.sends(form, badge="W-1", pin=pin), other.status))
            form = Form("/tablet/code", [("csrf", cookies(other)["davy_tablet_form"])])
            await other.sends(form, badge="W-1", code="AAAAA-BBBBB", pin=PIN, again=PIN)
        assert len(said) == 1
        assert not await s.ask(lambda session: [r for r in session.scalars(select(PinTryRow)) if r.count])
        await hand.signs_in("W-1", PIN)
        assert "I am done" in hand.html


async def test_many_guesses_at_once_count_like_many_one_after_another(database_url: str, tmp_path: Path) -> None:
    """Tries are counted before they are compared: side by side no more than the free ones are looked at."""
    async with story(database_url, tmp_path, prepare=company) as s:
        counted = (actions.of_badge("W-1", None),)
        waits = [await s.db(actions.begin_try, counted, s.now) for _ in range(10)]
        assert sum(wait == timedelta() for wait in waits) == 4


async def test_forged_foreign_and_replayed_buttons_have_no_effect(database_url: str, tmp_path: Path) -> None:
    """Somebody else's message, a place where no button is, an old version, the same form twice, another session's word."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as ana, browser(s) as bao:
        for hand, badge in ((ana, "W-1"), (bao, "W-2")):
            await enrolled(s, hand, by="O-1")
            await worker(s, hand, badge)
        await ana.sends_photo(photo(), "The rail is loose")
        form = next(each for each in ana.page.forms if each.action == "/tablet/press")
        send = next(value for words, _, value in form.keys if "Send now" in words)
        mine = dict(form.held)
        theirs = dict(next(each for each in bao.page.forms if each.action == "/tablet/say").held)

        await bao.sends(
            Form("/tablet/press", list((mine | {"csrf": theirs["csrf"], "form": theirs["form"]}).items())), at=send
        )
        assert "no longer" in bao.page.said.lower() or "old" in bao.page.said.lower(), bao.page.said
        assert await s.ask(hazards) == 0, "Bao cannot press what stands on Ana's page"
        await bao.sends(Form("/tablet/press", list(mine.items())), at=send)
        await ana.sends(Form("/tablet/press", list((mine | {"csrf": "x"}).items())), at=send)
        await ana.sends(Form("/tablet/press", list((mine | {"version": "99"}).items())), at=send)
        for at in ("9-9", "0-99", "-1-0", "x", "0-0-0", ""):
            await ana.sends(Form("/tablet/press", list(mine.items())), at=at)
        assert await s.ask(hazards) == 0

        await ana.sends(form, at=send)
        assert await s.ask(hazards) == 1
        facts = await s.ask(lambda session: session.scalar(select(func.count()).select_from(FactRow)))
        await ana.sends(form, at=send)
        assert await s.ask(hazards) == 1
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(FactRow))) == facts
        await ana.presses("I am done")
        await ana.sends(form, at=send)
        assert await s.ask(hazards) == 1, "and nothing after *I am done*"


async def test_nothing_of_a_person_stays_on_a_shared_screen(database_url: str, tmp_path: Path) -> None:
    """No answer is kept, a minute and a quarter without a touch ends it, *Done* lets the browser forget."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        await enrolled(s, hand, by="O-1")
        await worker(s, hand, "W-1")
        assert hand.headers["Cache-Control"] == "no-store"
        assert "url=/tablet/done" in hand.html, "without scripts the page leaves by itself"
        assert 'content="75;' in hand.html
        await s.forward(seconds=70)
        await hand.opens("/tablet/room")
        await s.forward(seconds=70)
        await hand.opens("/tablet/room")
        assert "Ana" in hand.page.said, "whoever is there stays"
        await s.forward(seconds=76)
        await hand.opens("/tablet/room")
        assert "Ana" not in hand.page.said
        assert '"cache"' in hand.headers["Clear-Site-Data"]
        await hand.signs_in("W-1")
        await hand.presses("I am done")
        assert '"cache"' in hand.headers["Clear-Site-Data"]
        assert "davy_seat" not in cookies(hand)
        await hand.signs_in("W-1")
        await s.forward(minutes=61)
        assert await seats(s) == 0


async def test_an_alert_rings_nobody_who_has_only_a_page_and_the_ladder_climbs(
    database_url: str, tmp_path: Path
) -> None:
    """Sam, who would be called first, has a tablet and no phone: Tomasz above him is called at once; Sam reads it when he comes."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as sam, browser(s) as ana:
        await s.employee("M-1")
        for hand, badge in ((sam, "S-1"), (ana, "W-1")):
            await enrolled(s, hand, by="O-1")
            await worker(s, hand, badge)
        await ana.says("The gas alarm is screaming at dock 1")
        for tap in ("Details", "Dangerous", "Loading dock 1", "Danger now", "Skip", "Send now"):
            await ana.presses(tap)
        await s.settle()
        called = await s.ask(lambda session: {r.person_id for r in session.scalars(select(HazardCallRow))})
        tomasz = await s.db(people.person_by_badge, "M-1", s.now)
        assert tomasz.id in called
        assert "gas alarm" in await s.sees("Tomasz")


async def test_who_has_blocked_the_bot_reads_in_their_page_what_was_meant_for_the_phone(
    database_url: str, tmp_path: Path
) -> None:
    """Ana has both. While Telegram reaches her it is there alone; once she has blocked it, the tablet shows it, once."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        ana = await s.employee("W-1")
        await enrolled(s, hand, by="O-1")
        await worker(s, hand, "W-1")

        async def told(words: str) -> str:
            said = Message(text("delivery.just", text=words))
            await s.db(outbox.send, outbox.to_person(ana.id), said, Lane.REPLY, s.now)
            await s.settle()
            return await hand.opens("/tablet/room")

        assert "Gate 2 is shut" not in await told("Gate 2 is shut")
        assert "Gate 2 is shut" in await s.sees("Ana")
        await s.blocks("Ana")
        assert (await told("Gate 3 is shut")).count("Gate 3 is shut") == 1
        await s.blocks("Ana", False)
        assert "Gate 4 is shut" not in await told("Gate 4 is shut")
        assert "Gate 4 is shut" in await s.sees("Ana")


async def test_a_page_holds_what_was_said_and_forgets_what_was_withdrawn(database_url: str, tmp_path: Path) -> None:
    """The draft's one message is changed in its place; a report without a name leaves nothing that names anybody."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        await enrolled(s, hand, by="O-1")
        ana = await worker(s, hand, "W-1")
        await hand.sends_photo(photo(), "They bridge the light curtain at night")
        before = await s.ask(lambda session: session.scalar(select(func.count()).select_from(InboxRow)))
        await hand.presses("Without my name")
        assert await s.ask(lambda session: session.scalar(select(func.count()).select_from(InboxRow))) == before
        await hand.presses("Send without my name")
        await s.settle()
        said = await hand.opens("/tablet/room")
        assert "without your name" in said.lower()
        row = await s.ask(lambda session: session.scalars(select(HazardRow)).one())
        assert row.reporter_id is None
        left = await s.ask(lambda session: [str(r.payload) for r in session.scalars(select(InboxRow))])
        assert not [each for each in left if f"report:{row.key}" in each or "sealed_sent" in each]
        assert ana.name.split()[0] not in str(row.__dict__)


async def test_the_story_of_files_that_are_no_pictures(database_url: str, tmp_path: Path) -> None:
    """What cannot be opened is said at once, and nothing is begun."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        await enrolled(s, hand, by="O-1")
        await worker(s, hand, "W-1")
        assert "cannot open this file" in await hand.sends_photo(b"not a picture", "look")
        assert await s.ask(lambda session: current(session, 918_273_645)) is None
