"""What a bulletin says and whose name it shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from bot.people.model import Role
from bot.rewards.bulletin.model import Consent, Honour

PROPOSER, PUBLISHER = Role.SUPERVISOR, Role.HR
LEAST = 5
"""A figure of fewer people is not shown: it would tell what one of them did."""
MOST_WORDS = 300


def month_before(today: date) -> str:
    """The month that a bulletin is about: the last one that is over."""
    return (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")


def bounds(month: str) -> tuple[date, date]:
    """Its first day, and the first day after it."""
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=32)).replace(day=1)


def figures(counts: Iterable[tuple[str, int, int]]) -> list[dict[str, Any]]:
    """Lines of a bulletin from (rule, how often, by how many people): those of fewer than five people keep their figure."""
    return [{"rule": rule, "count": count if people >= LEAST else None} for rule, count, people in counts]


def shows_name(honour: Honour, allowed: bool) -> bool:
    """Only where names are switched on and the person said yes."""
    return allowed and honour.consent is Consent.YES


def words_of(lines: Iterable[Mapping[str, Any]], rules: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """Lines with the words of their rule."""
    return [{"words": dict(rules.get(each["rule"], {})) or each["rule"], "count": each["count"]} for each in lines]
