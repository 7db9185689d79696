"""Pages for whoever scans a code: a report without a name and its receipt, what holds at a place, how Davy is."""

from __future__ import annotations

import asyncio
import io
import re
from pathlib import Path

from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from yarl import URL

from bot.db.base import Base
from bot.delivery.browser.tables import SealedMessageRow
from bot.delivery.tables import OutboxRow
from bot.hazards.tables import HazardMediaRow, HazardNoteRow, HazardRow
from bot.ledger.tables import FactRow
from bot.media import pictures
from bot.media import store as media
from tests.flows.hazards_company import company
from tests.flows.house import Story, story
from tests.flows.tablet_hand import Form, Hand, browser

WORDS = "At night they bridge the light curtain of press 3 with a magnet"
AWAY = "127.0.0.77"
"""Where this reporter's phone is: not the house's own address, which stands in everybody's menu."""


def photo_with_place() -> bytes:
    """A picture that says where it was taken."""
    image, out = Image.new("RGB", (64, 48), (120, 80, 40)), io.BytesIO()
    exif = image.getexif()
    exif[0x010F] = "PhoneOfAna"
    exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 50.0, 0.0), 3: "W", 4: (87.0, 40.0, 0.0)})
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def reports(hand: Hand, at: str = "/p/HW-DOCK-1/report", **more: object) -> str:
    """Fills in the form and sends it; answers the receipt."""
    await hand.opens(at)
    form = next(each for each in hand.page.forms if "report" in each.action)
    await hand.sends(form, **({"words": WORDS, "kind": "dangerous", "urgency": "now", "where": "aisle 4"} | more))
    found = re.search(r"[A-Z2-9]{5}-[A-Z2-9]{5}-[A-Z2-9]{5}", hand.html)
    assert found, hand.page.said
    return found.group()


async def looks(hand: Hand, code: str, **more: object) -> str:
    """Types the receipt."""
    await hand.opens("/receipt")
    return await hand.sends(hand.form("/receipt"), code=code, **more)


def everything(session: Session) -> str:
    """All that the database holds, as text."""
    tables = Base.metadata.sorted_tables
    return "\n".join(str(tuple(row)) for table in tables for row in session.execute(select(table)))


def _waiting(session: Session) -> list[str]:
    """What has not gone out, and why."""
    rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(8))
    return [f"{r.id} {r.method} {r.state} {r.error} {r.payload.get('text')}" for r in rows]


async def test_a_report_without_a_name_is_answered_by_its_receipt(database_url: str, tmp_path: Path) -> None:
    """Scanned, written, sent: Sam is called with the photo; he asks, the receipt shows it, the answer reaches him."""
    async with story(database_url, tmp_path, prepare=company, web_reports="places") as s, browser(s, AWAY) as hand:
        await s.employee("S-1")
        await s.news("Sam")
        assert "Loading dock 1" in await hand.opens("/p/HW-DOCK-1")
        code = await reports(hand, file=[("IMG_1234.jpg", photo_with_place())])
        await s.settle()
        rung = " ".join(await s.news("Sam"))
        assert WORDS in rung
        assert any("photo" in m for m in await s.screen("Sam")), "the photo came along"
        row = await s.ask(lambda session: session.scalars(select(HazardRow)).one())
        assert (row.reporter_id, row.urgency, row.place_words) == (None, "now", "aisle 4")
        assert (row.created_at.minute, row.created_at.second) == (0, 0)
        kept = await s.ask(lambda session: session.scalars(select(HazardMediaRow)).one().media)
        assert kept
        assert pictures.place_of(media.open_ref(kept)) is None
        assert b"PhoneOfAna" not in media.open_ref(kept)

        assert "Report 1" in await looks(hand, code)
        await s.presses("Sam", "Acknowledge")
        await s.presses("Sam", "Ask back")
        await s.says("Sam", "Which nights?")
        await s.settle()
        said = await looks(hand, code.lower())
        assert "Which nights?" in said
        assert "Sam" not in said, "who reads it may be anybody"
        await hand.sends(next(f for f in hand.page.forms if ("what", "answer") in f.held), words="Mostly on Fridays")
        assert "Passed on, without your name" in hand.page.said
        told = " ".join(await s.news("Sam"))
        assert "Mostly on Fridays" in told, (told, await s.ask(_waiting))
        by = select(HazardNoteRow.person_id).order_by(HazardNoteRow.id)
        notes = await s.ask(lambda session: list(session.scalars(by)))
        assert notes[-1] is None
        all_ = await s.ask(everything)
        assert code not in all_, "the receipt stands nowhere"
        assert AWAY not in all_, "nor does an address"
        assert "Which nights?" not in await s.ask(
            lambda session: str(session.scalars(select(SealedMessageRow.body)).all())
        )
        assert await s.violations() == []


async def test_a_receipt_opens_its_own_report_and_no_other(database_url: str, tmp_path: Path) -> None:
    """A wrong one is told nothing; one person's cannot close or answer another's; a reporter says that it is still there."""
    async with story(database_url, tmp_path, prepare=company, web_reports="open") as s, browser(s) as hand:
        await s.employee("S-1")
        first = await reports(hand, "/report", urgency="wait")
        second = await reports(hand, "/p/HW-DOCK-1/report", words="Oil at gate 2", urgency="wait")
        assert first != second
        assert "know no report" in await looks(hand, "AAAAA-BBBBB-CCCCC", what="answer", words="x")
        assert hand.status == 404
        assert "Report 2" in await looks(hand, second)
        assert "Report 1" in await looks(hand, first)
        assert not await s.ask(lambda session: session.scalars(select(HazardNoteRow)).all())
        await looks(hand, first, what="gone")
        assert await s.ask(lambda session: [r.state for r in session.scalars(select(HazardRow))]) == [
            "reported",
            "reported",
        ]


async def test_a_receipt_names_nobody_so_two_people_cannot_open_it_either(database_url: str, tmp_path: Path) -> None:
    """Yusuf asks who sent the form: nobody here knows. No second person is asked, nothing says that a name was opened."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        await s.employee("O-1")
        await reports(hand, urgency="wait")
        number = await s.ask(lambda session: session.scalar(select(HazardRow.id)))
        await s.says("Yusuf", f"/reveal {number} The police ask for a witness")
        assert "no name to open" in await s.sees("Yusuf"), "it did come without a name"
        asked = select(FactRow.kind).where(FactRow.kind.in_(("SecondWordAsked", "ReporterOpened")))
        assert await s.ask(lambda session: session.scalars(asked).all()) == []


async def test_forms_from_elsewhere_empty_ones_and_floods_do_nothing(database_url: str, tmp_path: Path) -> None:
    """Without the form's own word, without words, with the box that people do not see filled in, twice, too often."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        await hand.opens("/p/HW-DOCK-1/report")
        form = next(each for each in hand.page.forms if "report" in each.action)
        await hand.sends(form, csrf="x", words=WORDS)
        assert hand.status == 403
        for more in (
            {"words": ""},
            {"words": WORDS, "website": "spam"},
            {"words": WORDS, "file": [("a.jpg", b"no picture")]},
        ):
            await hand.opens("/p/HW-DOCK-1/report")
            await hand.sends(next(f for f in hand.page.forms if "report" in f.action), **more)
            assert hand.status == 422, more
        assert not await s.ask(lambda session: session.scalars(select(HazardRow)).all())
        assert (await hand.opens("/report"), hand.status)[1] == 404, "where only places may"
        assert (await hand.opens("/p/NO-SUCH"), hand.status)[1] == 404
        statuses = []
        for _ in range(8):
            await hand.opens("/p/HW-DOCK-1/report")
            await hand.sends(next(f for f in hand.page.forms if "report" in f.action), words=WORDS)
            statuses.append(hand.status)
        assert 429 in statuses, "an address may not flood"
        await hand.opens("/status")
        assert hand.status == 200, "looking goes on"


async def test_a_flood_of_large_forms_is_not_even_read(database_url: str, tmp_path: Path) -> None:
    """Whoever sent too many is answered before the forty megabytes of the next have come."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        for _ in range(8):
            await hand.sends(Form("/receipt"), code="AAAAA-BBBBB-CCCCC")
        assert hand.status == 429
        at = URL(s.house.settings.address)
        for path in ("/receipt", "/p/HW-DOCK-1/report"):
            reader, writer = await asyncio.open_connection(at.host, at.port)
            head = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 40000000"
            writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
            async with asyncio.timeout(10):
                assert b" 429 " in await reader.readline(), path
            writer.close()


async def test_a_company_may_have_no_such_form(database_url: str, tmp_path: Path) -> None:
    """Off is off: the place's page is there, the way to report is not."""
    async with story(database_url, tmp_path, prepare=company, web_reports="off") as s, browser(s) as hand:
        said = await hand.opens("/p/HW-DOCK-1")
        assert "Loading dock 1" in said
        assert "without your name" not in said
        assert (await hand.opens("/p/HW-DOCK-1/report"), hand.status)[1] == 404


async def test_everybody_sees_how_davy_is_and_nothing_of_people(database_url: str, tmp_path: Path) -> None:
    """Well while it sends; not when nobody holds the sender's lease, with since when."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        await _until_it_sends(s)
        said = await hand.opens("/status")
        assert "Davy is well" in said
        assert not re.search(r"people|persons|\b\d+ (hazards|reports)", said)
        await s.house.sender.stop()
        assert "Messages go out ❌ no" in await hand.opens("/status")


async def _until_it_sends(s: Story) -> None:
    await s.employee("S-1")
    await s.ask(lambda session: session.execute(text("SELECT 1")))


async def test_what_to_do_at_a_place_is_there_for_every_phone(database_url: str, tmp_path: Path) -> None:
    """The way into Telegram, the way to a tablet, and the words of the rules only where the company says so."""
    async with story(database_url, tmp_path, prepare=company) as s, browser(s) as hand:
        await hand.opens("/p/HW-DOCK-1?lang=ar")
        assert 'dir="rtl"' in hand.html
        assert "https://t.me/davy_story_bot?start=pHW-DOCK-1" in hand.html
        assert "/tablet?lang=ar" in hand.html
        assert s.house.settings.place_rules is False
        await reports(hand, "/p/HW-DOCK-1/report?lang=ar")
        await hand.sends(hand.form("/receipt"))
        assert 'dir="rtl"' in hand.html, "the language that was chosen stays, up to the receipt"
