"""Campaigns on the dashboard: a list, each with its result in words, charts and figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.activities import drawing, measuring, picture, showing, store, whom
from bot.activities.model import Campaign, Result, Stagger, Week
from bot.activities.planning_page import Planned, plan
from bot.kit.clock import local_date
from bot.kit.room import Page
from bot.people import store as people
from bot.people.model import Role, Viewer

WIDE, TALL = 600, 160
SEES = Role.SUPERVISOR


def campaigns(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The campaigns of the units that somebody leads."""
    found = store.led(session, viewer.paths(SEES))
    return {"rows": [_line(session, each) for each in found], "plans": viewer.anywhere(whom.PLANNER)}


def _line(session: Session, found: Campaign) -> dict[str, Any]:
    unit = people.unit(session, found.unit)
    return {
        "id": found.id, "title": found.title, "kind": found.kind.value, "unit": unit.label if unit else "",
        "starts": found.starts_on.isoformat(), "ends": found.ends_on.isoformat(), "state": found.state.value,
    }  # fmt: skip


def campaign(session: Session, viewer: Viewer, query: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """One campaign with its result; None for whoever leads nobody of it. Its order is for those who may plan it."""
    found = store.campaign(session, int(query["id"]))
    if found is None or not viewer.holds(SEES, found.path):
        return None
    made, starts = measuring.result(session, found, now), store.starts(session, found.id)
    plans = viewer.holds(whom.PLANNER, found.path)
    drawn = found.stagger is Stagger.DRAWN and plans
    return {
        **_line(session, found), "words": found.words, "contest": found.contest,
        "stagger": found.stagger.value if plans else "none", "seed": found.seed if drawn else "",
        "order": showing.starts_of(session, found, local_date(now, found.zone)) if drawn else [],
        "kept": drawing.kept(session, found, starts), "prizes": showing.prizes(session, found, now),
        "charts": [_chart("reports", made), _chart("looks", made)], "weeks": [_week(each) for each in made.weeks],
        **showing.parts(made),
    }  # fmt: skip


def _week(each: Week) -> dict[str, Any]:
    (_, low, high, beyond), (_, least, most, out) = each.report_point, each.found_point
    days, looks = picture.PER_DAYS, picture.PER_LOOKS
    return {
        "at": f"{each.at:+d}" if each.at else "0", "on": each.begins_on.isoformat(), "reports": each.reports,
        "days": round(each.person_days), "reports_low": round(low * days, 1), "reports_high": round(high * days, 1),
        "reports_beyond": beyond, "found": each.found, "looks": each.looks, "found_low": round(least * looks, 1),
        "found_high": round(most * looks, 1), "found_beyond": out,
    }  # fmt: skip


def _chart(name: str, made: Result) -> dict[str, Any]:
    """A u-chart laid out for an SVG of 600 by 160."""
    if name == "reports":
        plot = picture.plot(made.weeks, "report_point", made.report_mean, picture.PER_DAYS)
    else:
        plot = picture.plot(made.weeks, "found_point", made.found_mean, picture.PER_LOOKS)
    xs = [round(plot.across(n) * WIDE, 1) for n in range(len(plot.points))]
    marks = [
        {"x": x, "y": _y(plot, rate), "beyond": beyond}
        for x, (rate, _, _, beyond) in zip(xs, plot.points, strict=True)
        if rate is not None
    ]
    half = WIDE / max(len(xs), 1) / 2
    limits = [
        f"M{x - half:.1f} {_y(plot, value)}h{2 * half:.1f}"
        for x, (rate, low, high, _) in zip(xs, plot.points, strict=True)
        if rate is not None
        for value in (low, high)
    ]
    ticks = [{"x": xs[n], "at": f"{at:+d}" if at else "0"} for n, at in enumerate(plot.at) if n % 4 == 0]
    return {
        "name": name, "points": " ".join(f"{each['x']},{each['y']}" for each in marks), "marks": marks, "limits": limits,
        "ticks": ticks, "mean": round(plot.mean, 1), "mean_y": _y(plot, plot.mean), "began_x": round(plot.began * WIDE, 1),
        "count": len(marks), "beyond": sum(bool(each["beyond"]) for each in marks),
    }  # fmt: skip


def _y(plot: picture.Plot, value: float) -> float:
    return round(TALL - plot.high(value) * TALL, 1)


PAGES = (
    Page("/desk/campaigns", campaigns, "campaigns", "title_campaigns"),
    Page("/desk/campaigns/plan", plan, "plan", "title_plan", role="safety_officer", nav=False, post=Planned()),
    Page("/desk/campaigns/{id:int}", campaign, "campaign", "title_campaign", nav=False),
)
