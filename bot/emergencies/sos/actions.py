"""Calling for help, taking it back, going there; and the timer of somebody who works alone. In the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import findings, ladders, outbox
from bot.delivery.findings import Finding
from bot.delivery.ladders import Ladder
from bot.delivery.outbox import Lane
from bot.emergencies.sos import rules, showing, store
from bot.emergencies.sos.model import (
    BEGAN_ALONE,
    CANCELLED,
    ENDED_ALONE,
    HANDED,
    OVER,
    SEEN,
    SENT,
    Alone,
    Sos,
    State,
)
from bot.emergencies.sos.tables import LoneWorkRow, SosRow
from bot.kit.errors import Refused
from bot.kit.ladder import first_rung, next_rung
from bot.kit.replies import Message
from bot.kit.risk import Severity
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person, Role

LADDER = "emergencies.sos"
UNREACHABLE = "emergencies.sos.unreachable"


def send(session: Session, who: Person, key: str, now: datetime, *, alone: bool = False, words: str = "") -> Sos:
    """Calls for help. It is committed now and leaves in ten seconds, whatever becomes of the phone; a timer's leaves at once."""
    open_ = store.open_of(session, who.id, now)
    if open_ is not None:
        return open_
    leaves = now if alone else now + rules.WINDOW
    values = {
        "key": key, "person_id": who.id, "unit_id": who.unit, "path": who.path, "state": State.SENT.value, "alone": alone,
        "words": words, "sent_at": now, "leaves_at": leaves,
    }  # fmt: skip
    id = insert_once(session, SosRow, values, "key") or session.scalar(select(SosRow.id).where(SosRow.key == key))
    found = store.sos(session, int(id or 0))
    if found is None:
        raise Refused("emergencies.t_gone")
    record(session, Fact(SENT, f"sos:{found.id}", now, who.id, body={"sos": found.id, "alone": alone}), now)
    climb = first_rung(rules.LADDER, leaves)
    near = _call(session, found, 0, leaves, now)
    # nobody near can be reached: those above are called together with the first
    also = [] if near else _call(session, found, 1, leaves, now)
    ladders.start(session, found.ref, LADDER, climb, [*near, *also], leaves)
    return found


def _call(session: Session, found: Sos, rung: int, leaves: datetime, now: datetime) -> list[int]:
    persons = store.called(session, found, rules.LADDER[rung].who, now)
    message = showing.card(session, found, now)
    for person in persons:
        key = f"{found.ref}:{rung}:{person.id}"
        outbox.send(
            session, outbox.to_person(person.id), message, Lane.ALERT, now, key=key, not_before=leaves, on_failure=UNREACHABLE
        )  # fmt: skip
    return [person.id for person in persons]


def climb(session: Session, ladder: Ladder, now: datetime, *, at_once: bool = False) -> None:
    """Nobody has said that they go there: the next are called; after the last it goes on as a danger that rings everybody."""
    found = store.sos(session, int(ladder.subject.partition(":")[2]))
    if found is None or found.state is not State.SENT:
        ladders.stop(session, ladder.subject, None, now)
        return
    step = next_rung(rules.LADDER, ladder.rung, now if at_once else ladder.next_at, acknowledged=False, now=now)
    if step is None or not ladders.climbed(session, ladder, step, []):
        return
    if step.who == "handed" or not _call(session, found, step.rung, now, now):
        _hand_over(session, found, now)


def _hand_over(session: Session, found: Sos, now: datetime) -> None:
    who = people.person(session, found.person, now)
    said = Message(text("emergencies.sos.handed", name=who.name if who else "", words=found.words, alone=found.alone))
    danger = Finding(
        f"sos:{found.id}",
        "emergencies",
        found.unit,
        found.path,
        said,
        Severity.CRITICAL,
        "AID",
        by=found.person,
        hurt=True,
    )
    if findings.hand_over(session, danger, now):
        record(session, Fact(HANDED, f"sos:{found.id}:handed", now, unit=found.unit, body={"sos": found.id}), now)


def unreachable(session: Session, payload: dict[str, object], now: datetime) -> None:
    """A job: somebody's message can never arrive. Where it was the only one, the next are called at once."""
    ladder = ladders.of(session, str(payload["ref"]))
    if ladder is not None and ladder.climbing and len(ladder.called) <= 1:
        climb(session, ladder, now, at_once=True)


def go(session: Session, who: Person, id: int, now: datetime) -> Sos:
    """Somebody goes there: the ladder stops, the sender is told. Refused to people who lead nothing there, and to the second."""
    found = _may(session, who, id, now)
    mine = update(SosRow).where(SosRow.id == id, SosRow.state == State.SENT.value)
    if changed(session, mine.values(state=State.SEEN.value, seen_by=who.id, seen_at=now)) != 1:
        raise Refused("emergencies.sos.t_seen")
    ladder = ladders.of(session, found.ref)
    ladders.stop(session, found.ref, who.id, now)
    body = {"sos": id, "seconds": int((now - found.sent_at).total_seconds()), "rung": ladder.rung if ladder else 0}
    record(session, Fact(SEEN, f"sos:{id}:seen", now, who.id, body=body), now)
    return _shown(session, id, now)


def over(session: Session, who: Person, id: int, now: datetime) -> Sos:
    """In the first seconds: taken back, nothing leaves. Afterwards: all who were called hear that it is over."""
    found = store.sos(session, id)
    if found is None:
        raise Refused("emergencies.t_gone")
    if found.person != who.id:
        found = _may(session, who, id, now)
    early = now < found.leaves_at and found.person == who.id
    after = State.CANCELLED if early else State.OVER
    mine = update(SosRow).where(SosRow.id == id, SosRow.state.in_(store.OPEN))
    if changed(session, mine.values(state=after.value, over_at=now)) != 1:
        raise Refused("emergencies.sos.t_over")
    ladders.stop(session, found.ref, who.id, now)
    if early:
        outbox.cancel(session, ref=found.ref, now=now)
        body = {"sos": id, "seconds": int((now - found.sent_at).total_seconds())}
        record(session, Fact(CANCELLED, f"sos:{id}:cancelled", now, who.id, body=body), now)
    else:
        body = {"sos": id, "minutes": int((now - found.sent_at).total_seconds() // 60)}
        record(session, Fact(OVER, f"sos:{id}:over", now, who.id, body=body), now)
    return _shown(session, id, now, told=not early)


def add(
    session: Session, found: Sos, now: datetime, *, words: str = "", place: tuple[float, float] | None = None
) -> Sos:
    """What whoever sent it says or where they are, for those who are called."""
    values: dict[str, object] = {"latitude": place[0], "longitude": place[1]} if place is not None else {}
    if words:
        values["words"] = f"{found.words}\n{words}".strip()[-600:]
    session.execute(update(SosRow).where(SosRow.id == found.id).values(**values))
    now_is = store.sos(session, found.id)
    assert now_is is not None
    outbox.edit_ref(session, found.ref, showing.card(session, now_is, now), now, lane=Lane.ALERT)
    return now_is


def _may(session: Session, who: Person, id: int, now: datetime) -> Sos:
    found, viewer = store.sos(session, id), people.viewer(session, who.id, now)
    if found is None or viewer is None:
        raise Refused("emergencies.t_gone")
    if not viewer.holds(Role.SUPERVISOR, found.path):
        raise Refused("emergencies.muster.t_only_leaders")
    return found


def _shown(session: Session, id: int, now: datetime, *, told: bool = True) -> Sos:
    found = store.sos(session, id)
    assert found is not None
    if told:
        outbox.edit_ref(session, found.ref, showing.card(session, found, now), now, lane=Lane.ALERT)
    outbox.edit_ref(session, f"{found.ref}:mine", showing.mine(session, found, now), now, lane=Lane.ALERT)
    return found


# --- working alone -----------------------------------------------------------------------------------------------------


def begin_alone(session: Session, who: Person, words: str, minutes: int, hours: int, now: datetime) -> Alone:
    """Starts somebody's timer. Refused while another of theirs runs."""
    if minutes not in rules.EVERY or hours not in rules.LENGTHS:
        raise Refused("emergencies.t_gone")
    values = {
        "open_person": who.id, "person_id": who.id, "path": who.path, "words": words, "minutes": minutes,
        "due_at": now + timedelta(minutes=minutes), "began_at": now, "ends_at": now + timedelta(hours=hours),
    }  # fmt: skip
    id = insert_once(session, LoneWorkRow, values, "open_person")
    found = store.alone_of(session, who.id)
    if id is None or found is None:
        raise Refused("emergencies.sos.t_alone_runs")
    record(session, Fact(BEGAN_ALONE, f"lone:{id}", now, who.id, body={"lone": id, "minutes": minutes}), now)
    return found


def still_fine(session: Session, who: Person, id: int, now: datetime) -> Alone:
    """The answer to the timer. An alarm that has gone out is not taken back by it: that is said to those who come."""
    found = store.alone_of(session, who.id)
    if found is None or found.id != id:
        raise Refused("emergencies.sos.t_alone_over")
    mine = update(LoneWorkRow).where(LoneWorkRow.id == id, LoneWorkRow.open_person == who.id)
    session.execute(mine.values(due_at=rules.next_due(found, now), warned_at=None))
    now_is = store.alone_of(session, who.id)
    assert now_is is not None
    return now_is


def end_alone(session: Session, person: int, id: int, now: datetime, *, alarm: bool = False) -> bool:
    """The timer ends; False where it had ended."""
    mine = update(LoneWorkRow).where(LoneWorkRow.id == id, LoneWorkRow.open_person == person)
    if changed(session, mine.values(open_person=None, ended_at=now)) != 1:
        return False
    record(session, Fact(ENDED_ALONE, f"lone:{id}:ended", now, person, body={"lone": id, "alarm": alarm}), now)
    return True


def warn(session: Session, found: Alone, now: datetime) -> None:
    """It asks, ringing. After a standstill the time to answer begins with the question."""
    due = max(found.due_at, now)
    mine = update(LoneWorkRow).where(LoneWorkRow.id == found.id, LoneWorkRow.warned_at.is_(None))
    if changed(session, mine.values(warned_at=now, due_at=due)) == 1:
        key = f"lone:{found.id}:{found.due_at.isoformat()}"
        words = text("emergencies.sos.are_you_fine", due_at=(due + rules.GRACE).isoformat())
        outbox.send(
            session,
            outbox.to_person(found.person),
            Message(words, showing.timer(found).buttons),
            Lane.ALERT,
            now,
            key=key,
        )


def alarm(session: Session, found: Alone, now: datetime) -> None:
    """No answer: help is called for them, with the words they left."""
    who = people.person(session, found.person, now)
    if who is not None and end_alone(session, found.person, found.id, now, alarm=True):
        sent = send(session, who, f"lone:{found.id}", now, alone=True, words=found.words)
        outbox.send(
            session,
            outbox.to_person(who.id),
            showing.mine(session, sent, now),
            Lane.ALERT,
            now,
            key=f"lone:{found.id}:alarm",
        )
