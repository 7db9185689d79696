"""Whoever is let in as somebody is that person from then on: for whom one word is not enough, a second one is asked for.

One place for all doors: a phone (`joining`), a PIN (`web.tablet`), an address to sign in with (`addresses`). Each asks at the
moment at which the door would open, so that whoever agrees can ask the person whether it is them, and says so on what the
person has already. What is made on the machine itself needs nobody: it is the way out where nobody could agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from bot.delivery import approvals, outbox
from bot.delivery.approvals import Matter
from bot.delivery.browser.model import CHANNEL, chat_of
from bot.delivery.outbox import Lane, To
from bot.kit.errors import Refused
from bot.kit.replies import Message
from bot.kit.texts import Text, text
from bot.onboarding import store
from bot.onboarding.rules import GUARDED, STAYS_GUARDED, may_admit, seconds_for, takes_two
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Grant, Person, Role, Viewer
from bot.people.tables import InviteRow, RoleGrantRow, UnitRow

LET_IN = "onboarding.let_in_seconded"


def two_for(session: Session, person: int, now: datetime) -> bool:
    """Whether somebody is one to whom nobody opens a door alone."""
    them = as_guarded(session, person, now)
    return them is not None and takes_two(them)


def all_of_them(session: Session, now: datetime) -> frozenset[int]:
    """Everybody for whom that is so, in one statement."""
    return frozenset(session.scalars(select(RoleGrantRow.person_id).where(*_counts(now))))


def as_guarded(session: Session, person: int, now: datetime) -> Viewer | None:
    """Somebody with the roles for which they are guarded: those that they hold, and those that they held until lately."""
    them = people.viewer(session, person, now)
    if them is None:
        return None
    query = select(RoleGrantRow.role, RoleGrantRow.unit_id, UnitRow.path).join(
        UnitRow, UnitRow.id == RoleGrantRow.unit_id
    )
    found = session.execute(query.where(RoleGrantRow.person_id == person, *_counts(now)).order_by(RoleGrantRow.id))
    held = [Grant(Role(row.role), row.unit_id, row.path) for row in found]
    return replace(them, grants=tuple(dict.fromkeys((*them.grants, *held))))


def _counts(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What was lent for a leave counts only while it lasts: it comes back to whoever lent it, and nobody gives it again."""
    going = or_(RoleGrantRow.ends_at.is_(None), RoleGrantRow.ends_at > now)
    lately = and_(RoleGrantRow.leave_id.is_(None), RoleGrantRow.ends_at > now - STAYS_GUARDED)
    return (RoleGrantRow.role.in_([role.value for role in GUARDED]), RoleGrantRow.starts_at <= now, or_(going, lately))


def matter_of(
    session: Session, who: Person, by: int, what: str, job: str, payload: Mapping[str, Any], said: Text, now: datetime
) -> Matter:
    """What a second person is asked: never whoever it is about, who is told instead, nor one who has a role from whoever asks."""
    them = as_guarded(session, who.id, now)
    roles, path = seconds_for(them) if them is not None else ((), who.path)
    barred = {who.id} | oncall.tied_by_roles(session, by, now)  # else one person would choose whose word they need
    return Matter(what, job, dict(payload), said, path, roles, frozenset(barred))


def can_be_seconded(session: Session, matter: Matter, by: int, now: datetime) -> bool:
    """Whether anybody who could agree has Davy: else it would only lie there until it is too late."""
    able = [person.id for person in approvals.able(session, matter, by, now)]
    return bool(people.reachable_chats(session, able))


def must_be_seconded(
    session: Session, matter: Matter, by: int, badge: str, now: datetime, *, way: str = "link"
) -> None:
    """Raises Refused where nobody could agree; `way`: what is wanted (link, pin, address, factor), for the way out to be named."""
    if not can_be_seconded(session, matter, by, now):
        raise Refused("onboarding.nobody_seconds", badge=badge, way=way)


def may_still(session: Session, by: int, who: Person, now: datetime) -> bool:
    """Whether whoever opened a door might open it now too."""
    me, them = people.viewer(session, by, now), people.viewer(session, who.id, now)
    return me is not None and them is not None and may_admit(me, them)


def tell(session: Session, who: Person, said: Text, now: datetime, *, besides: int | None = None) -> None:
    """Says something wherever somebody has Davy now, each phone and page for itself; not in the chat `besides`."""
    phone = store.open_chat(session, who.id)
    page = store.open_chat(session, who.id, CHANNEL)
    chats = [phone[1] if phone else None, chat_of(who.id) if page else None]
    for chat in chats:
        if chat is not None and chat != besides:
            outbox.send(session, To(chat=chat, lang=who.lang), Message(said), Lane.REPLY, now)


# --- a phone -----------------------------------------------------------------------------------------------------------


def shut(session: Session, row: InviteRow, who: Person, now: datetime) -> str | None:
    """Why a link opens nothing yet, before it is used up: its maker may not any more, or nobody could agree; None: it does."""
    if row.created_by is None or not two_for(session, who.id, now):
        return None
    if not may_still(session, row.created_by, who, now):
        return "onboarding.link_expired"
    able = can_be_seconded(session, door_of(session, who, row.created_by, {}, "", now), row.created_by, now)
    return None if able else "onboarding.nobody_lets_you_in"


def door_of(session: Session, who: Person, by: int, came: Mapping[str, Any], called: str, now: datetime) -> Matter:
    """What a second person is asked: whether a phone is really theirs."""
    me = people.person(session, by, now)
    said = text(
        "onboarding.second_door", name=who.name, badge=who.badge, called=called[:40], by=me.name if me else "",
        again=store.open_chat(session, who.id) is not None,
    )  # fmt: skip
    return matter_of(session, who, by, "let_in", LET_IN, {"person": who.id, **came}, said, now)


def ask_second(
    session: Session, who: Person, by: int, came: Mapping[str, Any], called: str, now: datetime, *, key: str
) -> None:
    """Somebody stands at a door that one word does not open; whose it is reads so on the phone that they have."""
    approvals.ask(session, by, door_of(session, who, by, came, called, now), now, key=key)
    me = people.person(session, by, now)
    tell(session, who, text("onboarding.door_asked", by=me.name if me else "", called=called[:40]), now)
