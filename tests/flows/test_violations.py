"""Broken rules in the chat: facts, the person's answer, somebody else's decision; never against whoever reports."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from sqlalchemy import select

from bot.compliance.violations import protecting
from bot.compliance.violations.tables import ViolationRow
from tests.flows.house import Story
from tests.flows.risk_company import facts, forge, site


def picture(seed: int) -> bytes:
    """A picture that looks like no other one."""
    out = io.BytesIO()
    image = Image.new("L", (90, 80))
    image.putdata(
        [(x * seed + y * (seed % 7 + 3) * 5 + (x * y * seed) % 97) % 256 for y in range(80) for x in range(90)]
    )
    image.convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


async def record(s: Story, who: str = "Sam", badge: str = "W-2", photo: bytes | None = None) -> None:
    """Sam records that Lucia reached into the press, at press 3, just now."""
    await s.says(who, "/violation")
    await s.presses(who, "Record a case")
    await s.says(who, badge)
    await s.presses(who, "Just now")
    await s.presses(who, "Press 3")
    words = "Reached over the guard while the press ran"
    if photo is None:
        await s.says(who, words)
    else:
        await s.sends_photo(who, photo, words)


async def row(s: Story) -> ViolationRow:
    """The first case."""
    found: ViolationRow = await s.ask(
        lambda session: session.scalars(select(ViolationRow).order_by(ViolationRow.id)).first()
    )
    return found


async def test_nothing_follows_before_the_answer_and_the_recorder_does_not_decide(
    database_url: str, tmp_path: Path
) -> None:
    """Lucia tells her side; Sam may not decide; Yusuf does, with a reason; she appeals; Grace decides for good."""
    async with site(database_url, tmp_path) as s:
        protecting.composed.share = 0
        await record(s, photo=picture(31))
        await s.house.settle()
        assert "Nothing is decided" in await s.sees("Lucia")
        assert "Reached over the guard" in await s.sees("Lucia")
        assert "no more so" in await forge(s, "Nora", "vi:open:1"), "nobody else finds it"
        assert "no more so" in await forge(s, "Pedro", "vi:open:1")
        await s.says("Yusuf", "/violation")
        await s.presses("Yusuf", "Open No. 1")
        assert "talk" not in " ".join(await s.buttons("Yusuf")), "not before she has answered"
        await s.presses("Lucia", "Tell my side")
        await s.says("Lucia", "The part jammed, and we are told to be quick")
        assert "There is an answer" in await s.sees("Yusuf")
        await s.presses("Yusuf", "a talk")
        await s.says("Yusuf", "The pace made it likely; we look at the feeder first")
        assert "Decision of Yusuf Demir" in await s.sees("Lucia")
        await s.presses("Lucia", "Ask for another decision")
        await s.says("Lucia", "I was not trained on this press")
        await s.says("Grace", "/violation")
        await s.presses("Grace", "Open No. 1")
        await s.presses("Grace", "nothing follows")
        await s.says("Grace", "She was not trained. We train first.")
        assert "Final decision of Grace Lindqvist" in await s.sees("Lucia")
        found = await row(s)
        assert (found.state, found.decision, found.final) == ("final", "talk", "nothing")
        kinds = [kind for kind, _ in await facts(s, *(f"Violation{each}" for each in
                 ("Recorded", "Answered", "Decided", "Appealed", "Final")))]  # fmt: skip
        assert kinds == [
            "ViolationRecorded",
            "ViolationAnswered",
            "ViolationDecided",
            "ViolationAppealed",
            "ViolationFinal",
        ]
        assert not await s.violations()


async def test_a_sabotaged_decision_by_the_recorder_is_refused_also_when_it_is_written(
    database_url: str, tmp_path: Path
) -> None:
    """The button is forged after the answer; the words that follow change nothing."""
    async with site(database_url, tmp_path) as s:
        protecting.composed.share = 0
        await record(s)
        await s.presses("Lucia", "I have nothing to add")
        await forge(s, "Sam", "vi:decide:1:warning")
        await s.says("Sam", "Because I say so")
        assert "does not decide it" in await s.sees("Sam")
        assert (await row(s)).state == "open"


async def test_without_an_answer_it_may_be_decided_after_three_days_and_no_sooner(
    database_url: str, tmp_path: Path
) -> None:
    """Those who decide hear of it then, and that no answer came."""
    async with site(database_url, tmp_path) as s:
        protecting.composed.share = 0
        await record(s)
        await s.news("Yusuf"), await s.news("Grace")
        await s.forward(days=2, hours=23)
        assert (await row(s)).ripe_at is None
        await s.forward(hours=2)
        assert (await row(s)).ripe_at is not None
        told = await s.news("Yusuf") + await s.news("Grace")
        assert any("no answer came" in each for each in told)


async def test_a_photo_from_a_report_of_danger_is_never_evidence_not_even_a_copy_of_it(
    database_url: str, tmp_path: Path
) -> None:
    """Lucia reports with a photo; Sam uses a smaller copy of it: the case is dropped, its words are erased, nobody is told."""
    async with site(database_url, tmp_path) as s:
        protecting.composed.share = 0
        taken = picture(57)
        await s.sends_photo("Lucia", taken, "The guard of press 3 is open")
        await s.presses("Lucia", "Send") if any("Send" in b for b in await s.buttons("Lucia")) else None
        await s.house.settle()
        smaller = io.BytesIO()
        Image.open(io.BytesIO(taken)).resize((70, 62)).save(smaller, "JPEG", quality=70)

        def there(session):  # type: ignore[no-untyped-def]
            from bot.hazards.tables import HazardMediaRow

            return session.scalars(select(HazardMediaRow.look)).all()

        assert [each for each in await s.ask(there) if each], "the report has its photo"
        await s.news("Lucia")
        await record(s, photo=smaller.getvalue())
        await s.house.settle()
        assert "never evidence against anybody" in await s.sees("Sam")
        found = await row(s)
        assert (found.state, found.words, found.media) == ("dropped", "", None)
        assert not any("Case No." in each for each in await s.news("Lucia"))
        [(_, refused)] = await facts(s, "ViolationRefused")
        assert refused == {"why": "hazard_photo"}


async def test_where_a_danger_was_reported_somebody_else_looks_first_and_the_recorder_cannot_tell_why(
    database_url: str, tmp_path: Path
) -> None:
    """Neither Sam's words nor Lucia's phone say that there is a report; Yusuf drops it, and nothing follows."""
    async with site(database_url, tmp_path) as s:
        protecting.composed.share = 0
        await s.says("Lucia", "/start pHW-PRESS-3")
        await s.presses("Lucia", "Report something")
        await s.says("Lucia", "The guard of the press is broken")
        if any("Without my name" in b for b in await s.buttons("Lucia")):
            await s.presses("Lucia", "Without my name")
            await s.presses("Lucia", "Send without my name")
        await s.news("Lucia"), await s.news("Sam")
        await record(s)
        said = await s.sees("Sam")
        assert "Somebody else looks first" in said
        assert "report" not in said
        assert await s.news("Lucia") == []
        assert "no more so" in await forge(s, "Lucia", "vi:open:1"), "she is not told, whatever she presses"
        await s.presses("Yusuf", "Drop it")
        assert (await row(s)).state == "dropped"
        assert "Nothing follows" in await s.sees("Sam")
        assert await s.news("Lucia") == []


async def test_a_share_of_all_cases_goes_that_way_so_that_it_says_nothing(database_url: str, tmp_path: Path) -> None:
    """With a share of all, a case without any report is looked at first as well."""
    async with site(database_url, tmp_path) as s:
        protecting.composed.share = 1
        await record(s)
        assert (await row(s)).state == "second"
        await s.presses("Yusuf", "go on")
        assert (await row(s)).state == "open"
        assert "Nothing is decided" in await s.sees("Lucia")


async def test_nobody_records_about_themselves_nor_about_people_they_do_not_lead(
    database_url: str, tmp_path: Path
) -> None:
    """By badge, by forged button, and as a worker."""
    async with site(database_url, tmp_path) as s:
        for who, badge in (("Sam", "S-1"), ("Nora", "W-2"), ("Sam", "M-1")):
            await s.says(who, "/violation")
            await s.presses(who, "Record a case")
            await s.says(who, badge)
            assert "lead nobody with that badge" in await s.sees(who)
        assert "Only whoever leads" in await forge(s, "Lucia", "vi:new")
