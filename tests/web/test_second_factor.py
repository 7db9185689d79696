"""The second factor: a code of the phone, once; wrong ones are counted; the secret lies under seal; roles that need one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.kit.room import Made, Page, Room
from bot.people import actions as people
from bot.people.model import Role
from bot.web import pages as sessions
from bot.web.factor import pages as factor_pages
from bot.web.factor import rules
from bot.web.factor.tables import RecoveryCodeRow, SecondFactorRow
from tests.web.desk import HIRED, NOON, Desk, opened, press

ROOMS = (
    Room("web", pages=sessions.PAGES),
    Room("web.factor", pages=factor_pages.PAGES),
    Room(
        "rewards",
        pages=(Page("/desk/secret", lambda *_: Made("people.csv", b"badge"), "", "", guarded=True, nav=False),),
    ),
)


@pytest.fixture
def locked(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A dashboard where administrators need a second factor; Grace is one."""
    with opened(database_url, tmp_path, rooms=ROOMS, second_factor=True) as desk:
        company = desk.works.units["harbour"].parent
        desk.house.writer.run(people.grant, desk.works.people["Grace Lind"], Role.ADMIN, company, HIRED)
        yield desk


def set_up(desk: Desk, client: httpx.Client) -> tuple[pyotp.TOTP, list[str]]:
    """Sets one up as a person does; answers their phone and what they wrote down."""
    page = press(client, client.get("/desk/factor").text, "/desk/factor", do="begin").text
    secret = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page)
    assert secret is not None
    phone = pyotp.TOTP(secret[1].replace(" ", ""))
    recovery = re.findall(r"<li><code>([a-z0-9 ]+)</code></li>", page)
    form = re.findall(r'<form class="card fields setup".*?</form>', page, re.S)[0]
    word = re.search(r'name="csrf" value="(\w+)"', form)
    assert word is not None
    client.post("/desk/factor", data={"csrf": word[1], "do": "confirm", "code": phone.at(desk.clock.now())})
    return phone, recovery


def prove(client: httpx.Client, code: str) -> httpx.Response:
    """Types a code where one is asked for."""
    return press(client, client.get("/factor").text, "/factor", code=code)


def test_an_administrator_sets_one_up_before_any_page_opens(locked: Desk) -> None:
    """And is in with it at once; the next sign-in asks for a code, and nothing else opens."""
    client = locked.browser("Grace Lind")
    assert client.get("/desk").url.path == "/desk/factor"
    phone, recovery = set_up(locked, client)
    assert len(recovery) == rules.RECOVERY_CODES
    assert "Open dangers" in client.get("/desk").text
    again = locked.browser("Grace Lind")
    for path in ("/desk", "/desk/sessions", f"/desk/hazards/{locked.works.hazards['rail']}"):
        assert again.get(path).url.path == "/factor"
    assert again.get("/desk", headers={"x-refresh": "1"}).status_code == 401
    locked.clock.advance(timedelta(seconds=30))
    answer = prove(again, phone.at(locked.clock.now()))
    assert "Open dangers" in answer.text


def test_whoever_owes_a_code_can_send_no_form(locked: Desk) -> None:
    """Not even to end sessions, or to remove the second factor that is asked for."""
    set_up(locked, locked.browser("Grace Lind"))
    client = locked.browser("Grace Lind")
    word = re.search(r'name="csrf" value="(\w+)"', client.get("/factor").text)
    assert word is not None
    for path, form in (("/desk/sessions", {"do": "everywhere"}), ("/desk/factor", {"do": "remove"})):
        answer = client.post(path, data={"csrf": word[1], **form})
        assert answer.url.path == "/factor"
    with_factor = locked.house.writer.run(lambda s: s.scalars(select(SecondFactorRow.confirmed_at)).all())
    assert with_factor[0] is not None


def test_others_may_have_one_and_need_none(locked: Desk) -> None:
    """A supervisor's pages open without; once set up it is asked for."""
    client = locked.browser("Sam Okafor")
    assert "Open dangers" in client.get("/desk").text
    phone, _ = set_up(locked, client)
    later = locked.browser("Sam Okafor")
    assert later.get("/desk").url.path == "/factor"
    locked.clock.advance(timedelta(minutes=1))
    assert "Open dangers" in prove(later, phone.at(locked.clock.now())).text


def test_a_code_works_once_also_in_another_browser(locked: Desk) -> None:
    """Whoever looked over a shoulder comes too late; so does whoever comes at the same moment."""
    phone, _ = set_up(locked, locked.browser("Sam Okafor"))
    locked.clock.advance(timedelta(minutes=1))
    code, clients = phone.at(locked.clock.now()), [locked.browser("Sam Okafor") for _ in range(4)]
    pages = [client.get("/factor").text for client in clients]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda pair: press(pair[0], pair[1], "/factor", code=code), zip(clients, pages, strict=True))
        )
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    earlier = phone.at(locked.clock.now() - timedelta(seconds=30))
    assert prove(locked.browser("Sam Okafor"), earlier).status_code == 422


def test_after_five_wrong_codes_none_is_taken_for_a_quarter_of_an_hour(locked: Desk) -> None:
    """Not even the right one; and not from another browser."""
    phone, recovery = set_up(locked, locked.browser("Sam Okafor"))
    locked.clock.advance(timedelta(minutes=1))
    client = locked.browser("Sam Okafor")
    for _ in range(5):
        assert prove(client, "000000").status_code == 422
    assert prove(client, phone.at(locked.clock.now())).status_code == 429
    assert prove(locked.browser("Sam Okafor"), recovery[0]).status_code == 429
    locked.clock.advance(timedelta(minutes=15))
    assert prove(client, phone.at(locked.clock.now())).status_code == 200


def test_a_recovery_code_lets_in_once(locked: Desk) -> None:
    """Written with or without gaps and hyphens."""
    _, recovery = set_up(locked, locked.browser("Sam Okafor"))
    assert "Open dangers" in prove(locked.browser("Sam Okafor"), recovery[3].replace(" ", "-").upper()).text
    assert prove(locked.browser("Sam Okafor"), recovery[3]).status_code == 422
    assert "Open dangers" in prove(locked.browser("Sam Okafor"), recovery[4].replace(" ", "")).text


def test_what_gives_much_away_asks_again_after_a_while(locked: Desk) -> None:
    """A page that was left open is no proof; and the page that was asked for opens afterwards."""
    client = locked.browser("Grace Lind")
    phone, _ = set_up(locked, client)
    assert client.get("/desk/secret").url.path == "/desk/secret"
    locked.clock.advance(timedelta(minutes=16))
    assert "Open dangers" in client.get("/desk").text
    answer = client.get("/desk/secret")
    assert answer.url.path == "/factor"
    assert "gives rights or people" in answer.text
    assert press(client, answer.text, "/factor", code=phone.at(locked.clock.now())).url.path == "/desk/secret"


def test_a_second_factor_is_removed_only_after_a_fresh_code(locked: Desk) -> None:
    """A stolen session cannot; an administrator removes another's, and their sessions with it."""
    client = locked.browser("Sam Okafor")
    set_up(locked, client)
    page = client.get("/desk/factor").text
    locked.clock.advance(timedelta(minutes=16))
    assert press(client, page, "/desk/factor").status_code == 422
    boss = locked.browser("Grace Lind")
    set_up(locked, boss)
    found = boss.get("/desk/sessions/people", params={"badge": "S-0"}).text
    form = re.findall(r'<form class="after" method="post" action="/desk/sessions/people">(.*?)</form>', found, re.S)[-1]
    values = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert values["do"] == "factor"
    boss.post("/desk/sessions/people", data=values)
    assert client.get("/desk").url.path == "/login"
    assert "Open dangers" in locked.browser("Sam Okafor").get("/desk").text


def test_an_administrator_of_a_site_disarms_nobody_who_is_over_them(locked: Desk) -> None:
    """Ana works at Sam's site and is an administrator of the company: her second factor stays."""
    grant, works = people.grant, locked.works
    locked.house.writer.run(grant, works.people["Sam Okafor"], Role.ADMIN, works.units["harbour"].id, HIRED)
    locked.house.writer.run(grant, works.people["Ana Morales"], Role.ADMIN, works.units["harbour"].parent, HIRED)
    set_up(locked, locked.browser("Ana Morales"))
    sam = locked.browser("Sam Okafor")
    set_up(locked, sam)
    word = re.search(r'name="csrf" value="(\w+)"', sam.get("/desk/sessions").text)
    assert word is not None
    sam.post("/desk/sessions/people", data={"csrf": word[1], "badge": "W-0", "do": "factor"})
    left = locked.house.writer.run(lambda s: s.get(SecondFactorRow, works.people["Ana Morales"]) is not None)
    assert left


def test_nothing_that_makes_codes_lies_open_in_the_database(locked: Desk) -> None:
    """The secret is under seal, recovery codes are hashes; a row copied to somebody else opens nothing."""
    phone, recovery = set_up(locked, locked.browser("Sam Okafor"))
    lin = locked.browser("Lin Yao")
    set_up(locked, lin)

    def swap(session: Session) -> list[bytes]:
        mine = session.get_one(SecondFactorRow, locked.works.people["Sam Okafor"])
        other = session.get_one(SecondFactorRow, locked.works.people["Lin Yao"])
        other.secret = mine.secret
        return [bytes(mine.secret), *(row.code_hash.encode() for row in session.scalars(select(RecoveryCodeRow)))]

    kept = b" ".join(locked.house.writer.run(swap))
    assert phone.secret.encode() not in kept
    for code in recovery:
        assert code.replace(" ", "").encode() not in kept
    locked.clock.advance(timedelta(minutes=1))
    assert prove(locked.browser("Lin Yao"), phone.at(locked.clock.now())).status_code == 422


def test_setting_up_is_over_after_a_while_and_begins_anew(locked: Desk) -> None:
    """A QR that somebody saw an hour ago turns nothing on."""
    client = locked.browser("Sam Okafor")
    page = press(client, client.get("/desk/factor").text, "/desk/factor", do="begin").text
    assert "Scan this" in page
    locked.clock.advance(timedelta(minutes=16))
    assert "Scan this" not in client.get("/desk/factor").text


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "0x1234", "-12345", "1e4567", "１２３"])
def test_what_is_no_code_is_wrong(text: str) -> None:
    """Before any arithmetic."""
    assert rules.step_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", text, NOON, 0) is None


def test_a_code_may_be_typed_with_the_digits_of_ones_own_keyboard() -> None:
    """Arabic digits are digits; half a minute early or late counts, a minute does not."""
    phone, here = pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"), int(NOON.timestamp()) // rules.STEP_S
    arabic = phone.at(NOON).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert rules.step_of(phone.secret, arabic, NOON, 0) == here
    for off, step in ((-1, here - 1), (1, here + 1), (-2, None), (2, None)):
        assert rules.step_of(phone.secret, phone.at(NOON, counter_offset=off), NOON, 0) == step
    assert rules.step_of(phone.secret, phone.at(NOON), NOON, here) is None
