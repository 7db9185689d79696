"""For whom a schedule or a broadcast is: a value that can be kept, and the SQL that finds its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_
from sqlalchemy.orm import aliased

from bot.people.store import people_on
from bot.people.tables import AccountRow, LeaveRow, PersonRow, PlacementRow, RoleGrantRow, UnitRow


@dataclass(frozen=True)
class Audience:
    """People under any of these units; and, where these are named, with any of the roles, posts or usual shifts."""

    paths: tuple[str, ...] = ("/",)
    roles: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    shifts: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As an operator reads it: `everyone`, `units /1/4/, roles supervisor`."""
        parts = [] if self.paths == ("/",) else [f"units {' '.join(self.paths)}"]
        for name in ("roles", "posts", "shifts"):
            if chosen := getattr(self, name):
                parts.append(f"{name} {' '.join(chosen)}")
        return ", ".join(parts) or "everyone"


EVERYONE = Audience()


def to_json(audience: Audience) -> dict[str, Any]:
    """As it is kept: what is left out means everyone."""
    everyone = vars(EVERYONE)
    return {name: list(value) for name, value in vars(audience).items() if value != everyone[name]}


def from_json(kept: Mapping[str, Any]) -> Audience:
    """What `to_json` wrote. Raises TypeError on a field of a newer version, rather than write to too many people."""
    return Audience(**{name: tuple(value) for name, value in kept.items()})


def meant(audience: Audience, now: datetime) -> list[ColumnElement[bool]]:
    """Conditions on `people_on`: who belongs to an audience and works here, whether they can be reached now or not."""
    return [PersonRow.left_on.is_(None), *_chosen(audience, now)]


def belongs(audience: Audience, now: datetime) -> list[ColumnElement[bool]]:
    """Conditions on `people_on` (parameter `on`): who belongs to an audience, works here, and can be reached now."""
    reached = exists().where(
        AccountRow.person_id == PersonRow.id, AccountRow.closed_at.is_(None), AccountRow.blocked_at.is_(None)
    )
    return [*meant(audience, now), reached.correlate_except(AccountRow), ~away(now)]


def away(now: datetime) -> ColumnElement[bool]:
    """Whether somebody is on leave."""
    return (
        exists()
        .where(
            LeaveRow.person_id == PersonRow.id,
            LeaveRow.starts_at <= now,
            or_(LeaveRow.ends_at.is_(None), LeaveRow.ends_at > now),
        )
        .correlate_except(LeaveRow)
    )


def _chosen(audience: Audience, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if audience.paths != ("/",):
        found.append(or_(*(UnitRow.path.startswith(path, autoescape=True) for path in audience.paths)))
    if audience.posts:
        found.append(PlacementRow.post.in_(audience.posts))
    if audience.shifts:
        found.append(PersonRow.shift.in_(audience.shifts))
    if audience.roles:
        over = aliased(UnitRow)
        under = or_(*(over.path.startswith(path, autoescape=True) for path in audience.paths))
        held = and_(
            RoleGrantRow.person_id == PersonRow.id,
            RoleGrantRow.role.in_(audience.roles),
            RoleGrantRow.starts_at <= now,
            or_(RoleGrantRow.ends_at.is_(None), RoleGrantRow.ends_at > now),
            over.id == RoleGrantRow.unit_id,
            under,
        )
        found.append(exists().where(held).correlate_except(RoleGrantRow, over))
    return found


def members(audience: Audience, now: datetime) -> Select[*tuple[Any, ...]]:
    """`people_on` for an audience, in the order of their ids; execute it with {"on": a date}."""
    return people_on.where(*belongs(audience, now)).order_by(PersonRow.id)
