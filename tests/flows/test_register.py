"""The legal register in the chat: from a file, told by cell; new versions flag what depends on them; evaluated, watched."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import select, update

from bot.compliance.register import watching
from bot.compliance.register.tables import LawEvaluationRow, LawFlagRow, LawRow
from bot.library.shipped import content_path
from tests.flows.hazards_company import photo
from tests.flows.house import Story
from tests.flows.risk_company import facts, forge, site
from tests.loopback import api

GOOD = """code,kind,jurisdiction,title,version,effective_on,source,changes,binds,unit,topics,owner,look_days,evaluate_days
US-1910.252,regulation,US,Welding,2024,2024-01-01,29 CFR 1910.252,A fire watch stays,Welders,Harbour Works,HOT,O-1,30,365
OUR-7,local,any,Our rule of the gate,1,,Handbook page 7,,,Harbour Works/Fabrication,,,,
"""
BAD = """code,kind,jurisdiction,title,version,effective_on,source,unit,owner,look_days
US-1,decree,US,Something,1,1 May 2024,there,Harbour Works,O-1,30
US-1,law,,Other,,2024-01-01,there,Nowhere,X-9,often
"""


async def send(s: Story, words: str, name: str = "register.csv", who: str = "Yusuf") -> None:
    """Yusuf sends a file."""
    await s.says(who, "/laws")
    await s.presses(who, "From a file")
    await s.sends_file(who, name, words.encode())
    await s.house.settle()


async def take(s: Story, words: str) -> None:
    """It is read and put in."""
    await send(s, words)
    await s.presses("Yusuf", "Put them in")
    await s.house.settle()


async def test_a_file_with_mistakes_comes_back_with_its_cells_marked_and_changes_nothing(
    database_url: str, tmp_path: Path
) -> None:
    """Each mistake by its cell; a marked workbook; the same file mended goes in."""
    async with site(database_url, tmp_path) as s:
        await send(s, BAD)
        shown = [m.get("text", "") for m in await s.screen("Yusuf")]
        told = next(each for each in reversed(shown) if "to be mended first" in each)
        assert "“decree” is none of law" in told
        assert "“1 May 2024” is no date" in told
        assert "second time" in told
        assert await s.ask(lambda session: session.scalar(select(LawRow.id))) is None
        assert "cells to mend marked" in await s.sees("Yusuf")
        await take(s, GOOD)
        assert "Rows: 2. New: 2" in " ".join(m.get("text", "") for m in await s.screen("Yusuf"))
        await take(s, GOOD)
        kinds = [kind for kind, _ in await facts(s, "LawEntered", "LawChanged")]
        assert kinds == ["LawEntered", "LawEntered"], "the same file again changes nothing"
        assert not await s.violations()


async def test_a_new_version_flags_the_documents_and_lessons_that_depend_on_it(
    database_url: str, tmp_path: Path
) -> None:
    """The rule of hot work names the clause: flagged, its owner told; looked at, the flag is gone."""
    async with site(database_url, tmp_path) as s:
        await take(s, GOOD)
        await s.says("Yusuf", "/rules")
        await s.presses("Yusuf", "Add a document")
        await s.presses("Yusuf", "Operating procedure")
        await s.presses("Yusuf", "Harbour Works")
        await s.says("Yusuf", "Hot work at the press")
        await s.says("Yusuf", "A fire watch stays after the work. Nobody welds alone.")
        await s.presses("Yusuf", "Which clauses it rests on")
        await s.says("Yusuf", "§ 4 of the rule")
        assert "do not begin with a code" in await s.sees("Yusuf")
        await s.says("Yusuf", "US-1910.252 (a)(2)(iii)(B)")
        assert "US-1910.252 (a)(2)(iii)(B)" in await s.sees("Yusuf")

        await s.says("Yusuf", "/laws")
        await s.presses("Yusuf", "US-1910.252")
        await s.presses("Yusuf", "There is a new version")
        await s.says("Yusuf", "2026")
        assert "three lines" in await s.sees("Yusuf")
        await s.says("Yusuf", "2026\n2026-12-01\nThe fire watch stays an hour.")
        card = await s.sees("Yusuf")
        assert "Version: 2026" in card
        assert "nobody has looked at them since" in card
        assert "Hot work at the press" in card
        [(_, changed)] = await facts(s, "LawChanged")
        assert changed["flags"] >= 1
        await s.presses("Yusuf", "Looked at: D-1")
        assert "nobody has looked" not in await s.sees("Yusuf")
        open_flags = select(LawFlagRow.id).where(LawFlagRow.settled_at.is_(None), LawFlagRow.what == "document")
        assert await s.ask(lambda session: session.scalar(open_flags)) is None
        assert "keeps this register" in await forge(s, "Sam", "lw:version:1"), "he only reads it"
        assert "keeps this register" in await forge(s, "Nora", "lw:settle:1")


async def test_the_owner_is_asked_on_its_rhythm_and_evaluates_with_evidence(database_url: str, tmp_path: Path) -> None:
    """After thirty days: is there a new version? Then: is it met? Not met, with a photo; it stands on the list."""
    async with site(database_url, tmp_path) as s:
        await take(s, GOOD)
        await s.news("Yusuf")
        await s.forward(days=29)
        assert not any("look at the source" in each for each in await s.news("Yusuf"))
        await s.forward(days=1, hours=2)
        assert any("Please look at the source" in each for each in await s.news("Yusuf"))
        await s.says("Yusuf", "/today")
        assert "US-1910.252" in await s.sees("Yusuf")
        await s.presses("Yusuf", "I have looked: nothing new")
        [(_, looked)] = await facts(s, "LawLookedAt")
        assert looked["late_days"] == 0
        await s.says("Yusuf", "/laws")
        await s.presses("Yusuf", "US-1910.252")
        await s.presses("Yusuf", "not met")
        await s.sends_photo("Yusuf", photo())
        assert "with the words below it" in await s.sees("Yusuf")
        await s.sends_photo("Yusuf", photo(), "No fire watch on the night shift")
        await s.house.settle()
        kept = await s.ask(lambda session: session.scalars(select(LawEvaluationRow)).one())
        assert (kept.outcome, kept.words) == ("not_met", "No fire watch on the night shift")
        assert kept.media
        await s.says("Sam", "/laws")
        await s.presses("Sam", "not met: 1")
        assert "US-1910.252" in await s.sees("Sam")
        await s.says("Lucia", "/laws")
        assert "/rules" in await s.sees("Lucia")


async def test_a_watched_page_that_says_something_else_stirs_its_entry_once(database_url: str, tmp_path: Path) -> None:
    """No host named, nothing is fetched; the first look remembers; other markup is no change, other words are, once."""
    page: dict[str, Any] = {"body": "<p>Edition of <b>2024</b></p>", "calls": 0, "tag": None}

    async def answer(request: web.Request) -> web.Response:
        page["calls"] += 1
        if page["tag"] and request.headers.get("If-None-Match") == page["tag"]:
            return web.Response(status=304)
        headers = {"ETag": page["tag"]} if page["tag"] else {}
        return web.Response(text=page["body"], content_type="text/html", headers=headers)

    async with site(database_url, tmp_path) as s, api(answer) as address:
        await take(s, GOOD)
        at = f"{address}/page"
        await s.ask(lambda session: session.execute(update(LawRow).where(LawRow.id == 1).values(watch=at)))
        await s.forward(days=1)
        assert page["calls"] == 0, "off by default"
        watching.configure(frozenset({"www.osha.gov"}))
        await s.forward(days=1)
        error = select(LawRow.watch_error).where(LawRow.id == 1)
        assert (page["calls"], await s.ask(lambda session: session.scalar(error))) == (0, "host_not_named")
        watching.configure(frozenset({urlsplit(address).netloc}))
        for body, tag, stirred in (
            ("<p>Edition of <b>2024</b></p>", '"a"', False),
            ("<p>Edition of <b>2024</b></p>", '"a"', False),
            ("<div><script>1</script>Edition of  2024</div>", '"b"', False),
            ("<p>Edition of <b>2026</b></p>", '"c"', True),
            ("<p>Edition of <b>2026</b></p>", None, True),
        ):
            page["body"], page["tag"] = body, tag
            await s.forward(days=1)
            await s.house.settle()
            seen = await s.ask(lambda session: session.scalar(select(LawRow.stirred_at).where(LawRow.id == 1)))
            assert (seen is not None) == stirred, body
        assert len(await facts(s, "LawSourceStirred")) == 1
        assert page["calls"] == 5
        assert any("watched page has changed" in each for each in await s.news("Yusuf"))
        watching.configure(frozenset())


def test_the_sample_register_has_forty_entries_without_a_mistake() -> None:
    """English and Chinese, a source each, only facts that the fact base holds."""
    import csv

    lines = [
        line
        for line in (content_path() / "sample" / "register.csv").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    rows = list(csv.DictReader(lines))
    with (content_path() / "facts.csv").open(encoding="utf-8") as file:
        marks = {row["id"]: row["mark"] for row in csv.DictReader(file)}
    assert len(rows) == 40
    for row in rows:
        assert all(
            row[name] for name in ("title_en", "title_zh", "changes_en", "changes_zh", "source", "version", "facts")
        )
        assert set(row["facts"].split()) <= set(marks), row["code"]
        seen = [marks[each] for each in row["facts"].split()]
        assert any(mark.startswith("verified") for mark in seen), f"{row['code']} rests on what nobody has seen"
        if row["mark"].startswith("primary"):
            assert any("P:" in mark for mark in seen), row["code"]
