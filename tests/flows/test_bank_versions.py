"""A bank after it was published: its versions, the way back, an hour of its own, and its translations."""

from __future__ import annotations

from pathlib import Path

import yaml
from sqlalchemy import select

from bot.features import _room
from bot.ledger.tables import FactRow
from bot.library import store as library
from bot.library.tables import BankRow
from tests.flows.house import story
from tests.flows.learning_company import company
from tests.flows.test_upload import FIRST, bank

ROOMS = (_room("library"), _room("library.authoring"), _room("learning"))


def in_two(stem: str, zh: str) -> bytes:
    """A bank of one question in two languages."""
    question = {
        "id": "two-1", "kind": "true_false", "topic": "STF", "jurisdictions": ["any"], "sources": ["our own rule"],
        "stem": {"en": stem, "zh": zh}, "answer": True, "misconception": {"en": "Never", "zh": "从不"},
        "explanation": {"en": "See the sign.", "zh": "见标牌。"},
    }  # fmt: skip
    title = {"en": "Our two", "zh": "两种"}
    return yaml.safe_dump({"bank": "two", "language": "en", "title": title, "questions": [question]}).encode()


async def test_every_question_of_an_upload_is_seen_as_people_will_see_it(database_url: str, tmp_path: Path) -> None:
    """One by one, and in each language; only its trainer may look, and only while it waits."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST))
        await s.presses("Tess", "See it as people will")
        assert "own-001 · new" in await s.sees("Tess")
        await s.presses("Tess", "Next ›")
        await s.presses("Tess", "Next ›")
        shown = await s.sees("Tess")
        assert "Visitors walk with a guide." in shown
        assert "Question 3 of 3" in shown
        await s.sends_file("Tess", "two.yaml", in_two("Wait 5 minutes.", "等5分钟。"))
        await s.presses("Tess", "See it as people will")
        await s.presses("Tess", "中文")
        assert "等5分钟。" in await s.sees("Tess")
        assert await s.violations() == []


async def test_a_bank_goes_back_to_an_earlier_version_as_a_new_one(database_url: str, tmp_path: Path) -> None:
    """What would change is shown first; answers keep their version; what is out of use is listed, and comes back."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST))
        await s.presses("Tess", "Publish")
        await s.sends_file("Tess", "our-rules.yaml", bank("The gate is open at night."))
        await s.presses("Tess", "Replace whole bank")
        await s.presses("Tess", "Replace, 2 retire")
        await s.says("Tess", "/library")
        await s.presses("Tess", "Question banks")
        await s.presses("Tess", "Our rules")
        assert "Version 2 is live with 1 questions, written in English." in await s.sees("Tess")
        await s.presses("Tess", "Versions")
        assert "2 · " in await s.sees("Tess")
        await s.presses("Tess", "Out of use: 2")
        assert "own-003" in await s.sees("Tess")
        await s.presses("Tess", "Back")
        await s.presses("Tess", "Back to version 1")
        told = await s.sees("Tess")
        assert "Back to version 1, as version 3. Changed back: 3" in told
        assert "The gate is open at night. → The gate is closed at night." in told
        await s.presses("Tess", "Yes, back to version 1")
        live = await s.ask(lambda session: library.live_content(session, "our-rules"))
        assert set(live["questions"]) == {"own-001", "own-002", "own-003"}
        kinds = await s.ask(lambda session: list(session.scalars(select(FactRow.kind))))
        assert "BankRolledBack" in kinds
        second = await s.ask(lambda session: library.question(session, "own-001", 2))
        assert second.question.stem["en"] == "The gate is open at night."


async def test_a_bank_goes_live_at_its_hour_unless_somebody_changed_it(database_url: str, tmp_path: Path) -> None:
    """Omar's goes live in the night between; then Tess's does not, and she reads what he changed."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.employee("T-2")
        await s.sends_file("Tess", "our-rules.yaml", bank(*FIRST))
        await s.presses("Tess", "Publish later")
        await s.says("Tess", "2026-11-19 06:00")
        assert "Goes live by itself on 2026-11-19 06:00" in await s.sees("Tess")
        await s.forward(hours=30)
        assert any("Version 1 is live" in each for each in await s.news("Tess"))
        await s.sends_file("Tess", "our-rules.yaml", bank("The gate is shut.", *FIRST[1:]))
        await s.presses("Tess", "Publish later")
        await s.presses("Tess", "2026-11-23 06:00")
        await s.sends_file("Omar", "our-rules.yaml", bank("The gate is locked.", *FIRST[1:]))
        assert "Tess Hall has this bank in hand as well" in await s.sees("Omar")
        await s.presses("Omar", "Publish")
        await s.forward(hours=24 * 4)
        told = [each for each in await s.news("Tess") if "Nothing was published" in each]
        assert "own-001 is changed · Omar Diaz" in told[-1]
        assert "The gate is closed at night. → The gate is locked." in told[-1]
        assert await s.ask(lambda session: session.get(BankRow, "our-rules").version) == 2


async def test_a_question_of_changed_words_is_read_in_the_base_language_until_confirmed(
    database_url: str, tmp_path: Path
) -> None:
    """The preview says so before; Tess sees old and new side by side, and says that it holds."""
    async with story(database_url, tmp_path, rooms=ROOMS, prepare=company) as s:
        await s.employee("T-1")
        await s.employee("L-1")
        await s.sends_file("Tess", "two.yaml", in_two("Wait 5 minutes.", "等5分钟。"))
        await s.presses("Tess", "Publish")
        await s.sends_file("Tess", "two.yaml", in_two("Wait five minutes.", "等5分钟。"))
        assert "中文: 1 translation is of the old words" in await s.sees("Tess")
        await s.presses("Tess", "Publish")
        live = await s.ask(lambda session: library.question(session, "two-1").question)
        assert set(live.stem) == {"en"}
        assert set(live.explanation) == {"en"}
        await s.sends_file("Tess", "two.yaml", in_two("Wait five minutes.", "等5分钟。"))
        assert "Nothing to publish" in await s.sees("Tess")
        await s.says("Tess", "/library")
        await s.presses("Tess", "Translations")
        await s.presses("Tess", "中文")
        await s.presses("Tess", "⚠ two-1")
        told = await s.sees("Tess")
        assert "Wait 5 minutes. → Wait five minutes." in told
        assert "等5分钟。" in told
        await s.presses("Tess", "The translation still holds")
        live = await s.ask(lambda session: library.question(session, "two-1"))
        assert (live.version, live.question.stem["zh"]) == (3, "等5分钟。")
        kinds = await s.ask(lambda session: list(session.scalars(select(FactRow.kind))))
        assert "TranslationConfirmed" in kinds
