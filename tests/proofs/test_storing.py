"""Many writers on one SQLite file, and a disk on which writing fails. Each proof has a sabotage that must make it fail."""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.features import _room
from bot.media import store as media
from tests.conftest import PROVING
from tests.flows.hazards_company import company, photo
from tests.flows.house import Story, story
from tests.proofs.counted import SABOTAGED, counted
from tests.proofs.counting import WRITERS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("plainly", SABOTAGED)
async def test_eight_writers_on_one_file_lose_nothing(tmp_path: Path, plainly: bool) -> None:
    """Every read-and-add counts and none finds the file locked. Sabotaged: without our transactions."""
    file, times = tmp_path / "counter.sqlite3", 500 if PROVING or plainly else 40
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE counter (value INTEGER)")
        connection.execute("INSERT INTO counter VALUES (0)")
    words = ["-m", "tests.proofs.counting", str(file), str(times), *(["--plainly"] if plainly else [])]
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    with sqlite3.connect(file) as connection:
        (value,) = connection.execute("SELECT value FROM counter").fetchone()
    counted("eight processes write to one SQLite file", WRITERS * times, min(value, WRITERS * times), sabotaged=plainly)
    whole = value == WRITERS * times and process.returncode == 0
    assert whole is not plainly, (value, told.decode())


class Failing:
    """Lets one step of keeping a file fail, `times` times, with a full disk."""

    def __init__(self, step: str, times: int, patch: pytest.MonkeyPatch) -> None:
        self.left = self.planned = times
        if step in ("mkdir", "open", "replace"):
            real = getattr(Path, step)
            patch.setattr(Path, step, self._around(real, lambda path: "media" in Path(path).parts))
        elif step == "write":
            patch.setattr(media, "os", _Os(self))
        else:
            patch.setattr(os, "fsync", self._around(os.fsync, lambda handle: isinstance(handle, int)))

    def _around(self, real: Callable[..., Any], ours: Callable[[Any], bool]) -> Callable[..., Any]:
        def step(what: Any, *args: Any, **kwargs: Any) -> Any:
            if ours(what):
                self.strike()
            return real(what, *args, **kwargs)

        return step

    def strike(self) -> None:
        """Fails, as long as it is to."""
        if self.left:
            self.left -= 1
            raise OSError(errno.ENOSPC, "No space left on device")


class _Os:
    """`os`, whose fsync finds out that what was written before it did not fit."""

    def __init__(self, failing: Failing) -> None:
        self._failing = failing

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def fsync(self, handle: int) -> None:
        """A full disk is often noticed only here."""
        self._failing.strike()
        os.fsync(handle)


EVERY = [(step, times) for step in ("mkdir", "open", "write", "replace") for times in (1, 6)]


@pytest.mark.parametrize(("step", "times"), EVERY if PROVING else [("write", 1)])
async def test_a_report_is_kept_and_rung_though_its_photo_cannot_be(
    make_database_url: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, times: int
) -> None:
    """The words are kept and alerted at once; the photo waits and is kept once there is room; no file is left over."""
    async with _reported(make_database_url, tmp_path, lambda: Failing(step, times, monkeypatch)) as (s, failing):
        assert "Oil on the floor" in await s.sees("Sam")
        assert failing.left < failing.planned
        for _ in range(12):
            await s.forward(minutes=2)
        kept, files = await _books(s)
    counted("the disk is full while a photo is kept", 1, int(bool(kept) and kept == files))
    assert failing.left == 0
    assert kept
    assert kept == files


@pytest.mark.prove
@pytest.mark.sabotage
async def test_the_proof_of_the_full_disk_fails_where_errors_are_swallowed(
    make_database_url: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: whoever keeps files does not look whether it could."""

    def put(data: bytes, name: str = "") -> str:
        try:
            return real(data, name)
        except OSError:
            return f"{media.PREFIX}{'0' * 64}.jpg"

    real = media.put
    monkeypatch.setattr(media, "put", put)
    async with _reported(make_database_url, tmp_path, lambda: Failing("replace", 1, monkeypatch)) as (s, _):
        await s.forward(minutes=2)
        kept, files = await _books(s)
    counted("the disk is full while a photo is kept", 1, int(kept == files), sabotaged=True)
    assert kept != files


class _reported:
    """A story in which Ana has reported oil on the floor with a photo, on a disk on which writing fails."""

    def __init__(self, make_database_url: Any, folder: Path, breaks: Callable[[], Failing]) -> None:
        self._story = story(make_database_url("sqlite"), folder, rooms=(_room("hazards"),), prepare=company)
        self._breaks = breaks

    async def __aenter__(self) -> tuple[Story, Failing]:
        s = await self._story.__aenter__()
        for badge in ("W-1", "S-1"):
            await s.employee(badge)
        failing = self._breaks()
        await s.sends_photo("Ana", photo(), caption="Oil on the floor")
        await s.presses("Ana", "Send now")
        return s, failing

    async def __aexit__(self, *error: Any) -> None:
        await self._story.__aexit__(*error)


async def _books(s: Story) -> tuple[set[str], set[str]]:
    """What the database says is kept, and what lies in the folder."""
    rows = await s.ask(lambda session: session.execute(text("SELECT media FROM hazard_media")).scalars().all())
    folder = s.house.settings.data_dir / "media"
    files = {media.PREFIX + path.name for path in folder.rglob("*") if path.is_file()}
    return {row for row in rows if row}, files
