"""Settings on the dashboard: ladders, schedules, languages, the works agreement, the policy of scores, what is kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import schedules
from bot.features import rooms
from bot.ledger.tables import FactRow
from bot.people import actions as people
from bot.people import company
from bot.people.model import Role
from bot.people.tables import AgreementRow, UnitRow
from tests.web.desk import HIRED, Desk, opened
from tests.web.test_people_desk import sent, words

NAMES = (
    "hazards.ladders", "delivery", "onboarding.staff", "assessment.agreement", "assessment.scores", "assessment.issuing",
    "privacy", "library",
)  # fmt: skip
PARTS = tuple(room for room in rooms() if room.name in NAMES)


def admin(desk: Desk) -> httpx.Client:
    """Grace, who manages the company, looks after Davy too."""
    unit = next(iter(desk.works.units.values())).path.strip("/").split("/")[0]
    desk.house.writer.run(people.grant, desk.works.people["Grace Lind"], Role.ADMIN, int(unit), HIRED)
    return desk.browser("Grace Lind")


def kinds(desk: Desk) -> set[str]:
    return set(desk.house.writer.run(lambda session: session.scalars(select(FactRow.kind)).all()))


def test_a_units_ladder_is_set_by_its_manager_and_a_wrong_rung_is_told_beside_it(
    database_url: str, tmp_path: Path
) -> None:
    """What was typed stays; what holds is shown; another's change in between is not overwritten unseen."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        grace, dock = desk.browser("Grace Lind"), desk.works.units["dock"]
        path = f"/desk/settings/ladders/{dock.id}"
        assert "Dock Team" in grace.get("/desk/settings").text
        page = grace.get(path).text
        seen = page.split('name="seen" value="')[1].split('"')[0]
        wrong = sent(grace, path, seen=seen, ladder_all="supervisor 10\nthe boss", hours_high="12")
        assert wrong.status_code == 422
        assert 'aria-describedby="wrong-ladder_all"' in wrong.text
        assert "the boss" in wrong.text
        assert 'name="hours_high" value="12"' in wrong.text or 'value="12"' in wrong.text
        nobody = sent(grace, path, seen=seen, ladder_all="person:NO-1 10")
        assert "Nobody has this badge number" in nobody.text
        hours = sent(grace, path, seen=seen, hours_high="0")
        assert 'aria-describedby="wrong-hours_high"' in hours.text
        good = sent(grace, path, seen=seen, ladder_all="supervisor 5\nmanager", hours_high="12")
        assert good.status_code == 200
        assert "supervisor 5" in good.text
        with Session(desk.house.engine) as session:
            said = company.alerts(session, dock.path)
            assert said["ladder"]["all"] == [["supervisor", 5], ["manager", 10]]
            assert said["due_hours"] == {"high": 12}
        late = sent(grace, path, seen=seen, ladder_all="manager 5")
        assert late.status_code == 422
        assert "Somebody else has changed it" in late.text
        assert "manager 5" in late.text
        assert desk.browser("Sam Okafor").get(path).status_code == 403
        assert "LaddersSet" in kinds(desk)


def test_a_schedule_is_paused_moved_and_aimed_by_an_administrator(database_url: str, tmp_path: Path) -> None:
    """A timing that means nothing is told beside its field; nobody else sees schedules."""
    key = "a-tests-digest"
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        desk.house.writer.run(schedules.put, schedules.Schedule(key, "nothing", "0 8 * * 1-5", "UTC"))
        assert desk.browser("Grace Lind").get("/desk/settings/schedules").status_code == 403
        grace, dock = admin(desk), desk.works.units["dock"]
        assert "2026-11-19 08:00" in grace.get("/desk/settings/schedules").text
        path = f"/desk/settings/schedules/{key}"
        wrong = sent(grace, path, do="change", when="at eight", zone="UTC")
        assert wrong.status_code == 422
        assert 'value="at eight"' in wrong.text
        assert 'aria-describedby="wrong-when"' in wrong.text
        zone = sent(grace, path, do="change", when="0 8 * * 1-5", zone="Mars/Base")
        assert 'aria-describedby="wrong-zone"' in zone.text
        good = sent(
            grace,
            path,
            do="change",
            when="30 6 * * *",
            zone="Asia/Shanghai",
            role_supervisor="1",
            **{f"unit_{dock.id}": "1"},
        )
        assert "2026-11-19 06:30 Asia/Shanghai" in words(good)
        assert "paused" in sent(grace, path, do="pause").text
        with Session(desk.house.engine) as session:
            found = schedules.schedule(session, key)
            assert found is not None
            assert found.paused
            assert found.audience.paths == (dock.path,)
            assert found.audience.roles == ("supervisor",)
        assert "None while it is paused" not in sent(grace, path, do="resume").text
        assert grace.get("/desk/settings/schedules/none").status_code == 404
        assert "ScheduleChanged" in kinds(desk)


def test_an_agreement_takes_two_people_and_only_protection_takes_one(database_url: str, tmp_path: Path) -> None:
    """Hugo proposes scores; his own yes is none; Grace's makes it hold; switching it off needs nobody else."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        site = str(desk.works.units["harbour"].id)
        hugo, grace = desk.browser("Hugo Reyes"), desk.browser("Grace Lind")
        ask = {"do": "ask", "unit": site, "item": "figure.score", "on": "1"}
        short = sent(hugo, "/desk/settings/agreement", **ask, purpose="why")
        assert short.status_code == 422
        assert ">\nwhy</textarea>" in short.text
        asked = sent(hugo, "/desk/settings/agreement", **ask, purpose="So that praise is fair to everybody.")
        assert asked.status_code == 200
        with Session(desk.house.engine) as session:
            id = str(session.scalars(select(AgreementRow.id)).one())
        own = sent(hugo, "/desk/settings/agreement", do="yes", id=id, unit=site)
        assert own.status_code == 422
        assert "Waits for your word" in grace.get(f"/desk/settings/agreement?unit={site}").text
        assert sent(grace, "/desk/settings/agreement", do="yes", id=id, unit=site).status_code == 200
        desk.clock.advance(timedelta(minutes=1))
        off = ask | {"on": "0"}
        assert (
            sent(hugo, "/desk/settings/agreement", **off, purpose="It has served its purpose by now.").status_code
            == 200
        )
        with Session(desk.house.engine) as session:
            assert set(session.scalars(select(AgreementRow.state))) == {"ended", "holds"}
        other = str(desk.works.units["lingang"].id)
        assert hugo.get(f"/desk/settings/agreement?unit={other}").status_code == 404
        assert desk.browser("Sam Okafor").get("/desk/settings/agreement").status_code == 403
        assert {"AgreementAsked", "AgreementMade", "AgreementTakenBack"} <= kinds(desk)


def test_a_unit_speaks_another_language_and_the_rules_can_be_read(database_url: str, tmp_path: Path) -> None:
    """By its manager; how scores are made and what is kept is read by human resources too."""
    with opened(database_url, tmp_path, rooms=PARTS) as desk:
        grace, hugo, dock = desk.browser("Grace Lind"), desk.browser("Hugo Reyes"), desk.works.units["dock"]
        path = "/desk/settings/languages"
        assert sent(grace, path, unit=str(dock.id), speaks="en", lang="xx").status_code == 422
        assert sent(grace, path, unit=str(dock.id), speaks="ar", lang="es").status_code == 422, "it is another by now"
        assert sent(grace, path, unit=str(dock.id), speaks="en", lang="es").status_code == 200
        with Session(desk.house.engine) as session:
            assert session.get_one(UnitRow, dock.id).language == "es"
        assert hugo.get(path).status_code == 403
        assert "How scores are made" in hugo.get("/desk/settings/scores").text
        kept = hugo.get("/desk/settings/privacy").text
        assert "files and talks that were begun and not finished" in kept
        assert "people_file" in kept
        assert "UnitLanguageSet" in kinds(desk)
