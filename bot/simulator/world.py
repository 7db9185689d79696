"""The simulated Telegram itself: who is there, who may write to whom, and what a new message sets going."""

from __future__ import annotations

import itertools
import re
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.simulator.calls import CallLog
from bot.simulator.clock import Clock
from bot.simulator.errors import Misuse, Refusal, bad, forbidden
from bot.simulator.events import Events
from bot.simulator.faults import Fault
from bot.simulator.files import Files
from bot.simulator.flood import Flood, Rates
from bot.simulator.polls import Polls
from bot.simulator.state import Bot, Chat, InlineQuery, Json, Message, Press, User
from bot.simulator.updates import UpdateQueue
from bot.simulator.webhooks import Webhooks

TOKEN = re.compile(r"(\d{1,15}):[A-Za-z0-9_-]{3,}\Z")
USERNAME = re.compile(r"[A-Za-z]\w{3,31}\Z", re.ASCII)
FIRST_USER_ID = 5_000_000_001
SUPERGROUP_BASE = -1_000_000_000_000


class World:
    """People, bots and chats of one simulator."""

    def __init__(self, clock: Clock, rates: Rates, log: CallLog, events: Events, *, any_token: bool) -> None:
        self.clock, self.log, self.events = clock, log, events
        self.rates = rates
        self.any_token = any_token
        self.files = Files()
        self.polls = Polls(self)
        self.webhooks = Webhooks(self)
        self.faults: list[Fault] = []
        self.bots: dict[int, Bot] = {}
        self.by_token: dict[str, Bot] = {}
        self.users: dict[int, User] = {}
        self.private: dict[tuple[int, int], Chat] = {}  # (bot id, user id)
        self.groups: dict[int, Chat] = {}
        self.presses: dict[str, Press] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.floods: dict[int, Flood] = {}
        self.web_app_key = Ed25519PrivateKey.generate()
        self.web_app_queries: dict[str, tuple[int, int]] = {}  # query_id -> (bot, user), until it is answered
        self.press_seconds = 150.0
        self.actions: dict[tuple[int, int], tuple[str, float]] = {}  # (bot, chat) -> what the bot is shown doing, since
        self._user_ids = itertools.count(FIRST_USER_ID)
        self._group_ids = itertools.count(1)
        self._unique = itertools.count(1)

    # ---- who exists -------------------------------------------------------------------------------------------

    def add_bot(
        self, token: str, username: str | None = None, first_name: str | None = None, *, reads_all: bool = False
    ) -> Bot:
        """Make a bot; its id is the number before the colon of its token."""
        match = TOKEN.match(token)
        if match is None:
            raise Misuse("a token looks like 123456:ABC-def")
        if token in self.by_token:
            raise Misuse("there is a bot with this token already", 409)
        bot_id = int(match.group(1))
        if bot_id in self.bots or bot_id in self.users:
            raise Misuse(f"the id {bot_id} is taken", 409)
        username = username or f"sim{bot_id}_bot"
        self.check_username(username)
        queue = UpdateQueue(lambda: self.clock.now().timestamp(), 700_000_001 + 1_000_000 * len(self.bots))
        bot = Bot(bot_id, token, username, first_name or username, queue, reads_all)
        self.bots[bot_id] = self.by_token[token] = bot
        self.floods[bot_id] = Flood(self.rates)
        self.events.send("bot", bot=bot_id)
        return bot

    def bot_of(self, token: str) -> Bot:
        """The bot of a token: 404 for what is no token, 401 for an unknown one (unless any token will do)."""
        bot = self.by_token.get(token)
        if bot is not None:
            return bot
        if TOKEN.match(token) is None:
            raise Refusal(404, "Not Found")
        if not self.any_token or int(token.split(":")[0]) in self.bots:
            raise Refusal(401, "Unauthorized")
        return self.add_bot(token)

    def add_user(
        self,
        first_name: str,
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "en",
        user_id: int | None = None,
        label: str | None = None,
        phone: str | None = None,
    ) -> User:
        """Make a person."""
        if not first_name:
            raise Misuse("a person needs a first_name")
        if username is not None:
            self.check_username(username)
        if user_id is None:
            user_id = next(i for i in self._user_ids if i not in self.users)
        if user_id in self.users or user_id in self.bots or not 0 < user_id < 2**52:
            raise Misuse(f"the id {user_id} is taken or not allowed", 409)
        user = User(user_id, first_name, last_name, username, language_code, label, phone)
        self.users[user_id] = user
        self.events.send("user", user=user_id)
        return user

    def add_group(
        self, title: str, members: list[int], *, supergroup: bool = False, group_id: int | None = None
    ) -> Chat:
        """Make a group; the first person listed owns it. Bots among the members are told they were added."""
        unknown = [m for m in members if m not in self.users and m not in self.bots]
        if unknown:
            raise Misuse(f"no such people: {unknown}", 404)
        if group_id is None:
            number = next(self._group_ids)
            group_id = SUPERGROUP_BASE - 1_500_000_000 - number if supergroup else -400_000_000 - number
        if group_id in self.groups or group_id >= 0:
            raise Misuse(f"the id {group_id} is taken or not allowed", 409)
        chat = Chat(group_id, "supergroup" if supergroup else "group", title)
        self.groups[group_id] = chat
        people = [m for m in members if m in self.users]
        for member in people:
            chat.members[member] = (
                {"status": "creator", "is_anonymous": False} if member == people[0] else {"status": "member"}
            )
        self.events.send("chat", chat=group_id)
        return chat

    def check_username(self, username: str) -> None:
        """Refuse a username that is taken or is none."""
        if not USERNAME.match(username) or self.named(username):
            raise Misuse(f"the username {username!r} is taken or not allowed", 409)

    def named(self, username: str) -> User | Bot | Chat | None:
        """Who bears a @username."""
        wanted = username.lstrip("@").lower()
        everyone: list[Any] = [*self.users.values(), *self.bots.values(), *self.groups.values()]
        return next((one for one in everyone if one.username and one.username.lower() == wanted), None)

    # ---- chats ------------------------------------------------------------------------------------------------

    def private_chat(self, bot: Bot, user: User) -> Chat:
        """The chat between a bot and a person; made when first asked for."""
        chat = self.private.get((bot.id, user.id))
        if chat is None:
            chat = self.private[bot.id, user.id] = Chat(user.id, "private", user=user, bot_id=bot.id)
        return chat

    def seen_by(self, bot: Bot, chat_id: int | str) -> Chat:
        """The chat a bot means, whether or not it may write there: 400 chat not found, or moved to a supergroup."""
        if isinstance(chat_id, str):
            found = self.named(chat_id) if chat_id.startswith("@") else None
            chat_id = found.id if found is not None and not isinstance(found, User) else 0
        if chat_id in self.users:
            user = self.users[chat_id]
            chat = self.private.get((bot.id, user.id))
            return chat if chat is not None else self.private_chat(bot, user)
        if chat_id in self.bots:
            raise forbidden("bots can't send messages to bots")
        group = self.groups.get(chat_id)
        if group is None or bot.id not in group.members:
            raise bad("chat not found")
        if group.migrated_to is not None:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                {"migrate_to_chat_id": group.migrated_to},
            )
        return group

    def writable(self, bot: Bot, chat_id: int | str) -> Chat:
        """The chat, if the bot may write there; 403 in Telegram's words if not."""
        chat = self.seen_by(bot, chat_id)
        if chat.user is not None:
            if chat.user.deactivated:
                raise forbidden("user is deactivated")
            if chat.blocked:
                raise forbidden("bot was blocked by the user")
            if not chat.started:
                raise forbidden("bot can't initiate conversation with a user")
            return chat
        kind = "supergroup" if chat.type == "supergroup" else "group"
        if chat.status(bot.id) == "kicked":
            raise forbidden(f"bot was kicked from the {kind} chat")
        if not chat.has(bot.id):
            raise forbidden(f"bot is not a member of the {kind} chat")
        if chat.members[bot.id].get("can_send_messages") is False:
            raise bad("not enough rights to send text messages to the chat")
        return chat

    # ---- messages ---------------------------------------------------------------------------------------------

    def post(
        self,
        chat: Chat,
        sender: User | Bot | None,
        content: Json,
        *,
        silent: bool = False,
        keyboard: Json | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Write a message into a chat and show it to whoever looks. Does not tell bots."""
        chat.last_id += 1
        api: Json = {"message_id": chat.last_id}
        if sender is not None:
            api["from"] = sender.api()
        api["chat"] = chat.api()
        api["date"] = self.clock.unix()
        if reply_to is not None:
            api["reply_to_message"] = without_reply(reply_to.snapshot())
        api.update(content)
        message = Message(api, silent=silent, keyboard=keyboard)
        chat.messages[chat.last_id] = message
        if keyboard is not None:
            chat.keyboard = None if keyboard.get("remove_keyboard") else keyboard
        self.show("message", chat, message)
        return message

    def show(self, event: str, chat: Chat, message: Message) -> None:
        """Tell the page that a message is new or changed."""
        self.events.send(event, chat=chat.id, bot=chat.bot_id, message_id=message.id)

    def announce(self, chat: Chat, message: Message, kind: str = "message", *, by: User | None = None) -> int | None:
        """Tell the bots that should see it; the update id of the first."""
        ids = [bot.queue.push(kind, message.snapshot(), ("chat", chat.id)) for bot in self.listeners(chat, message)]
        return next((i for i in ids if i is not None), None)

    def listeners(self, chat: Chat, message: Message) -> list[Bot]:
        """The bots that get a message: in groups, privacy mode hides what is not for them."""
        if chat.bot_id is not None:
            return [self.bots[chat.bot_id]]
        return [bot for bot in self.bots.values() if chat.has(bot.id) and self._meant_for(bot, chat, message.api)]

    @staticmethod
    def _meant_for(bot: Bot, chat: Chat, api: Json) -> bool:
        if api.get("from", {}).get("id") == bot.id:
            return False
        if bot.reads_all or chat.is_admin(bot.id) or SERVICE & api.keys():
            return True
        text = api.get("text") or api.get("caption") or ""
        if text.startswith("/"):
            command = text.split()[0]
            return "@" not in command or command.lower().endswith(f"@{bot.username.lower()}")
        if api.get("reply_to_message", {}).get("from", {}).get("id") == bot.id:
            return True
        return api.get("via_bot", {}).get("id") == bot.id or f"@{bot.username.lower()}" in text.lower()

    def find(self, chat: Chat, message_id: int, complaint: str) -> Message:
        """A message that is still there, or a 400 with Telegram's complaint."""
        message = chat.messages.get(message_id)
        if message is None or message.deleted:
            raise bad(complaint)
        return message

    def close_due(self) -> int:
        """Close the polls whose time has come and forget old updates; how many polls closed."""
        for bot in self.bots.values():
            bot.queue.expire()
        return self.polls.close_due(self.clock.now().timestamp())

    def strike(self, method: str, chat_id: Any) -> Fault | None:
        """The scripted fault that hits this call, if any."""
        return next((fault for fault in self.faults if fault.strikes(method, chat_id)), None) if self.faults else None

    def unique(self, prefix: str = "") -> str:
        """A number that was not given out before, long as Telegram's are."""
        return f"{prefix}{4_000_000_000_000_000 + next(self._unique) * 7_919}"


SERVICE = {
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "pinned_message",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "group_chat_created",
    "supergroup_chat_created",
    "new_chat_photo",
    "delete_chat_photo",
}


def without_reply(api: Json) -> Json:
    """A message inside another: its own reply is left out, as in the Bot API."""
    api.pop("reply_to_message", None)
    return api
