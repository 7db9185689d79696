"""Dangers as lines: what is open on the first page, and the whole board with its filters, which stand in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import ladders
from bot.hazards import listing, store
from bot.hazards.listing import Standing, Wanted
from bot.hazards.model import Hazard, Kind, MediaRole, State
from bot.hazards.rules import UNSEEN
from bot.hazards.tables import HazardMediaRow
from bot.kit.risk import Severity
from bot.media.store import PREFIX
from bot.people import store as people
from bot.people.model import Unit, Viewer

MOST = 200
SHOWN = 8
"""So many stand on the first page, the most pressing first; the board has all."""
PER_PAGE = 30
PICTURES = ("photo", "image")
"""Kinds of files that are kept as pictures: taken as one, or sent as a file."""
DUE = (State.ACKNOWLEDGED, State.ASSIGNED)
"""Somebody has it: the board says until when, as their card does."""
GROUPS = ("overdue", "unseen", "working", "check")
CLOSED = ("verified", "rejected")
MOST_UNITS = 300
"""So many units stand in the choice; a page has its weight."""


def board(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is open, overdue first; `show` keeps one group of it."""
    mine = store.answers_for(session, viewer.person, now)
    found = listing.standing(session, mine, viewer.person, MOST, now)
    groups = {each.id: groups_of(each, now) for each in found}
    shown = query.get("show") if query.get("show") in GROUPS else ""
    some = listing.by_id(session, [each.id for each in found if not shown or shown in groups[each.id]][:SHOWN])
    held = listing.at_hand(session, some)
    rows = lines(session, some, now)
    del held
    return {
        "rows": rows,
        "counts": {group: sum(1 for each in groups.values() if group in each) for group in GROUPS},
        "total": len(found),
        "more": len(found) == MOST,
        "shown": shown,
    }


def is_late(hazard: Hazard | Standing, now: datetime) -> bool:
    """Whether somebody was to have it put right by now."""
    return hazard.state is State.ASSIGNED and hazard.due_at is not None and hazard.due_at <= now


def groups_of(hazard: Hazard | Standing, now: datetime) -> set[str]:
    """The groups of the board that an open danger belongs to."""
    group = "unseen" if hazard.state in UNSEEN else "check" if hazard.state is State.FIXED else "working"
    return {group} | ({"overdue"} if is_late(hazard, now) else set())


def whole(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The board: what is asked for in the address, a page at a time, what presses first."""
    mine = store.answers_for(session, viewer.person, now)
    units = [unit for unit in people.units(session) if any(unit.path.startswith(path) for path in mine)]
    wanted, page = asked(query, {unit.id: unit for unit in units}), _number(query.get("page"))
    found = listing.some(session, mine, viewer.person, wanted, now, PER_PAGE + 1, page * PER_PAGE)
    held, counts = listing.at_hand(session, found), listing.tally(session, mine, viewer.person, now)
    rows = lines(session, found[:PER_PAGE], now)
    del held
    given = {name: str(value or "") for name, value in vars(wanted).items() if name != "path"}
    place = people.place(session, wanted.place) if wanted.place else None
    return {
        "rows": rows, "counts": counts, "total": sum(counts[group] for group in GROUPS[1:]), "shown": wanted.show,
        "page": page, "more": len(found) > PER_PAGE, "asked": given, "place": place.label if place else "",
        "units": [{"id": unit.id, "name": unit.label, "deep": unit.path.count("/") - 2} for unit in units[:MOST_UNITS]],
        "kinds": [kind.value for kind in Kind], "levels": [int(level) for level in Severity], "filtered": any(given.values()),
        "address": "&".join(f"{name}={_quoted(value)}" for name, value in given.items() if value),
    }  # fmt: skip


def asked(query: Mapping[str, Any], units: Mapping[int, Unit]) -> Wanted:
    """What an address asks for; what it cannot mean is left out."""
    show, kind, unit = (str(query.get(name, "")) for name in ("show", "kind", "unit"))
    here = units.get(_number(unit))
    return Wanted(
        show=show if show in (*GROUPS, *CLOSED) else "",
        unit=here.id if here else 0, path=here.path if here else "", kind=kind if kind in tuple(Kind) else "",
        severity=_number(query.get("severity")) if _number(query.get("severity")) in tuple(Severity) else 0,
        place=_number(query.get("place")), text=str(query.get("text", "")).strip()[:60],
    )  # fmt: skip


def _number(value: Any) -> int:
    given = str(value or "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def _quoted(value: str) -> str:
    return quote(value, safe="")


def lines(session: Session, found: Sequence[Hazard], now: datetime) -> list[dict[str, Any]]:
    """Each as a line, with who has it, its photo and its ladder, in a handful of statements."""
    names = Names(session, now)
    names.ask(holder for hazard in found if (holder := holder_of(hazard)) is not None)
    shots = photos(session, [hazard.id for hazard in found])
    climbs = ladders.of_all(session, [hazard.ref for hazard in found if hazard.state in UNSEEN])
    return [
        row(session, hazard, names, now, climbs.get(hazard.ref)) | {"photo": shots.get(hazard.id, "")}
        for hazard in found
    ]


def row(
    session: Session, hazard: Hazard, names: Names, now: datetime, ladder: ladders.Ladder | None = None
) -> dict[str, Any]:
    """A danger as a line of the board."""
    overdue = is_late(hazard, now)
    return {
        "id": hazard.id,
        "kind": hazard.kind.value,
        "words": hazard.said or hazard.words or "",
        "found": hazard.said is not None,
        "place": store.where(session, hazard),
        "severity": int(hazard.severity) if hazard.severity else 0,
        "urgency": hazard.urgency.value if hazard.urgency else "",
        "state": hazard.state.value,
        "topic": hazard.topic or "",
        "who": names.of(holder_of(hazard)),
        "due": hazard.due_at.isoformat() if hazard.due_at and hazard.state in DUE else "",
        "overdue": overdue,
        "groups": groups_of(hazard, now),
        "minutes": max(0, int((now - hazard.created_at).total_seconds() // 60)),
        "late": int((now - hazard.due_at).total_seconds() // 60) if overdue and hazard.due_at else 0,
        "anonymous": hazard.anonymous,
        "next_call": _next_call(hazard, ladder),
    }


def _next_call(hazard: Hazard, ladder: ladders.Ladder | None) -> str:
    """When the next rung is called; of a report without a name never, because its minute would tell when it was made."""
    if hazard.anonymous or ladder is None or not ladder.climbing or ladder.next_at is None:
        return ""
    return ladder.next_at.isoformat()


def photos(session: Session, hazards: Sequence[int]) -> dict[int, str]:
    """The first kept photo of each of some dangers, by number."""
    query = select(HazardMediaRow.hazard_id, HazardMediaRow.media).where(
        HazardMediaRow.hazard_id.in_(hazards),
        HazardMediaRow.kind.in_(PICTURES),
        HazardMediaRow.role == MediaRole.BEFORE.value,
        HazardMediaRow.media.is_not(None),
    )
    found: dict[int, str] = {}
    for hazard, ref in session.execute(query.order_by(HazardMediaRow.id)):
        found.setdefault(hazard, (ref or "").removeprefix(PREFIX))
    return found


def holder_of(hazard: Hazard) -> int | None:
    """Who has it now: whoever is to fix it, is to have it checked, or has said that they take care."""
    if hazard.state is State.ASSIGNED:
        return hazard.assigned_to
    if hazard.state is State.FIXED:
        return hazard.acknowledged_by or hazard.assigned_by
    return hazard.acknowledged_by if hazard.state is State.ACKNOWLEDGED else None


class Names:
    """People's names, each asked for once."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now
        self._known: dict[int, str] = {}

    def ask(self, some: Iterable[int]) -> None:
        """Looks many up in one statement."""
        found = people.persons(self._session, list({*some} - self._known.keys()), self._now)
        self._known |= {id: who.name for id, who in found.items()}

    def of(self, person: int | None) -> str:
        """A name; empty where there is nobody, or nobody any more."""
        if person is None:
            return ""
        if person not in self._known:
            who = people.person(self._session, person, self._now)
            self._known[person] = who.name if who else ""
        return self._known[person]
