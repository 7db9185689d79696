"""Somebody who is erased is in no table and no file afterwards; what others did stays (long because every table has a row)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Column, Engine, Table, func, insert, select, text, update
from sqlalchemy.orm import Session

from bot.backup.restoring import restore
from bot.backup.taking import take
from bot.db.base import Base
from bot.db.engine import connect
from bot.db.files import FILE, FILES
from bot.db.schema import load_tables
from bot.delivery import seals
from bot.incidents import store as incidents
from bot.kit.privacy import DAYS, Erase, Held, Kind
from bot.kit.seal import Seal
from bot.ledger import actions as ledger
from bot.ledger.model import Fact
from bot.ledger.sealing import broken_blocks, seal_block
from bot.ledger.tables import FactRow, PseudonymRow
from bot.media import store as media
from bot.onboarding.model import PERSON_ADDED
from bot.people.tables import PersonRow
from bot.privacy import erasing, erasures, exporting, keeping
from bot.privacy.command import erase_numbers
from bot.privacy.declared import held
from bot.privacy.erasing import erase
from bot.privacy.model import OnHold
from bot.privacy.tables import LegalHoldRow
from bot.settings import Settings
from tests.proofs.counted import counted

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
CANARY, BADGE, CHAT = "Zoë Nachtigäl-Üç", "ZN-7731", 771_300_411
OTHER = "Somebody Else"
NOT_FILLED = {"fact", "fact_body", "pseudonym", "block", "block_member", "person", "legal_hold"}


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A database in which every table has a row about the canary and one in which others name them."""
    seals.use(Seal("a test's secret that is long enough"))
    ledger.subscribe(())
    media.use(tmp_path / "media")
    load_tables()
    made = connect(database_url)
    with Session(made) as session, session.begin():
        fill(session)
    yield made
    made.dispose()


def fill(session: Session) -> None:
    """Two people; in every declared table a row about each, and the words in both name the canary."""
    for number, (name, badge) in enumerate(((CANARY, BADGE), (OTHER, "SE-1")), 1):
        session.add(PersonRow(id=number, badge=badge, name=name, lang="en", joined_on=date(2026, 1, 1)))
    session.flush()
    for table in Base.metadata.sorted_tables:
        said = held()[table.name]
        for person in (1, 2):
            if table.name not in NOT_FILLED:
                session.execute(insert(table).values(row(table, said, person)))
        if isinstance(getattr(table.c.get("id"), "type", None), sa.Integer) and table.name not in NOT_FILLED:
            count_on(session, table)
    count_on(session, Base.metadata.tables["person"])
    for person in (1, 2):
        ledger.record(session, Fact(PERSON_ADDED, f"added:{person}", NOW, person=person, unit=1), NOW)
    while seal_block(session, NOW):
        pass


def count_on(session: Session, table: Table) -> None:
    """Lets the database's own counter go on after numbers that were given by hand."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), 10)"))


def row(table: Table, said: Held, person: int) -> dict[str, Any]:
    """A value for every column, as its type and its declaration want it."""
    return {column.name: value(column, said, person) for column in table.c}


def value(column: Column[Any], said: Held, person: int) -> Any:
    """One value: the person, their chat, words that name the canary, or something harmless."""
    name = column.name
    if name in said.of.split() or (name in said.by.split() and isinstance(column.type, sa.Integer)):
        return person
    if name in said.chat.split():
        return CHAT if person == 1 else 5
    if (said.table, name) in {("hazard", "reporter_seal"), ("outbox", "sealed"), ("incident_injured", "sealed")}:
        return seals.seal().close(str(person))
    if (said.table, name) == ("incident_injured", "mark"):
        return incidents.mark(person)
    kind = str(column.type).upper()
    if name in said.texts.split():
        if column.info in (FILE, FILES):
            theirs = person == 1 and said.of and said.erase is not Erase.KEEP
            ref = media.put(f"{said.table} {name} {CANARY if theirs else f'{OTHER} {person}'}".encode(), "a.jpg")
            return ref if column.info == FILE else {"file": ref, "said": CANARY}
        words = f"it was {CANARY} ({BADGE})"
        if "JSON" in kind:
            return {"who": CANARY, "said": [words], "number": 7}
        if isinstance(column.type, sa.String):
            length = column.type.length or 100
            return words if length >= len(words) else CANARY[:length]
    return harmless(column, person)


def harmless(column: Column[Any], person: int) -> Any:
    """A value that says nothing of anybody; of a row that is there, where it refers to one."""
    for key in column.foreign_keys:
        return harmless(key.column, person)
    if "JSON" in str(column.type).upper():
        return {"number": person}
    if isinstance(column.type, sa.LargeBinary):
        return bytes([person]) * 32
    if isinstance(column.type, sa.String):
        return f"{column.name[:4]}{person}"[: column.type.length or 9]
    python = column.type.python_type
    fixed = {bool: False, float: float(person), date: date(2020, 1, person), time: time(person), int: person}
    return fixed.get(python, NOW - timedelta(days=2000 + person)) if python is not int else person


def found_in(engine: Engine, *wanted: str) -> list[str]:
    """Every table and column that holds one of some words, whichever way JSON is written."""
    hits = []
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for each in connection.execute(select(table)).mappings():
                for name, what in each.items():
                    said = json.dumps(what, default=str, ensure_ascii=False)
                    hits += [f"{table.name}.{name}: {word}" for word in wanted if word in said]
    return hits


def files_with(folder: Path, word: str) -> list[str]:
    """Files whose bytes hold a word."""
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


def erased(engine: Engine, person: int = 1) -> None:
    """As the command does it."""
    settings = Settings(_env_file=None, database_url=engine.url.render_as_string(hide_password=False))  # type: ignore[call-arg]
    erase_numbers(settings, [person])


def test_nothing_names_the_canary_any_more(engine: Engine, tmp_path: Path) -> None:
    """In no column of no table, in no file, nor in the bytes of the database's own file."""
    before = found_in(engine, CANARY)
    assert len({hit.split(".")[0] for hit in before}) > 50, "the canary was nowhere to begin with"
    assert files_with(tmp_path / "media", CANARY)
    erased(engine)
    left = found_in(engine, CANARY, BADGE, str(CHAT))
    counted("somebody is erased: columns that named them", len(before), len(before) - len(left))
    assert left == []
    assert files_with(tmp_path / "media", CANARY) == []
    assert files_with(tmp_path / "media", OTHER), "the files of others stay"
    engine.dispose()
    for path in tmp_path.glob("davy-*.sqlite3*"):
        assert CANARY.encode() not in path.read_bytes()


@pytest.mark.prove
@pytest.mark.sabotage
def test_words_that_nobody_scrubs_are_noticed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sabotage: what others wrote about somebody is left as it is."""
    before = found_in(engine, CANARY)
    monkeypatch.setattr(erasing, "scrub", lambda session, names: 0)
    erased(engine)
    left = found_in(engine, CANARY)
    counted("somebody is erased: columns that named them", len(before), len(before) - len(left), sabotaged=True)
    assert left


def test_rows_go_or_stay_as_their_rooms_declare(engine: Engine) -> None:
    """What is about them goes, what others did stays with its words, without the name."""
    erased(engine)
    wrong = []
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            said = held()[table.name]
            if table.name in NOT_FILLED:
                continue
            left = connection.scalar(select(func.count()).select_from(table))
            gone = 1 if said.erase is Erase.DELETE or table.name == "incident_injured" else 0
            if left != 2 - gone and table.name != "job":
                wrong.append(f"{table.name}: {left} rows")
        note = connection.execute(text("SELECT words FROM hazard_note WHERE person_id = 2")).scalar()
    assert wrong == []
    assert note == "it was — (—)"


def test_the_ledger_keeps_only_a_pseudonym_that_nobody_stands_behind(engine: Engine) -> None:
    """The chain is whole, the fact is there, and the row that said whose it is has gone."""
    with Session(engine) as session:
        pseudonym = ledger.pseudonym(session, 1)
    erased(engine)
    with Session(engine) as session:
        assert broken_blocks(session) == []
        assert session.scalar(select(FactRow.pseudonym).where(FactRow.key == "added:1")) == pseudonym
        assert session.scalar(select(func.count()).where(PseudonymRow.pseudonym == pseudonym)) == 0


def test_erasing_twice_is_like_once(engine: Engine) -> None:
    """And nobody who is not there can be erased."""
    erased(engine)
    tables = [table for table in Base.metadata.sorted_tables if table.name != "person"]  # the moment differs
    with engine.connect() as connection:
        before = [sorted(map(repr, connection.execute(select(t)))) for t in tables]
    erased(engine)
    with engine.connect() as connection:
        assert before == [sorted(map(repr, connection.execute(select(t)))) for t in tables]
    with Session(engine) as session, pytest.raises(LookupError):
        erase(session, 99, NOW)


def test_a_legal_hold_prevents_it_until_its_last_day(engine: Engine) -> None:
    """The reason is said to whoever tries."""
    with Session(engine) as session, session.begin():
        session.add(LegalHoldRow(person_id=1, reason="a claim", placed_at=NOW, until_on=NOW.date()))
    with Session(engine) as session, pytest.raises(OnHold, match="a claim"):
        erase(session, 1, NOW)
    with Session(engine) as session, session.begin():
        erase(session, 1, NOW + timedelta(days=1))


def test_what_is_kept_of_somebody_comes_as_a_file_for_them(engine: Engine) -> None:
    """Their rows whole, of what they did only that they did it, and their pictures."""
    import io
    import zipfile

    with Session(engine) as session:
        packed, rows = exporting.export(session, 1)
    file = zipfile.ZipFile(io.BytesIO(packed))
    said = json.loads(file.read("person.json"))
    assert rows > 40
    assert said["kept of you"]["person"]["about you"][0]["name"] == CANARY
    assert said["kept of you"]["hazard"]["done by you"][0]["id"] == 1
    assert "words" not in said["kept of you"]["hazard"]["done by you"][0]
    assert said["ledger"][0]["what"] == "PersonAdded"
    assert any(CANARY.encode() in file.read(name) for name in file.namelist() if name.startswith("files/"))


def test_a_restored_backup_erases_again(
    engine: Engine, database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The backup is older than the erasure; the list that lies beside it is younger."""
    folder = take(database_url, tmp_path / "media", tmp_path / "backups", "here", NOW)
    erasures.note([tmp_path / "backups"], "here", 1, NOW)
    erasures.note([tmp_path / "backups"], "another company", 2, NOW)
    fresh = f"sqlite:///{tmp_path}/elsewhere.sqlite3"
    if database_url.startswith("postgresql"):
        fresh = request.getfixturevalue("postgres").create_database("davy_erased_again")
    try:
        restore(folder, fresh, tmp_path / "new-media")
        media.use(tmp_path / "new-media")
        restored = connect(fresh)
        assert found_in(restored, CANARY)
        persons = erasures.persons([tmp_path / "backups" / erasures.NAME, tmp_path / "nowhere"], "here")
        assert persons == [1]
        again = len(found_in(restored, CANARY))
        counted("a backup from before an erasure is restored", again, 0, sabotaged=True)  # as it is without the list
        erase_numbers(Settings(_env_file=None, database_url=fresh), persons)  # type: ignore[call-arg]
        left = found_in(restored, CANARY, BADGE, str(CHAT))
        counted("a backup from before an erasure is restored", again, again - len(left))
        assert left == []
        assert files_with(tmp_path / "new-media", CANARY) == []
        restored.dispose()
    finally:
        if database_url.startswith("postgresql"):
            request.getfixturevalue("postgres").drop_database("davy_erased_again")


def test_the_schedule_takes_away_what_is_older_than_its_kind(engine: Engine) -> None:
    """By the company's days; what is on hold and what has no number of days stays."""
    keeping.composed.days = DAYS | {Kind.LEARNING: 1000}
    try:
        with Session(engine) as session, session.begin():
            session.add(LegalHoldRow(person_id=2, reason="a claim", placed_at=NOW))
            session.flush()
            while keeping.keep_to_schedule(session, NOW):
                pass
        with Session(engine) as session:
            count = {t: session.scalar(text(f"SELECT count(*) FROM {t}")) for t in ("answer", "web_session", "hazard")}
            assert count == {"answer": 1, "web_session": 1, "hazard": 2}
            assert session.scalar(text("SELECT name FROM muster_guest LIMIT 1")) is None
    finally:
        keeping.composed.days = dict(DAYS)


def test_who_left_long_ago_is_erased_by_the_schedule(engine: Engine, tmp_path: Path) -> None:
    """Only where the company has set for how long employment data is kept; noted like any other erasure."""
    with Session(engine) as session, session.begin():
        session.execute(update(PersonRow).where(PersonRow.id == 1).values(left_on=date(2020, 1, 1)))
        assert not keeping.erase_those_who_left(session, NOW)
        keeping.configure(DAYS | {Kind.EMPLOYMENT: 365}, (tmp_path / "lists",), "secret")
        try:
            assert keeping.erase_those_who_left(session, NOW)
            assert not keeping.erase_those_who_left(session, NOW)
        finally:
            keeping.configure(dict(DAYS), (), "")
    assert found_in(engine, CANARY) == []
    assert erasures.persons([tmp_path / "lists" / erasures.NAME], erasures.installation("secret")) == [1]
