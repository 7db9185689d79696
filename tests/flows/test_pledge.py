"""The pledge of the four non-harms: four scenes, a signature for a year, a reminder when it is over, and who is missing."""

from __future__ import annotations

from pathlib import Path

from bot.people import store as people
from bot.voice.pledge import rules
from bot.voice.pledge.content import scenes
from tests.flows.house import Story
from tests.flows.voice_company import facts, forge, site

PHONES = ("W-2", "W-1", "S-1", "O-1")


async def _signs(s: Story, who: str, badge: str, wrong: bool = False) -> None:
    """Goes through the scenes, the first one wrongly at first where `wrong`, and signs."""
    person = await s.db(people.person_by_badge, badge, s.now)
    await s.presses(who, "🤝")
    for nth in range(4):
        tries = 0
        if wrong and nth == 0:
            order = rules.order(person.id, 0, 0, 3)
            await s.presses(who, "ABC"[order.index(1)])
            assert "🔁" in await s.sees(who)
            tries = 1
        await s.presses(who, "ABC"[rules.order(person.id, nth, tries, 3).index(0)])
    await s.presses(who, "I sign" if person.lang == "en" else "✍️")


async def test_the_pledge_is_signed_after_four_scenes_and_renewed_after_a_year(
    database_url: str, tmp_path: Path
) -> None:
    """Sam asks his team; Lucia answers one scene wrongly, learns why, and signs; a year later she is asked again."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        assert "First go through" in await _forged_sign(s)
        await s.says("Sam", "/pledge")
        await s.presses("Sam", "Press Team")
        assert "0 of 6 have signed" in await s.sees("Sam")
        await s.presses("Sam", "Ask 6 people to sign")
        await s.forward(minutes=2)
        assert "sign the pledge of the four non-harms" in "".join(await s.news("Lucia"))
        await _signs(s, "Lucia", "W-2", wrong=True)
        signed = await s.sees("Lucia")
        assert "Signed by Lucia Herrera on Nov 18, 2026" in signed
        assert "It holds until Nov 17, 2027" in signed
        assert "signed already" in await forge(s, "Lucia", "pg:go")
        ((_, body),) = await facts(s, "PledgeSigned")
        assert body == {"wrong": 1, "renewed": False}

        await s.says("Sam", "/pledge")
        await s.presses("Sam", "Press Team")
        board = await s.sees("Sam")
        assert "1 of 6 have signed" in board
        assert "Lucia Herrera" not in board
        assert "Mia Chen" in board
        await s.says("Sam", "/today")
        assert "5 of 6 have not signed" in "".join(await s.news("Sam"))

        await s.news("Lucia")
        await s.forward(days=340)
        assert "four non-harms" not in "".join(await s.news("Lucia"))
        await s.forward(days=12)
        assert "Your pledge of the four non-harms ends on Nov 17, 2027" in "".join(await s.news("Lucia"))
        await _signs(s, "Lucia", "W-2")
        assert "It holds until Nov 17, 2028" in await s.sees("Lucia"), "the year counts from the end of the last one"
        assert len(await facts(s, "PledgeSigned")) == 2
        assert not await s.violations()


async def _forged_sign(s: Story) -> str:
    await s.says("Lucia", "/pledge")
    await s.presses("Lucia", "Begin")
    return await forge(s, "Lucia", "pg:sign")


async def test_whoever_does_not_sign_is_asked_again_a_few_times_and_joiners_too(
    database_url: str, tmp_path: Path
) -> None:
    """Every two weeks, four times in all; then it is for their leader, who sees the names."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        await s.says("Sam", "/pledge")
        await s.presses("Sam", "Press Team")
        await s.presses("Sam", "Ask 6 people")
        await s.forward(minutes=2)
        await s.news("Lucia")
        told = 0
        for _ in range(8):
            await s.forward(days=14, hours=1)
            told += "Please sign the pledge" in "".join(await s.news("Lucia"))
        assert told == 3
        await s.employee("W-3")
        await s.forward(minutes=2)
        assert "Please sign the pledge" in "".join(await s.news("Mia"))
        await s.presses("Sam", "Ask nobody any more")
        await s.forward(days=15)
        assert "pledge" not in "".join(await s.news("Mia"))


async def test_the_scenes_are_read_in_ones_own_language(database_url: str, tmp_path: Path) -> None:
    """Ana reads Spanish; so do the scene, its answers and why."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        ana = await s.db(people.person_by_badge, "W-1", s.now)
        first = rules.scenes(scenes(), ana.id, 2026)[0]
        await s.says("Ana", "/pledge")
        await s.presses("Ana", "🤝")
        seen = await s.sees("Ana")
        assert first.says["es"] in seen
        assert all(each["es"] in seen for each in first.answers)
