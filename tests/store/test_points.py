"""The ledger of points on both engines: any order, exact reversals, every row traced, nothing sold twice."""

from __future__ import annotations

import itertools
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact, FactKind
from bot.ledger.tables import FactRow
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role, Viewer
from bot.rewards import actions, appealing, policy, rules, store
from bot.rewards.model import EARNABLE, Kind
from bot.rewards.penalties import actions as penalties
from bot.rewards.shop import actions as shop
from bot.rewards.shop import store as shelf
from bot.rewards.shop.tables import RewardRow
from bot.rewards.tables import PointPolicyRow, PointRow
from tests.store.conftest import NOON, Crew

KINDS: dict[str, dict[str, Any]] = {
    "LessonRead": {"lesson": "a", "version": 1},
    "HazardConfirmed": {"hazard": 1, "unit": 1},
    "MusterAnswered": {"muster": 1, "real": False, "seconds": 3},
    "ExamPassed": {"course": "x"},
    "ExamFailed": {"course": "x"},
}
numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def shipped() -> None:
    """The policy that Davy comes with."""
    policy.configure(None, EARNABLE)


def viewer(session: Session, id: int) -> Viewer:
    """Somebody with their rights."""
    found = people.viewer(session, id, NOON)
    assert found is not None
    return found


def person(session: Session, crew: Crew) -> int:
    """A fresh worker of the team."""
    return people_actions.add_person(
        session, f"X-{next(numbers)}", "Ada Worker", "en", crew.team, "worker", NOON.date()
    )


def payload(session: Session, who: int, kind: str, key: str, days: int = 0) -> dict[str, Any]:
    """A fact on record, as its follow-up job carries it."""
    body, at = KINDS.get(kind, {}), NOON + timedelta(days=days)
    record(session, Fact(FactKind(kind, 1, tuple(body), ""), key, at, who, body=body), at)
    return {"fact": kind, "key": key, "at": at.isoformat(), "person": who, "unit": None, "post": None, "body": body}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.integers(0, 4)), min_size=1, max_size=14),
    seed=st.integers(0, 999),
)
def test_any_order_of_the_same_facts_gives_the_same_balance_and_twice_is_once(
    engine: Engine, crew: Crew, facts: list[tuple[str, int]], seed: int
) -> None:
    """Two people do the same; one's facts arrive in another order, and some a second time."""
    with Session(engine) as session:
        one, other = person(session, crew), person(session, crew)
        mine = [payload(session, one, kind, f"{one}:{n}", days) for n, (kind, days) in enumerate(facts)]
        theirs = [payload(session, other, kind, f"{other}:{n}", days) for n, (kind, days) in enumerate(facts)]
        shuffled = [*theirs, *theirs[::2]]
        Random(seed).shuffle(shuffled)
        later = NOON + timedelta(days=40)
        for each in mine:
            actions.earn(session, each, later)
        for each in shuffled:
            actions.earn(session, each, later)
        assert store.balance(session, one) == store.balance(session, other)
        session.commit()


STEPS = st.lists(
    st.sampled_from(["earn", "give", "redeem", "refuse", "approve", "withdraw", "penalty", "appeal", "back"]),
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, seed=st.integers(0, 999))
def test_every_row_rests_on_a_fact_or_a_named_decision_and_reversals_restore_exactly(
    engine: Engine, crew: Crew, steps: list[str], seed: int
) -> None:
    """Whatever happens in whatever order: the sum without a row and its reversal is the sum with both."""
    chance = Random(seed)
    with Session(engine) as session:
        who = person(session, crew)
        boss, lead = viewer(session, crew.manager), viewer(session, crew.supervisor)
        another = person(session, crew)
        people_actions.grant(session, another, Role.HR, crew.site.id, NOON)
        people_actions.open_account(session, another, another + 90_000, another + 90_000, NOON)
        reward = put(session, crew, cost=5, stock=50)
        for step in steps:
            with session.begin_nested() as point:
                try:
                    walk(session, step, who, another, boss, lead, reward, chance)
                except Refused:
                    point.rollback()
        every = store.rows_of(session, who, 200)
        assert all(rules.traced(each) for each in every)
        facts = {key for (key,) in session.execute(select(FactRow.key))}
        assert all(each.fact_key in facts for each in every if each.kind is Kind.EARNED)
        assert all(people.person(session, each.by, NOON) for each in every if each.by)
        back = {each.reverses for each in every if each.reverses}
        pairs = {each.id for each in every if each.id in back} | {each.id for each in every if each.reverses}
        chains = sum(each.amount for each in every if each.id in pairs)
        standing = [each for each in every if each.id in pairs and each.id not in back and each.kind is not Kind.BACK]
        assert store.balance(session, who) == rules.balance(every)
        assert store.balance(session, who) - chains == sum(e.amount for e in every if e.id not in pairs)
        by_id = {each.id: each for each in every}
        for each in every:
            if each.reverses:
                assert each.amount == -by_id[each.reverses].amount
        assert len(standing) <= len(pairs)
        session.commit()


def walk(
    session: Session, step: str, who: int, another: int, boss: Viewer, lead: Viewer, reward: int, chance: Random
) -> None:
    """One thing happens."""
    ada, key = people.person(session, who, NOON), f"{who}:{next(numbers)}"
    assert ada is not None
    wishes = [each.id for each in shelf.redemptions_of(session, who, 50)]
    rows = store.rows_of(session, who, 50)
    if step == "earn":
        kind = chance.choice(sorted(KINDS))
        actions.earn(session, payload(session, who, kind, key, chance.randrange(5)), NOON + timedelta(days=9))
    elif step == "give":
        actions.give(session, boss, who, chance.randint(1, 20), "Taught the newcomers", key, NOON)
    elif step == "redeem":
        shop.redeem(session, ada, reward, key, NOON)
    elif step in ("refuse", "approve", "withdraw") and wishes:
        id = chance.choice(wishes)
        if step == "withdraw":
            shop.withdraw(session, who, id, NOON)
        elif step == "approve":
            shop.approve(session, boss, id, NOON)
        else:
            shop.refuse(session, boss, id, "None in this size", NOON)
    elif step == "penalty":
        found = penalties.propose(session, lead, who, 5, "Drove without the belt", key, NOON)
        penalties.reply(session, who, found.id, "", NOON)
        penalties.decide(session, boss, found.id, True, "The belt was there", NOON)
    elif step == "back" and rows:
        actions.take_back(session, boss, chance.choice(rows).id, "Noted twice", NOON)
    elif step == "appeal" and rows:
        made = appealing.appeal(session, who, chance.choice(rows).id, "It was otherwise", NOON)
        row = store.row(session, made.row)
        assert row is not None
        assert made.decider not in (who, *appealing.gave(session, row))
        assert made.decider is not None
        decider = viewer(session, made.decider)
        appealing.decide(session, decider, made.id, True, "So it was", NOON, instead=max(0, row.amount + 1))


def put(session: Session, crew: Crew, cost: int, stock: int) -> int:
    """A reward of the site."""
    code = f"r-{next(numbers)}"
    shop.put(session, viewer(session, crew.manager), crew.site.id, code, {"en": "Cap"}, cost, stock, NOON)
    found = session.scalar(select(RewardRow.id).where(RewardRow.code == code))
    assert found is not None
    return found


def test_the_fixer_and_whoever_had_the_idea_get_the_points_and_nobody_those_without_a_name(
    engine: Engine, crew: Crew
) -> None:
    """Not whoever looked or decided; and a report without a name earns nothing for anybody."""
    with Session(engine) as session:
        for kind, field in (("HazardFixed", "hazard"), ("SuggestionMade", "suggestion")):
            fact = FactKind(kind, 1, (field,), "")
            record(session, Fact(fact, f"{kind}:9", NOON, crew.worker, body={field: 9}), NOON)
        body = {"hazard": 9, "suggestion": 9, "decision": "accepted"}
        seen = {"fact": "HazardVerified", "key": "v:9", "at": NOON.isoformat(), "person": crew.supervisor, "body": body}
        [row] = actions.earn(session, seen, NOON)
        assert (row.person, row.amount) == (crew.worker, 10)
        [row] = actions.earn(session, {**seen, "fact": "SuggestionDecided", "key": "s:9"}, NOON)
        assert (row.person, row.amount) == (crew.worker, 15)
        rejected = {**seen, "fact": "SuggestionDecided", "key": "s:10", "body": body | {"decision": "rejected"}}
        assert actions.earn(session, rejected, NOON) == []
        assert actions.earn(session, {**seen, "fact": "HazardConfirmed", "person": None, "key": "c:9"}, NOON) == []
        assert actions.earn(session, {**seen, "key": "v:10", "body": {"hazard": 10}}, NOON) == []


def test_a_version_that_points_were_given_by_holds_whatever_the_file_says_later(engine: Engine, crew: Crew) -> None:
    """The file is changed under the same number: points are as promised, and human resources see it."""
    with Session(engine) as session:
        actions.earn(session, payload(session, crew.worker, "LessonRead", "read:1"), NOON)
        assert policy.changed_versions(session) == []
        row = session.get(PointPolicyRow, 1)
        assert row is not None
        session.execute(update(PointPolicyRow).values(rules=[{**each, "points": 50} for each in row.rules]))
        session.expire_all()
        [given_row] = actions.earn(session, payload(session, crew.worker, "LessonRead", "read:2", days=1), NOON)
        assert given_row.amount == 50
        assert policy.changed_versions(session) == [1]


def test_a_row_without_a_fact_or_a_name_is_refused_by_the_database_itself(engine: Engine, crew: Crew) -> None:
    """And a row is taken back once only."""
    with Session(engine) as session:
        ada = people.person(session, crew.worker, NOON)
        assert ada is not None
        row = actions.write(session, "a", ada, 5, Kind.HAND, NOON, by=crew.manager, reason="x")
        assert row is not None
        assert actions.reverse(session, row, crew.manager, "y", NOON) is not None
        assert actions.reverse(session, row, crew.manager, "y", NOON) is None
        session.commit()
        with pytest.raises(IntegrityError):
            actions.write(session, "b", ada, 5, Kind.HAND, NOON, reason="nobody")
        session.rollback()
        with pytest.raises(IntegrityError):
            session.execute(text("UPDATE reward SET stock = -1")) if put(session, crew, 1, 1) else None
        session.rollback()


def test_an_appeal_of_a_leavers_goes_on_at_once(engine: Engine, crew: Crew) -> None:
    """And it is never decided by whoever asked for it, also when nobody else is there."""
    with Session(engine) as session:
        hana = person(session, crew)
        people_actions.grant(session, hana, Role.HR, crew.site.id, NOON)
        people_actions.open_account(session, hana, 5001, 5001, NOON)
        actions.earn(session, payload(session, crew.worker, "LessonRead", "read:1"), NOON)
        [row] = store.rows_of(session, crew.worker, 5)
        made = appealing.appeal(session, crew.worker, row.id, "Twice as long", NOON)
        assert made.decider == hana
        appealing.leave(session, hana, NOON)
        again = store.appeal(session, made.id)
        assert again is not None
        assert (again.decider, again.level) == (crew.manager, 1)
        actions.earn(session, payload(session, crew.manager, "LessonRead", "read:2"), NOON)
        [own] = store.rows_of(session, crew.manager, 5)
        alone = appealing.appeal(session, crew.manager, own.id, "Mine", NOON)
        assert alone.decider == hana
        with pytest.raises(Refused):
            appealing.decide(session, viewer(session, crew.manager), alone.id, True, "I say so", NOON, instead=9)


def test_rows_are_only_ever_added(engine: Engine, crew: Crew) -> None:
    """After a whole story the rows of before are as they were."""
    with Session(engine) as session:
        actions.earn(session, payload(session, crew.worker, "LessonRead", "read:1"), NOON)
        before = session.execute(select(PointRow.__table__)).all()
        [row] = store.rows_of(session, crew.worker, 5)
        actions.take_back(session, viewer(session, crew.manager), row.id, "Noted twice", NOON)
        after = session.execute(select(PointRow.__table__).order_by(PointRow.id)).all()
        assert after[: len(before)] == before
        assert [each.amount for each in after] == [2, -2]
