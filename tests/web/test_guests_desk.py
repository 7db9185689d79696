"""Guests from outside: they see what they were let see, for as long; every look is on record; withdrawn is withdrawn at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.compliance.register import pages as register
from bot.kit.room import Room
from bot.people import actions as people
from bot.people.model import Role
from bot.risks import pages as risks
from bot.web.guests import pages as guests
from bot.web.guests import store
from tests.web.desk import HIRED, Desk, opened

ROOMS = (
    Room("risks", pages=risks.PAGES),
    Room("compliance.register", pages=register.PAGES),
    Room("web.guests", pages=guests.PAGES),
)


@pytest.fixture
def works(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A dashboard with pages for guests; Tess answers for safety at Harbour Works, Grace for all."""
    with opened(database_url, tmp_path, rooms=ROOMS) as desk:
        unit = desk.works.units["harbour"].id
        desk.house.writer.run(people.grant, desk.works.people["Tess Hall"], Role.SAFETY_OFFICER, unit, HIRED)
        yield desk


def let_in(desk: Desk, by: httpx.Client, *units: str, **changed: str) -> httpx.Response:
    """Fills in the form and sends it."""
    page = by.get("/desk/guests/new").text
    word = re.search(r'name="csrf" value="(\w+)"', page)
    assert word is not None
    said = {
        "csrf": word[1], "name": "Ida Brandt, Surveyors' Guild", "kind": "auditor", "reason": "yearly audit", "lang": "en",
        "days": "7", "page /desk/risks": "1",
    }  # fmt: skip
    return by.post("/desk/guests/new", data=said | {f"unit {desk.works.units[u].id}": "1" for u in units} | changed)


def link_in(page: httpx.Response) -> str:
    """The link that stands on a guest's page."""
    found = re.search(r"/visitor/[0-9a-f]{32}", page.text)
    assert found is not None, page.text
    return found[0]


def come(desk: Desk, link: str) -> httpx.Client:
    """A guest opens their link and presses the button."""
    client = desk.browser()
    word = re.search(r'name="csrf" value="([\w-]+)"', client.get(link).text)
    assert word is not None
    answer = client.post(link, data={"csrf": word[1]})
    assert answer.url.path == "/desk/risks", answer.text
    return client


def looks(desk: Desk) -> list[str]:
    """What is on record of the first guest, the oldest first."""
    return [where for where, _ in reversed(desk.house.writer.run(store.looks, 1))]


def test_an_auditor_looks_at_what_was_opened_for_them_and_nothing_else(works: Desk) -> None:
    """The risks of Harbour Works; not its dangers, not its people, not the settings of their own access."""
    tess = works.browser("Tess Hall")
    guest = come(works, link_in(let_in(works, tess, "harbour")))
    page = guest.get("/desk/risks")
    assert page.status_code == 200
    assert "Ida Brandt" in page.text
    assert "/desk/sessions" not in page.text
    for path in ("/desk/register", f"/desk/hazards/{works.works.hazards['rail']}", "/desk/guests", "/desk/guests/new"):
        assert guest.get(path).status_code == 403, path
    assert guest.get("/desk").url.path == "/desk/risks"
    assert looks(works)[:2] == ["/visitor", "/desk/risks"]
    assert "/desk/register" in looks(works)


def test_a_guest_changes_nothing(works: Desk) -> None:
    """Not with the right word and not where whoever let them in could."""
    guest = come(works, link_in(let_in(works, works.browser("Tess Hall"), "harbour")))
    word = re.search(r'name="csrf" value="(\w+)"', guest.get("/desk/risks").text)
    assert word is not None
    for path in ("/desk/guests/new", "/desk/guests/1"):
        assert guest.post(path, data={"csrf": word[1]}).status_code == 403


def test_withdrawn_is_withdrawn_at_the_next_look(works: Desk) -> None:
    """And the link too."""
    tess = works.browser("Tess Hall")
    made = let_in(works, tess, "harbour")
    link, guest = link_in(made), come(works, link_in(made))
    word = re.search(r'name="csrf" value="(\w+)"', made.text)
    assert word is not None
    assert "withdrawn" in tess.post("/desk/guests/1", data={"csrf": word[1]}).text
    assert guest.get("/desk/risks").url.path == "/login"
    assert works.browser().get(link).status_code == 410
    assert tess.post("/desk/guests/1", data={"csrf": word[1]}).status_code == 422


def test_a_guests_access_ends_by_itself(works: Desk) -> None:
    """A session that is used all the time as well."""
    link = link_in(let_in(works, works.browser("Tess Hall"), "harbour", days="1"))
    works.clock.advance(timedelta(hours=23, minutes=30))
    guest = come(works, link)
    works.clock.advance(timedelta(minutes=29))
    assert guest.get("/desk/risks").status_code == 200
    works.clock.advance(timedelta(minutes=2))
    assert guest.get("/desk/risks").url.path == "/login"
    assert works.browser().get(link).status_code == 410


def test_looking_at_the_link_lets_nobody_in_and_is_no_look(works: Desk) -> None:
    """Chat programs fetch links; the button is what counts. Another site's form does not."""
    link = link_in(let_in(works, works.browser("Tess Hall"), "harbour"))
    client = works.browser()
    client.get(link)
    assert client.get("/desk/risks").url.path == "/login"
    assert looks(works) == []
    assert client.post(link, data={"csrf": "guess"}).status_code == 403
    assert works.browser().get("/visitor/" + "0" * 32).status_code == 404
    assert works.browser().get("/visitor/x").status_code == 404


def test_nobody_lets_a_guest_see_what_they_do_not_answer_for(works: Desk) -> None:
    """Another site; a supervisor; and a guest over two sites is seen only by whoever answers for both."""
    tess, grace = works.browser("Tess Hall"), works.browser("Grace Lind")
    assert let_in(works, tess, "lingang").status_code == 422
    assert let_in(works, tess, "harbour", "lingang").status_code == 422
    assert works.browser("Sam Okafor").get("/desk/guests/new").status_code == 403
    both = let_in(works, grace, "harbour", "lingang")
    assert both.status_code == 200
    assert tess.get(both.url.path).status_code == 404
    assert "Ida Brandt" not in tess.get("/desk/guests").text
    assert "Ida Brandt" in grace.get("/desk/guests").text


@pytest.mark.parametrize(
    "changed",
    [
        {"name": " "}, {"reason": ""}, {"days": "0"}, {"days": "91"}, {"days": "x"}, {"kind": "spy"}, {"lang": "xx"},
        {"page /desk/risks": "0"}, {"page /desk/risks": "0", "page /desk/guests": "1"},
    ],
)  # fmt: skip
def test_a_guest_needs_a_name_a_reason_an_end_and_a_page(works: Desk, changed: dict[str, str]) -> None:
    """And a page that is for guests."""
    assert let_in(works, works.browser("Tess Hall"), "harbour", **changed).status_code == 422


def test_only_a_hash_of_what_opens_the_door_is_kept(works: Desk) -> None:
    """Whoever reads the database comes in as nobody."""
    from sqlalchemy import text

    link = link_in(let_in(works, works.browser("Tess Hall"), "harbour"))
    [kept] = works.house.writer.run(lambda s: s.execute(text("SELECT secret_hash FROM guest")).scalars().all())
    assert kept == store.hashed(link.rsplit("/", 1)[1])


def test_a_zero_byte_is_refused_at_the_door(works: Desk) -> None:
    """PostgreSQL takes no such text: not in a guest's address, whose look is put on record, nor after it, nor in a form."""
    ida = come(works, link_in(let_in(works, works.browser("Tess Hall"), "harbour")))
    before = looks(works)
    for path in ("/desk/risks/%00", "/desk/risks?q=a%00b", "/visitor/%00", "/p/%00", "/receipt?lang=%00"):
        assert ida.get(path).status_code == 400, path
    assert looks(works) == before
    tess = works.browser("Tess Hall")
    for path, client in (
        ("/receipt", ida),
        ("/report", ida),
        ("/tablet/in", ida),
        ("/login", ida),
        ("/desk/guests/new", tess),
    ):
        assert client.post(path, data={"words": "a\x00b"}).status_code == 400, path
        files = {"words": (None, "a\x00b"), "file": ("x.bin", b"a\x00b")}
        assert path in ("/tablet/in", "/login") or client.post(path, files=files).status_code == 400, path
    assert let_in(works, tess, "harbour", name="Ida\x00").status_code == 400
