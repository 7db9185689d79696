"""`/desk`: the bot hands out the one-time link to the dashboard."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.events import Said
from bot.kit.replies import Button, Message, Reply, answer
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import store as people
from bot.web import actions
from bot.web.address import address, mini_app
from bot.web.model import LINK_HOLDS, OPENED_BY


def on_desk(session: Session, event: Said, now: datetime) -> Reply | None:
    """A link to the dashboard, for whoever has a role; in a private chat only."""
    if event.person is None:
        return None
    if not event.private:
        return answer("web.only_in_private")
    viewer = people.viewer(session, event.person, now)
    if viewer is None or not any(viewer.anywhere(role) for role in OPENED_BY):
        return answer("web.not_for_you")
    where = address()
    if where is None:
        return answer("web.not_served")
    link = f"{where}/login?token={actions.make_link(session, event.person, now)}"
    minutes = int(LINK_HOLDS.total_seconds() // 60)
    # Telegram refuses buttons whose address is not public; there the address stands in the text
    public, app = where.startswith("https://"), mini_app()
    buttons = tuple(
        row
        for row in (
            (Button(text("web.b_open"), web_app=app),) if app else (),
            (Button(text("web.b_browser"), url=link),) if public else (),
        )
        if row
    )
    return Reply((Message(text("web.link", minutes=minutes, link="" if public else link), buttons, protect=True),))


def on_sign_out(session: Session, event: Said, now: datetime) -> Reply | None:
    """Ends all sessions of whoever says so, and the link that they have not opened: for a lost computer. Anybody may."""
    if event.person is None or not event.private:
        return None
    ended = actions.sign_out_everywhere(session, event.person, now)
    return answer("web.signed_out", count=ended)


ROUTES = (
    Route(on_desk, command="desk", menu="web.menu_desk", roles=OPENED_BY, guarded=True),
    Route(on_sign_out, command="signout", menu="web.menu_signout", roles=OPENED_BY),
)
