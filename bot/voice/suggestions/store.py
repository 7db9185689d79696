"""Suggestions, read. Colleagues of a site see each other's; who wrote one is told to those who decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from bot.people import speaking
from bot.people.model import Person
from bot.voice import whom
from bot.voice.suggestions.model import State, Suggestion, Votes
from bot.voice.suggestions.tables import SuggestionRow, SuggestionVoteRow

LIVE = (State.OPEN.value, State.ACCEPTED.value, State.DEFERRED.value)
_ORDER = case(
    {State.OPEN.value: 0, State.ACCEPTED.value: 1, State.DEFERRED.value: 2}, value=SuggestionRow.state, else_=3
)


def suggestion(session: Session, id: int) -> Suggestion | None:
    """A suggestion by its number."""
    row = session.get(SuggestionRow, id, populate_existing=True)
    return as_suggestion(row) if row is not None else None


def as_suggestion(row: SuggestionRow) -> Suggestion:
    """A row as a Suggestion."""
    return Suggestion(
        row.id, row.person_id, row.unit_id, row.path, row.words, State(row.state), row.reason or "", row.decided_by,
        row.owner_id, row.due_on, row.back_on, row.done_words or "", row.made_at, row.rung,
    )  # fmt: skip


def seen_by(session: Session, who: Person, id: int, now: datetime) -> Suggestion | None:
    """A suggestion, where somebody may see it."""
    row = session.scalar(select(SuggestionRow).where(SuggestionRow.id == id, visible(session, who, now)))
    return suggestion(session, id) if row is not None else None


def visible(session: Session, who: Person, now: datetime) -> ColumnElement[bool]:
    """SQL: those of one's own site and of the units that one leads, and one's own."""
    paths = (whom.site_path(session, who.path), *whom.led(session, who.id, now))
    mine = or_(SuggestionRow.person_id == who.id, SuggestionRow.owner_id == who.id)
    return or_(speaking.under(SuggestionRow.path, paths), mine)


def board(session: Session, who: Person, now: datetime, since: datetime, most: int) -> list[Suggestion]:
    """What somebody sees: first what is open, then what is being done; what was settled lately comes last."""
    fresh = or_(SuggestionRow.state.in_(LIVE), func.coalesce(SuggestionRow.done_at, SuggestionRow.decided_at) > since)
    query = select(SuggestionRow).where(visible(session, who, now), fresh).order_by(_ORDER, SuggestionRow.id.desc())
    found = session.scalars(query.limit(most).execution_options(populate_existing=True))
    return [as_suggestion(row) for row in found]


def of_units(session: Session, paths: Sequence[str], since: datetime, most: int) -> list[Suggestion]:
    """The suggestions of some units, for the dashboard."""
    fresh = or_(SuggestionRow.state.in_(LIVE), func.coalesce(SuggestionRow.done_at, SuggestionRow.decided_at) > since)
    query = select(SuggestionRow).where(speaking.under(SuggestionRow.path, paths), fresh)
    return [as_suggestion(row) for row in session.scalars(query.order_by(_ORDER, SuggestionRow.id.desc()).limit(most))]


def votes(session: Session, ids: Sequence[int], reader: int = 0) -> dict[int, Votes]:
    """How some suggestions stand with colleagues."""
    way, mine = SuggestionVoteRow.way, SuggestionVoteRow.person_id == reader
    query = (
        select(
            SuggestionVoteRow.suggestion_id,
            func.sum(case((way > 0, 1), else_=0)),
            func.sum(case((way < 0, 1), else_=0)),
            func.sum(case((mine, way), else_=0)),
        )
        .where(SuggestionVoteRow.suggestion_id.in_(list(ids)))
        .group_by(SuggestionVoteRow.suggestion_id)
    )
    found = {id: Votes(up, down, own) for id, up, down, own in session.execute(query)} if ids else {}
    return {id: found.get(id, Votes()) for id in ids}


def due(session: Session, now: datetime, most: int) -> list[Suggestion]:
    """What is to be brought up."""
    query = (
        select(SuggestionRow).where(SuggestionRow.chase_at <= now).order_by(SuggestionRow.chase_at, SuggestionRow.id)
    )
    return [as_suggestion(row) for row in session.scalars(query.limit(most).execution_options(populate_existing=True))]


def owned(session: Session, person: int, most: int) -> list[Suggestion]:
    """What somebody is to carry out."""
    return [as_suggestion(row) for row in session.scalars(_owned, {"person": person, "most": most})]


_owned = (
    select(SuggestionRow)
    .where(SuggestionRow.owner_id == bindparam("person"), SuggestionRow.state == State.ACCEPTED.value)
    .order_by(SuggestionRow.due_on, SuggestionRow.id)
    .limit(bindparam("most"))
)


def undecided(session: Session, paths: Sequence[str], besides: int, most: int) -> list[Suggestion]:
    """What waits for a decision in some units; never one's own."""
    if not paths:
        return []
    query = _undecided.where(speaking.under(SuggestionRow.path, paths))
    return [as_suggestion(row) for row in session.scalars(query, {"besides": besides, "most": most})]


_undecided = (
    select(SuggestionRow)
    .where(SuggestionRow.state == State.OPEN.value, SuggestionRow.person_id != bindparam("besides"))
    .order_by(SuggestionRow.id)
    .limit(bindparam("most"))
)
