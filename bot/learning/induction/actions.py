"""Beginning an induction, confirming hours, passing, exceptions. Each in the caller's transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import literal, or_, select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_many_once, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.learning.certificates import actions as certificates
from bot.learning.certificates.model import Award, What
from bot.learning.induction import model, rules, showing, store
from bot.learning.induction.model import Because, Clearance, Done, Gate, Induction, Level, Reason, Standing
from bot.learning.induction.tables import ExemptionRow, InductionRow, InductionStepRow
from bot.learning.tables import WishRow
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library.store import lesson_holds
from bot.library.tables import LessonRow
from bot.people import company
from bot.people import store as people
from bot.people.model import Person, Role, Viewer

MOST_WORDS = 500


def begin(session: Session, who: Person, because: Because, key: str, now: datetime) -> Induction | None:
    """Somebody has to be inducted from now on, once for `key`; None where their company wants nothing of them."""
    gate = store.gate(session, who.path)
    needs = rules.needs_for(gate, because) if gate is not None else ()
    if gate is None or not needs:
        return None
    needs = rules.with_what_lacked(needs, store.clearance(session, who.id, now))
    values = {
        "key": key, "person_id": who.id, "because": because.value, "unit_id": who.unit, "post": who.post,
        "needs": [rules.need_to(need) for need in needs], "months": gate.months, "started_at": now,
        "due_on": people.today_of(who, now) + timedelta(days=gate.within_days),
    }  # fmt: skip
    id = insert_once(session, InductionRow, values, "key")
    if id is None:
        return None
    begun = store.as_induction(session.get_one(InductionRow, id))
    _wish(session, begun, now)
    body = {"because": because.value, "levels": len(needs)}
    record(session, Fact(model.INDUCTION_STARTED, f"induction:{id}", now, who.id, who.unit, who.post, body), now)
    tell_begun(session, who, begun, now)
    return begun


def begin_new(session: Session, person: int, now: datetime) -> None:
    """Somebody began to work here, or opened Davy for the first time: their induction begins, whichever came first.

    Who was here before the gate is not asked: the company's `since` says from when on. Who left and came back is new.
    """
    who = people.person(session, person, now)
    joined = store.employed_since(session, person)
    gate = store.gate(session, who.path) if who else None
    if who is None or joined is None or gate is None or joined < gate.since:
        return
    begun = begin(session, who, Because.NEW, f"new:{person}:{joined}", now)
    there = store.newest(session, person)
    if begun is None and there is not None and there.done_at is None:
        tell_begun(session, who, store.as_induction(there), now)


def begin_again(session: Session, person: int, now: datetime) -> None:
    """Somebody has another unit or post: what they were cleared for does not hold for another post. The unit alone changes
    nothing but for who confirms, and for people who were never asked nothing begins.
    """
    who, last = people.person(session, person, now), store.newest(session, person)
    if who is None or last is None or last.post == who.post:
        return
    if last.done_at is None and last.because == Because.NEW.value:
        last.post, last.unit_id = who.post, who.unit  # not through with it anyway: it goes on at the new place
        return
    begin(session, who, Because.NEW_POST, f"post:{last.id}:{people.today_of(who, now)}", now)


def begin_return(session: Session, person: int, leave: int, away: tuple[datetime, datetime], now: datetime) -> None:
    """Somebody is back after an absence: where the company says so for so long a one, it asks a part of it anew."""
    who = people.person(session, person, now)
    gate: Gate | None = store.gate(session, who.path) if who else None
    if who is None or gate is None or not rules.was_long_away(*away, gate.absence_days):
        return
    begin(session, who, Because.RETURN, f"return:{leave}", now)


def _wish(session: Session, begun: Induction, now: datetime) -> None:
    """The lessons about what the levels teach come before all others."""
    topics = {topic for need in begun.needs for topic in need.topics}
    who = people.person(session, begun.person, now)
    query = select(LessonRow.id).where(LessonRow.topic.in_(topics), LessonRow.retired_at.is_(None))
    if who is not None:  # what another unit wrote for itself teaches nobody here
        ours = or_(LessonRow.shipped, lesson_holds(literal(who.path), literal(who.jurisdiction)))
        query = query.where(ours)
    wishes = [
        {"person_id": begun.person, "lesson_id": id, "at": now} for id in session.scalars(query.order_by(LessonRow.id))
    ]
    insert_many_once(session, WishRow, wishes)


def tell_begun(session: Session, who: Person, begun: Induction, now: datetime) -> None:
    """The newcomer hears in one message what is missing and by when; whoever leads them hears that they are to wait."""
    found = store.clearance(session, who.id, now)
    message = showing.begun(found)
    outbox.send(
        session, outbox.to_person(who.id), message, Lane.BULK, now, unasked=model.STARTED,
        key=f"induction:{begun.id}:begun:{_reached(session, who)}", topic="induction",
    )  # fmt: skip
    tell_leaders(session, who, found, f"induction:{begun.id}:lead", now)


def _reached(session: Session, who: Person) -> str:
    # before somebody has Davy on a phone the message goes nowhere: once they have, it is said again
    return "here" if people.reachable_chat(session, who.id) is not None else "early"


def tell_leaders(session: Session, who: Person, found: Clearance, key: str, now: datetime) -> None:
    """Who leads somebody hears that they are not cleared."""
    message = showing.to_lead(who, found)
    for leader in company.leaders(session, who.path, now, besides=who.id):
        outbox.send(
            session,
            outbox.to_person(leader.id),
            message,
            Lane.BULK,
            now,
            key=f"{key}:{leader.id}",
            unasked=model.TO_LEAD,
        )


def confirm(
    session: Session, by: Viewer, person: int, level: Level, minutes: int, now: datetime, seed: str
) -> Clearance:
    """Somebody who may says that hours of a level were given. With the same `seed` a second run counts once. Raises Refused."""
    who, row = people.person(session, person, now), store.newest(session, person)
    need = rules.need_of(store.as_induction(row), level) if row is not None else None
    if who is None or row is None or need is None or not rules.may_confirm(by, person, who.path, need):
        raise Refused("learning.induction.not_yours_to_confirm")
    if minutes < 0 or minutes > 24 * 60 or (minutes == 0 and need.hours):
        raise Refused("delivery.stale")
    lacking = {each.level: each for each in rules.missing(store.as_induction(row), store.steps_of(session, row.id))}
    lack = lacking.get(level)
    if lack is None or not (lack.minutes or lack.confirmation):
        raise Refused("learning.induction.confirmed_already")
    key = f"hours:{row.id}:{level.value}:{seed}"
    note(session, row, level, Done.HOURS, key, now, by=by.person, minutes=min(minutes, lack.minutes))
    return settle(session, who, row, now)


def note(
    session: Session,
    row: InductionRow,
    level: Level,
    what: Done,
    key: str,
    now: datetime,
    *,
    by: int | None = None,
    minutes: int = 0,
    share: int = 0,
) -> None:
    """Keeps a step, once."""
    values = {
        "key": key, "induction_id": row.id, "person_id": row.person_id, "level": level.value, "what": what.value,
        "minutes": minutes, "share": share, "confirmed_by": by, "at": now,
    }  # fmt: skip
    insert_once(session, InductionStepRow, values, "key")


def settle(session: Session, who: Person, row: InductionRow, now: datetime) -> Clearance:
    """After a step: which levels are done by now, and whether that was the last one. Says so, once each."""
    found = store.clearance(session, who.id, now)
    open_ = {each.level for each in found.missing}
    steps = store.steps_of(session, row.id)
    for need in store.as_induction(row).needs:
        if need.level not in open_:
            mine = [step for step in steps if step.level is need.level]
            body = {
                "level": need.level.value,
                "minutes": sum(step.minutes for step in mine),
                "share": max((step.share for step in mine), default=0),
            }
            key = f"induction:{row.id}:{need.level.value}"
            record(session, Fact(model.LEVEL_DONE, key, now, who.id, who.unit, who.post, body), now)
    if found.standing is Standing.CLEARED:
        _cleared(session, who, row, now)
    else:
        said = showing.progress(found)
        outbox.send(session, outbox.to_person(who.id), said, Lane.REPLY, now, topic=f"induction:{row.id}")
    return found


def _cleared(session: Session, who: Person, row: InductionRow, now: datetime) -> None:
    mine = (InductionRow.id == row.id, InductionRow.done_at.is_(None))
    if changed(session, update(InductionRow).where(*mine).values(done_at=now)) != 1:
        return
    session.refresh(row)
    days = (now - row.started_at).days
    body = {"because": row.because, "days": days}
    record(session, Fact(model.CLEARED, f"cleared:{row.id}", now, who.id, who.unit, who.post, body), now)
    outbox.send(
        session, outbox.to_person(who.id), Message(showing.you_are_cleared()), Lane.REPLY, now,
        key=f"induction:{row.id}:cleared", topic=f"induction:{row.id}",
    )  # fmt: skip
    until = _months_later(people.today_of(who, now), row.months) if row.months else None
    lines = showing.certificate_lines(store.as_induction(row), store.steps_of(session, row.id))
    subject = f"induction:{who.unit}:{who.post}"[:80]
    award = Award(What.INDUCTION, subject, str(row.id), showing.certificate_title(), lines, until)
    certificates.issue(session, who.id, award, now)


def _months_later(on: date, months: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(on.day, last))


def exempt(session: Session, by: Viewer, person: int, reason: Reason, words: str, days: int, now: datetime) -> None:
    """Somebody may work without the induction for so many times 24 hours: why, in a code and in words. Raises Refused."""
    who, words = people.person(session, person, now), " ".join(words.split())[:MOST_WORDS]
    if who is None or days not in rules.EXEMPT_DAYS or not rules.may_exempt(by, person, who.path):
        raise Refused("learning.induction.not_yours_to_except")
    if store.clearance(session, person, now).standing is not Standing.NOT_CLEARED or len(words) < 3:
        raise Refused("learning.induction.needs_no_exception")
    ends = now + timedelta(days=days)
    row = ExemptionRow(
        person_id=person, reason=reason.value, words=words, made_by=by.person, starts_at=now, ends_at=ends
    )
    session.add(row)
    session.flush()
    body = {"reason": reason.value, "days": days, "by": by.person}
    fact = Fact(model.EXCEPTION_MADE, f"exemption:{row.id}", now, person, who.unit, who.post, body)
    record(session, fact, now)
    me = people.person(session, by.person, now)
    said = showing.exempted(reason, ends, me.name if me else "")
    outbox.send(session, outbox.to_person(person), said, Lane.REPLY, now, key=f"exemption:{row.id}")
    for leader in company.leaders(session, who.path, now, besides=person):
        if leader.id != by.person:
            told = showing.exempted_lead(who, reason, words, ends, me.name if me else "")
            outbox.send(
                session, outbox.to_person(leader.id), told, Lane.REPLY, now, key=f"exemption:{row.id}:{leader.id}"
            )


def end_exemption(session: Session, by: Viewer, id: int, now: datetime) -> int:
    """Takes an exception back; answers whose it was. Raises Refused."""
    row = session.get(ExemptionRow, id, populate_existing=True)
    who = people.person(session, row.person_id, now) if row else None
    if row is None or who is None or not rules.may_exempt(by, who.id, who.path):
        raise Refused("learning.induction.not_yours_to_except")
    mine = (ExemptionRow.id == id, ExemptionRow.ended_at.is_(None), ExemptionRow.ends_at > now)
    if changed(session, update(ExemptionRow).where(*mine).values(ended_at=now, ended_by=by.person)) != 1:
        raise Refused("learning.induction.ended_already")
    record(session, Fact(model.EXCEPTION_ENDED, f"exemption-ended:{id}", now, who.id, who.unit, who.post), now)
    ended = showing.exemption_ended(store.clearance(session, who.id, now))
    outbox.send(session, outbox.to_person(who.id), ended, Lane.REPLY, now, key=f"exemption:{id}:ended")
    return who.id


def remind(session: Session, row: InductionRow, now: datetime) -> None:
    """The day by which it is to be done is near: said once, to the newcomer and to who leads them."""
    who = people.person(session, row.person_id, now)
    mine = (InductionRow.id == row.id, InductionRow.reminded_at.is_(None))
    if changed(session, update(InductionRow).where(*mine).values(reminded_at=now)) != 1 or who is None:
        return
    found = store.clearance(session, who.id, now)
    key = f"induction:{row.id}:due"
    outbox.send(
        session, outbox.to_person(who.id), showing.begun(found), Lane.BULK, now, key=key, unasked=model.DUE,
        topic="induction",
    )  # fmt: skip
    for leader in company.leaders(session, who.path, now, besides=who.id):
        message = showing.to_lead(who, found)
        outbox.send(
            session, outbox.to_person(leader.id), message, Lane.BULK, now, key=f"{key}:{leader.id}", unasked=model.DUE
        )


def holds_any(viewer: Viewer) -> bool:
    """Whether somebody leads or trains anybody."""
    return any(viewer.anywhere(role) for role in (Role.SUPERVISOR, Role.TRAINER, Role.HR))
