"""What a supervisor does with a report: acknowledge, rate, assign, reject, and talk with whoever reported it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox, seals
from bot.delivery.drafts import Draft
from bot.delivery.outbox import Lane, To
from bot.hazards import attached, cards, correcting, digest, found, ringing, store, telling, whom
from bot.hazards.model import (
    ACKNOWLEDGED,
    ANSWERED,
    ASKED,
    ASSIGNED,
    RATED,
    REJECTED,
    TOPICED,
    Hazard,
    MediaRole,
    Reporter,
    Topic,
)
from bot.hazards.moves import confirm, handled, lost, move, note, of
from bot.hazards.rules import OPEN, due_after_rating, is_milder, rerings
from bot.hazards.tables import HazardNoteRow
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.risk import Severity, cannot_wait
from bot.kit.texts import text
from bot.people import store as people

ANSWER = "hazards.answer"
ASK = "hazards.ask"
REJECT = "hazards.reject"
MILDER = "hazards.milder"


def acknowledge(session: Session, id: int, by: int, now: datetime) -> Hazard:
    """Somebody takes care of it: nobody else is called. Refuses the second one, naming the first."""
    hazard = move(session, handled(session, id, by, now), "acknowledge", now, acknowledged_by=by, acknowledged_at=now)
    _taken(session, hazard, by, now)
    telling.refresh(session, hazard, now)
    return hazard


def _taken(session: Session, hazard: Hazard, by: int, now: datetime) -> None:
    ringing.stop(session, hazard, by, now)
    digest.drop(session, hazard.id)
    note(session, ACKNOWLEDGED, hazard, now, by, round=hazard.round)
    confirm(session, hazard, now)
    telling.seen(session, hazard, by, now)


def taken_care_of(session: Session, hazard: Hazard, by: int, now: datetime) -> dict[str, object]:
    """The values that go with a move which implies that somebody has seen it (assigning, fixing)."""
    return {} if hazard.acknowledged_by else {"acknowledged_by": by, "acknowledged_at": now}


def rate(session: Session, id: int, severity: Severity, by: int, now: datetime, reason: str | None = None) -> Hazard:
    """How bad it is. Worse than before and unacknowledged calls the ladder afresh; what time is left follows `due_after_rating`.

    Milder than somebody has rated it before needs a reason, which stands beside the danger.
    """
    before = handled(session, id, by, now)
    if is_milder(before.severity, severity) and not reason:
        raise Refused("hazards.t_why_milder")
    at = telling.moment(before, now)
    limit = correcting.limit(session, before, severity)
    due = due_after_rating(before.due_at, before.created_at, at, before.severity, severity, limit)
    why = reason if is_milder(before.severity, severity) else None
    values = {"severity": int(severity), "rated_by": by, "rated_at": now, "rated_why": why, "due_at": due}
    if before.due_at is not None and due > before.due_at:
        values |= {"reminded_at": None, "overdue_at": None}
    hazard = move(session, before, "rate", now, **values)
    was = int(before.severity) if before.severity else None
    note(session, RATED, hazard, now, by, severity=int(severity), before=was, nth=now.isoformat())
    if rerings(before, severity):
        digest.drop(session, hazard.id)
        digest.call(session, hazard, now)
    confirm(session, hazard, now)
    telling.refresh(session, hazard, now)
    words = text("hazards.told_rated", number=hazard.id, level=cards.severity_name(severity), reason=why or "")
    telling.tell(session, hazard, words, now, step=f"rated:{int(severity)}", by=by, small=True)
    return hazard


def set_topic(session: Session, id: int, topic: Topic, by: int, now: datetime) -> Hazard:
    """To which lessons it belongs; what is learned from it goes by that."""
    hazard = move(session, handled(session, id, by, now), "rate", now, topic=topic.value)
    note(session, TOPICED, hazard, now, by, topic=topic.value, nth=topic.value)
    outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, now), now)
    return hazard


# --- assign -----------------------------------------------------------------------------------------------------------


def assignable(session: Session, hazard: Hazard, level: int, now: datetime) -> tuple[list[tuple[int, str]], bool]:
    """People (id, name) of the unit `level` steps above the hazard's own, and whether that is the site."""
    deep = hazard.path.count("/") - 1
    kept = max(min(2, deep), deep - level)
    found = people.everyone(session, now, (_unit_above(hazard.path, top=kept),))
    return [(p.id, p.name) for p in found], kept <= 2


def _unit_above(path: str, top: int) -> str:
    """The path of the unit `top` levels from the company down: 2 is the site."""
    return "/" + "/".join(path.strip("/").split("/")[:top]) + "/"


def assign(session: Session, id: int, to: int, by: int, now: datetime) -> Hazard:
    """Gives it to somebody to fix, with a time that follows from how bad it is. Whoever assigns has seen it."""
    before = handled(session, id, by, now)
    who = people.person(session, to, now)
    if (
        who is None
        or who.left_on is not None
        or to in store.hidden_from(session, id)
        or not who.path.startswith(_unit_above(before.path, top=2))
    ):
        raise Refused("hazards.t_again")
    hours = correcting.limit(session, before, before.severity or Severity.MEDIUM)
    due = now + hours
    if before.assigned_to is not None and before.due_at is not None:
        due = min(due, before.due_at)  # handing it on gives a danger no more time
    seen = taken_care_of(session, before, by, now)
    values = {"assigned_to": to, "assigned_by": by, "assigned_at": now, "due_at": due}
    hazard = move(session, before, "assign", now, reminded_at=None, overdue_at=None, **values, **seen)
    if seen:
        _taken(session, hazard, by, now)
    severity = int(hazard.severity) if hazard.severity else None
    whole = max(round((due - now) / timedelta(hours=1)), 0)
    note(session, ASSIGNED, hazard, now, to, severity=severity, hours=whole, nth=f"{to}:{now.isoformat()}")
    _hand_over(session, before, hazard, now)
    telling.refresh(session, hazard, now)
    words = text("hazards.told_assigned", number=hazard.id, name=who.name)
    telling.tell(session, hazard, words, now, step=f"assigned:{to}", by=by, small=True)
    return hazard


def _hand_over(session: Session, before: Hazard, hazard: Hazard, now: datetime) -> None:
    if before.assigned_to not in (None, hazard.assigned_to):
        name = store.name(session, hazard.assigned_to, now)
        given = cards.task_over(session, before, text("hazards.task_given", number=hazard.id, name=name))
        outbox.edit_ref(session, cards.task_ref(before), given, now)
    give_task(session, hazard, now)


def give_task(session: Session, hazard: Hazard, now: datetime) -> None:
    """The task to its assignee: an alarm where it cannot wait."""
    assert hazard.assigned_to is not None
    message, lane = cards.task(session, hazard, now), Lane.ALERT
    if not cannot_wait(hazard.severity):
        message, lane = telling.considerate(session, hazard.assigned_to, message, now), Lane.REPLY
    key = f"hazard:{hazard.id}:task:{hazard.assigned_to}:{now.isoformat()}"
    outbox.send(
        session, outbox.to_person(hazard.assigned_to), message, lane, now, key=key, on_failure="hazards.task_failed"
    )


def task_failed(session: Session, payload: dict[str, str], now: datetime) -> None:
    """A job: the assignee cannot be reached; whoever assigned it hears of it, or, when they cannot, who leads there."""
    _, id, person = str(payload["ref"]).split(":")
    hazard = store.hazard(session, int(id))
    if hazard is None or hazard.assigned_to != int(person):
        return
    words = text("hazards.task_unreachable", number=hazard.id, name=store.name(session, int(person), now))
    message = Message(words, rows(button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id)))
    giver = people.person(session, hazard.assigned_by, now) if hazard.assigned_by else None
    if giver is None or giver.id == int(person) or not whom.reachable(session, giver):
        told = [one for one in whom.supervisors(session, hazard, now) if one != int(person)]
    else:
        told = [giver.id]
    for one in told:
        outbox.send(session, outbox.to_person(one), message, Lane.ALERT, now, key=f"{payload['key']}:failed:{one}")


# --- reject -----------------------------------------------------------------------------------------------------------


def reject(session: Session, id: int, reason: str, by: int, now: datetime) -> Hazard:
    """No danger, and why; the reporter reads it and may object."""
    before = handled(session, id, by, now)
    if before.major and not correcting.may_lower(session, before, by, now):
        raise Refused("hazards.t_not_lowered")
    hazard = move(session, before, "reject", now, rejected_by=by, rejected_at=now, reason=reason)
    ringing.stop(session, hazard, by, now)
    digest.drop(session, hazard.id)
    note(session, REJECTED, hazard, now, by)
    found.cleared(session, hazard, now, gone=False)
    telling.refresh(session, hazard, now)
    words = text("hazards.told_rejected", number=hazard.id, name=store.name(session, by, now), reason=reason)
    buttons = telling.reporter_buttons(hazard, now)
    telling.tell(session, hazard, words, now, step="rejected", by=by, buttons=buttons)
    ringing.resolved(session, hazard, by, now)
    return hazard


# --- ask and answer ---------------------------------------------------------------------------------------------------


def may_ask(session: Session, id: int, by: int, now: datetime) -> Hazard:
    """A hazard about which somebody may ask its reporter. Refuses closed ones."""
    hazard = handled(session, id, by, now)
    if hazard.state not in OPEN:
        raise lost(session, hazard, now)
    return hazard


def ask(session: Session, id: int, words: str, by: int, now: datetime) -> Hazard:
    """A question to the reporter, who can answer it also without a name."""
    hazard = may_ask(session, id, by, now)
    row = HazardNoteRow(hazard_id=hazard.id, question=True, person_id=by, words=words, at=now)
    session.add(row)
    session.flush()
    note(session, ASKED, hazard, now, by, nth=row.id)
    said = text("hazards.question", number=hazard.id, name=store.name(session, by, now), words=words)
    buttons = rows(button("hazards.b_answer", f"hzr:answer:{hazard.id}"))
    telling.tell(session, hazard, said, now, step=f"asked:{row.id}", buttons=buttons)
    outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, now), now)
    return hazard


def begin_answer(session: Session, hazard: Hazard, person: int, now: datetime) -> Draft:
    """The reporter is about to answer. Which report it is about stands in the draft under seal."""
    box = seals.seal().close(str(hazard.id)).hex()
    return drafts.begin(session, person, ANSWER, "wait", {"box": box}, now)


def answered_hazard(session: Session, draft: Draft) -> Hazard:
    """The hazard that an answer is about."""
    return of(session, int(seals.seal().open(bytes.fromhex(draft.data["box"]))))


def answer(session: Session, draft: Draft, words: str, files: tuple[tuple[str, str], ...], now: datetime) -> Hazard:
    """The reporter's answer goes to whoever asked and whoever takes care of it."""
    return answer_about(session, answered_hazard(session, draft), draft.person, words, files, now)


def answer_about(
    session: Session, hazard: Hazard, by: Reporter, words: str, files: tuple[tuple[str, str], ...], now: datetime
) -> Hazard:
    """The same of a reporter who is known by a receipt. Refuses everybody else."""
    if not store.is_reporter(hazard, by):
        raise Refused("hazards.t_not_yours")
    at = telling.moment(hazard, now)
    row = HazardNoteRow(hazard_id=hazard.id, question=False, person_id=None, words=words or "📎", at=at)
    session.add(row)
    session.flush()
    attached.attach(session, hazard, files, MediaRole.ANSWER, now)
    note(session, ANSWERED, hazard, now, hazard.reporter, nth=row.id)
    _pass_on(session, hazard, row.id, row.words, len(files), now)
    said = text("hazards.answer_passed_on", number=hazard.id)
    if hazard.seal is not None:
        outbox.send(session, To(sealed=hazard.seal), Message(said, silent=True), Lane.REPLY, at)
    elif isinstance(by, int):
        outbox.send(session, outbox.to_person(by), Message(said), Lane.REPLY, now)
    return hazard


def reworded(session: Session, hazard: Hazard, words: str, now: datetime) -> None:
    """The reporter changed what they had sent: what was there stays, the new words stand beside it."""
    at = telling.moment(hazard, now)
    row = HazardNoteRow(hazard_id=hazard.id, question=False, person_id=None, words=f"✏️ {words}", at=at)
    session.add(row)
    session.flush()
    note(session, ANSWERED, hazard, now, hazard.reporter, nth=row.id)
    _pass_on(session, hazard, row.id, row.words, 0, now)


def _pass_on(session: Session, hazard: Hazard, nth: int, words: str, files: int, now: datetime) -> None:
    at = telling.moment(hazard, now)
    outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, at), at)
    said = text("hazards.answered", number=hazard.id, words=words)
    buttons = [button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id)]
    if files:
        buttons.append(button("hazards.b_files", f"hz:files:{hazard.id}", count=files))
    to = store.askers(session, hazard.id) | ({hazard.acknowledged_by} if hazard.acknowledged_by else set())
    for person in to:
        key = f"hazard:{hazard.id}:answer:{nth}:{person}"
        outbox.send(session, outbox.to_person(person), Message(said, rows(*buttons)), Lane.REPLY, at, key=key)
