"""Two versions run side by side for a while: a migration only adds, asks nothing of the old code, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from bot.db.engine import BadDatabase, connect
from bot.db.migrate import config, newest, revision_of, step_back, upgrade
from bot.onboarding.sample import load_sample
from tests.conftest import PROVING
from tests.proofs.counted import counted
from tests.store.conftest import NOON
from tests.store.test_migrations import PARTITION

BEFORE_A_RELEASE = {
    "0001", "0002", "authoring_lessons", "i4_cards_drawing", "i4_habit_days", "i4_learning_rest", "i4_plans_lesson_plans",
    "i5_hazards", "i5_hazards_rest", "i5_incidents", "i5_inspections", "i5_risks_register", "i5_sensors", "i5_spots",
    "i6_compliance", "i6_duties", "i6_emergencies", "i7_activities", "i7_analysis", "i7_assessment", "i7_resources",
    "i7_rewards", "i7_voice",
}  # fmt: skip
"""Nobody ran these side by side: they are older than the first promise that one can."""
FEW = 5
Shape = dict[str, dict[str, tuple[bool, bool]]]
"""Tables, their columns, whether each may be empty and whether the database fills it by itself."""


def shape(engine: Engine) -> Shape:
    """What old code would find."""
    inspector = inspect(engine)
    tables = inspector.get_multi_columns().items()
    return {
        name: {c["name"]: (bool(c["nullable"]), c["default"] is not None or bool(c.get("identity"))) for c in columns}
        for (_, name), columns in tables
        if not PARTITION.search(name)
    }


def asks_of_old_code(before: Shape, after: Shape) -> list[str]:
    """What code of before would stumble over: gone tables and columns, and new ones in old tables that must be given."""
    found = [f"{table} is gone" for table in before.keys() - after.keys()]
    for table in sorted(before.keys() & after.keys()):
        found += [f"{table}.{name} is gone" for name in sorted(before[table].keys() - after[table].keys())]
        for name in sorted(after[table].keys()):
            nullable, filled = after[table][name]
            was = before[table].get(name)
            if not nullable and not filled and (was is None or was[0]):
                found.append(f"{table}.{name} must be given")
    return found


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """A database at its very beginning."""
    made = connect(empty_database_url)
    yield made
    made.dispose()


def revisions(engine: Engine) -> list[str]:
    """Every revision, the oldest first."""
    with engine.connect() as connection:
        found = [each.revision for each in ScriptDirectory.from_config(config(connection)).walk_revisions()]
    return found[::-1]


@pytest.mark.slow
def test_every_migration_only_adds_and_can_be_taken_back(engine: Engine, empty_database_url: str) -> None:
    """Forward one by one, then back one by one: each time the tables are those of that revision.

    In short the newest few, with `make prove` all of them.
    """
    shapes: dict[str, Shape] = {}
    stumbles = []
    every = revisions(engine)
    if not PROVING:
        upgrade(empty_database_url, every[-FEW - 1])
    for revision in every if PROVING else every[-FEW:]:
        before = shape(engine)
        upgrade(empty_database_url, revision)
        shapes[revision] = shape(engine)
        if revision not in BEFORE_A_RELEASE:
            stumbles += [f"{revision}: {each}" for each in asks_of_old_code(before, shapes[revision])]
    assert stumbles == [], "old replicas still write while the new one is started: expand now, contract a release later"
    order = list(shapes)
    wrong = []
    for revision, to in zip(order[:0:-1], order[-2::-1], strict=True):
        step_back(empty_database_url, to)
        if shape(engine) != shapes[to]:
            wrong.append(revision)
    counted("a migration is taken back", len(order) - 1, len(order) - 1 - len(wrong))
    assert wrong == []
    upgrade(empty_database_url)
    assert shape(engine) == shapes[order[-1]]


@pytest.mark.prove
@pytest.mark.sabotage
def test_a_migration_that_goes_back_by_half_is_noticed(engine: Engine, empty_database_url: str) -> None:
    """The sabotage: on its way back a table is forgotten."""
    last, before = revisions(engine)[-1], revisions(engine)[-2]
    upgrade(empty_database_url, before)
    was = shape(engine)
    upgrade(empty_database_url, last)
    step_back(empty_database_url, before)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_over (id INTEGER)"))
    held = shape(engine) == was
    counted("a migration is taken back", 1, int(held), sabotaged=True)
    assert not held


@pytest.mark.parametrize(
    ("after", "says"),
    [
        ({"a": {"x": (True, False)}}, []),
        ({"a": {"x": (True, False), "y": (True, False)}, "b": {"z": (False, False)}}, []),
        ({"a": {"x": (True, False), "y": (False, True)}}, []),
        ({"a": {"x": (True, False), "y": (False, False)}}, ["a.y must be given"]),
        ({"a": {"x": (False, False)}}, ["a.x must be given"]),
        ({"a": {"y": (True, False)}}, ["a.x is gone"]),
        ({}, ["a is gone"]),
    ],
)
def test_what_old_code_would_stumble_over_is_named(after: Shape, says: list[str]) -> None:
    """New tables may ask for anything: nobody of before writes to them."""
    assert asks_of_old_code({"a": {"x": (True, False)}}, after) == says


def test_a_company_that_goes_back_a_version_keeps_its_people(engine: Engine, empty_database_url: str) -> None:
    """And comes forward again; what only the newer version knows is lost, and nothing else."""
    upgrade(empty_database_url)
    with Session(engine) as session, session.begin():
        load_sample(session, NOON)
    before = _count(engine)
    to = revisions(engine)[-2]
    step_back(empty_database_url, to)
    with engine.connect() as connection:
        assert revision_of(connection) == to
    assert _count(engine) == before
    upgrade(empty_database_url)
    assert _count(engine) == before


def _count(engine: Engine) -> tuple[Any, ...]:
    with engine.connect() as connection:
        return tuple(connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in ("person", "unit", "fact"))


def test_a_version_that_does_not_know_the_schema_says_so(engine: Engine, empty_database_url: str) -> None:
    """In one line with what to do, and without touching anything."""
    upgrade(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'z99_later'"))
    with pytest.raises(BadDatabase, match="newer Davy"):
        upgrade(empty_database_url)
    with pytest.raises(BadDatabase, match="no revision"):
        step_back(empty_database_url, "nonsense")
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{newest()}'"))
    upgrade(empty_database_url)
