"""`/points` and its buttons. Routes only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Event, Pressed, Said
from bot.kit.replies import Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person, Viewer
from bot.rewards import showing, speaking, store, switching
from bot.rewards.model import DRAFT, Appeal, AppealState


def person(session: Session, event: Event, now: datetime) -> Person | None:
    """Who said or pressed it; None for strangers and people who have left."""
    who = people.person(session, event.person, now) if event.person is not None else None
    return who if who is not None and who.left_on is None else None


def on_points(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/points`: what somebody has, and why."""
    who = person(session, event, now)
    if who is None or not event.private:
        return Reply() if who is not None else None
    return Reply((showing.overview(session, who, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`pts:what:...`: a button of this room."""
    who, act = person(session, event, now), ACTS.get(event.word(0))
    viewer = people.viewer(session, who.id, now) if who is not None else None
    return act(session, event, who, viewer, now) if act is not None and who is not None and viewer is not None else None


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What was asked for. All else is passed on: it may be a report of danger."""
    who = person(session, event, now)
    if who is None or not isinstance(event, Said) or not event.private:
        return None
    found = speaking.typed(session, who, event.text.strip(), now)
    return Reply((found,)) if found is not None else None


def _all(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    return Reply((showing.overview(session, who, now),))


def _rules(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    return Reply((showing.explained(session, who, now),))


def _open(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    row = store.row(session, event.number(1))
    if row is None or not store.may_see(row, viewer, showing.decider_of(session, row)):
        raise Refused("rewards.not_yours")
    return Reply((showing.card(session, row, viewer, now),))


def _say(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    row = store.row(session, event.number(1))
    if row is None or row.person != who.id:
        raise Refused("rewards.not_yours")
    if store.appeal_of(session, row.id) is not None:
        raise Refused("rewards.appealed_before")
    return Reply((speaking.begin(session, who, "appeal", {"row": row.id}, now),))


def _appeal(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    row = store.row(session, _named(session, event, viewer).row)
    assert row is not None
    return Reply((showing.card(session, row, viewer, now),))


def _decide(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    found = _named(session, event, viewer)
    step = {"yes": "grant", "no": "refuse", "other": "instead"}[event.word(0)]
    return Reply((speaking.begin(session, who, step, {"appeal": found.id}, now),))


def _named(session: Session, event: Pressed, viewer: Viewer) -> Appeal:
    found = store.appeal(session, event.number(1))
    if found is None or found.decider != viewer.person:
        raise Refused("rewards.not_named")
    if found.state is not AppealState.OPEN:
        raise Refused("rewards.changed_meanwhile")
    return found


def _hand(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    if not viewer.anywhere(store.HR):
        raise Refused("rewards.not_yours")
    return Reply((speaking.begin(session, who, {"hand": "badge", "back": "row"}[event.word(0)], {}, now),))


def _units(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    if not viewer.anywhere(store.HR):
        raise Refused("rewards.not_yours")
    return Reply((showing.choose_unit(session, viewer),))


def _set(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    unit = people.unit(session, event.number(1))
    if unit is None or not viewer.holds(store.HR, unit.path):
        raise Refused("rewards.not_yours")
    return Reply((showing.setting(session, unit, now),))


def _turn(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    unit = people.unit(session, event.number(1))
    if unit is None:
        raise Refused("rewards.not_yours")
    state = switching.switch(session, viewer, unit, event.word(2), event.word(3) == "on", now)
    again = showing.setting(session, unit, now)
    return Reply(edit=again if state == "done" else Message(text("rewards.switch_waits")))


def _switch(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    found = [each for each in switching.waiting(session, viewer) if each.id == event.number(1)]
    if not found:
        raise Refused("rewards.changed_meanwhile")
    keys = (button("rewards.b_yes", f"pts:agree:{found[0].id}"), button("rewards.b_no", f"pts:decline:{found[0].id}"))
    return Reply((Message(switching.question(session, found[0].id, now), rows(*keys)),))


def _agree(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    row = switching.confirm(session, viewer, event.number(1), event.word(0) == "agree", now)
    unit = people.unit(session, row.unit_id)
    assert unit is not None
    return Reply(edit=showing.setting(session, unit, now), toast=text("rewards.t_noted"))


Act = Callable[[Session, Pressed, Person, Viewer, datetime], Reply]
ACTS: dict[str, Act] = {
    "all": _all, "rules": _rules, "open": _open, "say": _say, "appeal": _appeal, "yes": _decide, "no": _decide,
    "other": _decide, "hand": _hand, "back": _hand, "units": _units, "set": _set, "turn": _turn, "switch": _switch,
    "agree": _agree, "decline": _agree,
}  # fmt: skip
ROUTES = (
    Route(on_points, command="points", menu="rewards.menu"),
    Route(on_press, verb="pts"),
    Route(on_typed, draft=DRAFT),
)
