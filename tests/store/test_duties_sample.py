"""The sample company: everybody in it has duties, nothing is missing, and nobody is written to about it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery.tables import OutboxRow
from bot.duties import rules, store, ticks
from bot.duties.sample import load_sample
from bot.duties.tables import DutyGivenRow
from bot.onboarding.sample import load_sample as load_company
from bot.people import store as people
from tests.store.conftest import NOON


def fill(session: Session) -> int:
    """The company and its duties."""
    load_company(session, NOON)
    manager = people.person_by_badge(session, "L-1001", NOON)
    assert manager is not None
    return load_sample(session, manager.id, NOON)


def test_everybody_of_the_sample_has_one_list_and_nothing_is_missing(writer: Writer) -> None:
    """Every post, in every unit; every duty comes from one that somebody has; a second run changes nothing."""
    assert writer.run(fill) == 14
    for _ in range(3):
        writer.run(ticks.give_to_all, NOON)
        writer.run(ticks.tell, NOON)

    def look(session: Session) -> None:
        here = people.everyone(session, NOON)
        assert len(here) > 20
        for who in here:
            found = store.of(session, who)
            assert found is not None, who
            given = store.opened(session, who.id, NOON)
            assert given is not None, who
            assert given.list == found.id
        found = rules.gaps(store.holders(session, ("/",), NOON), store.lists(session))
        assert found.no_list == ()
        assert found.no_origin == ()
        held = session.scalar(select(func.count()).select_from(DutyGivenRow).where(DutyGivenRow.withdrawn_at.is_(None)))
        assert held == len(here), "one list each"
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0
        manager = people.person_by_badge(session, "L-1001", NOON)
        assert manager is not None
        assert load_sample(session, manager.id, NOON) == 0

    writer.run(look)
