"""A writer over a fresh database of each engine, with one small company in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.db.writer import Writer
from bot.delivery import budget, seals
from bot.delivery.model import Overflow, UnaskedKind
from bot.kit.seal import Seal
from bot.ledger.actions import subscribe
from bot.people import actions as people
from bot.people.model import Role, Unit, UnitKind
from tests.kept import furnished

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
NEWS = UnaskedKind("test.news", 5, Overflow.DEFER, timedelta(days=2), "delivery.other_title", "News of a test.")


@dataclass(frozen=True)
class Crew:
    """A site with one team: a worker, a supervisor, a manager."""

    site: Unit
    team: Unit
    worker: int
    supervisor: int
    manager: int


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The database's engine."""
    seals.use(Seal("a test's secret that is long enough"))
    subscribe(())
    budget.declare([NEWS])
    made = connect(database_url)
    yield made
    made.dispose()


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    """The one writer."""
    made = Writer(engine)
    yield made
    made.stop()


@pytest.fixture
def crew(database_url: str, writer: Writer) -> Crew:
    """People to work with."""
    return furnished(database_url, _hire, "crew")


def _hire(session: Session) -> Crew:
    on = date(2026, 1, 1)
    company = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, on)
    site = people.add_unit(session, UnitKind.SITE, "Harbour Works", company, on, zone="UTC", jurisdiction="US")
    team = people.add_unit(session, UnitKind.TEAM, "Dock Team", site, on)
    worker = people.add_person(session, "T-1", "Ana Morales", "es", team, "worker", on)
    supervisor = people.add_person(session, "T-2", "Sam Okafor", "en", team, "team leader", on)
    manager = people.add_person(session, "T-3", "Grace Lindqvist", "en", site, "site manager", on)
    people.grant(session, supervisor, Role.SUPERVISOR, team.id, NOON)
    people.grant(session, manager, Role.MANAGER, site.id, NOON)
    for number, person in enumerate((worker, supervisor, manager), start=1):
        people.open_account(session, person, 1000 + number, 1000 + number, NOON)
    return Crew(site, team, worker, supervisor, manager)
