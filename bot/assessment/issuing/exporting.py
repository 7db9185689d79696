"""`davy export scores`: scores in a period, as a file. Whoever answers for it is noted, and everybody in it is told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot.assessment.issuing import files
from bot.assessment.issuing.model import EXPORTED, Format
from bot.assessment.issuing.records import Record, record_of
from bot.assessment.model import Period
from bot.assessment.scores import looking
from bot.assessment.scores import store as scores
from bot.assessment.scores.policy import policy
from bot.db.engine import connect
from bot.db.reading import reading
from bot.kit.clock import SystemClock
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.company import post_label
from bot.people.model import Person, Role, Unit
from bot.settings import Settings, load

FORMATS = tuple(each.value for each in Format if each is not Format.ISSUE)
SLICE = 200
begin: Callable[[], Settings] = load
"""Set at the composition root: settings, schema, every room told."""


def export_scores(
    starts: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, like 2026-11-01")],
    ends: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, like 2026-11-30")],
    out: Annotated[Path, typer.Option(help="The file to write")],
    by: Annotated[
        str, typer.Option(help="Badge of whoever answers for it (HR or management): everybody in it is told")
    ],
    format: Annotated[str, typer.Option(help="xlsx, pdf, csv or json")] = "xlsx",
) -> None:
    """Scores with why they are so, of the widest unit whose scores that person may see. The same data gives the same bytes."""
    if format not in FORMATS:
        raise typer.BadParameter(f"there is no format {format!r}; choose {', '.join(FORMATS)}", param_hint="--format")
    if ends < starts:
        raise typer.BadParameter(f"the last day {ends:%Y-%m-%d} lies before the first", param_hint="--to")
    settings, now = begin(), SystemClock().now()
    engine = connect(settings.database_url, readers=1)
    try:
        with reading(engine) as session:
            who, unit = _answers(session, by, now)
            data, records = _made(session, unit, who.lang, Period(starts.date(), ends.date()), Format(format))
        with (
            Session(engine) as session,
            session.begin(),
        ):  # who cannot be told is not shown: on record before the file is there
            for some in _slices([each["person"] for each in records if each["agreed"]]):
                looking.note(session, who.id, some, "file", now)
            body = {"export": 0, "format": format, "people": len(records)}
            record(
                session, Fact(EXPORTED, f"scores-exported:cli:{who.id}:{now.isoformat()}", now, who.id, body=body), now
            )
    finally:
        engine.dispose()
    _write(out, data)
    typer.echo(f"{out}: {len(records)} people")


def _answers(session: Session, by: str, now: datetime) -> tuple[Person, Unit]:
    """Whoever answers for it, and the widest unit whose scores they may see. Ends the command where there is none."""
    who = people.person_by_badge(session, by, now)
    viewer = people.viewer(session, who.id, now) if who is not None and who.left_on is None else None
    paths = sorted(viewer.paths(Role.HR), key=len) if viewer is not None else []
    unit = next((unit for unit in people.units(session) if paths and unit.path == paths[0]), None)
    if who is None or unit is None:
        typer.echo(f"--by {by}: nobody with this badge may see scores (hr, manager or admin is needed)", err=True)
        raise typer.Exit(1)
    return who, unit


def _made(session: Session, unit: Unit, lang: str, period: Period, format: Format) -> tuple[bytes, list[Record]]:
    used = policy()
    ids = scores.people_under(session, unit.path, period)
    records = [record_of(one) for some in _slices(ids) for one in scores.scored(session, period, some, used)]
    posts: dict[str, Any] = {
        post: post_label(session, post) for post in {*used.posts, *(each["post"] for each in records)}
    }
    return files.bytes_of(format, lang, period, records, unit.label, posts, used), records


def _slices(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + SLICE] for start in range(0, len(ids), SLICE))


def _write(out: Path, data: bytes) -> None:
    """All of it or nothing: an older file of that name is left as it was where this one cannot be written."""
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
