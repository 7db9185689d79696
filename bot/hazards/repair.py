"""From assigned to gone: fixed, verified by somebody else, still there, overdue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.hazards import attached, cards, correcting, digest, found, major, pictured, ringing, store, telling, whom
from bot.hazards.company import company
from bot.hazards.facts import MAJOR_SIGNED
from bot.hazards.model import FIXED, OVERDUE, REOPENED, VERIFIED, Hazard, MediaRole, Reporter, State
from bot.hazards.moves import confirm, lost, move, note, of
from bot.hazards.rules import REPORTER_CHECKS_WITHIN, RUNGS, UNFIXED, may_reopen, may_verify, reporter_closes
from bot.hazards.tables import HazardMediaRow, HazardRow
from bot.hazards.unasked import REMINDER
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.risk import Severity
from bot.kit.texts import Text, text
from bot.people.model import Person, Role

FIX = "hazards.fix"
MOST_NAMED = 3
"""So many of those who are asked to check are named to the fixer."""


def may_fix(session: Session, id: int, by: int, now: datetime) -> Hazard:
    """A hazard that somebody may say is fixed: its assignee, or whoever may handle it. Refuses all else."""
    hazard = of(session, id)
    if hazard.assigned_to != by and not store.may_handle(session, hazard, by, now):
        raise Refused("hazards.t_not_yours")
    if hazard.state not in UNFIXED:
        raise lost(session, hazard, now)
    major.demand(session, hazard, "fix")
    return hazard


def fix(
    session: Session, id: int, by: int, now: datetime, *, words: str | None = None,
    photo: tuple[str, str] | None = None, kept: str | None = None,
) -> Hazard:  # fmt: skip
    """Somebody says that it is fixed, with a photo of how it looks now (`kept`: our copy), or a word why there is none."""
    before = may_fix(session, id, by, now)
    if before.major and photo is None and kept is None:
        raise Refused("hazards.t_major_photo")
    values: dict[str, Any] = {"fixed_by": by, "fixed_at": now, "fix_words": words, "check_asked_at": None}
    if before.acknowledged_by is None:
        values |= {"acknowledged_by": by, "acknowledged_at": now}
    hazard = move(session, before, "fix", now, **values)
    if photo is not None:
        attached.attach(session, hazard, (photo,), MediaRole.AFTER, now)
    if kept is not None:
        session.add(
            HazardMediaRow(hazard_id=hazard.id, role=MediaRole.AFTER.value, kind="photo", file_id="", media=kept)
        )
        session.flush()
    ringing.stop(session, hazard, by, now)
    digest.drop(session, hazard.id)
    late = hazard.due_at is not None and now > hazard.due_at
    severity = int(hazard.severity) if hazard.severity else None
    note(session, FIXED, hazard, now, by, severity=severity, photo=photo is not None or kept is not None, late=late)
    confirm(session, hazard, now)
    _task_over(session, hazard, now)
    telling.refresh(session, hazard, now)
    telling.fixed(session, hazard, now)
    if not reporter_closes(hazard):
        ask_to_verify(session, hazard, now)
    return hazard


def _task_over(session: Session, hazard: Hazard, now: datetime) -> None:
    if hazard.assigned_to is not None:
        words = text("hazards.task_over", number=hazard.id, state=cards.state_name(hazard.state))
        outbox.edit_ref(session, cards.task_ref(hazard), cards.task_over(session, hazard, words), now)


def verifiers(session: Session, hazard: Hazard, now: datetime) -> list[Person]:
    """Who is asked to look: supervisors of the place, else those above them; never the fixer.

    Where all of them are away, they are asked all the same: it can wait, but it must lie before somebody.
    """
    there = whom.around(session, hazard, now)
    asked = [[p for p, _ in whom.whom(there, who, now)] for who in RUNGS]
    roles = (Role.SUPERVISOR, Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN)
    asked += [there.shown_to([p for p, _ in there.held.held[role]]) for role in roles]
    able = ([p for p in some if may_verify(hazard.fixed_by, p.id) and there.reaches(p)] for some in asked)
    found = [some for some in able if some]
    if hazard.major:  # several, of different levels
        return list({person.id: person for some in found for person in some}.values())
    return found[0] if found else []


def ask_to_verify(session: Session, hazard: Hazard, now: datetime) -> bool:
    """Asks somebody else than the fixer to look, once a fix; False where there is nobody, and then a tick tries again."""
    found = verifiers(session, hazard, now)
    if not found:
        return False
    asked = update(HazardRow).where(HazardRow.id == hazard.id, HazardRow.check_asked_at.is_(None))
    changed(session, asked.values(check_asked_at=now))
    for person in found:
        key = f"hazard:{hazard.id}:verify:{hazard.round}:{person.id}:{(hazard.fixed_at or now).isoformat()}"
        message = telling.considerate(session, person.id, cards.verify(session, hazard, now), now)
        outbox.send(session, outbox.to_person(person.id), message, Lane.REPLY, now, key=key)
    return True


def noted(session: Session, hazard: Hazard, now: datetime) -> Text:
    """What the fixer is told: who looks whether it is gone, or that there is nobody and who can change that."""
    names = [person.name for person in verifiers(session, hazard, now)[:MOST_NAMED]]
    return text("hazards.fix_noted", number=hazard.id, names=names, reporter=reporter_closes(hazard))


def verify(session: Session, id: int, by: int, now: datetime) -> Hazard:
    """A supervisor saw that it is gone. Refuses whoever fixed it."""
    before = of(session, id)
    if not store.may_handle(session, before, by, now):
        raise Refused("hazards.t_not_yours")
    if before.state is State.FIXED and not may_verify(before.fixed_by, by):
        raise Refused("hazards.t_own_fix")
    if before.major:
        major.confirm(session, before, by, now)
        return of(session, id)
    return _verified(session, before, by, now)


def sign(session: Session, id: int, by: int, now: datetime) -> Hazard:
    """A leader signs that a major danger is gone, after all whose word it needs. Refuses everything else."""
    before = of(session, id)
    major.may_sign(session, before, by, now)
    note(session, MAJOR_SIGNED, before, now, by)
    return _verified(session, before, by, now)


def confirm_gone(session: Session, id: int, by: Reporter, now: datetime) -> Hazard:
    """The reporter of a small danger saw that it is gone; that closes it."""
    before = of(session, id)
    if not store.is_reporter(before, by):
        raise Refused("hazards.t_not_yours")
    person = by if isinstance(by, int) else None
    if before.state is State.FIXED and not may_verify(before.fixed_by, person):
        raise Refused("hazards.t_own_fix")
    if before.state is State.FIXED and not reporter_closes(before):
        raise Refused("hazards.t_not_now", state=cards.state_name(before.state))
    return _verified(session, before, None if before.anonymous else person, now)


def _verified(session: Session, before: Hazard, by: int | None, now: datetime) -> Hazard:
    at = now if by is not None else telling.moment(before, now)
    hazard = move(session, before, "verify", now, verified_by=by, verified_at=at)
    severity = int(hazard.severity) if hazard.severity else None
    body = {"severity": severity, "kind": hazard.kind.value, "topic": hazard.topic}
    note(session, VERIFIED, hazard, now, by, **body)
    confirm(session, hazard, now)
    for each in (hazard, *store.joined(session, hazard.id)):
        found.cleared(session, each, now, gone=True)
        if each.joined_to is not None:
            confirm(session, each, now, by_the_other=True)
    pictured.propose(session, hazard, now)
    _task_over(session, hazard, now)
    _checked(session, hazard, now)
    telling.refresh(session, hazard, now)
    ringing.resolved(session, hazard, by, now)
    if by is None or by != hazard.reporter:
        telling.verified(session, hazard, now)
    return hazard


def _checked(session: Session, hazard: Hazard, now: datetime) -> None:
    """Those who were asked to look need not any more."""
    words = text("hazards.task_over", number=hazard.id, state=cards.state_name(hazard.state))
    media = cards.after_photo(store.files(session, hazard.id))
    ref = f"verify:{hazard.id}"
    outbox.edit_ref(session, ref, Message(words, (), media), now)


def reopen(session: Session, id: int, by: Reporter, now: datetime) -> Hazard:
    """It is still there, or it is a danger after all: said by a supervisor, or by the reporter within 14 days."""
    before = of(session, id)
    mine = store.reported_as(session, before, by)
    reporter, person = mine is not None, by if isinstance(by, int) else None
    if not reporter and (person is None or not store.may_handle(session, before, person, now)):
        raise Refused("hazards.t_not_yours")
    if reporter and before.state in (State.VERIFIED, State.REJECTED) and not may_reopen(before, now):
        raise Refused("hazards.t_too_late")
    gone = (
        "acknowledged_by",
        "acknowledged_at",
        "assigned_to",
        "reminded_at",
        "overdue_at",
        "sign_asked_at",
        "measured_at",
    )
    fresh = dict.fromkeys(gone) | {"due_at": telling.moment(before, now) + correcting.limit(session, before)}
    hazard = move(session, before, "reopen", now, round=before.round + 1, **fresh)
    who = None if mine is not None and mine.anonymous else person
    note(session, REOPENED, hazard, now, who, round=hazard.round, was=before.state.value)
    pictured.withdraw(session, before, now)
    _checked(session, hazard, now)
    there = whom.around(session, hazard, now)
    digest.answer_for(session, hazard, there, now)
    ringing.ring(session, hazard, there, now)
    digest.schedule(session, hazard, there, now)
    telling.refresh(session, hazard, now)
    words = text("hazards.told_reopened", number=hazard.id)
    telling.tell(session, hazard, words, now, step="reopened", by=person)
    return hazard


# --- what falls due ---------------------------------------------------------------------------------------------------


def remind_overdue(session: Session, now: datetime, most: int = 50) -> bool:
    """Reminds assignees once when their time is up; True while more may be due."""
    which = (HazardRow.state == State.ASSIGNED.value, HazardRow.due_at <= now, HazardRow.reminded_at.is_(None))
    ids = session.scalars(select(HazardRow.id).where(*which).order_by(HazardRow.due_at).limit(most)).all()
    for id in ids:
        if not _mark(session, id, HazardRow.reminded_at, now):
            continue
        hazard = of(session, id)
        assert hazard.assigned_to is not None
        words = text("hazards.task_reminder", number=id, place=store.where(session, hazard))
        message = Message(words, rows(button("hazards.b_fixed", f"hz:fixed:{id}")))
        _remind(session, hazard.assigned_to, message, now)
        telling.refresh(session, hazard, now)
    return len(ids) == most


def tell_overdue(session: Session, now: datetime, most: int = 50) -> bool:
    """Tells the supervisors when a reminder did not help; True while more may be due."""
    which = (
        HazardRow.state == State.ASSIGNED.value,
        HazardRow.reminded_at.is_not(None),
        HazardRow.overdue_at.is_(None),
    )
    found = session.execute(select(HazardRow.id, HazardRow.severity, HazardRow.due_at).where(*which)).all()
    late = [r.id for r in found if now >= r.due_at + company().grace[Severity(r.severity or Severity.MEDIUM)]][:most]
    for id in late:
        if _mark(session, id, HazardRow.overdue_at, now):
            _overdue(session, of(session, id), now)
    return len(late) == most


def _overdue(session: Session, hazard: Hazard, now: datetime) -> None:
    severity = int(hazard.severity) if hazard.severity else None
    note(session, OVERDUE, hazard, now, None, severity=severity, nth=now.isoformat())
    name = store.name(session, hazard.assigned_to, now)
    words = text("hazards.overdue", number=hazard.id, place=store.where(session, hazard), name=name)
    message = Message(words, rows(button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id)))
    told = {*whom.supervisors(session, hazard, now), hazard.assigned_by}
    for person in told - {None, hazard.assigned_to} or {hazard.assigned_to}:
        if person is not None:
            _remind(session, person, message, now)


def _remind(session: Session, person: int, message: Message, now: datetime) -> None:
    said = telling.considerate(session, person, message, now)
    outbox.send(session, outbox.to_person(person), said, Lane.REPLY, now, unasked=REMINDER)


def remind_taken(session: Session, now: datetime, most: int = 50) -> bool:
    """Reminds, once, whoever took care of a danger and has neither fixed it nor given it to anybody in its time."""
    which = (HazardRow.state == State.ACKNOWLEDGED.value, HazardRow.reminded_at.is_(None))
    found = session.execute(select(HazardRow.id, HazardRow.severity, HazardRow.acknowledged_at).where(*which)).all()
    allowed = company().due_within
    late = [r.id for r in found if now >= r.acknowledged_at + allowed[Severity(r.severity or Severity.MEDIUM)]][:most]
    for id in late:
        if not _mark(session, id, HazardRow.reminded_at, now, State.ACKNOWLEDGED):
            continue
        hazard = of(session, id)
        assert hazard.acknowledged_by is not None
        words = text("hazards.taken_reminder", number=id, place=store.where(session, hazard))
        message = Message(words, rows(button("hazards.b_open", f"hz:open:{id}", number=id)))
        _remind(session, hazard.acknowledged_by, message, now)
    return len(late) == most


def ask_instead_of_reporter(session: Session, now: datetime, most: int = 50) -> bool:
    """A danger that nobody was asked to check in two days (a small one is its reporter's) is checked by a supervisor."""
    before = now - REPORTER_CHECKS_WITHIN
    which = (HazardRow.state == State.FIXED.value, HazardRow.check_asked_at.is_(None), HazardRow.fixed_at <= before)
    ids = session.scalars(select(HazardRow.id).where(*which).limit(most)).all()
    asked = [ask_to_verify(session, of(session, id), now) for id in ids]
    return len(ids) == most and any(asked)


def _mark(session: Session, id: int, column: Any, now: datetime, state: State = State.ASSIGNED) -> bool:
    which = (HazardRow.id == id, HazardRow.state == state.value, column.is_(None))
    return changed(session, update(HazardRow).where(*which).values({column.key: now})) == 1
