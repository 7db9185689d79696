"""What earns points and how often, what a policy may not say, and what an appeal may do. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.rewards.model import APPEALABLE, EARNABLE, Appeal, AppealState, Kind, Policy, Row, Rule

APPEAL = timedelta(days=14)
"""So long after a row somebody may appeal against it."""
DECIDE, DECIDE_AFTER = timedelta(days=7), timedelta(days=3)
"""So long whoever is named first has to decide, and each one after them."""
MOST_BY_HAND, MOST_WORDS = 100, 600
PATIENCE = timedelta(minutes=30)

HARM = re.compile(
    r"injur|incident|accident|harm|hurt|lost.?time|ltifr|trir|first.?aid|casualt|fatal|near.?miss", re.IGNORECASE
)
"""Names of facts about harm."""
REPORTING = re.compile(
    r"report|whistle|\bhazard\w*said|上报|举报|报告|报警|report[aeoó]|denunci|сообщ|доклад|жалоб|донос|أبلغ|بلاغ|إبلاغ|تبليغ|شكو",
    re.IGNORECASE,
)
"""Words about reporting. Points are never taken for anything that has to do with it, so these words stand in no penalty."""
SILENCE = re.compile(
    r"\b(no|zero|without|free of|0)\s+(\w+\s+)?(injur|incident|accident|report|hazard|danger|near)|days? since|"
    r"(accident|injury|incident|report)[- ]free|"
    r"\b(sin|cero|ning[uú]n|libres? de)\s+(\w+\s+)?(accident|lesion|incident|report|peligro|herid)|"
    r"(零|无|沒有|没有|未发生|0)\s*(\w{0,4})(事故|受伤|伤害|工伤|伤亡|上报|隐患)|"
    r"(без|ноль|нет)\s+(\w+\s+)?(травм|авари|происшеств|несчастн|сообщен|инцидент)|"
    r"(بدون|بلا|دون|صفر|خال\w*\s+من)\s+(\w+\s+)?(حوادث|حادث|إصاب|اصاب|بلاغ)",
    re.IGNORECASE,
)
"""Praise of what did not happen: whoever is rewarded for a quiet book keeps it quiet."""


def praises_silence(words: str) -> bool:
    """Whether words praise that nothing happened or nothing was reported."""
    return SILENCE.search(words) is not None


def about_reporting(words: str) -> bool:
    """Whether words have to do with reporting."""
    return REPORTING.search(words) is not None


def wrong_fact(name: str, known: Iterable[str]) -> str | None:
    """Why a policy may not give points for a kind of fact; None where it may. In English, for whoever writes the file."""
    if HARM.search(name):
        return (
            f"{name!r} is about harm: points never rest on injuries or accidents, on their number or on their absence"
        )
    if name in EARNABLE:
        return None
    if REPORTING.search(name):
        return (
            f"{name!r} is a report: a report is never penalised, and it earns points only once somebody else has "
            "confirmed it ('HazardConfirmed'), or people would report for the points"
        )
    if name in known:
        return f"{name!r} is nothing that somebody did well: points are given for {', '.join(sorted(EARNABLE))}"
    return f"no room records {name!r}"


def policy_on(policies: Sequence[Policy], on: date) -> Policy | None:
    """The version in force on a day: the newest that has begun."""
    begun = [each for each in policies if each.since <= on]
    return max(begun, key=lambda each: (each.since, each.version), default=None)


def matching(policy: Policy, fact: str, body: Mapping[str, Any]) -> list[Rule]:
    """The rules that a fact meets."""
    return [
        rule for rule in policy.rules
        if fact in rule.facts and all(body.get(key) == value for key, value in rule.where.items())
    ]  # fmt: skip


def has_room(rule: Rule, that_day: int, that_month: int) -> bool:
    """Whether one more counts, after so many of the same day and month.

    All count the same and a version holds for whole months, so the sum does not depend on the order in which facts come:
    it is the points times the smaller of the month's limit and the sum of the days, each up to its own.
    """
    return that_day < rule.per_day and that_month < rule.per_month


def balance(rows: Iterable[Row]) -> int:
    """What somebody has: the sum of their rows."""
    return sum(row.amount for row in rows)


def traced(row: Row) -> bool:
    """Whether a row says what it rests on: a fact under a version of the rules, or a decision of somebody named."""
    if row.kind is Kind.EARNED:
        return bool(row.fact and row.fact_key and row.rule and row.policy)
    if row.kind in (Kind.REVERSED, Kind.BACK):
        return row.reverses is not None and row.by is not None
    if row.kind is Kind.HELD:
        return row.refers is not None and row.by == row.person
    return row.by is not None and bool(row.reason)


def may_appeal(row: Row, person: int, now: datetime) -> bool:
    """The person themselves, in time, about a row that is not yet the end of an appeal."""
    in_time = row.appeal_by is not None and now < row.appeal_by
    return row.person == person and row.kind in APPEALABLE and in_time


def next_decider(able: Sequence[int], tried: Sequence[int]) -> int | None:
    """Who is named next: the first who was not yet; when all were, it begins anew, so that nothing ends in silence.

    The same one is named again only where there is nobody else.
    """
    fresh = [each for each in able if each not in tried]
    if fresh:
        return fresh[0]
    others = [each for each in able if not tried or each != tried[-1]]
    return next(iter(others or able), None)


def is_late(appeal: Appeal, now: datetime) -> bool:
    """Whether it is open and was passed on because nobody decided, or is due now."""
    return appeal.state is AppealState.OPEN and (appeal.level > 0 or appeal.due_at <= now)
