"""What can be done about a danger on its page: the same actions as in the chat, with the same rights, as forms.

An answer leads back to the page, which says what was done (`did`) and, where a move leads back, offers to undo it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.delivery import ladders
from bot.delivery.tables import LadderRow
from bot.hazards import correcting, major, repair, respond, store, whom
from bot.hazards.boards import Names
from bot.hazards.choices import DUE_HOURS
from bot.hazards.model import CLIMBED, Control, Hazard, State
from bot.hazards.moves import handled
from bot.hazards.reporting import MOST_SAID
from bot.hazards.rules import UNFIXED, UNSEEN, is_milder, may_reopen, may_verify
from bot.hazards.tables import HazardCallRow
from bot.hazards.telling import moment
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.gates import GateState
from bot.kit.risk import Severity
from bot.ledger import store as ledger
from bot.media import cleaning, pictures
from bot.media import store as media
from bot.people import store as people
from bot.people.model import Viewer

MOST_NAMES = 40
"""So many people stand in the choice of who is to fix it; all others are named by their badge."""
REFUSED = ("fix", "verify", "sign", "general", "reject")
"""Steps of a major danger that may be tried too early. The attempt is on record, so it is answered and not undone."""


# --- what is shown ----------------------------------------------------------------------------------------------------


def ladder(session: Session, hazard: Hazard, names: Names, now: datetime) -> list[dict[str, Any]]:
    """Who was alerted when, and who is next, rung by rung; empty where no ladder was begun. Without a name: to the hour."""
    climb = ladders.of(session, hazard.ref)
    if climb is None:
        return []
    began = session.scalar(select(LadderRow.started_at).where(LadderRow.id == climb.id))
    run = select(func.max(HazardCallRow.run)).where(HazardCallRow.hazard_id == hazard.id)
    called: dict[int, list[str]] = {}
    rows = select(HazardCallRow).where(HazardCallRow.hazard_id == hazard.id, HazardCallRow.run == run.scalar_subquery())
    for call in session.scalars(rows.order_by(HazardCallRow.rung, HazardCallRow.id)):
        called.setdefault(call.rung, []).append(names.of(call.person_id))
    times = {
        int(fact.body["rung"]): fact.at
        for fact in ledger.about(session, "hazard", hazard.id, (CLIMBED.name,), hazard.created_at)
        if str(fact.body.get("rung", "")).isdigit() and (began is None or fact.at >= began)
    }
    there = whom.around(session, hazard, now)
    found = []
    for number, rung in enumerate(there.plan):
        if number <= climb.rung:
            at = (times.get(number) or began) if number in called else None  # nobody called: nobody was alerted
            said = moment(hazard, at).isoformat() if at else ""
            found.append({"who": rung.who, "names": called.get(number, []), "at": said, "was": True})
        elif climb.climbing:
            next_at = climb.next_at if number == climb.rung + 1 else None
            chosen = [person.name for person, _ in whom.whom(there, rung.who, now)][:6]
            said = moment(hazard, next_at).isoformat() if next_at else ""
            found.append({"who": rung.who, "names": chosen, "at": said, "was": False})
    return found


def offered(session: Session, hazard: Hazard, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """What this reader may do now; what the actions would refuse is not offered, but says why where somebody would look for it."""
    me, unfixed = viewer.person, hazard.state in UNFIXED
    own = hazard.state is State.FIXED and not may_verify(hazard.fixed_by, me)
    signs = hazard.major and hazard.state is State.FIXED and me in {p.id for p in major.signers(session, hazard, now)}
    ready = bool(signs) and major.view(session, hazard).state is GateState.OPEN
    lowers = not hazard.major or correcting.may_lower(session, hazard, me, now)
    rated = int(hazard.severity) if hazard.severity else 0
    return {
        "take": hazard.state in UNSEEN, "unfixed": unfixed, "me": me,
        "check": hazard.state is State.FIXED and not own, "own": own, "sign": ready,
        "reopen": hazard.state in (State.VERIFIED, State.REJECTED),
        "ask": unfixed and not hazard.by_machine, "reject": unfixed and lowers,
        "judge": unfixed and (hazard.major is not None or rated >= Severity.HIGH), "major": bool(hazard.major),
        "levels": [int(level) for level in Severity], "rated": rated, "hours": DUE_HOURS if unfixed else (),
        "people": _people(session, hazard, me, now) if unfixed else [], "holder": hazard.assigned_to or 0,
        "controls": [control.value for control in Control] if hazard.state not in (State.VERIFIED, State.REJECTED) else [],
        "plan": hazard.plan or "",
    }  # fmt: skip


def _people(session: Session, hazard: Hazard, me: int, now: datetime) -> list[dict[str, Any]]:
    """Who is at hand to fix it: the people of the danger's own unit, and of those above while they are few.

    Only whom this reader leads: others can be named by the badge that somebody told them.
    """
    found: list[tuple[int, str]] = []
    for level in range(hazard.path.count("/")):
        wider, top = respond.assignable(session, hazard, level, now)
        if len(wider) > MOST_NAMES:
            break
        found = wider
        if top:
            break
    hidden = store.hidden_from(session, hazard.id)
    mine = store.answers_for(session, me, now)
    led = {id for id, who in people.persons(session, [id for id, _ in found], now).items() if who.path.startswith(mine)}
    return [{"id": id, "name": name} for id, name in found if id in led - hidden]


def done(session: Session, hazard: Hazard, query: Mapping[str, Any], names: Names, now: datetime) -> dict[str, Any]:
    """What was just done here, as the address says, if it still stands so; with the way back where there is one."""
    did, lacks = str(query.get("did", "")), str(query.get("no", ""))
    nothing = {"did": "", "no": "", "why": "", "name": "", "undo": False, "was": 0, "was_name": "", "due": ""}
    if lacks in REFUSED and hazard.major:
        missing = major.lacks(session, hazard, lacks) if lacks in ("fix", "verify", "sign") else ()
        return nothing | {"no": lacks, "why": major.refusal(missing).text if missing else ""}
    states = {
        "taken": (State.ACKNOWLEDGED,), "assigned": (State.ASSIGNED,), "fixed": (State.FIXED,),
        "verified": (State.VERIFIED,), "rejected": (State.REJECTED,), "reopened": (State.REOPENED,),
    }  # fmt: skip
    if did not in (*states, "rated", "due", "asked", "judged", "measure", "plan", "seen"):
        return nothing
    if did in states and hazard.state not in states[did]:
        return nothing
    before = str(query.get("was", ""))
    was = int(before) if before.isdigit() and len(before) < 10 and names.of(int(before)) else 0
    undo = did in ("fixed", "verified", "rejected") and may_reopen(hazard, now)
    known = {"did": did, "name": names.of(hazard.assigned_to), "undo": undo}
    if did == "assigned" and was:
        known |= {"was": was, "was_name": names.of(was)}
    return nothing | known | {"due": hazard.due_at.isoformat() if hazard.due_at else ""}


# --- what is done -----------------------------------------------------------------------------------------------------


class Acts:
    """What a form of the page sends. Each goes to the action that the chat's button goes to; that checks the rights."""

    def prepare(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Keeps a photo after the fix, stripped, before any transaction. Refused: what is no picture."""
        data = form.get("photo")
        if not isinstance(data, bytes) or not data:
            return {**form, "photo": None}
        try:
            return {**form, "photo": media.put(cleaning.clean(data)[0], "picture.jpg")}
        except pictures.BadPicture:
            raise Refused("hazards.t_no_picture") from None

    def __call__(self, session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
        """Does it; answers the page with what was done. Raises Refused."""
        id, act = int(form["id"]), ACTS.get(str(form.get("act", "")))
        if act is None:
            raise Refused("hazards.t_again")
        return f"/desk/hazards/{id}?{act(session, id, viewer.person, form, now)}"


Act = Callable[[Session, int, int, Mapping[str, Any], datetime], str]


def _take(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    respond.acknowledge(session, id, me, now)
    return "did=taken"


def _rate(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    if _number(form, "severity") not in tuple(Severity):
        raise Refused("hazards.t_again")
    severity, before = Severity(_number(form, "severity")), handled(session, id, me, now)
    reason = _words(form) if is_milder(before.severity, severity) else None
    respond.rate(session, id, severity, me, now, reason or None)
    return "did=rated"


def _assign(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    before, badge = handled(session, id, me, now), western(str(form.get("badge", ""))).strip()
    to = _number(form, "to")
    if badge:
        named = people.person_by_badge(session, badge, now)
        if named is None:
            raise Refused("hazards.t_no_badge", badge=badge[:20])
        to = named.id
    respond.assign(session, id, to, me, now)
    was = before.assigned_to if before.assigned_to not in (None, to) else None
    return f"did=assigned&was={was}" if was else "did=assigned"


def _due(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    if _number(form, "hours") not in DUE_HOURS:
        raise Refused("hazards.t_again")
    correcting.set_due(session, id, now + timedelta(hours=_number(form, "hours")), me, now)
    return "did=due"


def _fix(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    if major.tried(session, id, "fix", me, now) is not None:
        return "no=fix"
    if form.get("photo") is None and not _words(form):
        raise Refused("hazards.t_photo_or_words")
    repair.fix(session, id, me, now, words=_words(form) or None, kept=form.get("photo"))
    return "did=fixed"


def _verify(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    if major.tried(session, id, "verify", me, now) is not None:
        return "no=verify"
    return "did=verified" if repair.verify(session, id, me, now).state is State.VERIFIED else "did=seen"


def _sign(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    if major.tried(session, id, "sign", me, now) is not None:
        return "no=sign"
    repair.sign(session, id, me, now)
    return "did=verified"


def _still(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    repair.reopen(session, id, me, now)
    return "did=reopened"


def _ask(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    respond.ask(session, id, _said(form), me, now)
    return "did=asked"


def _reject(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    if major.tried_to_lower(session, id, "reject", me, now) is not None:
        return "no=reject"
    respond.reject(session, id, _said(form), me, now)
    return "did=rejected"


def _judge(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    worse = form.get("which") == "major"
    if not worse and major.tried_to_lower(session, id, "general", me, now) is not None:
        return "no=general"
    correcting.judge(session, id, worse, me, now)
    return "did=judged"


def _measure(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    if form.get("control") not in tuple(Control):
        raise Refused("hazards.t_again")
    control, interim = Control(str(form["control"])), form.get("interim") == "1"
    correcting.name_measure(session, id, control, _said(form), me, now, interim=interim)
    return "did=measure"


def _plan(session: Session, id: int, me: int, form: Mapping[str, Any], now: datetime) -> str:
    correcting.plan(session, id, _said(form), me, now)
    return "did=plan"


ACTS: Mapping[str, Act] = {
    "take": _take, "rate": _rate, "assign": _assign, "due": _due, "fix": _fix, "verify": _verify, "sign": _sign,
    "still": _still, "ask": _ask, "reject": _reject, "judge": _judge, "measure": _measure, "plan": _plan,
}  # fmt: skip


def _words(form: Mapping[str, Any]) -> str:
    return str(form.get("words", "")).strip().replace("\r\n", "\n")[:MOST_SAID]


def _said(form: Mapping[str, Any]) -> str:
    """Words that there must be."""
    if not (words := _words(form)):
        raise Refused("hazards.t_say_something")
    return words


def _number(form: Mapping[str, Any], name: str) -> int:
    given = str(form.get(name, ""))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
