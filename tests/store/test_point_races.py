"""Many at once: nothing is sold twice, nothing paid twice, no limit passed, on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.people import store as people
from bot.rewards import actions, policy, store
from bot.rewards.model import EARNABLE
from bot.rewards.shop import actions as shop
from bot.rewards.shop import store as shelf
from bot.rewards.shop.tables import RedemptionRow
from tests.store.conftest import NOON, Crew
from tests.store.test_points import payload, person, put, viewer


@pytest.fixture(autouse=True)
def shipped() -> None:
    """The policy that Davy comes with."""
    policy.configure(None, EARNABLE)


def at_once(engine: Engine, tasks: list[Callable[[Session], Any]]) -> list[str]:
    """Runs each in a transaction of its own, all at the same moment; answers `done` or why not."""
    barrier, found = threading.Barrier(len(tasks)), []

    def run(task: Callable[[Session], Any]) -> None:
        barrier.wait(20)
        try:
            with Session(engine) as session, session.begin():
                task(session)
            found.append("done")
        except Refused as refused:
            found.append(refused.text.key)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(found)


def test_many_who_want_the_last_ones_at_once_get_no_more_than_there_are(engine: Engine, crew: Crew) -> None:
    """Eight people, three torches: three are held, five are told, nobody pays for nothing."""
    with Session(engine) as session, session.begin():
        reward = put(session, crew, cost=10, stock=3)
        crowd = [person(session, crew) for _ in range(8)]
        for id in crowd:
            actions.give(session, viewer(session, crew.manager), id, 10, "Taught the newcomers", f"g{id}", NOON)

    def want(id: int) -> Callable[[Session], Any]:
        def task(session: Session) -> None:
            who = people.person(session, id, NOON)
            assert who is not None
            shop.redeem(session, who, reward, f"w{id}", NOON)

        return task

    assert at_once(engine, [want(id) for id in crowd]) == ["done"] * 3 + ["rewards.shop.sold_out"] * 5
    with Session(engine) as session:
        found = shelf.reward(session, reward)
        assert found is not None
        assert found.stock == 0
        held = session.scalar(select(func.count()).where(RedemptionRow.reward_id == reward))
        assert held == 3
        assert sorted(store.balance(session, id) for id in crowd) == [0] * 3 + [10] * 5


def test_the_same_points_are_not_spent_twice_and_a_wish_is_answered_once(engine: Engine, crew: Crew) -> None:
    """Six wishes of one person for points that are enough for two; then a yes, a no and a withdrawal meet."""
    with Session(engine) as session, session.begin():
        reward, ada = put(session, crew, cost=10, stock=50), person(session, crew)
        actions.give(session, viewer(session, crew.manager), ada, 25, "Taught the newcomers", f"g{ada}", NOON)

    def want(number: int) -> Callable[[Session], Any]:
        def task(session: Session) -> None:
            who = people.person(session, ada, NOON)
            assert who is not None
            shop.redeem(session, who, reward, f"w{ada}:{number}", NOON)

        return task

    assert at_once(engine, [want(n) for n in range(6)]) == ["done"] * 2 + ["rewards.shop.too_few"] * 4
    with Session(engine) as session:
        assert store.balance(session, ada) == 5
        first, second = (each.id for each in shelf.redemptions_of(session, ada))
    answers: list[Callable[[Session], Any]] = [
        lambda session: shop.approve(session, viewer(session, crew.manager), first, NOON),
        lambda session: shop.refuse(session, viewer(session, crew.manager), first, "No", NOON),
        lambda session: shop.withdraw(session, ada, first, NOON),
    ]
    found = at_once(engine, answers)
    assert found.count("done") == 1
    with Session(engine) as session:
        state = shelf.redemption(session, first)
        assert state is not None
        assert store.balance(session, ada) == (5 if state.state.value == "approved" else 15)
        assert second


def test_two_facts_at_once_do_not_both_take_the_last_place_of_a_day(engine: Engine, crew: Crew) -> None:
    """Four lessons read in the same moment are worth one."""
    with Session(engine) as session, session.begin():
        ada = person(session, crew)
        found = [payload(session, ada, "LessonRead", f"l{ada}:{n}") for n in range(4)]
    at_once(engine, [lambda session, each=each: actions.earn(session, each, NOON) for each in found])  # type: ignore[misc]
    with Session(engine) as session:
        assert store.balance(session, ada) == 2
