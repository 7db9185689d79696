"""Emergencies on the dashboard: plans with red ones first, the live muster, open calls for help; to whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.emergencies import actions as plans
from bot.emergencies.muster import actions, answering
from bot.emergencies.sos import actions as sos
from bot.emergencies.tables import EmergencyPlanRow
from bot.features import rooms
from bot.people import store as people
from tests.web.desk import Desk, opened

PARTS = tuple(room for room in rooms() if room.name.startswith("emergencies"))


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The dashboard with the pages of this room."""
    with opened(database_url, tmp_path, rooms=PARTS) as made:
        yield made


def furnish(desk: Desk) -> int:
    """Grace keeps two plans, one of them old, and starts a drill at Harbour Works; Ana says that she is safe."""
    works, now = desk.works, desk.clock.now()
    grace, ana = works.people["Grace Lind"], works.people["Ana Morales"]
    harbour = next(unit for unit in works.units.values() if unit.name == "Harbour Works")

    def fill(session: Session) -> int:
        plans.make(session, grace, harbour.id, "fire", now)
        old = plans.make(session, grace, harbour.id, "spill", now)
        session.execute(
            update(EmergencyPlanRow).values(reviewed_at=now - timedelta(days=400)).where(EmergencyPlanRow.id == old.id)
        )
        viewer = people.viewer(session, grace, now)
        assert viewer is not None
        found = actions.start(session, viewer, harbour.id, False, True, now)
        for rank in (0, 1):
            actions.call_slice(session, {"muster": found.id, "round": 1, "rank": rank, "after": 0}, now)
        answering.say(session, found, "safe", [ana], now)
        actions.add_guests(session, viewer, found.id, "visitor", "2", "k", now)
        return found.id

    return int(desk.house.writer.run(fill))


def test_plans_stand_with_the_red_ones_first(desk: Desk) -> None:
    """Under the drill that runs."""
    furnish(desk)
    page = desk.browser("Sam Okafor").get("/desk/emergencies").text
    assert "Nobody has gone through 1 plan for a year." in page
    assert page.index("Chemical spill") < page.index("<b>Fire</b>")
    assert "it is going on" in page


def test_a_muster_is_counted_live_and_shown_to_those_who_lead_there(desk: Desk) -> None:
    """Its parts, who is missing, and nothing of it to another site."""
    number = furnish(desk)
    page = desk.browser("Grace Lind").get(f"/desk/musters/{number}").text
    assert "<b>1</b><span>safe</span>" in page
    assert "Visitors and contractors" in page
    assert "Sam Okafor" in page
    assert "Ana Morales" not in page, "she is accounted for"
    assert desk.browser("Lin Yao").get(f"/desk/musters/{number}").status_code == 404
    assert desk.browser("Ana Morales").get(f"/desk/musters/{number}").status_code == 403


def test_an_open_call_for_help_stands_at_the_top(desk: Desk) -> None:
    """Until somebody goes there, and then with their name."""
    now = desk.clock.now()

    def call(session: Session) -> int:
        ana = people.person(session, desk.works.people["Ana Morales"], now)
        assert ana is not None
        return sos.send(session, ana, "sos:1", now).id

    number = desk.house.writer.run(call)
    page = desk.browser("Sam Okafor").get("/desk/emergencies").text
    assert page.index("Ana Morales") < page.index("Emergency plans")
    assert "Nobody has answered the call." in page

    def go(session: Session) -> None:
        sam = people.person(session, desk.works.people["Sam Okafor"], now)
        assert sam is not None
        sos.go(session, sam, number, now)

    desk.house.writer.run(go)
    assert "Sam Okafor is on the way there." in desk.browser("Sam Okafor").get("/desk/emergencies").text
