"""Days in a row as they follow from what is in the database, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.delivery.model import WAS_AWAY
from bot.delivery.tables import OutboxRow
from bot.kit.errors import Refused
from bot.learning import planning
from bot.learning.habit import actions, rules, store
from bot.learning.habit import days as habit
from bot.learning.habit.model import Badge, Mode, What
from bot.learning.habit.tables import HabitBadgeRow, HabitDayRow
from bot.learning.tables import AnswerRow, AssignmentRow
from bot.learning.ticks import lapse_unbegun
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.ledger.tables import FactRow
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.model import Role, Viewer
from bot.people.tables import LeaveRow, RosterRow, SpecialDayRow
from tests.store.habit_days import days, does, on, pushed
from tests.store.learning_house import chicago, house, plan, who


def what(session: Session, day: int, now_day: int = 25) -> What:
    """What a day of Ana's is."""
    now = chicago(now_day, 20)
    return rules.judge(habit.seen(session, who(session, "D-1", now), now)).get(on(day), What.FREE)


def test_a_day_is_missed_when_it_is_over_and_not_before(database_url: str) -> None:
    """While the day lasts nothing is said of it."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        pushed(session, 16, 17)
        assert what(session, 16, 16) is What.FREE
        assert what(session, 16, 17) is What.MISSED


@pytest.mark.parametrize(
    "why", ["never came", "leave", "day off", "holiday", "begun", "away", "said so", "nothing sent"]
)
def test_what_was_not_theirs_to_do_breaks_nothing(database_url: str, why: str) -> None:
    """Each reason for itself turns a missed day into a free one, also when it becomes known afterwards."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        pushed(session, 16, 17)
        ana = who(session, "D-1", chicago(17, 9))
        row = session.scalars(select(AssignmentRow).where(AssignmentRow.on_date == on(17))).one()
        assert what(session, 17) is What.MISSED
        if why == "never came":
            planning.push_failed(session, {"person": ana.id, "key": row.key}, chicago(17, 22))
        elif why == "leave":
            session.add(LeaveRow(person_id=ana.id, starts_at=chicago(17, 12), ends_at=chicago(18, 1)))
        elif why == "day off":
            session.add(RosterRow(person_id=ana.id, on_date=on(17), shift=None))
        elif why == "holiday":
            session.add(SpecialDayRow(unit_id=ana.unit, on_date=on(17), works=False, name="Feast"))
        elif why == "begun":
            row.state = "read"
        elif why == "away":
            body = {"since": chicago(17, 8).isoformat(), "until": chicago(17, 11).isoformat()}
            record(session, Fact(WAS_AWAY, "away:1", chicago(17, 11), body=body), chicago(17, 11))
        elif why == "said so":
            assert actions.say_away(session, ana, chicago(25, 20)) == 2
        else:
            session.delete(row)
        session.flush()
        assert what(session, 17) is What.FREE


def test_only_working_days_count(database_url: str) -> None:
    """What somebody does on their Saturday is welcome and counts for nothing: nobody shall learn in their free time."""
    with house(database_url, "D-1", at=chicago(20, 6)) as session:
        pushed(session, 20)
        does(session, 20)
        saturday = chicago(21, 10)
        ana = who(session, "D-1", saturday)
        from bot.learning.actions import assign_today

        given = assign_today(session, ana, saturday)
        assert given.on_date == on(21)
        assert does(session, 21) is None
        assert days(session, 21) == 1
        assert session.scalar(select(func.count()).select_from(HabitDayRow)) == 1


def test_what_is_ended_late_counts_for_its_own_day(database_url: str) -> None:
    """Begun on Tuesday and ended on Wednesday, where there was no network: Tuesday is learned, whatever the order."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        pushed(session, 16, 17, 18)
        does(session, 16)
        does(session, 18)
        assert days(session, 18) == 2
        does(session, 17, ends_on=18, hour=12)
        assert days(session, 18) == 3


def test_a_clock_that_jumps_ahead_and_back_breaks_nothing(database_url: str) -> None:
    """For a moment it is Friday the 27th: a lesson is given and lapses. Set right, days go on, and the 27th is not missed."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        pushed(session, 16)
        does(session, 16)
        pushed(session, 27)
        lapse_unbegun(session, chicago(28, 1))
        assert what(session, 27, 28) is What.MISSED, "so far nothing says that the clock was wrong"
        pushed(session, 17, 18)
        does(session, 17)
        does(session, 18)
        assert days(session, 18) == 3
        assert what(session, 27, 28) is What.FREE


def test_what_was_done_while_the_clock_was_ahead_is_not_hidden(database_url: str) -> None:
    """Ana does a day that the clock thought had come; set back, it still counts."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        pushed(session, 16, 17)
        does(session, 16)
        does(session, 17)
        assert days(session, 16) == 2


def test_a_push_that_a_newer_one_replaced_was_no_opportunity(database_url: str) -> None:
    """Davy could not send on the 16th; on the 17th the newer message takes its place: the ledger says that it never came."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        plan(session, chicago(16, 9, 1))
        plan(session, chicago(17, 9, 1))
        assert session.scalar(select(OutboxRow.state).order_by(OutboxRow.id).limit(1)) == "replaced"
        lapse_unbegun(session, chicago(17, 9, 2))
        lapse_unbegun(session, chicago(17, 9, 3))
        assert session.scalar(select(func.count()).where(FactRow.kind == "LearningNotDelivered")) == 1
        assert what(session, 16) is What.FREE


def test_what_went_out_is_no_unseen_one(database_url: str) -> None:
    """Sent and not begun is an opportunity."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        pushed(session, 16)
        lapse_unbegun(session, chicago(17, 9, 2))
        assert session.scalar(select(func.count()).where(FactRow.kind == "LearningNotDelivered")) == 0
        assert what(session, 16) is What.MISSED


def test_the_rows_and_the_ledger_say_the_same(database_url: str) -> None:
    """A fact for each day and none besides, however often its end is shown."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        pushed(session, 16, 17)
        for day in (16, 17, 17, 16):
            does(session, day)
        rows = session.scalars(select(HabitDayRow.assignment_id)).all()
        facts = session.scalars(select(FactRow.key).where(FactRow.kind == "DayLearned")).all()
        assert sorted(facts) == sorted(f"learned:{id}" for id in rows)
        assert len(facts) == 2
        session.execute(delete(HabitDayRow))
        assert days(session, 17) == 0, "there is no count besides the days"


def test_a_streak_can_be_asked_for_as_of_a_past_day(database_url: str) -> None:
    """On the 18th, what was it on the 16th?"""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        pushed(session, 16, 17, 18)
        for day in (16, 17, 18):
            does(session, day)
        ana = who(session, "D-1", chicago(18, 20))
        assert [habit.streak(session, ana, chicago(18, 20), on(day)).days for day in (15, 16, 17, 18)] == [0, 1, 2, 3]


def test_a_badge_is_kept_once_and_only_where_persons_count(database_url: str) -> None:
    """Earned twice it is one; where persons are not counted there is none."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        now = chicago(16, 10)
        ana = who(session, "D-1", now)
        assert actions.earn(session, ana, Badge.ASKED, now)
        assert not actions.earn(session, ana, Badge.ASKED, now)
        top = people_store.units(session)[0]
        boss = Viewer(999, "/", people_store.viewer(session, ana.id, now).grants)  # type: ignore[union-attr]
        with pytest.raises(Refused):
            actions.switch(session, boss, top, Mode.OFF, now)
        people.grant(session, ana.id, Role.MANAGER, top.id, now)
        manager = people_store.viewer(session, ana.id, now)
        assert manager is not None
        assert actions.switch(session, manager, top, Mode.TEAM, now)
        assert not actions.switch(session, manager, top, Mode.TEAM, now)
        assert not actions.earn(session, ana, Badge.KEPT, now)
        assert session.scalar(select(func.count()).select_from(HabitBadgeRow)) == 1


def test_knowledge_is_kept_when_it_is_right_again_after_thirty_days(database_url: str) -> None:
    """Right on the 1st and on the 40th day: yes. Asked in between, or wrong before: no."""
    with house(database_url, "D-1", at=chicago(1, 6)) as session:
        ana, now = who(session, "D-1", chicago(1, 6)), chicago(1, 10) + timedelta(days=40)

        def answered(sitting: int, days_ago: int, right: bool) -> None:
            session.add(
                AnswerRow(
                    key=f"attempt:{sitting}", assignment_id=sitting, person_id=ana.id, question_id="q", question_version=1,
                    place=1, shown=[0], state="settled", right=right, answered_at=now - timedelta(days=days_ago),
                )
            )  # fmt: skip
            session.flush()

        answered(1, 40, False)
        answered(2, 0, True)
        assert not store.kept(session, ana.id, 2, now)
        answered(3, 35, True)
        assert store.kept(session, ana.id, 2, now)
        answered(4, 10, True)
        assert not store.kept(session, ana.id, 2, now)
