"""What falls due: beginnings, questions, votes, the jury, the day of the verdict; and the jobs behind them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.activities import actions, asking, contest, measuring, picture, rules, showing, store
from bot.activities.actions import RESULT
from bot.activities.facts import MEASURED
from bot.activities.model import Campaign, Result, State
from bot.activities.tables import CampaignRow
from bot.db import jobs
from bot.db.once import changed
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.clock import local_date
from bot.kit.room import Tick
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.media import store as media

MEASURE = "activities.measure"


def carry_on(session: Session, now: datetime) -> bool:
    """Begins what is to begin, carries contests on, and lets campaigns be measured whose day has come."""
    for found in store.live(session):
        actions.begin_due(session, found, now)
        contest.advance(session, found, now)
        _measure_due(session, found, now)
    return False


def _measure_due(session: Session, found: Campaign, now: datetime) -> None:
    if found.state is not State.RUNNING:
        return
    starts = store.starts(session, found.id)
    if starts and local_date(now, found.zone) >= rules.settled_on(starts, found.asks > 0, found.later_weeks):
        jobs.enqueue(session, MEASURE, {"campaign": found.id}, key=f"campaign:{found.id}:measure", now=now)


class Counted:
    """A result that somebody asked for, in words or as a picture: read beside what else happens. Rights are looked at again."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Reads and counts, on a connection of its own."""
        found = store.campaign(session, payload["campaign"])
        may = found is not None and actions.plans(session, payload["person"], found, now)
        made = measuring.result(session, found, now) if found is not None and may else None
        return payload | {"found": found, "made": made}

    def prepare(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Draws the picture."""
        made = payload["made"]
        if made is None or not payload["picture"]:
            return payload
        ref = media.put(picture.drawn(made.weeks, made.report_mean, made.found_mean), "campaign.png")
        return payload | {"ref": ref}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Sends it to whoever asked."""
        found, made = payload["found"], payload["made"]
        if made is None:
            return
        message = showing.chart(found, made, payload["ref"]) if payload["picture"] else showing.result(found, made)
        outbox.send(session, outbox.to_person(payload["person"]), message, Lane.REPLY, now, key=payload["key"])


class Measured:
    """Once its day has come a campaign is measured, and its result told and recorded."""

    def look(self, session: Session, payload: dict[str, Any], now: datetime) -> dict[str, Any]:
        """Reads and counts, on a connection of its own."""
        found = store.campaign(session, payload["campaign"])
        return payload | {"made": None if found is None else measuring.result(session, found, now)}

    def __call__(self, session: Session, payload: dict[str, Any], now: datetime) -> None:
        """Writes it down, once, and tells whoever planned it."""
        id, made = payload["campaign"], payload["made"]
        which = (CampaignRow.id == id, CampaignRow.state == State.RUNNING.value)
        over = {"state": State.OVER.value, "measured_at": now}
        if not isinstance(made, Result) or changed(session, update(CampaignRow).where(*which).values(**over)) != 1:
            return
        found = store.campaign(session, id)
        assert found is not None
        body = {
            "campaign": id, "reading": made.reading.value, "reports": made.reports.verdict.value,
            "found": made.looks.verdict.value, "reports_before": made.reports.before, "reports_after": made.reports.after,
            "found_before": made.looks.before, "found_after": made.looks.after,
        }  # fmt: skip
        record(session, Fact(MEASURED, f"campaign:{id}:measured", now, unit=found.unit, body=body), now)
        said, key = showing.outcome(found, made), f"campaign:{id}:measured"
        actions.tell(session, found.by, said, actions.open_key(id), key, now)


TICKS = (
    Tick("activities.carry_on", carry_on, seconds=60),
    Tick("activities.ask_due", asking.ask_due, seconds=60),
)
JOBS = {
    actions.KEPT: actions.picture_kept, contest.KEPT: contest.entry_kept, RESULT: Counted(), MEASURE: Measured(),
}  # fmt: skip
