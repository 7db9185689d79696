"""Badges for what other rooms tell, and what takes a while: reading a board, drawing badges."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.clock import local_date
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.learning.habit import actions, picture, rules, showing, store, teams
from bot.learning.habit.model import Badge
from bot.ledger import store as ledger
from bot.ledger.model import Subscription
from bot.media import store as media
from bot.people import store as people

FIXED_WITHIN = timedelta(days=400)
"""How long before it was verified a danger may have been fixed."""


def _earn(session: Session, person: int | None, badge: Badge, now: datetime) -> None:
    # what came without a name has no person here, and nobody gets anything for it
    who = people.person(session, person, now) if person is not None else None
    if who is not None and who.left_on is None:
        actions.earn(session, who, badge, now)


def on_reported(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Somebody reported a danger, by name. The first time is what counts; a second one changes nothing."""
    _earn(session, payload["person"], Badge.FIRST_REPORT, now)


def on_verified(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Somebody else saw that a danger is gone: whoever fixed it last."""
    number = (payload.get("body") or {}).get("hazard")
    fixes = ledger.about(session, "hazard", number, ("HazardFixed",), now - FIXED_WITHIN) if number else []
    if fixes:
        _earn(session, fixes[-1].person, Badge.VERIFIED_FIX, now)


def on_talk_held(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Somebody held a talk for their crew."""
    _earn(session, payload["person"], Badge.TALK_HELD, now)


def on_asked(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Somebody asked the safety officer."""
    _earn(session, payload["person"], Badge.ASKED, now)


class Boarded:
    """The job of a board."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Reads the week of those who joined, on a connection of its own; rights are looked at again."""
        viewer, unit = people.viewer(session, payload["person"], now), people.unit(session, payload["unit"])
        try:
            if viewer is None or unit is None:
                raise Refused("learning.habit.no_board")
            actions.may_see_board(session, viewer, unit)
        except Refused as refused:
            return payload | {"message": Message(refused.text)}
        since, upto = rules.board_days(local_date(now, unit.zone))
        found = rules.board(teams.figures(session, unit, since, upto, now))
        mine = store.joined(session, viewer.person) == unit.id
        return payload | {"message": showing.board(unit, found, joined=mine)}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it to whoever asked."""
        _send(session, payload, now)


class Pictured:
    """The job of the picture of somebody's badges."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What they have."""
        who = people.person(session, payload["person"], now)
        return payload | {"earned": store.badges(session, payload["person"]), "lang": who.lang if who else "en"}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draws it."""
        earned = payload["earned"]
        if not earned:
            return payload | {"message": Message(text("learning.habit.none_yet"))}
        ref = media.put(picture.drawn([each.badge for each in earned], payload["lang"]), "badges.png")
        return payload | {"message": showing.picture(earned, ref)}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it to whoever asked."""
        _send(session, payload, now)


def _send(session: Session, payload: dict[str, Any], now: datetime) -> None:
    to = outbox.to_person(payload["person"])
    outbox.send(session, to, payload["message"], Lane.REPLY, now, key=payload["key"])


JOBS = {actions.BOARD: Boarded(), actions.PICTURE: Pictured()}
SUBSCRIPTIONS = (
    Subscription("HazardReported", "learning.habit", on_reported),
    Subscription("HazardVerified", "learning.habit", on_verified),
    Subscription("TalkHeld", "learning.habit", on_talk_held),
    Subscription("OfficerAsked", "learning.habit", on_asked),
)
