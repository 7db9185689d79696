"""Proposals of a department: put to its committee, answered with reasons, decided with the dissent on record."""

from __future__ import annotations

from pathlib import Path

from tests.flows.house import Story
from tests.flows.voice_company import facts, forge, site

PHONES = ("W-2", "W-3", "E-1", "S-1", "O-1", "D-1")
WORDS = "Change the tool only with two people"


async def _put(s: Story) -> None:
    await s.says("Sam", "/proposals")
    await s.presses("Sam", "Committee")
    await s.presses("Sam", "Press Team")
    for name in ("Lucia", "Mia", "Pedro"):
        await s.presses("Sam", name)
    assert "Lucia Herrera, Pedro Quispe, Mia Chen" in await s.sees("Sam")
    await s.says("Sam", "/proposals")
    await s.presses("Sam", "New proposal")
    await s.presses("Sam", "Press Team")
    await s.says("Sam", WORDS)


async def test_the_decision_keeps_the_dissent_and_who_was_asked(database_url: str, tmp_path: Path) -> None:
    """Lucia agrees, Pedro disagrees and says why, Mia says nothing; the decision names all of it and goes to all."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        await _put(s)
        assert "has gone to 3 members" in await s.sees("Sam")
        await s.presses("Lucia", "I agree")
        assert "You agree" in await s.sees("Lucia")
        await s.presses("Pedro", "I disagree")
        await s.says("Pedro", "At night there is only one of us.")
        assert "You disagree: At night" in await s.sees("Pedro")
        assert "At night" not in await s.sees("Mia"), "each speaks for themselves"
        assert "Not everybody has spoken" in await forge(s, "Sam", "vp:adopt:1")
        assert "not put to you" in await forge(s, "Sam", "vp:agree:1"), "Sam leads, but was not asked"
        assert "answers for safety" in await forge(s, "Omar", "vp:open:1")

        await s.news("Mia"), await s.news("Sam")
        await s.forward(days=5, hours=1)
        assert WORDS in "".join(await s.news("Mia")), "the silent one is asked once more"
        await s.forward(days=2)
        assert "It can be decided now" in "".join(await s.news("Sam"))
        await s.presses("Sam", "Adopt it")
        await s.says("Sam", "Pedro is right about the night: then the change waits for the morning.")
        for who in ("Lucia", "Pedro", "Mia"):
            record = await s.sees(who)
            assert "Adopted: proposal 1" in record
            assert "3 people were asked" in record
            assert "✋ Pedro Quispe: At night there is only one of us." in record
            assert "👍 Lucia Herrera" in record
            assert "Said nothing: Mia Chen" in record
            assert "then the change waits for the morning" in record
        assert "decided already" in await forge(s, "Sam", "vp:drop:1")
        assert "decided already" in await forge(s, "Lucia", "vp:agree:1")
        ((_, body),) = await facts(s, "ProposalDecided")
        assert (body["asked"], body["agreed"], body["dissented"], body["silent"]) == (3, 1, 1, 1)
        assert not await s.violations()


async def test_a_proposal_can_be_decided_once_everybody_has_spoken_and_not_without_a_committee(
    database_url: str, tmp_path: Path
) -> None:
    """Nobody waits for the week where all have said their word; before there is a committee nothing is put."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        await s.says("Sam", "/proposals")
        await s.presses("Sam", "New proposal")
        await s.presses("Sam", "Press Team")
        await s.says("Sam", WORDS)
        assert "no committee yet" in await s.sees("Sam")
        await _put(s)
        for who in ("Lucia", "Mia", "Pedro"):
            await s.presses(who, "I agree")
        assert "It can be decided now" in await s.sees("Sam")
        await s.presses("Sam", "Do not adopt")
        await s.says("Sam", "We try it for a month first.")
        assert "Not adopted" in await s.sees("Sam")
        await s.says("Mia", "/proposals")
        await s.presses("Mia", "№ 1")
        assert "We try it for a month first" in await s.sees("Mia")
