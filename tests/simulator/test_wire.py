"""How a call may come over the wire, and what the control side tells of it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import init_data_py
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.simulator.app import build, server
from tests import loopback
from tests.simulator.conftest import TOKEN, Api


def test_a_call_comes_by_get_form_multipart_or_json(api: Api) -> None:
    """Nested fields as JSON text or as objects."""
    person = api.person()
    url = f"/bot{TOKEN}/sendMessage"
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "x"}]]}
    flat = {"chat_id": str(person), "text": "x", "reply_markup": json.dumps(markup), "disable_notification": "True"}
    answers = [
        api.http.get(url, params=flat),
        api.http.post(url, data=flat),
        api.http.post(url, data=flat, files={"ignored": ("a.txt", b"a")}),
        api.http.post(url, json={**flat, "reply_markup": markup, "disable_notification": True}),
        api.http.post(url, params={"chat_id": person}, json={"text": "x", "reply_markup": markup}),
    ]
    assert [a.json()["result"]["reply_markup"] for a in answers] == [markup] * 5
    assert [m["silent"] for m in api.seen(person)[1:]] == [True] * 4 + [False]


def test_a_body_that_is_no_call_is_refused(api: Api) -> None:
    """Broken JSON, a list, another content type."""
    url = f"/bot{TOKEN}/sendMessage"
    broken = api.http.post(url, content=b'{"a":', headers={"content-type": "application/json"}).json()
    assert broken["description"] == "Bad Request: can't parse request body as JSON object"
    assert api.http.post(url, json=[1]).json()["error_code"] == 400
    assert api.http.post(url, content=b"x", headers={"content-type": "text/plain"}).json()["error_code"] == 400
    cut = api.http.post(
        url, content=b"--x\r\nnonsense", headers={"content-type": "multipart/form-data; boundary=x"}
    ).json()
    assert cut["error_code"] == 400
    bare = api.http.post(url, content=b"x", headers={"content-type": "multipart/form-data"}).json()
    assert bare["error_code"] == 400
    nested = api.call("sendMessage", chat_id=1, text="x", reply_markup="{broken")
    assert nested["description"] == "Bad Request: can't parse reply markup JSON object"


def test_the_clock_moves_forward_only_and_dates_follow(api: Api) -> None:
    """By seconds or to a moment; whoever follows it has run before the answer."""
    person = api.person()
    followed: list[Any] = []

    async def follow() -> None:
        followed.append(api.simulator.clock.now())

    api.simulator.on_clock_moved.append(follow)
    api.post("clock", advance=3600)
    assert len(followed) == 1
    api.post("clock", to="2031-01-01T06:00:00+00:00")
    assert api.ok("sendMessage", chat_id=person, text="later")["date"] >= 1924927200
    assert api.get("clock")["now"].startswith("2031-01-01T06:00")
    assert api.misuse("clock", advance=-1)[1] == "the clock cannot run backwards"
    assert api.misuse("clock", to="2020-01-01T00:00:00+00:00")[0] == 400
    assert api.misuse("clock", to="2032-01-01T00:00:00")[0] == 400
    frozen = api.post("clock", frozen=True)["now"]
    assert api.get("clock")["now"] == frozen


def test_commands_are_shown_by_scope_and_language(api: Api) -> None:
    """The narrowest scope that has any wins, and the person's language before none."""
    ada, ben = api.person(language_code="de"), api.person("Ben")
    api.ok("setMyCommands", commands=[{"command": "start", "description": "Start"}])
    api.ok("setMyCommands", commands=[{"command": "start", "description": "Los"}], language_code="de")
    api.ok(
        "setMyCommands", commands=[{"command": "mine", "description": "Mine"}], scope={"type": "chat", "chat_id": ben}
    )

    def menu(person: int) -> list[str]:
        return [c["description"] for c in api.get(f"chats/{person}/commands")["items"]]

    assert (menu(ada), menu(ben)) == (["Los"], ["Mine"])
    api.ok("deleteMyCommands", scope={"type": "chat", "chat_id": ben})
    assert menu(ben) == ["Start"]
    assert api.ok("getMyCommands", language_code="de")[0]["description"] == "Los"


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ([{"command": "Start", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a" * 33, "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "a", "description": "x" * 257}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "a", "description": ""}], "command description must be non-empty"),
        ([{"command": "", "description": "x"}], "command must be non-empty"),
        ([{"command": "bad command", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": f"a{i}", "description": "x"} for i in range(101)], "BOT_COMMANDS_TOO_MUCH"),
    ],
)
def test_wrong_commands_are_refused(api: Api, commands: list[dict[str, str]], words: str) -> None:
    """Lower case, lengths, at most 100."""
    assert api.refused("setMyCommands", commands=commands) == f"Bad Request: {words}"


def test_what_a_bot_says_about_itself_by_language(api: Api) -> None:
    """Name, description, short description, menu button."""
    person = api.person()
    api.ok("setMyDescription", description="Learn.")
    api.ok("setMyDescription", description="Lerne.", language_code="de")
    assert api.ok("getMyDescription", language_code="de") == {"description": "Lerne."}
    assert api.ok("getMyDescription", language_code="fr") == {"description": "Learn."}
    assert api.ok("getMyName") == {"name": "davy_bot"}
    button = {"type": "web_app", "text": "Board", "web_app": {"url": "https://example.com/"}}
    api.ok("setChatMenuButton", chat_id=person, menu_button=button)
    assert api.ok("getChatMenuButton", chat_id=person) == button
    assert api.get(f"chats/{person}/commands")["menu_button"] == button
    plain = {**button, "web_app": {"url": "http://example.com/"}}
    assert api.refused("setChatMenuButton", menu_button=plain).endswith("Only HTTPS links are allowed")


def test_mini_app_data_is_signed_as_telegram_signs_it(api: Api) -> None:
    """Checked by a library that does not know the simulator."""
    person = api.person("Zoë", language_code="de")
    given = api.get("webapp", bot=4242, user=person, url="https://example.com/app")
    fragment = parse_qs(urlsplit(given["url"]).fragment)
    data = fragment["tgWebAppData"][0]
    assert data == given["init_data"]
    checked = _validated(data)
    assert checked.user is not None
    assert (checked.user.id, checked.user.first_name) == (person, "Zoë")
    with pytest.raises(init_data_py.errors.HashInvalidError):
        _validated(data.replace("auth_date=1", "auth_date=2"))


def _validated(data: str) -> init_data_py.InitData:
    return init_data_py.validate_by_hash(data, TOKEN)


def test_the_control_side_explains_what_is_wrong(api: Api) -> None:
    """`{"error": ...}` with a 4xx status."""
    person = api.person()
    assert api.misuse("messages", {"text": "x"}) == (400, "missing: from")
    assert api.misuse("messages", {"from": 1, "text": "x"})[0] == 404
    assert api.misuse("messages", {"from": person})[0] == 400
    assert api.misuse("users", username="davy_bot", first_name="x")[0] == 409
    assert api.misuse("bots", token="nonsense")[1] == "a token looks like 123456:ABC-def"
    assert api.http.get("/sim/chats/99/messages").status_code == 404
    assert api.http.get("/sim/calls?after=x").status_code == 400


def test_people_are_listed_with_their_labels_and_can_change(api: Api) -> None:
    """A second POST with the id changes a person."""
    person = api.person("Ada", label="worker", username="ada_w")
    api.post("users", id=person, language_code="ar")
    item = next(u for u in api.get("users")["items"] if u["id"] == person)
    assert (item["label"], item["language_code"], item["username"], item["blocked"]) == ("worker", "ar", "ada_w", [])
    api.post("blocks", user=person, blocked=True)
    assert api.get("users")["items"][0]["blocked"] == [4242]


def test_an_inline_question_is_answered(api: Api) -> None:
    """answerInlineQuery once, with results the control side shows."""
    person = api.person()
    asked = api.post("inline_queries", {"from": person, "query": "gas"})["inline_query_id"]
    assert api.updates()[0]["inline_query"]["query"] == "gas"
    result = {
        "type": "article",
        "id": "1",
        "title": "Gas",
        "input_message_content": {"message_text": "*x*", "parse_mode": "Markdown"},
    }
    api.ok("answerInlineQuery", inline_query_id=asked, results=[result])
    shown = api.get(f"inline_queries/{asked}")
    assert shown["results"][0]["input_message_content"]["message_text"]["text"] == "x"
    assert "query is too old" in api.refused("answerInlineQuery", inline_query_id=asked, results=[result])
    picked = api.post("inline_results", {"from": person, "inline_query_id": asked, "result_id": "1"})
    assert api.seen(person)[-1]["via_bot"]["id"] == 4242
    assert (api.seen(person)[-1]["message_id"], api.seen(person)[-1]["text"]) == (picked["message_id"], "x")
    assert api.updates()[-1]["chosen_inline_result"]["query"] == "gas"


def test_a_mini_app_answers_once_through_its_query_id(api: Api) -> None:
    """The person's message, by way of the bot."""
    person = api.person()
    query_id = parse_qs(api.get("webapp", bot=4242, user=person)["init_data"])["query_id"][0]
    result = {"type": "article", "id": "1", "title": "Done", "input_message_content": {"message_text": "done"}}
    assert "inline_message_id" in api.ok("answerWebAppQuery", web_app_query_id=query_id, result=result)
    assert api.seen(person)[-1]["from"]["id"] == person
    assert api.refused("answerWebAppQuery", web_app_query_id=query_id, result=result) == "Bad Request: QUERY_ID_INVALID"


def test_the_page_is_told_of_news(api: Api) -> None:
    """Server-sent events, one JSON object each."""
    person = api.person()
    with api.http.stream("GET", "/sim/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        api.ok("sendMessage", chat_id=person, text="x")
        event = json.loads(next(line for line in lines if line.startswith("data:"))[5:])
    assert (event["event"], event["chat"]) == ("message", person)


def test_the_simulator_listens_on_loopback_only() -> None:
    """It has no login."""
    with pytest.raises(ValueError, match="loopback"):
        server(build(), 0, "0.0.0.0")


async def test_it_can_be_mounted_beside_others_on_one_port() -> None:
    """Under a prefix, with every path below it."""
    simulator = build(any_token=True)
    outer = Starlette(routes=[Mount("/telegram", app=simulator.app)])
    async with loopback.AsyncClient(transport=httpx.ASGITransport(outer), base_url="http://here") as client:
        assert (await client.get("/telegram/bot5:abc/getMe")).json()["result"]["id"] == 5
        assert (await client.get("/telegram/sim/bots")).json()["items"][0]["id"] == 5
    await simulator.close()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"text": "\\ud800"}',
        b'{"x": NaN}',
        b'{"x": 1e999}',
        b'{"chat_id": "--5"}',
        b'{"chat_id": "\xc2\xb2"}',
    ],
)
def test_a_body_that_is_none_is_refused_and_logged(api: Api, body: bytes) -> None:
    """Nested too deeply, half a character, a number that is none: an answer to the bot, a line in the log."""
    answer = api.http.post(f"/bot{TOKEN}/sendMessage", content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["error_code"] == 400
    line = api.get("calls")["items"][-1]
    assert (line["method"], line["ok"], line["took_effect"]) == ("sendMessage", False, False)


def test_half_a_character_in_a_nested_field_is_refused(api: Api) -> None:
    """It could neither be written into the log nor sent on."""
    person = api.person()
    entities = '[{"type": "bold", "offset": 0, "length": 1, "url": "\\ud800"}]'
    answer = api.http.post(f"/bot{TOKEN}/sendMessage", data={"chat_id": person, "text": "x", "entities": entities})
    assert answer.json()["description"] == "Bad Request: strings must be encoded in UTF-8"
    assert api.get("calls")["items"]
