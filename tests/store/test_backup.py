"""A backup is taken while writes go on, and restored into an empty place: nothing that was committed before it is missing."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from bot.backup import places, restoring
from bot.backup.model import BadBackup
from bot.backup.restoring import check, restore
from bot.backup.taking import take
from bot.db.base import Base
from bot.db.engine import connect
from bot.db.migrate import newest, revision_of
from bot.db.once import insert_once
from bot.db.schema import load_tables
from bot.db.writer import Writer
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.delivery.tables import HeardRow, OutboxRow
from bot.kit.replies import Message
from bot.kit.texts import text as words
from bot.ledger.sealing import broken_blocks, seal_block
from bot.library.loading import load_shipped
from bot.media import store as media
from bot.onboarding.sample import load_sample
from tests.proofs.counted import counted

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
HERE = "0123456789abcdef"


@pytest.fixture
def furnished(database_url: str, tmp_path: Path) -> str:
    """The sample company with the shipped content, sealed facts, and two pictures."""
    media.use(tmp_path / "media")
    media.put(b"a picture", "a.jpg")
    media.put(b"a film", "b.mp4")
    engine = connect(database_url)
    with Session(engine) as session, session.begin():
        load_sample(session, NOW)
        load_shipped(session, NOW)
        while seal_block(session, NOW):
            pass
    engine.dispose()
    return database_url


@pytest.fixture
def fresh(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a place of the same engine where nothing is."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/elsewhere/davy.sqlite3"
        return
    server = request.getfixturevalue("postgres")
    yield server.create_database("davy_restored")
    server.drop_database("davy_restored")


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """An engine for a while."""
    engine = connect(url)
    try:
        yield engine
    finally:
        engine.dispose()


def contents(url: str) -> dict[str, list[str]]:
    """Every row of every table as words, in the order of the words."""
    load_tables()
    with opened(url) as engine, engine.connect() as connection:
        found = {t.name: sorted(map(repr, connection.execute(select(t)))) for t in Base.metadata.sorted_tables}
        connection.rollback()
        assert set(found) | {"alembic_version"} >= {
            n for n in inspect(engine).get_table_names() if "_y2" not in n and not n.endswith("_rest")
        }
    return found


def test_a_backup_restored_into_an_empty_place_is_the_same(furnished: str, fresh: str, tmp_path: Path) -> None:
    """Every row of every table, every picture; the ledger's chain is whole, and new rows get new numbers."""
    folder = take(furnished, tmp_path / "media", tmp_path / "backups", HERE, NOW)
    manifest = restore(folder, fresh, tmp_path / "new-media")
    assert contents(fresh) == contents(furnished)
    assert manifest.rows["person"] > 10
    assert manifest.media == 2
    assert sorted(p.name for p in (tmp_path / "new-media").glob("??/*")) == places.media_of(folder)
    with opened(fresh) as engine, Session(engine) as session, session.begin():
        assert revision_of(session.connection()) == newest()
        assert broken_blocks(session) == []
        load_sample(session, NOW + timedelta(days=1))  # a counter that stood still would collide


def test_what_was_committed_before_a_backup_began_is_in_it(furnished: str, fresh: str, tmp_path: Path) -> None:
    """While a writer goes on: at most what was committed after it began is lost, and nothing in the middle."""
    with opened(furnished) as engine:
        writer = Writer(engine)
        committed: list[str] = []
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                row = {"name": f"n{len(committed):06}", "at": NOW}
                writer.run(insert_once, HeardRow, row)
                committed.append(row["name"])

        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        try:
            while len(committed) < 20:
                stop.wait(0.01)
            before = len(committed)
            folder = take(furnished, tmp_path / "media", tmp_path / "backups", HERE, NOW)
            during = len(committed) - before
        finally:
            stop.set()
            thread.join()
            writer.stop()
    restore(folder, fresh, tmp_path / "new-media")
    with opened(fresh) as engine, Session(engine) as session:
        kept = sorted(session.scalars(select(HeardRow.name).where(HeardRow.name.startswith("n"))))
    counted("a backup while people write", before, min(before, len(kept)))
    assert during > 0, "the writer stood still meanwhile"
    assert kept == [f"n{number:06}" for number in range(len(kept))]
    assert len(kept) >= before


def test_a_place_that_is_not_empty_is_left_alone(furnished: str, fresh: str, tmp_path: Path) -> None:
    """Neither rows nor pictures are ever written over."""
    folder = take(furnished, tmp_path / "media", tmp_path / "backups", HERE, NOW)
    before = contents(furnished)
    with pytest.raises(BadBackup, match="empty"):
        restore(folder, furnished, tmp_path / "new-media")
    with pytest.raises(BadBackup, match="not empty"):
        restore(folder, fresh, tmp_path / "media")
    assert contents(furnished) == before


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_copy_of_the_file_alone_is_noticed(make_database_url: Callable[[str], str], tmp_path: Path) -> None:
    """The sabotage: the database's file is copied as any file, beside a writer."""
    url = make_database_url("sqlite")
    file = Path(url.removeprefix("sqlite:///"))
    with opened(url) as engine:
        writer = Writer(engine)
        for number in range(50):
            writer.run(insert_once, HeardRow, {"name": f"n{number:06}", "at": NOW})
        shutil.copyfile(file, tmp_path / "copy.sqlite3")
        writer.stop()
    with opened(f"sqlite:///{tmp_path}/copy.sqlite3") as engine, Session(engine) as session:
        kept = len(session.scalars(select(HeardRow.name)).all())
    counted("a backup while people write", 50, kept, sabotaged=True)
    assert kept < 50


@pytest.mark.parametrize("ending", ["gz", "sqlite3", "jpg", "json", "txt"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    furnished: str, fresh: str, tmp_path: Path, ending: str
) -> None:
    """One byte of any file is enough."""
    folder = take(furnished, tmp_path / "media", tmp_path / "backups", HERE, NOW)
    files = [p for p in (tmp_path / "backups").rglob(f"*.{ending}") if p.stat().st_size]
    if not files:
        return  # a file of the other engine
    damaged = files[0].read_bytes()
    files[0].write_bytes(damaged[:-1] + bytes([damaged[-1] ^ 1]))
    refused = is_refused(folder, fresh, tmp_path / "new-media")
    counted("a backup is damaged by one bit", 1, int(refused))
    assert refused
    assert not (tmp_path / "new-media").exists()
    assert not (tmp_path / "elsewhere").exists()


def is_refused(folder: Path, database_url: str, media: Path) -> bool:
    """Whether restoring says no."""
    try:
        restore(folder, database_url, media)
    except BadBackup:
        return True
    return False


@pytest.mark.prove
@pytest.mark.sabotage
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_restore_that_trusts_what_it_reads_is_noticed(
    furnished: str, fresh: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sabotage: nobody looks at the digests, and somebody has another name."""
    folder = take(furnished, tmp_path / "media", tmp_path / "backups", HERE, NOW)
    (file,) = folder.glob("*.sqlite3")
    file.chmod(0o600)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE person SET name = 'Somebody Else' WHERE id = 1")
    monkeypatch.setattr(restoring, "check", places.manifest_of)
    refused = is_refused(folder, fresh, tmp_path / "new-media")
    counted("a backup is damaged by one bit", 1, int(refused), sabotaged=True)
    assert not refused


def test_old_backups_go_and_the_newest_stays(furnished: str, tmp_path: Path) -> None:
    """With the media that none needs; one that was interrupted is none."""
    place = tmp_path / "backups"
    take(furnished, tmp_path / "media", place, HERE, NOW - timedelta(days=40))
    media.erase(f"media:{places.media_of(places.chosen(place))[0]}")
    newest_one = take(furnished, tmp_path / "media", place, HERE, NOW - timedelta(days=35))
    (place / ".20261118T150000Z.1").mkdir()
    assert places.forget(place, NOW - timedelta(days=30)) == 1
    assert [folder for _, folder in places.made(place)] == [newest_one]
    assert len(list((place / "media").glob("??/*"))) == 1
    assert check(newest_one).media == 1
    assert places.age(place, NOW) == timedelta(days=35)


def test_what_may_have_been_sent_since_counts_as_uncertain(furnished: str, fresh: str, tmp_path: Path) -> None:
    """An alert that is sent again says that it is a repeat."""
    with opened(furnished) as engine, Session(engine) as session, session.begin():
        person = session.scalar(text("SELECT min(id) FROM person")) or 0
        outbox.send(session, outbox.to_person(person), Message(words("web.login")), Lane.ALERT, NOW, key="test:alert")
    folder = take(furnished, tmp_path / "media", tmp_path / "backups", HERE, NOW)
    restore(folder, fresh, tmp_path / "new-media")
    with opened(fresh) as engine, Session(engine) as session:
        assert session.scalar(select(OutboxRow.uncertain).where(OutboxRow.key == "test:alert")) is True


def test_a_backup_of_a_newer_davy_is_refused(furnished: str, fresh: str, tmp_path: Path) -> None:
    """Its schema is not known here."""
    folder = take(furnished, tmp_path / "media", tmp_path / "backups", HERE, NOW)
    manifest = folder / places.MANIFEST
    manifest.write_text(manifest.read_text().replace(str(newest()), "z99_later"))
    with pytest.raises(BadBackup, match="newer Davy"):
        restore(folder, fresh, tmp_path / "new-media")
