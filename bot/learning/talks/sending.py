"""What stands in the group and on the leader's phone, put and kept up to date; many taps become one edit."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane, To
from bot.kit.replies import Message
from bot.learning.talks import rules, showing, store
from bot.learning.talks.model import Talk
from bot.learning.talks.tables import TalkRow
from bot.library import store as library
from bot.library.model import Lesson
from bot.people import store as people

NOBODY = 0


def to_group(session: Session, talk: Talk, message: Message, now: datetime) -> None:
    """Says something in the group, in the group's language."""
    outbox.send(session, To(chat=talk.chat, lang=talk.lang), message, Lane.REPLY, now)


def put(session: Session, talk: Talk, lesson: Lesson, now: datetime) -> None:
    """The lesson's cards, then *I am here* below them."""
    for card in showing.cards(lesson):
        to_group(session, talk, card, now)
    to_group(session, talk, _presence(session, talk, lesson, now), now)


def put_again(session: Session, talk: Talk, old: int, now: datetime) -> None:
    """*I am here* and the open question, in the chat that the group has become; what stood in the old one is left alone."""
    for ref in (showing.presence_ref(talk), *(showing.question_ref(talk, at) for at in range(1, talk.asked + 1))):
        outbox.forget(session, NOBODY, old, ref)
    to_group(session, talk, _presence(session, talk, _lesson(session, talk), now), now)
    if talk.asked:
        to_group(session, talk, _question(session, talk, talk.asked), now)


def panel(session: Session, talk: Talk, person: int, now: datetime) -> None:
    """The leader's own message: who is missing, the next question, close. In private, because it has names."""
    outbox.send(session, outbox.to_person(person), _panel(session, talk), Lane.REPLY, now)


def changed(session: Session, talk: Talk, now: datetime, place: int | None = None) -> None:
    """Somebody tapped: the count in the group (of a question, with `place`) and the leader's message follow, soon."""
    at = rules.next_edit(talk.edit_at, now)
    session.execute(update(TalkRow).where(TalkRow.id == talk.id).values(edit_at=at))
    if place is None:
        message = _presence(session, talk, _lesson(session, talk), now)
        outbox.edit_ref(session, showing.presence_ref(talk), message, now, lang=talk.lang, not_before=at)
    else:
        message = _question(session, talk, place)
        outbox.edit_ref(session, showing.question_ref(talk, place), message, now, lang=talk.lang, not_before=at)
    outbox.edit_ref(session, showing.panel_ref(talk), _panel(session, talk), now, not_before=at)


def ask(session: Session, talk: Talk, now: datetime) -> None:
    """The next question in the group; the one before says what was right, and nobody can answer it any more."""
    _end_question(session, talk, talk.asked - 1, now)
    to_group(session, talk, _question(session, talk, talk.asked), now)
    outbox.edit_ref(session, showing.panel_ref(talk), _panel(session, talk), now)


def closed(session: Session, talk: Talk, now: datetime) -> None:
    """The end, in the group and for the leader."""
    _end_question(session, talk, talk.asked, now)
    lesson, count = _lesson(session, talk), store.count(session, talk.id)
    end = showing.closed(talk, lesson, count)
    outbox.edit_ref(session, showing.presence_ref(talk), end, now, lang=talk.lang)
    missing = rules.first_names([each.name for each in store.members(session, talk.id) if not each.here])
    outbox.edit_ref(session, showing.panel_ref(talk), showing.signed_off(talk, lesson, count, missing), now)


def _end_question(session: Session, talk: Talk, place: int, now: datetime) -> None:
    asking = next((each for each in store.askings(session, talk.id) if each.place == place), None)
    if asking is None:
        return
    found = library.question(session, asking.question, asking.version)
    assert found is not None, "versions are never deleted"
    message = showing.question_over(talk, asking, found.question)
    outbox.edit_ref(session, showing.question_ref(talk, place), message, now, lang=talk.lang)


def _lesson(session: Session, talk: Talk) -> Lesson:
    lesson = library.lesson(session, talk.lesson, talk.version)
    assert lesson is not None, "versions are never deleted"
    return lesson


def _presence(session: Session, talk: Talk, lesson: Lesson, now: datetime) -> Message:
    leader = people.person(session, talk.led_by, now)
    return showing.presence(talk, lesson, store.count(session, talk.id), leader.name if leader else "")


def _question(session: Session, talk: Talk, place: int) -> Message:
    askings = store.askings(session, talk.id)
    asking = next(each for each in askings if each.place == place)
    found = library.question(session, asking.question, asking.version)
    assert found is not None, "versions are never deleted"
    message = showing.question(talk, asking, found.question, len(askings))
    return replace(message, ref=showing.question_ref(talk, place))


def _panel(session: Session, talk: Talk) -> Message:
    missing = rules.first_names([each.name for each in store.members(session, talk.id) if not each.here])
    askings = store.askings(session, talk.id)
    return showing.panel(talk, _lesson(session, talk), store.count(session, talk.id), missing, askings)
