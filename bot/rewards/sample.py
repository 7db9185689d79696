"""The sample company's catalogue of rewards, for the demo and as a template: put in by its own manager, like any file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.library.shipped import content_path
from bot.people import store as people
from bot.rewards.shop import sheet, taking
from bot.rewards.shop.tables import RewardRow


def load_sample(session: Session, by: int, now: datetime) -> int:
    """Puts the sample in where there is no catalogue yet; answers how many rewards. Raises ValueError on a mistake in the file."""
    viewer = people.viewer(session, by, now)
    if viewer is None or session.scalar(select(RewardRow.id).limit(1)) is not None:
        return 0
    path = content_path() / "sample" / "rewards.csv"
    found = sheet.read(path.name, path.read_bytes(), taking.known(session, viewer))
    if found.wrong:
        raise ValueError("\n".join(found.wrong))
    taking.put_all(session, viewer, found.lines, "sample", now)
    return len(found.lines)
