"""A question to the safety officer, and its answer. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import drafts, outbox
from bot.delivery.drafts import Draft
from bot.delivery.outbox import Lane, to_person
from bot.kit.errors import Refused
from bot.kit.replies import Message, Reply, answer, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.onboarding import store
from bot.onboarding.model import OFFICER_ANSWERED, OFFICER_ASKED
from bot.onboarding.tables import QuestionAskedRow
from bot.people import store as people
from bot.people.company import leaders, safety_officers
from bot.people.model import Person, Role

ASK, ANSWER = "ob.ask", "ob.answer"
MOST_LETTERS = 1000
STAYS_OPEN = timedelta(days=30)
PATIENCE = timedelta(hours=2)
"""How long a text counts as what was asked for: later it is rather a new matter, perhaps a danger."""


def begin_question(session: Session, person_id: int, now: datetime) -> Message:
    """Opens the conversation in which the next text is the question, and says to whom it goes. Raises Refused: to nobody."""
    who = people.person(session, person_id, now)
    names = [each.name for each in _who_answers(session, who, now)] if who is not None else []
    if not names:
        raise Refused("onboarding.nobody_to_ask")
    drafts.begin(session, person_id, ASK, "question", {}, now)
    return Message(text("onboarding.ask_what", names=names), rows(button("onboarding.cancel", "ob.cancel")))


def ask(session: Session, person_id: int, words: str, now: datetime) -> Reply | None:
    """Passes a typed question on. Raises Refused where it is too long or nobody is there; it can be sent again."""
    draft = _fresh(session, person_id, ASK, now)
    who = people.person(session, person_id, now)
    if draft is None or who is None:
        return None
    _check(words)
    officers = _who_answers(session, who, now)
    if not officers:
        raise Refused("onboarding.nobody_to_ask")
    drafts.close(session, draft)
    row = QuestionAskedRow(person_id=person_id, unit_id=who.unit, words=words, asked_at=now)
    session.add(row)
    session.flush()
    _put_to(session, row, who, officers, now)
    record(session, Fact(OFFICER_ASKED, f"asked:{row.id}", now, person_id, body={"question": row.id}), now)
    return answer("onboarding.question_passed_on", name=officers[0].name)


def _put_to(session: Session, row: QuestionAskedRow, who: Person, officers: list[Person], now: datetime) -> None:
    """Each of them gets the question once."""
    said = text("onboarding.question", name=who.name, words=row.words)
    buttons = rows(button("onboarding.answer", f"ob.answer:{row.id}"))
    for officer in officers:
        message = Message(said, buttons, ref=f"asked:{row.id}")
        outbox.send(session, to_person(officer.id), message, Lane.REPLY, now, key=f"asked:{row.id}:{officer.id}")


def ask_again(session: Session, now: datetime) -> None:
    """Whoever was asked may have left: those who answer by now get the open questions too."""
    for row in store.open_questions(session, now - STAYS_OPEN):
        who = people.person(session, row.person_id, now)
        if who is not None and who.left_on is None:
            _put_to(session, row, who, _who_answers(session, who, now), now)


def begin_answer(session: Session, person_id: int, question_id: int, now: datetime) -> Reply:
    """Opens the conversation in which the next text is the answer. Raises Refused where it is not theirs to give."""
    row = _answerable(session, person_id, question_id, now)
    drafts.begin(session, person_id, ANSWER, "answer", {"question": row.id}, now)
    said = text("onboarding.answer_what", words=row.words)
    return Reply((Message(said, rows(button("onboarding.cancel", "ob.cancel"))),))


def give_answer(session: Session, person_id: int, words: str, now: datetime) -> Reply | None:
    """Sends the answer back; of two who answer at once one wins, and the other is told who."""
    draft = _fresh(session, person_id, ANSWER, now)
    who = people.person(session, person_id, now)
    if draft is None or who is None:
        return None
    _check(words)
    row = _answerable(session, person_id, int(draft.data["question"]), now)
    drafts.close(session, draft)
    won = changed(
        session,
        update(QuestionAskedRow)
        .where(QuestionAskedRow.id == row.id, QuestionAskedRow.state == "open")
        .values(state="answered", answer=words, answered_by=person_id, answered_at=now),
    )
    if won != 1:
        raise Refused("onboarding.answered_already", name=_name(session, row.answered_by, now))
    back = text("onboarding.question_answered", name=who.name, words=row.words, answer=words)
    outbox.send(session, to_person(row.person_id), Message(back), Lane.REPLY, now, key=f"answer:{row.id}")
    asker = _name(session, row.person_id, now)
    done = text("onboarding.question_settled", name=asker, words=row.words, by=who.name, answer=words)
    outbox.edit_ref(session, f"asked:{row.id}", Message(done), now)
    record(session, Fact(OFFICER_ANSWERED, f"answered:{row.id}", now, person_id, body={"question": row.id}), now)
    return answer("onboarding.answer_sent", name=asker)


def _answerable(session: Session, person_id: int, question_id: int, now: datetime) -> QuestionAskedRow:
    """The question, if this person may answer it and nobody has."""
    row = store.question(session, question_id)
    viewer = people.viewer(session, person_id, now)
    unit = people.unit(session, row.unit_id) if row is not None else None
    if row is None or viewer is None or unit is None or not viewer.holds(Role.SUPERVISOR, unit.path):
        raise Refused("onboarding.not_yours_to_answer")
    if row.state != "open":
        raise Refused("onboarding.answered_already", name=_name(session, row.answered_by, now))
    return row


def _who_answers(session: Session, who: Person, now: datetime) -> list[Person]:
    """The safety officers who can be written to; where none can, whoever leads."""
    found = [
        officer
        for officer in safety_officers(session, who.path, now)
        if officer.id != who.id and people.reachable_chat(session, officer.id) is not None
    ]
    return found or leaders(session, who.path, now, besides=who.id)


def _fresh(session: Session, person_id: int, kind: str, now: datetime) -> Draft | None:
    """The open conversation, closed and gone where it was left lying: its text then belongs to somebody else."""
    draft = drafts.current(session, person_id, kind)
    if draft is not None and draft.created_at < now - PATIENCE:
        drafts.close(session, draft)
        return None
    return draft


def _check(words: str) -> None:
    if len(words) > MOST_LETTERS:
        raise Refused("onboarding.too_long", most=MOST_LETTERS, length=len(words))


def _name(session: Session, person_id: int | None, now: datetime) -> str:
    who = people.person(session, person_id, now) if person_id is not None else None
    return who.name if who else ""
