"""The Mini App: two signatures, five minutes, once; and only for people with an account and a role that opens a page."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from bot.kit.room import Room
from bot.people import actions as people
from bot.web import pages as sessions
from bot.web.login import Door
from bot.web.model import Via
from bot.web.tables import UsedLaunchRow, WebSessionRow
from tests.web.desk import Desk, leave_company, opened
from tests.web.launching import PUBLIC, init_data, launch

SAM, ANA, GRACE = 7001, 7002, 7003


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A dashboard that takes the tests' key for Telegram's; Sam leads, Ana works, Grace is the manager."""
    with opened(database_url, tmp_path, rooms=(Room("web", pages=sessions.PAGES),), miniapp_key=PUBLIC) as desk:
        for name, user in (("Sam Okafor", SAM), ("Ana Morales", ANA), ("Grace Lind", GRACE)):
            desk.house.writer.run(people.open_account, desk.works.people[name], user, user, desk.clock.now())
        yield desk


def test_a_supervisor_opens_the_dashboard_inside_telegram(app: Desk) -> None:
    """What the client says of him is enough; he types nothing."""
    client = app.browser()
    assert "/app" in client.get("/app").text
    answer = launch(client, init_data(SAM, app.clock.now()))
    assert [one.status_code for one in answer.history] == [303]
    assert "Open dangers" in answer.text
    assert "miniapp.js" in answer.text
    assert "miniapp.js" not in app.browser("Sam Okafor").get("/desk").text


def test_a_launch_leads_on_to_a_page_of_ours_alone(app: Desk) -> None:
    """As a link does."""
    where = f"/desk/hazards/{app.works.hazards['rail']}"
    assert launch(app.browser(), init_data(SAM, app.clock.now()), next=where).url.path == where
    app.clock.advance(timedelta(seconds=1))
    assert launch(app.browser(), init_data(SAM, app.clock.now()), next="//evil.example").url.path == "/desk"


def test_a_launch_opens_the_door_once(app: Desk) -> None:
    """Also where the same data are written in another way: with other marks and in another order."""
    said = init_data(SAM, app.clock.now())
    assert launch(app.browser(), said).status_code == 200
    assert launch(app.browser(), said).status_code == 403
    turned = "&".join(reversed(said.split("&")))
    assert launch(app.browser(), turned).status_code == 403
    marked = "&".join(f"{n}={quote(unquote(v), safe='')}" for n, v in (p.split("=", 1) for p in said.split("&")))
    assert launch(app.browser(), marked).status_code == 403
    shouted = said.split("hash=")
    assert launch(app.browser(), f"{shouted[0]}hash={shouted[1].upper()}").status_code == 403


def test_two_launches_at_the_same_time_open_it_once(app: Desk) -> None:
    """The insert decides."""
    said, clients = init_data(SAM, app.clock.now()), [app.browser() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        codes = sorted(pool.map(lambda client: launch(client, said).status_code, clients))
    assert codes == [200, 403, 403, 403, 403, 403]


@pytest.mark.parametrize(
    ("age", "opens"), [(0, True), (299, True), (301, False), (86400, False), (-20, True), (-90, False)]
)
def test_a_launch_holds_for_five_minutes(app: Desk, age: int, opens: bool) -> None:
    """Neither older, nor from a time to come; another machine's clock may be half a minute before ours."""
    answer = launch(app.browser(), init_data(SAM, app.clock.now() - timedelta(seconds=age)))
    assert (answer.status_code == 200) is opens
    if age > 0 and not opens:
        assert "more than five minutes old" in answer.text


def test_nobody_signs_in_with_data_that_telegram_did_not_sign(app: Desk) -> None:
    """Another bot's token; this bot's token, stolen, but not Telegram's key; no second signature; another name written in."""
    now = app.clock.now()
    good = init_data(SAM, now)
    forged = (
        init_data(SAM, now, token="1:other"),
        init_data(SAM, now, key=Ed25519PrivateKey.generate()),
        init_data(SAM, now, key=None),
        good.replace(str(SAM), str(GRACE)),
        good + "&user=%7B%22id%22%3A7003%7D",
        good.replace("hash=", "hash=0"),
        "", "&", "user", "x" * 5000, "%00", "hash=" + "0" * 64,
    )  # fmt: skip
    for said in forged:
        assert launch(app.browser(), said).status_code == 403, said
    assert launch(app.browser(), good).status_code == 200


def test_strangers_workers_and_people_who_have_left_are_not_let_in(app: Desk) -> None:
    """Telegram says who they are, and that is not enough."""
    now = app.clock.now()
    for user in (999, ANA):
        answer = launch(app.browser(), init_data(user, now))
        assert (answer.status_code, "This did not open" in answer.text) == (403, True)
    app.house.writer.run(leave_company, app.works.people["Sam Okafor"], date(2026, 11, 17))
    assert launch(app.browser(), init_data(SAM, now)).status_code == 403


def test_another_site_cannot_sign_somebody_in_as_somebody_else(app: Desk) -> None:
    """The browser says where a form comes from."""
    client = app.browser()
    client.headers["sec-fetch-site"] = "cross-site"
    assert launch(client, init_data(SAM, app.clock.now())).status_code == 403


def test_a_session_of_the_app_is_short(app: Desk) -> None:
    """An hour unused, half a day at most: it signs in again by itself."""
    client = app.browser()
    launch(client, init_data(SAM, app.clock.now()))
    app.clock.advance(timedelta(minutes=61))
    assert client.get("/desk").url.path == "/login"
    launch(client, init_data(SAM, app.clock.now()))
    for _ in range(14):
        app.clock.advance(timedelta(minutes=50))
        client.get("/desk")
    assert client.get("/desk").url.path == "/desk"
    app.clock.advance(timedelta(minutes=21))
    assert client.get("/desk").url.path == "/login"


def test_what_was_used_is_kept_as_a_hash_and_forgotten(app: Desk) -> None:
    """Nothing of the data lies in the database, and after a day not even that they were used."""
    launch(app.browser(), init_data(SAM, app.clock.now()))

    def kept(session: Session) -> list[bytes]:
        return list(session.scalars(select(UsedLaunchRow.digest)))

    [first] = app.house.writer.run(kept)
    assert len(first) == 32
    app.clock.advance(timedelta(days=2))
    launch(app.browser(), init_data(SAM, app.clock.now()))
    [second] = app.house.writer.run(kept)
    assert first != second


def test_over_https_the_cookie_goes_into_telegrams_frame_and_no_other(database_url: str, tmp_path: Path) -> None:
    """Telegram's web client frames the Mini App: the cookie is partitioned; a link's stays as it was."""
    with opened(database_url, tmp_path, miniapp_key=PUBLIC, public_url="https://davy.example") as desk:
        door = Door(desk.house)
        framed, plain = Response(), Response()
        door.renew(framed, "x", Via.APP)
        door.renew(plain, "x", Via.LINK)
    said, other = (answer.headers["set-cookie"].lower() for answer in (framed, plain))
    for part in ("__host-davy=x", "secure", "httponly", "samesite=none", "partitioned"):
        assert part in said
    assert "samesite=lax" in other
    assert "partitioned" not in other


def test_the_list_of_sessions_says_how_one_came_in(app: Desk) -> None:
    """And with which program."""
    client = app.browser()
    client.headers["user-agent"] = (
        "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    )
    launch(client, init_data(SAM, app.clock.now()))
    page = client.get("/desk/sessions").text
    assert "Chrome, Android" in page
    assert "opened inside Telegram" in page
    [row] = app.house.writer.run(lambda s: [(r.via, r.agent) for r in s.scalars(select(WebSessionRow))])
    assert row == ("app", "Chrome, Android")
