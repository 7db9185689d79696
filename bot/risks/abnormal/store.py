"""Questions about abnormal states."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.db.among import among
from bot.delivery.tables import AcknowledgementRow
from bot.people import oncall
from bot.people import store as people
from bot.people.company import site_of
from bot.people.model import Person, Role, Viewer
from bot.people.tables import PersonRow, PlacementRow, UnitRow
from bot.risks.abnormal import rules
from bot.risks.abnormal.model import Abnormal, State
from bot.risks.abnormal.tables import AbnormalRow

LIVE = (State.ASKED.value, State.RUNNING.value)
MOST_ASKED = 20


def abnormal(session: Session, id: int) -> Abnormal | None:
    """A state by its number."""
    row = session.get(AbnormalRow, id, populate_existing=True)
    return as_abnormal(row) if row else None


def as_abnormal(row: AbnormalRow) -> Abnormal:
    """A row as a value."""
    return Abnormal(
        row.id, row.unit_id, row.path, row.kind, State(row.state), row.words, row.needed, tuple(row.each), row.minutes,
        row.asked_by, row.asked_at, row.decide_by, row.starts_at, row.ends_at, row.ended_by, row.ended_at,
    )  # fmt: skip


def live_under(session: Session, paths: Sequence[str]) -> list[Abnormal]:
    """What is asked for or in force in some units and their parts, and in what they lie in."""
    chain = {"/" + "/".join(path.strip("/").split("/")[:n]) + "/" for path in paths for n in range(1, path.count("/"))}
    if not paths:
        return []
    near = [AbnormalRow.path.startswith(path, autoescape=True) for path in paths]
    query = select(AbnormalRow).where(AbnormalRow.state.in_(LIVE), or_(AbnormalRow.path.in_(chain), *near))
    return [as_abnormal(row) for row in session.scalars(query.order_by(AbnormalRow.id))]


def concerning(session: Session, path: str) -> list[Abnormal]:
    """The states in force that somebody who works there is in."""
    chain = ["/" + "/".join(path.strip("/").split("/")[:n]) + "/" for n in range(1, path.count("/"))]
    return [as_abnormal(row) for row in session.scalars(_concerning, {"paths": chain})]


_concerning = (
    select(AbnormalRow)
    .where(AbnormalRow.state == State.RUNNING.value, among(AbnormalRow.path, "paths"))
    .order_by(AbnormalRow.ends_at)
)


def same(session: Session, unit: int, kind: str) -> Abnormal | None:
    """The same state of the same area, asked for or in force."""
    query = select(AbnormalRow).where(
        AbnormalRow.unit_id == unit, AbnormalRow.kind == kind, AbnormalRow.state.in_(LIVE)
    )
    row = session.scalar(query.limit(1))
    return as_abnormal(row) if row else None


def voices(session: Session, viewer: Viewer, who: Person, path: str) -> frozenset[str]:
    """All that somebody can stand for at an area."""
    site = site_of(session, path)
    return rules.voices(viewer, who.post, path, site.path if site else path)


def whom_to_ask(session: Session, found: Abnormal, now: datetime) -> list[Person]:
    """Everybody whose word would count and whom a message can reach, the nearest first."""
    roles = [role for role in rules.LEADING if f"role:{role.value}" in found.each] or [Role.SUPERVISOR]
    # whoever holds more than a named role can stand for it too, so those above are asked as well
    there = oncall.over(session, {*roles, Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN}, found.path, now)
    able = {who.id: who for who in there.order(list(there.held.values()), now) if there.reaches(who)}
    posts = [kind.removeprefix("post:") for kind in found.each if kind.startswith("post:")]
    for who in _in_posts(session, found.path, posts, now):
        able.setdefault(who.id, who)
    asked = []
    for who in able.values():
        viewer = people.viewer(session, who.id, now)
        if viewer is not None and rules.why_not(found, who.id, voices(session, viewer, who, found.path), now) is None:
            asked.append(who)
    return asked[:MOST_ASKED]


def _in_posts(session: Session, path: str, posts: Sequence[str], now: datetime) -> list[Person]:
    site = site_of(session, path)
    if not posts:
        return []
    query = people.people_on.where(
        PlacementRow.post.in_(posts), PersonRow.left_on.is_(None),
        UnitRow.path.startswith(site.path if site else path, autoescape=True),
    )  # fmt: skip
    found = [
        people.as_person(row) for row in session.execute(query.order_by(PersonRow.id).limit(30), {"on": now.date()})
    ]
    chats = people.reachable_chats(session, [who.id for who in found])
    away = people.deputies(session, [who.id for who in found], now)
    return [who for who in found if who.id in chats and who.id not in away]


def told(session: Session, id: int) -> tuple[int, int]:
    """How many were told that it has begun, and how many of them said that they have seen it."""
    row = session.get(AbnormalRow, id)
    seen = select(func.count()).where(AcknowledgementRow.subject == f"abnormal-seen:{id}")
    return (row.told if row else 0), session.scalar(seen) or 0
