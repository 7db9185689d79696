"""A time-stamping service signs the day's anchor: a past that is made anew afterwards has no stamp of its day."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.assessment.issuing import auditing
from bot.delivery import seals
from bot.kit.seal import Seal
from bot.ledger import anchoring, timestamping
from bot.ledger.anchoring import Outside
from bot.ledger.sealing import broken_blocks, seal_block
from bot.ledger.tables import AnchorRow, BlockMemberRow, BlockRow, FactRow
from tests.proofs.counted import counted
from tests.store.openssl_stamps import authority, service
from tests.store.test_anchoring import SECRET, said, session

__all__ = ["session"]
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here to be a time-stamping service")
TODAY = datetime.now(UTC)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority whose root is trusted."""
    folder = tmp_path_factory.mktemp("stamps") / "ours"
    authority(folder)
    return folder


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another authority, which nobody trusts."""
    folder = tmp_path_factory.mktemp("stamps") / "other"
    authority(folder)
    return folder


@pytest.fixture
def stamped(session: Session, place: Path) -> Iterator[Session]:
    """A ledger of which today's anchor bears a stamp."""
    with service(place) as address:
        said(session, Outside(service=address, roots=place / "root.pem"), TODAY)
        yield session


def audit(session: Session, place: Path) -> auditing.Audit:
    """As `davy audit verify` does it."""
    seals.use(Seal(SECRET))
    return auditing.audit(session, [], place / "root.pem")


def made_anew(session: Session) -> None:
    """A fact is changed, and all is sealed and anchored once more, so that everything fits."""
    session.execute(update(FactRow).where(FactRow.key == "added:1").values(kind="PersonLeft"))
    session.execute(delete(BlockMemberRow))
    session.execute(delete(BlockRow))
    while seal_block(session, TODAY):
        pass
    last = session.scalar(select(BlockRow).order_by(BlockRow.id.desc()).limit(1))
    assert last is not None
    session.execute(update(AnchorRow).values(block_id=last.id, digest=last.digest))
    assert broken_blocks(session) == []


def test_a_day_is_stamped_and_the_audit_checks_it(stamped: Session, place: Path) -> None:
    """By the certificates that the operator trusts, with the time of the service."""
    found = audit(stamped, place)
    assert found.problems == ()
    assert found.heads == 1
    assert found.stamps.startswith(f"1 days stamped by a service, the first at {TODAY:%Y-%m-%d}")
    assert stamped.scalar(select(AnchorRow.ways)) == "stamp"


def test_a_past_that_was_made_anew_is_not_what_was_stamped(stamped: Session, place: Path) -> None:
    """Whoever owns database and machine can make everything fit but the stamp of that day."""
    assert audit(stamped, place).problems == ()
    made_anew(stamped)
    alone = auditing.audit(stamped, []).problems
    found = audit(stamped, place).problems
    counted("the ledger and its anchors are made anew: a time stamp", 1, len(found))
    counted("the ledger and its anchors are made anew: a time stamp", 1, len(alone), sabotaged=True)
    assert alone == ()
    assert "is not what was stamped" in found[0]


def test_a_stamp_that_was_fetched_later_is_seen(session: Session, place: Path) -> None:
    """A chain made anew today can be stamped today, and not as of last month."""
    with service(place) as address:
        said(session, Outside(service=address, roots=place / "root.pem"), TODAY - timedelta(days=30))
    (problem,) = audit(session, place).problems
    assert "was stamped on" in problem


def test_a_stamp_of_an_authority_that_nobody_trusts_is_not_taken(session: Session, place: Path, other: Path) -> None:
    """Neither when it comes nor afterwards; the anchor stays unsaid."""
    with service(other) as address:
        with pytest.raises(timestamping.BadStamp):
            timestamping.stamp(address, b"words", place / "root.pem")
        signed = timestamping.stamp(address, b"words", other / "root.pem")
        with pytest.raises(timestamping.BadStamp):
            said(session, Outside(service=address, roots=place / "root.pem"), TODAY)
    with pytest.raises(timestamping.BadStamp):
        timestamping.check(signed, b"words", place / "root.pem")
    with pytest.raises(timestamping.BadStamp):
        timestamping.check(signed, b"other words", other / "root.pem")
    with pytest.raises(timestamping.BadStamp):
        timestamping.check(b"nonsense", b"words", place / "root.pem")
    assert anchoring.unsaid(session, TODAY + timedelta(hours=2)) == 1
