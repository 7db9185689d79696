"""A question to the safety officer, its answer, and what happens while there is none. Each in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_many_once
from bot.delivery import drafts, outbox
from bot.delivery.outbox import Lane, to_person
from bot.kit.errors import Refused
from bot.kit.replies import Message, Reply, answer, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person
from bot.voice import typed, whom
from bot.voice.questions import rules, showing, store
from bot.voice.questions.model import (
    ANSWER,
    ASK,
    ESCALATED,
    HELPED,
    LATE,
    OFFICER_ANSWERED,
    OFFICER_ASKED,
    SEARCH,
    WAITS,
)
from bot.voice.questions.tables import AnswerWordRow, QuestionAskedRow

STAYS_OPEN = timedelta(days=30)


def begin_question(session: Session, person_id: int, now: datetime) -> Message:
    """Opens the conversation in which the next text is the question, and says to whom it goes. Raises Refused: to nobody."""
    who = people.person(session, person_id, now)
    names = [each.name for each in whom.deciders(session, who.path, now, who.id)] if who is not None else []
    if not names:
        raise Refused("voice.questions.nobody_to_ask")
    drafts.begin(session, person_id, ASK, "question", {}, now)
    keys = rows(button("voice.questions.b_answers", "vq:list"), button("voice.cancel", "ob.cancel"))
    return Message(text("voice.questions.ask_what", names=names), keys)


def ask(session: Session, person_id: int, words: str, now: datetime) -> Reply | None:
    """A typed question: answers to the like are shown first, else it is passed on. Raises Refused; it can be sent again."""
    draft = typed.fresh(session, person_id, ASK, now)
    who = whom.working(session, person_id, now)
    if draft is None or who is None:
        return None
    typed.check(words)
    known = store.search(session, who, words, 3, rules.ALIKE)
    if not known:
        drafts.close(session, draft)
        return pass_on(session, who, words, now)
    typed.onward(session, draft, "similar", now, words=words)
    return Reply((showing.similar(session, known, now),))


def ask_all_the_same(session: Session, who: Person, now: datetime) -> Reply:
    """None of the answers was what was wanted."""
    draft = typed.open_draft(session, who.id, ASK, now)
    if draft.step != "similar":
        raise Refused("voice.begin_again")
    drafts.close(session, draft)
    return pass_on(session, who, draft.data["words"], now)


def helped(session: Session, who: Person, id: int, now: datetime) -> Reply:
    """An answer of before was what was wanted."""
    known = store.found(session, who, id)
    draft = drafts.current(session, who.id, ASK)
    if known is None:
        raise Refused("delivery.stale")
    if draft is not None:
        drafts.close(session, draft)
    key = f"answer-helped:{id}:{who.id}:{people.today_of(who, now)}"
    record(session, Fact(HELPED, key, now, who.id, body={"question": id}), now)
    return Reply(toast=text("voice.questions.glad"), drop_buttons=True)


def pass_on(session: Session, who: Person, words: str, now: datetime) -> Reply:
    """The question goes to whoever answers. Refused: nobody is there."""
    officers = whom.deciders(session, who.path, now, who.id)
    if not officers:
        raise Refused("voice.questions.nobody_to_ask")
    row = QuestionAskedRow(
        person_id=who.id, unit_id=who.unit, words=words, asked_at=now, due_at=now + rules.DUE,
        chase_at=now + rules.REMIND, rung=0, kept_private=False,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _put_to(session, row, who, officers, now)
    record(session, Fact(OFFICER_ASKED, f"asked:{row.id}", now, who.id, body={"question": row.id}), now)
    keys = rows(button("voice.questions.b_private", f"vq:hide:{row.id}"))
    assert row.due_at is not None
    return answer("voice.questions.passed_on", name=officers[0].name, due=row.due_at.isoformat(), buttons=keys)


def _put_to(session: Session, row: QuestionAskedRow, who: Person, officers: Iterable[Person], now: datetime) -> None:
    """Each of them gets the question once."""
    for officer in officers:
        message = showing.question(row, who.name)
        outbox.send(session, to_person(officer.id), message, Lane.REPLY, now, key=f"asked:{row.id}:{officer.id}")


def ask_again(session: Session, now: datetime) -> None:
    """Whoever was asked may have left: those who answer by now get the open questions too."""
    for row in store.open_questions(session, now - STAYS_OPEN):
        who = whom.working(session, row.person_id, now)
        if who is not None:
            _put_to(session, row, who, whom.deciders(session, who.path, now, who.id), now)


def begin_answer(session: Session, person_id: int, question_id: int, now: datetime) -> Reply:
    """Opens the conversation in which the next text is the answer. Raises Refused where it is not theirs to give."""
    row = _answerable(session, person_id, question_id, now)
    drafts.begin(session, person_id, ANSWER, "answer", {"question": row.id}, now)
    said = text("voice.questions.answer_what", words=row.words, private=row.kept_private)
    return Reply((Message(said, rows(button("voice.cancel", "ob.cancel"))),))


def give_answer(session: Session, person_id: int, words: str, now: datetime) -> Reply | None:
    """Sends the answer back; of two who answer at once one wins, and the other is told who."""
    draft = typed.fresh(session, person_id, ANSWER, now)
    who = people.person(session, person_id, now)
    if draft is None or who is None:
        return None
    typed.check(words)
    row = _answerable(session, person_id, int(draft.data["question"]), now)
    drafts.close(session, draft)
    won = changed(
        session,
        update(QuestionAskedRow)
        .where(QuestionAskedRow.id == row.id, QuestionAskedRow.state == "open")
        .values(state="answered", answer=words, answered_by=person_id, answered_at=now, chase_at=None),
    )
    again = store.question(session, row.id)
    assert again is not None
    row = again
    if won != 1:
        raise Refused("voice.questions.answered_already", name=speaking.name(session, row.answered_by, now))
    if not row.kept_private:
        found = [{"word": stem, "question_id": row.id} for stem in rules.stems(f"{row.words}\n{words}")]
        insert_many_once(session, AnswerWordRow, found)
    back = text("voice.questions.answered", name=who.name, words=row.words, answer=words)
    outbox.send(session, to_person(row.person_id), Message(back), Lane.REPLY, now, key=f"answer:{row.id}")
    asker = speaking.name(session, row.person_id, now)
    done = text("voice.questions.settled", name=asker, words=row.words, by=who.name, answer=words)
    outbox.edit_ref(session, showing.ref(row.id), Message(done), now)
    record(
        session, Fact(OFFICER_ANSWERED, f"officer-answered:{row.id}", now, person_id, body={"question": row.id}), now
    )
    keys = () if row.kept_private else rows(button("voice.questions.b_hide", f"vq:hide:{row.id}"))
    return answer("voice.questions.answer_sent", name=asker, shown=not row.kept_private, buttons=keys)


def keep_private(session: Session, person_id: int, id: int, now: datetime) -> Reply:
    """The asker, or whoever may answer, does not want it to be found by others; it never is from now on."""
    row = store.question(session, id)
    unit = people.unit(session, row.unit_id) if row is not None else None
    if row is None or unit is None:
        raise Refused("delivery.stale")
    if person_id != row.person_id and not whom.leads(session, person_id, unit.path, now):
        raise Refused("voice.questions.not_yours_to_answer")
    session.execute(update(QuestionAskedRow).where(QuestionAskedRow.id == id).values(kept_private=True))
    session.execute(delete(AnswerWordRow).where(AnswerWordRow.question_id == id))
    return Reply(toast=text("voice.questions.kept_private"), drop_buttons=True)


def begin_search(session: Session, who: Person, now: datetime) -> Message:
    """The newest answers; the next text is what is looked for."""
    drafts.begin(session, who.id, SEARCH, "words", {}, now)
    return showing.answers(session, store.newest(session, who, 5), "", now)


def look_for(session: Session, who: Person, words: str, now: datetime) -> Message:
    """Answers that fit some words."""
    return showing.answers(session, store.search(session, who, words, 5), words, now)


def chase(session: Session, row: QuestionAskedRow, now: datetime) -> None:
    """A question nobody has answered: those who can are reminded, then whoever stands above hears of it, then all each week."""
    does, wait = rules.next_step(row.rung)
    mine = (QuestionAskedRow.id == row.id, store.OPEN, QuestionAskedRow.rung == row.rung)
    after = update(QuestionAskedRow).where(*mine).values(rung=row.rung + 1, chase_at=now + wait)
    unit, who = people.unit(session, row.unit_id), whom.working(session, row.person_id, now)
    if changed(session, after) != 1 or unit is None or who is None:
        return
    officers = whom.deciders(session, unit.path, now, who.id)
    over = [] if does == "remind" else whom.above(session, unit.path, {who.id, *(each.id for each in officers)}, now)
    for each in (*officers, *over):
        message = showing.question(row, who.name, late=does != "remind")
        key = f"asked:{row.id}:{each.id}:{row.rung}"
        outbox.send(session, to_person(each.id), message, Lane.LESSON, now, key=key, unasked=WAITS)
    if does == "escalate":
        body = {"question": row.id, "unit": unit.id}
        record(session, Fact(ESCALATED, f"asked:{row.id}:late", now, None, unit.id, body=body), now)
        told = [each.name for each in over] or [each.name for each in officers]
        message = Message(text("voice.questions.late", words=row.words, names=told))
        outbox.send(session, to_person(who.id), message, Lane.LESSON, now, key=f"asked:{row.id}:told", unasked=LATE)


def _answerable(session: Session, person_id: int, question_id: int, now: datetime) -> QuestionAskedRow:
    """The question, if this person may answer it and nobody has."""
    row = store.question(session, question_id)
    unit = people.unit(session, row.unit_id) if row is not None else None
    if row is None or unit is None or not whom.leads(session, person_id, unit.path, now):
        raise Refused("voice.questions.not_yours_to_answer")
    if row.state != "open":
        raise Refused("voice.questions.answered_already", name=speaking.name(session, row.answered_by, now))
    return row
