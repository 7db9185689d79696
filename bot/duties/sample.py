"""The sample company's duties, for the demo: the shipped drafts, signed by its own manager for the posts of its people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.duties import actions, shipped
from bot.duties.tables import DutyGivenRow, DutyListRow
from bot.library.shipped import content_path
from bot.people.company import named_units
from bot.people.importing.files import read_table
from bot.people.importing.problems import Problems

COLUMNS = ("post", "unit", "draft")


def load_sample(session: Session, by: int, now: datetime) -> int:
    """Signs the sample's lists where there are none yet; answers how many. Raises ValueError on a mistake in the file.

    Nobody of the sample is written to about it: their duties wait under Today, so that the first message is the lesson.
    """
    if session.scalar(select(DutyListRow.id).limit(1)) is not None:
        return 0
    path = content_path() / "sample" / "duties.csv"
    problems = Problems(path.name)
    table = read_table(path, COLUMNS, (), problems)
    units = named_units(session)
    # the nearer unit first: otherwise its people would be given the farther list, and get it taken back at once
    found = sorted(
        table.records, key=lambda each: -len(units[each["unit"].text].path) if each["unit"].text in units else 0
    )
    for record in found:
        draft, unit = shipped.draft(record["draft"].text), units.get(record["unit"].text)
        if draft is None or unit is None:
            problems.note(record.place, "there is no such draft or unit")
        else:
            actions.sign(session, by, record["post"].text, unit.id, draft, now)
    if problems:
        raise ValueError("\n".join(map(str, problems.found)))
    session.execute(update(DutyGivenRow).values(told_at=now))
    return len(found)
