"""`/bulletin`: reading it, honouring somebody, saying whether one's name may be shown, publishing. Routes only."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Message, Reply
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person, Unit, Viewer
from bot.rewards import rules as point_rules
from bot.rewards.bulletin import actions, rules, showing, store
from bot.rewards.bulletin.model import DRAFT
from bot.rewards.chat import person


def on_bulletin(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/bulletin`: what was published."""
    who = person(session, event, now)
    viewer = people.viewer(session, who.id, now) if who is not None else None
    if who is None or viewer is None or not event.private:
        return Reply() if who is not None else None
    return Reply((showing.shelf(session, who, viewer, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hon:what:number`."""
    who, act = person(session, event, now), ACTS.get(event.word(0))
    viewer = people.viewer(session, who.id, now) if who is not None else None
    return act(session, event, who, viewer, now) if act is not None and who is not None and viewer is not None else None


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Whom and for what. All else is passed on: it may be a report of danger."""
    who = person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None and event.private else None
    viewer = people.viewer(session, who.id, now) if who is not None else None
    if draft is None or viewer is None or not isinstance(event, Said):
        return None
    if draft.created_at < now - point_rules.PATIENCE:
        drafts.close(session, draft)
        return None
    words = event.text.strip()
    if draft.step == "badge":
        whom = people.person_by_badge(session, words, now)
        if whom is None or whom.left_on is not None or not actions.may_honour(viewer, whom.path):
            raise Refused("rewards.penalties.no_badge")
        drafts.advance(session, draft, "words", {**draft.data, "person": whom.id}, now)
        return Reply((Message(text("rewards.bulletin.ask", step="words")),))
    actions.honour(session, viewer, draft.data["person"], words, draft.data["key"], now)
    drafts.close(session, draft)
    return Reply((Message(text("rewards.bulletin.honoured")),))


def _list(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    return Reply((showing.shelf(session, who, viewer, now),))


def _read(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    found = store.bulletin(session, event.number(1))
    if found is None or not (who.path.startswith(found.path) or viewer.holds(rules.PUBLISHER, found.path)):
        raise Refused("rewards.bulletin.not_yours")
    return Reply((showing.bulletin(session, found, now),))


def _mine(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    found = store.honour(session, event.number(1))
    if found is None or found.person != who.id:
        raise Refused("rewards.bulletin.not_yours")
    return Reply((Message(*actions.question(session, found, now)),))


def _name(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    found = actions.answer(session, who.id, event.number(1), event.word(0) == "name", now)
    return Reply(edit=Message(*actions.question(session, found, now)), toast=text("rewards.t_noted"))


def _new(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    if not (viewer.anywhere(rules.PROPOSER) or viewer.anywhere(rules.PUBLISHER)):
        raise Refused("rewards.bulletin.not_yours")
    drafts.begin(session, who.id, DRAFT, "badge", {"key": secrets.token_hex(12)}, now)
    return Reply((Message(text("rewards.bulletin.ask", step="badge")),))


def _units(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    if not viewer.anywhere(rules.PUBLISHER):
        raise Refused("rewards.bulletin.not_yours")
    return Reply((showing.choose_unit(session, viewer),))


def _look(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    made = actions.preview(session, viewer, _unit(session, event), now)
    return Reply((showing.bulletin(session, made, now),))


def _out(session: Session, event: Pressed, who: Person, viewer: Viewer, now: datetime) -> Reply:
    made = actions.publish(session, viewer, _unit(session, event), event.word(2), now)
    return Reply(edit=showing.bulletin(session, made, now), toast=text("rewards.t_noted"))


def _unit(session: Session, event: Pressed) -> Unit:
    found = people.unit(session, event.number(1))
    if found is None:
        raise Refused("rewards.bulletin.not_yours")
    return found


Act = Callable[[Session, Pressed, Person, Viewer, datetime], Reply]
ACTS: dict[str, Act] = {
    "list": _list, "read": _read, "mine": _mine, "name": _name, "none": _name, "new": _new, "units": _units,
    "look": _look, "out": _out,
}  # fmt: skip
ROUTES = (
    Route(on_bulletin, command="bulletin", menu="rewards.bulletin.menu"),
    Route(on_press, verb="hon"),
    Route(on_draft, draft=DRAFT),
)
