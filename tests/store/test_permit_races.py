"""Two presses at once, ticks that run twice, an end that meets a handing back: one wins, and nobody is called twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from bot.compliance.permits import actions, store, ticks
from bot.compliance.permits.model import State
from bot.delivery.tables import OutboxRow
from bot.kit.errors import Refused
from bot.ledger.tables import FactRow
from bot.people import actions as people
from bot.people.store import person
from tests.store.conftest import NOON, Crew

HOUR = timedelta(hours=1)


@pytest.fixture
def session(engine: Engine, crew: Crew) -> Any:
    """A session that ends with what it did."""
    with Session(engine) as session:
        for id in (crew.worker, crew.supervisor, crew.manager):
            people.open_account(session, id, id + 7000, id + 7000, NOON - HOUR)
        yield session


def running(session: Session, crew: Crew) -> int:
    """A permit for an hour that the supervisor has issued."""
    worker, boss = person(session, crew.worker, NOON), person(session, crew.supervisor, NOON)
    assert worker is not None
    assert boss is not None
    wish = actions.Request("p", "height", crew.team.id, None, "Change the lamp", 1, {}, True, None)
    found = actions.ask(session, worker, wish, NOON)
    actions.answer(session, boss, found.id, 0, True, NOON)
    return found.id


def kinds(session: Session) -> list[str]:
    """What the ledger holds of permits, in order."""
    rows = session.scalars(select(FactRow.kind).where(FactRow.kind.like("Permit%")).order_by(FactRow.id))
    return [kind.removeprefix("Permit") for kind in rows]


def test_the_same_request_twice_is_one_permit_and_a_second_yes_changes_nothing(session: Session, crew: Crew) -> None:
    """The business key decides; the manager comes too late."""
    id = running(session, crew)
    worker, boss = person(session, crew.worker, NOON), person(session, crew.manager, NOON)
    assert worker is not None
    assert boss is not None
    wish = actions.Request("p", "height", crew.team.id, None, "Change the lamp", 1, {}, True, None)
    with pytest.raises(Refused):
        actions.ask(session, worker, wish, NOON)
    late = actions.answer(session, boss, id, 0, False, NOON)
    assert late.toast is not None
    assert late.toast.params["why"] == "too_late"
    found = store.permit(session, id)
    assert found is not None
    assert (found.state, found.issuer) == (State.RUNNING, crew.supervisor)


def test_ticks_that_run_again_call_nobody_again(session: Session, crew: Crew) -> None:
    """Alarm, end and escalation once each; with each run twice."""
    id = running(session, crew)
    for at in (NOON + HOUR * 0.6, NOON + HOUR, NOON + HOUR * 1.3):
        for _ in range(2):
            for tick in (ticks.alarm, ticks.expire, ticks.escalate):
                tick(session, at)
    assert kinds(session) == ["Asked", "Answered", "Issued", "Alarmed", "Expired"]
    keys = session.scalars(select(OutboxRow.key).where(OutboxRow.key.like(f"permit:{id}:%"))).all()
    assert len(keys) == len(set(keys))
    for what in ("soon", "expired", "late"):
        assert sum(f":{what}:" in str(key) and str(key).endswith(f":{crew.supervisor}") for key in keys) == 1, what


def test_what_was_handed_back_in_time_does_not_run_out(session: Session, crew: Crew) -> None:
    """The end that comes a moment later finds nothing to end; handing back twice is refused."""
    id = running(session, crew)
    worker = person(session, crew.worker, NOON)
    assert worker is not None
    actions.hand_back(session, worker, id, NOON + HOUR - timedelta(seconds=1))
    ticks.expire(session, NOON + HOUR)
    found = store.permit(session, id)
    assert found is not None
    assert found.state is State.BACK
    assert "Expired" not in kinds(session)
    with pytest.raises(Refused):
        actions.hand_back(session, worker, id, NOON + HOUR)


def test_a_permit_that_was_left_alone_is_over_after_the_program_was_down(session: Session, crew: Crew) -> None:
    """Down over alarm and end: one call for the end, none for an alarm that is past."""
    running(session, crew)
    for tick in (ticks.alarm, ticks.expire):
        tick(session, NOON + HOUR * 5)
    assert kinds(session) == ["Asked", "Answered", "Issued", "Expired"]
