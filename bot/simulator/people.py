"""What people do: say, press, vote, edit, react, block. Each deed tells the bots as Telegram would."""

from __future__ import annotations

from typing import Any

from bot.simulator.bodies import objects, real, whole
from bot.simulator.complaints import Wrong, utf16_length
from bot.simulator.errors import Misuse
from bot.simulator.fields import Upload
from bot.simulator.methods.media import media_content
from bot.simulator.methods.members import full_member
from bot.simulator.methods.sending import caption_content, text_content
from bot.simulator.state import Bot, Chat, InlineQuery, Json, Message, Press, User
from bot.simulator.text import Text, read_text
from bot.simulator.world import World

MEDIA = ("photo", "document", "voice", "video", "audio", "animation", "sticker", "video_note")
MOST_CHARACTERS = {"text": 4096, "caption": 1024}
WORDS = {"text", "entities", "caption", "caption_entities"}
PLAIN = ("location", "contact", "venue", "dice", "web_app_data", "users_shared", "chat_shared")


def said(what: str, text: Any, entities: Any = None) -> Text:
    """What a person wrote, as Telegram keeps it: not empty, not too long, its mentions and links found."""
    if not isinstance(text, str) or (what == "text" and not text.strip()):
        raise Misuse(f"the {what} is empty or no text")
    most = MOST_CHARACTERS[what]
    if utf16_length(text) > most:
        raise Misuse(f"a {'message' if what == 'text' else what} has at most {most} characters")
    try:
        return read_text(text, None, objects(entities or [], "entities"))
    except (Wrong, LookupError, TypeError) as problem:
        raise Misuse(f"wrong entities: {problem}") from None


class People:
    """The hands of the people. Wrong requests raise Misuse."""

    def __init__(self, world: World) -> None:
        self.world = world

    # ---- finding ----------------------------------------------------------------------------------------------

    def user(self, user_id: Any) -> User:
        """A person by id."""
        user = self.world.users.get(whole(user_id, "a person's id"))
        if user is None:
            raise Misuse(f"there is no person with the id {user_id!r}", 404)
        return user

    def bot(self, bot_id: Any = None) -> Bot:
        """A bot by id; the first one where none is named."""
        if bot_id is None:
            if not self.world.bots:
                raise Misuse("there is no bot yet: POST /sim/bots first", 409)
            return next(iter(self.world.bots.values()))
        bot = self.world.by_token.get(str(bot_id)) or self.world.bots.get(whole(bot_id, "bot"))
        if bot is None:
            raise Misuse(f"there is no bot {bot_id!r}", 404)
        return bot

    def chat(self, chat_id: Any, user: User | None, bot_id: Any = None) -> Chat:
        """A chat by id; a person's private chat with the bot where none, or their own id, is named."""
        if chat_id is None and user is None:
            raise Misuse("name a chat")
        number = whole(chat_id, "chat") if chat_id is not None else user.id if user else 0
        group = self.world.groups.get(number)
        if group is not None:
            if user is not None and not group.has(user.id):
                raise Misuse(f"{user.first_name} is not in this group", 403)
            return group
        owner = self.user(number)
        if user is not None and owner.id != user.id:
            raise Misuse("people cannot use somebody else's private chat", 403)
        return self.world.private_chat(self.bot(bot_id), owner)

    def message(self, chat: Chat, message_id: Any) -> Message:
        """A message that is there to be seen."""
        message = chat.messages.get(whole(message_id, "message_id"))
        if message is None or message.deleted:
            raise Misuse(f"there is no message {message_id} in this chat", 404)
        return message

    # ---- saying -----------------------------------------------------------------------------------------------

    def say(self, user: User, chat: Chat, body: Json) -> list[tuple[int | None, Message]]:
        """Send what `body` holds: text, one file, a place, a contact, or a `media_group`. (update id, message) each."""
        self._open(user, chat, body.get("text"))
        reply_to = self.message(chat, body["reply_to"]) if body.get("reply_to") is not None else None
        contents = self._contents(user, body)
        silent = bool(body.get("silent"))
        out = []
        for content in contents:
            message = self.world.post(chat, user, content, silent=silent, reply_to=reply_to)
            out.append((self.world.announce(chat, message), message))
        return out

    def _open(self, user: User, chat: Chat, text: Any) -> None:
        """Writing to a bot starts it; a blocked bot must be started again."""
        if chat.user is None:
            return
        if chat.blocked:
            if not str(text or "").startswith("/start"):
                raise Misuse("this person has blocked the bot: unblock it, or send /start", 409)
            self.block(user, self.world.bots[chat.bot_id or 0], False)
        chat.started = True

    def _contents(self, user: User, body: Json) -> list[Json]:
        if body.get("media_group"):
            items = body["media_group"]
            if not 2 <= len(items) <= 10:
                raise Misuse("an album has 2-10 items")
            album = self.world.unique()
            return [{**self._file_content(item.get("type", "photo"), item), "media_group_id": album} for item in items]
        origin = {"forward_origin": body["forward_origin"]} if body.get("forward_origin") else {}
        for kind in MEDIA:
            if body.get(kind) is not None:
                return [{**origin, **self._file_content(kind, body[kind], body.get("caption"))}]
        for kind in PLAIN:
            if body.get(kind) is not None:
                return [{**origin, kind: self._plain(user, kind, body[kind])}]
        if body.get("poll") is not None:
            return [{**origin, "poll": self._poll(body["poll"])}]
        if body.get("text") is None:
            raise Misuse("say something: text, a file, location, contact or media_group")
        return [{**origin, **text_content(said("text", body["text"], body.get("entities")))}]

    def _file_content(self, kind: str, item: Any, caption: str | None = None) -> Json:
        """A file of a person: an Upload, `{name, data}` already decoded to an Upload under `upload`, or a file_id."""
        if kind not in MEDIA:
            raise Misuse(f"unknown kind of file: {kind}")
        options = item if isinstance(item, dict) else {}
        source = options.get("upload", item)
        if not isinstance(source, Upload | str):
            raise Misuse(f"{kind}: send {{name, data}} with base64 data")
        content = media_content(self.world, kind, source, options)
        text = caption if caption is not None else options.get("caption")
        if text:
            content.update(caption_content(said("caption", text)))
        return content

    def _poll(self, value: Any) -> Json:
        """A poll that a person made; bots see it, its votes are not played."""
        if not isinstance(value, dict) or not value.get("question") or not isinstance(value.get("options"), list):
            raise Misuse("a poll has a question and options")
        options = [
            {"persistent_id": str(i), "text": str(text), "voter_count": 0} for i, text in enumerate(value["options"])
        ]
        return {
            "id": self.world.unique("5"),
            "question": str(value["question"]),
            "options": options,
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }

    def _plain(self, user: User, kind: str, value: Any) -> Json:
        if kind == "contact" and value is True:
            return {
                "phone_number": user.phone or f"+1555{user.id % 10_000_000:07}",
                "first_name": user.first_name,
                "user_id": user.id,
            }
        if not isinstance(value, dict):
            raise Misuse(f"{kind} is an object")
        for name in ("latitude", "longitude") if kind == "location" else ():
            real(value.get(name), name)
        return value

    # ---- the rest ---------------------------------------------------------------------------------------------

    def press(
        self, user: User, chat: Chat, message_id: Any, data: str, *, forge: bool = False
    ) -> tuple[Press, int | None]:
        """Press an inline button; data that the message does not bear needs `forge`."""
        message = chat.messages.get(whole(message_id, "message_id"))
        if message is None or (message.deleted and not forge):
            raise Misuse(f"there is no message {message_id} in this chat", 404)
        rows = message.api.get("reply_markup", {}).get("inline_keyboard", [])
        if not forge and not any(button.get("callback_data") == data for row in rows for button in row):
            raise Misuse(f"the message bears no button with the data {data!r}", 409)
        if chat.user is not None and chat.blocked:
            raise Misuse("this person has blocked the bot", 409)
        bot = self.world.bots.get(message.api.get("from", {}).get("id", 0)) or self.world.bots.get(chat.bot_id or 0)
        if bot is None:
            raise Misuse("no bot sent this message", 409)
        press = Press(self.world.unique(), bot.id, user.id, self.world.clock.now().timestamp())
        self.world.presses[press.id] = press
        query: Json = {
            "id": press.id,
            "from": user.api(),
            "message": message.snapshot(),
            "chat_instance": str(7_000_000_000 + abs(chat.id)),
            "data": data,
        }
        if message.deleted:
            query["message"] = {"chat": chat.api(), "message_id": message.id, "date": 0}
        return press, bot.queue.push("callback_query", query, ("user", user.id))

    def edit(self, user: User, chat: Chat, message_id: Any, body: Json) -> int | None:
        """Change one's own message."""
        message = self.message(chat, message_id)
        if message.api.get("from", {}).get("id") != user.id:
            raise Misuse("people edit their own messages only", 403)
        field = "text" if "text" in message.api else "caption"
        if not isinstance(body.get(field), str):
            raise Misuse(f"give the new {field}")
        made = said(field, body[field])
        new = text_content(made) if field == "text" else caption_content(made)
        api = {k: v for k, v in message.api.items() if k not in WORDS}
        message.api = {**api, **new, "edit_date": self.world.clock.unix()}
        message.edited = True
        self.world.show("edited", chat, message)
        return self.world.announce(chat, message, "edited_message")

    def delete(self, chat: Chat, message_id: Any) -> None:
        """Take a message away on the person's side. Bots are not told, as in Telegram."""
        message = self.message(chat, message_id)
        message.deleted = True
        self.world.show("deleted", chat, message)

    def react(self, user: User, chat: Chat, message_id: Any, reaction: list[Json]) -> int | None:
        """Put reactions on a message, or take them back with []."""
        message = self.message(chat, message_id)
        old = message.reactions.get(user.id, [])
        if reaction:
            message.reactions[user.id] = reaction
        else:
            message.reactions.pop(user.id, None)
        self.world.show("reaction", chat, message)
        body = {
            "chat": chat.api(),
            "message_id": message.id,
            "user": user.api(),
            "date": self.world.clock.unix(),
            "old_reaction": old,
            "new_reaction": reaction,
        }
        bots = (
            [self.world.bots[chat.bot_id]]
            if chat.bot_id
            else [b for b in self.world.bots.values() if chat.is_admin(b.id)]
        )
        ids = [bot.queue.push("message_reaction", body, ("chat", chat.id)) for bot in bots]
        return next((i for i in ids if i is not None), None)

    def block(self, user: User, bot: Bot, blocked: bool) -> int | None:
        """Block or unblock a bot; it gets my_chat_member."""
        chat = self.world.private_chat(bot, user)
        if chat.blocked == blocked:
            return None
        chat.blocked = blocked
        old: Json = {"status": "member"}
        new: Json = {"status": "kicked", "until_date": 0}
        if not blocked:
            old, new = new, old
        body = {
            "chat": chat.api(),
            "from": user.api(),
            "date": self.world.clock.unix(),
            "old_chat_member": full_member(old, bot.api()),
            "new_chat_member": full_member(new, bot.api()),
        }
        self.world.events.send("blocked", chat=chat.id, bot=bot.id, user=user.id, blocked=blocked)
        return bot.queue.push("my_chat_member", body, ("chat", chat.id))

    def ask_inline(self, user: User, bot: Bot, query: str, offset: str = "") -> tuple[InlineQuery, int | None]:
        """Type `@bot query` in some chat."""
        asked = InlineQuery(self.world.unique(), bot.id, user.id, self.world.clock.now().timestamp(), query)
        self.world.inline_queries[asked.id] = asked
        body = {"id": asked.id, "from": user.api(), "query": query, "offset": offset, "chat_type": "sender"}
        return asked, bot.queue.push("inline_query", body, ("user", user.id))
