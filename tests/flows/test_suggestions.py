"""Suggestions: votes, a decision with its reason, an owner who is chased until it is done, and word to whoever suggested it."""

from __future__ import annotations

from pathlib import Path

from tests.flows.house import Story
from tests.flows.voice_company import facts, forge, site

PHONES = ("W-2", "W-3", "S-1", "O-1", "M-1", "D-1")
WORDS = "A mirror at the corner by the press, so that drivers see us"


async def _suggested(s: Story) -> None:
    await s.says("Lucia", "/suggest")
    await s.presses("Lucia", "Suggest something")
    await s.says("Lucia", WORDS)


async def test_a_suggestion_is_voted_on_accepted_chased_and_done_and_its_proposer_hears_each_step(
    database_url: str, tmp_path: Path
) -> None:
    """Mia is for it, then against it: one vote. Yusuf accepts, Sam carries it out after his day; Lucia hears it all."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        await _suggested(s)
        assert "has the number 1" in await s.sees("Lucia")
        assert "Lucia Herrera" in await s.sees("Yusuf"), "whoever decides sees who it was"
        await s.says("Mia", "/suggest")
        await s.presses("Mia", "№ 1")
        assert "Lucia" not in await s.sees("Mia")
        await s.presses("Mia", "👍")
        await s.presses("Mia", "👎")
        assert "👍 0 👎 1 · You are against it." in await s.sees("Mia")
        await s.presses("Mia", "👍")
        assert "👍 1 👎 0 · You are for it." in await s.sees("Mia")
        assert "your own suggestion" in await forge(s, "Lucia", "vs:up:1")
        assert "answers for safety" in await forge(s, "Mia", "vs:accept:1")

        await s.presses("Yusuf", "Accept")
        await s.says("Yusuf", "Right: we have nearly hit somebody there.")
        await s.presses("Yusuf", "Sam Okafor")
        await s.presses("Yusuf", "In 14 days")
        assert "Sam Okafor carries it out until Dec 2, 2026" in await s.sees("Yusuf")
        told = await s.sees("Lucia")
        assert "Accepted by Yusuf Demir" in told
        assert "we have nearly hit somebody there" in told
        assert "This is yours to carry out until Dec 2" in await s.sees("Sam")
        assert "decided already" in await forge(s, "Mia", "vs:down:1"), "the vote stands as it was decided"

        await s.news("Sam"), await s.news("Yusuf"), await s.news("Lucia")
        await s.forward(days=14)
        assert "This is due today" in "".join(await s.news("Sam"))
        await s.forward(days=2)
        assert "This was due on Dec 2" in "".join(await s.news("Sam"))
        assert "That day is over" in "".join(await s.news("Yusuf"))
        assert "That day is over" in "".join(await s.news("Lucia"))
        await s.forward(days=8)
        assert "This was due on" in "".join(await s.news("Sam")), "again each week"
        assert "carries it out" in await forge(s, "Mia", "vs:done:1")
        await s.presses("Sam", "It is done")
        await s.says("Sam", "The mirror hangs since this morning.")
        assert "The mirror hangs since this morning" in await s.sees("Lucia")
        await s.says("Yusuf", "/suggest")
        await s.presses("Yusuf", "№ 1")
        assert "Carried out by Sam Okafor" in await s.sees("Yusuf")
        await s.forward(days=9)
        assert "This was due" not in "".join(await s.news("Sam"))
        kinds = [
            kind
            for kind, _ in await facts(s, "SuggestionMade", "SuggestionVoted", "SuggestionDecided", "SuggestionDone")
        ]
        assert kinds == ["SuggestionMade", "SuggestionVoted", "SuggestionDecided", "SuggestionDone"]
        assert not await s.violations()


async def test_a_suggestion_is_put_off_comes_back_and_is_not_accepted_with_a_reason(
    database_url: str, tmp_path: Path
) -> None:
    """Put off for thirty days, then before Yusuf again; what is not accepted says why."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        await _suggested(s)
        await s.presses("Yusuf", "Put off")
        await s.says("Yusuf", "The corner is rebuilt next month.")
        await s.presses("Yusuf", "In 30 days")
        assert "Put off by Yusuf Demir until Dec 18" in await s.sees("Lucia")
        await s.news("Yusuf"), await s.news("Lucia")
        await s.forward(days=30)
        assert WORDS in "".join(await s.news("Yusuf"))
        assert "waits for a decision" in "".join(await s.news("Lucia"))
        await s.presses("Yusuf", "Do not accept")
        await s.says("Yusuf", "The new corner has a barrier, so nobody meets there.")
        told = await s.sees("Lucia")
        assert "Not accepted by Yusuf Demir" in told
        assert "nobody meets there" in told


async def test_a_suggestion_that_nobody_decides_climbs(database_url: str, tmp_path: Path) -> None:
    """After a week Yusuf is reminded, after two Grace has it and Lucia knows."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        await _suggested(s)
        await s.news("Yusuf"), await s.news("Grace"), await s.news("Lucia")
        await s.forward(days=7, hours=1)
        assert WORDS in "".join(await s.news("Yusuf"))
        assert WORDS not in "".join(await s.news("Grace"))
        await s.forward(days=7)
        assert WORDS in "".join(await s.news("Grace"))
        assert "Nobody has decided for two weeks, so I have told Grace Lindqvist" in "".join(await s.news("Lucia"))
        assert [body["why"] for _, body in await facts(s, "SuggestionEscalated")] == ["undecided"]
