"""Questions about permits. Who may see one is in the query: its receiver, whoever leads there, whoever works there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from bot.compliance.permits import rules
from bot.compliance.permits.model import Permit, Reading, State
from bot.compliance.permits.tables import PermitGasRow, PermitRow
from bot.kit.gates import Vote, decide
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role

OPEN = (State.ASKED.value, State.RUNNING.value, State.EXPIRED.value, State.STOPPED.value, State.BACK.value)
OVERDUE = (State.EXPIRED.value, State.STOPPED.value)
MOST_ASKED = 12


def permit(session: Session, id: int) -> Permit | None:
    """A permit by its number."""
    row = session.get(PermitRow, id, populate_existing=True)
    return as_permit(row) if row is not None else None


def as_permit(row: PermitRow) -> Permit:
    """A row as a value."""
    return Permit(
        row.id, row.card, row.unit_id, row.path, row.place_id, row.words, row.minutes, row.high, State(row.state), row.round,
        row.receiver_id, row.asked_at, row.issuer_id, row.issued_at, row.ends_at, row.extend_minutes, row.expired_at,
        row.back_at,
    )  # fmt: skip


def open_under(session: Session, paths: Sequence[str], most: int = 50) -> list[Permit]:
    """What is open in some units: what has run out first, then what ends first."""
    if not paths:
        return []
    near = [PermitRow.path.startswith(path, autoescape=True) for path in paths]
    query = select(PermitRow).where(PermitRow.state.in_(OPEN), or_(*near)).order_by(PermitRow.id).limit(200)
    return sorted((as_permit(row) for row in session.scalars(query)), key=_order)[:most]


def _order(found: Permit) -> tuple[bool, datetime, int]:
    return found.state.value not in OVERDUE, found.ends_at or found.asked_at, found.id


def of_receiver(session: Session, person: int) -> list[Permit]:
    """What somebody has asked for or works under."""
    return [as_permit(row) for row in session.scalars(_of_receiver, {"person": person})]


def of_issuer(session: Session, person: int) -> list[Permit]:
    """What somebody has issued and is not closed: run out first."""
    return sorted((as_permit(row) for row in session.scalars(_of_issuer, {"person": person})), key=_order)


_open = select(PermitRow).where(PermitRow.state.in_(OPEN))
_of_receiver = _open.where(PermitRow.receiver_id == bindparam("person")).order_by(PermitRow.id)
_of_issuer = _open.where(PermitRow.issuer_id == bindparam("person"))


def at_place(session: Session, place: int) -> list[Permit]:
    """What is worked under at a place, or has run out there."""
    states = (State.RUNNING.value, *OVERDUE)
    query = select(PermitRow).where(PermitRow.place_id == place, PermitRow.state.in_(states))
    return [as_permit(row) for row in session.scalars(query.order_by(PermitRow.ends_at))]


def readings(session: Session, id: int, round: int) -> tuple[list[Reading], datetime | None]:
    """The newest values of a round, and when they were measured."""
    query = select(PermitGasRow).where(PermitGasRow.permit_id == id, PermitGasRow.round == round)
    newest: dict[str, PermitGasRow] = {row.gas: row for row in session.scalars(query.order_by(PermitGasRow.id))}
    at = min((row.at for row in newest.values()), default=None)
    return [Reading(row.gas, row.value, row.good) for row in newest.values()], at


def cannot_be_had(session: Session, found: Permit, asked: Sequence[Person], now: datetime) -> tuple[str, ...]:
    """The kinds of voices that a permit needs and that nobody of those who can be reached gives, each by a person of their own."""
    votes = []
    for who in asked:
        viewer = people.viewer(session, who.id, now)
        if viewer is not None:
            votes.append(Vote(who.id, True, rules.voices(viewer, found.path)))
    return decide(found.gate, votes).missing_kinds


def whom_to_ask(session: Session, found: Permit, now: datetime) -> list[Person]:
    """Everybody whose yes counts and whom a message can reach, the nearest first; never the receiver."""
    roles = (Role.SUPERVISOR, Role.SAFETY_OFFICER, Role.MANAGER, Role.ADMIN)
    there = oncall.over(session, roles, found.path, now)
    asked = []
    for who in there.order([there.held[role] for role in roles], now):
        viewer = people.viewer(session, who.id, now)
        counts = viewer is not None and rules.why_not(found, who.id, rules.voices(viewer, found.path)) is None
        if counts and there.reaches(who):
            asked.append(who)
    return asked[:MOST_ASKED]
