"""What the endpoints of all rooms ask of people: the units within a token's reach, somebody by badge, what is said of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.kit.endpoints import Labelled, Scope, Who, not_there
from bot.people import store
from bot.people.model import Caller, Person
from bot.people.tables import PersonRow, UnitRow


def paths(session: Session, caller: Caller, unit: int | None) -> tuple[str, ...]:
    """The units that a call is about: the one it names, else all within reach. Raises Problem for one that is not."""
    if unit is None:
        return caller.units
    found = store.unit(session, unit)
    if found is None or not caller.sees(found.path):
        raise not_there("unit")
    return (found.path,)


def somebody(session: Session, caller: Caller, badge: str, now: datetime) -> Person:
    """Whose badge it is, also after they have left. Raises Problem for people of other units."""
    who = store.person_by_badge(session, badge, now)
    if who is None or not caller.sees(who.path):
        raise not_there("person")
    return who


def who_is(caller: Caller, badge: str, name: str) -> Who:
    """Somebody: by badge, and by name where the token has that scope."""
    return Who(badge=badge, name=name if caller.may(Scope.NAMES) else None)


def whos(session: Session, caller: Caller, ids: Iterable[int | None]) -> dict[int, Who]:
    """People by id, placed or not, here or gone."""
    wanted = sorted({id for id in ids if id is not None})
    query = select(PersonRow.id, PersonRow.badge, PersonRow.name).where(among(PersonRow.id, "ids"))
    rows = session.execute(query, {"ids": wanted}) if wanted else ()
    return {row.id: who_is(caller, row.badge, row.name) for row in rows}


def told_who(session: Session, caller: Caller, person: int | None) -> Who | None:
    """Somebody in a message that leaves by itself: nobody at all without the scope for names."""
    if person is None or not caller.may(Scope.NAMES):
        return None
    return whos(session, caller, [person]).get(person)


def labels(session: Session, ids: Iterable[int]) -> dict[int, Labelled]:
    """Units by id."""
    rows = session.execute(select(UnitRow.id, UnitRow.code).where(UnitRow.id.in_(sorted(set(ids)))))
    return {row.id: Labelled(id=row.id, code=row.code) for row in rows}
