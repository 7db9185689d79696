"""Drills and alarms led from the dashboard: started with a confirmation, roll-call, calling again, the end and its report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery.tables import OutboxRow
from bot.emergencies.muster import actions, answering, store
from bot.emergencies.muster.tables import MusterRosterRow, MusterRow
from bot.features import rooms
from bot.people import actions as people_actions
from tests.web.desk import Desk, opened, press

PARTS = tuple(room for room in rooms() if room.name.startswith("emergencies"))


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """The dashboard with the pages of this room; Ana and Ben have phones."""
    with opened(database_url, tmp_path, rooms=PARTS) as made:
        for number, name in enumerate(("Ana Morales", "Ben Cole", "Sam Okafor")):
            who, now = made.works.people[name], made.clock.now()
            made.house.writer.run(people_actions.open_account, who, 7000 + number, 7000 + number, now)
        yield made


def csrf(page: str) -> str:
    """The word that a page's forms send back."""
    return re.findall(r'name="csrf" value="([^"]+)"', page)[0]


def send(client: httpx.Client, number: int, **values: str) -> httpx.Response:
    """One of the forms of a muster's page."""
    path = f"/desk/musters/{number}"
    return client.post(path, data={"csrf": csrf(client.get(path).text), **values})


def call_all(desk: Desk, number: int) -> None:
    """What the jobs of the first call do."""
    for rank in (0, 1):
        work = {"muster": number, "round": 1, "rank": rank, "after": 0}
        desk.house.writer.run(actions.call_slice, work, desk.clock.now())


def begin(desk: Desk, client: httpx.Client, kind: str = "drill") -> int:
    """A drill of everybody at Harbour Works, started on the page."""
    site = desk.works.units["harbour"].id
    page = client.get(f"/desk/musters/new?unit={site}&kind={kind}&whom=everybody").text
    answer = press(client, page, "/desk/musters/new")
    number = int(answer.url.path.rpartition("/")[2])
    call_all(desk, number)
    return number


def state(desk: Desk, number: int, name: str) -> str:
    """What is known of somebody."""
    query = select(MusterRosterRow.state).where(
        MusterRosterRow.muster_id == number, MusterRosterRow.person_id == desk.works.people[name]
    )
    return str(desk.house.writer.run(lambda session: session.scalar(query)))


def test_a_drill_begins_only_after_a_second_page_that_says_who_is_called(desk: Desk) -> None:
    """The first form calls nobody; the second says how many a message reaches; only its button begins."""
    sam, site = desk.browser("Sam Okafor"), desk.works.units["harbour"].id
    first = sam.get("/desk/musters/new").text
    assert "nobody is called yet" in first
    assert "Lingang" not in first, "he does not lead there"
    second = sam.get(f"/desk/musters/new?unit={site}&kind=drill&whom=everybody").text
    assert "With the next press it begins" in second, second[second.index("<main") :][:3000]
    assert "9 people work there, a message can reach 3 of them" in second
    count = select(MusterRow.id)
    assert desk.house.writer.run(lambda session: session.scalars(count).all()) == []
    answer = press(sam, second, "/desk/musters/new")
    assert re.fullmatch(r"/desk/musters/\d+", answer.url.path)
    assert "Drill" in answer.text
    again = press(sam, second, "/desk/musters/new")
    assert again.status_code == 422
    assert "going on there already" in again.text
    assert "going on there already" in sam.get(f"/desk/musters/new?unit={site}&kind=real").text


def test_an_alarm_says_that_it_is_real_and_nobody_starts_one_where_they_do_not_lead(desk: Desk) -> None:
    """Sam cannot for the other site, Ana for none."""
    sam, other = desk.browser("Sam Okafor"), desk.works.units["lingang"].id
    site = desk.works.units["harbour"].id
    assert "THIS IS REAL" in sam.get(f"/desk/musters/new?unit={site}&kind=real").text
    page = sam.get(f"/desk/musters/new?unit={site}&kind=drill").text
    assert press(sam, page, "/desk/musters/new", unit=str(other)).status_code == 422
    assert press(sam, page, "/desk/musters/new", sure="").status_code == 422
    assert desk.browser("Ana Morales").get("/desk/musters/new").status_code == 403
    assert desk.house.writer.run(lambda session: session.scalars(select(MusterRow.id)).all()) == []


def test_the_warden_calls_the_roll_on_the_page(desk: Desk) -> None:
    """Whoever is marked leaves the list; somebody who needs help stands first; another site's leader marks nobody."""
    sam = desk.browser("Sam Okafor")
    number = begin(desk, sam)
    page = sam.get(f"/desk/musters/{number}").text
    fatima = desk.works.people["Emeka Obi"]
    assert "no phone here" in page
    assert send(sam, number, mark=f"p{fatima}:safe").url.path == f"/desk/musters/{number}"
    assert state(desk, number, "Emeka Obi") == "safe"
    assert f"p{fatima}:safe" not in sam.get(f"/desk/musters/{number}").text
    ben = desk.works.people["Ben Cole"]
    send(sam, number, mark=f"p{ben}:help")
    page = sam.get(f"/desk/musters/{number}").text
    assert page.index("Ben Cole") < page.index("Ana Morales")
    lin = desk.browser("Lin Yao")
    assert lin.get(f"/desk/musters/{number}").status_code == 404
    own = lin.get(f"/desk/musters/new?unit={desk.works.units['lingang'].id}&kind=drill").text
    forged = {"csrf": csrf(own), "mark": f"p{ben}:safe"}
    assert lin.post(f"/desk/musters/{number}", data=forged).status_code == 422
    assert state(desk, number, "Ben Cole") == "help"


def test_those_who_are_not_accounted_for_are_called_again_from_the_page(desk: Desk) -> None:
    """A minute after the first call, once a press; whoever has answered is left alone."""
    sam = desk.browser("Sam Okafor")
    number = begin(desk, sam)
    assert send(sam, number, do="again", round="1").status_code == 422, "they have only just been called"
    desk.clock.advance(timedelta(minutes=2))

    def answer(session: Session) -> None:
        found = store.muster(session, number)
        assert found is not None
        answering.say(session, found, "safe", [desk.works.people["Ana Morales"]], desk.clock.now())

    desk.house.writer.run(answer)
    assert "Call them again" in sam.get(f"/desk/musters/{number}").text
    assert send(sam, number, do="again", round="1").status_code == 200
    assert send(sam, number, do="again", round="1").status_code == 422, "somebody was quicker"
    for rank in (0, 1):
        work = {"muster": number, "round": 2, "rank": rank, "after": 0}
        desk.house.writer.run(actions.call_slice, work, desk.clock.now())
    keys = select(OutboxRow.key).where(OutboxRow.key.startswith(f"muster:{number}:2:"))
    called = set(desk.house.writer.run(lambda session: session.scalars(keys).all()))
    ben, ana = desk.works.people["Ben Cole"], desk.works.people["Ana Morales"]
    assert f"muster:{number}:2:{ben}" in called
    assert f"muster:{number}:2:{ana}" not in called
    assert "were called again" in sam.get(f"/desk/musters/{number}").text


def test_guests_are_added_once_and_the_end_asks_before_it_ends(desk: Desk) -> None:
    """The report then stands there with its curve and a place for lessons; who may not end it is not asked."""
    sam = desk.browser("Sam Okafor")
    number = begin(desk, sam)
    two = {"do": "guests", "guests": "0", "kind": "visitor", "words": "2"}
    for _ in range(2):
        assert send(sam, number, **two).status_code == 200
    assert desk.house.writer.run(store.guests, number) == 2, "a form that is sent twice adds nobody twice"
    page = sam.get(f"/desk/musters/{number}").text
    assert "Not everybody is accounted for and safe. End it all the same?" in page
    assert send(sam, number, do="end").status_code == 422, "it was not confirmed"
    desk.clock.advance(timedelta(minutes=3))
    send(sam, number, mark=f"p{desk.works.people['Ana Morales']}:safe")
    assert send(sam, number, do="end", sure="yes").status_code == 200
    over = sam.get(f"/desk/musters/{number}").text
    assert "<polyline" in over
    assert "The last one was accounted for after 3 min" in over
    assert "it is going on" not in over
    send(sam, number, do="learn", words="The gate was locked.")
    assert "The gate was locked." in sam.get(f"/desk/musters/{number}").text
    assert send(sam, number, do="end", sure="yes").status_code == 422


def test_a_form_of_another_page_or_none_does_nothing(desk: Desk) -> None:
    """Neither without the session's word nor with an answer that nobody can give."""
    sam = desk.browser("Sam Okafor")
    number = begin(desk, sam)
    ben = desk.works.people["Ben Cole"]
    assert sam.post(f"/desk/musters/{number}", data={"mark": f"p{ben}:safe"}).status_code == 403
    for mark in (f"p{ben}:dead", "x1:safe", "p:safe", f"p{'9' * 30}:safe", ":"):
        assert send(sam, number, mark=mark).status_code == 422, mark
    assert send(sam, number, do="dance").status_code == 422
    assert state(desk, number, "Ben Cole") == "silent"
