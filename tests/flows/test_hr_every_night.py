"""People as HR has them, every night from a folder: the newest file once, and nothing that somebody should be asked about."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import looking
from bot.features import rooms
from bot.ledger.tables import FactRow
from bot.onboarding.sample import load_sample
from bot.people import actions
from bot.people import store as people
from bot.people.model import Role
from tests.conftest import ROOT
from tests.flows.house import Story, story

LEAVER, MOVER, RISES, FALLS = "L-1043", "L-1042", "L-1042", "L-1002"
LINES = (ROOT / "content" / "sample" / "people.csv").read_text(encoding="utf-8").splitlines()
ADMIN = "L-1001"


@pytest.fixture
async def works(database_url: str, tmp_path: Path) -> AsyncIterator[Story]:
    """The sample company with a folder of HR; its administrator has a phone."""
    (tmp_path / "hr").mkdir()
    chosen = tuple(room for room in rooms() if room.name in {"onboarding", "delivery"})
    async with story(database_url, tmp_path, rooms=chosen, prepare=load_sample, hr_folder=tmp_path / "hr") as s:
        grace = await s.employee(ADMIN)
        (top,) = [unit for unit in await s.ask(people.units) if unit.parent is None]
        await s.db(actions.grant, grace.id, Role.ADMIN, top.id, s.now)
        yield s


def puts(folder: Path, lines: list[str], name: str = "people.csv", age: float = 3600, s: Story | None = None) -> Path:
    """HR's machine writes a file; `age` is how many seconds ago."""
    path = folder / "hr" / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    when = (s.now.timestamp() if s is not None else time.time()) - age
    os.utime(path, (when, when))
    return path


async def facts(s: Story) -> list[tuple[str, dict[str, object]]]:
    """What became of files, in order."""
    query = select(FactRow.kind, FactRow.body).where(FactRow.key.startswith("hr-file:")).order_by(FactRow.id)
    return [(row.kind, row.body) for row in await s.ask(lambda session: session.execute(query).all())]


async def works_here(s: Story, badge: str) -> bool:
    """Whether somebody does."""
    found = await s.ask(lambda session: people.person_by_badge(session, badge, s.now))
    return found is not None and found.left_on is None


async def roles(s: Story, badge: str) -> set[Role]:
    """What somebody is."""
    found = await s.ask(lambda session: people.person_by_badge(session, badge, s.now))
    assert found is not None
    viewer = await s.ask(lambda session: people.viewer(session, found.id, s.now))
    return {grant.role for grant in viewer.grants}


def without(*badges: str) -> list[str]:
    """The sample's file without some."""
    return [line for line in LINES if line.split(",")[0] not in badges]


async def test_the_newest_file_is_taken_in_once_and_put_away(works: Story, tmp_path: Path) -> None:
    """One leaves by it; the older file beside it is never looked at; the next looks find nothing to do."""
    s = works
    puts(tmp_path, LINES[:3], "old.csv", 9000, s)
    puts(tmp_path, without(LEAVER), s=s)
    await s.forward(hours=2)
    await s.forward(minutes=10)
    assert not await works_here(s, LEAVER)
    assert await facts(s) == [("HrFileTaken", {"joined": 0, "moved": 0, "left": 1})]
    assert any("0 came, 0 moved, 1 left" in words for words in await s.news("Grace"))
    assert [p.name.partition("-")[2] for p in (tmp_path / "hr" / "taken").iterdir()] == ["people.csv"]
    (tmp_path / "hr" / "old.csv").unlink()
    await s.forward(hours=5)
    assert len(await facts(s)) == 1


async def test_a_file_by_which_many_would_leave_waits_for_somebody_to_ask(works: Story, tmp_path: Path) -> None:
    """Half the company is not in it: nobody leaves, it lies in refused/ with the reason, and doctor says so."""
    s = works
    puts(tmp_path, LINES[: len(LINES) // 2], s=s)
    await s.forward(hours=2)
    await s.forward(minutes=10)
    ((kind, body),) = await facts(s)
    assert (kind, body["why"]) == ("HrFileRefused", "leavers")
    assert await works_here(s, LEAVER)
    names = sorted(p.suffix for p in (tmp_path / "hr" / "refused").iterdir())
    assert names == [".csv", ".txt"]
    assert any("would leave" in words for words in await s.news("Grace"))
    (found,) = await s.ask(lambda session: list(looking.people_file(session, s.house.settings, s.now)))
    assert found.good is False


async def test_a_file_with_mistakes_changes_nothing_and_each_is_listed(works: Story, tmp_path: Path) -> None:
    """As `davy import people` lists them: place and what to do."""
    s = works
    lines = [line.replace("worker", "wroker", 1) for line in without(LEAVER)]
    puts(tmp_path, lines, s=s)
    await s.forward(hours=2)
    await s.forward(minutes=10)
    ((kind, body),) = await facts(s)
    assert (kind, body["why"]) == ("HrFileRefused", "mistakes")
    assert await works_here(s, LEAVER)
    (listed,) = (tmp_path / "hr" / "refused").glob("*.txt")
    assert "wroker" in listed.read_text()
    assert len(listed.read_text().splitlines()) == body["count"]


async def test_a_file_that_changes_a_quarter_of_the_staff_is_left(works: Story, tmp_path: Path) -> None:
    """Columns that moved by one look like a company in which everybody has another name."""
    s = works
    head, *rows = LINES
    at = head.split(",").index("name")
    wrong = [",".join(cell + (" X" if n == at else "") for n, cell in enumerate(row.split(","))) for row in rows]
    puts(tmp_path, [head, *wrong], s=s)
    await s.forward(hours=2)
    await s.forward(minutes=10)
    ((kind, body),) = await facts(s)
    assert (kind, body["why"]) == ("HrFileRefused", "changes")


async def test_a_file_that_is_still_being_written_is_left_alone(works: Story, tmp_path: Path) -> None:
    """It was touched a moment ago; an hour later it is taken."""
    s = works
    path = puts(tmp_path, without(LEAVER)[:4], age=-3590, s=s)
    await s.forward(hours=1)
    assert await facts(s) == []
    path.unlink()
    puts(tmp_path, without(LEAVER), s=s)
    await s.forward(hours=2)
    await s.forward(minutes=10)
    assert [kind for kind, _ in await facts(s)] == ["HrFileTaken"]


async def test_a_folder_in_which_nothing_may_be_written_is_read_once_all_the_same(
    works: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file stays where it is; what it is known by is a fact, so it is not taken again."""
    s = works

    def refuses(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "replace", refuses)
    puts(tmp_path, without(LEAVER), s=s)
    await s.forward(hours=8)
    assert [kind for kind, _ in await facts(s)] == ["HrFileTaken"]
    assert (tmp_path / "hr" / "people.csv").exists()


async def test_what_two_people_decide_about_no_file_decides_at_night(works: Story, tmp_path: Path) -> None:
    """Whoever can write to the folder would else be a second person of their own making: a manager more, another one less."""
    s = works
    rows = dict(zip((line.split(",")[0] for line in LINES), (line.split(",") for line in LINES), strict=True))
    at = LINES[0].split(",").index("roles")
    rows[RISES][at] = "manager@Lamplight Works;trainer@Lamplight Works"
    rows[FALLS][at] = "employee"
    last = LINES[0].split(",").index("left_on")
    rows[ADMIN][last] = "2020-01-01"
    lines = [",".join(row) for badge, row in rows.items() if badge != LEAVER]
    for night in range(3):
        puts(tmp_path, lines, f"people-{night}.csv", s=s)
        await s.forward(hours=2)
        await s.forward(minutes=10)
    assert not await works_here(s, LEAVER)
    assert await roles(s, RISES) == {Role.TRAINER}
    assert Role.MANAGER in await roles(s, FALLS)
    told = [words for words in await s.news("Grace") if "two people decide about" in words]
    assert len(told) == 1
    assert RISES in told[0]
    assert FALLS in told[0]
    assert await works_here(s, ADMIN)


async def test_what_two_people_gave_is_no_news_and_a_joiner_is_named_by_their_badge(
    works: Story, tmp_path: Path
) -> None:
    """The file says that Ana is a manager, as she is; somebody who begins next week would come as one."""
    s = works
    ana, grace = await s.employee(RISES), await s.employee(ADMIN)
    site = next(unit for unit in await s.ask(people.units) if unit.name == "Harbour Works")
    await s.db(actions.grant, ana.id, Role.MANAGER, site.id, s.now, by=grace.id)
    at = LINES[0].split(",").index("roles")
    lines = [
        ",".join([*r[:at], "manager@Harbour Works", *r[at + 1 :]]) if (r := each.split(","))[0] == RISES else each
        for each in LINES
    ]
    puts(tmp_path, lines, s=s)
    await s.forward(hours=2)
    await s.forward(minutes=10)
    assert not [words for words in await s.news("Grace") if "two people decide about" in words]
    begins = (s.now + timedelta(days=7)).date().isoformat()
    new = LINES[1].replace(ADMIN, "L-9001").replace("Grace Lindqvist", "Nia Adeyemi").replace("2014-03-03", begins)
    puts(tmp_path, [*lines, new], "more.csv", s=s)
    await s.forward(hours=2)
    await s.forward(minutes=10)
    (told,) = [words for words in await s.news("Grace") if "two people decide about" in words]
    assert "L-9001" in told
