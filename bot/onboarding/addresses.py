"""The address by which the company's own sign-in knows somebody: whoever changes it decides who signs in as them.

A file that comes from a browser or lies in a folder changes it for nobody whose word is one of two: there a second person is
asked, or it is left as it is and told. A file that is imported on the machine itself changes it, and they read so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.delivery import approvals, outbox
from bot.delivery.outbox import Lane
from bot.kit.replies import Message
from bot.kit.texts import text
from bot.onboarding import takeovers
from bot.onboarding.rules import GUARDED
from bot.people import store as people
from bot.people.importing.plan import Entry, Existing, Plan
from bot.people.model import Role
from bot.people.tables import PersonRow

SECONDED = "onboarding.address_seconded"
SHOWN = 5


def guarded(session: Session, plan: Plan, now: datetime, besides: int | None = None) -> list[tuple[Existing, str]]:
    """Whose address a plan would change to what, of those whose word is one of two, or becomes so by it; `besides` is left out."""
    now_so = takeovers.all_of_them(session, now)
    rise = {badge.lower() for badge, role, _ in plan.roles if role in GUARDED}
    return [
        (person, entry.email)
        for person, entry in (*plan.changes, *plan.returns)
        if entry.email and entry.email != person.email and person.id != besides
        and (person.badge.lower() in rise or person.id in now_so)
    ]  # fmt: skip


def without(plan: Plan, ids: Collection[int]) -> Plan:
    """The plan with the addresses of these people as they are; who changes in nothing else does not change."""

    def same(person: Existing, entry: Entry) -> bool:
        return (person.name, person.shift) == (entry.name, entry.shift)

    def kept(pairs: tuple[tuple[Existing, Entry], ...]) -> tuple[tuple[Existing, Entry], ...]:
        return tuple((p, replace(e, email=None) if p.id in ids else e) for p, e in pairs)

    changes = tuple((p, e) for p, e in kept(plan.changes) if p.id not in ids or not same(p, e))
    return replace(plan, changes=changes, returns=kept(plan.returns))


def ask_all(session: Session, by: int, found: Collection[tuple[Existing, str]], file: str, now: datetime) -> None:
    """Each of them to a second person. Who has not begun yet cannot be asked about: left as it is, which whoever asks reads."""
    early = [f"{person.name} ({person.badge})" for person, email in found if not ask(session, by, person, email, now)]
    if early:
        words = text("onboarding.hr_addresses", file=file, names=", ".join(early[:SHOWN]))
        outbox.send(session, outbox.to_person(by), Message(words), Lane.REPLY, now)


def ask(session: Session, by: int, person: Existing, email: str, now: datetime) -> bool:
    """Puts the change of an address to a second person, and tells whose it is; False for whoever has not begun yet.

    Raises Refused: nobody could agree. One that was asked for before is no longer wanted: the newest alone holds.
    """
    who, me = people.person(session, person.id, now), people.person(session, by, now)
    if who is None:
        return False
    said = text("onboarding.second_address", name=who.name, badge=who.badge, email=email, by=me.name if me else "")
    payload = {"person": who.id, "email": email}
    matter = takeovers.matter_of(session, who, by, "address_changed", SECONDED, payload, said, now)
    takeovers.must_be_seconded(session, matter, by, who.badge, now, way="address")
    approvals.withdraw_all(session, f"address:{who.id}:", now)
    approvals.ask(session, by, matter, now, key=f"address:{who.id}:{now.isoformat()}")
    takeovers.tell(session, who, text("onboarding.address_asked", email=email, by=me.name if me else ""), now)
    return True


def seconded(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: a second person has spoken. Whoever asked must still look after the person, and nobody else have the address."""
    who, me = people.person(session, payload["person"], now), people.viewer(session, payload["by"], now)
    other = people.person_by_email(session, payload["email"], now)
    if not payload["agreed"] or who is None or who.left_on is not None or me is None or other is not None:
        return
    if me.holds(Role.HR, who.path):
        session.execute(update(PersonRow).where(PersonRow.id == who.id).values(email=payload["email"]))
        tell_changed(session, [who.id], now)


def tell_changed(session: Session, persons: Collection[int], now: datetime) -> None:
    """Those of them whose word is one of two read that their address is another now."""
    for person in sorted(set(persons) & takeovers.all_of_them(session, now)) if persons else ():
        who, row = people.person(session, person, now), session.get(PersonRow, person, populate_existing=True)
        if who is not None and row is not None and row.email:
            takeovers.tell(session, who, text("onboarding.address_changed", email=row.email), now)


def mark(found: Collection[tuple[Existing, str]]) -> str:
    """What a set of changes that were left out is known by: it is told once, and not again every night."""
    said = repr(sorted((person.id, email) for person, email in found))
    return hashlib.sha256(said.encode()).hexdigest()[:32]
