"""How the browser's accounts are told from Telegram's, and who a mailbox under seal belongs to."""

from __future__ import annotations

from datetime import timedelta

CHANNEL = "browser"
FIRST = 2**60
"""Chats of browsers begin here. Telegram's own numbers have at most 52 bits, and those of groups are negative."""
BOX = 32
"""The length of a mailbox's name. A sealed recipient of this length is a mailbox, every other is a person's number."""
KEPT = timedelta(days=90)
"""So long a sealed message can be read. Others go with all messages, after the days set for them."""


def chat_of(person: int) -> int:
    """The number of somebody's chat in the browser: user and chat of the account."""
    return FIRST + person


def person_of(chat: int) -> int:
    """Whose chat it is."""
    return chat - FIRST


def is_browser(chat: int | None) -> bool:
    """Whether a chat is one in a browser."""
    return chat is not None and chat >= FIRST


def is_box(opened: str) -> bool:
    """Whether what a seal held is the name of a mailbox; else it is a person's number."""
    return len(opened) == BOX
