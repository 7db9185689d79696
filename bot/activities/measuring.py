"""Did it work? Reads what the ledger holds of dangers and inspections, counts it by team and week, and lets `rules` decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from bot.activities import drawing, opportunity, rules, statistics, store
from bot.activities.model import (
    Campaign,
    Danger,
    Drawn,
    Rate,
    Result,
    Stagger,
    Start,
    Verdict,
    Wave,
    Week,
)
from bot.kit.clock import instant, local_date
from bot.ledger import store as ledger
from bot.people.store import units

REPORTED, FOUND, DONE = "HazardReported", "DangerFound", "InspectionDone"
CONFIRMS = ("HazardRated", "HazardVerified", "HazardConfirmed", "HazardJudgedMajor", "HazardJudgedGeneral")
DENIES = ("HazardRejected", "HazardJoined")
"""No danger, or the same danger as another: counted once."""
KINDS = (REPORTED, FOUND, DONE, *CONFIRMS, *DENIES)
UNSAFE = ("dangerous", "nearly")
"""What is counted: unsafe conditions, and what nearly happened. People who are hurt are never the measure of a campaign."""
LOOKING = "inspections"
"""The room whose findings are found by going and looking, whether anybody speaks or not."""
WEEK = timedelta(weeks=1)
Count = Counter[tuple[str, date]]


@dataclass
class Seen:
    """What was counted between two days, each by unit and day."""

    reports: list[Danger] = field(default_factory=list)
    found: Count = field(default_factory=Counter)
    looks: Count = field(default_factory=Counter)
    days: Count = field(default_factory=Counter)
    confirmed: Count = field(default_factory=Counter)

    def sum(self, of: Count, path: str, first: date, last: date) -> int:
        """Of a unit and all below it, from a day to a day (exclusive)."""
        return sum(count for (where, on), count in of.items() if where.startswith(path) and first <= on < last)


def result(session: Session, found: Campaign, now: datetime) -> Result:
    """All that is known by now. Verdicts only from the day that was set before anybody had looked."""
    starts = store.starts(session, found.id) or list(
        rules.starts(found.unit, found.path, found.starts_on, found.ends_on)
    )
    today, due = local_date(now, found.zone), rules.measured_on(starts)
    seen = look(session, found, starts, now)
    ready = today >= due
    reports, looks = _before_and_after(seen, starts, ready)
    drawn = _drawn(session, found, starts, seen, ready)
    spoken = {"reports": reports.verdict, "looks": looks.verdict}
    spoken |= {name: each.verdict for name, each in drawn.items() if each.verdict is not Verdict.FEW}
    weeks, report_mean, found_mean = _weeks(seen, starts, found.path, today)
    return Result(
        due, reports, looks, _mix(seen, starts), rules.reading(spoken["reports"], spoken["looks"]),
        tuple(_changes(session, found, starts, today)), drawn, weeks, report_mean, found_mean, store.took_part(session, found.id),
    )  # fmt: skip


def _window(starts: Sequence[Start]) -> tuple[date, date]:
    span = WEEK * rules.WEEKS
    return min(each.starts_on for each in starts) - span, max(each.starts_on for each in starts) + span


def look(session: Session, found: Campaign, starts: Sequence[Start], now: datetime, *, days: bool = True) -> Seen:
    """Reads the facts of the time that is compared, and (with `days`) works out the person-days."""
    first, last = _window(starts)
    last = min(last, local_date(now, found.zone))
    at = {each.id: each.path for each in units(session) if each.path.startswith(found.path)}
    begins, ends = (instant(each, time(), found.zone) for each in (first, last))
    facts = list(ledger.between(session, begins, min(now, ends + rules.SETTLE), KINDS))
    rooms = {each.body["finding"]: each.body["room"] for each in facts if each.kind == FOUND}
    seen = Seen(days=opportunity.person_days(session, found.path, first, last) if days else Counter())
    words = _said_of(facts)
    for each in facts:
        path, on = at.get(each.body.get("unit") or each.unit or 0), local_date(each.at, found.zone)
        if path is None or not first <= on < last:
            continue
        if each.kind == DONE:
            seen.looks[path, on] += 1
        elif each.kind == REPORTED and each.body["kind"] in UNSAFE:
            finding = each.body.get("finding")
            if finding is None or rooms.get(finding) == LOOKING:
                _count(seen, _danger(path, on, finding is not None, words.get(each.body["hazard"], []), each.at))
    return seen


def _said_of(facts: Iterable[ledger.Recorded]) -> dict[int, list[ledger.Recorded]]:
    words: dict[int, list[ledger.Recorded]] = {}
    for each in facts:
        if each.kind in CONFIRMS or each.kind in DENIES:
            words.setdefault(each.body["hazard"], []).append(each)
    return words


def _danger(path: str, on: date, looked: bool, words: Sequence[ledger.Recorded], at: datetime) -> Danger:
    """What was said of a danger within the time that all have."""
    known = [each for each in words if each.at <= at + rules.SETTLE]
    denied = any(each.kind in DENIES for each in known)
    rated = [each.body["severity"] for each in known if each.body.get("severity")]
    confirmed = not denied and any(each.kind in CONFIRMS for each in known)
    return Danger(path, on, looked, rated[-1] if rated else None, confirmed)


def _count(seen: Seen, danger: Danger) -> None:
    if not danger.confirmed:
        return
    if danger.looked:
        seen.found[danger.path, danger.on] += 1
    else:
        seen.reports.append(danger)
        seen.confirmed[danger.path, danger.on] += 1


def _before_and_after(seen: Seen, starts: Sequence[Start], ready: bool) -> tuple[Rate, Rate]:
    span = WEEK * rules.WEEKS

    def both(of: Count) -> tuple[int, int]:
        before = sum(seen.sum(of, each.path, each.starts_on - span, each.starts_on) for each in starts)
        after = sum(seen.sum(of, each.path, each.starts_on, each.starts_on + span) for each in starts)
        return before, after

    made = []
    for events, exposure in ((seen.confirmed, seen.days), (seen.found, seen.looks)):
        (before, after), (then, now) = both(events), both(exposure)
        made.append(rules.compare(after, now, before, then, ready=ready))
    return made[0], made[1]


def _mix(seen: Seen, starts: Sequence[Start]):  # type: ignore[no-untyped-def]
    span = WEEK * rules.WEEKS
    before, after = [], []
    for each in seen.reports:
        for start in starts:
            if each.path.startswith(start.path):
                if start.starts_on - span <= each.on < start.starts_on:
                    before.append(each)
                elif start.starts_on <= each.on < start.starts_on + span:
                    after.append(each)
    return rules.mix(before, after)


def _drawn(session: Session, found: Campaign, starts: list[Start], seen: Seen, ready: bool) -> dict[str, Drawn]:
    if found.stagger is not Stagger.DRAWN:
        return {}
    first, weeks = starts[0].starts_on, (starts[-1].starts_on - starts[0].starts_on).days // 7
    kept, order = drawing.kept(session, found, starts), [each.unit for each in starts]
    made = {}
    for name, events, exposure in (("reports", seen.confirmed, seen.days), ("looks", seen.found, seen.looks)):
        cells = {
            (each.unit, week): (
                seen.sum(events, each.path, first + WEEK * week, first + WEEK * (week + 1)),
                float(seen.sum(exposure, each.path, first + WEEK * week, first + WEEK * (week + 1))),
            )
            for each in starts
            for week in range(weeks)
        }
        made[name] = rules.by_the_draw(order, found.step_weeks, str(found.seed), cells, weeks, ready=ready, kept=kept)
    return made


def _changes(session: Session, found: Campaign, starts: Sequence[Start], today: date):  # type: ignore[no-untyped-def]
    if not found.asks:
        return
    for wave in (Wave.AFTER, Wave.LATER):
        last = max(rules.window(wave, each, found.later_weeks)[1] for each in starts)
        pairs = store.pairs(session, found.id, wave, found.asks)
        yield rules.learned(wave, pairs, last + timedelta(days=1), ready=today > last)


def _weeks(seen: Seen, starts: Sequence[Start], path: str, today: date) -> tuple[tuple[Week, ...], float, float]:
    first, last = _window(starts)
    begins = [first + WEEK * n for n in range((last - first).days // 7)]
    begins = [each for each in begins if each + WEEK <= today]
    sums = [
        [seen.sum(of, path, each, each + WEEK) for of in (seen.confirmed, seen.days, seen.found, seen.looks)] for each in begins
    ]  # fmt: skip
    reports, days, found, looks = (list(column) for column in zip(*sums, strict=True)) if sums else ([], [], [], [])
    report_mean, report_points = statistics.u_chart(reports, days, rules.WEEKS)
    found_mean, found_points = statistics.u_chart(found, looks, rules.WEEKS)
    weeks = tuple(
        Week(
            n - rules.WEEKS, begins[n], reports[n], days[n], found[n], looks[n],
            (r.rate, r.low, r.high, r.beyond), (f.rate, f.low, f.high, f.beyond),
        )
        for n, (r, f) in enumerate(zip(report_points, found_points, strict=True))
    )  # fmt: skip
    return weeks, report_mean, found_mean
