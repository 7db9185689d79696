"""Questions to the safety officer: answered, found by others, kept private, and climbing when nobody answers."""

from __future__ import annotations

from pathlib import Path

from tests.flows.voice_company import facts, forge, site

PHONES = ("W-2", "W-3", "S-1", "O-1", "M-1", "D-1")


async def test_what_was_answered_once_is_found_by_whoever_wants_to_ask_the_same(
    database_url: str, tmp_path: Path
) -> None:
    """Lucia asks, Yusuf answers; Mia asks alike and reads the answer instead of asking, without Lucia's name."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        await s.says("Lucia", "/ask")
        assert "It goes to Yusuf Demir" in await s.sees("Lucia")
        await s.says("Lucia", "May I wear gloves at the drilling machine?")
        assert "Passed on to Yusuf Demir" in await s.sees("Lucia")
        assert "21 Nov" in await s.sees("Lucia"), "three days"
        assert "Lucia Herrera asks" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Answer")
        await s.says("Yusuf", "No: a drill pulls a glove in, and the hand with it. Take them off.")
        assert "a drill pulls a glove in" in await s.sees("Lucia")
        assert "Others can find it from now on" in await s.sees("Yusuf")

        await s.news("Yusuf")
        await s.says("Mia", "/ask")
        await s.says("Mia", "Are gloves allowed at a drilling machine?")
        seen = await s.sees("Mia")
        assert "was asked before" in seen
        assert "a drill pulls a glove in" in seen
        assert "Lucia" not in seen
        await s.presses("Mia", "1")
        assert "Yusuf Demir, Nov 18, 2026" in await s.sees("Mia")
        assert "Good." in await s.presses("Mia", "That answers it")
        assert await s.news("Yusuf") == [], "nobody was asked a second time"
        assert [body["question"] for _, body in await facts(s, "AnswerHelped")] == [1]

        await s.says("Omar", "/faq gloves drill")
        assert "a drill pulls a glove in" in await s.sees("Omar")
        await s.says("Omar", "/faq")
        await s.says("Omar", "forklift brakes")
        assert "I found no answer to that" in await s.sees("Omar")
        assert not await s.violations()


async def test_whoever_reads_the_answer_can_ask_all_the_same(database_url: str, tmp_path: Path) -> None:
    """The answer of before was to something else."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        await s.says("Lucia", "/ask")
        await s.says("Lucia", "Where is the spare eye wash bottle?")
        await s.presses("Yusuf", "Answer")
        await s.says("Yusuf", "In the cabinet at press 3.")
        await s.says("Mia", "/ask")
        await s.says("Mia", "Who checks the eye wash bottle?")
        await s.presses("Mia", "Ask all the same")
        assert "Passed on to Yusuf Demir" in await s.sees("Mia")
        assert "Who checks the eye wash bottle?" in await s.sees("Yusuf")


async def test_an_answer_that_is_kept_private_is_found_by_nobody_else(database_url: str, tmp_path: Path) -> None:
    """Lucia asks for it before the answer, Yusuf after another; both are out of the search."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        await s.says("Lucia", "/ask")
        await s.says("Lucia", "May I work at the press after my operation?")
        assert "Nobody else will find it" in await s.presses("Lucia", "Show the answer to nobody else")
        await s.presses("Yusuf", "Answer")
        assert "nobody else will find it" in await s.sees("Yusuf")
        await s.says("Yusuf", "The company doctor decides; I come to see you.")
        await s.says("Mia", "/faq operation press")
        assert "I found no answer" in await s.sees("Mia")

        await s.says("Lucia", "/ask")
        await s.says("Lucia", "Is the new degreaser bad for the skin?")
        await s.presses("Yusuf", "Answer")
        await s.says("Yusuf", "Wear the green gloves.")
        await s.says("Mia", "/faq degreaser skin")
        assert "green gloves" in await s.sees("Mia")
        assert "only for the safety officer" not in await forge(s, "Mia", "vq:hide:2")
        await s.says("Mia", "/faq degreaser skin")
        assert "green gloves" in await s.sees("Mia"), "Mia may not hide it"
        await s.presses("Yusuf", "Others should not find it")
        await s.says("Mia", "/faq degreaser skin")
        assert "I found no answer" in await s.sees("Mia")


async def test_a_question_that_nobody_answers_climbs_and_whoever_asked_is_told(
    database_url: str, tmp_path: Path
) -> None:
    """A day before its deadline Yusuf is reminded; after it Grace is told and Lucia hears so; Grace answers."""
    async with site(database_url, tmp_path, phones=PHONES) as s:
        await s.says("Lucia", "/ask")
        await s.says("Lucia", "When do we get new ear plugs?")
        await s.news("Yusuf")
        await s.says("Yusuf", "/today")
        assert "A question waits for your answer until" in "".join(await s.news("Yusuf"))
        await s.forward(days=2, hours=1)
        assert "One day left" in "".join(await s.news("Yusuf"))
        assert "ear plugs" not in "".join(await s.news("Grace"))
        await s.forward(days=1)
        assert "Nobody has answered this in time" in "".join(await s.news("Grace"))
        told = "".join(await s.news("Lucia"))
        assert "was not answered in time" in told
        assert "Grace Lindqvist" in told
        assert [body["question"] for _, body in await facts(s, "QuestionEscalated")] == [1]
        await s.presses("Grace", "Answer")
        await s.says("Grace", "On Monday.")
        assert "On Monday." in await s.sees("Lucia")
        await s.news("Grace")
        await s.forward(days=8)
        assert "ear plugs" not in "".join(await s.news("Grace")), "nothing is chased that is answered"
        assert "this question is for the safety officer" in (await forge(s, "Mia", "vq:answer:1")).lower()
