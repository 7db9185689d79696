"""The drill of docs/howto/rotate-the-token.md as processes: the token is revoked in the middle of work, and nothing is lost."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from tests.deploy.running import PATIENCE_S, TOKEN, machine
from tests.proofs.counted import SABOTAGED, counted

NEW = "4545:another-token-another-token-another-xyz"
MOST_S = 600


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("sabotaged", SABOTAGED)
async def test_a_token_is_changed_in_minutes_and_nothing_is_lost(tmp_path: Path, sabotaged: bool) -> None:
    """The old one is refused and the process ends; with the new one in its file everybody is answered.

    Sabotaged, nobody puts the new one there.
    """
    async with machine(tmp_path) as m:
        m.start()
        first = m.write(5)
        assert await m.answered(first, PATIENCE_S) == 5
        revoked = time.monotonic()
        m.simulator.world.by_token[NEW] = m.simulator.world.by_token.pop(TOKEN)
        m.bot.token = NEW
        waiting = m.write(20)
        assert m.process is not None
        ended = await asyncio.to_thread(m.process.wait, PATIENCE_S)
        refused = [c for c in m.simulator.log.after(0) if c["method"] == "sendMessage" and not c["took_effect"]]
        before = await asyncio.to_thread(m.davy, "doctor")
        if not sabotaged:
            m.token.write_text(NEW)
        after = await asyncio.to_thread(m.davy, "doctor")
        m.start()
        heard = await m.answered(waiting, 8 if sabotaged else PATIENCE_S)
        took = time.monotonic() - revoked
        log = m.simulator.log.after(0)
    sys.stdout.write(
        f"\nfrom the revocation to the last answer: {took:.1f} s; exit {ended}; {len(refused)} calls refused\n"
    )
    counted("the token is revoked while people write", len(waiting), heard, sabotaged=sabotaged)
    assert ended != 0, "a process whose token is refused ends, so that somebody looks"
    assert "BAD token" in before.stdout
    assert ("ok  token" in after.stdout) is not sabotaged
    assert (heard == len(waiting)) is not sabotaged
    if not sabotaged:
        assert took < MOST_S
        shown = [c["params"]["chat_id"] for c in log if c["method"] == "sendMessage" and c["took_effect"]]
        assert len(shown) == len({str(chat) for chat in shown}), "somebody was answered twice"
