"""The code on a badge: it opens the bot, which says whether its holder may work; to those who may ask."""

from __future__ import annotations

import base64
import binascii
import io
import re
from dataclasses import dataclass

import segno

PLAIN = re.compile(r"[A-Za-z0-9-]{1,60}")
"""Badges that can stand in a deep link as they are; others are written in base64 after an underscore."""


@dataclass
class Composition:
    """What only the composition root knows: the bot's name."""

    bot_username: str = ""


composed = Composition()


def configure(bot_username: str) -> None:
    """Called at the composition root: the bot's name, with @ or without."""
    composed.bot_username = bot_username.lstrip("@")


def token(badge: str) -> str:
    """A badge number as the token of a deep link. It is no secret: what it opens depends on who scans it."""
    if PLAIN.fullmatch(badge):
        return f"w{badge}"
    return "w_" + base64.urlsafe_b64encode(badge.encode()).decode().rstrip("=")


def read(token: str) -> str:
    """The badge number of a token; empty where it holds none."""
    if not token.startswith("w_"):
        return token[1:]
    packed = token[2:]
    try:
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def link(badge: str) -> str:
    """The deep link of a badge."""
    return f"https://t.me/{composed.bot_username}?start={token(badge)}"


def picture(badge: str) -> bytes:
    """Its QR as PNG, to print on the badge."""
    out = io.BytesIO()
    segno.make(link(badge), error="m", micro=False).save(out, kind="png", scale=10, border=4)
    return out.getvalue()
