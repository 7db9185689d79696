"""Messages: sent, edited, deleted, pinned, copied, forwarded, answered; as the bot and as the person see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.simulator.conftest import TOKEN, Api

MARKUP = {
    "inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}, {"text": "Site", "url": "https://example.com"}]]
}
NOT_MODIFIED = "Bad Request: message is not modified"


def test_a_sent_message_is_what_the_person_sees(api: Api) -> None:
    """Text, entities, buttons, silence."""
    person = api.person()
    sent = api.ok(
        "sendMessage",
        chat_id=person,
        text="<b>hi</b>",
        parse_mode="HTML",
        reply_markup=MARKUP,
        disable_notification=True,
    )
    seen = api.seen(person)[-1]
    assert seen["text"] == sent["text"] == "hi"
    assert seen["entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    assert seen["reply_markup"] == MARKUP
    assert (seen["silent"], seen["edited"], seen["deleted"], seen["pinned"]) == (True, False, False, False)
    assert sent["message_id"] == 2, "ids count up in each chat"


def test_an_edit_without_a_change_is_refused(api: Api) -> None:
    """And one with a change bears edit_date."""
    person = api.person()
    sent = api.ok("sendMessage", chat_id=person, text="one", reply_markup=MARKUP)
    where = {"chat_id": person, "message_id": sent["message_id"]}
    assert api.refused("editMessageText", **where, text="one", reply_markup=MARKUP).startswith(NOT_MODIFIED)
    assert "edit_date" in api.ok("editMessageText", **where, text="two", reply_markup=MARKUP)
    assert api.refused("editMessageReplyMarkup", **where, reply_markup=MARKUP).startswith(NOT_MODIFIED)
    assert "reply_markup" not in api.ok("editMessageReplyMarkup", **where)
    assert api.seen(person)[-1]["edited"] is True


def test_only_what_is_there_and_ones_own_can_be_edited(api: Api) -> None:
    """A missing message, somebody else's, the wrong kind."""
    person = api.person()
    theirs = api.post("messages", {"from": person, "text": "mine"})["message_id"]
    assert (
        api.refused("editMessageText", chat_id=person, message_id=99, text="x")
        == "Bad Request: message to edit not found"
    )
    assert (
        api.refused("editMessageText", chat_id=person, message_id=theirs, text="x")
        == "Bad Request: message can't be edited"
    )
    place = api.ok("sendLocation", chat_id=person, latitude=1, longitude=2)["message_id"]
    assert (
        api.refused("editMessageText", chat_id=person, message_id=place, text="x")
        == "Bad Request: there is no text in the message to edit"
    )


def test_deleted_messages_are_gone_for_the_bot_and_marked_for_the_tests(api: Api) -> None:
    """Within 48 hours; a second deletion finds nothing."""
    person = api.person()
    one, two = (api.ok("sendMessage", chat_id=person, text=t)["message_id"] for t in ("one", "two"))
    assert api.ok("deleteMessage", chat_id=person, message_id=one) is True
    assert api.refused("deleteMessage", chat_id=person, message_id=one) == "Bad Request: message to delete not found"
    assert [m["deleted"] for m in api.seen(person)] == [False, True, False]
    api.post("clock", advance=49 * 3600)
    assert (
        api.refused("deleteMessage", chat_id=person, message_id=two)
        == "Bad Request: message can't be deleted for everyone"
    )
    assert api.ok("deleteMessages", chat_id=person, message_ids=[two, 77]) is True


def test_a_press_is_answered_once_and_in_time(api: Api) -> None:
    """The second answer and the late one hear that the query is too old."""
    person = api.person()
    sent = api.ok("sendMessage", chat_id=person, text="?", reply_markup=MARKUP)["message_id"]
    deed = {"from": person, "chat": person, "message_id": sent, "data": "yes"}
    press = api.post("presses", deed)["callback_query_id"]
    query = api.updates()[0]["callback_query"]
    assert (query["id"], query["data"], query["message"]["message_id"]) == (press, "yes", sent)
    api.ok("answerCallbackQuery", callback_query_id=press, text="thanks", show_alert=True)
    assert api.get(f"callbacks/{press}") == {"answered": True, "text": "thanks", "show_alert": True, "url": None}
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert api.refused("answerCallbackQuery", callback_query_id=press) == too_old
    late = api.post("presses", deed)["callback_query_id"]
    api.post("clock", advance=151)
    assert api.refused("answerCallbackQuery", callback_query_id=late) == too_old
    assert api.refused("answerCallbackQuery", callback_query_id="1") == too_old


def test_a_button_that_is_not_there_can_be_pressed_only_by_forging(api: Api) -> None:
    """Tests of rights forge; everybody else presses what they see."""
    person = api.person()
    sent = api.ok("sendMessage", chat_id=person, text="?", reply_markup=MARKUP)["message_id"]
    deed = {"from": person, "message_id": sent, "data": "no"}
    assert api.misuse("presses", deed)[0] == 409
    assert api.post("presses", {**deed, "forge": True})["update_id"] is not None


def test_a_reply_quotes_its_message_once(api: Api) -> None:
    """No chain of replies inside replies, as in the Bot API."""
    person = api.person()
    one = api.post("messages", {"from": person, "text": "one"})["message_id"]
    two = api.ok("sendMessage", chat_id=person, text="two", reply_parameters={"message_id": one})
    assert two["reply_to_message"]["text"] == "one"
    api.post("messages", {"from": person, "text": "three", "reply_to": two["message_id"]})
    inner = api.updates()[-1]["message"]["reply_to_message"]
    assert inner["text"] == "two"
    assert "reply_to_message" not in inner
    legacy = api.ok("sendMessage", chat_id=person, text="x", reply_to_message_id=999, allow_sending_without_reply=True)
    assert "reply_to_message" not in legacy


def test_reply_keyboards_stand_until_they_are_taken_away(api: Api) -> None:
    """They belong to the chat, not to the message the bot gets back."""
    person = api.person()
    keyboard = {"keyboard": [[{"text": "Where", "request_location": True}]], "resize_keyboard": True}
    sent = api.ok("sendMessage", chat_id=person, text="share", reply_markup=keyboard)
    assert "reply_markup" not in sent
    assert api.get(f"chats/{person}/messages")["keyboard"] == keyboard
    assert api.seen(person)[-1]["reply_markup"] == keyboard
    api.ok("sendMessage", chat_id=person, text="thanks", reply_markup={"remove_keyboard": True})
    assert api.get(f"chats/{person}/messages")["keyboard"] is None
    assert api.refused("editMessageText", chat_id=person, message_id=sent["message_id"], text="x").endswith(
        "can't be edited"
    )


def test_forwarding_names_the_origin_and_copying_does_not(api: Api) -> None:
    """Protected messages do neither."""
    person, other = api.person(), api.person("Bea")
    said = api.post("messages", {"from": person, "text": "tell her"})["message_id"]
    forwarded = api.ok("forwardMessage", chat_id=other, from_chat_id=person, message_id=said)
    assert forwarded["forward_origin"]["sender_user"]["id"] == person
    copied = api.ok("copyMessage", chat_id=other, from_chat_id=person, message_id=said)
    assert "forward_origin" not in api.seen(other)[-1]
    assert api.seen(other)[-1]["message_id"] == copied["message_id"]
    kept = api.ok("sendMessage", chat_id=person, text="secret", protect_content=True)["message_id"]
    assert api.refused("forwardMessage", chat_id=other, from_chat_id=person, message_id=kept).endswith(
        "can't be forwarded"
    )
    assert len(api.ok("copyMessages", chat_id=other, from_chat_id=person, message_ids=[1, said])) == 2


def test_pins_and_reactions(api: Api) -> None:
    """A pin makes a service message; reactions are Telegram's own emoji, one at a time."""
    person = api.person()
    sent = api.ok("sendMessage", chat_id=person, text="keep")["message_id"]
    where = {"chat_id": person, "message_id": sent}
    api.ok("pinChatMessage", **where)
    assert api.updates()[-1]["message"]["pinned_message"]["message_id"] == sent
    assert api.ok("getChat", chat_id=person)["pinned_message"]["message_id"] == sent
    assert next(m for m in api.seen(person) if m["message_id"] == sent)["pinned"] is True
    api.ok("unpinChatMessage", **where)
    assert api.refused("unpinChatMessage", **where) == "Bad Request: message to unpin not found"
    api.ok("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "👍"}])
    assert (
        api.refused("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "🪂"}])
        == "Bad Request: REACTION_INVALID"
    )


def test_the_smaller_kinds_of_messages(api: Api) -> None:
    """Places, contacts, dice, actions."""
    person = api.person()
    assert (
        api.ok("sendVenue", chat_id=person, latitude=1, longitude=2, title="Gate", address="1 Road")["venue"]["title"]
        == "Gate"
    )
    assert api.ok("sendContact", chat_id=person, phone_number="1", first_name="Sam")["contact"]["first_name"] == "Sam"
    assert 1 <= api.ok("sendDice", chat_id=person)["dice"]["value"] <= 6
    assert api.refused("sendDice", chat_id=person, emoji="🧊").startswith("Bad Request: dice emoji")
    assert api.ok("sendChatAction", chat_id=person, action="typing") is True
    assert api.get(f"chats/{person}/messages")["actions"][0]["action"] == "typing"
    assert (
        api.refused("sendChatAction", chat_id=person, action="thinking")
        == "Bad Request: wrong parameter action in request"
    )
    assert (
        api.refused("sendLocation", chat_id=person, latitude=99, longitude=2) == "Bad Request: wrong location specified"
    )


def test_people_edit_their_messages_and_share_things(api: Api) -> None:
    """edited_message, location and contact updates."""
    person = api.person()
    said = api.post("messages", {"from": person, "text": "helo"})["message_id"]
    api.post("edits", {"from": person, "message_id": said, "text": "hello"})
    api.post("messages", {"from": person, "location": {"latitude": 1.5, "longitude": 2.5}})
    api.post("messages", {"from": person, "contact": True})
    kinds: list[Any] = api.updates()
    assert kinds[1]["edited_message"]["text"] == "hello"
    assert kinds[2]["message"]["location"] == {"latitude": 1.5, "longitude": 2.5}
    assert kinds[3]["message"]["contact"]["user_id"] == person


def test_a_mention_by_id_names_the_whole_person_or_nobody(api: Api) -> None:
    """In text_mention the user is a full User; a person who does not exist is dropped from the entities."""
    person = api.person("Zoë")
    text = f'<a href="tg://user?id={person}">Zoë</a> and <a href="tg://user?id=1">nobody</a>'
    entities = api.ok("sendMessage", chat_id=person, text=text, parse_mode="HTML")["entities"]
    assert [(e["type"], e["user"]["first_name"], e["user"]["is_bot"]) for e in entities] == [
        ("text_mention", "Zoë", False)
    ]


def test_a_reply_into_another_chat_shows_its_origin(api: Api) -> None:
    """external_reply instead of reply_to_message."""
    person, other = api.person(), api.person("Bea")
    said = api.post("messages", {"from": person, "text": "there"})["message_id"]
    sent = api.ok("sendMessage", chat_id=other, text="see", reply_parameters={"message_id": said, "chat_id": person})
    assert sent["external_reply"]["origin"]["sender_user"]["id"] == person
    assert "reply_to_message" not in sent


def test_presses_can_be_made_to_die_sooner(run: Callable[..., Api]) -> None:
    """For tests of bots that must answer quickly."""
    api = run(press_seconds=15)
    api.post("bots", token=TOKEN)
    person = api.person()
    sent = api.ok("sendMessage", chat_id=person, text="?", reply_markup=MARKUP)["message_id"]
    press = api.post("presses", {"from": person, "message_id": sent, "data": "yes"})["callback_query_id"]
    api.post("clock", advance=16)
    assert "query is too old" in api.refused("answerCallbackQuery", callback_query_id=press)
