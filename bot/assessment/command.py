"""`davy export assessment`: participation in a period, as a file."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session
from typer import BadParameter

from bot.assessment import counted, flat, store, workbook
from bot.assessment.model import Period, Sheet
from bot.db.engine import connect
from bot.i18n.languages import closest
from bot.settings import Settings

FORMATS = {"xlsx": workbook.xlsx_bytes, "csv": flat.csv_bytes, "json": flat.json_bytes}


def export_file(settings: Settings, starts: date, ends: date, format: str, out: Path) -> int:
    """Writes participation from a day to a day (both included) into a file; answers how many people it has.

    The same data gives the same bytes. Raises BadParameter on a format or a period that means nothing, OSError where
    the file cannot be written; an older file of that name is then left as it was.
    """
    if format not in FORMATS:
        raise BadParameter(f"there is no format {format!r}; choose xlsx, csv or json", param_hint="--format")
    if ends < starts:
        raise BadParameter(f"the last day {ends} lies before the first day {starts}", param_hint="--to")
    engine = connect(settings.database_url, readers=1)
    try:
        with engine.connect().execution_options(read_only=True) as connection, Session(connection) as session:
            made = sheet(session, Period(starts, ends), settings.language)
    finally:
        engine.dispose()
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(FORMATS[format](made))
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return len(made.lines)


def sheet(session: Session, period: Period, default_language: str = "en") -> Sheet:
    """A period's participation, in the company's language."""
    company, lang = store.company(session)
    return Sheet(company, closest(lang, default_language), period, counted.lines(session, period))
