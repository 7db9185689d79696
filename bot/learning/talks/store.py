"""Questions about crews' groups and their talks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, literal, or_, select
from sqlalchemy.orm import Session

from bot.kit.clock import local_date
from bot.learning.talks import rules
from bot.learning.talks.model import Asking, Count, Group, Held, Member, State, Talk
from bot.learning.talks.tables import TalkAnswerRow, TalkMemberRow, TalkQuestionRow, TalkRow
from bot.library.store import lesson_holds, question_holds
from bot.library.tables import LessonRow, QuestionRow
from bot.people import store as people
from bot.people import worktime
from bot.people.model import Person, Unit
from bot.people.tables import CrewGroupRow, PersonRow, RosterRow, UnitRow

TAPPED = ("one", "true_false")
"""The kinds of question that one tap answers."""

_groups = select(CrewGroupRow, UnitRow).join(UnitRow, UnitRow.id == CrewGroupRow.unit_id)
_talks = (
    select(TalkRow, UnitRow, CrewGroupRow.chat_id)
    .join(UnitRow, UnitRow.id == TalkRow.unit_id)
    .join(CrewGroupRow, CrewGroupRow.id == TalkRow.group_id)
    .execution_options(populate_existing=True)
)


def _as_group(found: Any) -> Group | None:
    return Group(found[0].id, found[0].chat_id, people.as_unit(found[1])) if found else None


def _as_talk(row: TalkRow, unit: UnitRow, chat: int) -> Talk:
    return Talk(
        row.id, row.group_id, chat, people.as_unit(unit), row.lesson_id, row.lesson_version, State(row.state),
        row.led_by, row.started_at, row.last_at, row.closed_at, row.minutes, row.asked, row.edit_at,
    )  # fmt: skip


def group_of_chat(session: Session, chat: int) -> Group | None:
    """The crew's group that a chat is."""
    return _as_group(session.execute(_groups.where(CrewGroupRow.chat_id == chat)).first())


def group(session: Session, id: int) -> Group | None:
    """A crew's group by its number."""
    return _as_group(session.execute(_groups.where(CrewGroupRow.id == id)).first())


def groups_under(session: Session, paths: Sequence[str]) -> list[Group]:
    """The groups, with Davy still in them, of the units under some paths."""
    under = or_(*(UnitRow.path.startswith(path) for path in paths))
    query = _groups.where(under, CrewGroupRow.left_at.is_(None)).order_by(UnitRow.path, CrewGroupRow.id)
    return [found for row in session.execute(query) if (found := _as_group(row)) is not None] if paths else []


def parts_of(session: Session, unit: int) -> list[Unit]:
    """The open units right below one."""
    query = select(UnitRow).where(UnitRow.parent_id == unit, UnitRow.ends_on.is_(None)).order_by(UnitRow.name)
    return [people.as_unit(row) for row in session.scalars(query)]


def talk(session: Session, id: int) -> Talk | None:
    """A talk as it stands now."""
    found = session.execute(_talks.where(TalkRow.id == id)).first()
    return _as_talk(*found) if found else None


def open_talk(session: Session, group: int) -> Talk | None:
    """The talk that runs in a group."""
    query = _talks.where(TalkRow.group_id == group, TalkRow.state == State.OPEN).order_by(TalkRow.id.desc())
    found = session.execute(query).first()
    return _as_talk(*found) if found else None


def count_talks(session: Session, group: int) -> int:
    """How many talks a group has had."""
    return session.scalar(select(func.count()).where(TalkRow.group_id == group)) or 0


def forgotten(session: Session, now: datetime, most: int) -> list[Talk]:
    """Talks that were left open."""
    query = _talks.where(TalkRow.state == State.OPEN, TalkRow.closes_at <= now).order_by(TalkRow.closes_at)
    return [_as_talk(*row) for row in session.execute(query.limit(most))]


def topics(session: Session, unit: Unit) -> list[str]:
    """The signed lessons that hold for a unit: never talked about there first, then the longest ago."""
    last = (
        select(func.max(TalkRow.started_at))
        .where(TalkRow.lesson_id == LessonRow.id, TalkRow.unit_id == unit.id, TalkRow.state == State.CLOSED)
        .correlate(LessonRow)
        .scalar_subquery()
    )
    query = (
        select(LessonRow.id)
        .where(LessonRow.retired_at.is_(None), lesson_holds(literal(unit.path), literal(unit.jurisdiction)))
        .order_by(case((last.is_(None), 0), else_=1), last, LessonRow.position, LessonRow.id)
    )
    return list(session.scalars(query))


def questions_about(session: Session, lesson: str, unit: Unit) -> tuple[list[str], list[str]]:
    """Live questions that a tap answers and that hold for a unit: the lesson's own, and others of its topic."""
    topic = select(LessonRow.topic).where(LessonRow.id == lesson).scalar_subquery()
    query = select(QuestionRow.id, QuestionRow.lesson_id).where(
        or_(QuestionRow.lesson_id == lesson, QuestionRow.topic == topic),
        QuestionRow.retired_at.is_(None),
        QuestionRow.kind.in_(TAPPED),
        question_holds(literal(unit.path), literal(unit.jurisdiction)),
    )
    found = session.execute(query.order_by(QuestionRow.id)).all()
    own = [row.id for row in found if row.lesson_id == lesson]
    return own, [row.id for row in found if row.lesson_id != lesson]


def askings(session: Session, talk: int) -> list[Asking]:
    """The questions of a talk in their order."""
    query = select(TalkQuestionRow).where(TalkQuestionRow.talk_id == talk).order_by(TalkQuestionRow.place)
    rows = session.scalars(query.execution_options(populate_existing=True))
    return [Asking(r.place, r.question_id, r.question_version, tuple(r.shown), r.answered, r.right) for r in rows]


def members(session: Session, talk: int) -> list[Member]:
    """Who should be at a talk and who is, by name."""
    query = (
        select(TalkMemberRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == TalkMemberRow.person_id)
        .where(TalkMemberRow.talk_id == talk)
        .order_by(PersonRow.name, PersonRow.id)
        .execution_options(populate_existing=True)
    )
    return [
        Member(row.id, row.person_id, name, row.expected, row.guest, row.here_at is not None)
        for row, name in session.execute(query)
    ]


def is_here(session: Session, talk: int, person: int) -> bool:
    """Whether somebody has tapped that they are at a talk."""
    which = (TalkMemberRow.talk_id == talk, TalkMemberRow.person_id == person, TalkMemberRow.here_at.is_not(None))
    return session.scalar(select(TalkMemberRow.id).where(*which)) is not None


def count(session: Session, talk: int) -> Count:
    """How many are at a talk."""
    return counts(session, [talk]).get(talk, Count(0, 0, 0))


def counts(session: Session, talks: Sequence[int]) -> dict[int, Count]:
    """The same of several talks."""
    here, crew = TalkMemberRow.here_at.is_not(None), TalkMemberRow.guest.is_(False)
    query = (
        select(
            TalkMemberRow.talk_id,
            func.count(case((here & crew, 1))),
            func.count(case((crew, 1))),
            func.count(case((here & ~crew, 1))),
        )
        .where(TalkMemberRow.talk_id.in_(talks))
        .group_by(TalkMemberRow.talk_id)
    )
    return {row[0]: Count(row[1], row[2], row[3]) for row in session.execute(query)}


def answered(session: Session, talk: int) -> dict[int, int]:
    """How many questions of a talk each person answered."""
    query = select(TalkAnswerRow.person_id, func.count()).where(TalkAnswerRow.talk_id == talk)
    return {row[0]: row[1] for row in session.execute(query.group_by(TalkAnswerRow.person_id))}


def last_talks(session: Session, paths: Sequence[str], most: int) -> list[Held]:
    """The last talks of the units under some paths, the newest first; what nobody came to is left out."""
    if not paths:
        return []
    under = or_(*(UnitRow.path.startswith(path) for path in paths))
    query = _talks.where(under, TalkRow.state != State.CANCELLED).order_by(TalkRow.started_at.desc(), TalkRow.id.desc())
    found = [_as_talk(*row) for row in session.execute(query.limit(most))]
    many = counts(session, [each.id for each in found])
    return [Held(each, many.get(each.id, Count(0, 0, 0))) for each in found]


def expected(session: Session, unit: Unit, now: datetime) -> list[Person]:
    """The people of a unit who are at work about now. Of somebody without a shift the unit's working days decide."""
    crew = people.everyone(session, now, [unit.path])
    away = people.deputies(session, [who.id for who in crew], now)
    presences = worktime.presences(session, crew, now, away)
    shiftless = _at_work_without_shift(session, [who for who in crew if who.shift is None and who.id not in away], now)
    return [w for w in crew if w.id in shiftless or rules.is_expected(presences[w.id], now, w.zone)]


def _at_work_without_shift(session: Session, some: Sequence[Person], now: datetime) -> set[int]:
    if not some:
        return set()
    today = {who.id: local_date(now, who.zone) for who in some}
    listed = select(RosterRow.person_id, RosterRow.on_date).where(
        RosterRow.person_id.in_(today), RosterRow.on_date.in_(set(today.values()))
    )
    rostered = {(row.person_id, row.on_date) for row in session.execute(listed)}
    units = select(UnitRow.id, UnitRow.workdays).where(UnitRow.id.in_({who.unit for who in some}))
    workdays = {row.id: row.workdays for row in session.execute(units)}
    return {
        who.id
        for who in some
        if (who.id, today[who.id]) not in rostered and str(today[who.id].isoweekday()) in workdays[who.unit]
    }
