"""Two replicas at once, and clocks that jump: leases, sealing, first rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.db.writer import Writer
from bot.delivery import leases
from bot.delivery.tables import LeaseRow
from bot.ledger import sealing
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.ledger.tables import BlockMemberRow, FactRow
from bot.media import pictures
from bot.media import store as media
from tests.store.conftest import NOON

SEEN = FactKind("Seen", 1, ("number",), "something was seen")


def fact(session: Session, number: int) -> None:
    """Records a fact."""
    record(session, Fact(SEEN, f"seen:{number}", NOON, body={"number": number}), NOON)


def beside(engine: Engine, first: Callable[[Session], Any], second: Callable[[Session], Any]) -> list[Any]:
    """Both in transactions of their own; the second begins while the first is not committed."""
    inside, go = threading.Event(), threading.Event()

    def slowly(session: Session) -> Any:
        result = first(session)
        session.flush()
        inside.set()
        go.wait(1.0)
        return result

    one, two = Writer(engine), Writer(engine)
    try:
        futures: list[Future[Any]] = [one.submit(slowly)]
        assert inside.wait(5)
        futures.append(two.submit(second))
        threading.Timer(0.3, go.set).start()
        return [future.result(10) for future in futures]
    finally:
        one.stop()
        two.stop()


@pytest.mark.parametrize("sealed_before", [False, True])
def test_two_sealers_at_once_leave_one_chain(make_database_url: Any, sealed_before: bool) -> None:
    """On PostgreSQL both may run: the second waits, and then follows the first's block."""
    engine = connect(make_database_url("postgresql"))
    writer = Writer(engine)
    for number in range(3):
        writer.run(fact, number)
    if sealed_before:
        writer.run(sealing.seal_block, NOON)
        writer.run(fact, 3)

    def seal(session: Session) -> bool:
        return sealing.seal_block(session, NOON)

    def seal_another(session: Session) -> bool:
        fact(session, 99)
        return sealing.seal_block(session, NOON)

    beside(engine, seal, seal_another)
    writer.run(sealing.seal_block, NOON)
    assert writer.run(sealing.broken_blocks) == []
    assert writer.run(sealing.unsealed) == 0
    writer.stop()
    engine.dispose()


def test_two_replicas_that_start_together_agree_who_sends(make_database_url: Any) -> None:
    """On an empty database: one gets the lease, the other is told so and does not fail."""
    engine = connect(make_database_url("postgresql"))
    found = beside(engine, lambda s: leases.take(s, "sender", "one"), lambda s: leases.take(s, "sender", "two"))
    assert found == [1, None]
    engine.dispose()


def test_a_lease_from_the_future_holds_up_nobody(writer: Writer) -> None:
    """The machine's clock was set back by an hour: a lease never lasts longer than its seconds."""
    writer.run(leases.take, "sender", "one")
    writer.run(lambda s: setattr(s.get(LeaseRow, "sender"), "until", leases.database_time(s) + 3600))
    assert writer.run(leases.take, "sender", "two") == 2


def test_what_was_committed_late_is_sealed_with_the_next_block(writer: Writer) -> None:
    """Numbers are given before the commit: a lower one may come when higher ones are sealed already."""
    for number in (*range(5), *range(6, 10)):
        writer.run(fact, number)
    while writer.run(sealing.seal_block, NOON):
        pass
    writer.run(lambda s: s.execute(update(FactRow).where(FactRow.key == "seen:9").values(id=1000)) and None)
    writer.run(lambda s: s.execute(update(BlockMemberRow).where(BlockMemberRow.fact_id == 9).values(fact_id=1000)))
    writer.run(fact, 9_999)
    writer.run(lambda s: s.execute(update(FactRow).where(FactRow.key == "seen:9999").values(id=9)) and None)
    writer.run(sealing.seal_block, NOON)
    assert writer.run(sealing.unsealed) == 0
    assert writer.run(sealing.broken_blocks) == []


def test_a_file_put_by_two_hands_at_once_is_whole(tmp_path: Path) -> None:
    """Neither trips over the other's unfinished file."""
    media.use(tmp_path)
    data = b"x" * 2_000_000
    errors: list[BaseException] = []

    def put() -> None:
        try:
            media.put(data, "a.bin")
        except BaseException as error:
            errors.append(error)

    for _ in range(10):
        threads = [threading.Thread(target=put) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        media.erase(media.put(data, "a.bin"))


def test_whatever_is_wrong_with_a_picture_it_is_a_bad_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoder fails in its own ways on files made to break it; none of them may reach the worker as something else."""

    def breaks(image: Any) -> bytes:
        raise IndexError("index out of range")

    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    monkeypatch.setattr(pictures, "_again", breaks)
    with pytest.raises(pictures.BadPicture):
        pictures.clean(out.getvalue())
