"""Read and acknowledge in the chat: in everybody's language, one question, by name and time; who has not is never out of date."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import python_calamine
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.compliance.reading import store
from bot.people.store import person_by_badge
from bot.people.tables import LeaveRow, PlacementRow
from tests.flows.house import Story
from tests.flows.risk_company import facts, forge, site

ENGLISH = """From Monday on the gate at the press is opened only with your own key.

? Whose key opens the gate?
+ My own
- The supervisor's
- Any key that fits"""
SPANISH = """Desde el lunes la puerta de la prensa se abre solo con la propia llave.

? ¿De quién es la llave que abre la puerta?
+ Mía
- Del supervisor"""


async def begin(s: Story, spanish: bool = True) -> None:
    """Sam lets his press team acknowledge the rule of the gate."""
    await s.says("Sam", "/pending")
    await s.presses("Sam", "Let people read something")
    await s.presses("Sam", "Press Team")
    await s.says("Sam", ENGLISH)
    if spanish:
        await s.presses("Sam", "Add it in Español")
        await s.says("Sam", SPANISH)
    await s.presses("Sam", "Send to")
    await s.forward(minutes=1)


async def late(s: Story) -> list[str]:
    """Who has not acknowledged the first notice, by first name."""

    def read(session: Session) -> list[str]:
        found = store.notice(session, 1)
        assert found is not None
        return sorted(each.name.split()[0] for each in store.pending(session, found, s.now))

    names: list[str] = await s.ask(read)
    return names


async def test_everybody_reads_it_in_their_language_and_acknowledges_by_the_right_answer(
    database_url: str, tmp_path: Path
) -> None:
    """Ana reads Spanish; a wrong answer shows the words again; the leader sees who is missing; the proof comes as two files."""
    async with site(database_url, tmp_path) as s:
        await s.says("Sam", "/pending")
        await s.presses("Sam", "Let people read something")
        await s.presses("Sam", "Press Team")
        await s.says("Sam", ENGLISH)
        shown = await s.sees("Sam")
        assert "Not there in Español, which 1 of them read" in shown
        assert "4 people" in shown, "Ana, Lucia, Pedro and Sam himself"
        await s.presses("Sam", "Add it in Español")
        await s.says("Sam", SPANISH)
        assert "Not there in" not in await s.sees("Sam")
        await s.presses("Sam", "Send to 4 people")
        for who in ("Ana", "Lucia"):
            await s.news(who)
        await s.forward(minutes=1)
        assert "solo con la propia llave" in await s.sees("Ana")
        assert "only with your own key" in await s.sees("Lucia")
        assert await late(s) == ["Ana", "Lucia", "Pedro", "Sam"]

        await s.presses("Lucia", "I have read it")
        assert "Whose key opens the gate?" in await s.sees("Lucia")
        assert "Not quite" in await s.presses("Lucia", "Any key that fits")
        assert "only with your own key" in await s.sees("Lucia"), "the words stand there again"
        await s.presses("Lucia", "I have read it")
        assert "Noted" in await s.presses("Lucia", "My own")
        assert "Acknowledged by you" in await s.sees("Lucia")
        await s.presses("Ana", "Ya lo leí")
        await s.presses("Ana", "Mía")
        assert await late(s) == ["Pedro", "Sam"]
        done = await facts(s, "NoticeAcknowledged")
        assert [(body["tries"], body["version"]) for _, body in done] == [(2, 1), (1, 1)]

        await s.says("Sam", "/pending")
        assert "2 of 4 have not yet" in await s.sees("Sam")
        await s.presses("Sam", "👥")
        assert "Pedro Quispe" in await s.sees("Sam")
        assert "Lucia" not in await s.sees("Sam")
        await s.presses("Sam", "The proof")
        await s.house.settle()
        files = [*await s.calls("sendMediaGroup"), *await s.calls("sendDocument")]
        assert files, "the proof came"
        assert not await s.violations()


async def test_joiners_leavers_and_changes_of_post_are_in_the_list_at_every_moment(
    database_url: str, tmp_path: Path
) -> None:
    """A joiner is asked within a minute; who leaves or moves is gone from it; who is on leave is asked when they are back."""
    async with site(database_url, tmp_path) as s:

        def away(session: Session) -> None:
            pedro = person_by_badge(session, "E-1", s.now)
            assert pedro is not None
            session.add(LeaveRow(person_id=pedro.id, starts_at=s.now, ends_at=s.now + timedelta(days=3)))

        await s.ask(away)
        await begin(s)
        assert "own key" not in await s.sees("Pedro"), "nobody is asked on leave"
        assert await late(s) == ["Ana", "Lucia", "Pedro", "Sam"]

        def change(session: Session) -> None:
            ana, lucia = person_by_badge(session, "W-1", s.now), person_by_badge(session, "W-2", s.now)
            nora = person_by_badge(session, "S-2", s.now)
            assert ana is not None
            assert nora is not None
            assert lucia is not None
            for who, to in ((ana, nora.unit), (nora, lucia.unit)):
                row = session.scalars(select(PlacementRow).where(PlacementRow.person_id == who.id)).one()
                row.unit_id = to

        await s.ask(change)
        assert await late(s) == ["Lucia", "Nora", "Pedro", "Sam"], "Ana moved away, Nora came"
        assert await forge(s, "Ana", "rd:read:1:1") == "Esto ya no se le pide a usted."
        await s.forward(minutes=1)
        assert "only with your own key" in await s.sees("Nora")
        await s.forward(days=3, hours=1)
        assert any("only with your own key" in each for each in await s.news("Pedro")), "back from leave"


async def test_who_has_not_is_reminded_a_few_times_and_by_the_leader_once_in_twelve_hours(
    database_url: str, tmp_path: Path
) -> None:
    """Two days apart; never after it was acknowledged; asking again too soon is refused."""
    async with site(database_url, tmp_path) as s:
        await begin(s)
        await s.presses("Lucia", "I have read it")
        await s.presses("Lucia", "My own")
        await s.says("Sam", "/pending")
        await s.presses("Sam", "👥")
        assert "less than twelve hours" in await s.presses("Sam", "Ask them again")
        await s.news("Ana"), await s.news("Lucia")
        await s.forward(hours=23)
        assert "3 people are asked again" in await s.presses("Sam", "Ask them again")
        await s.forward(minutes=2)
        assert any("llave" in each for each in await s.news("Ana"))
        await s.forward(days=2, hours=3)
        assert any("llave" in each for each in await s.news("Ana"))
        assert not any("own key" in each for each in await s.news("Lucia"))


async def test_a_new_version_reopens_it_for_everybody_and_old_buttons_say_so(database_url: str, tmp_path: Path) -> None:
    """Whoever acknowledged the first has yet to acknowledge the second."""
    async with site(database_url, tmp_path) as s:
        await begin(s)
        await s.presses("Lucia", "I have read it")
        await s.presses("Lucia", "My own")
        await s.says("Sam", "/pending")
        await s.presses("Sam", "👥")
        await s.presses("Sam", "New version")
        await s.says("Sam", ENGLISH.replace("From Monday", "From today"))
        await s.presses("Sam", "Send to")
        assert await late(s) == ["Ana", "Lucia", "Pedro", "Sam"]
        assert "newer version" in await forge(s, "Lucia", "rd:a:1:1:0")
        await s.forward(minutes=1)
        await s.says("Lucia", "/pending")
        assert "You have 1 thing to read" in await s.sees("Lucia")
        await s.presses("Lucia", "✍️ From today")
        assert "There is a new version" in await s.sees("Lucia")
        kinds = [body["version"] for _, body in await facts(s, "NoticeBegun")]
        assert kinds == [1, 2]


async def test_what_is_missing_in_a_notice_is_told_and_nobody_asks_other_peoples_people(
    database_url: str, tmp_path: Path
) -> None:
    """No question, two right answers; a worker and another team's leader are refused, whatever they press."""
    async with site(database_url, tmp_path) as s:
        await s.says("Sam", "/pending")
        await s.presses("Sam", "Let people read something")
        await s.presses("Sam", "Press Team")
        await s.says("Sam", "Only words")
        assert "The question is missing" in await s.sees("Sam")
        await s.says("Sam", ENGLISH.replace("- Any", "+ Any"))
        assert "more than one right answer" in await s.sees("Sam")
        await begin(s)
        for forged in ("rd:who:1", "rd:chase:1", "rd:proof:1", "rd:version:1", "rd:end:1"):
            assert "Only whoever leads" in await forge(s, "Nora", forged), forged
            assert "Only whoever leads" in await forge(s, "Lucia", forged), forged


def test_the_proof_holds_a_name_that_looks_like_a_formula_as_text(tmp_path: Path) -> None:
    """A spreadsheet computes nothing of it; the PDF is one; those who have not stand first."""
    from bot.compliance.reading import proof
    from bot.media import drawing
    from tests.kept import fonts

    drawing.use(fonts())
    line: dict[str, Any] = {"badge": "W-9", "unit": "Press Team", "asked": "", "here": True}
    payload = {
        "lang": "zh", "zone": "Asia/Shanghai", "title": "=HYPERLINK(1)", "place": "港口工厂", "number": 2,
        "words": "只用自己的钥匙",
        "ask": "用谁的？", "right": "自己的", "at": "2026-11-18T15:05:00+00:00", "began": "2026-11-18T12:00:00+00:00",
        "lines": [line | {"name": "=1+1", "acknowledged": ""},
                  line | {"name": "王芳", "acknowledged": "2026-11-18T15:00:00+00:00"}],
    }  # fmt: skip
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(proof.workbook(payload)))
    cells = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert "=1+1" in cells
    assert "=HYPERLINK(1)" in cells
    assert "2026-11-18 23:00" in cells, "in the zone of whoever asked"
    assert proof.pdf(payload).startswith(b"%PDF")
