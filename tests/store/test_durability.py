"""Where a PostgreSQL is, and what it keeps when its machine is lost: addresses of several hosts, and what the doctor says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot import doctor
from bot.db import durability
from bot.db.durability import Standbys
from bot.db.engine import BadDatabase, address, connect, hosts
from bot.delivery import replicas
from bot.settings import Settings


@pytest.mark.parametrize(
    ("given", "names", "ports"),
    [
        ("postgresql://u:p@a:5433,b/davy", ["a", "b"], "5433,5432"),
        ("postgresql://u:p@a,b:6000/davy?sslmode=require", ["a", "b"], "5432,6000"),
        ("postgresql://u@[::1]:5433,10.0.0.2/davy", ["::1", "10.0.0.2"], "5433,5432"),
        ("postgresql://u@/davy?host=/run/a,/run/b", ["/run/a", "/run/b"], None),
        ("postgresql+psycopg://u:p%40ss@a,b", ["a", "b"], "5432,5432"),
    ],
)
def test_of_several_hosts_the_one_that_can_be_written_is_taken(given: str, names: list[str], ports: str | None) -> None:
    """Written as libpq takes them, which SQLAlchemy alone does not."""
    url = address(given)
    assert hosts(url) == names
    assert url.query["target_session_attrs"] == "read-write"
    assert url.query.get("port") == ports
    assert url.drivername == "postgresql+psycopg"


def test_one_host_is_taken_as_it_is_and_nonsense_is_refused_without_its_password() -> None:
    """What an operator chose for several hosts stays as well."""
    assert "target_session_attrs" not in address("postgresql://u:p@a/davy").query
    assert address("postgresql://u@a,b/davy?target_session_attrs=any").query["target_session_attrs"] == "any"
    with pytest.raises(BadDatabase) as refused:
        address("postgresql://u:secret@a:port/davy")
    assert "secret" not in str(refused.value)


GOOD = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "synchronous_standby_names": "b"}


@pytest.mark.parametrize(
    ("settings", "states", "names", "good", "says"),
    [
        ({}, {"b": "sync"}, 2, True, "commits wait for b"),
        ({}, {"b": "quorum", "c": "async"}, 2, True, "commits wait for b, c"),
        ({"synchronous_standby_names": ""}, {"b": "async"}, 2, None, "asynchronously"),
        ({"synchronous_standby_names": ""}, {}, 1, None, "no standby"),
        ({}, {}, 2, False, "not there"),
        ({"synchronous_commit": "local"}, {"b": "sync"}, 2, None, "synchronous_commit is local"),
        ({}, {"b": None}, 2, None, "pg_monitor"),
        ({"fsync": "off"}, {"b": "sync"}, 2, False, "fsync is off"),
        ({}, {"b": "sync"}, 1, None, "names one host"),
    ],
)
def test_the_doctor_warns_of_what_would_be_lost_with_a_machine(
    settings: dict[str, str], states: dict[str, str | None], names: int, good: bool | None, says: str
) -> None:
    """Each set-up with the first thing that is not good."""
    found = durability.judge(Standbys(GOOD | settings, states, names))
    worst = min(found, key=lambda each: {False: 0, None: 1, True: 2}[each[0]])
    assert worst[0] is good
    assert says in worst[1]


def test_the_doctor_asks_the_server_itself(make_database_url: Any) -> None:
    """The tests' own server is quick and careless, and has no standby."""
    engine: Engine = connect(make_database_url("postgresql"))
    with engine.connect() as connection:
        found = durability.ask(connection)
    engine.dispose()
    assert (found.settings["fsync"], found.states, found.hosts) == ("off", {}, 1)
    assert [good for good, _ in durability.judge(found)] == [False, False, None]


def test_the_doctor_compares_what_it_would_start_with_the_replicas_that_run(
    make_database_url: Any, tmp_path: Path
) -> None:
    """Another secret key and another folder are mistakes; nothing is said where nobody runs."""
    url = make_database_url("postgresql")
    settings = Settings(
        _env_file=None, database_url=url, data_dir=tmp_path, secret_key="a secret of at least 32 characters"
    )  # type: ignore[call-arg]
    engine = connect(url)
    with Session(engine) as session:
        assert {finding.what for finding in doctor._several(session, settings)} == {"standby"}
        replicas.join(session, replicas.this("a", "a secret of at least 32 characters", tmp_path))
        assert [str(f) for f in doctor._several(session, settings)][-1] == "ok  replicas: running: a"
        replicas.beat(session, replicas.this("b", "another", tmp_path / "elsewhere"))
        found = [f for f in doctor._several(session, settings) if f.what == "replicas"]
    engine.dispose()
    assert [f.good for f in found] == [False, False, True]
    assert "DAVY_SECRET_KEY" in found[0].says
    assert "DAVY_DATA_DIR" in found[1].says
