"""What came in, free of any chat platform. An adapter in `delivery/` makes these; rooms take them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

FileKind = Literal["photo", "document", "voice", "audio", "video"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Common to all events.

    `update_id` is the channel's own number; `at` the channel's time of it (aware UTC); `user` and `chat` are the
    channel's ids; `person` is our person's id, None for a stranger, filled in by the receiver; `lang` is the language
    the channel says the user reads.
    """

    update_id: int
    at: datetime
    user: int
    chat: int
    private: bool = True
    lang: str | None = None
    name: str = ""
    person: int | None = None
    message: int | None = None
    """The message's number in its chat (for a press: the message that bears the button)."""
    channel: str = "telegram"


@dataclass(frozen=True, kw_only=True)
class Said(Event):
    """Text. `/command rest` is split: `command` without slash, lower case; `args` is the rest."""

    text: str
    command: str | None = None
    args: str = ""
    reply_to: int | None = None


@dataclass(frozen=True)
class FileRef:
    """A file that lies with the channel and can be fetched by its id."""

    kind: FileKind
    file_id: str
    unique_id: str
    size: int | None = None
    name: str | None = None
    mime: str | None = None
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Sent(Event):
    """A file with or without a caption. Photos of one album share `album`."""

    file: FileRef
    caption: str = ""
    album: str | None = None
    reply_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class Located(Event):
    """A place on earth, degrees WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, kw_only=True)
class Contacted(Event):
    """Somebody shared a contact card. `own` says whether it is the sender's own."""

    phone: str
    own: bool


@dataclass(frozen=True, kw_only=True)
class Edited(Event):
    """A text or caption was changed afterwards."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Pressed(Event):
    """An inline button. `data` is `verb:argument:argument`; `callback` answers it within seconds."""

    data: str
    callback: str
    captioned: bool = False
    """Whether the message that bears the button shows a file: its text is then a caption."""

    @property
    def verb(self) -> str:
        return self.data.split(":", 1)[0]

    @property
    def args(self) -> tuple[str, ...]:
        return tuple(self.data.split(":")[1:])

    def word(self, at: int) -> str:
        """An argument; empty where there is none: buttons can be forged."""
        return self.args[at] if len(self.args) > at else ""

    def number(self, at: int) -> int:
        """An argument as a number that every database can hold; -1 where it is none."""
        given = self.word(at)
        return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else -1


@dataclass(frozen=True, kw_only=True)
class Voted(Event):
    """A poll answer; an empty tuple takes the vote back."""

    poll: str
    options: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Joined(Event):
    """The bot was added to a group chat."""

    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Left(Event):
    """The bot was removed from a group chat."""


@dataclass(frozen=True, kw_only=True)
class Blocked(Event):
    """A person blocked the bot, or let it in again."""

    blocked: bool


@dataclass(frozen=True, kw_only=True)
class Migrated(Event):
    """A group became a supergroup with another chat id."""

    to_chat: int


AnyEvent = Said | Sent | Located | Contacted | Edited | Pressed | Voted | Joined | Left | Blocked | Migrated


@dataclass(frozen=True)
class Unread:
    """An update of a kind we did not ask for or cannot read: counted, never an error."""

    update_id: int
    why: str = field(default="unknown kind")
