"""What the simulator says no to, in the words the real Bot API used when it was asked the same."""

from __future__ import annotations

from typing import Any

from tests.simulator.conftest import Api

BUTTON = "can't parse inline keyboard button: "
KEY = "can't parse keyboard button: "


def inline(**button: Any) -> dict[str, Any]:
    """A message with one inline button."""
    return {"text": "test", "reply_markup": {"inline_keyboard": [[button]]}}


def key(**button: Any) -> dict[str, Any]:
    """A message with one reply button."""
    return {"text": "test", "reply_markup": {"keyboard": [[button]]}}


def marked(**markup: Any) -> dict[str, Any]:
    """A message with a keyboard."""
    return {"text": "test", "reply_markup": markup}


def chat_request(**request: Any) -> dict[str, Any]:
    """A button that asks for a chat."""
    return key(text="chat", request_chat=request)


RECORDED: list[tuple[dict[str, Any], str]] = [
    ({}, "message text is empty"),
    ({"text": ""}, "message text is empty"),
    ({"text": "   "}, "text must be non-empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "test", "chat_id": ""}, "chat_id is empty"),
    ({"text": "test", "chat_id": 0}, "chat not found"),
    ({"text": "test", "chat_id": -1}, "chat not found"),
    ({"text": "test", "chat_id": "@this_channel_does_not_exist_12345xyz"}, "chat not found"),
    ({"text": "test", "chat_id": "not_a_chat"}, "chat not found"),
    ({"text": "test", "parse_mode": "INVALID"}, "unsupported parse_mode"),
    ({"text": "test", "message_thread_id": 999999999}, "message thread not found"),
    ({"text": "test", "reply_parameters": {"message_id": 999999999}}, "message to be replied not found"),
    ({"text": "test", "reply_parameters": {"quote": "hello"}}, 'can\'t find field "message_id"'),
    ({"text": "test", "business_connection_id": "invalid"}, "business connection not found"),
    ({"text": "test", "message_effect_id": "9999999999999999999"}, "EFFECT_ID_INVALID"),
    ({"text": "test", "allow_paid_broadcast": True}, "FLOODSKIP_NOT_ALLOWED"),
    ({"text": "test", "suggested_post_parameters": {}}, "suggested posts can be sent only to channel direct messages"),
    ({"text": "test", "link_preview_options": {"url": "not-a-url"}}, "WEBPAGE_URL_INVALID"),
    ({"text": "test", "link_preview_options": {"is_disabled": "yes"}}, 'field "is_disabled" must be of type Boolean'),
    (inline(text="btn", callback_data="x" * 100), "BUTTON_DATA_INVALID"),
    (inline(text="btn", callback_data=""), BUTTON + "Text buttons are unallowed in the inline keyboard"),
    (inline(text="btn"), BUTTON + "Text buttons are unallowed in the inline keyboard"),
    (inline(callback_data="x"), BUTTON + 'Can\'t find field "text"'),
    (inline(text="link", url="not-a-url"), "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL"),
    (
        inline(text="link", url="ftp://example.com"),
        "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
    ),
    (
        inline(text="app", web_app={"url": "bad"}),
        "inline keyboard button Web App URL 'bad' is invalid: Only HTTPS links are allowed",
    ),
    (
        inline(text="app", web_app={"url": "http://example.com"}),
        "inline keyboard button Web App URL 'http://example.com' is invalid: Only HTTPS links are allowed",
    ),
    (inline(text="pay", pay=True), "BUTTON_TYPE_INVALID"),
    (inline(text="copy", copy_text={"text": ""}), "BUTTON_COPY_TEXT_INVALID"),
    (inline(text="copy", copy_text={"text": "x" * 257}), "BUTTON_COPY_TEXT_INVALID"),
    (
        inline(text="q", switch_inline_query_chosen_chat={"allow_user_chats": "yes"}),
        BUTTON + 'Field "allow_user_chats" must be of type Boolean',
    ),
    (inline(text="login", login_url={"url": "https://example.com"}), "BOT_DOMAIN_INVALID"),
    (key(text="users", request_users={"request_id": 1, "max_quantity": 999}), "BUTTON_QUANTITY_MAX_INVALID"),
    (chat_request(chat_is_channel=True), KEY + 'Can\'t find field "request_id"'),
    (
        chat_request(request_id=1, chat_is_channel=True, chat_is_forum="yes"),
        KEY + 'Field "chat_is_forum" must be of type Boolean',
    ),
    (
        key(text="app", web_app={"url": "http://example.com"}),
        "keyboard button Web App URL 'http://example.com' is invalid: Only HTTPS links are allowed",
    ),
    (marked(force_reply="yes"), 'field "force_reply" must be of type Boolean'),
    (marked(remove_keyboard="yes"), 'field "remove_keyboard" must be of type Boolean'),
    (marked(inline_keyboard="bad"), 'field "inline_keyboard" must be of type Array'),
    (marked(keyboard="bad"), 'field "keyboard" must be of type Array'),
    (marked(keyboard=[[{"text": "A"}]], selective="yes"), 'field "selective" must be of type Boolean'),
    (marked(keyboard=[[{"text": "A"}]], resize_keyboard="yes"), 'field "resize_keyboard" must be of type Boolean'),
]


def test_send_message_is_refused_in_recorded_words(api: Api) -> None:
    """Each description is what api.telegram.org answered to the same parameters."""
    person = api.person()
    wrong = {}
    for params, description in RECORDED:
        said = api.refused("sendMessage", **{"chat_id": person, **params})
        if said != f"Bad Request: {description}":
            wrong[description] = said
    assert wrong == {}


RECORDED_OTHERS: list[tuple[str, dict[str, Any], str]] = [
    ("sendPoll", {"options": ["A", "B"]}, "text must be non-empty"),
    ("sendPoll", {"question": "Question?"}, "can't parse options JSON object"),
    ("sendPoll", {"question": "Question?", "options": []}, "poll must have at least one answer option"),
    ("sendPhoto", {}, "there is no photo in the request"),
    ("sendDocument", {}, "there is no document in the request"),
    ("sendMediaGroup", {}, 'parameter "media" is required'),
    ("setMessageReaction", {"message_id": 999999999, "reaction": []}, "message to react not found"),
    ("setMessageReaction", {"reaction": []}, "message to react not found"),
    ("pinChatMessage", {}, "message to pin not found"),
    ("pinChatMessage", {"message_id": 999999999}, "message to pin not found"),
    ("unpinChatMessage", {"message_id": 999999999}, "message to unpin not found"),
    ("editMessageText", {"message_id": 999999999, "text": "x"}, "message to edit not found"),
    ("editMessageReplyMarkup", {"message_id": 999999999}, "message to edit not found"),
    ("deleteMessage", {"message_id": 999999999}, "message to delete not found"),
    ("stopPoll", {"message_id": 999999999}, "message with poll to stop not found"),
    ("forwardMessages", {"message_ids": [1]}, 'parameter "from_chat_id" is required'),
    ("sendChatAction", {"action": "thinking"}, "wrong parameter action in request"),
]
RECORDED_WITHOUT_CHAT: list[tuple[str, dict[str, Any], str]] = [
    (
        "answerCallbackQuery",
        {"callback_query_id": "invalid"},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    ("getFile", {"file_id": "invalid"}, "invalid file_id"),
    ("getChat", {"chat_id": 0}, "chat not found"),
    ("getChatMember", {"chat_id": 0, "user_id": 1}, "chat not found"),
    ("setMyName", {"name": ""}, "BOT_TITLE_INVALID"),
    ("setMyDescription", {"description": "x" * 513}, "BOT_DESC_INVALID"),
    ("setMyCommands", {"commands": [{"command": "bad command", "description": "x"}]}, "BOT_COMMAND_INVALID"),
]


def test_other_methods_are_refused_in_recorded_words(api: Api) -> None:
    """The same for the rest of what was recorded."""
    person = api.person()
    cases = [(m, {"chat_id": person, **p}, d) for m, p, d in RECORDED_OTHERS] + RECORDED_WITHOUT_CHAT
    said = [(method, api.refused(method, **params)) for method, params, _ in cases]
    assert said == [(method, f"Bad Request: {description}") for method, _, description in cases]


def test_chat_id_is_missed_only_after_the_text(api: Api) -> None:
    """The text is looked at first."""
    assert api.refused("sendMessage", text="test") == "Bad Request: chat_id is empty"


def test_a_bot_cannot_write_first(api: Api) -> None:
    """Nobody hears from a bot they never started; a chat that does not exist is another matter."""
    stranger = api.post("users", first_name="Stranger")["id"]
    answer = api.call("sendMessage", chat_id=stranger, text="hello")
    assert (answer["error_code"], answer["description"]) == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    assert api.refused("sendMessage", chat_id=123, text="hello") == "Bad Request: chat not found"


def test_a_blocked_bot_hears_so_and_is_told_when(api: Api) -> None:
    """403 while blocked, my_chat_member on both turns, and writing again after unblocking."""
    person = api.person()
    api.post("blocks", user=person, blocked=True)
    assert api.updates()[0]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    answer = api.call("sendMessage", chat_id=person, text="hello")
    assert (answer["error_code"], answer["description"]) == (403, "Forbidden: bot was blocked by the user")
    assert api.misuse("messages", {"from": person, "text": "hi"})[0] == 409
    api.post("blocks", user=person, blocked=False)
    assert api.updates()[0]["my_chat_member"]["new_chat_member"]["status"] == "member"
    api.ok("sendMessage", chat_id=person, text="hello")


def test_starting_a_blocked_bot_unblocks_it(api: Api) -> None:
    """As the Start button of the app does."""
    person = api.person()
    api.post("blocks", user=person, blocked=True)
    api.post("messages", {"from": person, "text": "/start"})
    assert [next(k for k in u if k != "update_id") for u in api.updates()] == [
        "my_chat_member",
        "my_chat_member",
        "message",
    ]


def test_a_token_is_needed(api: Api) -> None:
    """401 for an unknown token, 404 for what is no token."""
    assert api.call("getMe", token="99:unknown") == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert api.call("getMe", token="nonsense")["error_code"] == 404


def test_with_any_token_an_unknown_one_makes_its_bot(run: Any) -> None:
    """But a second token for the same bot stays unknown."""
    api: Api = run(any_token=True)
    assert api.call("getMe", token="77:abc")["result"]["id"] == 77
    assert api.call("getMe", token="77:other")["error_code"] == 401


def test_a_buttons_address_that_cannot_be_read_is_refused(api: Api) -> None:
    """Not answered with an error of the server's own."""
    person = api.person()
    for url in ("http://[x", "http://x.example:99999/"):
        keyboard = {"inline_keyboard": [[{"text": "a", "url": url}]]}
        complaint = api.refused("sendMessage", chat_id=person, text="x", reply_markup=keyboard)
        assert complaint == f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
