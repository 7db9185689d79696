"""Reading what scores are made from: who, their facts, and who has looked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from itertools import chain

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.assessment import store as assessment
from bot.assessment.model import Employed, Period
from bot.assessment.scores import rules
from bot.assessment.scores.model import (
    KINDS,
    KNOWN_WITHIN,
    Evidence,
    Looked,
    Part,
    Peers,
    Policy,
    Score,
    Scored,
    Subject,
)
from bot.assessment.scores.tables import ScoreLookRow
from bot.kit.clock import instant, local_date
from bot.ledger import store as ledger
from bot.ledger.tables import PseudonymRow
from bot.people import agreement
from bot.people.agreement import SCORE, Terms
from bot.people.tables import PersonRow, PlacementRow, UnitRow

COUNTED = ("mode", "right", "days", "list", "version", "report")
"""What of a fact's body a score reads; nothing else of it goes anywhere."""
MOST_PEERS = 400
LOST = tuple(kind for kind, (_, part) in KINDS.items() if part is Part.LOST)
DAY = timedelta(days=1)


def subjects(session: Session, period: Period, ids: Collection[int]) -> list[Subject]:
    """Those of some people who were employed in a period, in the order of their badges."""
    found = assessment.employed(session, period, ids, clearance=False)
    rows = session.execute(select(PseudonymRow).where(PseudonymRow.person_id.in_([who.person for who in found])))
    names = {row.person_id: row.pseudonym for row in rows.scalars()}
    return [_subject(who, names.get(who.person, "")) for who in sorted(found, key=lambda who: (who.badge, who.person))]


def _subject(who: Employed, pseudonym: str) -> Subject:
    return Subject(
        who.person, pseudonym, who.badge, who.name, who.unit, who.unit_id, who.path, who.post, who.zone, who.days,
        who.excused,
    )  # fmt: skip


def evidence(session: Session, period: Period, people: Sequence[Subject]) -> dict[int, list[Evidence]]:
    """The facts of a period about some people, by person; and what was known within a month not to have arrived."""
    starts = instant(period.starts, time(), "UTC") - assessment.WIDEST_ZONE
    ends = instant(period.ends + DAY, time(), "UTC") + assessment.WIDEST_ZONE
    ids, zones = [who.person for who in people], {who.person: who.zone for who in people}
    found: dict[int, list[Evidence]] = {id: [] for id in ids}
    kinds = tuple(KINDS)
    within = ledger.of_people(session, ids, starts, ends, kinds)
    late = ledger.of_people(session, ids, ends, ends + KNOWN_WITHIN, LOST)
    for fact in chain(within, late):
        if fact.person is not None:
            on = local_date(fact.at, zones[fact.person])
            body = {name: fact.body[name] for name in COUNTED if name in fact.body}
            if on >= period.starts and (on <= period.ends or fact.kind in LOST):
                found[fact.person].append(Evidence(fact.key, fact.kind, on, body))
    return found


def scored(session: Session, period: Period, ids: Collection[int], policy: Policy) -> list[Scored]:
    """Some people with their scores, as they come to now; without one where none was agreed."""
    people = subjects(session, period, ids)
    agreed = agreement.terms(session, SCORE)
    having = [who for who in people if agreement.is_on(agreed, SCORE, who.path)]
    facts = evidence(session, period, having)
    return [Scored(who, _score(who, facts, period, policy, agreed)) for who in people]


def _score(
    who: Subject, facts: dict[int, list[Evidence]], period: Period, policy: Policy, agreed: Terms
) -> Score | None:
    if not agreement.is_on(agreed, SCORE, who.path):
        return None
    return rules.score(period, facts[who.person], who.excused, policy, who.post)


def peers(session: Session, period: Period, who: Subject, own: Score, policy: Policy) -> Peers | None:
    """What others of the same post in the same unit have."""
    if own.total is None:
        return None
    query = (
        select(PlacementRow.person_id)
        .where(
            PlacementRow.unit_id == who.unit_id, PlacementRow.post == who.post, PlacementRow.person_id != who.person,
            PlacementRow.starts_on <= period.ends,
            or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > period.ends),
        )
        .distinct()
        .limit(MOST_PEERS)
    )  # fmt: skip
    ids = session.scalars(query).all()
    others = [each for each in scored(session, period, ids, policy) if each.subject.post == who.post]
    return rules.peers(own.total, [each.score.total for each in others if each.score is not None])


def people_under(session: Session, path: str, period: Period) -> list[int]:
    """Who worked in a unit or below it in a period, by badge: by the unit of any day of it."""
    query = (
        select(PersonRow.id, PersonRow.badge)
        .join(PlacementRow, PlacementRow.person_id == PersonRow.id)
        .join(UnitRow, UnitRow.id == PlacementRow.unit_id)
        .where(
            UnitRow.path.startswith(path), PlacementRow.starts_on <= period.ends,
            or_(PlacementRow.ends_on.is_(None), PlacementRow.ends_on > period.starts),
            or_(PersonRow.left_on.is_(None), PersonRow.left_on > period.starts),
        )
        .distinct()
        .order_by(PersonRow.badge, PersonRow.id)
    )  # fmt: skip
    return [id for id, _ in session.execute(query)]


def looks(session: Session, person: int, most: int) -> list[Looked]:
    """Who has looked at somebody's score, the newest first."""
    query = select(ScoreLookRow).where(ScoreLookRow.person_id == person).order_by(ScoreLookRow.id.desc()).limit(most)
    return [Looked(row.by_id, row.at.isoformat(), row.how) for row in session.scalars(query)]


def now_in(session: Session, zone: str, now: datetime) -> Period:
    """This quarter so far, on a calendar."""
    found = rules.period_of("q0", local_date(now, zone))
    assert found is not None
    return found
