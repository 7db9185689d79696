"""Days of a team and boards, as they follow from what is in the database, on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.kit.errors import Refused
from bot.learning.habit import actions, rules, teams
from bot.learning.habit import days as habit
from bot.learning.habit.model import Mode, Seen, TeamDay
from bot.learning.habit.tables import HabitMemberRow
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.model import Role, UnitKind
from bot.people.tables import LeaveRow, UnitRow
from tests.store.habit_days import does, on, pushed
from tests.store.learning_house import chicago, house, reachable, who


def test_a_team_is_counted_without_those_who_were_away(database_url: str) -> None:
    """Six with a push, one on leave, four did it: four of five, and the unit of that day is the one that counts."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        dock = people_store.unit(session, who(session, "D-1", chicago(16, 6)).unit)
        assert dock is not None
        for number in range(3, 8):
            people.add_person(session, f"D-{number}", f"Crew{number} Hill", "en", dock, "worker", on(1))
            session.flush()
            reachable(session, f"D-{number}", chicago(16, 6))
        pushed(session, 16)
        away = who(session, "D-7", chicago(16, 12))
        session.add(LeaveRow(person_id=away.id, starts_at=chicago(16, 12), ends_at=None))
        for number in (1, 3, 4, 5):
            does(session, 16, f"D-{number}")
        session.flush()
        assert teams.team_days(session, dock, on(16), chicago(16, 20)) == [], "the day is not over for all"
        assert teams.team_days(session, dock, on(16), chicago(17, 8)) == [TeamDay(on(16), 5, 4)]


def test_a_board_counts_only_who_joined_and_leaving_takes_ones_days_away(database_url: str) -> None:
    """Two of the crew joined: two are counted; one leaves: one. Both are too few to be shown anyway."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        now = chicago(17, 10)
        site = session.scalars(select(UnitRow).where(UnitRow.name == "Harbour Works")).one()
        unit = people_store.as_unit(site)
        people.add_unit(session, UnitKind.TEAM, "Crane Team", unit, on(1))
        dock = people_store.unit(session, who(session, "D-1", now).unit)
        assert dock is not None
        people.add_person(session, "D-3", "Bea Hill", "en", dock, "worker", on(1))
        session.flush()
        reachable(session, "D-3", chicago(16, 6))
        pushed(session, 16)
        ana, bea = who(session, "D-1", now), who(session, "D-3", now)
        with pytest.raises(Refused):
            actions.join(session, ana, now)
        people.grant(session, bea.id, Role.SUPERVISOR, unit.id, now)
        leader, worker = (people_store.viewer(session, each.id, now) for each in (bea, ana))
        assert leader is not None
        assert worker is not None
        with pytest.raises(Refused):
            actions.open_board(session, worker, unit, now)
        assert actions.open_board(session, leader, unit, now)
        assert not actions.open_board(session, leader, unit, now)
        does(session, 16)
        for each in (ana, bea):
            assert actions.join(session, each, now).id == unit.id
        [figure] = teams.figures(session, unit, on(10), on(16), now)
        assert (figure.unit.name, figure.persons, figure.of, figure.did) == ("Dock Team", 2, 2, 1)
        assert rules.board([figure]).lines == ()
        assert actions.leave(session, ana)
        assert not actions.leave(session, ana)
        [figure] = teams.figures(session, unit, on(10), on(16), now)
        assert (figure.persons, figure.of, figure.did) == (1, 1, 0)
        with pytest.raises(Refused):
            actions.may_see_board(session, worker, unit)
        actions.may_see_board(session, leader, unit)
        assert actions.close_board(session, leader, unit, now)
        assert session.scalar(select(func.count()).select_from(HabitMemberRow)) == 0


def test_days_that_were_not_counted_are_no_misses_of_a_person_or_a_team(database_url: str) -> None:
    """Off on Tuesday, on again on Wednesday: nothing of Tuesday is held against anybody."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        ana = who(session, "D-1", chicago(16, 6))
        people.grant(session, ana.id, Role.MANAGER, people_store.units(session)[0].id, chicago(16, 6))
        manager, top = people_store.viewer(session, ana.id, chicago(16, 7)), people_store.units(session)[0]
        assert manager is not None
        pushed(session, 16)
        does(session, 16)
        actions.switch(session, manager, top, Mode.OFF, chicago(17, 7))
        pushed(session, 17)
        actions.switch(session, manager, top, Mode.ON, chicago(18, 7))
        assert (on(17), Seen.EXCUSED) in habit.seen(session, ana, chicago(18, 20))
        dock = people_store.unit(session, ana.unit)
        assert dock is not None
        for number in range(3, 6):
            people.add_person(session, f"D-{number}", f"Crew{number} Hill", "en", dock, "worker", on(1))
        session.flush()
        assert [day.on for day in teams.team_days(session, dock, on(17), chicago(18, 20))] == [on(16)]
