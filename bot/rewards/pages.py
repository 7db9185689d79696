"""The ledger of points on the dashboard of human resources, with what waits, and as a file. Scope is in the query."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.delimited import harmless
from bot.kit.room import Made, Page
from bot.people import store as people
from bot.people.model import Viewer
from bot.rewards import policy, rules, showing, store
from bot.rewards.model import Appeal, AppealState, Row

MOST, MOST_APPEALS = 150, 30
FILE_SINCE = timedelta(days=400)
COLUMNS = (
    "row", "badge", "name", "unit", "day", "points", "kind", "rule", "policy", "fact", "fact_key", "refers_to", "takes_back",
    "decided_by", "reason", "appeal_until", "appeal", "appeal_decider", "appeal_reason",
)  # fmt: skip


def points(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Appeals, open ones first, and the newest rows of the units that somebody looks after."""
    paths = viewer.paths(store.HR)
    found = store.under(session, paths, MOST)
    appeals = store.appeals_under(session, paths, MOST_APPEALS)
    named = people.persons(
        session, sorted({*_ids(found), *(i for a in appeals for i in (a.person, a.decider or 0))}), now
    )
    name = {id: who.name for id, who in named.items()}
    return {
        "rows": [line | {"name": name.get(row.person, "")}
                 for row, line in zip(found, showing.lines(session, found, now), strict=True)],
        "appeals": [
            {"row": each.row, "name": name.get(each.person, ""), "decider": name.get(each.decider or 0, ""),
             "due": each.due_at.isoformat(), "state": each.state.value, "late": rules.is_late(each, now), "words": each.words}
            for each in appeals
        ],
        "open": sum(each.state is AppealState.OPEN for each in appeals), "more": len(found) == MOST,
        "changed": policy.changed_versions(session),
    }  # fmt: skip


def points_file(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> Made:
    """All rows of a year as CSV: each with the fact or the decision it rests on, and its appeal."""
    found = store.under(session, viewer.paths(store.HR), since=(now - FILE_SINCE).date())
    named = people.persons(session, sorted(_ids(found)), now)
    appeals = {each.row: each for each in store.appeals_under(session, viewer.paths(store.HR), None)}
    deciders = {each.decider for each in appeals.values() if each.decider} - named.keys()
    named |= people.persons(session, sorted(deciders), now)
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in reversed(found):
        writer.writerow(
            [harmless(str(cell)) if isinstance(cell, str) else cell for cell in _cells(session, row, named, appeals)]
        )
    return Made("points.csv", b"\xef\xbb\xbf" + out.getvalue().encode())


def _cells(session: Session, row: Row, named: Mapping[int, Any], appeals: Mapping[int, Appeal]) -> tuple[Any, ...]:
    who, by, unit = named.get(row.person), named.get(row.by or 0), people.unit(session, row.unit)
    appeal = appeals.get(row.id)
    decider = named.get(appeal.decider or 0) if appeal else None
    return (
        row.id, who.badge if who else "", who.name if who else "", unit.name if unit else "", row.on.isoformat(), row.amount,
        row.kind.value, row.rule or "", row.policy or "", row.fact or "", row.fact_key or "", row.refers or "",
        row.reverses or "", by.badge if by else "", row.reason or "", row.appeal_by.isoformat() if row.appeal_by else "",
        appeal.state.value if appeal else "", decider.badge if decider else "", (appeal.reason or "") if appeal else "",
    )  # fmt: skip


def _ids(found: list[Row]) -> set[int]:
    return {id for row in found for id in (row.person, row.by) if id}


PAGES = (
    Page("/desk/points", points, "points", "title_points", role="hr"),
    Page("/desk/points/file", points_file, "", "", role="hr", nav=False, guarded=True),
)
