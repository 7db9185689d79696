"""Scores: both sides read the same lines, whoever looks is told of, files come, a period is issued and signed."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, text

from bot.assessment.issuing import signing, snapshot
from bot.assessment.issuing.tables import ScoreExportRow, ScoreSnapshotRow
from bot.assessment.scores import policy as policies
from bot.i18n.languages import LANGUAGES
from bot.ledger.tables import FactRow
from bot.media import store as media
from tests.flows.assessment_company import agree_on_scores, site
from tests.flows.house import Story
from tests.flows.risk_company import facts, forge

VERIFIER = Path(__file__).parents[2] / "scripts" / "verify_snapshot.py"


async def test_a_person_reads_why_and_who_looked_and_human_resources_read_the_same(
    database_url: str, tmp_path: Path
) -> None:
    """Ana's 13 of 15 lessons; Hana looks her up, and Ana is told; Sam may not; compared only with others of her post and unit."""
    async with site(database_url, tmp_path) as s:
        assert "only where they were agreed" in await refused(s, "Hana", "/scores W-1")
        await agree_on_scores(s)
        await s.says("Ana", "/score")
        mine = await s.sees("Ana")
        assert "96.3 of 100 points" in mine, "13 of 15 where 90 % is full"
        assert "Lessons read: 13/15" in mine
        assert "Others of the same post and unit: 7. The middle one has 66.7, half of them between" in mine
        assert "Nobody has looked" in mine
        assert "Reporting never counts against you" in mine
        await s.presses("Ana", "How it is counted")
        rules = await s.sees("Ana")
        assert "Lessons read: weight 25. Full points from 90 %" in rules
        assert "Reports of dangers and injuries are in no score" in rules

        assert "only where they were agreed" in await refused(s, "Sam", "/scores W-1")
        await s.says("Hana", "/scores W-1")
        theirs = await s.sees("Hana")
        assert "Ana Morales · Worker · Press Team" in theirs
        assert "96.3 of 100 points" in theirs
        assert "Ana Morales is told that you have looked" in theirs
        await s.forward(hours=25)
        assert any("Somebody has looked at your score" in each for each in await s.news("Ana")), (
            "it came by itself, and"
        )
        await s.says("Ana", "/score")
        assert "Hana Sato · " in await s.sees("Ana")
        assert "in the chat" in await s.sees("Ana")
        for _ in range(2):
            await s.says("Hana", "/scores W-1")
        assert len(await facts(s, "ScoreLookedAt")) == 2, "once a day"
        await s.says("Sam", "/score")
        assert "too little to say anything" in await s.sees("Sam")
        assert "Not compared with others" in await s.sees("Sam")
        assert not await s.violations()


async def refused(s: Story, who: str, words: str) -> str:
    """What is answered to a command."""
    await s.says(who, words)
    return await s.sees(who)


async def ask_for(s: Story, format: str, lang: str | None = None, unit: str = "Press Team") -> bytes:
    """Hana has a file of last month made; answers its bytes."""
    await s.says("Hana", "/scores")
    await s.presses("Hana", unit)
    await s.presses("Hana", "Last month")
    if lang is not None:
        await s.presses("Hana", LANGUAGES[lang])
    await s.presses("Hana", format)
    await s.forward(minutes=1)
    await s.settle()

    def newest(session: Any) -> Any:
        row = session.scalars(select(ScoreExportRow).order_by(ScoreExportRow.id.desc())).first()
        return row.state, row.media

    state, ref = await s.ask(newest)
    assert state == "done"
    return media.open_ref(ref) if ref else b""


async def test_files_come_into_the_chat_with_their_progress_and_everybody_in_them_is_told(
    database_url: str, tmp_path: Path
) -> None:
    """Excel with tables, filters, charts and no formula; CSV and JSON for programs; a PDF of the unit and of oneself."""
    async with site(database_url, tmp_path) as s:
        await agree_on_scores(s)
        book = await ask_for(s, "Excel")
        assert "Everybody is counted. The file is on its way." in "\n".join(map(words_of, await s.screen("Hana")))
        read = CalamineWorkbook.from_filelike(BytesIO(book))
        assert read.sheet_names == ["Scores", "Line by line", "Charts", "How it is counted"]
        rows = {row[1]: row[4] for row in read.get_sheet_by_name("Scores").to_python()}
        assert rows["Ana Morales"] == 96.3
        assert rows["Hugo Reyes"] == 44.4
        assert rows["Sam Okafor"] == "", "too little to say is not 0"
        with zipfile.ZipFile(BytesIO(book)) as parts:
            named = {name: parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")}
        sheets = [said for name, said in named.items() if name.startswith("xl/worksheets/")]
        assert sum("<autoFilter" in said for name, said in named.items() if "tables/" in name) == 5
        assert all('state="frozen"' in said for said in sheets[:2])
        assert sum(name.startswith("xl/charts/chart") for name in named) == 3
        assert not any("<f>" in said for said in sheets), "no cell is a formula"
        assert book == await ask_for(s, "Excel"), "the same data, the same bytes"

        table = (await ask_for(s, "CSV")).decode("utf-8-sig").splitlines()
        assert table[1].startswith("S-1,Sam Okafor,")
        assert "too_little" in table[1]
        said = json.loads(await ask_for(s, "JSON", "es"))
        ana = next(each for each in said["people"] if each["badge"] == "W-1")
        assert ana["score"] == 96.3
        assert len(next(line for line in ana["lines"] if line["measure"] == "lessons")["done"]) == 13
        assert "Reportar nunca cuenta" in said["policy"]["says"]
        assert (await ask_for(s, "PDF", "zh")).startswith(b"%PDF")
        assert {body["how"] for _, body in await facts(s, "ScoreLookedAt")} == {"file"}
        assert len(await facts(s, "ScoreLookedAt")) == 9

        await s.says("Ana", "/score")
        assert "in a file" in await s.sees("Ana")
        await s.presses("Ana", "As a PDF")
        await s.forward(minutes=1)
        assert "Scores from" in await s.sees("Ana")
        assert not await s.violations()


def words_of(message: dict[str, Any]) -> str:
    """What a message says."""
    return str(message.get("text") or message.get("caption") or "")


async def test_a_period_is_issued_once_signed_and_anybody_can_check_it(database_url: str, tmp_path: Path) -> None:
    """Last month is signed with Hana's badge; the same data is not issued twice; a policy's version has one text."""
    async with site(database_url, tmp_path) as s:
        await agree_on_scores(s)
        await ask_for(s, "Sign and issue")
        assert "Issued: No. 1" in await s.sees("Hana")
        ref, sha = await s.ask(
            lambda session: session.execute(select(ScoreSnapshotRow.media, ScoreSnapshotRow.sha256)).one()
        )
        data = media.open_ref(ref)
        body = signing.opened(data, signing.public_key())
        assert (signing.sha256(data), len(body["people"]), body["signer"]) == (sha, 8, "H-1")
        assert snapshot.problems_of(body) == []
        file = tmp_path / "scores.signed.json"
        file.write_bytes(data)
        said = await asyncio.to_thread(checked, file)
        assert said.returncode == 0, said.stderr
        assert "8 people" in said.stdout

        await ask_for(s, "Sign and issue")
        assert "it is the same file" in await s.sees("Hana")
        await s.says("Hana", "/scores")
        await s.presses("Hana", "Issued No. 1")
        assert "Signed by Hana Sato" in await s.sees("Hana")
        assert "Sign and issue" not in await formats_of(s, "This month")
        assert len(await facts(s, "ScoresIssued")) == 1
        assert "human resources" in await forge(s, "Sam", "sx:issued:1")
        assert "human resources" in await forge(s, "Ana", "sx:make:3:m1:issue:en")

        kept = policies.policy()
        policies._policy[:] = [policies.read(kept.text.replace("lessons: {weight: 25", "lessons: {weight: 26"))]
        try:
            await ask_for_stopped(s)
        finally:
            policies._policy[:] = [kept]
        assert "Give it a new version" in await s.sees("Hana")
        assert not await s.violations()


def checked(file: Path) -> subprocess.CompletedProcess[str]:
    """What the script says that has nothing of ours."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(file), "--key", signing.public_key()]
    return subprocess.run(command, capture_output=True, text=True)


async def formats_of(s: Story, period: str) -> str:
    """What can be made of a time."""
    await s.says("Hana", "/scores")
    await s.presses("Hana", "Press Team")
    await s.presses("Hana", period)
    return " ".join(await s.buttons("Hana"))


async def ask_for_stopped(s: Story) -> None:
    """Hana tries to issue by a policy that was changed without a new version."""
    await formats_of(s, "Last month")
    await s.presses("Hana", "Sign and issue")
    await s.forward(minutes=1)


CHANGES = {
    "edit": "UPDATE fact SET kind = 'LessonRead' WHERE id = 7",
    "edit the body": """UPDATE fact SET body = '{"lesson": "other", "version": 1}' WHERE id = 7""",
    "whose": "UPDATE fact SET pseudonym = (SELECT pseudonym FROM pseudonym WHERE person_id = 5) WHERE id = 7",
    "delete": "DELETE FROM fact WHERE id = 7",
    "reorder": "UPDATE fact SET id = CASE id WHEN 7 THEN -8 ELSE -7 END WHERE id IN (7, 8)",
    "unsalt": "UPDATE fact SET salt = NULL WHERE id = 7",
    "member": "DELETE FROM block_member WHERE fact_id = 7",
    "block": "DELETE FROM block WHERE id = 1",
    "truncate": "TRUNCATED",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_of_one_row_of_the_ledger_is_found(change: str, database_url: str, tmp_path: Path) -> None:
    """Edited, deleted, put in another order, cut off at the end: each is found, and where; unchanged, nothing is."""
    from bot.assessment.issuing import anchors, auditing

    async with site(database_url, tmp_path, phones=("W-1",)) as s:
        await s.forward(minutes=2)
        await s.forward(hours=1)
        await s.forward(minutes=11)
        heads = anchors.path()
        assert heads is not None
        assert len(heads.read_text().splitlines()) >= 1
        before = await s.ask(lambda session: auditing.audit(session, [heads]))
        assert before.problems == ()
        assert before.ledger.facts > 100

        def tamper(session: Any) -> None:
            if change == "truncate":
                from bot.ledger.tables import BlockRow

                last = session.scalars(select(BlockRow).order_by(BlockRow.id.desc())).first()
                session.execute(
                    text(f"DELETE FROM fact WHERE id IN (SELECT fact_id FROM block_member WHERE block_id = {last.id})")
                )
                session.execute(text(f"DELETE FROM block_member WHERE block_id = {last.id}"))
                session.execute(text(f"DELETE FROM block WHERE id = {last.id}"))
                return
            session.execute(text(CHANGES[change]))
            if change == "reorder":
                session.execute(text("UPDATE fact SET id = -id WHERE id < 0"))

        await s.db(tamper)
        after = await s.ask(lambda session: auditing.audit(session, [heads]))
        assert after.problems, change
        assert any(("fact 7" in each or "fact 8" in each or "block" in each) for each in after.problems)
        if change == "truncate":
            assert any("cut off" in each for each in after.problems)
            blind = await s.ask(lambda session: auditing.audit(session, []))
            assert not blind.problems, "which is why heads are kept outside"
        forged = tmp_path / "heads.jsonl"
        shutil.copy(heads, forged)
        forged.write_text(forged.read_text().replace('"facts":', '"facts":1'))
        assert any(
            "signature does not fit" in each
            for each in (await s.ask(lambda session: auditing.audit(session, [forged]))).problems
        )


async def test_a_fact_that_an_issued_score_rests_on_is_missed_when_it_goes(database_url: str, tmp_path: Path) -> None:
    """The issued file names its facts: one that is deleted is found by that too, and so is a file that was changed."""
    from bot.assessment.issuing import auditing

    async with site(database_url, tmp_path) as s:
        await agree_on_scores(s)
        await ask_for(s, "Sign and issue")
        assert (await s.ask(lambda session: auditing.audit(session, []))).problems == ()
        await s.db(lambda session: session.execute(FactRow.__table__.delete().where(FactRow.key == "read:103")))
        found = (await s.ask(lambda session: auditing.audit(session, []))).problems
        assert any("read:103 is no longer in the ledger" in each for each in found)
        ref = await s.ask(lambda session: session.scalar(select(ScoreSnapshotRow.media)))
        path = media._path(ref)
        path.write_bytes(path.read_bytes().replace(b'"total":963', b'"total":999'))
        found = (await s.ask(lambda session: auditing.audit(session, []))).problems
        assert any("its file was changed" in each for each in found)
