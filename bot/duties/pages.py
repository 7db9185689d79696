"""Duties on the dashboard: what is missing, who has not acknowledged, and the proof by name and time. Scope is in the query."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.duties import chasing, rules, showing, store
from bot.duties.checks import store as checks
from bot.duties.reports import rules as months
from bot.duties.reports import store as reports
from bot.kit.replies import Media
from bot.kit.room import Page
from bot.media.store import PREFIX
from bot.people import store as people
from bot.people.company import post_labels
from bot.people.model import Role, Viewer

CHECKS_SINCE = timedelta(days=90)
MOST, MOST_UNITS = 200, 40


def duties(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """All of it for the units that somebody leads."""
    paths = viewer.paths(Role.SUPERVISOR)
    lists = store.lists(session)
    held = store.holders(session, paths, now)
    found = rules.gaps(held, lists)
    here = [each for each in lists if any(each.path.startswith(path) for path in paths)]
    proof = store.proof(session, paths, now, MOST)
    month = months.month_before(now.date())
    everybody, behind = sum(each.count for each in held), store.behind(session, paths, now, MOST)
    by_unit, waiting = store.behind_by_unit(session, paths, now, MOST_UNITS)
    units = people.labels(session, [*(who.unit for who, _ in behind), *(unit for unit, *_ in by_unit)])
    posts = post_labels(session, (kept.post for *_, kept in proof))
    return {
        "people": everybody, "bound": everybody - sum(each.count for each in found.no_list), "waiting": waiting,
        "no_list": showing.no_list(session, found.no_list),
        "no_person": [showing.line(session, each) for each in found.no_person if each in here],
        "no_origin": [{"code": d.code, "above": d.above} for each, d in found.no_origin if each in here],
        "behind": [
            {"name": who.name, "unit": units.get(who.unit, ""), "since": row.given_at.isoformat()} for who, row in behind
        ],
        "proof": [
            {"name": who.name, "post": posts[kept.post], "version": kept.version,
             "at": row.acknowledged_at.isoformat()}
            for who, row, kept in proof if row.acknowledged_at is not None
        ],
        "behind_by_unit": [
            {"name": units.get(unit, ""), "given": given, "late": late} for unit, given, late in by_unit
        ],
        "may_chase": waiting > 0 and chasing.may_chase(session, viewer, now),
        "checks": _checks(session, paths, now), "month": f"{month}-01",
        "reports": [
            {"name": _name(session, each.person, now), "state": each.state.value, "late": each.late, "visits": each.visits}
            for each in reports.below(session, viewer.person, month, now)
        ],
    }  # fmt: skip


def _checks(session: Session, paths: tuple[str, ...], now: datetime) -> list[dict[str, Any]]:
    found = []
    for row in checks.under(session, paths, now - CHECKS_SINCE):
        duty = checks.duty(session, checks.as_check(row))
        found.append({
            "name": _name(session, row.person_id, now), "by": _name(session, row.checker_id, now), "state": row.state,
            "outcome": row.outcome or "", "duty": dict(duty.words) if duty else row.duty, "note": row.note or "",
            "reply": row.reply or "", "photo": (row.media or "").removeprefix(PREFIX), "round": row.round,
        })  # fmt: skip
    return found


def _name(session: Session, id: int, now: datetime) -> str:
    who = people.person(session, id, now)
    return who.name if who else ""


def photo(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Media | None:
    """A photo of a look, for whoever leads there."""
    ref = f"{PREFIX}{query['ref']}"
    found = checks.under(session, viewer.paths(Role.SUPERVISOR), now - CHECKS_SINCE)
    return Media("photo", ref) if any(row.media == ref for row in found) else None


def chase(session: Session, viewer: Viewer, form: Mapping[str, Any], now: datetime) -> str:
    """Asks again who is behind. Raises Refused."""
    chasing.chase(session, viewer, now)
    return "/desk/duties"


PAGES = (
    Page("/desk/duties", duties, "duties", "title_duties", live=("duties",), post=chase),
    Page("/desk/duties/photos/{ref}", photo, "", "", nav=False),
)
