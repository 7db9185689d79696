"""Scores on the dashboard: only where agreed, a person at a time, and each look is on record before anything is shown."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.assessment.issuing.tables import ScoreExportRow
from bot.assessment.scores.tables import ScoreLookRow
from bot.features import rooms
from bot.people.tables import AgreementRow
from tests.web.desk import Desk, opened, press

PARTS = tuple(room for room in rooms() if room.name.startswith("assessment."))


def agree(desk: Desk, item: str = "figure.score", on: bool = True) -> None:
    """Something holds at Harbour Works."""
    site = desk.works.units["harbour"]

    def write(session: Session) -> None:
        session.add(AgreementRow(
            unit_id=site.id, path=site.path, item=item, is_on=on, purpose="So that it is fair.", state="holds", asked_by=1,
            asked_at=desk.clock.now(), held_key=f"{site.id}:{item}",
        ))  # fmt: skip

    desk.house.writer.run(write)


def looks(desk: Desk) -> list[int]:
    """Whose score was looked at."""
    return list(desk.house.writer.run(lambda session: session.scalars(select(ScoreLookRow.person_id)).all()))


def test_no_score_is_shown_before_it_is_agreed_and_each_one_that_is_opened_is_on_record(
    database_url: str, tmp_path: Path
) -> None:
    """Hugo of human resources sees names and no score; opening Ana's notes it; Sam, who leads the site, opens none."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        ana = desk.works.people["Ana Morales"]
        hugo, sam = desk.browser("Hugo Reyes"), desk.browser("Sam Okafor")
        assert "it was not agreed" in hugo.get("/desk/scores").text
        assert hugo.get(f"/desk/scores/{ana}").status_code == 404
        agree(desk)
        listed = hugo.get("/desk/scores").text
        assert "Ana Morales" in listed
        assert "of 100 points" not in listed
        assert looks(desk) == []
        page = hugo.get(f"/desk/scores/{ana}").text
        assert "Why this score" in page
        assert "Ana Morales is told that you have looked" in page
        assert "read:0" in page, "the facts by their keys"
        assert looks(desk) == [ana]
        hugo.get(f"/desk/scores/{ana}?period=m0")
        assert looks(desk) == [ana], "once a day"
        assert sam.get("/desk/scores").status_code == 403
        assert sam.get(f"/desk/scores/{ana}").status_code == 403
        assert looks(desk) == [ana]
        lin = desk.works.people["Chidi Eze"]
        assert hugo.get(f"/desk/scores/{lin}").status_code == 404, "of another site"


def test_a_file_is_asked_for_once_and_comes_into_the_chat(database_url: str, tmp_path: Path) -> None:
    """A form that is sent twice makes one; another's unit makes none."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        agree(desk)
        hugo = desk.browser("Hugo Reyes")
        site, other = desk.works.units["harbour"].id, desk.works.units["lingang"].id
        page = hugo.get("/desk/files").text
        wish = {"unit": str(site), "period": "m1", "format": "xlsx"}
        for _ in range(2):
            assert press(hugo, page, "/desk/files", **wish).url.path == "/desk/files"
        assert press(hugo, page, "/desk/files", **wish | {"unit": str(other)}).status_code == 422
        assert press(hugo, page, "/desk/files", **wish | {"format": "issue", "sure": ""}).status_code == 422, (
            "it was not confirmed"
        )
        made = desk.house.writer.run(lambda session: session.scalars(select(ScoreExportRow.format)).all())
        assert list(made) == ["xlsx"]
        assert "Counted: 0 of 0" in hugo.get("/desk/files").text
        assert desk.browser("Grace Lind").get("/desk/files/1").status_code == 404, "a file is its asker's"


def test_names_of_today_are_kept_where_it_was_agreed(database_url: str, tmp_path: Path) -> None:
    """Sam sees no more who took part; and figures of few people are veiled for him too."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        dock = desk.works.units["dock"].id
        sam = desk.browser("Sam Okafor")
        assert "Ana Morales" in sam.get(f"/desk/units/{dock}").text
        agree(desk, "figure.today", on=False)
        page = sam.get(f"/desk/units/{dock}").text
        assert "Ana Morales" not in page
        assert "Too few people to show" in page
