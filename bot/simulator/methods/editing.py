"""Editing, deleting, stopping: only what is there, only the bot's own, never without a change."""

from __future__ import annotations

from typing import Any

from bot.simulator.errors import bad, not_played
from bot.simulator.markup import check_markup
from bot.simulator.methods.media import input_media
from bot.simulator.methods.registry import Call, plays
from bot.simulator.methods.sending import REFUSED, caption_content, preview_content, text_content
from bot.simulator.state import Chat, Json, Message

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
MEDIA = ("photo", "document", "voice", "video", "audio", "animation", "sticker", "video_note")
CONTENT = {
    "text",
    "entities",
    "link_preview_options",
    "caption",
    "caption_entities",
    "show_caption_above_media",
    "has_media_spoiler",
    *MEDIA,
}
TWO_DAYS = 48 * 3600


def own_message(call: Call, complaint: str = "message to edit not found") -> tuple[Chat, Message]:
    """The bot's own message that an edit means."""
    if call.get("inline_message_id"):
        raise bad("MESSAGE_ID_INVALID")
    if call.get("business_connection_id"):
        raise bad(REFUSED["business_connection_id"])
    if "chat_id" not in call.args:
        raise bad("chat_id is empty")
    if "message_id" not in call.args:
        raise bad("message identifier is not specified")
    chat = call.chat()
    message = call.world.find(chat, call.args["message_id"], complaint)
    if message.api.get("from", {}).get("id") != call.bot.id or "forward_origin" in message.api:
        raise bad("message can't be edited")
    return chat, message


def change(call: Call, chat: Chat, message: Message, content: Json, drop: set[str]) -> Json:
    """Put new content and keyboard into a message; 400 when nothing would change."""
    inline, other = check_markup(call.get("reply_markup"), chat.user is not None)
    if other is not None:
        raise bad("inline keyboard expected")
    if message.keyboard is not None:
        raise bad("message can't be edited")
    new = {key: value for key, value in message.api.items() if key not in drop and key != "reply_markup"}
    new.update(content)
    if inline is not None:
        new["reply_markup"] = inline
    if {k: v for k, v in new.items() if k != "edit_date"} == {k: v for k, v in message.api.items() if k != "edit_date"}:
        raise bad(NOT_MODIFIED)
    call.spend(chat, edit=True)
    only_keyboard = not content and not drop
    if not only_keyboard:
        new["edit_date"] = call.world.clock.unix()
        message.edited = True
    message.api = new
    call.message_ids.append(message.id)
    call.world.show("edited", chat, message)
    return message.snapshot()


@plays("editMessageText")
def edit_message_text(call: Call) -> Json:
    if "rich_message" in call.args:
        raise not_played("editMessageText with a rich_message")
    if "text" not in call.args:
        raise bad("message text is empty")
    content = {**text_content(call.args["text"]), **preview_content(call)}
    chat, message = own_message(call)
    if "text" not in message.api:
        raise bad("there is no text in the message to edit")
    return change(call, chat, message, content, {"text", "entities", "link_preview_options"})


@plays("editMessageCaption")
def edit_message_caption(call: Call) -> Json:
    chat, message = own_message(call)
    if not any(kind in message.api for kind in MEDIA):
        raise bad("there is no caption in the message to edit")
    return change(call, chat, message, caption_content(call.get("caption")), {"caption", "caption_entities"})


@plays("editMessageMedia")
def edit_message_media(call: Call) -> Json:
    chat, message = own_message(call)
    if "poll" in message.api:
        raise bad("message can't be edited")
    content = input_media(call, call.args["media"])
    return change(call, chat, message, content, CONTENT)


@plays("editMessageReplyMarkup")
def edit_message_reply_markup(call: Call) -> Json:
    chat, message = own_message(call)
    return change(call, chat, message, {}, set())


@plays("editMessageLiveLocation", "stopMessageLiveLocation")
def edit_message_live_location(call: Call) -> Json:
    chat, message = own_message(call)
    place = message.api.get("location")
    if place is None or "live_period" not in place:
        raise bad("message can't be edited")
    if call.method == "stopMessageLiveLocation":
        new = {k: v for k, v in place.items() if k != "live_period"}
    else:
        new = {**place, "latitude": call.args["latitude"], "longitude": call.args["longitude"]}
    return change(call, chat, message, {"location": new}, {"location"})


@plays("stopPoll")
def stop_poll(call: Call) -> Json:
    chat, message = own_message(call, "message with poll to stop not found")
    world = call.world
    poll = world.polls.items.get(str(message.api.get("poll", {}).get("id")))
    if poll is None:
        raise bad("message with poll to stop not found")
    world.close_due()
    if poll.api["is_closed"]:
        raise bad("poll has already been closed")
    inline, _ = check_markup(call.get("reply_markup"), chat.user is not None)
    if inline is not None:
        message.api = {**message.api, "reply_markup": inline}
    else:
        message.api = {k: v for k, v in message.api.items() if k != "reply_markup"}
    world.polls.close(poll)
    call.message_ids.append(message.id)
    return message.snapshot()["poll"]  # type: ignore[no-any-return]


def may_delete(call: Call, chat: Chat, message: Message) -> bool:
    """Telegram's rules: own messages and, in private chats, the person's too, for 48 hours; admins all in groups."""
    young = call.world.clock.unix() - message.api["date"] <= TWO_DAYS
    own = message.api.get("from", {}).get("id") == call.bot.id
    if chat.user is None and chat.is_admin(call.bot.id):
        return bool(chat.members[call.bot.id].get("can_delete_messages", True))
    return young and (own or chat.user is not None)


def delete(call: Call, chat: Chat, message: Message) -> None:
    """Take a message away, for everybody."""
    message.deleted = True
    if message.id in chat.pins:
        chat.pins.remove(message.id)
        message.pinned = False
    call.message_ids.append(message.id)
    call.world.show("deleted", chat, message)


@plays("deleteMessage")
def delete_message(call: Call) -> bool:
    chat = call.chat()
    message = call.world.find(chat, call.args["message_id"], "message to delete not found")
    if not may_delete(call, chat, message):
        raise bad("message can't be deleted" if chat.user is None else "message can't be deleted for everyone")
    delete(call, chat, message)
    return True


@plays("deleteMessages")
def delete_messages(call: Call) -> bool:
    chat = call.chat()
    for message_id in call.args["message_ids"]:
        message: Any = chat.messages.get(message_id)
        if message is not None and not message.deleted and may_delete(call, chat, message):
            delete(call, chat, message)
    return True
