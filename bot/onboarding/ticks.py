"""What falls due: people whose last day has come, links that are of no more use, menus after a change of roles."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from bot.kit.room import Tick
from bot.ledger.model import Subscription
from bot.media import store as media
from bot.onboarding import access, actions, addresses, joining, nightly, store, takeovers
from bot.onboarding.importing import leave_on_their_day
from bot.people import store as people
from bot.people.agreement import ROOM
from bot.people.tables import InviteRow, JoinRequestRow, JoinTryRow

KEEP = timedelta(days=1)
MENUS_A_MINUTE = 100


def let_leave(session: Session, now: datetime) -> bool:
    """Those whose last day was announced and has come."""
    return leave_on_their_day(session, now)


def forget(session: Session, now: datetime, most: int = 50) -> bool:
    """Erases the pictures of links that no longer open anything, and what strangers typed and never finished."""
    stale = select(InviteRow).where(
        InviteRow.picture.is_not(None), or_(InviteRow.used_at.is_not(None), InviteRow.expires_at <= now)
    )
    rows = list(session.scalars(stale.limit(most)))
    for row in rows:
        media.erase(row.picture or "")
        row.picture = None
    session.execute(delete(JoinTryRow).where(JoinTryRow.at < now - KEEP))
    session.execute(
        delete(JoinRequestRow).where(
            JoinRequestRow.state.in_(("asking", "unknown", "replaced")), JoinRequestRow.created_at < now - KEEP
        )
    )
    return len(rows) == most


def refresh_menus(session: Session, now: datetime) -> bool:
    """After an upgrade with other commands: chats get their new menus, a few a minute, behind everything else."""
    actions.refresh_old_menus(session, now, MENUS_A_MINUTE)
    return False


def on_roles(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Somebody may more, or less, than before: their chat gets the menu of it."""
    if payload["person"] is not None:
        actions.refresh_menu(session, payload["person"], now)


def on_agreed(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A room was switched on or off somewhere: it stands in the menus of those who work there, or no longer."""
    unit = people.unit(session, int(payload["body"]["unit"]))
    if unit is not None and str(payload["body"]["item"]).startswith(ROOM):
        actions.menus_are_old(session, unit.path)


def on_left(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Somebody no longer works here: their chat loses the menu of their roles, and what lay before them finds others."""
    chat = store.last_chat(session, payload["person"]) if payload["person"] is not None else None
    if chat is not None:
        actions.reset_menu(session, chat, now)
    joining.ask_again(session, now)


TICKS = (
    Tick("onboarding.let_leave", let_leave, 600),
    Tick("onboarding.forget", forget, 900),
    Tick("onboarding.refresh_menus", refresh_menus, 60),
    Tick("onboarding.look_for_hr_file", nightly.look, 300),
)
JOBS = {
    access.SECONDED: access.seconded,
    addresses.SECONDED: addresses.seconded,
    takeovers.LET_IN: joining.seconded,
    nightly.LOOK: nightly.LookIn(),
    nightly.MOVE: nightly.MoveAway(),
}
SUBSCRIPTIONS = (
    *(Subscription(fact, "onboarding", on_roles) for fact in ("RolesImported", "StandsIn", "StoodDown")),
    *(Subscription(fact, "onboarding", on_agreed) for fact in ("AgreementMade", "AgreementTakenBack")),
    Subscription("PersonLeft", "onboarding", on_left),
)
