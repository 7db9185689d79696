"""Who gets the day's message, when, with which lesson; exactly once, on both engines."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import func, select, update

from bot.db import jobs
from bot.delivery import budget, sending_store
from bot.delivery.outbox import Lane, send, to_person
from bot.delivery.tables import OutboxRow
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.learning import actions, answering, lesson_order, planning, store
from bot.learning.tables import AnswerRow, AssignmentRow, ReadingRow, WishRow
from bot.learning.ticks import on_hazard_verified
from bot.ledger.tables import FactRow
from bot.library.adopting import adopt
from bot.library.tables import LessonRow, LessonScopeRow, QuestionRow
from bot.people.tables import AccountRow, LeaveRow, PersonRow, RosterRow
from tests.store.conftest import NEWS
from tests.store.learning_house import assignments, chicago, house, plan, pushes, reachable, who


def test_people_without_a_shift_get_it_at_their_own_hour(database_url: str) -> None:
    """Nine o'clock by default; not before, and once however often planning runs."""
    with house(database_url, "D-1", at=chicago(18, 6)) as session:
        plan(session, chicago(18, 8, 59))
        assert pushes(session, "D-1", chicago(18, 8)) == []
        for minute in (0, 1, 30):
            plan(session, chicago(18, 9, minute))
        assert len(pushes(session, "D-1", chicago(18, 9))) == 1
        assert session.scalar(select(func.count()).where(FactRow.kind == "LessonAssigned")) == 1


def test_each_zone_has_its_own_morning(database_url: str) -> None:
    """When it is nine in Chicago it is the night in Shanghai; their turn comes with their own morning."""
    with house(database_url, "D-1", "L-1", at=chicago(17, 6)) as session:
        plan(session, chicago(17, 9))
        assert (len(pushes(session, "D-1", chicago(17, 9))), len(pushes(session, "L-1", chicago(17, 9)))) == (1, 0)
        plan(session, chicago(17, 19, 5))
        assert [day for day, _, _ in assignments(session, "L-1", chicago(17, 20))] == [date(2026, 11, 18)]


def test_shift_workers_get_it_half_an_hour_into_their_shift(database_url: str) -> None:
    """The night crew at half past ten: at work, so at once, but without a sound; until their shift ends."""
    with house(database_url, "D-2", at=chicago(18, 6)) as session:
        plan(session, chicago(18, 9))
        assert pushes(session, "D-2", chicago(18, 9)) == []
        plan(session, chicago(18, 22, 30))
        [row] = pushes(session, "D-2", chicago(18, 22, 30))
        assert row.not_before == chicago(18, 22, 30)
        assert row.payload["silent"]
        assert row.expires_at == chicago(19, 6)
        plan(session, chicago(19, 1))
        assert len(pushes(session, "D-2", chicago(19, 1))) == 1


def test_a_day_off_by_the_roster_is_a_day_off(database_url: str) -> None:
    """An empty shift in the roster means none; a listed one goes before the usual."""
    with house(database_url, "D-1", "D-2", at=chicago(18, 6)) as session:
        ben, ana = who(session, "D-2", chicago(18, 6)).id, who(session, "D-1", chicago(18, 6)).id
        session.add(RosterRow(person_id=ben, on_date=date(2026, 11, 18), shift=None))
        session.add(RosterRow(person_id=ana, on_date=date(2026, 11, 18), shift="day"))
        plan(session, chicago(18, 8, 31))
        assert len(pushes(session, "D-1", chicago(18, 9))) == 1
        plan(session, chicago(18, 22, 40))
        assert pushes(session, "D-2", chicago(18, 22)) == []


def test_nobody_is_pushed_who_is_away_has_left_blocked_us_or_never_joined(database_url: str) -> None:
    """Leave, leaving, a blocked bot and no account: no message and no opportunity in the ledger."""
    with house(database_url, "D-1", "D-2", "T-1", at=chicago(18, 6)) as session:
        now = chicago(18, 9, 5)
        ana, ben = who(session, "D-1", now).id, who(session, "D-2", now).id
        session.execute(update(PersonRow).values(shift=None))
        session.add(LeaveRow(person_id=ana, starts_at=now - timedelta(days=1), ends_at=None))
        session.execute(update(PersonRow).where(PersonRow.id == ben).values(left_on=date(2026, 11, 17)))
        session.execute(update(AccountRow).where(AccountRow.person_id > ben).values(blocked_at=now))
        plan(session, now)
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0
        assert session.scalar(select(func.count()).where(FactRow.kind == "LessonAssigned")) == 0


def test_after_a_long_downtime_nothing_stale_is_pushed(database_url: str) -> None:
    """Back after five hours: today's is left out; back the next day: one message, not two."""
    with house(database_url, "D-1", at=chicago(16, 6)) as session:
        plan(session, chicago(16, 13, 1))
        assert pushes(session, "D-1", chicago(16, 14)) == []
        plan(session, chicago(18, 12, 59))
        assert [day for day, _, _ in assignments(session, "D-1", chicago(18, 13))] == [date(2026, 11, 18)]


def test_off_work_a_push_waits_for_the_end_of_quiet_hours(database_url: str) -> None:
    """Somebody who chose six o'clock and is quiet until seven gets it at seven."""
    with house(database_url, "D-1", at=chicago(18, 5)) as session:
        session.execute(update(PersonRow).values(push_at=time(6), quiet_start=time(21), quiet_end=time(7)))
        plan(session, chicago(18, 6))
        [row] = pushes(session, "D-1", chicago(18, 6))
        assert row.not_before == chicago(18, 7)
        assert row.expires_at == chicago(19, 0)


def test_what_holds_elsewhere_is_not_pushed_unless_it_was_adopted(database_url: str) -> None:
    """A US lesson does not go to a site in China; after adoption it does."""
    with house(database_url, "L-1", at=chicago(17, 6)) as session:
        now = chicago(17, 20)
        chen = who(session, "L-1", now)
        here = {"any", "CN"}
        seen = set()
        while (lesson := lesson_order.next_lesson(session, chen)[0]) is not None:
            seen.add(lesson)
            actions.note_reading(session, chen.id, lesson, 1, now)
        scopes = select(LessonScopeRow.lesson_id).where(LessonScopeRow.jurisdiction.in_(here))
        assert seen == set(session.scalars(scopes))
        american = session.scalar(select(LessonScopeRow.lesson_id).where(LessonScopeRow.jurisdiction == "US"))
        site = int(chen.path.strip("/").split("/")[1])
        adopt(session, site, f"lesson:{american}", now)
        assert lesson_order.next_lesson(session, chen)[0] == american
        actions.note_reading(session, chen.id, str(american), 1, now)
        adopt(session, site, "US", now)
        assert lesson_order.next_lesson(session, chen)[0] is not None


def test_a_lesson_that_was_not_read_comes_again_and_does_not_pile_up(database_url: str) -> None:
    """Two days without reading: the same lesson, one message a day."""
    with house(database_url, "D-1", at=chicago(17, 6)) as session:
        plan(session, chicago(17, 9))
        plan(session, chicago(18, 9))
        (_, _, first), (_, _, second) = assignments(session, "D-1", chicago(18, 9))
        assert first == second
        states = [row.state for row in pushes(session, "D-1", chicago(18, 9))]
        assert states == ["replaced", "waiting"]


def test_a_verified_danger_puts_its_lesson_first_for_the_people_of_that_unit_once(database_url: str) -> None:
    """The dock had a ladder problem: the dock gets the ladder lesson next, then the usual order goes on."""
    with house(database_url, "D-1", "L-1", at=chicago(18, 6)) as session:
        now = chicago(18, 8)
        dock = who(session, "D-1", now)
        usual, _ = lesson_order.next_lesson(session, dock)
        payload = {"body": {"topic": "LAD"}, "unit": dock.unit}
        on_hazard_verified(session, payload, now)
        on_hazard_verified(session, payload, now)
        assert session.scalar(select(func.count()).select_from(WishRow)) == 2, "Ana and Ben, once each"
        plan(session, chicago(18, 9))
        [(_, _, lesson)] = assignments(session, "D-1", now)
        assert lesson == "ladder-four-to-one" != usual
        assert pushes(session, "D-1", now)[0].payload["text"]["p"]["because"]
        plan(session, chicago(19, 9))
        assert assignments(session, "D-1", now)[1][2] == usual


def test_who_read_the_lesson_lately_does_not_get_it_again_because_of_a_danger(database_url: str) -> None:
    """A month must have passed."""
    with house(database_url, "D-1", at=chicago(18, 6)) as session:
        now = chicago(18, 8)
        dock = who(session, "D-1", now)
        actions.note_reading(session, dock.id, "ladder-four-to-one", 1, now - timedelta(days=29))
        on_hazard_verified(session, {"body": {"topic": "LAD"}, "unit": dock.unit}, now)
        assert lesson_order.next_lesson(session, dock)[1] is False
        on_hazard_verified(session, {"body": {"topic": "LAD"}, "unit": dock.unit}, now + timedelta(days=2))
        assert lesson_order.next_lesson(session, dock) == ("ladder-four-to-one", True)


def test_a_full_day_is_not_made_fuller(database_url: str) -> None:
    """Two unasked messages today already: the lesson waits under Today and no third message goes out."""
    with house(database_url, "D-1", at=chicago(18, 6)) as session:
        budget.declare([NEWS])  # no place is kept for the lesson
        ana = who(session, "D-1", chicago(18, 8)).id
        for _ in range(2):
            send(
                session,
                to_person(ana),
                Message(text("delivery.just", text="x")),
                Lane.BULK,
                chicago(18, 8),
                unasked=NEWS,
            )
        plan(session, chicago(18, 9))
        assert pushes(session, "D-1", chicago(18, 9)) == []
        assert store.daily(session, ana, chicago(18, 9)) is not None
        assert session.scalar(select(func.count()).where(FactRow.kind == "LearningNotDelivered")) == 1


def test_what_never_arrived_was_no_opportunity(database_url: str) -> None:
    """Nobody could send all day: the push expires, the ledger says so, and the next day begins anew."""
    with house(database_url, "D-1", at=chicago(18, 6)) as session:
        plan(session, chicago(18, 9))
        sending_store.expire(session, chicago(19, 0, 1))
        for job in jobs.due(session, chicago(19, 0, 1)):
            assert job.kind == planning.FAILED
            planning.push_failed(session, job.payload, chicago(19, 0, 1))
        assert session.scalar(select(func.count()).where(FactRow.kind == "LearningNotDelivered")) == 1
        plan(session, chicago(19, 9))
        assert [row.state for row in pushes(session, "D-1", chicago(19, 9))] == ["expired", "waiting"]


def test_a_retired_lesson_is_pushed_no_more(database_url: str) -> None:
    """Taken out of use, it is not offered, even where it was wished for."""
    with house(database_url, "D-1", at=chicago(18, 6)) as session:
        dock = who(session, "D-1", chicago(18, 6))
        first, _ = lesson_order.next_lesson(session, dock)
        session.execute(update(LessonRow).where(LessonRow.id == first).values(retired_at=chicago(18, 6)))
        assert lesson_order.next_lesson(session, dock)[0] != first


def test_hundreds_of_people_are_planned_in_a_few_slices(database_url: str) -> None:
    """Set-based: the number of statements does not grow with the number of people."""
    from bot.people import actions as people
    from tests.flows.learning_company import SINCE

    with house(database_url, at=chicago(18, 6)) as session:
        unit = people_unit(session)
        for number in range(250):
            people.add_person(session, f"X-{number}", f"Worker {number}", "en", unit, "worker", SINCE)
            reachable(session, f"X-{number}", chicago(18, 6))
        session.commit()
        plan(session, chicago(18, 9))
        assert session.scalar(select(func.count()).select_from(AssignmentRow)) == 250
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 250
        assert session.scalar(select(func.count()).where(FactRow.kind == "LessonAssigned")) == 250


def people_unit(session):  # type: ignore[no-untyped-def]
    """The dock team as a unit."""
    from bot.people import store as people

    return people.unit(session, who(session, "D-1", chicago(18, 6)).unit)


def test_when_all_lessons_are_read_the_push_is_one_native_quiz(database_url: str) -> None:
    """At most one lies open: the next day's takes its place. Where there is nothing to ask, nothing comes."""
    with house(database_url, "D-1", at=chicago(10, 6)) as session:
        dock = who(session, "D-1", chicago(10, 6))
        for lesson in session.scalars(select(LessonRow.id)).all():
            session.add(ReadingRow(person_id=dock.id, lesson_id=lesson, version=1, read_at=chicago(10, 6)))
        session.flush()
        while fresh := store.new_questions(session, dock, 50):
            for question in fresh:
                answered(session, dock, question, chicago(10, 7))
        plan(session, chicago(10, 9))
        plan(session, chicago(19, 9))
        [row] = pushes(session, "D-1", chicago(19, 9))
        assert row.payload["quiz"]["key"].startswith("quiz:")
        plan(session, chicago(20, 9))
        given = [kind for _, kind, _ in assignments(session, "D-1", chicago(20, 9)) if kind != "practice"]
        assert given == ["nothing", "poll", "poll"]
        assert session.scalar(select(func.count()).where(AnswerRow.state == "open")) == 1


def answered(session, person, question, at):  # type: ignore[no-untyped-def]
    """Somebody answered a question rightly in a practice of their own."""
    given = actions.practise(session, person, at)
    planned = store.attempt(session, actions.add_attempt(session, given.id, person.id, question, 1))
    asked = actions.ask(session, planned, person, at)
    answering.settle_all(session, [answering.answer(session, asked, (0,), person, at)], at)
    actions.finish(session, given, at)


def test_what_is_due_later_today_is_due_today(database_url: str) -> None:
    """Answered at ten past nine, due in two days at ten past nine: the push at nine of that day has it."""
    with house(database_url, "D-1", at=chicago(10, 6)) as session:
        dock = who(session, "D-1", chicago(10, 6))
        question = session.scalar(select(QuestionRow.id).order_by(QuestionRow.id))
        answered(session, dock, question, chicago(10, 9, 10))
        due = store.memory(session, dock.id, str(question))
        assert due is not None
        morning = due.due_at - timedelta(minutes=10)
        assert store.due_questions(session, dock, morning, 3) == [question]
        assert store.due_questions(session, dock, morning - timedelta(days=1), 3) == []
