"""The quiz: a question, its verdict, the next one. Routes only. What a whole shift presses at once is done many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox
from bot.kit.events import AnyEvent, Pressed, Said, Voted
from bot.kit.replies import NOTHING, Message, Reply, answer, toast
from bot.kit.texts import text
from bot.learning import actions, answering, batches, showing, store
from bot.learning.answering import Answer
from bot.learning.habit import actions as habit
from bot.learning.induction import exams
from bot.learning.lists import turn, who_is
from bot.learning.model import Asked, Assignment, Attempt, Kind, Mode
from bot.library import store as library
from bot.library.kinds.registry import kind_of, read_answer
from bot.library.model import Answer as Given
from bot.library.model import Question
from bot.library.showing import said
from bot.people import store as people
from bot.people.model import Person

TO_ASK = (Asked.PLANNED, Asked.OPEN)


def next_question(session: Session, event: AnyEvent, given: Assignment, who: Person, now: datetime) -> Reply:
    """The first question that is not answered, or the end."""
    planned = actions.plan_questions(session, given, who, now)
    for each in planned:
        if each.state is Asked.ANSWERED:
            answering.settle_all(session, [each], now)
    asked = next((each for each in planned if each.state in (Asked.PLANNED, Asked.OPEN)), None)
    if asked is not None:
        return _show(session, event, actions.ask(session, asked, who, now), len(planned), now)
    actions.finish(session, given, now)
    if given.kind is Kind.INDUCTION:
        return _put(event, exams.ended(session, given, who, now))
    if not planned and given.lesson is None:
        return _put(event, Message(text("learning.nothing_to_practise")))
    due, glad = store.count_due(session, who, now), habit.end_of_day(session, given, who, now)
    return _put(event, showing.summary(given, store.tally(session, given.id), due, glad))


def _put(event: AnyEvent, message: Message) -> Reply:
    """Into the pressed message; under a picture or after typed words as a new one: the lesson stays readable."""
    if isinstance(event, Pressed) and not event.captioned:
        return Reply(edit=message)
    return Reply(messages=(message,), drop_buttons=isinstance(event, Pressed))


def _show(session: Session, event: AnyEvent, asked: Attempt, of: int, now: datetime) -> Reply:
    message = showing.question(asked, actions.published(session, asked), of)
    reply = _put(event, replace(message, ref=f"question:{asked.id}"))
    data = {"attempt": asked.id, "message": _where(event, reply)}
    drafts.begin(session, asked.person, actions.DRAFT, "asked", data, now)
    return reply


def _where(event: AnyEvent, reply: Reply) -> int | None:
    """The message in which a question stands then; None where it is a new one: in a text's place no picture can stand."""
    return event.message if reply.edit is not None and not reply.edit.media else None


def on_choices(session: Session, events: Sequence[Pressed], now: datetime) -> list[Reply]:
    """Letters, or true and false: at seven in the morning a whole shift presses. One of several is only marked."""
    there = batches.attempts(session, [event.number(0) for event in events])
    questions = library.questions_at(session, {(each.question, each.version) for each in there.values()})
    who = people.persons(session, [event.person or 0 for event in events], now)
    replies: dict[int, Reply] = {}
    answers: dict[int, Answer] = {}
    marked: dict[int, tuple[Attempt, Question]] = {}
    for event in events:
        asked = there.get(event.number(0))
        if asked is None or asked.person != event.person or not 0 <= event.number(1) < len(asked.shown):
            replies[event.update_id] = toast("learning.answered", alert=True)
        elif asked.state is not Asked.OPEN:
            replies[event.update_id] = toast("learning.answered")
        else:
            found = questions[asked.question, asked.version]
            chosen = _after(event, asked, found)
            if _waits(found, chosen):
                marked[event.update_id] = (replace(asked, chosen=chosen), found)
            else:
                answers[event.update_id] = Answer(asked, found, chosen, who[asked.person])
    batches.choose(session, [asked for asked, _ in marked.values()])
    done = dict(zip(answers, answering.answer_all(session, list(answers.values()), now), strict=True))
    of = batches.counts(
        session, {each.assignment for each in (*done.values(), *(asked for asked, _ in marked.values()))}
    )
    for event in events:
        if event.update_id in done:
            each, given = done[event.update_id], answers[event.update_id]
            told = showing.verdict(each, given.question, of[each.assignment], given.who.lang)
            replies[event.update_id] = _put(event, told)
        elif event.update_id in marked:
            each, found = marked[event.update_id]
            replies[event.update_id] = turn(event, showing.question(each, found, of[each.assignment]))
    return [replies[event.update_id] for event in events]


def _after(event: Pressed, asked: Attempt, found: Question) -> Given:
    """The answer after a press; the same as before where the press was meant for what was asked before."""
    kind = kind_of(found)
    if kind.staged and event.number(2) != len(asked.chosen):
        return asked.chosen
    return kind.press(found.payload, asked.chosen, asked.shown[event.number(1)])


def _waits(found: Question, chosen: Given) -> bool:
    """Whether an answer is only marked: more may come, or they are asked whether they are sure."""
    kind = kind_of(found)
    return kind.many or found.confidence or not kind.complete(found.payload, chosen)


def on_nexts(session: Session, events: Sequence[Pressed], now: datetime) -> list[Reply]:
    """*Next question*, of a whole shift: now memory takes the answers in."""
    there = batches.attempts(session, [event.number(0) for event in events])
    mine = {
        e.update_id: each for e in events if (each := there.get(e.number(0))) is not None and each.person == e.person
    }
    sittings = batches.sittings(session, {each.assignment for each in mine.values()})
    answering.settle_all(session, [a for all_ in sittings.values() for a in all_ if a.state is Asked.ANSWERED], now)
    who = people.persons(session, [each.person for each in mine.values()], now)
    following = {
        number: after
        for number, each in mine.items()
        if (after := next((a for a in sittings[each.assignment] if a.state in TO_ASK), None)) is not None
    }
    asked = dict(
        zip(following, answering.ask_all(session, [(a, who[a.person]) for a in following.values()], now), strict=True)
    )
    questions = library.questions_at(session, {(each.question, each.version) for each in asked.values()})
    replies = []
    open_now = []
    for event in events:
        one, before = asked.get(event.update_id), mine.get(event.update_id)
        if before is None:
            replies.append(toast("learning.answered"))
        elif one is None:
            replies.append(_end(session, event, before, who[before.person], now))
        else:
            shown = showing.question(one, questions[one.question, one.version], len(sittings[one.assignment]))
            reply = _put(event, replace(shown, ref=f"question:{one.id}"))
            open_now.append((one.person, {"attempt": one.id, "message": _where(event, reply)}))
            replies.append(reply)
    drafts.begin_all(session, actions.DRAFT, "asked", open_now, now)
    return replies


def _end(session: Session, event: Pressed, asked: Attempt, who: Person, now: datetime) -> Reply:
    given = store.assignment(session, asked.assignment, who.id)
    assert given is not None
    return next_question(session, event, given, who, now)


def on_done(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Done* under an answer that is marked; *I am sure* and *Not sure* where that is asked."""
    asked = store.attempt(session, event.number(0), event.person)
    if asked is None or asked.state is not Asked.OPEN or asked.mode is Mode.EXAM:
        return toast("learning.answered")
    found = actions.published(session, asked)
    kind = kind_of(found)
    if not asked.chosen:
        return toast("learning.choose_first")
    if not kind.complete(found.payload, asked.chosen):
        return toast("learning.tap_all_first", left=len(asked.shown) - len(asked.chosen))
    sure = bool(event.number(1)) if found.confidence and event.word(1) in ("0", "1") else None
    return _judge(session, event, asked, asked.chosen, now, sure)


def on_skip(session: Session, event: Pressed, now: datetime) -> Reply:
    """*I do not know*: nobody has to type something in order to go on."""
    asked = store.attempt(session, event.number(0), event.person)
    if asked is None or asked.state is not Asked.OPEN:
        return toast("learning.answered")
    sure = False if actions.published(session, asked).confidence else None
    return _judge(session, event, asked, (), now, sure)


def on_back(session: Session, event: Pressed, now: datetime) -> Reply:
    """*One step back*: what was answered last is asked again. A second tap on the same button changes nothing."""
    asked = store.attempt(session, event.number(0), event.person)
    if asked is None or asked.state is not Asked.OPEN:
        return toast("learning.answered")
    found = actions.published(session, asked)
    if kind_of(found).staged and asked.chosen and event.number(1) == len(asked.chosen):
        asked = replace(asked, chosen=asked.chosen[:-1])
        batches.choose(session, [asked])
    return turn(event, showing.question(asked, found, _of(session, asked)))


def _judge(
    session: Session, event: AnyEvent, asked: Attempt, chosen: Given, now: datetime, sure: bool | None = None
) -> Reply:
    who = who_is(session, event, now)
    found = actions.published(session, asked)
    answered = answering.answer(session, asked, chosen, who, now, sure)
    return _put(event, showing.verdict(answered, found, _of(session, answered), who.lang))


def _of(session: Session, asked: Attempt) -> int:
    return len(store.attempts(session, asked.assignment))


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """A typed answer to the question that lies open; anything else is passed on."""
    draft = drafts.current(session, event.person or 0, actions.DRAFT)
    if draft is None or not isinstance(event, Said):
        return None
    asked = store.attempt(session, int(draft.data["attempt"]), event.person)
    if asked is None or asked.state is not Asked.OPEN or now - draft.created_at > actions.TYPED_WITHIN:
        return None
    found = actions.published(session, asked)
    kind = kind_of(found)
    chosen = read_answer(found, event.text, asked.shown)
    if chosen is None and kind.typed and any(character.isdecimal() for character in event.text):
        unit = kind.unit(found.payload)
        return answer("learning.not_a_number", unit=said(unit) if unit else None)
    if chosen is None:
        return None
    if draft.data["message"]:
        outbox.drop_buttons(session, event.chat, int(draft.data["message"]), now)
    else:
        silent = replace(showing.question(asked, found, _of(session, asked)), buttons=(), media=())
        outbox.edit_ref(session, f"question:{asked.id}", silent, now)
    if not found.confidence:
        return _judge(session, event, asked, chosen, now)
    asked = replace(asked, chosen=chosen)
    batches.choose(session, [asked])
    return _show(session, event, asked, _of(session, asked), now)


def on_undo(session: Session, event: Pressed, now: datetime) -> Reply:
    """*I pressed the wrong button*: the question again, as if it had not been answered."""
    asked = store.attempt(session, event.number(0), event.person)
    if asked is None or asked.state is not Asked.ANSWERED or asked.taken_back:
        return toast("learning.kept", alert=True)
    reopened = actions.take_back(session, asked)
    return _show(session, event, reopened, _of(session, reopened), now)


def on_vote(session: Session, event: Voted, now: datetime) -> Reply:
    """A native quiz was answered: the channel shows right and wrong by itself, and a mis-tap is final."""
    key = outbox.quiz_of(session, event.poll) or ""
    asked = store.attempt(session, int(key.partition(":")[2] or 0), event.person)
    if asked is None or asked.state not in (Asked.OPEN, Asked.LAPSED) or not event.options:
        return NOTHING
    who = who_is(session, event, now)
    chosen = tuple(sorted(asked.shown[at] for at in event.options if at < len(asked.shown)))
    answered = answering.answer(session, asked, chosen, who, now)
    answering.settle_all(session, [answered], now)
    given = store.assignment(session, asked.assignment, who.id)
    assert given is not None
    actions.finish(session, given, now)
    habit.note_day(session, given, who, now)
    return NOTHING


def on_learn(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/learn` and *Practise more*."""
    who = who_is(session, event, now)
    return next_question(session, event, actions.practise(session, who, now), who, now)
