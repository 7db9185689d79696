"""`/penalty`: proposing by whoever leads, answering by whom it concerns, deciding by somebody else. Routes only."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.digits import western
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person, Viewer
from bot.rewards import rules as point_rules
from bot.rewards.chat import person
from bot.rewards.penalties import actions, rules, showing, store
from bot.rewards.penalties.model import DRAFT


def on_penalty(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/penalty`: what concerns somebody; proposing one, for whoever leads."""
    who = person(session, event, now)
    viewer = people.viewer(session, who.id, now) if who is not None else None
    if viewer is None or not event.private:
        return Reply() if viewer is not None else None
    found = store.concerning(session, viewer)
    keys = [button("rewards.penalties.b_open", f"pnl:open:{each.id}", number=each.id) for each in found]
    if viewer.anywhere(rules.PROPOSER) or viewer.anywhere(rules.DECIDER):
        keys.append(button("rewards.penalties.b_new", "pnl:new"))
    return Reply((Message(text("rewards.penalties.list", count=len(found)), rows(*keys)),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`pnl:what:number`."""
    who, act = person(session, event, now), ACTS.get(event.word(0))
    viewer = people.viewer(session, who.id, now) if who is not None else None
    return act(session, event, viewer, now) if act is not None and viewer is not None else None


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What was asked for. All else is passed on: it may be a report of danger."""
    who = person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None and event.private else None
    viewer = people.viewer(session, who.id, now) if who is not None else None
    if draft is None or viewer is None or not isinstance(event, Said):
        return None
    if draft.created_at < now - point_rules.PATIENCE:
        drafts.close(session, draft)
        return None
    return Reply((STEPS[draft.step](session, viewer, draft, event.text.strip(), now),))


def _open(session: Session, event: Pressed, viewer: Viewer, now: datetime) -> Reply:
    return Reply((showing.card(session, actions.seen_by(session, viewer, event.number(1)), viewer, now),))


def _new(session: Session, event: Pressed, viewer: Viewer, now: datetime) -> Reply:
    if not (viewer.anywhere(rules.PROPOSER) or viewer.anywhere(rules.DECIDER)):
        raise Refused("rewards.penalties.not_yours")
    return _begin(session, viewer, "badge", {"key": secrets.token_hex(12)}, now)


def _nothing(session: Session, event: Pressed, viewer: Viewer, now: datetime) -> Reply:
    found = actions.reply(session, viewer.person, event.number(1), "", now)
    return Reply(edit=showing.card(session, found, viewer, now))


def _write(session: Session, event: Pressed, viewer: Viewer, now: datetime) -> Reply:
    found = actions.seen_by(session, viewer, event.number(1))
    step = event.word(0)
    if step == "reply" and viewer.person != found.person:
        raise Refused("rewards.penalties.not_yours")
    if step != "reply" and not rules.may_decide(found, viewer, now):
        raise Refused("rewards.penalties.not_yet")
    return _begin(session, viewer, step, {"penalty": found.id}, now)


def _begin(session: Session, viewer: Viewer, step: str, data: dict[str, Any], now: datetime) -> Reply:
    drafts.begin(session, viewer.person, DRAFT, step, data, now)
    return Reply((Message(text("rewards.penalties.ask", step=step)),))


def _badge(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    who: Person | None = people.person_by_badge(session, words, now)
    if who is None or who.left_on is not None or not rules.may_propose(viewer, who.id, who.path):
        raise Refused("rewards.penalties.no_badge")
    return _on(session, draft, "points", {"person": who.id}, now)


def _points(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    plain = western(words).removeprefix("-")
    if not (plain.isdigit() and len(plain) < 5 and 1 <= int(plain) <= rules.MOST_POINTS):
        raise Refused("rewards.bad_points", most=rules.MOST_POINTS)
    return _on(session, draft, "words", {"points": int(plain)}, now)


def _words(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    data = draft.data
    found = actions.propose(session, viewer, data["person"], data["points"], words, data["key"], now)
    drafts.close(session, draft)
    return showing.card(session, found, viewer, now, what="proposed")


def _reply(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    found = actions.reply(session, viewer.person, draft.data["penalty"], words, now)
    drafts.close(session, draft)
    return showing.card(session, found, viewer, now)


def _decide(session: Session, viewer: Viewer, draft: Draft, words: str, now: datetime) -> Message:
    found = actions.decide(session, viewer, draft.data["penalty"], draft.step == "impose", words, now)
    drafts.close(session, draft)
    return showing.card(session, found, viewer, now)


def _on(session: Session, draft: Draft, step: str, more: dict[str, Any], now: datetime) -> Message:
    if drafts.advance(session, draft, step, {**draft.data, **more}, now) is None:
        raise Refused("rewards.changed_meanwhile")
    return Message(text("rewards.penalties.ask", step=step))


Act = Callable[[Session, Pressed, Viewer, datetime], Reply]
ACTS: dict[str, Act] = {
    "open": _open, "new": _new, "nothing": _nothing, "reply": _write, "impose": _write, "drop": _write,
}  # fmt: skip
Step = Callable[[Session, Viewer, Draft, str, datetime], Message]
STEPS: dict[str, Step] = {
    "badge": _badge, "points": _points, "words": _words, "reply": _reply, "impose": _decide, "drop": _decide,
}  # fmt: skip
ROUTES = (
    Route(
        on_penalty,
        command="penalty",
        menu="rewards.penalties.menu",
        roles=("supervisor", "safety_officer", "hr", "manager", "admin"),
    ),
    Route(on_press, verb="pnl"),
    Route(on_draft, draft=DRAFT),
)
