"""sendMessage and what every sending method shares: options that need rights, replies, keyboards, flood control."""

from __future__ import annotations

from typing import Any

from bot.simulator.complaints import Wrong, utf16_length
from bot.simulator.errors import bad
from bot.simulator.markup import check_markup
from bot.simulator.methods.registry import Call, plays
from bot.simulator.state import Chat, Json, Message
from bot.simulator.text import Text, check_url

REFUSED = {
    "business_connection_id": "business connection not found",
    "message_effect_id": "EFFECT_ID_INVALID",
    "suggested_post_parameters": "suggested posts can be sent only to channel direct messages",
    "direct_messages_topic_id": "chat is not a direct messages chat",
    "ephemeral_message_parameters": "ephemeral messages can't be sent to the chat",
    "message_thread_id": "message thread not found",
}


def prepare(call: Call, cost: int = 1) -> tuple[Chat, Message | None, Json | None, Json | None]:
    """What every send checks before it has an effect: (chat, replied message, inline keyboard, reply keyboard)."""
    chat = call.chat()
    for name, complaint in REFUSED.items():
        if call.get(name) is not None:
            raise bad(complaint)
    if call.get("allow_paid_broadcast"):
        raise bad("FLOODSKIP_NOT_ALLOWED")
    replied = replied_message(call, chat)
    inline, keyboard = check_markup(call.get("reply_markup"), chat.user is not None)
    call.spend(chat, cost)
    return chat, replied, inline, keyboard


def replied_message(call: Call, chat: Chat) -> Message | None:
    """The message replied to, checked; None if none is meant or it is gone and that was allowed."""
    reply = call.get("reply_parameters")
    if reply is None:
        if call.get("reply_to_message_id") is None:
            return None
        reply = {
            "message_id": call.get("reply_to_message_id"),
            "allow_sending_without_reply": call.get("allow_sending_without_reply", False),
        }
    if "message_id" not in reply:
        raise bad('Can\'t find field "message_id"')
    place = chat
    if "chat_id" in reply and reply["chat_id"] != chat.id:
        place = call.world.seen_by(call.bot, reply["chat_id"])
    message = place.messages.get(reply["message_id"])
    if message is None or message.deleted:
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")
    quote = reply.get("quote")
    if (
        quote is not None
        and quote.text
        and quote.text not in (message.api.get("text") or message.api.get("caption") or "")
    ):
        raise bad("QUOTE_TEXT_INVALID")
    return message


def send(call: Call, content: Json) -> Json:
    """Check the rest, write the message, answer it as the Bot API does."""
    chat, replied, inline, keyboard = prepare(call)
    return put(call, chat, content, replied, inline, keyboard).snapshot()


def put(
    call: Call,
    chat: Chat,
    content: Json,
    replied: Message | None = None,
    inline: Json | None = None,
    keyboard: Json | None = None,
) -> Message:
    """Write one message of the bot; everything was checked."""
    if call.get("protect_content"):
        content = {**content, "has_protected_content": True}
    quote = (call.get("reply_parameters") or {}).get("quote")
    if replied is not None and replied.api["chat"]["id"] != chat.id:
        content = {**content, "external_reply": {"origin": origin_of(replied), **_shown_outside(replied.api)}}
    if replied is not None and quote is not None and quote.text:
        source = replied.api.get("text") or replied.api.get("caption") or ""
        place = utf16_length(source[: source.find(quote.text)])
        content = {**content, "quote": {"text": quote.text, "position": place, "is_manual": True}}
    if inline is not None:
        content = {**content, "reply_markup": inline}
    if "external_reply" in content:
        replied = None
    message = call.world.post(
        chat, call.bot, content, silent=bool(call.get("disable_notification")), keyboard=keyboard, reply_to=replied
    )
    call.message_ids.append(message.id)
    return message


def origin_of(message: Message) -> Json:
    """Where a message that is shown elsewhere came from first."""
    given: Json | None = message.api.get("forward_origin")
    return given or {"type": "user", "sender_user": message.api["from"], "date": message.api["date"]}


def _shown_outside(api: Json) -> Json:
    """What a reply from another chat shows: the media; for groups also where it is."""
    kinds = ("photo", "document", "voice", "video", "audio", "animation", "sticker", "poll", "location", "contact")
    out = {kind: api[kind] for kind in kinds if kind in api}
    return out if api["chat"]["type"] == "private" else {**out, "chat": api["chat"], "message_id": api["message_id"]}


def text_content(text: Text) -> Json:
    """`text` and `entities` of a message."""
    if not text.text:
        raise bad("text must be non-empty")
    return {"text": text.text, "entities": text.entities} if text.entities else {"text": text.text}


def caption_content(text: Text | None) -> Json:
    """`caption` and `caption_entities`, or nothing."""
    if text is None or not text.text:
        return {}
    return {"caption": text.text, "caption_entities": text.entities} if text.entities else {"caption": text.text}


def preview_content(call: Call) -> Json:
    """`link_preview_options`, checked; legacy `disable_web_page_preview` means is_disabled."""
    options: dict[str, Any] | None = call.get("link_preview_options")
    if options is None and call.get("disable_web_page_preview"):
        options = {"is_disabled": True}
    if not options:
        return {}
    if "url" in options:
        try:
            check_url(options["url"], "")
        except Wrong:
            raise bad("WEBPAGE_URL_INVALID") from None
    return {"link_preview_options": options}


@plays("sendMessage")
def send_message(call: Call) -> Json:
    return send(call, {**text_content(call.args["text"]), **preview_content(call)})


@plays("sendChatAction")
def send_chat_action(call: Call) -> bool:
    action = call.args["action"]
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = call.chat()
    call.world.events.send("action", chat=chat.id, bot=call.bot.id, action=action)
    call.world.actions[call.bot.id, chat.id] = (action, call.world.clock.now().timestamp())
    return True


ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
