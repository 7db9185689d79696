"""The sample company's emergency plans, for the demo: taken over by the safety officers of its two sites."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.emergencies import actions
from bot.emergencies.tables import EmergencyPlanRow
from bot.kit import yaml_text
from bot.library.shipped import content_path
from bot.people import store as people


def load_sample(session: Session, now: datetime) -> int:
    """Makes the plans of `content/sample/emergencies.yaml` where there are none yet; answers how many.

    Raises ValueError where the file names somebody who is not there, or who may not.
    """
    if session.scalar(select(EmergencyPlanRow.id).limit(1)) is not None:
        return 0
    units = {unit.code: unit for unit in people.units(session)}
    read = yaml_text.read((content_path() / "sample" / "emergencies.yaml").read_text(encoding="utf-8"))
    for entry in read:
        owner, unit = people.person_by_badge(session, str(entry["owner"]), now), units.get(entry["unit"])
        if owner is None or unit is None:
            raise ValueError(f"emergencies.yaml: nobody or nowhere: {entry['owner']}, {entry['unit']}")
        made = actions.make(session, owner.id, unit.id, entry["kind"], now)
        for part in ("organisation", "contacts", "materials"):
            if part in entry:
                actions.put_lines(session, owner.id, made.id, part, "\n".join(entry[part]), now)
        for ref in entry.get("routes", ()):
            actions.add_route(session, owner.id, made.id, f"content:{ref}", now)
    return len(read)
