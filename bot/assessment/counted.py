"""Lines of an assessment from what the ledger has counted up by month, for companies whose facts nobody could read one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.assessment.model import Employed, Line, Period
from bot.assessment.store import as_agreed, employed
from bot.hazards import model as hazards
from bot.learning import model as learning
from bot.ledger import closing, periods
from bot.ledger.counting import Counted
from bot.ledger.periods import Taken
from bot.people.tables import PersonRow

CHUNK = 1_000
"""People of whom a line is made at a time, so that a large company needs no more memory than a small one."""
_EXAM = (("mode", learning.Mode.EXAM.value),)
_STRUCK = {"lost": learning.EXAM_ANSWER_STRUCK.name, "offer": "answered", "loss": "struck"}
COUNTED = (
    Counted(
        "lesson", learning.LESSON_ASSIGNED.name, learning.LESSON_READ.name, learning.NOT_DELIVERED.name, "assigned",
        "read", "undelivered",
    ),
    Counted(
        "question", learning.QUESTION_OFFERED.name, learning.QUESTION_ANSWERED.name, learning.QUESTION_NOT_DELIVERED.name,
        "offered", "answered", "unseen",
    ),
    Counted("exam", learning.QUESTION_ANSWERED.name, where=_EXAM, **_STRUCK),
    Counted("exam_right", learning.QUESTION_ANSWERED.name, where=(*_EXAM, ("right", True)), **_STRUCK),
    Counted("reported", hazards.REPORTED.name),
    Counted("confirmed", hazards.CONFIRMED.name),
    Counted("practised", hazards.PRACTISED.name),
)  # fmt: skip
"""What the ledger counts up by person and month for an assessment: the same as `rules.lines` makes of single facts."""


def close_month(session: Session, now: datetime) -> bool:
    """One slice of counting up a month that is over; True while more is left."""
    return closing.close_some(session, COUNTED, now)


def lines(session: Session, period: Period, persons: Sequence[int] | None = None) -> tuple[Line, ...]:
    """A line for each person employed in a period (or for those of some people), in the order of badges.

    The same as `rules.lines(period, employed(...), happened(...))`, from months that the ledger has counted up: a year of a
    hundred thousand people in a minute. A fact counts by the date on the calendar of the unit that it names.
    """
    ids = sorted(persons) if persons is not None else list(session.scalars(select(PersonRow.id).order_by(PersonRow.id)))
    made: list[Line] = []
    for begin in range(0, len(ids), CHUNK):
        some = ids[begin : begin + CHUNK]
        them = as_agreed(session, employed(session, period, some))
        days_off = {who.person: who.excused for who in them}
        found = periods.taken(session, COUNTED, period.starts, period.ends, some, days_off)
        made += [_line(who, found.get(who.person, {})) for who in them]
    return tuple(sorted(made, key=lambda line: (line.badge, line.name)))


_NOTHING = Taken()


def _line(who: Employed, found: Mapping[str, Taken]) -> Line:
    lesson, question = found.get("lesson", _NOTHING), found.get("question", _NOTHING)
    exam, right = found.get("exam", _NOTHING), found.get("exam_right", _NOTHING)
    lessons_excused, questions_excused = (
        sum(count for on, count in one.missed.items() if on in who.excused) for one in (lesson, question)
    )
    return Line(
        who.badge, who.name, " / ".join(who.unit), who.post, who.days, len(who.excused),
        lessons_offered=lesson.offered - lesson.lost - lessons_excused, lessons_read=lesson.done,
        lessons_excused=lessons_excused, lessons_also_read=lesson.also,
        questions_offered=question.offered - question.lost - questions_excused, questions_answered=question.done,
        questions_excused=questions_excused, exam_questions_answered=exam.offered - exam.lost,
        exam_questions_right=right.offered - right.lost, reports_made=found.get("reported", _NOTHING).offered,
        reports_confirmed=found.get("confirmed", _NOTHING).offered,
        reports_practised=found.get("practised", _NOTHING).offered, cleared=who.cleared, hidden=who.hidden,
    )  # fmt: skip
