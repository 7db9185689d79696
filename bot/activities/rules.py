"""How a campaign is written, when what of it is due, who won, and what its figures may be said to mean. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from math import log

from bot.activities import statistics
from bot.activities.model import (
    Campaign,
    Change,
    Danger,
    Drawn,
    Entry,
    Judged,
    Mix,
    Question,
    Rate,
    Reading,
    Start,
    Verdict,
    Wave,
    Written,
)
from bot.activities.statistics import Pairs, Stratum
from bot.kit.statistics import rate_ratio

MOST_TITLE, MOST_WORDS, MOST_ASK, MOST_ANSWER, MOST_WRONG, MOST_QUESTIONS = 80, 700, 300, 60, 3, 3
MOST_ENTRY = 600
MOST_DAYS = 92
PATIENCE = timedelta(hours=2)
BEFORE_FOR, AFTER_FOR, LATER_FOR = timedelta(days=7), timedelta(days=10), timedelta(days=14)
"""How long the same questions can be answered: before the start, after the end, and again weeks later."""
LATER_WEEKS = (4, 6, 8)
VOTE_DAYS = 5
LEAST_JURY, MOST_JURY = 2, 5
STEP_WEEKS = 2
"""So many weeks lie between the starts of two teams."""

WEEKS = 8
"""So many weeks before a start are compared with as many from it on. Set for all, so that nobody looks for the best window."""
SETTLE = timedelta(days=14)
"""So long a report has to be confirmed: the newest have as long as the oldest, and the verdict waits for them."""
HALVED = 0.5
"""What has to be seen: the rate halved. A number of events that cannot show this can show nothing."""
RISE, CHANGING = 0.25, 0.35
"""What has to be seen in answers: 25 in 100 more know it, where 35 in 100 change their answer."""
ALPHA = 0.05
SEVERE = 3
LEAST_SHOWN = 5
"""Of fewer people nothing is shown: it would tell what one of them did."""
_ASKS, _RIGHT, _WRONG = ("?", "？", "؟"), ("+", "＋"), ("-", "－", "–", "—")


# --- writing -----------------------------------------------------------------------------------------------------------


def read(words: str) -> tuple[Written | None, str]:
    """A campaign as it is typed: a title, words, then up to three questions (?), each with a right (+) and wrong answers (-).

    Answers it, or None and what is missing: words, many, right, wrong, long, same.
    """
    said: list[str] = []
    asked: list[tuple[str, list[str], list[str]]] = []
    for line in words.strip().splitlines():
        mark, rest = line.strip()[:1], line.strip()[1:].strip()
        if mark and mark in _ASKS and rest:
            asked.append((rest, [], []))
        elif asked and mark and mark in _RIGHT and rest:
            asked[-1][1].append(rest)
        elif asked and mark and mark in _WRONG and rest:
            asked[-1][2].append(rest)
        else:
            said.append(line.rstrip())
    title, _, rest = "\n".join(said).strip().partition("\n")
    found = Written(title.strip(), rest.strip(), tuple(Question(a, r[0] if r else "", tuple(w)) for a, r, w in asked))
    why = _missing(found, [len(right) for _, right, _ in asked])
    return (None, why) if why else (found, "")


def _missing(found: Written, rights: Sequence[int]) -> str:
    if not found.title or not found.words:
        return "words"
    if len(found.questions) > MOST_QUESTIONS:
        return "many"
    if any(count != 1 for count in rights):
        return "right"
    if any(not 1 <= len(each.wrong) <= MOST_WRONG for each in found.questions):
        return "wrong"
    answers = [(each.right, *each.wrong) for each in found.questions]
    if (
        len(found.title) > MOST_TITLE or len(found.words) > MOST_WORDS
        or any(len(each.ask) > MOST_ASK for each in found.questions)
        or any(len(one) > MOST_ANSWER for each in answers for one in each)
    ):  # fmt: skip
        return "long"
    return "same" if any(len({one.casefold() for one in each}) < len(each) for each in answers) else ""


def same_questions(said: Mapping[str, Written]) -> bool:
    """Whether each language asks as much, with as many answers: otherwise its readers would be measured otherwise."""
    return len({tuple(len(each.wrong) for each in one.questions) for one in said.values()}) <= 1


def spoken(said: Mapping[str, Written], lang: str, base: str = "en") -> Written:
    """What somebody reads: their own language, else English, else whichever there is. Raises ValueError without any."""
    for each in (lang, base, *said):
        if each in said:
            return said[each]
    raise ValueError("a campaign without words")


def answers(question: Question, campaign: int, at: int, wave: Wave, person: int) -> list[tuple[str, bool]]:
    """The answers in an order of somebody's own and of the time, each with whether it is right."""
    found = [(0, question.right, True), *((n, each, False) for n, each in enumerate(question.wrong, 1))]
    found.sort(key=lambda each: sha256(f"{campaign}:{at}:{wave}:{person}:{each[0]}".encode()).digest())
    return [(words, right) for _, words, right in found]


# --- what is due when --------------------------------------------------------------------------------------------------


def starts(unit: int, path: str, first: date, last: date) -> tuple[Start, ...]:
    """Everybody begins on one day."""
    return (Start(unit, path, 0, first, last, None),)


def staggered(order: Sequence[tuple[int, str]], first: date, days: int, weeks: int) -> tuple[Start, ...]:
    """Teams begin one after another in an order, each for as long."""
    made = []
    for step, (unit, path) in enumerate(order):
        begins = first + timedelta(weeks=weeks * step)
        made.append(Start(unit, path, step, begins, begins + timedelta(days=days - 1), None))
    return tuple(made)


def window(wave: Wave, start: Start, later_weeks: int) -> tuple[date, date]:
    """From which day to which (inclusive) a wave's questions can be answered by those who began then."""
    if wave is Wave.BEFORE:
        return start.starts_on - BEFORE_FOR, start.starts_on - timedelta(days=1)
    if wave is Wave.AFTER:
        return start.ends_on + timedelta(days=1), start.ends_on + AFTER_FOR
    first = start.ends_on + timedelta(weeks=later_weeks)
    return first, first + LATER_FOR


def votes_until(campaign: Campaign) -> date:
    """The last day on which people vote."""
    return campaign.ends_on + timedelta(days=VOTE_DAYS)


def measured_on(starts: Iterable[Start]) -> date:
    """The day of the verdict: the last team has had its weeks, and the last reports their time to be confirmed."""
    return max(each.starts_on for each in starts) + timedelta(weeks=WEEKS) + SETTLE


def settled_on(starts: Sequence[Start], asks: bool, later_weeks: int) -> date:
    """The day after which nothing of a campaign changes any more: its verdict, and its last questions."""
    last = [measured_on(starts)]
    if asks:
        last += [window(Wave.LATER, each, later_weeks)[1] + timedelta(days=1) for each in starts]
    return max(last)


# --- the contest -------------------------------------------------------------------------------------------------------


def prize_list(entries: Iterable[Entry]) -> list[tuple[int, Entry]]:
    """Places: the one that the jury approved first, then by votes; as many votes share a place. What was left out is not in it."""
    shown = [each for each in entries if each.state in (Judged.IN, Judged.WON, Judged.NOT_WON)]
    shown.sort(key=lambda each: (each.state is not Judged.WON, -each.votes, each.at, each.id))
    places: list[tuple[int, Entry]] = []
    for number, each in enumerate(shown, 1):
        before = places[-1] if places else None
        shares = before is not None and before[1].state is not Judged.WON and before[1].votes == each.votes
        places.append((before[0] if before is not None and shares else number, each))
    return places


def candidate(entries: Iterable[Entry]) -> Entry | None:
    """Which entry the jury is asked about: the one with the most votes that it has not refused; None once one has won."""
    found = list(entries)
    if any(each.state is Judged.WON for each in found):
        return None
    able = [each for each in found if each.state is Judged.IN]
    return min(able, key=lambda each: (-each.votes, each.at, each.id)) if able else None


def verdict_of_jury(yes: int, no: int, jury: int) -> Judged:
    """More than half have to say yes; once that cannot be any more, it is refused."""
    needed = jury // 2 + 1
    if yes >= needed:
        return Judged.WON
    return Judged.NOT_WON if no > jury - needed else Judged.IN


# --- did it work? ------------------------------------------------------------------------------------------------------


def compare(after: int, exposure_after: float, before: int, exposure_before: float, *, ready: bool) -> Rate:
    """Two rates. No verdict before the day that was set, nor from fewer events than could show that the rate halved."""
    if exposure_after <= 0 or exposure_before <= 0:
        verdict = Verdict.FEW if ready else Verdict.EARLY
        needed = statistics.needed_events(HALVED)
        return Rate(before, after, exposure_before, exposure_after, None, 1.0, needed, verdict)
    needed = statistics.needed_events(HALVED, round(exposure_after / exposure_before, 2) or 0.01)
    p = statistics.rates_differ(after, exposure_after, before, exposure_before)
    ratio = rate_ratio(after, exposure_after, before, exposure_before)
    rise = after / exposure_after > before / exposure_before
    verdict = _verdict(ready, after + before >= needed, p, rise)
    return Rate(before, after, exposure_before, exposure_after, ratio, p, needed, verdict)


def _verdict(ready: bool, enough: bool, p: float, rise: bool) -> Verdict:
    if not ready:
        return Verdict.EARLY
    if not enough:
        return Verdict.FEW
    if p > ALPHA:
        return Verdict.OPEN
    return Verdict.MORE if rise else Verdict.FEWER


def learned(wave: Wave, pairs: Pairs, due_on: date | None, *, ready: bool) -> Change:
    """What the same people knew before and later, all questions right. `ready`: the time to answer is over."""
    needed = statistics.needed_pairs(RISE, CHANGING)
    change = statistics.paired_change(pairs) if pairs.count else None
    p = statistics.mcnemar(pairs)
    verdict = _verdict(ready, pairs.count >= needed, p, pairs.gained > pairs.lost)
    return Change(
        wave, pairs.count, pairs.both + pairs.lost, pairs.both + pairs.gained, change, p, needed, verdict, due_on
    )


def mix(before: Iterable[Danger], after: Iterable[Danger]) -> Mix:
    """How bad confirmed reports were: those that somebody rated."""
    then = [each.severity for each in before if each.confirmed and each.severity is not None]
    now = [each.severity for each in after if each.confirmed and each.severity is not None]
    severe = [sum(one >= SEVERE for one in each) for each in (then, now)]
    change = statistics.difference(severe[1], len(now), severe[0], len(then)) if then and now else None
    return Mix(severe[0], len(then), severe[1], len(now), change)


def milder(found: Mix) -> bool:
    """Whether what is reported has surely become less severe: people report smaller things too."""
    return found.change is not None and found.change.high < 0


def reading(reports: Verdict, looks: Verdict) -> Reading:
    """What reports and looking mean together. Looking does not wait for anybody to speak, so it alone tells of danger.

    Reports tell how much is said: a rise of them alone is no sign of more danger, and a fall none of less.
    """
    if Verdict.EARLY in (reports, looks):
        return Reading.EARLY
    if reports is looks is Verdict.FEW:
        return Reading.FEW
    if looks is Verdict.MORE:
        return Reading.MORE_DANGER
    if looks is Verdict.FEWER:
        return Reading.LESS_DANGER
    if reports is Verdict.MORE:
        return Reading.MORE_REPORTING
    return Reading.LESS_REPORTING if reports is Verdict.FEWER else Reading.NOTHING


def by_the_draw(
    order: Sequence[int], step_weeks: int, seed: str, cells: Mapping[tuple[int, int], tuple[int, float]], weeks: int,
    *, ready: bool, kept: bool,
) -> Drawn:  # fmt: skip
    """What a staggered start shows: teams that had begun against teams that had not, in the same weeks.

    `cells`: (unit, week from the first start) -> events and exposure. No verdict with too few teams for the draw to be
    rare, before its day, or where the order is no longer what was drawn.
    """

    def strata(one: Sequence[int]) -> list[Stratum]:
        made = []
        for week in range(weeks):
            begun = {unit for step, unit in enumerate(one) if week >= step * step_weeks}
            on = [cells.get((unit, week), (0, 0.0)) for unit in begun]
            off = [cells.get((unit, week), (0, 0.0)) for unit in one if unit not in begun]
            made.append(Stratum(*_summed(on), *_summed(off)))
        return made

    def size(one: tuple[int, ...]) -> float:
        found = statistics.pooled_ratio(strata(one)).estimate
        return log(found) if found > 0 else (float("-inf") if found == 0 else 0.0)

    ratio = statistics.pooled_ratio(strata(order))
    needed = statistics.needed_teams()
    p, orders = statistics.by_the_draw(size, tuple(order), seed) if len(order) > 1 else (1.0, 1)
    verdict = _verdict(ready, len(order) >= needed and kept, p, ratio.estimate > 1)
    return Drawn(len(order), needed, ratio, p, orders, verdict, kept)


def _summed(cells: Sequence[tuple[int, float]]) -> tuple[int, float]:
    return sum(count for count, _ in cells), sum(exposure for _, exposure in cells)
