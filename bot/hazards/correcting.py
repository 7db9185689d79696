"""Triage and corrective action: what kind of danger, general or major; what is done about it, by when, at what cost."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.hazards import cards, store, telling
from bot.hazards.company import company
from bot.hazards.facts import BUDGETED, DUE_SET, JUDGED_GENERAL, JUDGED_MAJOR, MEASURE, PLANNED
from bot.hazards.matrix import topic_of
from bot.hazards.model import TOPICED, Control, Hazard
from bot.hazards.moves import handled, move, note
from bot.hazards.rules import due_within, expected
from bot.hazards.tables import HazardMeasureRow
from bot.kit.errors import Refused
from bot.kit.risk import Severity
from bot.kit.texts import text
from bot.people import company as companies
from bot.people import store as people
from bot.people.model import Role

MOST_BUDGET = 10**12


def categorise(session: Session, id: int, category: str, by: int, now: datetime) -> Hazard:
    """Which kind of danger it is; the matrix says to which lessons it belongs. Raises KeyError for no category."""
    topic = topic_of(category)
    hazard = move(session, handled(session, id, by, now), "rate", now, category=category, topic=topic)
    note(session, TOPICED, hazard, now, by, topic=topic, nth=f"{category}:{topic}")
    outbox.edit_ref(session, hazard.ref, cards.card(session, hazard, now), now)
    return hazard


def limit(session: Session, hazard: Hazard, severity: Severity | None = None) -> timedelta:
    """In what time a hazard must be gone, as its unit says; what nobody has rated is taken to be bad."""
    said = companies.alerts(session, hazard.path)
    return due_within(company(), said, severity or expected(hazard.kind, hazard.urgency, hazard.severity))


def judge(session: Session, id: int, major: bool, by: int, now: datetime) -> Hazard:
    """General or major hidden danger. A major one is made a general one only by a manager who did not judge it major."""
    before = handled(session, id, by, now)
    if before.major == major:
        return before
    if before.major and not may_lower(session, before, by, now):
        raise Refused("hazards.t_not_lowered")
    hazard = move(session, before, "rate", now, major=major, judged_by=by, judged_at=now, told_on=None)
    severity = int(hazard.severity) if hazard.severity else None
    nth = f"{hazard.major}:{now.isoformat()}"
    if major:
        body = {"severity": severity, "category": hazard.category, "topic": hazard.topic}
        note(session, JUDGED_MAJOR, hazard, now, by, nth=nth, **body)
        words = text("hazards.told_major", number=hazard.id)
        telling.tell(session, hazard, words, now, step="major", by=by)
    else:
        note(session, JUDGED_GENERAL, hazard, now, by, was_major=bool(before.major), nth=nth)
    telling.refresh(session, hazard, now)
    return hazard


def may_lower(session: Session, hazard: Hazard, by: int, now: datetime) -> bool:
    """Whether somebody may say that a major danger is none: a manager of the place, not who judged it or is to fix it."""
    viewer = people.viewer(session, by, now)
    able = viewer is not None and viewer.holds(Role.MANAGER, hazard.path)
    return able and by not in (hazard.judged_by, hazard.assigned_to, hazard.fixed_by)


# --- measures -----------------------------------------------------------------------------------------------------------


def name_measure(
    session: Session, id: int, control: Control, words: str, by: int, now: datetime, *, interim: bool = False
) -> Hazard:
    """What is done about it, and which kind of control that is. `interim`: only until the lasting one is in place."""
    hazard = may_correct(session, id, by, now)
    row = HazardMeasureRow(
        hazard_id=id, round=hazard.round, control=control.value, interim=interim, words=words, person_id=by, at=now
    )
    session.add(row)
    session.flush()
    note(session, MEASURE, hazard, now, by, control=control.value, interim=interim, nth=row.id)
    telling.refresh(session, hazard, now)
    return hazard


def plan(session: Session, id: int, words: str, by: int, now: datetime) -> Hazard:
    """What is done if it happens before it is gone."""
    before = may_correct(session, id, by, now)
    hazard = move(session, before, "rate", now, plan=words, plan_by=by, plan_at=now)
    note(session, PLANNED, hazard, now, by, nth=now.isoformat())
    telling.refresh(session, hazard, now)
    return hazard


def set_due(session: Session, id: int, due: datetime, by: int, now: datetime) -> Hazard:
    """By when it must be gone: sooner than its limit says, or later by a manager alone."""
    before = handled(session, id, by, now)
    viewer = people.viewer(session, by, now)
    longest = now + limit(session, before)
    if due > longest and not (viewer is not None and viewer.holds(Role.MANAGER, before.path)):
        raise Refused("hazards.t_too_long", due=longest.isoformat())
    hazard = move(session, before, "rate", now, due_at=due, reminded_at=None, overdue_at=None)
    note(session, DUE_SET, hazard, now, by, hours=round((due - now) / timedelta(hours=1)), nth=now.isoformat())
    telling.refresh(session, hazard, now)
    return hazard


def set_budget(session: Session, id: int, amount: int, by: int, now: datetime) -> Hazard:
    """What putting it right may cost, in whole units of the site's money. Refused: less than nothing."""
    if not 0 <= amount <= MOST_BUDGET:
        raise Refused("hazards.t_no_amount")
    hazard = move(session, handled(session, id, by, now), "rate", now, budget=amount)
    note(session, BUDGETED, hazard, now, by, amount=amount, nth=now.isoformat())
    telling.refresh(session, hazard, now)
    return hazard


def may_correct(session: Session, id: int, by: int, now: datetime) -> Hazard:
    """A hazard about which somebody may say what is done: whoever handles it, and whoever is to fix it."""
    hazard = store.hazard(session, id)
    if hazard is None:
        raise Refused("hazards.t_no_hazard")
    if hazard.assigned_to == by and by not in store.hidden_from(session, id):
        return hazard
    return handled(session, id, by, now)
