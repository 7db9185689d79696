"""The conversations into which nobody comes by pressing what they are shown on one day: what has to stand there for each.

A row that takes weeks, a drawing or a file from the channel is put there; then everybody presses what would have come with it,
as a message would have offered it. Whoever the rooms let in has the conversation; what they said stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.activities.model import Kind, State
from bot.activities.tables import CampaignRow, CampaignStartRow
from bot.db.base import Base
from bot.duties.checks import model as looks
from bot.duties.checks.tables import DutyCheckRow
from bot.duties.reports import actions as reports
from bot.duties.reports.tables import SafetyReportRow
from bot.duties.tables import DutyListRow
from bot.hazards.rules import OPEN
from bot.hazards.tables import HazardRow
from bot.learning.courses import store as courses
from bot.learning.courses.model import Cause
from bot.learning.courses.tables import CourseGivenRow, CourseReadRow, CourseVersionRow
from bot.learning.induction.model import Reason
from bot.learning.tables import AssignmentRow
from bot.library.spotting.model import State as Seen
from bot.library.spotting.tables import SpotRow
from bot.library.tables import BankRow, LessonRow, LessonVersionRow, QuestionRow, QuestionVersionRow, UploadRow
from bot.people import store as people
from bot.people.model import Person
from tests.flows.abuse_company import ACTING, HERE, Company, played, site

FEW = 6
"""So many of a kind are tried by everybody: one of them is enough."""
OWN = "own-lesson-of-the-site"


def acting(session: Session, company: Company) -> list[Person]:
    """Who presses."""
    found = (people.person_by_badge(session, badge, company.now) for badge in ACTING)
    return [who for who in found if who is not None]


def contest(session: Session, company: Company) -> list[str]:
    """A contest that has begun at the site."""
    here, today = site(session, HERE), company.now.date()
    row = CampaignRow(
        key="abuse", kind=Kind.MONTH.value, unit_id=here.id, path=here.path, zone=here.zone, starts_on=today,
        said={"en": {"title": "A month of tidy ways", "words": "Send a photo.", "questions": []}}, contest=True, jury=[],
        ends_on=today + timedelta(days=20), later_weeks=4, state=State.RUNNING.value, by_id=1, stagger="none", step_weeks=2,
        planned_at=company.now,
    )  # fmt: skip
    _put(session, row)
    _put(
        session,
        CampaignStartRow(
            campaign_id=row.id, unit_id=here.id, path=here.path, step=0, starts_on=today, ends_on=row.ends_on,
            announced_at=company.now,
        ),
    )  # fmt: skip
    return [f"ac:enter:{row.id}"]


def look_at_a_duty(session: Session, company: Company) -> list[str]:
    """The lot has met somebody's duty, and everybody in turn is to look at it."""
    whom, found = acting(session, company)[0], session.scalars(select(DutyListRow.id)).first()
    rows = [
        DutyCheckRow(
            key=f"abuse:{who.id}", round="2026-W47", unit_id=whom.unit, path=whom.path, person_id=whom.id, checker_id=who.id,
            list_id=found, duty="ladders", state=looks.State.DRAWN.value, drawn_at=company.now,
            due_at=company.now + timedelta(days=5),
        )
        for who in acting(session, company)[1:3]
    ]  # fmt: skip
    _put(session, *rows)
    return [f"dck:found:{row.id}:{looks.Outcome.PARTLY.value}" for row in rows]


def report_of_the_month(session: Session, company: Company) -> list[str]:
    """Everybody is asked for the report of the month before."""
    for who in acting(session, company):
        reports.ask(session, who, "2026-10", company.now)
    query = select(SafetyReportRow.id).order_by(SafetyReportRow.id.desc())
    return [f"dsr:begin:{id}" for id in session.scalars(query.limit(len(ACTING)))]


def course_to_its_exam(session: Session, company: Company) -> list[str]:
    """Somebody was given every course that has an exam, and has read all of its lessons."""
    who, today = acting(session, company)[0], company.now.date()
    begins = []
    for row in session.scalars(select(CourseVersionRow).order_by(CourseVersionRow.course_id)).all():
        course = courses.course(session, row.course_id, row.version)
        if course is None or course.exam is None:
            continue
        given = CourseGivenRow(
            key=f"abuse:{row.course_id}:{row.version}", person_id=who.id, course_id=row.course_id, course_version=row.version,
            cause=Cause.EVERYONE.value, assigned_on=today, due_on=today + timedelta(days=14), tries_added=0,
        )  # fmt: skip
        _put(session, given)
        read = (
            CourseReadRow(given_id=given.id, lesson_id=each, lesson_version=1, read_at=company.now)
            for each in course.lessons
        )
        _put(session, *read)
        begins.append(f"co.begin:{given.id}")
    return begins


def milder_danger(session: Session, company: Company) -> list[str]:
    """A danger that is open was rated as bad as can be."""
    query = select(HazardRow.id).where(HazardRow.state.in_([each.value for each in OPEN])).order_by(HazardRow.id)
    some = session.scalars(query.limit(FEW)).all()
    session.execute(update(HazardRow).where(HazardRow.id.in_(some)).values(severity=4))
    return [f"hz:rated:{id}:1" for id in some]


def own_lesson(session: Session, company: Company) -> list[str]:
    """A lesson that the site's trainer has written: with the words of a shipped one."""
    row = session.scalars(select(LessonRow).order_by(LessonRow.position)).first()
    assert row is not None
    said = session.get_one(LessonVersionRow, (row.id, row.version))
    here = site(session, HERE)
    _put(session, LessonRow(
        id=OWN, topic=row.topic, position=-1, version=1, digest="0" * 64, shipped=False, unit_id=here.id,
    ))  # fmt: skip
    _put(
        session, LessonVersionRow(lesson_id=OWN, version=1, content=dict(said.content), at=company.now, person_id=None)
    )
    return [f"ld.wrong:{OWN}"]


def lesson_to_read_aloud(session: Session, company: Company) -> list[str]:
    """Any lesson that reaches the site."""
    ids = session.scalars(select(LessonRow.id).order_by(LessonRow.position).limit(FEW)).all()
    return [f"ld.rec:{id}:en:{site(session, HERE).id}" for id in ids]


def picture_of_a_danger(session: Session, company: Company) -> list[str]:
    """A picture in which somebody is sure that nobody can be recognised."""
    here = site(session, HERE)
    row = SpotRow(
        key="abuse", unit_id=here.id, path=here.path, topic="STF", state=Seen.SURE.value, pictures=["a.jpg"],
        created_at=company.now, touched_at=company.now, shown="a.jpg", grid="a.jpg",
    )  # fmt: skip
    _put(session, row)
    return [f"ls.mark:{row.id}:3:0"]


def bank_to_publish(session: Session, company: Company) -> list[str]:
    """Everybody has sent a workbook, and its preview stands there."""
    question = session.scalars(select(QuestionVersionRow)).first()
    assert question is not None
    rows = []
    for who in acting(session, company):
        bank, id = f"abuse-{who.id}", f"abuse-{who.id}-1"
        content = {"id": bank, "language": "en", "title": {"en": "Ladders"}, "questions": {id: dict(question.content)}}
        rows.append(UploadRow(
            person_id=who.id, name="bank.xlsx", state="ready", bank_id=bank, base_version=0, created_at=company.now,
            changes={"bank": content, "added": [id], "changed": [], "absent": []},
        ))  # fmt: skip
    _put(session, *rows)
    return [f"lb.when:{row.id}:0" for row in rows]


def question_in_doubt(session: Session, company: Company) -> list[str]:
    """Any question."""
    row = session.scalars(select(QuestionRow).where(QuestionRow.retired_at.is_(None))).first()
    assert row is not None
    return [f"lb.wrong:{row.id}:{row.version}"]


def doubt_to_decide(session: Session, company: Company) -> list[str]:
    """A question of a bank that the site's trainer looks after."""
    row = session.scalars(select(QuestionRow).where(QuestionRow.retired_at.is_(None))).first()
    assert row is not None
    session.execute(update(BankRow).where(BankRow.id == row.bank_id).values(unit_id=site(session, HERE).id))
    return [f"lb.keep1:{row.id}:{row.version}"]


def why_without_induction(session: Session, company: Company) -> list[str]:
    """Somebody shall work without the induction."""
    return [f"in.code:{who.id}:{Reason.ESCORTED.value}" for who in acting(session, company)]


def hours_of_training(session: Session, company: Company) -> list[str]:
    """Somebody's hours."""
    return [f"co.hours:{who.id}" for who in acting(session, company)]


def questions_of_a_lesson(session: Session, company: Company) -> list[str]:
    """The lesson of everybody's day, read to its end."""
    some = [who.id for who in acting(session, company)]
    query = select(AssignmentRow.id).where(AssignmentRow.person_id.in_(some)).order_by(AssignmentRow.id.desc())
    return [f"ln.quiz:{id}" for id in session.scalars(query.limit(3 * FEW))]


def _put(session: Session, *some: Base) -> None:
    session.add_all(some)
    session.flush()


OPENINGS: dict[str, Callable[[Session, Company], Iterable[str]]] = {
    "ac.entry": contest, "course.note": hours_of_training, "dck.words": look_at_a_duty, "doubt": question_in_doubt,
    "doubt_decision": doubt_to_decide, "dsr.report": report_of_the_month, "exam": course_to_its_exam,
    "hazards.milder": milder_danger, "in.why": why_without_induction, "library.instead": own_lesson,
    "library.spotting": picture_of_a_danger, "library.voice": lesson_to_read_aloud, "library.when": bank_to_publish,
    "quiz": questions_of_a_lesson,
}  # fmt: skip


def opened(company: Company) -> None:
    """Each of these conversations is begun by somebody, as far as the rooms let them."""
    with Session(company.house.engine) as session, session.begin():
        for kind, scene in OPENINGS.items():
            for data in scene(session, company):
                for who in acting(session, company):
                    if not any(known == kind for known, _ in company.drafts):
                        played(session, company, who.id, data)
        session.expunge_all()
