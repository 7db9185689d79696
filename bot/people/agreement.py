"""What was agreed with those who work here, by unit: which rooms and figures of people are on, when pushes may come.

It lies here because delivery and the dashboard heed it; it is asked for and agreed to in `assessment.agreement`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.people import store
from bot.people.tables import AgreementRow

ROOM, FIGURE = "room.", "figure."
SCORE = "figure.score"
WORKTIME = "push.worktime"
"""That messages which nobody asked for come in working time only."""
USUALLY_OFF = frozenset({SCORE, WORKTIME})
"""What is off until it is agreed; all else is on until it is agreed that it is not."""
ALWAYS = frozenset(
    {
        *("onboarding", "handover", "hazards", "incidents", "emergencies", "emergencies.sos", "emergencies.muster"),
        *(
            "emergencies.tabletop",
            "learning.induction",
            "sensors",
            "compliance.permits",
            "delivery",
            "web",
            "web.audit",
            "web.standing",
            "web.guests",
            "web.factor",
            "assessment",
        ),
        *("assessment.agreement", "assessment.scores", "assessment.issuing", "library", "risks", "risks.abnormal"),
    }
)
"""Rooms that no agreement switches off: they save lives, let people in, or show what was agreed."""
Terms = Sequence[tuple[str, bool]]
_READ = "agreement"
_held = (
    select(AgreementRow.item, AgreementRow.path, AgreementRow.is_on)
    .where(AgreementRow.state == "holds")
    .order_by(func.length(AgreementRow.path).desc(), AgreementRow.path)
)


def terms(session: Session, item: str) -> Terms:
    """What holds about one thing, by the path of the unit for which it was agreed, nearer units first.

    Every press and every message asks, and an agreement changes a few times a year: all that holds is read once in a
    transaction, so the presses that share one share the question. Whoever changes it calls `forget`.
    """
    found: dict[str, list[tuple[str, bool]]]
    at, found = session.info.get(_READ, (None, {}))
    if at is None or at is not session.get_transaction():
        found = defaultdict(list)
        for about, path, on in session.execute(_held):
            found[about].append((path, on))
        session.info[_READ] = (session.get_transaction(), found)
    return found.get(item, ())


def forget(session: Session) -> None:
    """What was read of it in this transaction no longer holds."""
    session.info.pop(_READ, None)


def is_on(found: Terms, item: str, path: str) -> bool:
    """Whether something is on in a unit: as the nearest unit above agreed, else as it usually is."""
    return next((on for above, on in found if path.startswith(above)), item not in USUALLY_OFF)


def holds(session: Session, item: str, path: str) -> bool:
    """The same, read now."""
    return is_on(terms(session, item), item, path)


def room_is_on(session: Session, room: str, path: str) -> bool:
    """Whether a room is used in a unit."""
    return room in ALWAYS or not room or holds(session, ROOM + room, path)


def rooms_off(session: Session, path: str) -> set[str]:
    """The rooms that are switched off in a unit, in one look."""
    query = select(AgreementRow.item, AgreementRow.path, AgreementRow.is_on).where(
        AgreementRow.item.startswith(ROOM, autoescape=True), AgreementRow.state == "holds"
    )
    found: dict[str, list[tuple[str, bool]]] = {}
    for item, at, on in session.execute(query.order_by(func.length(AgreementRow.path).desc(), AgreementRow.path)):
        found.setdefault(item, []).append((at, on))
    rooms = {item: item.removeprefix(ROOM) for item in found}
    return {room for item, room in rooms.items() if room not in ALWAYS and not is_on(found[item], item, path)}


def room_is_off_for(session: Session, room: str, person: int, now: datetime) -> bool:
    """Whether a room is switched off where somebody works. Nearly always nothing is, and then nobody is looked up."""
    return person in off_for(session, room, [person], now)


def off_for(session: Session, room: str, persons: Collection[int], now: datetime) -> set[int]:
    """Those of some people for whom a room is switched off."""
    found = terms(session, ROOM + room) if room and room not in ALWAYS else []
    if not found:
        return set()
    known = store.persons(session, list(persons), now)
    return {id for id, who in known.items() if not is_on(found, ROOM + room, who.path)}
