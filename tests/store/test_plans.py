"""Plans by sets: all get what each would get alone; days of the past stay known (long because much decides a time)."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.learning import actions, choosing, lesson_order, planning, rules, slicing, store, weak
from bot.learning.courses.publishing import load_courses
from bot.learning.courses.tables import CourseGivenRow
from bot.learning.plans import deciding, giving
from bot.learning.plans import store as plans
from bot.learning.plans.model import EVERY_DAY, Terms, What
from bot.learning.plans.tables import LessonPlanRow
from bot.learning.tables import ReadingRow
from bot.library.authoring.publishing import FIRST
from bot.library.tables import LessonRow, QuestionRow
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.model import Role, UnitKind, Viewer
from bot.people.tables import PersonRow, PostRow, RosterRow, SpecialDayRow
from tests.flows.learning_company import SINCE
from tests.store.learning_house import assignments, chicago, house, plan, pushes, reachable, who
from tests.store.test_learning_choosing import NINE, crowd, day, everybody

EARLY = chicago(18, 6)
WEDNESDAY = date(2026, 11, 18)


def boss(session: Session, badge: str = "M-1", site: str = "Harbour Works") -> Viewer:
    """Somebody who manages a site."""
    unit = next(each for each in people_store.units(session) if each.name == site)
    id = people.add_person(session, badge, "Rosa Vidal", "en", unit, "manager", SINCE)
    people.grant(session, id, Role.MANAGER, unit.id, EARLY)
    found = people_store.viewer(session, id, EARLY)
    assert found is not None
    return found


def terms(session: Session, unit: str = "Harbour Works", **more: Any) -> Terms:
    """The daily lesson of a unit, from today on, unless said otherwise."""
    here = next(each for each in people_store.units(session) if each.name == unit)
    usual: dict[str, Any] = {
        "what": What.DAILY, "which": None, "unit": here.id, "posts": (), "days": EVERY_DAY, "at": None,
        "starts_on": WEDNESDAY, "until_on": None,
    }  # fmt: skip
    return Terms(**usual | more)


def save(session: Session, viewer: Viewer, wanted: Terms, key: str = "one") -> int:
    """Saves a plan."""
    made = deciding.save(session, viewer, wanted, key, 0, EARLY)
    session.commit()
    return made


def when(session: Session, badge: str) -> list[str]:
    """When somebody's pushes go, on the clock of Chicago."""
    return [f"{row.not_before - timedelta(hours=6):%d %H:%M}" for row in pushes(session, badge, EARLY)]


def all_day(session: Session, on: int = 18) -> None:
    """Plans every half hour of a day."""
    for half in range(12, 54):
        plan(session, chicago(on, 0) + timedelta(minutes=30 * half))


def test_the_nearer_plan_then_the_one_for_the_post_then_the_newer_names_the_hour(database_url: str) -> None:
    """The site says ten, the dock eleven, the dock's drivers noon; a newer one of the dock half past eleven."""
    with house(database_url, "D-1", "T-1", at=EARLY) as session:
        rosa, dock = boss(session), next(u for u in people_store.units(session) if u.name == "Dock Team")
        people.add_person(session, "D-7", "Dee Wood", "en", dock, "driver", SINCE)
        site = next(each for each in people_store.units(session) if each.id == dock.parent)
        people.add_person(session, "S-7", "Sol Rivera", "en", site, "clerk", SINCE)
        for badge in ("D-7", "S-7"):
            reachable(session, badge, EARLY)
        save(session, rosa, terms(session, at=time(10)), "site")
        save(session, rosa, terms(session, "Dock Team", at=time(12), posts=("driver",)), "drivers")
        save(session, rosa, terms(session, "Dock Team", at=time(11)), "dock")
        save(session, rosa, terms(session, "Dock Team", at=time(11, 30)), "newer")
        all_day(session)
        assert (when(session, "S-7"), when(session, "D-1"), when(session, "D-7")) == (
            ["18 10:00"],
            ["18 11:30"],
            ["18 12:00"],
        )
        assert when(session, "T-1") == ["18 10:00"], "at work from eight to half past four: within the shift"


@pytest.mark.parametrize(
    ("hour", "goes"),
    [(time(23), ["18 23:00"]), (time(2), ["19 02:00"]), (time(21), ["18 22:30"]), (time(6), ["18 22:30"])],
)
def test_within_a_shift_an_hour_is_obeyed_and_outside_it_comes_half_an_hour_into_it(
    database_url: str, hour: time, goes: list[str]
) -> None:
    """Ben works from ten at night to six: two in the morning is the shift of the day before."""
    with house(database_url, "D-2", at=EARLY) as session:
        save(session, boss(session), terms(session, at=hour))
        for half in range(12, 70):
            plan(session, chicago(18, 0) + timedelta(minutes=30 * half))
        assert when(session, "D-2") == goes


def test_own_hour_quiet_hours_day_off_and_holiday_go_before_a_plan(database_url: str) -> None:
    """Who chose noon, who is quiet until eight, who has the day off by roster, and a site on a public holiday."""
    with house(database_url, "D-1", "D-2", "T-1", "T-2", at=EARLY) as session:
        noon = update(PersonRow).where(PersonRow.badge == "D-1")
        session.execute(noon.values(push_at=time(12)))
        late = update(PersonRow).where(PersonRow.badge == "D-2")
        session.execute(late.values(shift=None, quiet_start=time(20), quiet_end=time(8)))
        session.add(RosterRow(person_id=who(session, "T-1", EARLY).id, on_date=WEDNESDAY, shift=None))
        rosa = boss(session)
        save(session, rosa, terms(session, at=time(7, 30)))
        site = next(each for each in people_store.units(session) if each.name == "Harbour Works")
        session.add(SpecialDayRow(unit_id=site.id, on_date=date(2026, 11, 19), works=False, name="Founders"))
        all_day(session)
        assert (when(session, "D-1"), when(session, "D-2"), when(session, "T-1")) == (["18 12:00"], ["18 08:00"], [])
        all_day(session, 19)
        assert [when(session, each) for each in ("D-1", "D-2", "T-2")] == [["18 12:00"], ["18 08:00"], ["18 08:30"]]


def test_who_chose_the_very_hour_that_is_usual_gets_a_lesson(database_url: str) -> None:
    """Nine o'clock of one's own is nine o'clock, and stays it when a plan says ten."""
    with house(database_url, "D-1", at=EARLY) as session:
        session.execute(update(PersonRow).where(PersonRow.badge == "D-1").values(push_at=time(9)))
        save(session, boss(session), terms(session, at=time(10)))
        all_day(session)
        assert when(session, "D-1") == ["18 09:00"]


def test_the_installations_usual_hour_and_quiet_hours_are_its_settings(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DAVY_PUSH_AT half past six, quiet until seven: it goes at seven; with quiet hours that end at six, at half past six."""
    for end, goes in ((time(7), "18 07:00"), (time(6), "18 06:30")):
        with house(database_url, "D-1", at=EARLY) as session:
            monkeypatch.setattr(people_store, "usual", people_store.Usual((time(21), end), time(6, 30)))
            all_day(session)
            assert when(session, "D-1") == [goes]


def test_a_topic_brings_its_lessons_then_its_questions_alone_as_by_sets(database_url: str) -> None:
    """Though read long ago its lesson comes once more; then its questions first, the same for one as for many."""
    with house(database_url, "D-1", at=EARLY) as session:
        crew = crowd(session, 12)
        session.execute(update(ReadingRow).values(read_at=EARLY - timedelta(days=60)))
        lesson = session.scalars(
            select(LessonRow.id).where(LessonRow.topic == "LAD").order_by(LessonRow.position)
        ).first()
        until = WEDNESDAY + timedelta(days=7)
        save(session, boss(session), terms(session, what=What.TOPIC, which="LAD", until_on=until))
        held = plans.in_force(session, WEDNESDAY, WEDNESDAY)
        found = slicing.find(session, everybody(), {"on": day().on}, held)
        assert found.lessons >= len(crew)
        first = people_store.person(session, crew[0], NINE)
        assert first is not None
        assert lesson_order.next_lesson(session, first, plans.lessons_for(session, first, WEDNESDAY)) == (lesson, False)
        for person in crew:
            actions.note_reading(session, person, str(lesson), 1, NINE)
        session.commit()
        slicing.find(session, everybody(), {"on": day().on}, held)
        chosen = {each.person: each.questions for each in choosing.choose(session, day().ends_at, NINE)}
        topics = dict(session.execute(select(QuestionRow.id, QuestionRow.topic)).all())
        fresh = 0
        for person in crew:
            them = people_store.person(session, person, NINE)
            assert them is not None
            topic = plans.topic_for(session, them, WEDNESDAY)
            due = store.due_questions(session, them, NINE, rules.QUESTIONS, topic)
            new = store.new_questions(session, them, rules.QUESTIONS, topic=topic)
            assert list(chosen[person]) == rules.compose(due, [], new)
            fresh += any(topics[id] == "LAD" for id in new)
        assert fresh, "somebody has new ones about ladders"


def test_what_a_post_learns_and_what_a_place_is_weak_in_come_first_alone_as_by_sets(database_url: str) -> None:
    """A driver's first lesson is about driving; among new questions those of the weak topic go before those of the post."""
    with house(database_url, "D-1", at=EARLY) as session:
        session.add(PostRow(code="worker", name="Worker", names={}, topics=["FLT"]))
        ana = who(session, "D-1", EARLY)
        lesson, _ = lesson_order.next_lesson(session, ana)
        assert session.get_one(LessonRow, lesson).topic == "FLT"
        plan(session, NINE)
        assert [id for _, _, id in assignments(session, "D-1", NINE)] == [lesson]
        crew = crowd(session, 12)
        weak.put(session, {(ana.unit, "LAD"): 140, (ana.unit, "CHE"): 90})
        assert weak.put(session, {(ana.unit, "LAD"): 140}) == 1
        slicing.find(session, everybody(), {"on": day().on})
        chosen = {each.person: each.questions for each in choosing.choose(session, day().ends_at, NINE)}
        topics = dict(session.execute(select(QuestionRow.id, QuestionRow.topic)).all())
        orders = set()
        for person in crew:
            them = people_store.person(session, person, NINE)
            assert them is not None
            due, new = (
                store.due_questions(session, them, NINE, rules.QUESTIONS),
                store.new_questions(session, them, rules.QUESTIONS),
            )
            assert list(chosen[person]) == rules.compose(due, [], new)
            orders.add(tuple(topics[id] for id in new))
        assert ("LAD", "LAD", "LAD") in orders, "who was wrong about nothing begins with what the place is weak in"


def test_what_a_trainer_here_wrote_comes_before_what_a_post_learns_alone_as_by_sets(database_url: str) -> None:
    """A driver's first lesson is the trainer's own, whatever it is about; then what drivers learn."""
    with house(database_url, "D-1", at=EARLY) as session:
        session.add(PostRow(code="worker", name="Worker", names={}, topics=["FLT"]))
        ana = who(session, "D-1", EARLY)
        own = session.scalars(select(LessonRow.id).where(LessonRow.topic == "LAD")).first()
        session.execute(update(LessonRow).where(LessonRow.id == own).values(position=FIRST))
        assert lesson_order.next_lesson(session, ana) == (own, False)
        plan(session, NINE)
        assert [id for _, _, id in assignments(session, "D-1", NINE)] == [own]
        session.add(ReadingRow(person_id=ana.id, lesson_id=own, version=1, read_at=NINE))
        session.flush()
        lesson, _ = lesson_order.next_lesson(session, ana)
        assert session.get_one(LessonRow, lesson).topic == "FLT"


def test_a_day_of_the_past_is_answered_with_what_held_then(database_url: str) -> None:
    """Mondays, changed to Fridays, paused, gone on: each day has the terms of that day, and none while it was paused."""
    with house(database_url, at=EARLY) as session:
        rosa = boss(session)
        first = terms(session, days="1")
        series = save(session, rosa, first)
        friday = terms(session, days="5", starts_on=WEDNESDAY + timedelta(days=7))
        deciding.change(session, rosa, series, friday, "two", 0, EARLY)
        deciding.pause(session, rosa, series, EARLY + timedelta(days=14))
        deciding.go_on(session, rosa, series, EARLY + timedelta(days=21))
        deciding.end(session, rosa, series, EARLY + timedelta(days=28))
        held = [
            [each.terms.days for each in plans.in_force(session, on, on)]
            for on in (WEDNESDAY + timedelta(days=days) for days in (-1, 0, 6, 7, 13, 14, 20, 21, 27, 28))
        ]
        assert held == [[], ["1"], ["1"], ["5"], ["5"], [], [], ["5"], ["5"], []]
        assert len(plans.history(session, series)) == 3


def test_of_two_who_stop_a_plan_one_wins_and_a_pause_reaches_what_still_held(database_url: str) -> None:
    """Changed from next week on and paused today: neither the old nor the new holds. Ended twice: the second is told."""
    with house(database_url, at=EARLY) as session:
        rosa, other = boss(session), boss(session, "M-2")
        series = save(session, rosa, terms(session, days="1"))
        later = terms(session, days="5", starts_on=WEDNESDAY + timedelta(days=7))
        deciding.change(session, other, series, later, "two", 0, EARLY)
        deciding.pause(session, rosa, series, EARLY)
        assert plans.in_force(session, WEDNESDAY, WEDNESDAY + timedelta(days=30)) == []
        with pytest.raises(Refused, match="changed_meanwhile"):
            deciding.pause(session, other, series, EARLY)
        deciding.end(session, other, series, EARLY)
        with pytest.raises(Refused, match="changed_meanwhile"):
            deciding.go_on(session, rosa, series, EARLY)


def test_rights_are_those_of_the_unit_and_of_the_moment(database_url: str) -> None:
    """The manager of another site, and one whose role has ended, change nothing; a plan for a unit above is not theirs."""
    with house(database_url, at=EARLY) as session:
        rosa, mei = boss(session), boss(session, "M-3", "Lingang Works")
        series = save(session, rosa, terms(session))
        for deed in (deciding.pause, deciding.end, deciding.go_on):
            with pytest.raises(Refused, match="not_yours"):
                deed(session, mei, series, EARLY)
        with pytest.raises(Refused, match="not_yours"):
            save(session, rosa, terms(session, "Lamplight Works"), "above")
        gone = Viewer(rosa.person, rosa.path, ())
        with pytest.raises(Refused, match="not_yours"):
            deciding.pause(session, gone, series, EARLY)
        assert session.scalars(select(LessonPlanRow.closed_as)).one() is None


def test_a_planned_course_is_given_once_in_slices_to_those_it_is_for(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at a time: the dock's workers once, whoever came later too, nobody of another post or site; ended, it is taken off."""
    monkeypatch.setattr(giving, "PEOPLE", 2)
    with house(database_url, at=EARLY) as session:
        load_courses(session, EARLY)
        rosa = boss(session)
        wanted = terms(session, what=What.COURSE, which="new-employee-basics", posts=("worker",))
        series = save(session, rosa, wanted)

        def given() -> list[tuple[str, str]]:
            now = EARLY + timedelta(hours=2 * len(rounds))
            rounds.append(now)
            while giving.give_planned(session, now):
                session.commit()
            query = select(PersonRow.badge, CourseGivenRow.state).join(
                CourseGivenRow, CourseGivenRow.person_id == PersonRow.id
            )
            return sorted(session.execute(query.order_by(PersonRow.badge)))

        rounds: list[Any] = []
        assert given() == [("D-1", "open"), ("D-2", "open")]
        dock = next(
            each for each in people_store.units(session) if each.kind is UnitKind.TEAM and each.name == "Dock Team"
        )
        people.add_person(session, "D-8", "Kit Moss", "en", dock, "worker", SINCE)
        assert given() == [("D-1", "open"), ("D-2", "open"), ("D-8", "open")]
        deciding.end(session, rosa, series, EARLY + timedelta(hours=4))
        assert given() == [("D-1", "withdrawn"), ("D-2", "withdrawn"), ("D-8", "withdrawn")]


def test_plans_cost_a_slice_a_few_statements_and_nobody_one_of_their_own(database_url: str) -> None:
    """Ten plans, three times the people: as many statements; and without a plan as many as ever, but for the look."""
    counts = []
    for many, planned in ((1, 0), (1, 1), (8, 0), (8, 10), (24, 10)):
        with house(database_url, at=EARLY) as session:
            dock = next(each for each in people_store.units(session) if each.name == "Dock Team")
            for number in range(many):
                people.add_person(session, f"W-{number}", f"Worker {number}", "en", dock, "worker", SINCE)
                reachable(session, f"W-{number}", EARLY)
            rosa = boss(session)
            for number in range(planned):
                until = WEDNESDAY + timedelta(days=9)
                wanted = terms(session, "Dock Team", what=What.TOPIC, which="LAD", until_on=until)
                save(session, rosa, wanted, f"plan {number}")
            session.commit()
            said: list[str] = []
            connection = session.connection()
            event.listen(connection, "before_cursor_execute", lambda *a, said=said: said.append(a[2]))
            while planning.push_today(session, NINE):
                pass
            counts.append(len(said))
    without, few, more = counts[2:]  # the first two rounds make what is made once
    assert few == more
    assert few <= without + 30
