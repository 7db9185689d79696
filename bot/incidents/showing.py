"""What stands on the phone of whoever works on incidents: the register, one incident, its file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.incidents import clocks, rules, store
from bot.incidents.company import company
from bot.incidents.model import Action, ClockState, Control, Entry, Incident, Level, Move, State
from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import text
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role

PER_PAGE = 6
PER_FILE = 5
"""Lines of each kind on one page of a file: a message holds 4096 letters."""
SHORT = 110
PEOPLE = 8


def register(session: Session, who: Person, page: int, now: datetime) -> Message:
    """What somebody may see, open ones first; and for everybody where they were hurt themselves."""
    found = store.listed(session, who.id, now, PER_PAGE + 1, page * PER_PAGE)
    shown = found[:PER_PAGE]
    running = store.clocks(session, [each.id for each in shown])
    lines = [line(session, each, running[each.id], now) for each in shown]
    own = [line(session, each, (), now) for each in store.of_injured(session, who.id)]
    keys = [button("incidents.b_open", f"inc:open:{each.id}", number=each.id) for each in shown]
    if len(found) > PER_PAGE:
        keys.append(button("incidents.b_more", f"inc:list:{page + 1}"))
    leads = bool(found) or bool(store.led(session, who.id, now))
    return Message(text("incidents.register", lines=lines, own=own, leads=leads), rows(*keys))


def line(session: Session, found: Incident, some: Sequence[Any], now: datetime) -> dict[str, Any]:
    """An incident as a line of a list: nobody's name stands in it."""
    running = [clocks.line(session, each, now) for each in some if each.state is ClockState.RUNNING]
    return {
        "number": found.id, "outcome": found.outcome.value if found.outcome else "", "state": found.state.value,
        "place": store.where(session, found), "at": found.created_at.isoformat(),
        "clock": running[0] if running else None,
    }  # fmt: skip


def card(session: Session, found: Incident, who: int, now: datetime) -> Message:
    """One incident: where it stands, what the law may want, what is missing; buttons for whoever looks."""
    decides = store.answers_for(session, found, who, now)
    kept = store.clocks(session, [found.id])[found.id]
    dossier = store.dossier(session, found)
    move = Move.SIGN if found.state is State.REVIEW else Move.SUBMIT
    working = found.state in (State.INVESTIGATING, State.REVIEW)
    asked = store.checks(session, found.id)
    injury = company().card(found.injury) if found.injury else None
    done = store.actions(session, found.id)
    said = text(
        "incidents.card", **line(session, found, (), now), owner=store.name(session, found.owner, now),
        team=[store.name(session, id, now) for id in store.members(session, found.id)],
        injury=dict(injury.name) if injury else "", injured=store.count_injured(session, found.id),
        clocks=[clocks.line(session, each, now) for each in kept],
        lacks=list(rules.lacks(dossier, move)) if working else [], actions=len(done), open=dossier.actions_open,
        protect_only=bool(done) and all(each.control is Control.PROTECT for each in done), asked=len(asked),
        looked=sum(each.answered_at is not None for each in asked),
        wrong=sum(each.in_order is False for each in asked), signed=store.name(session, found.signed_by, now),
    )  # fmt: skip
    keys: list[Button] = []
    for each in kept:
        if each.state is ClockState.RUNNING:
            keys += clocks.buttons(each)
    keys += [*_steps(found, decides, who), *_filing(found), *_more(found, decides)]
    return Message(said, rows(*keys), ref=f"{found.ref}:{who}")


def _steps(found: Incident, decides: bool, who: int) -> list[Button]:
    keys = []
    if decides and found.state is not State.CLOSED:
        keys.append(button("incidents.b_classify", f"inc:classify:{found.id}"))
    if decides and found.state is State.NOTED:
        keys.append(button("incidents.b_investigate", f"inc:investigate:{found.id}"))
    if decides and found.state is State.INVESTIGATING:
        if found.owner is None:
            keys.append(button("incidents.b_mine", f"inc:mine:{found.id}"))
        keys.append(button("incidents.b_owner", f"inc:owner:{found.id}"))
    if found.state is State.INVESTIGATING:
        keys.append(button("incidents.b_submit", f"inc:submit:{found.id}"))
    if decides and found.state is State.REVIEW and found.owner != who:
        keys += [
            button("incidents.b_sign", f"inc:sign:{found.id}"),
            button("incidents.b_send_back", f"inc:back:{found.id}"),
        ]
    if decides and found.state is State.CLOSED:
        keys.append(button("incidents.b_reopen", f"inc:reopen:{found.id}"))
    return keys


def _filing(found: Incident) -> list[Button]:
    if found.state is not State.INVESTIGATING:
        return []
    return [
        button("incidents.b_moment", f"inc:moment:{found.id}"), button("incidents.b_evidence", f"inc:evidence:{found.id}"),
        button("incidents.b_cause", f"inc:cause:{found.id}"), button("incidents.b_action", f"inc:action:{found.id}"),
        button("incidents.b_lesson", f"inc:lesson:{found.id}"), button("incidents.b_team", f"inc:team:{found.id}"),
    ]  # fmt: skip


def _more(found: Incident, decides: bool) -> list[Button]:
    keys = [button("incidents.b_file", f"inc:file:{found.id}")]
    if decides:
        keys += [
            button("incidents.b_injured", f"inc:injured:{found.id}"),
            button("incidents.b_who", f"inc:who:{found.id}"),
        ]
    if found.state in (State.INVESTIGATING, State.REVIEW, State.CLOSED):
        keys.append(button("incidents.b_ask_places", f"inc:places:{found.id}"))
    if found.state is State.CLOSED:
        keys.append(button("incidents.b_to_trainer", f"inc:trainer:{found.id}"))
    if found.hazard is not None:
        keys.append(button("incidents.b_report", f"hz:open:{found.hazard}", number=found.hazard))
    return keys


def _short(words: str) -> str:
    return words if len(words) <= SHORT else f"{words[: SHORT - 1]}…"


def file(session: Session, found: Incident, page: int, now: datetime) -> Message:
    """All that was found out: the timeline, what shows it, why, what is done, what was learned; and who looked."""
    moments = store.entries(session, found.id, Entry.MOMENT)
    causes = store.entries(session, found.id, Entry.CAUSE)
    lessons = store.entries(session, found.id, Entry.LESSON)
    evidence = store.entries(session, found.id, Entry.EVIDENCE)
    done = store.actions(session, found.id)
    start, stop = page * PER_FILE, (page + 1) * PER_FILE
    said = text(
        "incidents.file", number=found.id, page=page + 1,
        moments=[{"at": (e.happened_at or e.at).isoformat(), "words": _short(e.words)} for e in moments[start:stop]],
        causes=[{"level": e.level, "words": _short(e.words), "why": bool(e.because_of)} for e in causes[start:stop]],
        actions=[_do(session, a, now) for a in done[start:stop]], lessons=[_short(e.words) for e in lessons[start:stop]],
        evidence=[_short(e.words) if e.words else "📷" for e in evidence[start:stop]], pieces=len(evidence),
        lookers=[{"name": store.name(session, id, now), "at": at.isoformat()} for id, at in store.lookers(session, found.id)],
    )  # fmt: skip
    keys = [
        button("incidents.b_done_no", f"inc:done:{a.id}", words=_short(a.words)[:40]) for a in done if a.done_at is None
    ][:4]
    keys += [
        button("incidents.b_why", f"inc:why:{found.id}:{e.id}", words=_short(e.words)[:40])
        for e in causes
        if e.level != Level.ROOT.value
    ][-2:]
    keys.append(button("incidents.b_open", f"inc:open:{found.id}", number=found.id))
    if max(len(moments), len(causes), len(done), len(lessons), len(evidence)) > stop:
        keys.append(button("incidents.b_more", f"inc:file:{found.id}:{page + 1}"))
    media = [e for e in evidence if e.file_id]
    if media:
        keys.append(button("incidents.b_show", f"inc:show:{found.id}", count=len(media)))
    return Message(said, rows(*keys, each=1))


def _do(session: Session, each: Action, now: datetime) -> dict[str, Any]:
    return {
        "control": each.control.value, "words": _short(each.words), "name": store.name(session, each.owner, now),
        "due": each.due_at.isoformat(), "done": each.done_at is not None,
        "late": each.done_at is None and each.due_at < now,
    }  # fmt: skip


def terms() -> Message:
    """What the outcomes mean, and where each meaning comes from."""
    known = [
        {"outcome": each.outcome.value, "source": each.source or each.fact, "law": each.jurisdiction}
        for each in company().terms
    ]
    return Message(text("incidents.terms", terms=known))


def people_for(session: Session, found: Incident, who: int, now: datetime) -> list[Person]:
    """Who may lead, help, or be given something to do: those who lead there, nearest first, and the owner's own."""
    held = oncall.holders(session, (Role.SUPERVISOR, Role.SAFETY_OFFICER, Role.MANAGER), found.path, now)
    ranked = sorted((far, person.id, person) for each in held.values() for person, far in each)
    mine = people.person(session, who, now)
    there = people.everyone(session, now, (found.path,))
    every = {p.id: p for p in (*([mine] if mine else []), *(p for _, _, p in ranked), *there)}
    hidden = set(store.members(session, found.id, store.HIDDEN))
    return [p for p in every.values() if p.id not in hidden and p.left_on is None][:PEOPLE]
