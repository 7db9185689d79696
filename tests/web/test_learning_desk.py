"""Training on the dashboard: a map of participation, who is behind, posts and courses, one file a person, item analysis."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.assessment.weeks import ticks
from bot.assessment.weeks.tables import ParticipationWeekRow
from bot.features import rooms
from bot.learning import model as lessons
from bot.learning.courses.content import course_content
from bot.learning.courses.model import Binding, Cause, Course
from bot.learning.courses.tables import CourseForceRow, CourseGivenRow, CourseRow, CourseVersionRow
from bot.people import actions as people
from tests.web.desk import NOON, SINCE, Desk, Works, _fact, opened
from tests.web.test_library_desk import published
from tests.web.test_people_desk import words

NAMES = (
    "learning",
    "learning.induction",
    "assessment.weeks",
    "analysis",
    "library",
    "library.editor",
    "onboarding.staff",
)
PARTS = tuple(room for room in rooms() if room.name in NAMES)


def past(session: Session, works: Works) -> None:
    """Two weeks ago: of eight at the dock six took part, of two at the press one; one learned without being asked."""
    for unit, count, did in (("dock", 8, 6), ("press", 2, 1)):
        for number in range(count):
            badge = f"P-{unit}-{number}"
            who = people.add_person(session, badge, f"{unit} {number}", "en", works.units[unit], "worker", SINCE)
            at = NOON - timedelta(days=14)
            _fact(session, lessons.LESSON_ASSIGNED, f"assigned:{badge}", who, at, lesson="a", version=1)
            if number < did:
                _fact(session, lessons.LESSON_READ, f"read:{badge}", who, at, lesson="a", version=1)
    own = people.add_person(session, "P-own", "Keen", "en", works.units["dock"], "worker", SINCE)
    _fact(session, lessons.LESSON_READ, "read:own", own, NOON - timedelta(days=14), lesson="a", version=1)


def cells(page: str, unit: str) -> list[str]:
    """The cells of a unit's row."""
    row = re.search(rf"<tr role=\"row\"><th[^>]*><a[^>]*>{unit}</a></th>(.*?)</tr>", page, re.S)
    assert row is not None, unit
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in re.findall(r"<td.*?</td>", row[1], re.S)]


def test_the_map_of_participation_shows_shares_with_their_numbers_and_veils_a_few(
    database_url: str, tmp_path: Path
) -> None:
    """Sam, who leads, sees 6 of 8 and 1 of 2; Hugo of human resources sees neither: two would tell of one, and the rest by
    subtracting."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        desk.house.writer.run(past, desk.works)
        while desk.house.writer.run(ticks.count_weeks, desk.clock.now()):
            pass
        sam, hugo = desk.browser("Sam Okafor"), desk.browser("Hugo Reyes")
        page = sam.get("/desk/learning").text
        assert cells(page, "Dock Team")[-3] == "75 % 6/8"
        assert cells(page, "Press Team")[-3] == "50 % 1/2"
        veiled = hugo.get("/desk/learning").text
        assert cells(veiled, "Press Team")[-3] == "<5".replace("<", "&lt;")
        assert cells(veiled, "Dock Team")[-3] == "&lt;5"
        assert "6/8" not in veiled
        foreign = hugo.get(f"/desk/learning?unit={desk.works.units['lingang'].id}").text
        assert "Who took part" in veiled
        assert "Who took part" not in foreign, "the map of a unit that is not theirs"
        assert "data-live" in page
        with Session(desk.house.engine) as session:
            assert len(session.scalars(select(ParticipationWeekRow)).all()) == 11 * 6
        assert desk.house.writer.run(ticks.count_weeks, desk.clock.now()) is False, "counted once"


def course(session: Session, desk: Desk) -> None:
    """A course in force at Harbour Works for everybody; Ana is behind with it, Ben still has time."""
    now, today = desk.clock.now(), desk.clock.now().date()
    made = Course("height", 1, {"en": "Working at height"}, (), None, 30, None, (Binding(Cause.EVERYONE, 30),))
    content = course_content(made)
    session.add(CourseRow(id="height", version=1, digest="x", shipped=False, unit_id=None))
    session.flush()
    session.add(CourseVersionRow(course_id="height", version=1, content=content, at=now, person_id=None))
    site = desk.works.units["harbour"].id
    session.add(CourseForceRow(key="k", course_id="height", unit_id=site, in_force_on=SINCE, decided_by=1, cursor=0))
    for name, due in (("Ana Morales", today - timedelta(days=3)), ("Ben Cole", today + timedelta(days=3))):
        session.add(
            CourseGivenRow(
                key=f"g:{name}", person_id=desk.works.people[name], course_id="height", course_version=1, cause="everyone",
                assigned_on=today - timedelta(days=20), due_on=due, state="open", tries_added=0,
            )
        )  # fmt: skip


def test_who_is_behind_is_named_to_those_who_lead_alone(database_url: str, tmp_path: Path) -> None:
    """Tess, who trains, and Hugo see how many; a training file is opened by its address only for one's own people."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        desk.house.writer.run(course, desk)
        sam, tess, hugo = (desk.browser(name) for name in ("Sam Okafor", "Tess Hall", "Hugo Reyes"))
        said = words(sam.get("/desk/learning/behind"))
        assert "Ana Morales" in said
        assert "3 days late" in said
        assert said.index("Ana Morales") < said.index("Ben Cole"), "the longest overdue first"
        for one in (tess, hugo):
            page = words(one.get("/desk/learning/behind"))
            assert "Ana Morales" not in page
            assert "1 late · 1 still have time" in page
        ana, chidi = desk.works.people["Ana Morales"], desk.works.people["Chidi Eze"]
        assert "Working at height" in sam.get(f"/desk/training/{ana}").text
        assert sam.get(f"/desk/training/{chidi}").status_code == 404
        assert "Training file" in sam.get(f"/desk/people/{ana}").text
        assert words(sam.get("/desk/learning/matrix")).count("Working at height") == 1
        before = words(sam.get("/desk/learning/behind?on=2026-09-01"))
        assert "Ana Morales" not in before, "as of a day before it was given"


def test_the_analysis_of_a_bank_is_for_its_trainers(database_url: str, tmp_path: Path) -> None:
    """Without answers it says so; others do not open it."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        tess = desk.browser("Tess Hall")
        published(tess)
        page = words(tess.get("/desk/analysis/our-docks"))
        assert "0 answers: too few to show" in page
        assert "Our docks" in tess.get("/desk/analysis").text
        assert tess.get("/desk/analysis/none").status_code == 404
        assert desk.browser("Hugo Reyes").get("/desk/analysis").status_code == 403
