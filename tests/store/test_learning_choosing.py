"""Everybody's questions of a slice at once are those that each would get alone; and planning by sets writes the same."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, event, func, literal, select
from sqlalchemy.orm import Session

from bot.delivery.tables import OutboxRow, SentMessageRow
from bot.learning import choosing, planning, rules, slicing, store
from bot.learning.slicing import Day
from bot.learning.tables import AnswerRow, AssignmentRow, MemoryRow, ReadingRow
from bot.ledger.tables import FactRow
from bot.library.tables import LessonRow, QuestionRow
from bot.people import actions as people
from bot.people import store as people_store
from bot.people.store import people_on, usual
from bot.people.tables import PersonRow, PlacementRow
from tests.flows.learning_company import SINCE
from tests.store.learning_house import chicago, house, plan, reachable, who

EARLY, NINE = chicago(18, 6), chicago(18, 9)


def crowd(session: Session, many: int, seed: int = 1) -> list[int]:
    """People of the dock who have read everything and remember some of it, each something else."""
    chance = random.Random(seed)
    unit = people_store.unit(session, who(session, "D-1", EARLY).unit or 0)
    assert unit is not None
    lessons = session.scalars(select(LessonRow.id)).all()
    questions = session.scalars(select(QuestionRow.id).order_by(QuestionRow.id)).all()
    found = []
    for number in range(many):
        people.add_person(session, f"R-{number}", f"Rosa Lind {number}", "en", unit, "worker", SINCE)
        person = reachable(session, f"R-{number}", EARLY)
        found.append(person)
        session.add_all(ReadingRow(person_id=person, lesson_id=id, version=1, read_at=EARLY) for id in lessons)
        for question in chance.sample(questions, chance.choice([0, 3, 40, len(questions)])):
            due = EARLY + timedelta(hours=chance.randrange(-200, 200))
            session.add(
                MemoryRow(
                    person_id=person, question_id=question, stability=3.0, difficulty=5.0, due_at=due,
                    reviewed_at=EARLY - timedelta(days=9), reps=1, lapses=chance.choice([0, 0, 1, 2]),
                )
            )  # fmt: skip
        if number % 3 == 0:
            lies = AnswerRow(
                key=f"open:{number}", assignment_id=10**6 + number, person_id=person, question_id=chance.choice(questions),
                question_version=1, place=1, shown=[], state="open", chosen=[],
            )  # fmt: skip
            session.add(lies)
    session.flush()
    return found


def day() -> Day:
    """The Wednesday, in Chicago."""
    ends = chicago(19, 0)
    return Day(chicago(18, 9).date(), ends, "America/Chicago", False, chicago(18, 0), ends)


def everybody() -> Select[Any]:
    """All people, as a slice of the push takes them."""
    quiet = [literal(at).label(name) for at, name in zip(usual.quiet, ("quiet_start", "quiet_end"), strict=True)]
    return people_on.where(PersonRow.left_on.is_(None)).with_only_columns(
        PersonRow.id.label("person_id"), PlacementRow.unit_id, PlacementRow.post, *quiet, maintain_column_froms=True
    )


def test_all_at_once_get_what_each_would_get_alone(database_url: str) -> None:
    """Due first by how long, then new ones where they were wrong before, then others; nothing that lies before them."""
    with house(database_url, at=EARLY) as session:
        crew = crowd(session, 24)
        slicing.find(session, everybody(), {"on": day().on})
        found = {each.person: each for each in choosing.choose(session, day().ends_at, NINE)}
        assert set(crew) <= set(found)
        kinds = set()
        for person in crew:
            them = people_store.person(session, person, NINE)
            assert them is not None
            longest = store.due_questions(session, them, NINE, rules.QUESTIONS)
            new = store.new_questions(session, them, rules.QUESTIONS)
            assert list(found[person].questions) == rules.compose(longest, [], new)
            kinds.add((bool(longest), bool(new)))
        assert len(kinds) >= 3, "there are people with due ones, with new ones, with both"


def test_new_questions_come_first_where_somebody_was_wrong(database_url: str) -> None:
    """Wrong about ladders twice: of all that is new, ladders are asked first."""
    with house(database_url, at=EARLY) as session:
        [person] = crowd(session, 1)
        session.query(MemoryRow).delete()
        session.query(AnswerRow).delete()
        ladders = session.scalars(
            select(QuestionRow.id).where(QuestionRow.topic == "LAD").order_by(QuestionRow.id)
        ).all()
        known = MemoryRow(
            person_id=person, question_id=ladders[0], stability=9.0, difficulty=5.0, due_at=chicago(29, 9),
            reviewed_at=EARLY, reps=3, lapses=2,
        )  # fmt: skip
        session.add(known)
        session.flush()
        them = people_store.person(session, person, NINE)
        assert them is not None
        first = store.new_questions(session, them, 3)
        assert {session.get_one(QuestionRow, id).topic for id in first} == {"LAD"}
        plan(session, NINE)
        asked = session.scalars(select(AnswerRow.question_id).where(AnswerRow.person_id == person)).one()
        assert asked in first


def test_reviews_are_planned_in_as_many_statements_for_many_as_for_few(database_url: str) -> None:
    """Four times the people, the same number of statements; each gets one quiz with its facts, and an older one goes."""
    counts = []
    for many in (12, 48):
        with house(database_url, at=EARLY) as session:
            crowd(session, many, seed=many)
            session.query(AnswerRow).delete()
            session.commit()
            planned: list[str] = []
            connection = session.connection()
            event.listen(connection, "before_cursor_execute", lambda *a, said=planned: said.append(a[2]))
            while planning.push_today(session, NINE):
                pass
            counts.append(len(planned))
            given = session.scalars(select(AssignmentRow.kind).where(AssignmentRow.on_date == day().on)).all()
            polls = given.count("poll")
            assert polls > many / 2
            assert session.scalar(select(func.count()).select_from(OutboxRow)) == len(given) - given.count("nothing")
            for kind, count in (("ReviewAssigned", len(given) - given.count("nothing")), ("QuestionOffered", polls)):
                assert session.scalar(select(func.count()).where(FactRow.kind == kind)) == count
            for row in session.scalars(select(AnswerRow)).all():
                here = SentMessageRow(chat_id=row.person_id, message_id=5, quiz_key=f"quiz:{row.id}", sent_at=NINE)
                session.add(here)
            session.flush()
            while planning.push_today(session, chicago(19, 9)):
                pass
            taken_away = select(func.count()).where(OutboxRow.method == "delete")
            assert session.scalar(taken_away) == polls
            assert session.scalar(select(func.count()).where(AnswerRow.state == "lapsed")) == polls
            session.rollback()
    assert counts[1] <= counts[0] * 1.5, counts
