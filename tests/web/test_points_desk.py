"""The ledger of points on the dashboard: for whoever looks after points there, with each row's why, and as a file."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from sqlalchemy.orm import Session

from bot.features import rooms
from bot.people import actions as people_actions
from bot.people import store as people
from bot.rewards import actions, appealing, policy
from bot.rewards.model import EARNABLE
from tests.web.desk import Desk, opened

PARTS = tuple(room for room in rooms() if room.name.startswith("rewards"))


def awarded(desk: Desk) -> None:
    """Ana is given points and objects; somebody elsewhere is given some."""
    works, now = desk.works, desk.clock.now()

    def fill(session: Session) -> None:
        grace = people.viewer(session, works.people["Grace Lind"], now)
        assert grace is not None
        people_actions.open_account(session, works.people["Hugo Reyes"], 81, 81, now)
        ana, dana = works.people["Ana Morales"], works.people["Chidi Eze"]
        fact = {"fact": "LessonRead", "key": "read:9", "at": now.isoformat(), "person": ana, "body": {}}
        actions.earn(session, fact, now)
        row = actions.give(session, grace, ana, 9, "=HYPERLINK taught two newcomers", "k", now)
        actions.give(session, grace, dana, 7, "Somewhere else", "l", now)
        appealing.appeal(session, ana, row.id, "It was three of them", now)

    desk.house.writer.run(fill)


def test_the_ledger_shows_each_row_with_its_why_and_comes_as_a_file(database_url: str, tmp_path: Path) -> None:
    """Hugo sees the people of his site and none of another; a supervisor and a worker see no page; a formula is no formula."""
    policy.configure(None, EARNABLE)
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        awarded(desk)
        hugo = desk.browser("Hugo Reyes")
        page = hugo.get("/desk/points").text
        assert "You read a lesson." in page
        assert "taught two newcomers" in page
        assert "It was three of them" in page
        assert "Hugo Reyes decides until" in page
        assert "Somewhere else" not in page
        answer = hugo.get("/desk/points/file")
        assert answer.headers["content-disposition"] == 'attachment; filename="points.csv"'
        rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
        assert [(row["name"], row["points"], row["kind"], row["fact"], row["appeal"]) for row in rows] == [
            ("Ana Morales", "2", "earned", "LessonRead", ""), ("Ana Morales", "9", "hand", "", "open"),
        ]  # fmt: skip
        assert rows[1]["reason"].startswith("'=")
        assert rows[1]["decided_by"] == "M-1"
        for who in ("Sam Okafor", "Tess Hall"):
            assert desk.browser(who).get("/desk/points").status_code == 403
            assert desk.browser(who).get("/desk/points/file").status_code == 403
