"""A new version is put in place while people write: two replicas on PostgreSQL, one after the other, nobody left waiting."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tarfile
import time
from io import BytesIO
from pathlib import Path

import psycopg
import pytest

from tests.deploy.test_lint import HAPROXY, NO_HAPROXY, ROOT
from tests.deploy.topology import Topology, status, topology
from tests.proofs.counted import counted

RATE = 5


def git(*words: str) -> bytes:
    """What git says; empty where it knows nothing."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    return done.stdout.strip() if words[0] != "archive" else done.stdout


def older_version(folder: Path) -> Path:
    """The code as it was before the newest migration came: what runs while the new one is started. Skips in a shallow clone."""
    added = git("log", "-1", "--format=%H", "--diff-filter=A", "--", "bot/db/migrations/versions").decode()
    packed = git("archive", f"{added}^", "bot", "content", "quizzes") if added else b""
    if not packed:
        pytest.skip("this clone does not hold the version before the newest migration")
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


async def replaced(t: Topology, name: str) -> None:
    """As docs/howto/upgrade.md says it: end one, start the new one, wait until it is well."""
    t.processes[name].terminate()
    await asyncio.to_thread(t.processes[name].wait, 30)
    t.start(name)
    until = time.monotonic() + 120
    while await asyncio.to_thread(status, f"http://127.0.0.1:{t.ports[name]}/health") != 200:
        assert time.monotonic() < until, f"the new {name} is not well"
        await asyncio.sleep(0.2)


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.skipif(HAPROXY is None, reason=NO_HAPROXY)
async def test_a_newer_version_takes_over_and_nobody_notices(tmp_path: Path) -> None:
    """The old ones run on the old schema, then for a while on the new one, which the first new replica makes."""
    old = older_version(tmp_path / "old")
    people: list[int] = []
    looks: list[int] = []
    async with topology(tmp_path / "data", root=old) as t:
        assert t.schema() == t.newest()
        old_schema = t.schema()

        async def write() -> None:
            while True:
                people.extend(t.write(1))
                looks.append(await asyncio.to_thread(status, f"{t.front}/login"))
                await asyncio.sleep(1 / RATE)

        writing = asyncio.create_task(write())
        await asyncio.sleep(3)
        t.root = ROOT
        await replaced(t, "a")
        assert t.schema() == t.newest() != old_schema
        await asyncio.sleep(5)  # the old b on the new schema
        await replaced(t, "b")
        await asyncio.sleep(3)
        writing.cancel()
        late = await t.answered(people)
        held = len(set(people) & t.told())
    sys.stdout.write(f"\n{len(people)} people, the last answer {late:.1f} s after the last of them wrote; ")
    sys.stdout.write(f"{sum(1 for each in looks if each != 200)} of {len(looks)} looks at the dashboard failed")
    sys.stdout.write(f" ({sorted({each for each in looks if each != 200})})\n")
    counted("two replicas are replaced by a newer version under load: people", len(people), held)
    assert held == len(people)
    assert sum(1 for each in looks if each != 200) <= len(looks) / 50


@pytest.mark.prove
@pytest.mark.sabotage
@pytest.mark.timeout(900)
@pytest.mark.skipif(HAPROXY is None, reason=NO_HAPROXY)
async def test_a_schema_that_takes_something_away_is_noticed(tmp_path: Path) -> None:
    """The sabotage: a migration that renames what the running version writes."""
    async with topology(tmp_path / "data") as t:
        await t.answered(t.write(5))
        with psycopg.connect(t.primary.url("davy"), autocommit=True) as connection:
            connection.execute("ALTER TABLE outbox RENAME COLUMN lane TO way")
        people = t.write(20)
        await asyncio.sleep(8)
        held = len(set(people) & t.told())
    counted("two replicas are replaced by a newer version under load: people", 20, held, sabotaged=True)
    assert held < 20
