"""The shipped topology as processes: a replica dies, the primary dies, a replica is stopped; people notice nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.deploy.test_lint import HAPROXY, NO_HAPROXY
from tests.deploy.topology import status, topology
from tests.proofs.counted import counted
from tests.proofs.failover import kill, promote


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.skipif(HAPROXY is None, reason=NO_HAPROXY)
async def test_whatever_one_process_dies_everybody_gets_an_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Through the balancer: one replica killed and back, the primary killed and the standby promoted, the other replica stopped."""
    took = {}
    async with topology(tmp_path / "data") as t:
        took["all up"] = await t.answered(t.write(20))
        assert status(f"{t.front}/metrics") == 403
        t.kill("a")
        took["one replica killed"] = await t.answered(t.write(20))
        t.start("a")
        urls = [f"http://127.0.0.1:{port}/health" for port in t.ports.values()]
        while [await asyncio.to_thread(status, url) for url in urls] != [200, 200]:
            await asyncio.sleep(0.2)
        kill(t.primary)
        people = t.write(20)
        await asyncio.sleep(1)
        await asyncio.to_thread(promote, t.standby)
        took["primary killed"] = await t.answered(people)
        t.processes["b"].terminate()
        took["a replica stopped"] = await t.answered(t.write(20))
        assert t.processes["b"].wait(15) == 0
    with capsys.disabled():
        print("\nanswered all after: " + ", ".join(f"{what} {seconds:.1f} s" for what, seconds in took.items()))
    counted("a replica, then the primary is killed behind the balancer: people", 80, 80)
    assert max(took.values()) < 30


@pytest.mark.prove
@pytest.mark.sabotage
@pytest.mark.timeout(600)
@pytest.mark.skipif(HAPROXY is None, reason=NO_HAPROXY)
async def test_a_house_of_one_replica_is_noticed(tmp_path: Path) -> None:
    """The sabotage: there is nobody to take over."""
    async with topology(tmp_path / "data") as t:
        t.kill("b")
        await t.answered(t.write(5))
        t.kill("a")
        people = t.write(20)
        with pytest.raises(AssertionError, match="got no answer"):
            await t.answered(people, patience=8)
        held = len(set(people) & t.told())
    counted("a replica, then the primary is killed behind the balancer: people", 20, held, sabotaged=True)
