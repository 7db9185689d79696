"""*I am here*, and an answer: one tap a person, by their own account. A tap and the close never pass each other unseen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.kit.errors import Refused
from bot.learning.talks import sending, store
from bot.learning.talks.model import Asking, State, Talk
from bot.learning.talks.tables import TalkAnswerRow, TalkMemberRow, TalkQuestionRow, TalkRow
from bot.library import store as library
from bot.library.kinds.registry import grade
from bot.library.model import Question
from bot.people.model import Person


@dataclass(frozen=True)
class Judged:
    """What the one who pressed is told."""

    right: bool
    asking: Asking
    question: Question


def come(session: Session, id: int, chat: int, who: Person, now: datetime) -> str:
    """Somebody is here: `here`, `guest` or `already`. Refused when the talk is over, and to the one who leads it."""
    talk = _touched(session, id, chat, now)
    if talk.led_by == who.id:
        raise Refused("learning.talks.you_lead")
    guest = not who.path.startswith(talk.unit.path)
    mine = (TalkMemberRow.talk_id == id, TalkMemberRow.person_id == who.id)
    expected = update(TalkMemberRow).where(*mine, TalkMemberRow.here_at.is_(None))
    if not changed(session, expected.values(here_at=now)):
        values = {"talk_id": id, "person_id": who.id, "expected": False, "guest": guest, "here_at": now}
        if insert_once(session, TalkMemberRow, values) is None:
            return "already"
    sending.changed(session, talk, now)
    return "guest" if guest else "here"


def answer(session: Session, id: int, chat: int, place: int, at: int, who: Person, now: datetime) -> Judged:
    """Somebody answers the question that lies open, once. Only the two sums are kept.

    Refused: before *I am here*, a second time, and when the question or the talk is over.
    """
    talk = _touched(session, id, chat, now)
    if talk.asked != place:
        raise Refused("learning.talks.question_over")
    asking = next((each for each in store.askings(session, id) if each.place == place), None)
    if asking is None or not 0 <= at < len(asking.shown):
        raise Refused("learning.talks.question_over")
    if not store.is_here(session, id, who.id):
        raise Refused("learning.talks.come_first")
    if insert_once(session, TalkAnswerRow, {"talk_id": id, "place": place, "person_id": who.id}) is None:
        raise Refused("learning.talks.answered_already")
    found = library.question(session, asking.question, asking.version)
    assert found is not None, "versions are never deleted"
    right = grade(found.question, (asking.shown[at],)).right
    which = (TalkQuestionRow.talk_id == id, TalkQuestionRow.place == place)
    one_more = {"answered": TalkQuestionRow.answered + 1, "right": TalkQuestionRow.right + int(right)}
    session.execute(update(TalkQuestionRow).where(*which).values(one_more))
    sending.changed(session, talk, now, place)
    return Judged(right, asking, found.question)


def _touched(session: Session, id: int, chat: int, now: datetime) -> Talk:
    """The open talk of this chat, its row held until the end of the transaction: closing waits for the tap, or goes first."""
    talk = store.talk(session, id)
    if talk is None or talk.chat != chat:
        raise Refused("delivery.stale")
    change = update(TalkRow).where(TalkRow.id == id, TalkRow.state == State.OPEN).values(last_at=now)
    won = changed(session, change) == 1
    talk = store.talk(session, id) or talk
    if not won:
        raise Refused("learning.talks.over", held=talk.state is State.CLOSED)
    return talk
