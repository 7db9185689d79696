"""The checklists that Davy ships: put on the company's shelf as drafts, anew when they change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.inspections import actions, keeping
from bot.inspections.model import Checklist
from bot.inspections.reading import read_text
from bot.library.shipped import content_path
from bot.people.store import as_unit
from bot.people.tables import UnitRow

PUT = "inspections.put_shipped"


@cache
def files() -> tuple[tuple[str, bytes], ...]:
    """The shipped files by name; none where the content is not installed."""
    return tuple((path.name, path.read_bytes()) for path in sorted((content_path() / "checklists").glob("*.yaml")))


@cache
def shipped() -> tuple[Checklist, ...]:
    """All shipped checklists. Raises ValueError on a mistake in one: they are tested."""
    made: list[Checklist] = []
    for name, data in files():
        found = read_text(name, data.decode())
        if not found.good:
            raise ValueError(f"{name}: {found.broken or found.wrong[:3]}")
        made += found.lists
    return tuple(made)


def load(session: Session, now: datetime, lists: Sequence[Checklist] | None = None) -> int:
    """Puts them on the shelf of the company; answers how many are new or changed. Nothing before there is a company."""
    top = session.scalar(select(UnitRow).where(UnitRow.parent_id.is_(None)).order_by(UnitRow.id).limit(1))
    return (
        actions.put_shipped(session, shipped() if lists is None else lists, as_unit(top), now) if top is not None else 0
    )


def take_in(session: Session, now: datetime) -> bool:
    """Has them put on the shelf once there is a company, once a state of the files."""
    if files() and session.scalar(select(UnitRow.id).where(UnitRow.parent_id.is_(None)).limit(1)) is not None:
        digest = hashlib.sha256(b"".join(data for _, data in files())).hexdigest()
        jobs.enqueue(session, PUT, {}, key=f"checklists:{digest}", now=now)
    return False


class Put:
    """The job: the files are read outside the transaction."""

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Reads them."""
        return payload | {"lists": [keeping.to_json(each) for each in shipped()]}

    def __call__(self, session: Session, payload: Mapping[str, Any], now: datetime) -> None:
        """Puts them there."""
        load(session, now, [keeping.from_json(each) for each in payload["lists"]])
