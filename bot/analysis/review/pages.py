"""The monthly review on the dashboard: what stands at which step, with its history; earlier months as they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.analysis.indicators.rules import next_month, read_month
from bot.analysis.review import rules, showing, store
from bot.analysis.review.model import Item, Kind, Phase, State
from bot.analysis.review.tables import ReviewEventRow
from bot.kit.room import Page
from bot.people.model import Viewer

MOST_MONTHS = 24


def review(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A month's entries by step; what was open before it says so. Without a month the newest one."""
    span = store.months(session, viewer.person, now)
    newest = max(span[1], rules.month_of(now.date())) if span else rules.month_of(now.date())
    month = read_month(str(query.get("month", ""))) or newest
    found = store.of_month(session, viewer.person, month, now)
    told = store.events(session, [each.id for each in found])
    lines = [_line(session, each, told[each.id], month, now) for each in found]
    return {
        "month": month.isoformat(), "newest": month == newest, "months": _months(span[0] if span else newest, newest),
        "actions": {p.value: [one for one in lines if one["kind"] == Kind.ACTION.value and one["phase"] == p.value] for p in Phase},
        "developments": [one for one in lines if one["kind"] == Kind.DEVELOPMENT.value],
        "trials": [one for one in lines if one["kind"] == Kind.TRIAL.value],
        "open": sum(one["state"] == State.OPEN.value for one in lines), "all": len(lines),
        "carried": sum(one["carried"] > 0 for one in lines), "overdue": sum(one["overdue"] for one in lines),
    }  # fmt: skip


def _line(session: Session, found: Item, told: list[ReviewEventRow], month: date, now: datetime) -> dict[str, Any]:
    """An entry as it stood at the end of a month: its step and state by what had happened till then."""
    until = [row for row in told if row.month_on <= month]
    last = until[-1] if until else None
    ended = next((row for row in until if row.what in (State.DONE.value, State.DROPPED.value)), None)
    line = showing.line(session, found, now, month)
    return line | {
        "phase": last.phase if last else line["phase"], "state": ended.what if ended else State.OPEN.value,
        "events": [showing.event(session, row, now) for row in until],
    }  # fmt: skip


def _months(first: date, last: date) -> list[dict[str, str]]:
    found, at = [], first
    while at <= last:
        found.append({"on": at.isoformat(), "month": f"{at:%Y-%m}"})
        at = next_month(at)
    return found[-MOST_MONTHS:]


PAGES = (Page("/desk/review", review, "review", "title_review"),)
