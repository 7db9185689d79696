"""The works agreement: scores are off until two people say so, everybody reads why, and one can take them away again."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.assessment.agreement import actions
from bot.delivery import outbox
from bot.delivery.tables import OutboxRow
from bot.duties.goals.model import YOURS
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.people import store as people
from tests.flows.assessment_company import agree_on_scores, site
from tests.flows.risk_company import facts, forge


async def test_scores_are_off_until_two_people_agree_and_everybody_reads_what_for(
    database_url: str, tmp_path: Path
) -> None:
    """Hana proposes, cannot agree with herself, Grace is of the same side; Kofi of the works council says yes; Ana is told."""
    async with site(database_url, tmp_path) as s:
        await s.says("Ana", "/score")
        assert "there is no score of single people" in await s.sees("Ana")
        await s.says("Ana", "/agreement")
        assert "⚪ Score of a person" in await s.sees("Ana")
        assert "Change something" not in await s.buttons("Ana")

        await s.says("Hana", "/agreement")
        await s.presses("Hana", "Change something")
        await s.presses("Hana", "Harbour Works")
        await s.presses("Hana", "Score of a person")
        assert "when the other side agrees" in await s.sees("Hana")
        await s.says("Hana", "because")
        assert "10 to 500 letters" in await s.sees("Hana")
        await s.says("Hana", "Who is promoted is to be decided by what they did.")
        assert "Nothing changes until a second person" in await s.sees("Hana")
        await s.says("Ana", "/score")
        assert "there is no score" in await s.sees("Ana")
        assert "another person" in await forge(s, "Hana", "wa:yes:1")
        assert "another person" in await forge(s, "Grace", "wa:yes:1")
        assert "Only human resources" in await forge(s, "Sam", "wa:yes:1")

        await s.says("Kofi", "/today")
        assert "To be switched on: Score of a person" in await s.sees("Kofi")
        await s.presses("Kofi", "Look at it")
        assert "Purpose: Who is promoted" in await s.sees("Kofi")
        await s.presses("Kofi", "I agree")
        assert "answered already" in await forge(s, "Kofi", "wa:yes:1")
        assert [body["on"] for _, body in await facts(s, "AgreementMade")] == [True]
        await s.forward(minutes=5)
        await s.says("Ana", "/agreement")
        told = await s.sees("Ana")
        assert "🟢 Score of a person" in told
        assert "by the word of Hana Sato and Kofi Mensah" in told
        assert "Purpose: Who is promoted" in told
        waiting = await s.ask(
            lambda session: session.scalars(
                select(OutboxRow.kind).where(OutboxRow.kind.like("assessment.agreement.changed"))
            ).all()
        )
        assert len(waiting) == 12, "everybody who works at the site is told"
        await s.says("Ana", "/score")
        assert "of 100 points" in await s.sees("Ana")
        assert not await s.violations()


async def test_one_person_can_take_scores_away_again_at_once_but_not_switch_a_room(
    database_url: str, tmp_path: Path
) -> None:
    """What only protects people needs one word; the history keeps that it was so. A room needs two in both directions."""
    async with site(database_url, tmp_path) as s:
        await agree_on_scores(s)
        await s.says("Kofi", "/agreement")
        await s.presses("Kofi", "Change something")
        await s.presses("Kofi", "Harbour Works")
        await s.presses("Kofi", "🟢 Score of a person")
        assert "It will hold at once" in await s.sees("Kofi")
        await s.says("Kofi", "It was used for other things than promised.")
        assert "It holds from now on" in await s.sees("Kofi")
        await s.says("Ana", "/score")
        assert "there is no score" in await s.sees("Ana")
        await s.says("Ana", "/agreement")
        assert "Was so from" in await s.sees("Ana")
        assert len(await facts(s, "AgreementTakenBack")) == 1

        await s.says("Kofi", "/agreement")
        await s.presses("Kofi", "Change something")
        await s.presses("Kofi", "Press Team")
        await s.presses("Kofi", "Whole rooms")
        await s.presses("Kofi", "🟢 Goals")
        await s.says("Kofi", "We want to talk about goals first.")
        assert "Nothing changes until" in await s.sees("Kofi")
        await s.says("Ana", "/goals")
        assert "not used at your site" not in await s.sees("Ana")
        await s.says("Grace", "/agreement")
        await s.presses("Grace", "⏳ Goals")
        await s.presses("Grace", "I agree")
        await s.says("Ana", "/goals")
        assert "not used at your site" in await s.sees("Ana")
        assert "not used at your site" in await forge(s, "Ana", "dg:all")
        await s.says("Grace", "/goals")
        assert "not used" not in await s.sees("Grace"), "she works at the site, and it was agreed for the team"
        await s.says("Ana", "/report")
        assert "not used" not in await s.sees("Ana")
        assert "Only human resources" in await forge(s, "Kofi", "wa:item:2:room.hazards"), (
            "what saves lives cannot be switched"
        )


def push(session: Any, badge: str, key: str, now: datetime) -> datetime | None:
    """When something that nobody asked for would go to somebody."""
    who = people.person_by_badge(session, badge, now)
    assert who is not None
    said = Message(text("delivery.just", text="x"))
    row = outbox.send(session, outbox.to_person(who.id), said, outbox.Lane.BULK, now, key=key, unasked=YOURS)
    return session.get(OutboxRow, row).not_before if row is not None else None


async def test_messages_come_in_working_time_only_where_it_was_agreed(database_url: str, tmp_path: Path) -> None:
    """On Saturday at noon Ben's goal waits until Monday at six; before it was agreed it would have come at once."""
    async with site(database_url, tmp_path) as s:
        saturday = datetime(2026, 11, 21, 18, tzinfo=s.now.tzinfo)
        await s.until(saturday)
        assert await s.db(push, "W-2", "before", saturday) == saturday
        await s.says("Kofi", "/agreement")
        await s.presses("Kofi", "Change something")
        await s.presses("Kofi", "Harbour Works")
        await s.presses("Kofi", "Messages in working time")
        await s.says("Kofi", "Whoever is off work is off work.")
        assert "It holds from now on" in await s.sees("Kofi")
        at = await s.db(push, "W-2", "after", saturday + timedelta(minutes=1))
        assert at == datetime(2026, 11, 23, 12, tzinfo=s.now.tzinfo), "Monday, 06:00 in Chicago"


async def test_what_nobody_asked_for_is_not_sent_by_a_room_that_is_switched_off(
    database_url: str, tmp_path: Path
) -> None:
    """The goals' messages stay away from the press team, and from nobody else."""
    async with site(database_url, tmp_path) as s:

        def switch(session: Any) -> None:
            from bot.people.tables import AgreementRow

            unit = people.person_by_badge(session, "W-1", s.now)
            assert unit is not None
            session.add(AgreementRow(
                unit_id=unit.unit, path=unit.path, item="room.duties.goals", is_on=False, purpose="Goals later.",
                state="holds", asked_by=1, asked_at=s.now,
            ))  # fmt: skip

        await s.db(switch)
        assert await s.db(push, "W-1", "one", s.now) is None
        assert await s.db(push, "M-1", "two", s.now) is not None


async def test_a_room_that_is_switched_off_leaves_the_menus_of_its_people(database_url: str, tmp_path: Path) -> None:
    """Two agree that no points are counted: a minute later nobody's menu at the site offers it, and typing it says why."""
    async with site(database_url, tmp_path) as s:
        given = [call["params"] for call in await s.calls("setMyCommands")]
        mine = [each for each in given if each["scope"].get("chat_id") == s.chat("Ana")][-1]
        assert "points" in {each["command"] for each in mine["commands"]}

        def off(session: Session) -> None:
            hana, kofi = (people.person_by_badge(session, badge, s.now) for badge in ("H-1", "C-1"))
            assert hana is not None
            assert kofi is not None
            asked = actions.ask(session, hana.id, hana.unit, "room.rewards", False, "Nobody wants points.", s.now)
            actions.answer(session, kofi.id, asked.id, True, s.now)

        await s.db(off)
        await s.settle()
        calls = len(await s.calls("setMyCommands"))
        await s.forward(minutes=1)
        fresh = (await s.calls("setMyCommands"))[calls:]
        assert {call["params"]["scope"]["chat_id"] for call in fresh} >= {s.chat("Ana"), s.chat("Sam")}
        assert all("points" not in {each["command"] for each in call["params"]["commands"]} for call in fresh)
        await s.says("Ana", "/points")
        assert "not used at your site" in await s.sees("Ana")
        await s.says("Ana", "/help")
        assert "/points" not in await s.sees("Ana")
