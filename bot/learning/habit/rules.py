"""When a day counts, what a pause covers, whose figures may be shown. Pure, and the same in whatever order facts come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from bot.learning.habit.model import Board, Line, Mode, Push, Seen, Streak, Switched, TeamDay, TeamFigure, What

PAUSES = 2
"""Free pauses a calendar month. Nobody has to ask for one, none is bought, none is saved up."""
LEAST = 5
"""Of fewer people no figure is shown."""
TEAM_SHARE = 0.7
"""So many of those at work make it the team's day: one or two who could not do not spoil it for the others."""
TEAM_WINDOW = 200
"""So many days back a team's days are counted at most."""
MOST_IN_TEAM = 100
"""More people in one unit are no team; their days are not looked through while somebody waits."""
TEAM_ROWS = 4000
BOARD_DAYS = 7
"""A board shows the last seven days that are over."""
STEP = 5
AWAY = timedelta(days=14)
"""Who learns again after so long has come back."""
SAYS = {Seen.OFFERED: What.MISSED, Seen.EXCUSED: What.FREE, Seen.LEARNED: What.LEARNED}
KEPT_FOR = timedelta(days=30)
OUTAGE = timedelta(minutes=30)
"""While Davy was away for so long, nobody can be said to have missed something."""
SAID_WITHIN = timedelta(days=31)
"""So long afterwards somebody can say that they were away or ill on a missed day."""


def judge(seen: Iterable[tuple[date, Seen]]) -> dict[date, What]:
    """What each day is. Learned goes before excused, excused before missed; the order in which things became known is nothing."""
    found: dict[date, What] = {}
    for on, what in seen:
        says, before = SAYS[what], found.get(on)
        if before is None or before is What.MISSED or says is What.LEARNED:
            found[on] = says
    return found


def streak(days: Mapping[date, What], on: date) -> Streak:
    """The streak as of a date, from its days alone.

    A missed day takes a pause of its month by itself while there is one; a new streak begins with all of them. Free days
    are passed over. So a day that becomes known late, or is excused afterwards, mends what it belongs to.
    """
    count = longest = gap = bridged = 0
    taken: Counter[tuple[int, int]] = Counter()
    for day in sorted(day for day in days if day <= on):
        month = (day.year, day.month)
        if days[day] is What.LEARNED:
            count, bridged, gap = count + 1, gap, 0
            longest = max(longest, count)
        elif days[day] is What.MISSED and count and taken[month] < PAUSES:
            taken[month] += 1
            gap += 1
        elif days[day] is What.MISSED:
            count = gap = 0
            taken.clear()
    return Streak(count, longest, bridged if count else 0, PAUSES - taken[on.year, on.month])


def team_days(days: Iterable[TeamDay]) -> dict[date, What]:
    """The days of a team: with enough people at work, enough of them either did it or did not."""
    found: dict[date, What] = {}
    for day in days:
        if day.of >= LEAST:
            found[day.on] = What.LEARNED if day.did >= TEAM_SHARE * day.of else What.MISSED
    return found


def team_window(people: int) -> timedelta | None:
    """How far back the days of so many people are looked through, so that it takes a moment; None where they are no team."""
    if not LEAST <= people <= MOST_IN_TEAM:
        return None
    return timedelta(days=min(TEAM_WINDOW, TEAM_ROWS // people))


def mode_at(switched: Sequence[Switched], path: str, at: datetime) -> Mode:
    """What is counted of somebody at a moment: what the nearest unit above them said last before it."""
    above = [each for each in switched if path.startswith(each.path) and each.at <= at]
    nearest = max(above, key=lambda each: (len(each.path), each.at), default=None)
    return nearest.mode if nearest else Mode.ON


def was_out(push: Push, outages: Iterable[tuple[datetime, datetime]]) -> bool:
    """Whether Davy was away for long while something lay before somebody."""
    return any(
        min(until, push.expires_at) - max(since, push.offered_at) >= OUTAGE
        for since, until in outages
        if since < push.expires_at and until > push.offered_at
    )


def came_back(learned: Iterable[date], on: date) -> bool:
    """Whether a day is the first one after a long time without any. The very first one of all is none."""
    before = max((day for day in learned if day < on), default=None)
    return before is not None and on - before >= AWAY


def board(figures: Iterable[TeamFigure]) -> Board:
    """Who is shown and how: teams with enough people who joined, the fullest first. One team alone is no board."""
    found = list(figures)
    shown = [each for each in found if each.persons >= LEAST and each.of >= LEAST]
    if len(shown) < 2:
        return Board((), len(found))
    lines = [Line(each.unit, each.persons, percent(each.did, each.of)) for each in shown]
    return Board(tuple(sorted(lines, key=lambda each: (-each.percent, each.unit.name))), len(found) - len(shown))


def percent(did: int, of: int) -> int:
    """A share in steps of five of a hundred."""
    return STEP * round(100 * did / of / STEP)


def board_days(today: date) -> tuple[date, date]:
    """The first and the last day that a board shows."""
    return today - timedelta(days=BOARD_DAYS), today - timedelta(days=1)
