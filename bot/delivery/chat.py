"""The buttons of delivery's own: what was held back is shown; a broadcast is paused, goes on, is stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import approvals, backlog, broadcasts, progress
from bot.delivery.tables import BroadcastRow
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.kit.replies import Reply, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Viewer


def on_waiting(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """*Show me*: a few at a time; the button stays for the rest."""
    if event.person is None:
        return None
    shown, left = backlog.show(session, event.person, now)
    return toast("delivery.shown", shown=shown, left=left)


def on_pause(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Pause*: what has not started waits."""
    return _changed(session, event, broadcasts.pause, "delivery.paused", now)


def on_go_on(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Go on*."""
    return _changed(session, event, broadcasts.go_on, "delivery.goes_on", now)


def on_stop(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Stop*: what has not gone out is taken back."""
    return _changed(session, event, broadcasts.stop, "delivery.stopped", now)


def on_second(session: Session, event: Pressed, now: datetime) -> Reply:
    """*I agree* or *No*, of the second person."""
    settled = approvals.decide(session, event.number(0), event.person or 0, event.verb == "dl.yes", now)
    return Reply(edit=settled, toast=text("delivery.second_noted"))


Change = Callable[[Session, int, Viewer, datetime], BroadcastRow]


def _changed(session: Session, event: Pressed, change: Change, said: str, now: datetime) -> Reply:
    viewer = people.viewer(session, event.person or 0, now)
    if viewer is None:
        raise Refused("delivery.stale")
    row = change(session, event.number(0), viewer, now)
    return Reply(edit=progress.now_shows(session, row, now), toast=text(said))


ROUTES = (
    Route(on_waiting, verb="dl.waiting"),
    Route(on_pause, verb="dl.pause"),
    Route(on_go_on, verb="dl.goon"),
    Route(on_stop, verb="dl.stop"),
    Route(on_second, verb="dl.yes", guarded=True),
    Route(on_second, verb="dl.no"),
)
