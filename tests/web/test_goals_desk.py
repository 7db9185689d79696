"""Goals on the dashboard stand below the duties, with the figures that the chat shows; each leader sees their own units'."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from bot.duties.goals.tables import GoalStepRow, SafetyGoalRow
from bot.features import rooms
from bot.people.tables import AgreementRow
from tests.web.desk import Desk, opened

PARTS = tuple(room for room in rooms() if room.name.startswith("duties"))


def aimed(desk: Desk) -> None:
    """Ana has a goal with a first step, somebody elsewhere another."""
    works, now = desk.works, desk.clock.now()

    def fill(session: Session) -> None:
        for number, (unit, words) in enumerate((("harbour", "Guards put back"), ("lingang", "Somewhere else")), 1):
            there = works.units[unit]
            session.add(SafetyGoalRow(
                key=f"g{number}", open_item=f"g{number}", unit_id=there.id, path=there.path, parent_id=None,
                owner_id=works.people["Ana Morales"], words=words, target=10, due_on=now.date() + timedelta(days=30),
                state="open", set_by=works.people["Grace Lind"], set_at=now, settled_at=None,
            ))  # fmt: skip
            session.flush()
        session.add(GoalStepRow(key="s", goal_id=1, person_id=1, amount=3, on_date=now.date(), at=now))

    desk.house.writer.run(fill)


def test_goals_stand_below_the_duties_of_whoever_leads_there(database_url: str, tmp_path: Path) -> None:
    """Whose it is, how far it is, until when; nothing of a unit that somebody does not lead."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        aimed(desk)
        page = desk.browser("Sam Okafor").get("/desk/duties").text
        assert "Guards put back" in page
        assert "Ana Morales · Harbour Works" in page
        assert "3/10 (+3)" in page
        assert "Open 1 · reached 0 · given up 0 · overdue 0" in page
        assert "Somewhere else" not in page


def test_a_form_of_a_room_that_is_switched_off_does_nothing(database_url: str, tmp_path: Path) -> None:
    """Agreed is agreed: the page is not there, and neither is what its form would do."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        site, now, grace = desk.works.units["harbour"], desk.clock.now(), desk.works.people["Grace Lind"]
        sam = desk.browser("Sam Okafor")
        word = re.search(r'name="csrf" value="(\w+)"', sam.get("/desk/duties").text)
        assert word is not None
        for room in ("duties", "duties.goals"):
            row = AgreementRow(
                unit_id=site.id, path=site.path, item=f"room.{room}", is_on=False, purpose="Not here", state="holds",
                held_key=f"{site.id}:room.{room}", asked_by=grace, asked_at=now, answered_by=grace, answered_at=now,
            )  # fmt: skip
            desk.house.writer.run(lambda session, row=row: session.add(row))
        assert sam.get("/desk/duties").status_code == 403
        assert sam.post("/desk/duties", data={"csrf": word[1]}).status_code == 403
