"""Groups: who is in them, what bots hear, rights, becoming a supergroup."""

from __future__ import annotations

from typing import Any

from tests.simulator.conftest import TOKEN, Api

BOT = 4242


def group(api: Api, *people: int, **more: Any) -> int:
    """A group of people and the bot; its updates are taken."""
    chat: int = api.post("groups", title="Crew", members=[*people, BOT], **more)["id"]
    api.updates()
    return chat


def test_a_bot_that_joins_is_told(api: Api) -> None:
    """my_chat_member and the service message."""
    person = api.person()
    chat = api.post("groups", title="Crew", members=[person, BOT])["id"]
    first, second = api.updates()
    assert first["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert second["message"]["new_chat_members"][0]["id"] == BOT
    assert second["message"]["chat"] == {"id": chat, "type": "group", "title": "Crew"}


def test_privacy_mode_hides_what_is_not_for_the_bot(api: Api) -> None:
    """Commands, replies and mentions arrive; chatter does not; admins hear all."""
    person = api.person()
    chat = group(api, person)
    sent = api.ok("sendMessage", chat_id=chat, text="hello crew")["message_id"]

    def heard(text: str, **more: Any) -> bool:
        return api.post("messages", {"from": person, "chat": chat, "text": text, **more})["update_id"] is not None

    assert not heard("just talking")
    assert heard("/help")
    assert heard("/help@davy_bot")
    assert not heard("/help@other_bot")
    assert heard("yes", reply_to=sent)
    assert heard("what does @davy_bot say")
    api.post("members", chat=chat, bot=BOT, status="administrator", by=person)
    assert heard("just talking")


def test_a_bot_that_was_thrown_out_cannot_write(api: Api) -> None:
    """In Telegram's words for a group and for a supergroup."""
    person = api.person()
    for kind, supergroup in (("group", False), ("supergroup", True)):
        chat = group(api, person, supergroup=supergroup)
        api.post("members", chat=chat, bot=BOT, status="kicked", by=person)
        assert api.refused("sendMessage", chat_id=chat, text="x") == f"Forbidden: bot was kicked from the {kind} chat"
        assert api.updates()[0]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    other = group(api, person)
    assert api.ok("leaveChat", chat_id=other) is True
    assert api.refused("sendMessage", chat_id=other, text="x") == "Forbidden: bot is not a member of the group chat"


def test_a_group_that_became_a_supergroup_says_where_it_went(api: Api) -> None:
    """The old id is refused with migrate_to_chat_id; both service messages arrive."""
    person = api.person()
    chat = group(api, person)
    new = api.post("migrations", chat=chat)["id"]
    answer = api.call("sendMessage", chat_id=chat, text="x")
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert answer["parameters"] == {"migrate_to_chat_id": new}
    told = [u["message"] for u in api.updates()]
    assert (told[0]["migrate_to_chat_id"], told[1]["migrate_from_chat_id"]) == (new, chat)
    assert api.ok("sendMessage", chat_id=new, text="x")["chat"]["type"] == "supergroup"


def test_members_come_and_go(api: Api) -> None:
    """chat_member for bots that ask for it and run the group; counts and lists follow."""
    person, other = api.person(), api.person("Bea")
    chat = group(api, person)
    api.post("members", chat=chat, bot=BOT, status="administrator", by=person)
    api.ok("getUpdates", allowed_updates=["message", "chat_member", "my_chat_member"])
    api.updates()
    api.post("members", chat=chat, user=other, status="member")
    kinds = [next(k for k in u if k != "update_id") for u in api.updates()]
    assert kinds == ["chat_member", "message"]
    assert api.ok("getChatMemberCount", chat_id=chat) == 3
    assert {m["user"]["id"] for m in api.ok("getChatAdministrators", chat_id=chat)} == {person, BOT}
    assert api.ok("banChatMember", chat_id=chat, user_id=other) is True
    assert api.ok("getChatMember", chat_id=chat, user_id=other)["status"] == "kicked"
    assert api.misuse("messages", {"from": other, "chat": chat, "text": "let me in"})[0] == 403


def test_what_needs_rights_is_refused_without_them(api: Api) -> None:
    """A plain member pins, bans and renames nothing."""
    person, other = api.person(), api.person("Bea")
    chat = group(api, person, other)
    sent = api.ok("sendMessage", chat_id=chat, text="x")["message_id"]
    assert "not enough rights" in api.refused("pinChatMessage", chat_id=chat, message_id=sent)
    assert "not enough rights" in api.refused("banChatMember", chat_id=chat, user_id=other)
    assert "not enough rights" in api.refused("setChatTitle", chat_id=chat, title="Mine")
    said = api.post("messages", {"from": other, "chat": chat, "text": "theirs"})["message_id"]
    assert api.refused("deleteMessage", chat_id=chat, message_id=said) == "Bad Request: message can't be deleted"
    web_app = {"inline_keyboard": [[{"text": "app", "web_app": {"url": "https://example.com/"}}]]}
    assert (
        api.refused("sendMessage", chat_id=chat, text="x", reply_markup=web_app) == "Bad Request: BUTTON_TYPE_INVALID"
    )


def test_a_group_that_the_bot_never_saw_does_not_exist_for_it(api: Api) -> None:
    """400, not 403: it does not learn of it."""
    person = api.person()
    chat = api.post("groups", title="Private", members=[person], bots=[])["id"]
    assert api.refused("sendMessage", chat_id=chat, text="x") == "Bad Request: chat not found"


def test_two_bots_have_separate_chats_with_one_person(api: Api) -> None:
    """Starting one does not start the other."""
    api.post("bots", token="77:second", username="second_bot")
    person = api.person()
    assert api.call("sendMessage", token="77:second", chat_id=person, text="x")["error_code"] == 403
    api.post("messages", {"from": person, "bot": 77, "text": "/start"})
    assert api.call("sendMessage", token="77:second", chat_id=person, text="from the second")["ok"]
    assert [m["text"] for m in api.seen(person, bot=77)] == ["/start", "from the second"]
    assert [m["text"] for m in api.seen(person, bot=BOT)] == ["/start"]
    assert api.call("getUpdates")["result"] == []
    assert TOKEN.startswith(str(BOT))
