"""Scripted faults: what goes wrong between a bot and Telegram, before or after the call took effect."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.bodies import real, whole, words
from bot.simulator.errors import Misuse, Refusal, forbidden, too_many

ANSWERS = {"429", "500", "403"}
BREAKS = {"timeout", "reset", "truncate"}
KINDS = {*ANSWERS, *BREAKS, "slow"}
FIELDS = {"method", "chat", "share", "kind", "retry_after", "seconds", "seed", "times", "effect"}


@dataclass(slots=True)
class Fault:
    """One rule. Without a method it strikes every method but getUpdates; `*` strikes really all of them."""

    kind: str
    share: float = 1.0
    method: str | None = None
    chat: int | None = None
    retry_after: int = 5
    seconds: float = 30.0
    effect: bool = False
    times: int | None = None
    struck: int = 0
    random: random.Random = field(default_factory=random.Random)

    def strikes(self, method: str, chat: Any) -> bool:
        """Whether this call is hit; counts itself down."""
        if self.times is not None and self.struck >= self.times:
            return False
        if self.method is None:
            if method == "getUpdates":
                return False
        elif self.method != "*" and self.method.lower() != method.lower():
            return False
        if self.chat is not None and str(self.chat) != str(chat):
            return False
        if self.random.random() >= self.share:
            return False
        self.struck += 1
        return True

    def refusal(self) -> Refusal:
        """The error answer of an answering fault."""
        if self.kind == "429":
            return too_many(self.retry_after)
        if self.kind == "403":
            return forbidden("bot was blocked by the user")
        return Refusal(500, "Internal Server Error")

    def describe(self) -> dict[str, Any]:
        """The rule as GET /sim/faults shows it."""
        return {
            "kind": self.kind,
            "share": self.share,
            "method": self.method,
            "chat": self.chat,
            "effect": self.effect,
            "times": self.times,
            "struck": self.struck,
        }


def read_faults(body: Any) -> list[Fault]:
    """Faults from the control side's JSON; says which field is wrong."""
    if isinstance(body, dict):
        body = [body]
    if not isinstance(body, list):
        raise Misuse("send a list of faults")
    return [_read(item) for item in body]


def _read(item: Any) -> Fault:
    if not isinstance(item, dict) or "kind" not in item:
        raise Misuse(f"a fault needs a kind, one of {', '.join(sorted(KINDS))}")
    unknown = set(item) - FIELDS
    if unknown:
        raise Misuse(f"unknown in a fault: {', '.join(sorted(unknown))}")
    kind = str(item["kind"])
    if kind not in KINDS:
        raise Misuse(f"kind {kind!r} is not one of {', '.join(sorted(KINDS))}")
    share = real(item.get("share", 1.0), "share", 0)
    if share > 1:
        raise Misuse("share is between 0 and 1")
    return Fault(
        kind,
        share,
        words(item.get("method"), "method"),
        _whole(item, "chat", None),
        _whole(item, "retry_after", 5) or 0,
        real(item.get("seconds", 1.0 if kind == "slow" else 30.0), "seconds", 0),
        bool(item.get("effect", kind == "truncate")),
        _whole(item, "times", None),
        random=random.Random(_whole(item, "seed", None)),
    )


def _whole(item: dict[str, Any], name: str, otherwise: int | None) -> int | None:
    return otherwise if item.get(name) is None else whole(item[name], name)
