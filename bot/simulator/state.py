"""What exists in the simulated Telegram: people, bots, chats, messages. Data only; `world.py` holds what happens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.simulator.updates import UpdateQueue

Json = dict[str, Any]


@dataclass(slots=True)
class User:
    """A person. `label` names the demo's role; `phone` is what a shared contact carries, `zone` (IANA) what their clock shows."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = "en"
    label: str | None = None
    phone: str | None = None
    zone: str | None = None
    deactivated: bool = False

    def api(self) -> Json:
        """The person as a Bot API `User`."""
        out: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            value = getattr(self, name)
            if value:
                out[name] = value
        return out


@dataclass(slots=True)
class Bot:
    """A bot account and everything it has set about itself."""

    id: int
    token: str
    username: str
    first_name: str
    queue: UpdateQueue
    reads_all: bool = False
    inline: bool = True
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)
    rights: dict[bool, Json] = field(default_factory=dict)

    def api(self) -> Json:
        """The bot as a Bot API `User` in messages."""
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}

    def me(self) -> Json:
        """What getMe answers."""
        return {
            **self.api(),
            "can_join_groups": True,
            "can_read_all_group_messages": self.reads_all,
            "supports_inline_queries": self.inline,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
        }


@dataclass(slots=True)
class Message:
    """A message: the Bot API object, and what the person sees besides."""

    api: Json
    silent: bool = False
    edited: bool = False
    deleted: bool = False
    pinned: bool = False
    keyboard: Json | None = None
    reactions: dict[int, list[Json]] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The message id, unique in its chat."""
        return int(self.api["message_id"])

    def snapshot(self) -> Json:
        """The message as an update or an answer carries it: later edits do not change it."""
        out = dict(self.api)
        if "poll" in out:
            out["poll"] = {**out["poll"], "options": [dict(option) for option in out["poll"]["options"]]}
        return out

    def seen(self) -> Json:
        """The message as the person sees it now."""
        out = dict(self.api)
        if self.keyboard is not None:
            out["reply_markup"] = self.keyboard
        if self.reactions:
            out["reactions"] = [r for some in self.reactions.values() for r in some]
        out.update(edited=self.edited, deleted=self.deleted, pinned=self.pinned, silent=self.silent)
        return out


@dataclass(slots=True)
class Chat:
    """A chat. A private chat belongs to one bot and one person; a group is shared by everybody in it."""

    id: int
    type: str
    title: str | None = None
    user: User | None = None
    bot_id: int | None = None
    username: str | None = None
    description: str | None = None
    invite_link: str | None = None
    photo: Json | None = None
    permissions: Json | None = None
    members: dict[int, Json] = field(default_factory=dict)  # user or bot id -> ChatMember without `user`
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    pins: list[int] = field(default_factory=list)
    migrated_to: int | None = None
    started: bool = False
    blocked: bool = False
    keyboard: Json | None = None  # the reply keyboard that stands now
    links: dict[str, Json] = field(default_factory=dict)

    def api(self) -> Json:
        """The chat as a Bot API `Chat`."""
        out: Json = {"id": self.id, "type": self.type}
        if self.user is not None:
            out["first_name"] = self.user.first_name
            if self.user.last_name:
                out["last_name"] = self.user.last_name
        if self.title is not None:
            out["title"] = self.title
        username = self.user.username if self.user else self.username
        if username:
            out["username"] = username
        return out

    def status(self, member_id: int) -> str:
        """`member`, `administrator`, `creator`, `restricted`, `left` or `kicked`."""
        return str(self.members.get(member_id, {"status": "left"})["status"])

    def has(self, member_id: int) -> bool:
        """Whether somebody is in the group now."""
        member = self.members.get(member_id)
        return member is not None and (
            member["status"] in {"member", "administrator", "creator"} or bool(member.get("is_member"))
        )

    def is_admin(self, member_id: int) -> bool:
        """Whether somebody runs the group."""
        return self.status(member_id) in {"administrator", "creator"}


@dataclass(slots=True)
class Press:
    """A pressed button: answered once, and only while its id lives."""

    id: str
    bot_id: int
    user_id: int
    at: float
    answer: Json | None = None


@dataclass(slots=True)
class InlineQuery:
    """A question typed after the bot's name in another chat."""

    id: str
    bot_id: int
    user_id: int
    at: float
    query: str = ""
    results: list[Json] | None = None
    options: Json = field(default_factory=dict)
