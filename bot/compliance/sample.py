"""The sample company's legal register and rules, for the demo and as templates: put in by its own manager, like any file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.compliance.documents import actions as documents
from bot.compliance.documents import rules
from bot.compliance.documents.model import Kind
from bot.compliance.register import sheet, taking
from bot.compliance.register.tables import LawRow
from bot.kit import yaml_text
from bot.library.shipped import content_path
from bot.people import store as people
from bot.people.company import named_units
from bot.people.importing.files import table_of
from bot.people.importing.problems import Problems


def load_sample(session: Session, by: int, now: datetime) -> int:
    """Puts the sample in where there is no register yet; answers how many entries. Raises ValueError on a mistake in a file."""
    if session.scalar(select(LawRow.id).limit(1)) is not None:
        return 0
    folder, problems = content_path() / "sample", Problems("register.csv")
    table = table_of("register.csv", (folder / "register.csv").read_bytes(), sheet.NEEDED, sheet.MAY, problems)
    found = sheet.checked(table, taking.known(session, by, "en", now))
    if problems or found.wrong:
        raise ValueError(f"register.csv: {problems.found or found.wrong[:3]}")
    taking.put_all(session, by, found.entries, now)
    _documents(session, by, (folder / "documents.yaml").read_text(encoding="utf-8"), now)
    return len(found.entries)


def _documents(session: Session, by: int, read: str, now: datetime) -> None:
    units = named_units(session)
    for each in yaml_text.read(read):
        places = [place.id for code in each["places"] if (place := people.place_by_code(session, code)) is not None]
        new = documents.Draft(
            f"sample:{each['code']}", Kind(each["kind"]), each["title"], units[each["unit"]].id, each["words"],
            each["code"], tuple(places),
        )  # fmt: skip
        made = documents.publish(session, by, new, now)
        kept, _ = rules.clauses("\n".join(each["laws"]))
        documents.set_clauses(session, by, made.id, kept, now)
