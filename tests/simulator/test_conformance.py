"""What the simulator sends has the form of the Bot API: every result and every update is checked against its type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.simulator.complaints import Wrong
from bot.simulator.methods.registry import PLAYED
from bot.simulator.schema import object_check
from tests.simulator.conftest import Api
from tests.simulator.test_files import packed, picture

BOT = 4242
URL = "https://example.com/"
MARKUP = {"inline_keyboard": [[{"text": "a", "callback_data": "x"}]]}
RESULTS = {
    "getMe": "User",
    "getChat": "ChatFullInfo",
    "getFile": "File",
    "getWebhookInfo": "WebhookInfo",
    "getChatMember": "ChatMember",
    "getChatAdministrators": "ChatMember",
    "getMyCommands": "BotCommand",
    "getMyName": "BotName",
    "stopPoll": "Poll",
    "getMyDescription": "BotDescription",
    "getMyShortDescription": "BotShortDescription",
    "getChatMenuButton": "MenuButton",
    "getMyDefaultAdministratorRights": "ChatAdministratorRights",
    "getUserProfilePhotos": "UserProfilePhotos",
    "copyMessage": "MessageId",
    "copyMessages": "MessageId",
    "forwardMessages": "MessageId",
    "createChatInviteLink": "ChatInviteLink",
    "editChatInviteLink": "ChatInviteLink",
    "revokeChatInviteLink": "ChatInviteLink",
    "answerWebAppQuery": "SentWebAppMessage",
    "getUpdates": "Update",
    "forwardMessage": "Message",
    "sendMediaGroup": "Message",
    "stopMessageLiveLocation": "Message",
}


class Tour:
    """Calls every played method once so that it succeeds, and checks the form of what comes back."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.wrong: list[str] = []
        self.tried: set[str] = set()
        self.person = api.person("Ada", last_name="L", username="ada_l", language_code="de")
        self.other = api.person("Bea")
        api.ok(
            "getUpdates",
            allowed_updates=[
                "message",
                "edited_message",
                "callback_query",
                "poll",
                "poll_answer",
                "inline_query",
                "chosen_inline_result",
                "my_chat_member",
                "chat_member",
                "message_reaction",
            ],
        )
        self.group = api.post("groups", title="Crew", members=[self.person, self.other, BOT], supergroup=True)["id"]
        api.post("members", chat=self.group, bot=BOT, status="administrator", by=self.person)

    def ok(self, method: str, files: Any = None, **params: Any) -> Any:
        """One call that must succeed."""
        answer = self.api.call(method, files=files, **params)
        assert answer["ok"], (method, answer)
        self.tried.add(method)
        kind = RESULTS.get(method) or ("Message" if isinstance(answer["result"], dict) else None)
        for item in answer["result"] if isinstance(answer["result"], list) else [answer["result"]]:
            if kind is not None:
                self.check(method, kind, item)
        return answer["result"]

    def check(self, where: str, kind: str, item: Any) -> None:
        """Note what does not have its form."""
        try:
            object_check(kind)(item)
        except Wrong as wrong:
            self.wrong.append(f"{where}: {kind}: {wrong}")

    def updates(self) -> None:
        """Check and confirm what waits."""
        for update in self.api.updates():
            self.check(str([k for k in update if k != "update_id"]), "Update", update)
        self.tried.add("getUpdates")


@pytest.fixture
def tour(api: Api) -> Iterator[Tour]:
    """A tour that ends with a look at what was wrong."""
    made = Tour(api)
    yield made
    made.updates()
    assert made.wrong == []


def send_everything(t: Tour) -> None:
    """Every sending method, in a private chat."""
    me = {"chat_id": t.person}
    photo = {"photo": ("a.jpg", picture(64, 48))}
    t.ok("sendMessage", **me, text="<b>x</b> @ada_l", parse_mode="HTML", reply_markup=MARKUP, protect_content=True)
    for kind in ("Document", "Voice", "Video", "Audio", "Animation", "Sticker"):
        t.ok(f"send{kind}", files={kind.lower(): ("a.bin", b"bytes")}, **me)
    t.ok("sendVideoNote", files={"video_note": ("a.mp4", b"bytes")}, **me)
    sent = t.ok("sendPhoto", files=photo, **me, caption="c", has_spoiler=True)
    media = [{"type": "photo", "media": "attach://photo"}, {"type": "photo", "media": sent["photo"][0]["file_id"]}]
    t.ok("sendMediaGroup", files=photo, **me, media=json.dumps(media))
    t.ok("getFile", file_id=sent["photo"][0]["file_id"])
    t.ok("sendVenue", **me, latitude=1, longitude=2, title="t", address="a")
    t.ok("sendContact", **me, phone_number="1", first_name="n")
    t.ok("sendDice", **me)
    t.ok("sendChatAction", **me, action="typing")


def edit_everything(t: Tour) -> None:
    """Every edit, and what becomes of messages."""
    me = {"chat_id": t.person}
    text = t.ok("sendMessage", **me, text="x", reply_markup=MARKUP)["message_id"]
    photo = t.ok("sendPhoto", files={"photo": ("a.jpg", picture(64, 48))}, **me)["message_id"]
    live = t.ok("sendLocation", **me, latitude=1, longitude=2, live_period=600)["message_id"]
    poll = t.ok(
        "sendPoll",
        **me,
        question="q",
        options=["a", "b"],
        is_anonymous=False,
        type="quiz",
        correct_option_ids=[0],
        explanation="<b>e</b>",
        explanation_parse_mode="HTML",
    )
    t.ok("editMessageText", **me, message_id=text, text="y")
    t.ok("editMessageReplyMarkup", **me, message_id=text, reply_markup=MARKUP)
    t.ok("editMessageCaption", **me, message_id=photo, caption="c")
    new = json.dumps({"type": "photo", "media": "attach://n"})
    t.ok("editMessageMedia", files={"n": ("n.jpg", picture(80, 60))}, **me, message_id=photo, media=new)
    t.ok("editMessageLiveLocation", **me, message_id=live, latitude=3, longitude=4)
    t.ok("stopMessageLiveLocation", **me, message_id=live)
    t.api.post("votes", {"from": t.person, "poll_id": poll["poll"]["id"], "option_ids": [1]})
    t.ok("stopPoll", **me, message_id=poll["message_id"])
    t.ok("setMessageReaction", **me, message_id=text, reaction=[{"type": "emoji", "emoji": "👍"}])
    t.ok("pinChatMessage", **me, message_id=text)
    t.ok("unpinChatMessage", **me, message_id=text)
    t.ok("unpinAllChatMessages", **me)
    move = {"chat_id": t.other, "from_chat_id": t.person}
    t.ok("forwardMessage", **move, message_id=text)
    t.ok("copyMessage", **move, message_id=photo)
    t.ok("forwardMessages", **move, message_ids=[text, photo])
    t.ok("copyMessages", **move, message_ids=[text, photo])
    t.ok("deleteMessage", **me, message_id=text)
    t.ok("deleteMessages", **me, message_ids=[photo])


def run_a_group(t: Tour) -> None:
    """Everything about groups."""
    at = {"chat_id": t.group}
    for method in ("getChat", "getChatAdministrators", "getChatMemberCount", "exportChatInviteLink"):
        t.ok(method, **at)
    link = t.ok("createChatInviteLink", **at, name="n")["invite_link"]
    t.ok("editChatInviteLink", **at, invite_link=link, name="m")
    t.ok("revokeChatInviteLink", **at, invite_link=link)
    t.ok("setChatTitle", **at, title="New")
    t.ok("setChatDescription", **at, description="d")
    t.ok("setChatPhoto", files={"photo": ("a.jpg", picture(64, 64))}, **at)
    t.ok("deleteChatPhoto", **at)
    t.ok("setChatPermissions", **at, permissions={"can_send_messages": True})
    t.ok("restrictChatMember", **at, user_id=t.other, permissions={"can_send_messages": False})
    t.ok("getChatMember", **at, user_id=t.other)
    t.ok("promoteChatMember", **at, user_id=t.other, can_pin_messages=True)
    t.ok("getChatMember", **at, user_id=t.other)
    t.ok("banChatMember", **at, user_id=t.other)
    t.ok("getChatMember", **at, user_id=t.other)
    t.ok("unbanChatMember", **at, user_id=t.other)
    t.ok("leaveChat", **at)
    t.ok("getChat", chat_id=t.person)
    t.ok("getUserProfilePhotos", user_id=t.person)


def be_a_bot(t: Tour) -> None:
    """What a bot sets about itself, and queries."""
    for text in ("Name", "Description", "ShortDescription"):
        field = {"Name": "name", "Description": "description", "ShortDescription": "short_description"}[text]
        t.ok(f"setMy{text}", **{field: "x"})
        t.ok(f"getMy{text}")
    t.ok("setMyCommands", commands=[{"command": "a", "description": "b"}])
    t.ok("getMyCommands")
    t.ok("deleteMyCommands")
    t.ok("setChatMenuButton", menu_button={"type": "web_app", "text": "t", "web_app": {"url": URL}})
    t.ok("getChatMenuButton")
    t.ok("setMyDefaultAdministratorRights")
    t.ok("getMyDefaultAdministratorRights")
    asked = t.api.post("inline_queries", {"from": t.person, "query": "q"})["inline_query_id"]
    result = {"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "x"}}
    t.ok("answerInlineQuery", inline_query_id=asked, results=[result])
    t.api.post("inline_results", {"from": t.person, "inline_query_id": asked, "result_id": "1"})
    shown = t.api.get("webapp", user=t.person)["init_data"]
    query_id = dict(pair.split("=") for pair in shown.split("&"))["query_id"]
    t.ok("answerWebAppQuery", web_app_query_id=query_id, result=result)
    for method in ("getMe", "getWebhookInfo", "logOut", "close"):
        t.ok(method)
    t.ok("setWebhook", url="https://example.com/hook")
    t.ok("getWebhookInfo")
    t.ok("deleteWebhook")


def people_do_everything(t: Tour) -> None:
    """Every update a person can cause."""
    me = {"from": t.person}
    sent = t.ok("sendMessage", chat_id=t.person, text="x", reply_markup=MARKUP)["message_id"]
    press = t.api.post("presses", {**me, "message_id": sent, "data": "x"})["callback_query_id"]
    t.ok("answerCallbackQuery", callback_query_id=press)
    for kind in ("document", "voice", "video", "audio", "animation", "sticker", "video_note"):
        t.api.post("messages", {**me, kind: packed(b"bytes", "a.bin"), "caption": "c"})
    t.api.post("messages", {**me, "photo": packed(picture(64, 48)), "reply_to": sent})
    t.api.post("messages", {**me, "media_group": [{"type": "photo", **packed(picture(64, 48))}] * 2})
    for thing in (
        {"location": {"latitude": 1, "longitude": 2}},
        {"contact": True},
        {"poll": {"question": "q", "options": ["a"]}},
        {"web_app_data": {"data": "d", "button_text": "b"}},
    ):
        t.api.post("messages", {**me, **thing})
    said = t.api.post("messages", {**me, "text": "/start abc @ada_l #tag"})["message_id"]
    t.api.post("edits", {**me, "message_id": said, "text": "y"})
    t.api.post("reactions", {**me, "message_id": sent, "emoji": "🔥"})
    t.api.post("blocks", user=t.person, blocked=True)
    t.api.post("blocks", user=t.person, blocked=False)
    plain = t.api.post("groups", title="Small", members=[t.person, BOT])["id"]
    t.api.post("members", chat=plain, bot=BOT, status="administrator", by=t.person)
    t.api.post("members", chat=plain, user=t.other, status="member", by=t.person)
    t.api.post("members", chat=plain, user=t.other, status="left")
    t.api.post("migrations", chat=plain)


def test_every_played_method_succeeds_and_answers_in_its_form(tour: Tour) -> None:
    """And every update on the way has the form of an Update."""
    for part in (send_everything, edit_everything, people_do_everything, be_a_bot, run_a_group):
        part(tour)
        tour.updates()
    assert set(PLAYED) - tour.tried == set()
