"""The door: a link works once and for ten minutes, opening it does nothing, and no form counts without its word."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select, text

from bot.kit.events import Said
from bot.kit.replies import Reply
from bot.web import actions, address, chat, store
from bot.web.tables import WebSessionRow
from tests.web.desk import NOON, Desk, leave_company, press


def sign_in_page(desk: Desk, client: httpx.Client, name: str = "Sam Okafor") -> httpx.Response:
    """The page behind a fresh link."""
    return client.get(f"/login?token={desk.link(name)}")


def test_a_link_opens_the_door_once(shown: Desk) -> None:
    """The second press, with the same form in another browser, gets nothing."""
    first, second = shown.browser(), shown.browser()
    link = f"/login?token={shown.link('Sam Okafor')}"
    pages = [client.get(link) for client in (first, second)]
    assert "Open dangers" in press(first, pages[0].text, "/login").text
    late = press(second, pages[1].text, "/login")
    assert (late.status_code, "no longer works" in late.text) == (410, True)
    assert "Open dangers" not in second.get("/desk").text


def test_two_presses_at_the_same_time_open_it_once(shown: Desk) -> None:
    """The update decides, not the look before it."""
    link = f"/login?token={shown.link('Sam Okafor')}"
    clients = [shown.browser() for _ in range(6)]
    pages = [client.get(link).text for client in clients]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda pair: press(pair[0], pair[1], "/login"), zip(clients, pages, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410, 410, 410]


def test_looking_at_a_link_does_not_use_it_up(shown: Desk) -> None:
    """Chat programs fetch links for a preview, with GET and HEAD."""
    client = shown.browser()
    link = f"/login?token={shown.link('Sam Okafor')}"
    client.get(link)
    client.head(link)
    assert "Open dangers" in press(client, client.get(link).text, "/login").text


def test_a_link_is_over_after_ten_minutes(desk: Desk) -> None:
    """Before the look, and between the look and the press."""
    client = desk.browser()
    link = f"/login?token={desk.link('Sam Okafor')}"
    page = client.get(link)
    desk.clock.advance(timedelta(minutes=10))
    assert client.get(link).status_code == 410
    assert press(client, page.text, "/login").status_code == 410


def test_a_newer_link_closes_the_older(shown: Desk) -> None:
    """Only one link of a person is good at a time."""
    older = shown.link("Sam Okafor")
    shown.link("Sam Okafor")
    assert shown.browser().get(f"/login?token={older}").status_code == 410


@pytest.mark.parametrize("token", ["", "guess", "x" * 5000, "../../etc", "%00"])
def test_a_token_that_is_none_gets_a_page_that_helps(shown: Desk, token: str) -> None:
    """Every wrong link says what to type in the chat."""
    answer = shown.browser().get("/login", params={"token": token})
    assert answer.status_code in {200, 410}
    assert "/desk" in answer.text


def test_the_door_needs_the_word_of_its_own_form(shown: Desk) -> None:
    """Without the cookie that came with the form, with another's word, from another site."""
    client = shown.browser()
    page = sign_in_page(shown, client).text
    assert press(shown.browser(), page, "/login").status_code == 403
    assert press(client, page, "/login", csrf="0" * 43).status_code == 403
    client.headers["sec-fetch-site"] = "cross-site"
    assert press(client, page, "/login").status_code == 403
    client.headers["sec-fetch-site"] = "same-origin"
    assert press(client, page, "/login").status_code == 200


def test_signing_out_needs_the_word_and_ends_the_session(shown: Desk) -> None:
    """A stolen cookie is worth nothing afterwards."""
    client = shown.browser("Sam Okafor")
    page, cookies = client.get("/desk").text, dict(client.cookies)
    assert client.post("/logout", data={"csrf": "guess"}).status_code == 403
    assert "Open dangers" in client.get("/desk").text
    answer = press(client, page, "/logout")
    assert answer.history[0].headers["clear-site-data"] == '"cache"'
    assert "Open dangers" not in client.get("/desk").text
    thief = shown.browser()
    thief.cookies.update(cookies)
    assert "Open dangers" not in thief.get("/desk").text


def test_a_session_slides_for_eight_hours_and_then_ends(desk: Desk) -> None:
    """Whoever looks stays signed in; whoever does not has to ask again."""
    client = desk.browser("Sam Okafor")
    for _ in range(3):
        desk.clock.advance(timedelta(hours=7, minutes=50))
        assert "Open dangers" in client.get("/desk").text
    desk.clock.advance(timedelta(hours=8, minutes=1))
    assert "Open dangers" not in client.get("/desk").text


def test_a_page_that_renews_itself_keeps_nobody_signed_in(desk: Desk) -> None:
    """A screen that was left on: after eight hours without a person it asks for a new link."""
    client = desk.browser("Sam Okafor")
    for _ in range(3):
        desk.clock.advance(timedelta(hours=2, minutes=30))
        assert client.get("/desk", headers={"x-refresh": "1"}).status_code == 200
    desk.clock.advance(timedelta(minutes=31))
    assert client.get("/desk", headers={"x-refresh": "1"}).status_code == 401


def test_a_session_ends_after_a_week_however_much_it_is_used(desk: Desk) -> None:
    """A cookie that was copied does not last for ever either."""
    client = desk.browser("Sam Okafor")
    for _ in range(23):
        desk.clock.advance(timedelta(hours=7))
        assert "Open dangers" in client.get("/desk").text
    desk.clock.advance(timedelta(hours=7, minutes=1))
    assert "Open dangers" not in client.get("/desk").text


def test_whoever_is_inside_may_press_their_old_button_again(shown: Desk) -> None:
    """They come to the page; in another browser, and for somebody else's session, the link stays used."""
    client, link = shown.browser(), f"/login?token={shown.link('Sam Okafor')}"
    press(client, client.get(link).text, "/login")
    assert client.get(link).url.path == "/desk"
    assert client.get("/login").url.path == "/desk"
    assert shown.browser().get(link).status_code == 410
    assert shown.browser("Grace Lind").get(link).status_code == 410


def test_whoever_leaves_the_company_is_out_at_once(desk: Desk) -> None:
    """Their session and their unused link."""
    client, link = desk.browser("Sam Okafor"), desk.link("Sam Okafor")
    desk.house.writer.run(leave_company, desk.works.people["Sam Okafor"], date(2026, 11, 18))
    assert "Open dangers" not in client.get("/desk").text
    late = desk.browser()
    assert press(late, late.get(f"/login?token={link}").text, "/login").status_code == 410


def test_all_sessions_of_somebody_can_be_ended(desk: Desk) -> None:
    """And nobody else's."""
    mine, other = desk.browser("Sam Okafor"), desk.browser("Grace Lind")
    assert desk.house.writer.run(actions.sign_out_everywhere, desk.works.people["Sam Okafor"], desk.clock.now()) == 1
    assert "Open dangers" not in mine.get("/desk").text
    assert "Open dangers" in other.get("/desk").text


def test_neither_links_nor_sessions_lie_open_in_the_database(shown: Desk) -> None:
    """Only hashes: whoever reads the tables can sign in as nobody."""
    token = shown.link("Grace Lind")
    client = shown.browser("Sam Okafor")
    [cookie] = [value for name, value in client.cookies.items() if name == "davy_session"]
    kept = shown.house.writer.run(lambda s: s.execute(text("SELECT token_hash FROM link")).scalars().all())
    sessions = shown.house.writer.run(lambda s: s.scalars(select(WebSessionRow.token_hash)).all())
    assert store.digest(token) in [bytes(k) for k in kept]
    assert store.digest(cookie) in [bytes(s) for s in sessions]
    assert token.encode() not in b"".join(bytes(k) for k in kept)


def test_the_cookie_is_for_the_server_alone(shown: Desk) -> None:
    """HttpOnly and Lax; over https also Secure and for this host only (see the name)."""
    client = shown.browser()
    answer = press(client, sign_in_page(shown, client).text, "/login")
    cookie = next(v for v in answer.history[0].headers.get_list("set-cookie") if v.startswith("davy_session="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


def test_a_link_leads_on_only_to_pages_of_ours(shown: Desk) -> None:
    """`next` with another host is ignored."""
    for wished, reached in (("/desk/units/1", "/desk/units/1"), ("//evil.example", "/desk"), ("/desk@evil", "/desk")):
        client = shown.browser()
        page = client.get("/login", params={"token": shown.link("Grace Lind"), "next": wished})
        assert press(client, page.text, "/login").url.path == reached


def said(desk: Desk, name: str, private: bool = True) -> Reply | None:
    """What the bot answers to `/desk`."""
    event = Said(update_id=1, at=NOON, user=1, chat=1, text="/desk", command="desk", private=private)
    event = type(event)(**{**event.__dict__, "person": desk.works.people[name]})
    return desk.house.writer.run(chat.on_desk, event, desk.clock.now())


def test_the_bot_hands_the_link_to_those_who_have_a_role(shown: Desk) -> None:
    """A supervisor gets a link that works, human resources and a trainer too; a worker and a group do not."""
    address.use(shown.base)
    reply = said(shown, "Sam Okafor")
    assert reply is not None
    [message] = reply.messages
    assert message.text is not None
    assert message.protect
    link = re.sub(r"^http://[^/]+", "", message.text.params["link"])
    client = shown.browser()
    assert "Open dangers" in press(client, client.get(link).text, "/login").text
    for name in ("Hugo Reyes", "Tess Hall"):
        other = said(shown, name)
        assert other is not None
        assert [m.text.key for m in other.messages if m.text] == ["web.link"]
    for refused in (said(shown, "Ana Morales"), said(shown, "Sam Okafor", private=False)):
        assert refused is not None
        assert [m.text.key for m in refused.messages if m.text] in (["web.not_for_you"], ["web.only_in_private"])


def test_a_public_dashboard_is_a_button(shown: Desk) -> None:
    """Telegram takes addresses of the internet in buttons, and no others."""
    address.use("https://davy.example")
    reply = said(shown, "Sam Okafor")
    assert reply is not None
    [[app], [browser]] = reply.messages[0].buttons
    assert app.web_app == "https://davy.example/app"
    assert (browser.url or "").startswith("https://davy.example/login?token=")
