"""Who has not acknowledged, on the dashboard: by unit and by name, asked again by a button, not too often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.compliance.reading import actions as reading
from bot.compliance.reading.actions import Draft
from bot.compliance.reading.model import Written
from bot.delivery.tables import OutboxRow
from bot.duties import actions as duties
from bot.duties import chasing, shipped
from bot.duties import ticks as duty_ticks
from bot.features import rooms
from bot.people import actions as people_actions
from tests.web.desk import Desk, opened, press
from tests.web.test_drills_desk import csrf

PARTS = tuple(room for room in rooms() if room.name.split(".")[0] in ("duties", "compliance"))
STAFF = ("Ana Morales", "Ben Cole", "Dana Kim")


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The dashboard with both rooms; three have phones."""
    with opened(database_url, tmp_path, rooms=PARTS) as made:
        for number, name in enumerate(STAFF):
            who, now = made.works.people[name], made.clock.now()
            made.house.writer.run(people_actions.open_account, who, 7000 + number, 7000 + number, now)
        yield made


def sent(desk: Desk, like: str) -> list[str]:
    """The keys of messages of a kind."""
    query = select(OutboxRow.key).where(OutboxRow.key.like(like)).order_by(OutboxRow.key)
    return list(desk.house.writer.run(lambda session: session.scalars(query).all()))


def a_notice(desk: Desk) -> int:
    """Sam's site is to read the rule of the gate; those with a phone have been asked."""
    sam, site, now = desk.works.people["Sam Okafor"], desk.works.units["harbour"], desk.clock.now()
    said = {"en": Written("Open the gate with your own key.", "Whose key?", "My own", ("Any",))}

    def begin(session: Session) -> int:
        found = reading.begin(session, sam, Draft("n", site.id, said), now)
        reading.ask_people(session, now)
        return found.id

    return int(desk.house.writer.run(begin))


def test_those_who_have_not_acknowledged_are_asked_again_at_most_every_twelve_hours(desk: Desk) -> None:
    """The button waits half a day after the beginning and after each press; others' notices cannot be pressed."""
    number = a_notice(desk)
    sam = desk.browser("Sam Okafor")
    page = sam.get("/desk/acknowledge").text
    assert "0 of 9 have acknowledged" in page
    assert "Who is missing, by unit" in page
    assert "Dock Team" in page
    assert "Ana Morales" in page
    assert press(sam, page, "/desk/acknowledge").status_code == 422, "they were asked today"
    desk.clock.advance(timedelta(days=1, hours=1))
    sam = desk.browser("Sam Okafor")
    page = sam.get("/desk/acknowledge").text
    assert press(sam, page, "/desk/acknowledge").status_code == 200
    assert press(sam, page, "/desk/acknowledge").status_code == 422
    desk.clock.advance(timedelta(minutes=1))
    desk.house.writer.run(reading.ask_people, desk.clock.now())
    again = [key for key in sent(desk, f"notice:{number}:1:%") if key.count(":") > 3]
    assert len(again) == len(STAFF), "those whom a message can reach"
    lin = desk.browser("Lin Yao")
    assert "现在没有要确认的" in lin.get("/desk/acknowledge").text

    word = csrf(lin.get("/desk/duties").text)
    assert lin.post("/desk/acknowledge", data={"csrf": word, "notice": str(number)}).status_code == 422


def test_those_who_have_not_acknowledged_their_duties_are_asked_again_once_a_day(desk: Desk) -> None:
    """By a job, each once; whoever was reminded within the day is left alone."""
    grace, site = desk.works.people["Grace Lind"], desk.works.units["harbour"]
    draft = shipped.draft("machine-operator")
    assert draft is not None

    def give(session: Session) -> None:
        duties.sign(session, grace, "worker", site.id, draft, desk.clock.now())
        while duty_ticks.tell(session, desk.clock.now()):
            pass

    desk.house.writer.run(give)
    sam = desk.browser("Sam Okafor")
    page = sam.get("/desk/duties").text
    assert "Who has not acknowledged their duties" in page
    assert "Dock Team" in page
    assert press(sam, page, "/desk/duties").status_code == 422, "they were told today"
    desk.clock.advance(timedelta(days=1, hours=1))
    sam = desk.browser("Sam Okafor")
    page = sam.get("/desk/duties").text
    assert press(sam, page, "/desk/duties").status_code == 200
    assert press(sam, page, "/desk/duties").status_code == 422, "once a day"
    work = {"by": desk.works.people["Sam Okafor"], "after": 0}
    for _ in range(2):
        desk.house.writer.run(chasing.chase_slice, work, desk.clock.now())
    assert len(sent(desk, "duty-given:%:chased:%")) == len(STAFF)
    assert desk.browser("Ana Morales").get("/desk/duties").status_code == 403
