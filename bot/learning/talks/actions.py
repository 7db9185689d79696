"""Tying a group to a unit, beginning a talk, asking, closing. Each in the caller's transaction, by conditional update."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.errors import Refused
from bot.learning.talks import rules, sending, signing_off, store
from bot.learning.talks.model import GROUP_TIED, Group, State, Talk
from bot.learning.talks.tables import TalkMemberRow, TalkQuestionRow, TalkRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import store as library
from bot.library.kinds.registry import order_for
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer
from bot.people.tables import CrewGroupRow


def leads(viewer: Viewer | None, unit: Unit) -> Viewer:
    """The viewer, who leads a unit. Raises Refused for everybody else."""
    if viewer is None or not viewer.holds(Role.SUPERVISOR, unit.path):
        raise Refused("learning.talks.not_yours")
    return viewer


# --- the group -----------------------------------------------------------------------------------------------------


def tie(session: Session, viewer: Viewer | None, chat: int, unit_id: int, now: datetime) -> Group:
    """Names a chat as the group of a unit's crew. Refused to whoever does not lead it, or not the one it was tied to."""
    unit, before = people.unit(session, unit_id), store.group_of_chat(session, chat)
    if unit is None:
        raise Refused("learning.talks.not_yours")
    who = leads(viewer, unit)
    if before is not None:
        leads(viewer, before.unit)
        if store.open_talk(session, before.id) is not None:
            raise Refused("learning.talks.runs_already")
    values = {"chat_id": chat, "unit_id": unit.id, "tied_by": who.person, "tied_at": now}
    if insert_once(session, CrewGroupRow, values, "chat_id") is None:
        session.execute(update(CrewGroupRow).where(CrewGroupRow.chat_id == chat).values(**values, left_at=None))
    group = store.group_of_chat(session, chat)
    assert group is not None
    if before is None or before.unit.id != unit.id:
        key = f"crew-group:{group.id}:{unit.id}:{now.isoformat()}"
        record(session, Fact(GROUP_TIED, key, now, who.person, unit.id), now)
    return group


def set_left(session: Session, chat: int, at: datetime | None) -> None:
    """Davy was taken out of a group, or is spoken to in it again."""
    session.execute(update(CrewGroupRow).where(CrewGroupRow.chat_id == chat).values(left_at=at))


def move(session: Session, old: int, new: int, now: datetime) -> None:
    """A group became a supergroup. What stood in the old one can be pressed no more, so a talk is put there anew."""
    if changed(session, update(CrewGroupRow).where(CrewGroupRow.chat_id == old).values(chat_id=new)):
        group = store.group_of_chat(session, new)
        talk = store.open_talk(session, group.id) if group else None
        if talk is not None:
            sending.put_again(session, talk, old, now)


# --- the talk ------------------------------------------------------------------------------------------------------


def begin(session: Session, viewer: Viewer | None, group: Group, lesson_id: str, now: datetime) -> Talk:
    """Begins a talk about a signed lesson: its cards and *I am here* in the group, the leader's buttons in private.

    Refused: to whoever does not lead the unit, for a lesson that does not hold there, and while one runs.
    """
    who = leads(viewer, group.unit)
    lesson = library.lesson(session, lesson_id)
    if lesson is None or lesson_id not in store.topics(session, group.unit):
        raise Refused("learning.talks.no_such_topic")
    if store.open_talk(session, group.id) is not None:
        raise Refused("learning.talks.runs_already")
    values = {
        "key": f"talk:{group.id}:{store.count_talks(session, group.id) + 1}", "group_id": group.id,
        "unit_id": group.unit.id, "lesson_id": lesson_id, "lesson_version": lesson.version, "state": State.OPEN.value,
        "led_by": who.person, "started_at": now, "last_at": now, "closes_at": now + rules.LASTS, "asked": 0,
    }  # fmt: skip
    id = insert_once(session, TalkRow, values, "key")
    if id is None:
        raise Refused("learning.talks.runs_already")
    crew = [each for each in store.expected(session, group.unit, now) if each.id != who.person]
    if crew:
        rows = [{"talk_id": id, "person_id": each.id, "expected": True, "guest": False} for each in crew]
        session.execute(insert(TalkMemberRow), rows)
    _choose_questions(session, id, lesson_id, group.unit)
    talk = store.talk(session, id)
    assert talk is not None
    sending.put(session, talk, lesson, now)
    sending.panel(session, talk, who.person, now)
    return talk


def _choose_questions(session: Session, talk: int, lesson: str, unit: Unit) -> None:
    """The lesson's own first, then others of its topic; other ones each time, and the same when this runs twice."""

    def mixed(ids: list[str]) -> list[str]:
        return sorted(ids, key=lambda id: hashlib.sha256(f"talk:{talk}:{id}".encode()).digest())

    own, others = store.questions_about(session, lesson, unit)
    for place, id in enumerate([*mixed(own), *mixed(others)][: rules.QUESTIONS], 1):
        found = library.question(session, id)
        assert found is not None
        shown = list(order_for(found.question, f"talk:{talk}:{id}"))
        values = {"question_id": id, "question_version": found.version, "shown": shown, "answered": 0, "right": 0}
        session.add(TalkQuestionRow(talk_id=talk, place=place, **values))
    session.flush()


def ask(session: Session, viewer: Viewer | None, id: int, place: int, now: datetime) -> Talk:
    """Puts the next question into the group; the one before is over, and says what was right. Refused when pressed twice."""
    talk = _of(session, viewer, id)
    if place not in {each.place for each in store.askings(session, id)}:
        raise Refused("learning.talks.asked_already")
    change = update(TalkRow).where(TalkRow.id == id, TalkRow.state == State.OPEN, TalkRow.asked == place - 1)
    if changed(session, change.values(asked=place, last_at=now)) == 0:
        raise Refused("learning.talks.asked_already" if talk.state is State.OPEN else "learning.talks.closed_already")
    talk = store.talk(session, id) or talk
    sending.ask(session, talk, now)
    return talk


def close(session: Session, viewer: Viewer | None, id: int, now: datetime) -> Talk:
    """The leader, or another one of the unit, ends the talk. Refused the second time."""
    talk = _of(session, viewer, id)
    assert viewer is not None
    return _close(session, talk, now)


def close_forgotten(session: Session, talk: Talk, now: datetime) -> None:
    """Nobody closed it."""
    _close(session, talk, now)


def _close(session: Session, talk: Talk, now: datetime) -> Talk:
    mine = (TalkRow.id == talk.id, TalkRow.state == State.OPEN)
    if changed(session, update(TalkRow).where(*mine).values(state=State.CLOSED.value, closed_at=now)) == 0:
        raise Refused("learning.talks.closed_already")
    # read only now: whoever tapped before has been counted, whoever taps from now on finds it closed
    talk = store.talk(session, talk.id) or talk
    held = store.count(session, talk.id).anybody
    lasted = rules.minutes(talk.started_at, talk.last_at, now) if held else None
    state = State.CLOSED if held else State.CANCELLED
    session.execute(update(TalkRow).where(TalkRow.id == talk.id).values(state=state.value, minutes=lasted))
    talk = store.talk(session, talk.id) or talk
    if held:
        signing_off.sign_off(session, talk, now)
    sending.closed(session, talk, now)
    return talk


def _of(session: Session, viewer: Viewer | None, id: int) -> Talk:
    talk = store.talk(session, id)
    if talk is None:
        raise Refused("learning.talks.not_yours")
    leads(viewer, talk.unit)
    return talk
