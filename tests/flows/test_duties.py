"""Duties in the chat: signed by name, given on day 1, acknowledged, reopened by a version, asked about; what is missing is seen."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.duties import actions, shipped
from bot.duties.model import Draft, Duty
from bot.duties.tables import DutyGivenRow, DutyListRow, DutyQuizRow
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.company import named_units
from bot.people.tables import PlacementRow
from tests.flows.duties_company import facts, forge, sign_all, signed, site
from tests.flows.house import Story


async def test_a_draft_binds_nobody_until_a_named_person_signs_it_and_then_everybody_of_the_post_has_it_and_acknowledges(
    database_url: str, tmp_path: Path
) -> None:
    """Yusuf signs the operator's list for the workers of the site; Lucia reads it and says that it is hers."""
    async with site(database_url, tmp_path) as s:
        await s.says("Lucia", "/duty")
        assert "Nobody has signed a list of duties" in await s.sees("Lucia")
        assert "Only a safety officer" in await forge(s, "Sam", "du:drafts")
        await s.says("Yusuf", "/duties")
        assert "People without a list" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Drafts to sign")
        await s.presses("Yusuf", "Machine operator")
        assert "Facts behind it" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Harbour Works")
        await s.presses("Yusuf", "worker")
        assert "signed by Yusuf Demir" in await s.sees("Yusuf")
        await s.forward(minutes=6)
        seen = await s.sees("Lucia")
        assert "Look at guards and emergency stop before you start" in seen
        assert "signed by Yusuf Demir" in seen
        assert "Version 1" in seen
        assert "Noted with your name" in await s.presses("Lucia", "these are mine")
        assert "You said on" in await s.sees("Lucia")
        await s.says("Lucia", "/today")
        assert "Your duties for safety: please read" not in await s.sees("Lucia")
        assert "Three questions about your duties" in await s.sees("Lucia")
        await s.says("Ana", "/today")
        assert "Sus deberes" in await s.sees("Ana")
        await s.says("Yusuf", "/duties")
        assert "Not acknowledged yet: Ana Morales" in await s.sees("Yusuf")
        [(_, one)] = await facts(s, "DutyListAcknowledged")
        assert one == {"list": 1, "version": 1, "days": 0}
        assert len(await facts(s, "DutyListGiven")) == 2
        mine = await s.ask(
            lambda session: session.scalar(select(DutyGivenRow.id).where(DutyGivenRow.acknowledged_at.is_(None)))
        )
        assert "not yours" in await forge(s, "Lucia", f"du:ack:{mine}")
        assert not await s.violations()


async def test_a_joiner_and_a_new_post_get_their_list_on_day_1_and_what_no_longer_holds_is_taken_back(
    database_url: str, tmp_path: Path
) -> None:
    """Nobody has to do anything: Omar begins, Ana becomes an electrician, and each has the right list."""
    async with site(database_url, tmp_path, phones=("W-1", "S-1", "M-1", "O-1")) as s:
        await signed(s)
        await s.news("Ana")

        def change(session: Session) -> None:
            press = named_units(session)["Harbour Works/Fabrication/Press Team"]
            people_actions.add_person(session, "W-9", "Omar Haddad", "en", press, "worker", s.now.date())
            ana = people.person_by_badge(session, "W-1", s.now)
            assert ana is not None
            mine = PlacementRow.person_id == ana.id
            session.execute(update(PlacementRow).where(mine).values(ends_on=s.now.date()))
            session.add(
                PlacementRow(person_id=ana.id, unit_id=press.id, post="maintenance-electrician", starts_on=s.now.date())
            )

        await s.db(change)
        await s.forward(minutes=11)
        await s.employee("W-9")
        await s.forward(minutes=3)
        assert "Look at guards" in (await s.sees("Omar"))
        await s.says("Ana", "/duty")
        assert "candado" in await s.sees("Ana")
        assert len(await facts(s, "DutyListWithdrawn")) == 1

        held = await s.ask(_open_lists)
        assert held["Omar Haddad"] == ["worker"]
        assert held["Ana Morales"] == ["maintenance-electrician"]


def _open_lists(session: Session) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = select(DutyGivenRow.person_id, DutyListRow.post).join(DutyListRow, DutyListRow.id == DutyGivenRow.list_id)
    for id, post in session.execute(query.where(DutyGivenRow.withdrawn_at.is_(None))):
        from bot.people.tables import PersonRow

        row = session.get(PersonRow, id)
        assert row is not None
        found.setdefault(row.name, []).append(post)
    return found


async def test_a_new_version_reopens_it_and_after_a_year_it_is_acknowledged_anew(
    database_url: str, tmp_path: Path
) -> None:
    """The old proof stays: who acknowledged which version, and when."""
    async with site(database_url, tmp_path, phones=("W-2", "S-1", "M-1")) as s:
        await signed(s)
        await s.presses("Lucia", "these are mine")

        def better(session: Session) -> None:
            draft = shipped.draft("machine-operator")
            grace = people.person_by_badge(session, "M-1", s.now)
            assert draft is not None
            assert grace is not None
            more = Duty("machine-operator.tidy", {"en": "Keep the floor around it free."}, {"en": "Seen."})
            new = Draft(draft.code, draft.level, draft.title, draft.scope, (*draft.duties, more))
            unit = named_units(session)["Harbour Works"].id
            assert actions.sign(session, grace.id, "worker", unit, new, s.now).version == 2
            assert actions.sign(session, grace.id, "worker", unit, new, s.now).version == 2, (
                "the same words are no new version"
            )

        await s.forward(days=1)
        await s.db(better)
        await s.forward(hours=1)
        await s.says("Lucia", "/duty")
        assert "Keep the floor around it free" in await s.sees("Lucia")
        assert "Version 2" in await s.sees("Lucia")
        await s.presses("Lucia", "these are mine")
        rows = await s.ask(lambda session: session.scalars(select(DutyGivenRow).order_by(DutyGivenRow.id)).all())
        mine = [row for row in rows if row.acknowledged_at is not None]
        assert [row.withdrawn_at is None for row in mine] == [False, True], "the first proof is kept"

        await s.forward(days=366)
        await s.says("Lucia", "/duty")
        assert any("these are mine" in each for each in await s.buttons("Lucia"))
        given = [body.get("why") for _, body in await facts(s, "DutyListGiven")]
        assert "yearly" in given, given


async def test_who_does_not_acknowledge_is_reminded_once_and_then_seen_a_level_up(
    database_url: str, tmp_path: Path
) -> None:
    """Two days, then a word; four days, then Sam reads who it is."""
    async with site(database_url, tmp_path) as s:
        await signed(s)
        for who in ("Sam", "Grace", "Yusuf", "Nora", "Pedro", "Lucia"):
            await s.says(who, "/duty")
            await s.presses(who, "✅")
        await s.news("Ana"), await s.news("Sam")
        for _ in range(10):
            await s.forward(hours=24)
        told = [each for each in await s.news("Ana") if "Medio minuto" in each or "medio minuto" in each]
        assert len(told) == 1, "she is asked once more, in her language"
        behind = [each for each in await s.news("Sam") if "not yet said" in each]
        assert len(behind) == 1
        assert "Ana Morales" in behind[0]
        assert "One person" in behind[0]


async def test_the_quiz_is_made_from_ones_own_list_and_each_answer_is_a_fact(database_url: str, tmp_path: Path) -> None:
    """Three questions; what was right is said; the second press of the same letter changes nothing."""
    async with site(database_url, tmp_path, phones=("W-2", "S-1", "M-1")) as s:
        assert "too little to ask about" in await forge(s, "Lucia", "du:quiz:1")
        await signed(s)
        await s.says("Lucia", "/duty")
        await s.presses("Lucia", "Questions about it")
        right = 0
        for number in range(3):
            assert f"{number + 1}/3" in await s.sees("Lucia")
            row = await s.ask(lambda session: session.scalars(select(DutyQuizRow)).one())
            wanted = row.questions[number]["right"] if number != 1 else (row.questions[number]["right"] + 1) % 4
            right += number != 1
            await s.presses("Lucia", "ABCD"[wanted])
        done = await s.sees("Lucia")
        assert f"{right} of 3 right" in done
        assert "answered" in await forge(s, "Lucia", "duq:1:2:0")
        assert "not yours" in await forge(s, "Sam", "duq:1:2:0")
        answered = await facts(s, "DutyQuizAnswered")
        assert [body["right"] for _, body in answered] == [True, False, True]
        await s.says("Grace", "/duties")
        assert "20 % (1/5)" in await s.sees("Grace"), "of the five lists that bind somebody, one was asked about"


async def test_gaps_are_reported_a_duty_without_a_person_a_person_without_a_list_and_one_that_comes_from_none(
    database_url: str, tmp_path: Path
) -> None:
    """Only in the units that the reader leads."""
    async with site(database_url, tmp_path, phones=("M-1", "S-1", "S-2")) as s:

        def some(session: Session) -> None:
            sign_all(session, s.now)
            grace = people.person_by_badge(session, "M-1", s.now)
            draft = shipped.draft("welder")
            assert grace is not None
            assert draft is not None
            actions.sign(session, grace.id, "welder", named_units(session)["Harbour Works"].id, draft, s.now)
            press = named_units(session)["Harbour Works/Fabrication/Press Team"]
            people_actions.add_person(session, "T-1", "Tomas Nowak", "en", press, "fitter", date(2026, 1, 5))

        await s.db(some)
        await s.says("Grace", "/duties")
        seen = await s.sees("Grace")
        assert "fitter · Press Team · 1" in seen
        assert "welder · Harbour Works" in seen
        assert "supervisor.check" in seen, "it comes from a duty of a workshop head, and nobody has that list"
        await s.says("Nora", "/duties")
        assert "fitter" not in await s.sees("Nora")


BAD = b"""post,unit,level,code,above,duty,check
worker,Harbour Works,person,worker.look,,Look first,Seen
,,,worker look,,Look again,Seen
,,,worker.wait,nobody.knows,Wait,
painter,Harbour Works,person,painter.look,,Look,Seen
worker,Elsewhere,person,worker.other,,Look,Seen
"""
GOOD = """lists:
  - post: worker
    unit: Harbour Works
    scope: {en: The press}
    duties:
      - code: worker.look
        duty: {en: Look before you begin., es: Mire antes de empezar.}
        check: {en: Watched once.}
      - {code: worker.stop, duty: {en: Stop when it is dangerous.}, check: {en: Asked alone.}}
"""


async def test_lists_come_as_a_file_with_every_mistake_at_its_place_and_go_as_one(
    database_url: str, tmp_path: Path
) -> None:
    """A table comes back marked; YAML is read as well; nothing holds before it is signed; the export is read again."""
    async with site(database_url, tmp_path, phones=("O-1", "W-2", "W-1")) as s:
        await s.says("Yusuf", "/duties")
        await s.presses("Yusuf", "From a file")
        await s.sends_file("Yusuf", "duties.csv", BAD)
        await s.forward(seconds=30)
        wrong = await _told(s, "Nothing was taken")
        for where, words in (
            ("3:4", "is no code"),
            ("4:16", "comes from"),
            ("4:34", "is empty"),
            ("5:1", "painter"),
            ("6:8", "Elsewhere"),
        ):
            assert any(where in line and words in line for line in wrong.split("\n")), (where, words, wrong)
        assert any("marked" in str(each.get("caption")) for each in await s.screen("Yusuf"))

        await s.says("Yusuf", "/duties")
        await s.presses("Yusuf", "From a file")
        await s.sends_file("Yusuf", "duties.yaml", GOOD.encode())
        await s.forward(seconds=30)
        assert "Lists: 1, duties: 2" in await _told(s, "No mistakes")
        await s.says("Lucia", "/duty")
        assert "Nobody has signed" in await s.sees("Lucia")
        await s.presses("Yusuf", "Sign all of it")
        await s.forward(seconds=30)
        assert "Signed by Yusuf Demir" in await s.sees("Yusuf")
        await s.says("Ana", "/duty")
        assert "Mire antes de empezar" in await s.sees("Ana")

        await s.says("Yusuf", "/duties")
        await s.presses("Yusuf", "As a file")
        await s.forward(seconds=30)
        assert len([m for m in await s.screen("Yusuf") if "document" in m]) >= 2
        assert not await s.violations()


async def _told(s: Story, words: str) -> str:
    from tests.flows.house import words as said

    found: list[Any] = [said(m) for m in await s.screen("Yusuf") if words in said(m)]
    assert found, [said(m) for m in await s.screen("Yusuf")][-3:]
    return str(found[-1])
