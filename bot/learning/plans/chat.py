"""`/plan`: who gets what and when. Routes only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Reply
from bot.kit.room import Route
from bot.kit.texts import text
from bot.learning.plans import actions, deciding, showing
from bot.people.model import Viewer

ROLES = ("safety_officer", "trainer")


def on_plans(session: Session, event: Said, now: datetime) -> Reply:
    """`/plan`: what is decided for one's people, and the ways to decide something new."""
    return Reply(messages=(showing.plans(session, actions.desk(session, event.person or 0, now)),))


def on_all(session: Session, event: Pressed, now: datetime) -> Reply:
    """The list again, in the place of one."""
    return Reply(edit=showing.plans(session, actions.desk(session, event.person or 0, now)))


def on_new(session: Session, event: Pressed, now: datetime) -> Reply:
    """A new plan: about a topic, a course, or the daily lesson as such."""
    return actions.begin(session, event.person or 0, event.word(0), now)


def on_ask(session: Session, event: Pressed, now: datetime) -> Reply:
    """One part is to be chosen anew; or back to the whole."""
    return actions.ask(session, event.person or 0, event.number(0), event.word(1), max(0, event.number(2)), now)


def on_is(session: Session, event: Pressed, now: datetime) -> Reply:
    """One part is chosen."""
    return actions.choose(session, event.person or 0, event.number(0), event.word(1), event.word(2), now)


def on_typed(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """An hour or a day, typed."""
    if not isinstance(event, Said) or not event.private or event.person is None:
        return None
    return actions.typed(session, event.person, event.text, now)


def on_save(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Save*: what stands there in words."""
    return actions.save(session, event.person or 0, event.number(0), event.number(1), now)


def on_never_mind(session: Session, event: Pressed, now: datetime) -> Reply:
    """Nothing is saved."""
    return actions.never_mind(session, event.person or 0)


def on_plan(session: Session, event: Pressed, now: datetime) -> Reply:
    """One plan in words."""
    at = actions.desk(session, event.person or 0, now)
    return Reply(edit=actions.one(session, at, event.number(0), now))


def on_change(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Change*: the same card, with what holds now."""
    return actions.alter(session, event.person or 0, event.number(0), now)


def on_pause(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Pause*."""
    return _done(session, event, deciding.pause, "learning.plans.is_paused", now)


def on_go_on(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Go on*."""
    return _done(session, event, deciding.go_on, "learning.plans.goes_on", now)


def on_end(session: Session, event: Pressed, now: datetime) -> Reply:
    """*End*: asked once more, because it cannot be taken back."""
    at = actions.desk(session, event.person or 0, now)
    return Reply(edit=actions.sure(session, at, event.number(0), now))


def on_ended(session: Session, event: Pressed, now: datetime) -> Reply:
    """Yes, it ends."""
    return _done(session, event, deciding.end, "learning.plans.is_ended", now)


Deed = Callable[[Session, Viewer, int, datetime], None]


def _done(session: Session, event: Pressed, deed: Deed, key: str, now: datetime) -> Reply:
    at = actions.desk(session, event.person or 0, now)
    deed(session, at.viewer, event.number(0), now)
    return Reply(edit=actions.one(session, at, event.number(0), now), toast=text(key))


ROUTES = (
    Route(on_plans, command="plan", menu="learning.plans.menu", roles=ROLES),
    Route(on_all, verb="pl.plans"),
    Route(on_new, verb="pl.new"),
    Route(on_ask, verb="pl.ask"),
    Route(on_is, verb="pl.is"),
    Route(on_typed, draft=actions.DRAFT),
    Route(on_save, verb="pl.save"),
    Route(on_never_mind, verb="pl.no"),
    Route(on_plan, verb="pl.plan"),
    Route(on_change, verb="pl.change"),
    Route(on_pause, verb="pl.pause"),
    Route(on_go_on, verb="pl.goon"),
    Route(on_end, verb="pl.end"),
    Route(on_ended, verb="pl.ended"),
)
