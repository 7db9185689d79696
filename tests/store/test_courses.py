"""Whom each rule binds, on both engines; that it stops binding; and what counted on a day."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.engine import connect
from bot.delivery import budget
from bot.kit.errors import Refused
from bot.learning.courses import actions, licences, matrix, publishing, store, ticks
from bot.learning.courses.model import UNASKED, Binding, Cause, Course, Step
from bot.learning.courses.tables import CompletionRow, CourseGivenRow, LicenceRow
from bot.ledger.tables import FactRow
from bot.people import actions as people_actions
from bot.people import store as people
from bot.people.model import Role
from bot.people.tables import LeaveRow, PersonRow, PlacementRow
from tests.flows.courses_company import DRIVER, company, hire
from tests.kept import furnished
from tests.store.conftest import NEWS

NOW = datetime(2026, 11, 18, 18, tzinfo=UTC)
TODAY = NOW.date()


@contextlib.contextmanager
def house(database_url: str) -> Iterator[Session]:
    """The dock in a database."""
    budget.declare([*UNASKED, NEWS])
    furnished(database_url, lambda session: company(session, NOW), "courses", NOW)
    engine = connect(database_url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.rollback()
    engine.dispose()


def who(session: Session, badge: str) -> int:
    """Somebody's id by badge."""
    return session.scalars(select(PersonRow.id).where(PersonRow.badge == badge)).one()


def course(session: Session, *binds: Binding, id: str = "ours", months: int | None = 12) -> Course:
    """A course of one lesson, in force for the whole company."""
    made = Course(id, 0, {"en": "Ours"}, ("dry-floor",), None, 20, months, binds)
    publishing.take_in(session, made, NOW, by=who(session, "T-1"))
    viewer = people.viewer(session, who(session, "T-1"), NOW)
    publishing.put_in_force(session, id, viewer, TODAY, NOW)
    found = store.course(session, id)
    assert found is not None
    return found


def apply(session: Session, now: datetime = NOW) -> None:
    """All rules, over everybody."""
    for _ in range(50):
        if not ticks.assign_courses(session, now):
            return
    raise AssertionError("the rounds never end")


def bound(session: Session) -> dict[str, tuple[str, date]]:
    """Who has something open: badge -> why, until when."""
    rows = session.execute(
        select(PersonRow.badge, CourseGivenRow.cause, CourseGivenRow.due_on)
        .join(CourseGivenRow, CourseGivenRow.person_id == PersonRow.id)
        .where(CourseGivenRow.state == Step.OPEN)
    )
    return {row.badge: (row.cause, row.due_on) for row in rows}


def did(session: Session, person: int, on: date, until: date | None, course: str = "ours") -> None:
    """Somebody did a course once."""
    session.add(
        CompletionRow(
            key=f"test:{person}:{on}", person_id=person, course_id=course, course_version=1, completed_on=on,
            expires_on=until,
        )
    )  # fmt: skip
    session.flush()


def moves(session: Session, badge: str, post: str, on: date) -> None:
    """Somebody changes post at the same unit."""
    row = session.scalars(
        select(PlacementRow).where(PlacementRow.person_id == who(session, badge), PlacementRow.ends_on.is_(None))
    ).one()
    row.ends_on = on
    session.add(PlacementRow(person_id=row.person_id, unit_id=row.unit_id, post=post, starts_on=on))
    session.flush()


@pytest.mark.parametrize(
    ("binding", "badges", "due"),
    [
        (Binding(Cause.POST, 14, posts=("team-leader",)), {"S-1"}, 14),
        (Binding(Cause.UNIT, 10, units=("HW-WH-A",)), {"D-1", "D-2", "S-1", "D-9", "T-9"}, 10),
        (Binding(Cause.UNIT, 10, units=("no-such-unit",)), set(), 0),
        (Binding(Cause.TOPIC, 14, topics=("FLT",)), {"D-9"}, 14),
        (Binding(Cause.NEW, 7), {"D-9"}, 7),
        (Binding(Cause.NEW, 1), {"D-9"}, 3),
        (Binding(Cause.EVERYONE, 30), {"D-1", "D-2", "D-9", "L-1", "O-1", "O-2", "S-1", "T-1", "T-2", "T-9"}, 30),
    ],
)
def test_a_rule_binds_whom_it_names_and_nobody_twice(
    database_url: str, binding: Binding, badges: set[str], due: int
) -> None:
    """By post, unit, exposure, newness; each with an opportunity in the ledger; a second round gives nothing."""
    with house(database_url) as session:
        hire(session, "D-9", "Ines Vega", DRIVER, NOW)
        course(session, binding)
        apply(session)
        found = bound(session)
        assert set(found) == badges
        assert {each for _, each in found.values()} <= {TODAY + timedelta(days=due)}
        apply(session, NOW + timedelta(hours=2))
        assert bound(session) == found
        facts = session.scalar(select(func.count()).where(FactRow.kind == "CourseAssigned"))
        assert facts == len(badges)


def test_a_change_of_post_binds_once_and_only_to_the_posts_named(database_url: str) -> None:
    """Ana begins to drive; Ben changes to something else; what Ana did before the change does not count."""
    with house(database_url) as session:
        did(session, who(session, "D-1"), date(2026, 10, 1), None)
        moves(session, "D-1", DRIVER, date(2026, 11, 16))
        moves(session, "D-2", "cleaner", date(2026, 11, 16))
        course(session, Binding(Cause.MOVED, 7, topics=("FLT",)))
        apply(session)
        assert bound(session) == {"D-1": ("moved", date(2026, 11, 23))}


@pytest.mark.parametrize(("began", "bound_now"), [(date(2026, 5, 10), True), (date(2026, 6, 10), False)])
def test_who_comes_back_after_half_a_year_does_it_again(database_url: str, began: date, bound_now: bool) -> None:
    """Away since May: again, although the last one is still good; away since June is not long enough."""
    with house(database_url) as session:
        ana = who(session, "D-1")
        did(session, ana, date(2026, 1, 20), None)
        began_at = datetime(began.year, began.month, began.day, tzinfo=UTC)
        session.add(LeaveRow(person_id=ana, starts_at=began_at, ends_at=datetime(2026, 11, 16, tzinfo=UTC)))
        course(session, Binding(Cause.RETURNED, 7, months=6))
        apply(session)
        assert bound(session) == ({"D-1": ("returned", date(2026, 11, 23))} if bound_now else {})


def test_what_runs_out_comes_again_in_time_and_only_to_those_who_still_need_it(database_url: str) -> None:
    """Ana still drives and is asked before the end; Ben drove once and is left alone; Sam's is good for long."""
    with house(database_url) as session:
        soon = TODAY + timedelta(days=20)
        moves(session, "D-1", DRIVER, date(2026, 2, 1))
        for badge, until in (("D-1", soon), ("D-2", soon), ("S-1", TODAY + timedelta(days=200))):
            did(session, who(session, badge), date(2026, 1, 10), until)
        course(session, Binding(Cause.TOPIC, 14, topics=("FLT",)), Binding(Cause.EXPIRED, 30))
        apply(session)
        assert bound(session) == {"D-1": ("expired", soon)}


def test_who_changes_post_or_leaves_is_free_of_it(database_url: str) -> None:
    """The rule holds no more: taken back, with a fact, and not reminded of."""
    with house(database_url) as session:
        moves(session, "D-1", DRIVER, date(2026, 2, 1))
        moves(session, "D-2", DRIVER, date(2026, 2, 1))
        course(session, Binding(Cause.POST, 14, posts=(DRIVER,)))
        apply(session)
        assert set(bound(session)) == {"D-1", "D-2"}
        later = NOW + timedelta(days=1)
        moves(session, "D-1", "worker", later.date())
        people_actions.leave_company(session, [who(session, "D-2")], later.date(), later)
        apply(session, later)
        assert bound(session) == {}
        assert session.scalar(select(func.count()).where(FactRow.kind == "CourseWithdrawn")) == 2


def test_a_safety_officer_binds_their_own_site_and_no_other(database_url: str) -> None:
    """Yusuf's decision holds at the harbour; Wu Lan decides for Lingang; a supervisor decides nothing."""
    with house(database_url) as session:
        made = Course("ours", 0, {"en": "Ours"}, ("dry-floor",), None, 20, None, (Binding(Cause.EVERYONE, 30),))
        publishing.take_in(session, made, NOW, by=None)
        sam, yusuf, lan = (people.viewer(session, who(session, b), NOW) for b in ("S-1", "O-1", "O-2"))
        with pytest.raises(Refused):
            publishing.put_in_force(session, "ours", sam, TODAY, NOW)
        publishing.put_in_force(session, "ours", yusuf, TODAY, NOW)
        with pytest.raises(Refused):
            publishing.put_in_force(session, "ours", yusuf, TODAY, NOW)
        apply(session)
        assert "L-1" not in bound(session)
        assert "D-1" in bound(session)
        publishing.put_in_force(session, "ours", lan, TODAY, NOW)
        apply(session, NOW + timedelta(minutes=5))
        assert "L-1" in bound(session)


def test_a_past_day_is_answered_from_what_was_true_then(database_url: str) -> None:
    """Trained from 1 March to 1 September: asked about five days. Placement, need and end are those of the day."""
    with house(database_url) as session:
        ana = who(session, "D-1")
        course(session, Binding(Cause.POST, 14, posts=(DRIVER,)))
        did(session, ana, date(2026, 3, 1), date(2026, 9, 1))
        days = {date(2026, 2, 28): False, date(2026, 3, 1): True, date(2026, 9, 1): True, date(2026, 9, 2): False}
        assert {on: store.completed(session, ana, "ours", on) is not None for on in days} == days
        moves(session, "D-1", DRIVER, TODAY + timedelta(days=5))
        path = people.unit(session, people.person(session, ana, NOW).unit).path  # type: ignore[union-attr]
        for ahead, post in ((4, "worker"), (5, DRIVER)):
            [line] = matrix.matrix(session, (path,), TODAY + timedelta(days=ahead), ana).lines
            assert (line.who.post, line.cells["ours"].needed) == (post, post == DRIVER)


def test_a_licence_counts_only_when_somebody_else_looked_at_it(database_url: str) -> None:
    """Not Sam for his own, not the officer of another site; once; from that day on, until its last day."""
    with house(database_url) as session:
        sam = people.person(session, who(session, "S-1"), NOW)
        assert sam is not None
        entered = licences.enter(session, sam, "Crane", "C-77", date(2027, 1, 10), "file", NOW)
        for badge in ("S-1", "O-2", "D-1"):
            viewer = people.viewer(session, who(session, badge), NOW)
            assert viewer is not None
            with pytest.raises(Refused):
                licences.decide(session, viewer, entered.id, True, NOW)
        yusuf = people.viewer(session, who(session, "O-1"), NOW)
        assert yusuf is not None
        licences.decide(session, yusuf, entered.id, True, NOW)
        with pytest.raises(Refused):
            licences.decide(session, yusuf, entered.id, False, NOW)
        assert store.licences(session, [sam.id], TODAY - timedelta(days=1)) == []
        assert [each.number for each in store.licences(session, [sam.id], TODAY)] == ["C-77"]
        assert session.scalars(select(LicenceRow.remind_on)).one() == date(2026, 12, 11)


def test_nobody_enters_training_for_themselves_or_for_other_peoples_people(database_url: str) -> None:
    """With a reason, for one's own people, not in the future; the same press twice is one entry."""
    with house(database_url) as session:
        sam = people.viewer(session, who(session, "S-1"), NOW)
        assert sam is not None
        ana, chen = who(session, "D-1"), who(session, "L-1")
        for person, on, minutes, reason in (
            (sam.person, TODAY, 60, "talk"),
            (chen, TODAY, 60, "talk"),
            (ana, TODAY + timedelta(days=1), 60, "talk"),
            (ana, TODAY, 0, "talk"),
            (ana, TODAY, 60, " "),
        ):
            with pytest.raises(Refused):
                actions.enter_hours(session, sam, person, on, minutes, reason, "k", NOW)
        for _ in range(2):
            actions.enter_hours(session, sam, ana, TODAY, 90, "talk about ladders", "k", NOW)
        assert [(each.minutes, each.entered_by) for each in store.hours(session, [ana], TODAY, TODAY)] == [
            (90, sam.person)
        ]
        assert sam.holds(Role.SUPERVISOR, people.person(session, ana, NOW).path)  # type: ignore[union-attr]
