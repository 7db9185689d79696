"""`/pin` and `/tablet`: the codes with which somebody chooses a PIN, and a device is enrolled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import approvals
from bot.kit.errors import Refused
from bot.kit.events import Said
from bot.kit.replies import Message, Reply, answer
from bot.kit.room import Route
from bot.kit.texts import Text, text
from bot.people import store as people
from bot.people.model import Role
from bot.web.address import address
from bot.web.tablet import actions, store
from bot.web.tablet.model import OWN_CODE


def on_pin(session: Session, event: Said, now: datetime) -> Reply | None:
    """A code for oneself; with a badge number behind it, for somebody whom one looks after."""
    if event.person is None:
        return None
    if not event.private:
        return answer("web.tablet.only_in_private")
    if not event.args:
        row = actions.own_code(session, event.person, now)
        minutes = int(OWN_CODE.total_seconds() // 60)
        return _secret(text("web.tablet.own_code", code=store.code(row), minutes=minutes))
    viewer = people.viewer(session, event.person, now)
    if viewer is None:
        return None
    who, row, two = actions.code_for(session, viewer, event.args, now)
    if two:
        hours = int(approvals.usual.lasts.total_seconds() // 3600)
        return answer("web.tablet.code_waits", name=who.name, hours=hours)
    return _secret(text("web.tablet.code_for", name=who.name, code=store.code(row)))


def on_tablet(session: Session, event: Said, now: datetime) -> Reply | None:
    """A code that enrols a device for the widest unit that somebody leads; the words behind it are its name."""
    if event.person is None:
        return None
    if not event.private:
        return answer("web.tablet.only_in_private")
    viewer = people.viewer(session, event.person, now)
    paths = viewer.paths(Role.SUPERVISOR) if viewer else ()
    if viewer is None or not paths:
        raise Refused("web.tablet.not_your_unit")
    unit = people.ancestors(min(paths, key=len))[0]
    row = actions.tablet_code(session, viewer, unit, event.args, now)
    where = f"{address() or ''}/tablet"
    return _secret(text("web.tablet.device_code", code=store.code(row), name=row.name, address=where))


def _secret(said: Text) -> Reply:
    return Reply((Message(said, protect=True),))


ROUTES = (
    Route(on_pin, command="pin", menu="web.tablet.menu_pin", guarded=True),
    Route(on_tablet, command="tablet", menu="web.tablet.menu_tablet", roles=(Role.SUPERVISOR,), guarded=True),
)
