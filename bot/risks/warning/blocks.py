"""The middle of the counted days is counted once a day and kept: of a million dangers the index then reads two days, not sixty.

    |---- block: counted and kept ----|
    since .......................... until ........ now
       |---- the days of the weights --------------|

What has left the window since is counted and taken off, what has come since is counted and added; so the sum is the same as
without a block, whenever it was made. It ends a day before it is made: a fact that is noted late still counts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import upsert_many
from bot.risks.warning import store
from bot.risks.warning.company import weights
from bot.risks.warning.model import Counted, Signal, Weights
from bot.risks.warning.tables import RiskBlockRow

GATHER = "risks.warning.gather"
SETTLED = timedelta(days=1)
"""How old what is kept must be: facts are noted within hours, also those from a phone that was away."""


def name_of(signal: Signal) -> str:
    """A hash of what a signal counts."""
    said = json.dumps([signal.fact, sorted(signal.where.items())], default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def counts(session: Session, given: Weights, now: datetime) -> list[dict[int, Counted]]:
    """What each signal counts, in each unit itself, in the days of the weights."""
    since = now - timedelta(days=given.days)
    rows = session.scalars(select(RiskBlockRow).execution_options(populate_existing=True))
    kept = {row.signal: row for row in rows if row.since < row.until and since < row.until <= now}
    return [_counted(session, each, kept.get(name_of(each)), since, now) for each in given.signals]


def _counted(
    session: Session, signal: Signal, block: RiskBlockRow | None, since: datetime, now: datetime
) -> dict[int, Counted]:
    if signal.by_person:  # by where people work today: nothing of it can be kept
        return store.by_person(session, signal, since, now)
    if block is None:
        return store.plain(session, signal, since, now)
    found: dict[int, int] = {int(unit): int(n) for unit, n in block.counts}
    parts = [(1, block.until, now), (-1, block.since, since) if block.since < since else (1, since, block.since)]
    for sign, after, until in parts:
        for unit, counted in store.plain(session, signal, after, until).items():
            found[unit] = found.get(unit, 0) + sign * counted.n
    return {unit: Counted(n) for unit, n in found.items() if n > 0}


def gather(session: Session, now: datetime) -> bool:
    """Has the blocks made anew once a day."""
    key = f"{GATHER}:{now:%Y-%m-%d}"
    jobs.enqueue(session, GATHER, {}, key=key, now=now)
    return False


class Gathered:
    """The job: counted beside the writer, kept in one row a signal."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Counts."""
        since, until = now - timedelta(days=weights().days), now - SETTLED
        found: dict[str, Mapping[int, Counted]] = {}
        for signal in weights().signals:
            if not signal.by_person and since < until:
                found.setdefault(name_of(signal), store.plain(session, signal, since, until))
        return payload | {"found": found, "since": since, "until": until}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Keeps them; those of other weights go."""
        rows = [
            {"signal": name, "since": payload["since"], "until": payload["until"],
             "counts": [[unit, each.n] for unit, each in counted.items()]}
            for name, counted in payload["found"].items()
        ]  # fmt: skip
        session.execute(delete(RiskBlockRow).where(RiskBlockRow.signal.not_in([row["signal"] for row in rows])))
        if rows:
            upsert_many(session, RiskBlockRow, rows)
