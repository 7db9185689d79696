"""A major hidden danger: what must be there before each step, several people's word and a leader's signature before it is closed.

None of it can be skipped: `repair` asks here before each move, and every attempt is on record.
"""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed
from bot.delivery import gates, outbox
from bot.delivery.outbox import Lane
from bot.hazards import cards, correcting, lines, store, telling
from bot.hazards.facts import MAJOR_CONFIRMED, STEP_REFUSED
from bot.hazards.model import Hazard, MediaRole, State
from bot.hazards.moves import note, of
from bot.hazards.rules import OPEN, lacks_to_fix, may_verify
from bot.hazards.tables import HazardRow
from bot.hazards.unasked import MAJOR_DAY
from bot.kit.clock import instant, local_date
from bot.kit.errors import Refused
from bot.kit.gates import Gate, GateState, GateView
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import Text, text
from bot.people import company as companies
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role

DEFAULT = {"needed": 2, "kinds": ["supervisor", "above"]}
"""Two people of different levels: somebody who supervises there, and somebody above."""
TOLD_AT = time(7, 30)
MOST_LIKE = 3


def gate(session: Session, hazard: Hazard) -> Gate:
    """Whose word it needs; never the fixer's."""
    said = companies.alerts(session, hazard.path).get("major", DEFAULT)
    barred = frozenset(p for p in (hazard.fixed_by, hazard.assigned_to) if p is not None)
    return Gate(int(said["needed"]), tuple(said["kinds"]), barred)


def subject(hazard: Hazard) -> str:
    """The name of its gate: another for each round."""
    return f"hazard:{hazard.id}:major:{hazard.round}"


def kinds_of(session: Session, person: int, path: str, now: datetime) -> frozenset[str]:
    """For which kinds somebody may speak over a unit: by exactly the roles they hold there."""
    viewer = people.viewer(session, person, now)
    held = {grant.role for grant in viewer.grants if path.startswith(grant.path)} if viewer else set()
    above = {"above"} if held & {Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN} else set()
    return frozenset({role.value for role in held} | above)


def view(session: Session, hazard: Hazard) -> GateView:
    """Where its gate stands."""
    return gates.view(session, subject(hazard), gate(session, hazard))


def lacks(session: Session, hazard: Hazard, step: str) -> tuple[str, ...]:
    """What a step (`fix`, `verify`, `sign`) still needs, in the order in which it should come; empty: it may be taken."""
    if not hazard.major:
        return ()
    if step == "fix":
        return lacks_to_fix(hazard, store.measures(session, hazard.id))
    missing = [] if store.files(session, hazard.id, MediaRole.AFTER) else ["photo"]
    if step == "sign" and view(session, hazard).state is not GateState.OPEN:
        missing.append("confirm")
    return tuple(missing)


def demand(session: Session, hazard: Hazard, step: str) -> None:
    """Refuses a step that lacks something."""
    missing = lacks(session, hazard, step)
    if missing:
        raise refusal(missing)


def refusal(missing: tuple[str, ...]) -> Refused:
    """What somebody is told who tried too early."""
    return Refused("hazards.t_major_lacks", lacks=[_lack(each) for each in missing])


def _lack(what: str) -> Text:
    return text("hazards.lack_name", what=what)


def tried(session: Session, id: int, step: str, by: int, now: datetime) -> Refused | None:
    """Before a button's work: where the step lacks something, the attempt goes on record, and this is the answer.

    The action itself would refuse as well; but what is refused leaves nothing behind, and this must.
    """
    hazard = store.hazard(session, id)
    missing = lacks(session, hazard, step) if hazard is not None else ()
    if hazard is None or not missing:
        return None
    if hazard.assigned_to != by and not store.may_handle(session, hazard, by, now):
        return None  # the action says that it is not theirs
    on_record(session, hazard, step, ",".join(missing), by, now)
    return refusal(missing)


def on_record(session: Session, hazard: Hazard, step: str, lacks: str, by: int, now: datetime) -> None:
    """Somebody tried a step that they may not take, or not yet."""
    note(session, STEP_REFUSED, hazard, now, by, step=step, lacks=lacks, nth=f"{by}:{now.isoformat()}")


def tried_to_lower(session: Session, id: int, step: str, by: int, now: datetime) -> Refused | None:
    """The same for whoever would `reject` a major danger or make it a `general` one and may not."""
    hazard = store.hazard(session, id)
    if hazard is None or not hazard.major or not store.may_handle(session, hazard, by, now):
        return None
    if correcting.may_lower(session, hazard, by, now):
        return None
    on_record(session, hazard, step, "manager", by, now)
    return Refused("hazards.t_not_lowered")


def confirm(session: Session, hazard: Hazard, by: int, now: datetime) -> GateView:
    """One of those whose word it needs has seen that it is gone; once the gate is open, leaders are asked to sign."""
    demand(session, hazard, "verify")
    if hazard.state is not State.FIXED:
        raise Refused("hazards.t_not_now", state=cards.state_name(hazard.state))
    if not may_verify(hazard.fixed_by, by) or by == hazard.assigned_to:
        raise Refused("hazards.t_own_fix")
    gates.vote(session, subject(hazard), by, True, kinds_of(session, by, hazard.path, now), now)
    seen = view(session, hazard)
    note(session, MAJOR_CONFIRMED, hazard, now, by, missing=seen.missing, nth=by)
    if seen.state is GateState.OPEN:
        ask_to_sign(session, hazard, now)
    telling.refresh(session, hazard, now)
    return seen


def signers(session: Session, hazard: Hazard, now: datetime) -> list[Person]:
    """Who may sign: managers of the place and admins, who neither fixed nor confirmed it."""
    held = oncall.holders(session, [Role.MANAGER, Role.ADMIN], hazard.path, now)
    spoken = set(gates.voters(session, subject(hazard))) | {hazard.fixed_by, hazard.assigned_to}
    hidden = store.hidden_from(session, hazard.id)
    able = [p for role in (Role.MANAGER, Role.ADMIN) for p, _ in held[role] if p.id not in spoken | hidden]
    return list({person.id: person for person in able}.values())


def may_sign(session: Session, hazard: Hazard, by: int, now: datetime) -> None:
    """Refuses everybody who may not sign that it is gone, and everybody while something is missing."""
    if hazard.state is not State.FIXED or not hazard.major:
        raise Refused("hazards.t_not_now", state=cards.state_name(hazard.state))
    demand(session, hazard, "sign")
    if by not in {person.id for person in signers(session, hazard, now)}:
        raise Refused("hazards.t_not_signer")


def ask_to_sign(session: Session, hazard: Hazard, now: datetime) -> None:
    """Several have seen that it is gone: the leaders are asked for their signature, once a round."""
    words = text("hazards.ask_sign", number=hazard.id, place=store.where(session, hazard))
    message = Message(words, rows(button("hazards.b_sign", f"hz:sign:{hazard.id}"), *_open(hazard)))
    for person in signers(session, hazard, now):
        key = f"hazard:{hazard.id}:sign:{hazard.round}:{person.id}"
        said = telling.considerate(session, person.id, message, now)
        outbox.send(session, outbox.to_person(person.id), said, Lane.REPLY, now, key=key)


def _open(hazard: Hazard) -> tuple[Button, ...]:
    return (button("hazards.b_open", f"hz:open:{hazard.id}", number=hazard.id),)


# --- each day -----------------------------------------------------------------------------------------------------------


def tell_leaders(session: Session, now: datetime, most: int = 20) -> bool:
    """Each local morning until it is closed: how a major danger stands, what is missing, what was done in like cases."""
    states = [state.value for state in OPEN]
    which = select(HazardRow.id, HazardRow.told_on).where(HazardRow.major.is_(True), HazardRow.state.in_(states))
    told = 0
    for id, told_on in session.execute(which.order_by(HazardRow.id)).all():
        hazard = of(session, id)
        unit = people.unit(session, hazard.unit)
        zone = unit.zone if unit else "UTC"
        today = local_date(now, zone)
        if told_on == today or now < instant(today, TOLD_AT, zone):
            continue
        mine = (HazardRow.id == id, HazardRow.told_on.is_(None) if told_on is None else HazardRow.told_on == told_on)
        if changed(session, update(HazardRow).where(*mine).values(told_on=today)) == 1:
            _tell_leader(session, hazard, str(today), now)
            told += 1
        if told == most:
            return True
    return False


def _tell_leader(session: Session, hazard: Hazard, day: str, now: datetime) -> None:
    step = "sign" if hazard.state is State.FIXED else "fix"
    missing = [_lack(each) for each in lacks(session, hazard, step)]
    words = text(
        "hazards.major_day",
        number=hazard.id,
        place=store.where(session, hazard),
        state=cards.state_name(hazard.state),
        owner=store.name(session, hazard.owner, now),
        due=hazard.due_at.isoformat() if hazard.due_at else "",
        late=hazard.due_at is not None and hazard.due_at <= now,
        lacks=missing,
        like=[lines.measure_line(each) for each in store.done_in_like_cases(session, hazard, MOST_LIKE)],
    )
    message = Message(words, rows(*_open(hazard)))
    hidden = store.hidden_from(session, hazard.id)
    for leader in companies.leaders(session, hazard.path, now, may=lambda person: person.id not in hidden):
        key = f"hazard:{hazard.id}:day:{day}:{leader.id}"
        outbox.send(session, outbox.to_person(leader.id), message, Lane.REPLY, now, key=key, unasked=MAJOR_DAY)
