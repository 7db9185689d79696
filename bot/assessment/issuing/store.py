"""Reading exports, their parts, and what was issued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.assessment.issuing.model import Export, Format, Snapshot, State
from bot.assessment.issuing.records import Record
from bot.assessment.issuing.tables import ScoreExportPartRow, ScoreExportRow, ScoreSnapshotRow
from bot.people import store as people
from bot.people.model import Role, Unit, Viewer

MOST_UNITS = 12


def export(session: Session, id: int) -> Export | None:
    """An export as it stands."""
    row = session.get(ScoreExportRow, id, populate_existing=True)
    return as_export(row) if row else None


def exports_of(session: Session, by: int, most: int) -> list[Export]:
    """What somebody had made, the newest first."""
    mine = (ScoreExportRow.by_id == by, ScoreExportRow.unit_id.is_not(None))
    query = select(ScoreExportRow).where(*mine).order_by(ScoreExportRow.id.desc()).limit(most)
    return [as_export(row) for row in session.scalars(query)]


def units(session: Session, viewer: Viewer | None) -> list[Unit]:
    """The units whose scores somebody may have, the widest first."""
    under = viewer.paths(Role.HR) if viewer else ()
    found = [unit for unit in people.units(session) if under and unit.path.startswith(under)]
    return sorted(found, key=lambda unit: (unit.path.count("/"), unit.path))[:MOST_UNITS]


def asked_before(session: Session, key: str) -> bool:
    """Whether that very file was begun already."""
    return session.scalar(select(ScoreExportRow.id).where(ScoreExportRow.key == key)) is not None


def records(session: Session, id: int) -> list[Record]:
    """All that was counted, in its order."""
    query = select(ScoreExportPartRow.body).where(ScoreExportPartRow.export_id == id)
    return [record for body in session.scalars(query.order_by(ScoreExportPartRow.number)) for record in body]


def snapshot(session: Session, id: int) -> Snapshot | None:
    """What was issued, by its number."""
    row = session.get(ScoreSnapshotRow, id)
    return as_snapshot(row) if row else None


def snapshots(session: Session, viewer: Viewer, most: int) -> list[Snapshot]:
    """What was issued for units that somebody looks after, the newest first."""
    under = [ScoreSnapshotRow.path.startswith(path) for path in viewer.paths(Role.HR)]
    if not under:
        return []
    query = select(ScoreSnapshotRow).where(or_(*under)).order_by(ScoreSnapshotRow.id.desc()).limit(most)
    return [as_snapshot(row) for row in session.scalars(query)]


def all_snapshots(session: Session) -> list[Snapshot]:
    """Everything that was ever issued."""
    return [as_snapshot(row) for row in session.scalars(select(ScoreSnapshotRow).order_by(ScoreSnapshotRow.id))]


def sent_before(session: Session, before: datetime, most: int) -> Sequence[ScoreExportRow]:
    """Exports whose file has lain here for long enough."""
    query = select(ScoreExportRow).where(ScoreExportRow.media.is_not(None), ScoreExportRow.done_at < before)
    return session.scalars(query.limit(most)).all()


def as_export(row: ScoreExportRow) -> Export:
    """A row as a value."""
    return Export(
        row.id, row.by_id, row.unit_id, row.path, row.person_id, row.starts_on, row.ends_on, Format(row.format), row.lang,
        State(row.state), tuple(row.people), row.done, row.media,
    )  # fmt: skip


def as_snapshot(row: ScoreSnapshotRow) -> Snapshot:
    """A row as a value."""
    return Snapshot(
        row.id, row.unit_id, row.path, row.starts_on, row.ends_on, row.version, row.sha256, row.people, row.by_id,
        row.at.isoformat(), row.media,
    )  # fmt: skip
