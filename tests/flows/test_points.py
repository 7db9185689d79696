"""Points in the chat: earned for what is done, each with its why, appealed to somebody named, put right exactly."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.people import actions as people_actions
from bot.people import store as people
from bot.rewards.tables import PointSwitchRow
from tests.flows.rewards_company import balance, did, give, ready, rows
from tests.flows.risk_company import facts, forge


async def test_points_come_for_what_is_done_and_each_says_why(database_url: str, tmp_path: Path) -> None:
    """Lucia reads two lessons on a day and takes part in a drill: the second is above the limit, a real alarm earns nothing."""
    async with ready(database_url, tmp_path) as s:
        await did(s, "W-2", "LessonRead", "read:1", lesson="a", version=1)
        await did(s, "W-2", "LessonRead", "read:2", lesson="b", version=1)
        await did(s, "W-2", "MusterAnswered", "muster:1", muster=1, real=False, seconds=20)
        await did(s, "W-2", "MusterAnswered", "muster:2", muster=2, real=True, seconds=20)
        assert await balance(s, "W-2") == 2  # thousands answer a drill at once: its points come when it is quiet
        await s.forward(minutes=10)
        await s.says("Lucia", "/points")
        said = await s.sees("Lucia")
        assert "You have 7 points" in said
        assert "You read a lesson." in said
        assert "You took part in a drill." in said
        await s.presses("Lucia", "№ 1")
        said = await s.sees("Lucia")
        assert "Rests on LessonRead" in said
        assert "version 1 of the rules" in said
        await s.says("Lucia", "/points")
        await s.presses("Lucia", "How points are given")
        said = await s.sees("Lucia")
        assert "At most 1 a day and 22 a month" in said
        assert "Reporting never costs points" in said
        assert await facts(s, "PointsEarned") == [
            ("PointsEarned", {"row": 1, "rule": "lesson", "policy": 1, "points": 2}),
            ("PointsEarned", {"row": 2, "rule": "drill", "policy": 1, "points": 5}),
        ]
        assert not await s.violations()


async def test_points_of_a_lesson_come_in_the_readers_own_words(database_url: str, tmp_path: Path) -> None:
    """Ana reads Spanish."""
    async with ready(database_url, tmp_path) as s:
        await did(s, "W-1", "LessonRead", "read:1", lesson="a", version=1)
        await s.says("Ana", "/points")
        assert "Leyó una lección" in await s.sees("Ana")


async def test_points_by_hand_have_a_giver_and_a_reason_and_are_not_given_for_silence(
    database_url: str, tmp_path: Path
) -> None:
    """Hana gives five; not to herself, not below nothing, not because nothing happened."""
    async with ready(database_url, tmp_path) as s:
        await give(s, "W-2", 5)
        assert "Hana Weiss" in await s.sees("Lucia")
        assert "first-aid course" in await s.sees("Lucia")
        await give(s, "H-1", 5)
        assert "whoever looks after points" in await s.sees("Hana")
        await give(s, "W-2", 5, "30 days without an accident")
        assert "keeps it quiet" in await s.sees("Hana")
        await s.says("Hana", "/points")
        await s.presses("Hana", "Give points by hand")
        await s.says("Hana", "W-2")
        await s.says("Hana", "-5")
        assert "only after the person was heard" in await s.sees("Hana")
        assert await rows(s, "W-2") == [("hand", 5)]


async def test_an_appeal_that_is_granted_restores_exactly(database_url: str, tmp_path: Path) -> None:
    """Hana takes a row back; Lucia appeals; Grace is named, because Hana took it; the row stands again to the point."""
    async with ready(database_url, tmp_path) as s:
        await did(s, "W-2", "HazardConfirmed", "confirmed:1", hazard=1, unit=4)
        before = await balance(s, "W-2")
        await s.says("Hana", "/points")
        await s.presses("Hana", "Take a wrong row back")
        await s.says("Hana", "1")
        await s.says("Hana", "It was the same danger twice")
        assert await balance(s, "W-2") == 0
        await s.says("Lucia", "/points")
        await s.presses("Lucia", "№ 2")
        assert "You can appeal until" in await s.sees("Lucia")
        await s.presses("Lucia", "Appeal")
        await s.says("Lucia", "They were two different guards")
        assert "Grace Lindqvist decides until" in await s.sees("Lucia")
        assert "named" in await forge(s, "Hana", "pts:yes:1"), "whoever took it does not decide"
        assert "You are named to decide" in await s.sees("Grace")
        await s.says("Grace", "/today")
        assert "Appeal against No. 2" in await s.sees("Grace")
        await s.presses("Grace", "Decide about No. 2")
        await s.presses("Grace", "Take the row back")
        await s.says("Grace", "Two guards, two dangers")
        assert "granted by Grace Lindqvist" in await s.sees("Lucia")
        assert await balance(s, "W-2") == before == 10
        assert await rows(s, "W-2") == [("earned", 10), ("reversed", -10), ("reversed", 10)]
        [(_, decided)] = await facts(s, "PointsAppealDecided")
        assert decided == {"appeal": 1, "row": 2, "granted": True, "late": False, "level": 0}
        assert "already" in await forge(s, "Lucia", "pts:say:2")
        assert not await s.violations()


async def test_an_appeal_can_put_another_number_and_never_a_worse_one(database_url: str, tmp_path: Path) -> None:
    """Lucia got five and asks for ten; Grace cannot make it three, and makes it ten."""
    async with ready(database_url, tmp_path) as s:
        await give(s, "W-2", 5)
        await s.says("Lucia", "/points")
        await s.presses("Lucia", "№ 1")
        await s.presses("Lucia", "Appeal")
        await s.says("Lucia", "It was two evenings")
        for number in ("3", "10"):
            await s.says("Grace", "/today")
            await s.presses("Grace", "Decide about No. 1")
            assert "Take the row back" not in " ".join(await s.buttons("Grace")), "that would make it worse"
            await s.presses("Grace", "Another number")
            await s.says("Grace", number)
            await s.says("Grace", "Two evenings it was")
            if number == "3":
                assert "never makes it worse" in await s.sees("Grace")
        assert await rows(s, "W-2") == [("hand", 5), ("reversed", -5), ("corrected", 10)]


async def test_an_appeal_that_is_refused_changes_nothing_and_says_why(database_url: str, tmp_path: Path) -> None:
    """Nobody else can decide it, and it is decided once."""
    async with ready(database_url, tmp_path) as s:
        await give(s, "W-2", 5)
        await s.says("Lucia", "/points")
        await s.presses("Lucia", "№ 1")
        await s.presses("Lucia", "Appeal")
        await s.says("Lucia", "It should be more")
        await s.says("Grace", "/today")
        await s.presses("Grace", "Decide about No. 1")
        await s.presses("Grace", "It stays as it is")
        await s.says("Grace", "Five is what everybody got")
        assert "refused by Grace Lindqvist" in await s.sees("Lucia")
        assert "Five is what everybody got" in await s.sees("Lucia")
        assert "meanwhile" in await forge(s, "Grace", "pts:yes:1")
        assert await rows(s, "W-2") == [("hand", 5)]


async def test_an_appeal_that_nobody_decides_goes_on_and_never_ends_in_silence(
    database_url: str, tmp_path: Path
) -> None:
    """Grace has a week; then Omar is named, Grace cannot decide any more, Lucia is told; after his days it is Grace's again."""
    async with ready(database_url, tmp_path) as s:
        await give(s, "W-2", 5)
        await s.says("Lucia", "/points")
        await s.presses("Lucia", "№ 1")
        await s.presses("Lucia", "Appeal")
        await s.says("Lucia", "It should be more")
        await s.forward(days=6, hours=23)
        assert await facts(s, "PointsAppealEscalated") == []
        await s.news("Lucia")
        await s.forward(hours=2)
        await s.forward(hours=20)
        assert any("Now Omar Haddad decides until" in each for each in await s.news("Lucia"))
        assert "named" in await forge(s, "Grace", "pts:no:1")
        await s.says("Omar", "/today")
        assert "⏰" in await s.sees("Omar")
        await s.forward(days=3)
        assert [body for _, body in await facts(s, "PointsAppealEscalated")] == [
            {"appeal": 1, "level": 1}, {"appeal": 1, "level": 2},
        ]  # fmt: skip
        await s.says("Grace", "/today")
        await s.presses("Grace", "Decide about No. 1")
        await s.presses("Grace", "It stays as it is")
        await s.says("Grace", "Late, but the same")
        [(_, decided)] = await facts(s, "PointsAppealDecided")
        assert (decided["late"], decided["level"]) == (True, 2)


async def test_after_two_weeks_there_is_no_appeal_and_others_see_nothing(database_url: str, tmp_path: Path) -> None:
    """Neither a colleague nor a supervisor opens somebody's row."""
    async with ready(database_url, tmp_path) as s:
        await give(s, "W-2", 5)
        for who in ("Pedro", "Sam"):
            assert "Only the person themselves" in await forge(s, who, "pts:open:1")
            assert "Only the person themselves" in await forge(s, who, "pts:say:1")
        await s.forward(days=14, hours=1)
        await forge(s, "Lucia", "pts:say:1")
        await s.says("Lucia", "Too late")
        assert "time to appeal is over" in await s.sees("Lucia")


async def test_points_are_switched_off_by_one_and_on_by_two(database_url: str, tmp_path: Path) -> None:
    """Hana switches the site off; a lesson earns nothing; on again takes Grace's yes too."""
    async with ready(database_url, tmp_path) as s:
        await s.says("Hana", "/points")
        await s.presses("Hana", "What holds in a unit")
        await s.presses("Hana", "Harbour Works")
        await s.presses("Hana", "Give no points here")
        await s.forward(minutes=1)
        await did(s, "W-2", "LessonRead", "read:1", lesson="a", version=1)
        assert await rows(s, "W-2") == []
        await s.says("Lucia", "/points")
        assert "no points are given at present" in await s.sees("Lucia")
        await s.presses("Hana", "Give points here")
        assert "once a second person has said yes" in await s.sees("Hana")
        assert "changed meanwhile" in await forge(s, "Hana", "pts:switch:2")
        assert "nothing to do with it" in await forge(s, "Hana", "pts:agree:2")
        await did(s, "W-2", "LessonRead", "read:2", lesson="a", version=1)
        assert await rows(s, "W-2") == []
        await s.says("Grace", "/today")
        await s.presses("Grace", "Look at it")
        await s.presses("Grace", "Yes")
        await s.forward(minutes=1)
        await did(s, "W-2", "LessonRead", "read:3", lesson="a", version=1)
        assert await rows(s, "W-2") == [("earned", 2)]


async def test_what_was_asked_by_somebody_who_may_no_more_does_not_hold(database_url: str, tmp_path: Path) -> None:
    """Hana asks for points and loses her role before Grace says yes: one of two is none."""
    async with ready(database_url, tmp_path) as s:
        await s.says("Hana", "/points")
        await s.presses("Hana", "What holds in a unit")
        await s.presses("Hana", "Harbour Works")
        await s.presses("Hana", "Give no points here")
        await s.presses("Hana", "Give points here")

        def end(session: Session) -> None:
            hana = people.person_by_badge(session, "H-1", s.now)
            viewer = people.viewer(session, hana.id, s.now) if hana else None
            assert viewer is not None
            for given in viewer.grants:
                people_actions.revoke(session, viewer.person, given.role, given.unit, s.now)

        await s.db(end)
        await s.says("Grace", "/today")
        await s.presses("Grace", "Look at it")
        await s.presses("Grace", "Yes")
        assert not await s.db(
            lambda session: [r for r in session.scalars(select(PointSwitchRow)) if r.on and r.holds_since]
        )
