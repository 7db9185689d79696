"""Davy runs as nobody, on a file system of which only its folder may be written to."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.deploy.running import NOBODY, PATIENCE_S, READ_ONLY, machine, may_take_rights_away
from tests.proofs.counted import SABOTAGED, counted

NO_RIGHTS = "rights can be taken away only by root on Linux"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(not may_take_rights_away(), reason=NO_RIGHTS)
@pytest.mark.parametrize("sabotaged", SABOTAGED)
async def test_it_needs_no_rights_and_writes_to_its_folder_alone(tmp_path: Path, sabotaged: bool) -> None:
    """It serves, draws, backs up and looks after itself. Sabotaged, its own folder is read-only as well."""
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)  # nobody has to find the way
    async with machine(tmp_path) as m:
        os.chown(m.data, NOBODY, NOBODY)
        m.token.chmod(0o644)
        m.environment |= {"DATA_TOO": "yes" if sabotaged else "no", "HOME": "/nonexistent"}
        m.environment["DAVY_BACKUP_DIR"] = str(m.data / "backups")
        m.before = ("unshare", "-m", "sh", "-c", READ_ONLY, "sh", str(m.data))
        m.start()
        people = m.write(5)
        heard = await m.answered(people, 10 if sabotaged else PATIENCE_S)
        owners = {path.stat().st_uid for path in m.data.rglob("*")}
        backup = await asyncio.to_thread(m.davy, "backup")
        doctor = await asyncio.to_thread(m.davy, "doctor")
    held = [heard == 5, owners == {NOBODY}, backup.returncode == 0, "ok  fonts" in doctor.stdout]
    said = f"{heard} of 5 heard, owners {owners}, {backup.stderr[-500:]}, {doctor.stdout}"
    counted("no rights, and a read-only file system", len(held), sum(held), sabotaged=sabotaged)
    assert all(held) is not sabotaged, said
