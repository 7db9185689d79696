"""One's own sessions: where, how, since when; each can be ended, all can be, and an administrator ends those of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.kit.events import Said
from bot.kit.room import Room
from bot.ledger.tables import FactRow
from bot.people import actions as people
from bot.people.model import Role
from bot.web import chat, rules
from bot.web import pages as sessions
from tests.web.desk import HIRED, Desk, opened, press

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1"


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A dashboard with the page of sessions; Grace is an administrator over all."""
    with opened(database_url, tmp_path, rooms=(Room("web", pages=sessions.PAGES),)) as desk:
        company = desk.works.units["harbour"].parent
        desk.house.writer.run(people.grant, desk.works.people["Grace Lind"], Role.ADMIN, company, HIRED)
        yield desk


def forms(page: str) -> list[dict[str, str]]:
    """What each form of the page of sessions would send."""
    found = re.findall(r'<form[^>]*action="/desk/sessions"[^>]*>(.*?)</form>', page, re.S)
    return [dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) for form in found]


def inside(client: httpx.Client) -> bool:
    """Whether this browser is still signed in."""
    return client.get("/desk").url.path == "/desk"


def test_somebody_sees_where_they_are_signed_in_and_ends_one(office: Desk) -> None:
    """The browser that looks stands first; the phone that is ended is out, and nobody else."""
    desktop, phone = office.browser("Sam Okafor"), office.browser()
    phone.headers["user-agent"] = PHONE
    press(phone, phone.get(f"/login?token={office.link('Sam Okafor')}").text, "/login")
    other = office.browser("Grace Lind")
    page = desktop.get("/desk/sessions").text
    assert "Safari, iPhone" in page
    here, there, everywhere = forms(page)
    assert everywhere["do"] == "everywhere"
    assert page.index(here["mark"]) < page.index(there["mark"])
    desktop.post("/desk/sessions", data=there)
    assert (inside(desktop), inside(phone), inside(other)) == (True, False, True)
    assert len(forms(desktop.get("/desk/sessions").text)) == 2


def test_nobody_ends_a_session_of_somebody_else_by_its_name(office: Desk) -> None:
    """The mark of another person's session is no session of one's own."""
    sam, lin = office.browser("Sam Okafor"), office.browser("Lin Yao")
    theirs = forms(lin.get("/desk/sessions").text)[0]["mark"]
    mine = forms(sam.get("/desk/sessions").text)[0]
    assert sam.post("/desk/sessions", data=mine | {"mark": theirs}).status_code == 422
    assert sam.post("/desk/sessions", data=mine | {"mark": "zz"}).status_code == 422
    assert inside(lin)


def test_signing_out_everywhere_ends_all_and_the_unopened_link(office: Desk) -> None:
    """Whoever lost a phone with a link on it as well."""
    clients = [office.browser("Sam Okafor") for _ in range(3)]
    link = office.link("Sam Okafor")
    [*_, everywhere] = forms(clients[0].get("/desk/sessions").text)
    assert clients[0].post("/desk/sessions", data=everywhere).url.path == "/login"
    assert not any(inside(client) for client in clients)
    assert office.browser().get(f"/login?token={link}").status_code == 410


def test_an_administrator_ends_somebodys_sessions_and_the_ledger_says_so(office: Desk) -> None:
    """Only of those whom they look after; a supervisor cannot even look."""
    boss, sam = office.browser("Grace Lind"), office.browser("Sam Okafor")
    page = boss.get("/desk/sessions/people", params={"badge": "S-0"}).text
    assert "Sam Okafor" in page
    assert press(boss, re.sub(r' class="after"', "", page), "/desk/sessions/people").status_code == 200
    assert not inside(sam)
    told = office.house.writer.run(lambda s: [row.body for row in s.query(FactRow).filter_by(kind="SessionsEnded")])
    assert told == [{"sessions": 1, "by_other": True}]
    assert office.browser("Lin Yao").get("/desk/sessions/people", params={"badge": "S-0"}).status_code == 403
    assert "Nobody whom you look after" in boss.get("/desk/sessions/people", params={"badge": "X-99"}).text


def test_an_administrator_of_one_site_ends_nothing_at_another(office: Desk) -> None:
    """The badge is answered like one that is not there."""
    unit = office.works.units["harbour"].id
    office.house.writer.run(people.grant, office.works.people["Sam Okafor"], Role.ADMIN, unit, HIRED)
    sam, lin = office.browser("Sam Okafor"), office.browser("Lin Yao")
    page = sam.get("/desk/sessions/people", params={"badge": "S-1"}).text
    assert "Lin Yao" not in page
    mine = forms(sam.get("/desk/sessions").text)[0]
    answer = sam.post("/desk/sessions/people", data={"csrf": mine["csrf"], "badge": "S-1"})
    assert answer.status_code == 422
    assert inside(lin)


def test_signing_in_again_ends_the_session_before_it_in_the_same_browser(office: Desk) -> None:
    """Or a list of sessions would fill with those that nobody has a cookie of."""
    client = office.browser("Sam Okafor")
    office.clock.advance(timedelta(minutes=1))
    before = dict(client.cookies)
    press(client, client.get(f"/login?token={office.link('Sam Okafor')}").text, "/login")
    assert len(forms(client.get("/desk/sessions").text)) == 2
    thief = office.browser()
    thief.cookies.update(before)
    assert not inside(thief)


def test_somebody_signs_out_everywhere_from_the_chat(office: Desk) -> None:
    """The computer is out of reach, the phone is in the hand."""
    client = office.browser("Sam Okafor")
    said = Said(update_id=1, at=office.clock.now(), user=1, chat=1, text="/signout", command="signout", private=True)
    event = type(said)(**{**said.__dict__, "person": office.works.people["Sam Okafor"]})
    reply = office.house.writer.run(chat.on_sign_out, event, office.clock.now())
    assert reply is not None
    assert [(m.text.key, m.text.params["count"]) for m in reply.messages if m.text] == [("web.signed_out", 1)]
    assert not inside(client)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (PHONE, "Safari, iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1 Version/18.0 Safari/605.1", "Safari, macOS"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_a_few_words(header: str, said: str) -> None:
    """Or not at all."""
    assert rules.agent_of(header) == said
