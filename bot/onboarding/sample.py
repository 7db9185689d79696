"""The sample company: for the demo, for tests, and as the templates to copy."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.library.shipped import content_path
from bot.onboarding.importing import Imported, import_people, import_roster
from bot.people.tables import PersonRow


def load_sample(session: Session, now: datetime) -> Imported:
    """Loads company, people and roster where nobody is there yet; does nothing otherwise."""
    if session.scalar(select(PersonRow.id).limit(1)) is not None:
        return Imported()
    folder = content_path() / "sample"
    imported = import_people(session, folder / "people.csv", now, company=folder / "company.yaml")
    import_roster(session, folder / "roster.csv", now)
    return imported
