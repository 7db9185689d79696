"""An inspection from outside: findings with owners, objections, an evidence pack, and a guest who reads until the end."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import aiohttp
from sqlalchemy import select

from bot.delivery.tables import OutboxRow
from bot.inspections import shipped
from bot.inspections.visits import pack
from bot.inspections.visits.tables import GuestLinkRow, GuestViewRow, VisitFindingRow, VisitPackRow
from bot.media import store as media
from tests.flows.house import Story
from tests.flows.inspection_company import picture
from tests.flows.risk_company import facts, forge, site


async def visited(s: Story) -> None:
    """Yusuf puts a visit on record, with one finding at press 3 for which Sam answers."""
    await s.db(shipped.load, s.now)
    await s.says("Yusuf", "/visits")
    await s.presses("Yusuf", "New inspection from outside")
    await s.presses("Yusuf", "Harbour Works")
    await s.says("Yusuf", "Labour inspectorate")
    await s.says("Yusuf", "Machine guards in Fabrication")
    await s.presses("Yusuf", "Today")
    await s.presses("Yusuf", "New finding")
    await s.sends_photo("Yusuf", picture(2), "The side guard of press 3 is missing")
    await s.says("Yusuf", "29 CFR 1910.212(a)(1)")
    await s.presses("Yusuf", "Press 3")
    await s.presses("Yusuf", "Leave it out")
    await s.presses("Yusuf", "Can injure badly")
    await s.presses("Yusuf", "Sam")
    await s.presses("Yusuf", "14 days")


async def test_a_finding_is_put_right_by_its_owner_and_closed_by_another(database_url: str, tmp_path: Path) -> None:
    """Sam is told, adds proof, says it is done; he cannot close it; Yusuf does; both are facts."""
    async with site(database_url, tmp_path) as s:
        await visited(s)
        card = await s.sees("Yusuf")
        assert "The side guard of press 3 is missing" in card
        assert "1910.212" in card
        assert "Sam Okafor" in card
        assert "you are to put it right" in " ".join(await s.news("Sam"))
        await s.presses("Sam", "Look")
        await s.presses("Sam", "Add photos or documents")
        await s.sends_photo("Sam", picture(4))
        await s.sends_file("Sam", "invoice.pdf", b"%PDF-1.4 an invoice")
        await s.presses("Sam", "That is all")
        await s.presses("Sam", "It is put right")
        await s.says("Sam", "New guard fitted and bolted")
        assert "put right, to be closed" in await s.sees("Sam")
        assert "Another person" in await forge(s, "Sam", "inv:close:1")
        assert "answers for safety" in await forge(s, "Nora", "inv:close:1")
        assert "Look at it, and close it" in " ".join(await s.news("Yusuf"))
        await s.presses("Yusuf", "Look")
        await s.presses("Yusuf", "close it")
        assert await s.ask(lambda session: session.scalar(select(VisitFindingRow.state))) == "closed"
        kinds = [
            kind
            for kind, _ in await facts(
                s, "VisitOpened", "VisitFindingLogged", "VisitFindingCorrected", "VisitFindingClosed"
            )
        ]
        assert kinds == ["VisitOpened", "VisitFindingLogged", "VisitFindingCorrected", "VisitFindingClosed"]
        [(_, corrected)] = await facts(s, "VisitFindingCorrected")
        assert corrected["files"] == 2
        assert not await s.violations()


async def test_an_objection_its_answer_more_time_and_a_deadline_that_climbs(database_url: str, tmp_path: Path) -> None:
    """Sam objects with proof; not he but another writes down the answer; the deadline is moved; then it passes and Grace hears."""
    async with site(database_url, tmp_path) as s:
        await visited(s)
        await s.presses("Sam", "Look")
        await s.presses("Sam", "Object to it")
        await s.says("Sam", "The guard was off for repair that hour, under lockout")
        assert "objected to" in await s.sees("Sam")
        await s.presses("Sam", "Add photos or documents")
        await s.sends_file("Sam", "permit.pdf", b"%PDF-1.4 a permit")
        await s.presses("Sam", "That is all")
        assert not any("They agreed" in label for label in await s.buttons("Sam"))
        await s.says("Yusuf", "/visits")
        await s.presses("Yusuf", "Labour inspectorate")
        await s.presses("Yusuf", "1")
        await s.presses("Yusuf", "They did not agree")
        await s.says("Yusuf", "The lockout sheet is of another day")
        assert "Objection rejected" in await s.sees("Yusuf")
        await s.presses("Yusuf", "They gave more time")
        await s.presses("Yusuf", "7 days")
        assert "More time given" in await s.sees("Yusuf")
        await s.news("Grace")
        due = await s.ask(lambda session: session.scalar(select(VisitFindingRow.due_at)))
        await s.until(due - timedelta(days=2))
        assert "soon due" in " ".join(await s.news("Sam"))
        await s.until(due + timedelta(days=1))
        assert "deadline of this finding has passed" in " ".join(await s.news("Grace"))
        assert len(await facts(s, "VisitFindingOverdue")) == 1
        [(_, settled)] = await facts(s, "VisitObjectionSettled")
        assert settled["upheld"] is False


async def test_a_finding_is_asked_at_like_places_once(database_url: str, tmp_path: Path) -> None:
    """No other press: so the other team with a place is asked, once; Nora answers and it is a fact."""
    async with site(database_url, tmp_path) as s:
        await visited(s)
        assert "1" in await s.presses("Yusuf", "Ask like places")
        assert "asked before" in await s.presses("Yusuf", "Ask like places")
        assert "The side guard of press 3 is missing" in " ".join(await s.news("Nora"))
        await s.presses("Nora", "No, not here")
        [(_, answered)] = await facts(s, "CheckAnswered")
        assert answered["in_order"] is True


async def test_the_evidence_pack_holds_all_with_its_hashes_and_is_the_same_twice(
    database_url: str, tmp_path: Path
) -> None:
    """Two packs of the same data are one file; a changed byte is found; the index names every file."""
    async with site(database_url, tmp_path) as s:
        await visited(s)
        await s.presses("Sam", "Look")
        await s.presses("Sam", "Add photos or documents")
        await s.sends_file("Sam", "../../evil.sh", b"#!/bin/sh")
        await s.presses("Sam", "That is all")
        for _ in range(2):
            await s.says("Yusuf", "/visits")
            await s.presses("Yusuf", "Labour inspectorate")
            await s.presses("Yusuf", "Evidence pack")
            await s.forward(minutes=1)
        assert "Evidence pack with 2 files" in " ".join(await s.news("Yusuf"))
        refs = await s.ask(lambda session: session.scalars(select(VisitPackRow.media)).all())
        assert len(refs) == 1, "the same data give the same bytes"
        made = media.open_ref(refs[0])
        assert pack.problems_of(made) == []
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            names = archive.namelist()
            manifest = json.loads(archive.read("manifest.json"))
            files = {name: archive.read(name) for name in names}
            assert files["index.pdf"].startswith(b"%PDF")
        assert sorted(names) == names
        assert {"manifest.json", "index.pdf", "findings.csv", "evidence/01-01-finding.jpg"} <= set(names)
        assert all(re.fullmatch(r"(evidence/)?[a-z0-9.-]+", name) for name in names), "no name from outside is a path"
        assert [each["name"] for each in manifest["files"] if "name" in each][1].endswith("evil.sh")
        files["findings.csv"] += b"x"
        assert [line.split(":")[0] for line in pack.problems_of(pack.zipped(files))] == ["findings.csv"]
        del files["index.pdf"]
        assert "index.pdf: is missing" in pack.problems_of(pack.zipped(files))


async def opened(s: Story, path: str) -> tuple[int, str, dict[str, str]]:
    """A guest's browser: no cookie, nothing but the address."""
    async with (
        aiohttp.ClientSession() as browser,
        browser.get(s.house.settings.address + path, allow_redirects=False) as answer,
    ):
        return answer.status, (await answer.read()).decode(errors="replace"), dict(answer.headers)


async def test_a_guest_reads_one_visit_and_nothing_else_until_the_link_ends_or_is_taken_back(
    database_url: str, tmp_path: Path
) -> None:
    """The secret is kept as a hash; each view is on record; another visit, the desk and old links stay shut."""
    async with site(database_url, tmp_path) as s:
        await visited(s)
        await s.says("Yusuf", "/visits")
        await s.presses("Yusuf", "Labour inspectorate")
        await s.presses("Yusuf", "Access for the inspector")
        await s.presses("Yusuf", "🔗 1 day" if any("1 day" in b for b in await s.buttons("Yusuf")) else "24 hr")
        told = await s.sees("Yusuf")
        path = re.search(r"/guest/[0-9a-f]{32}", told)
        assert path is not None
        link = path[0]
        kept = await s.ask(lambda session: session.scalar(select(GuestLinkRow.secret)))
        assert link.rpartition("/")[2] not in kept

        status, page, headers = await opened(s, link)
        assert status == 200
        assert "The side guard of press 3 is missing" in page
        assert "Sam Okafor" not in page, "who answers for it is the company's own business"
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "Set-Cookie" not in headers
        files = re.findall(r'href="(/guest/[^"]+/files/[0-9]+)"', page)
        status, _, headers = await opened(s, files[0])
        assert (status, headers["Content-Type"], headers["Cache-Control"]) == (200, "image/jpeg", "no-store")
        assert (await opened(s, f"{link}/files/999"))[0] == 404
        for other in ("/desk", "/desk/visits", "/desk/visits/1", "/desk/visits/1/files/1"):
            assert (await opened(s, other))[0] in (303, 401), other
        views = await s.ask(lambda session: session.scalars(select(GuestViewRow.what).order_by(GuestViewRow.id)).all())
        assert views == ["page:open", "file:1:open", "file:999:open"]

        await s.forward(minutes=5)
        told = await s.ask(lambda session: str(session.scalars(select(OutboxRow.payload)).all()))
        assert link.rpartition("/")[2] not in told, "nor does the outbox keep it"
        assert link in " ".join([m.get("text", "") for m in await s.screen("Yusuf")]), "the phone does"

        await s.presses("Yusuf", "Access for the inspector")
        assert "👁 3" in await s.sees("Yusuf")
        await s.presses("Yusuf", "Take back No. 1")
        assert "was taken back" in (await opened(s, link))[1]
        assert (await opened(s, files[0]))[0] == 404
        assert "opens nothing" in (await opened(s, "/guest/" + "0" * 32))[1]

        await s.presses("Yusuf", "🔗 1 day" if any("1 day" in b for b in await s.buttons("Yusuf")) else "24 hr")
        again = re.search(r"/guest/[0-9a-f]{32}", await s.sees("Yusuf"))
        assert again is not None
        assert "side guard" in (await opened(s, again[0]))[1]
        await s.forward(hours=25)
        status, page, _ = await opened(s, again[0])
        assert "has ended" in page
        assert "side guard" not in page
