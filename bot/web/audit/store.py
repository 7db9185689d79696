"""Looking for facts. Whoever looks sees those of the units they manage; facts of no unit only whoever manages the whole company."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.ledger.store import Recorded, recorded
from bot.ledger.tables import AnchorRow, BlockMemberRow, BlockRow, FactRow, PseudonymRow
from bot.people.tables import UnitRow
from bot.web.audit.model import Standing, Wanted

OUT_OF_ORDER = 5000
"""Facts are recorded nearly in the order of their time; so many numbers further are looked at on both sides."""


def found(session: Session, wanted: Wanted, paths: Sequence[str], most: int) -> list[Recorded]:
    """The newest facts that fit, of units under some paths; in the order in which they were recorded, newest first."""
    if not paths:
        return []
    first, last = _numbers(session, wanted.starts_at), _numbers(session, wanted.ends_at)
    where = [
        FactRow.at >= wanted.starts_at, FactRow.at < wanted.ends_at,
        FactRow.id >= first - OUT_OF_ORDER, FactRow.id <= last + OUT_OF_ORDER,
    ]  # fmt: skip
    if wanted.before:
        where.append(FactRow.id < wanted.before)
    if wanted.kind:
        where.append(FactRow.kind == wanted.kind)
    if wanted.pseudonym is not None:
        where.append(FactRow.pseudonym == wanted.pseudonym)
    under = [UnitRow.path.startswith(path, autoescape=True) for path in ([wanted.path] if wanted.path else paths)]
    units = select(UnitRow.id).where(or_(*under))
    whole = not wanted.path and _whole_company(session, paths)
    if not whole:
        where.append(FactRow.unit_id.in_(units))
    query = recorded.where(*where).order_by(FactRow.id.desc()).limit(most)
    return [Recorded(*row) for row in session.execute(query)]


def _whole_company(session: Session, paths: Sequence[str]) -> bool:
    roots = session.scalars(select(UnitRow.path).where(UnitRow.parent_id.is_(None)))
    return all(any(root.startswith(path) for path in paths) for root in roots)


def _numbers(session: Session, at: datetime) -> int:
    """About which number the facts of an instant have: found by halving, because facts have no index by time alone."""
    # each for itself: both at once SQLite finds by reading all
    low, high = (session.scalar(select(end(FactRow.id))) for end in (func.min, func.max))
    if low is None or high is None:
        return 0
    newest = session.scalar(select(FactRow.at).where(FactRow.id == high))
    if newest is not None and newest < at:
        return int(high)
    while low < high:
        middle = (low + high) // 2
        row = session.execute(
            select(FactRow.id, FactRow.at).where(FactRow.id > middle).order_by(FactRow.id).limit(1)
        ).first()
        if row is None or row.at >= at:
            high = middle
        else:
            low = max(row.id, middle + 1)
    return int(high)


def pseudonym_of(session: Session, person: int) -> str | None:
    """The name under which the ledger knows somebody."""
    return session.scalar(select(PseudonymRow.pseudonym).where(PseudonymRow.person_id == person))


def standing(session: Session, noted: Path | None) -> Standing:
    """How the ledger stands. `noted`: where `davy audit verify` writes what it came to."""
    block = session.execute(select(BlockRow.id, BlockRow.at).order_by(BlockRow.id.desc()).limit(1)).first()
    sealed = session.scalar(select(func.max(BlockMemberRow.fact_id))) or 0
    waiting = select(FactRow.id).where(FactRow.id > sealed).limit(100_000).subquery()
    anchor = session.execute(
        select(AnchorRow.on_date, AnchorRow.ways).order_by(AnchorRow.on_date.desc()).limit(1)
    ).first()
    return Standing(
        block.id if block else None, block.at if block else None,
        session.scalar(select(func.count()).select_from(waiting)) or 0,
        anchor.on_date if anchor else None, bool(anchor and anchor.ways), _verified(noted),
    )  # fmt: skip


def _verified(noted: Path | None) -> dict[str, Any] | None:
    try:
        said: dict[str, Any] = json.loads(noted.read_text(encoding="utf-8")) if noted is not None else {}
        return {"at": str(said["at"]), "facts": int(said["facts"]), "problems": int(said["problems"])} if said else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
