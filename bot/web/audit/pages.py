"""The audit trail on the dashboard: facts by kind, time, unit and person. Every look is noted in the ledger itself.

People stand there by their pseudonyms. Names are shown to admins who ask for them; looking for one person is such an asking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.assessment.issuing import anchors
from bot.kit.clock import instant, local_date
from bot.kit.room import Page
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person, Role, Unit, Viewer
from bot.web.audit import store
from bot.web.audit.model import LOOKED, Wanted

MOST, MOST_UNITS = 100, 150
DAYS = 7
kinds: list[str] = []
"""The kinds of all rooms' facts; set at the composition root."""


def trail(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What was looked for, and how the ledger stands."""
    asked = _asked(session, viewer, query, now)
    rows = store.found(session, asked.wanted, viewer.paths(Role.MANAGER), MOST + 1) if asked.known else []
    units = people.units(session)
    labels = {unit.id: unit.label for unit in units} if rows else {}
    shown = rows[:MOST]
    persons = [row.person for row in shown if row.person is not None]
    names = people.persons(session, persons, now) if asked.named and persons else {}
    noted = anchors.path()
    return {
        "rows": [
            {"id": row.id, "at": row.at.isoformat(), "kind": row.kind, "unit": labels.get(row.unit, "") if row.unit else "",
             "who": row.pseudonym or "", "name": names[row.person].name if row.person in names else "",
             "key": row.key if asked.named else "",  # keys hold people's numbers
             "body": sorted(row.body.items())}
            for row in shown
        ],
        "more": shown[-1].id if len(rows) > MOST else 0, "kinds": kinds, "kind": asked.wanted.kind, "known": asked.known,
        "starts": asked.starts, "ends": asked.ends, "badge": asked.badge, "unit": asked.unit.id if asked.unit else 0,
        "units": [{"id": u.id, "name": u.label} for u in _widest(units, viewer)],
        "named": asked.named, "may_name": viewer.anywhere(Role.ADMIN),
        "standing": store.standing(session, noted.with_name(anchors.VERIFIED) if noted else None),
    }  # fmt: skip


def _widest(units: Sequence[Unit], viewer: Viewer) -> list[Unit]:
    """The widest of the units that somebody manages; another one can be written into the address."""
    mine = [unit for unit in units if viewer.holds(Role.MANAGER, unit.path)]
    return sorted(sorted(mine, key=lambda unit: unit.path.count("/"))[:MOST_UNITS], key=lambda unit: unit.path)


class _Asked:
    """What somebody looks for: only what they may look for. `known`: whether the person that was named is one of theirs."""

    def __init__(self, who: Person | None, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> None:
        zone = who.zone if who else "UTC"
        today = local_date(now, zone)
        self.starts = _day(query.get("from")) or (today - timedelta(days=DAYS)).isoformat()
        self.ends = _day(query.get("to")) or today.isoformat()
        self.starts_at = instant(date.fromisoformat(self.starts), time(), zone)
        self.ends_at = instant(date.fromisoformat(self.ends) + timedelta(days=1), time(), zone)
        self.badge = str(query.get("badge", "")).strip()[:40] if viewer.anywhere(Role.ADMIN) else ""
        self.named = viewer.anywhere(Role.ADMIN) and (query.get("names") == "yes" or bool(self.badge))
        self.unit: Unit | None = None
        self.about: str | None = None
        self.known = True
        self.wanted = Wanted(self.starts_at, self.ends_at)


def _asked(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> _Asked:
    found = _Asked(people.person(session, viewer.person, now), viewer, query, now)
    number, before = str(query.get("unit", "")), str(query.get("before", ""))
    if _number(number) and int(number):
        unit = people.unit(session, int(number))
        found.unit = unit if unit is not None and viewer.holds(Role.MANAGER, unit.path) else None
        found.known = found.unit is not None
    if found.badge:
        who = people.person_by_badge(session, found.badge, now)
        mine = who is not None and viewer.holds(Role.ADMIN, who.path)
        found.about = store.pseudonym_of(session, who.id) if mine and who is not None else None
        found.known = found.known and found.about is not None
    kind = str(query.get("kind", ""))
    path = found.unit.path if found.unit else ""
    found.wanted = Wanted(
        found.starts_at, found.ends_at, kind if kind in kinds else "", path, found.about,
        int(before) if _number(before) else 0,
    )  # fmt: skip
    return found


def looked(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> None:
    """Who looks is on record before anything is shown."""
    asked = _asked(session, viewer, query, now)
    body = {
        "kind": asked.wanted.kind, "days": max(0, (asked.ends_at - asked.starts_at).days),
        "unit": asked.unit.id if asked.unit else None, "about": asked.about, "named": asked.named,
    }  # fmt: skip
    record(
        session, Fact(LOOKED, f"ledger-looked:{viewer.person}:{now.isoformat()}", now, viewer.person, body=body), now
    )


def _day(said: Any) -> str | None:
    try:
        return date.fromisoformat(str(said)).isoformat() if said else None
    except ValueError:
        return None


def _number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 16


PAGES = (Page("/desk/audit", trail, "trail", "title_trail", role="manager", noted=looked, guarded=True),)
