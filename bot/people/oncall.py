"""Who is on call for a unit right now: everybody who holds a role over it, read in a few statements however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.people import store, worktime
from bot.people.model import Person, Role
from bot.people.rules import Presence, calling_order
from bot.people.tables import PersonRow, RoleGrantRow

Held = Sequence[tuple[Person, int]]
"""People with the distance in levels between the unit and the one that their role is over."""

_now = bindparam("now", type_=RoleGrantRow.starts_at.type)
_held = (
    store.people_on.add_columns(RoleGrantRow.role, RoleGrantRow.unit_id)
    .join(RoleGrantRow, RoleGrantRow.person_id == PersonRow.id)
    .where(
        among(RoleGrantRow.role, "roles"),
        among(RoleGrantRow.unit_id, "units"),
        RoleGrantRow.starts_at <= _now,
        or_(RoleGrantRow.ends_at.is_(None), RoleGrantRow.ends_at > _now),
        PersonRow.left_on.is_(None),
    )
    .order_by(RoleGrantRow.id)
)


@dataclass(frozen=True)
class OnCall:
    """The holders of some roles over a unit, and what must be known to call them."""

    held: Mapping[Role, Held]
    stand_ins: Mapping[int, Person | None]
    """For whoever is away: who stands in for them, if anybody was named."""
    presences: Mapping[int, Presence]
    chats: Mapping[int, int]
    """Where those who can be written to can be written to."""

    def order(self, roles: Iterable[Held], now: datetime) -> list[Person]:
        """Whom to call first; whoever is away is replaced by their deputy. Nobody twice."""
        present: dict[int, tuple[Person, Presence, int]] = {}
        for person, far in (each for held in roles for each in held):
            one = self.stand_ins.get(person.id, person)
            if one is not None:
                present.setdefault(one.id, (one, self.presences[one.id], far))
        return calling_order(present.values(), now)

    def reaches(self, person: Person) -> bool:
        """Whether a message can reach somebody of these right now."""
        return person.unreachable_at is None and person.id in self.chats


def holders(session: Session, roles: Iterable[Role], path: str, now: datetime) -> dict[Role, list[tuple[Person, int]]]:
    """Everybody with exactly these roles over a unit or one above it, by role, with the distance in levels."""
    chain, found = store.ancestors(path), {role: list[tuple[Person, int]]() for role in roles}
    values = {"roles": [role.value for role in found], "units": chain, "now": now, "on": now.date()}
    own: dict[str, list[tuple[int, str]]] = {}
    for row in session.execute(_held, values):
        if row.firm is not None:  # a firm's people lead their own alone: of others they are not told
            own.setdefault(row.firm, store.firm_units(session, row.firm))
            if not any(path.startswith(each) for _, each in own[row.firm]):
                continue
        found[Role(row.role)].append((store.as_person(row), chain.index(row.unit_id)))
    return found


def over(session: Session, roles: Iterable[Role], path: str, now: datetime) -> OnCall:
    """Who can be called for a unit."""
    held = holders(session, roles, path, now)
    known = {person.id: person for each in held.values() for person, _ in each}
    away = store.deputies(session, list(known), now)
    named = store.persons(session, [id for id in {*away.values()} - known.keys() if id], now)
    known |= named
    away |= store.deputies(session, list(named), now) if named else {}
    return OnCall(
        held,
        {id: known.get(deputy) for id, deputy in away.items()},
        worktime.presences(session, list(known.values()), now, away),
        store.reachable_chats(session, list(known)),
    )


_SECONDING = (Role.SAFETY_OFFICER.value, Role.MANAGER.value, Role.WORKS_COUNCIL.value, Role.ADMIN.value)


def tied_by_roles(session: Session, person: int, now: datetime) -> frozenset[int]:
    """To whom somebody gave or lent a role with which one asks or agrees, and who gave one to them: no second for each other.

    Nor is whoever stands in for one of those: else it would take one more phone.
    """
    still = (
        RoleGrantRow.role.in_(_SECONDING),
        or_(RoleGrantRow.ends_at.is_(None), RoleGrantRow.ends_at > now),
        RoleGrantRow.granted_by.is_not(None),
    )
    mine = or_(RoleGrantRow.granted_by == person, RoleGrantRow.person_id == person)
    found = session.execute(select(RoleGrantRow.person_id, RoleGrantRow.granted_by).where(*still, mine))
    tied = {id for row in found for id in row} - {person}
    lent = select(RoleGrantRow.person_id).where(
        *still, RoleGrantRow.leave_id.is_not(None), RoleGrantRow.granted_by.in_(sorted(tied))
    )
    return frozenset(tied | set(session.scalars(lent))) - {person}
