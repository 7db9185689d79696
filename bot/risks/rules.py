"""What is decided about risks. Pure: values and `now` in, a decision out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.kit.clock import instant, local_date
from bot.kit.risk import SERIOUS, Colour, band_of, exact, score, worse
from bot.people.model import Role
from bot.risks.model import FACTORS, Checking, Company, Control, Held, Rating, Risk, Scale, Standing

RUNGS = ("supervisor", "manager", "site", "admin")
"""Who is called about an alarmed risk, one after the other."""
CALLED_AGAIN = timedelta(hours=24)
"""An alarmed risk that nobody has put right is called about anew after so long: somebody having taken it on ends nothing."""
PATIENCE = timedelta(hours=2)
"""How long a text counts as the answer that was asked for: a later one is a new matter, perhaps a danger."""
NOTE_WITHIN = timedelta(minutes=10)
"""A photo or words that come so soon after a check belong to it; later ones are a new matter."""
MOST_WORDS = 200
SURE = timedelta(days=370)
"""The longest time between two looks at a control."""


def fits(scale: Scale, rating: Rating) -> bool:
    """Whether a rating uses steps that the scale has."""
    names = FACTORS[scale.method]
    if rating.method is not scale.method or len(rating.factors) != len(names):
        return False
    return all(value in scale.steps[name] for name, value in zip(names, rating.factors, strict=True))


def colour_of(scale: Scale, rating: Rating) -> Colour:
    """The colour of a rating. What can kill is never blue, however unlikely: a product hides it, people must not."""
    found = band_of(scale.bands, score(rating.factors))
    if scale.never_blue_from is not None and exact(rating.factors[-1]) >= exact(scale.never_blue_from):
        return worse(found, Colour.YELLOW)
    return found


def is_lower(new: Rating, old: Rating) -> bool:
    """Whether a rating with controls is at most as high as the one without: controls do not make a task more dangerous."""
    return new.method is old.method and score(new.factors) <= score(old.factors)


# --- closing ----------------------------------------------------------------------------------------------------------

CLOSER = {Colour.BLUE: Role.SUPERVISOR, Colour.YELLOW: Role.SUPERVISOR, Colour.ORANGE: Role.SAFETY_OFFICER}
"""The bigger what remains, the higher who may say that it is held small. What remains red is closed by nobody."""


def why_not_closed(risk: Risk, controls: Sequence[Control]) -> str | None:
    """What is missing before a risk may count as held small; None where nothing is.

    `unrated`, `no_control`, `planned` (one is not in place yet), `troubled` (one is not confirmed), `not_rerated` (the
    effect was not rated since the newest control came), `red`.
    """
    live = [each for each in controls if each.held is not Held.RETIRED]
    placed = [each for each in live if each.held is Held.IN_PLACE]
    if risk.inherent is None:
        return "unrated"
    if not placed:
        return "no_control"
    if len(placed) < len(live):
        return "planned"
    if any(each.troubled for each in placed):
        return "troubled"
    newest = max(each.in_place_at for each in placed if each.in_place_at is not None)
    if risk.residual is None or risk.rerated_at is None or risk.rerated_at < newest:
        return "not_rerated"
    return "red" if risk.colour is Colour.RED else None


# --- checks -----------------------------------------------------------------------------------------------------------


def interval(company: Company, stake: Colour, own: timedelta | None, key_place: bool) -> Checking:
    """How often a control is looked at: as was set for it, but never more rarely than a larger or major risk or a key

    place asks for. `stake` is the colour without controls.
    """
    usual = company.checks[stake]
    every = usual.every if own is None else min(own, usual.every) if stake in SERIOUS else own
    if key_place:
        every = min(every, company.key_places)
    return Checking(every, usual.answer_within)


def next_due(company: Company, every: timedelta, after: datetime, zone: str) -> datetime:
    """When the next look falls due: at the company's hour on a later day of the unit."""
    day = local_date(after, zone) + max(every, timedelta(days=1))
    return instant(day, company.check_at, zone)


def is_late(control: Control, now: datetime) -> bool:
    """Whether its owner should have answered by now and has not."""
    if control.held is not Held.IN_PLACE or control.answer_by is None or control.late_at is not None:
        return False
    return control.answer_by <= now


def alarm(stake: Colour, controls: Iterable[Control]) -> str | None:
    """Why a larger or major risk counts as red now: `missing`, `late`; None where all is confirmed or little is at stake."""
    if stake not in SERIOUS:
        return None
    live = [each for each in controls if each.held is Held.IN_PLACE]
    if any(each.missing_at is not None for each in live):
        return "missing"
    return "late" if any(each.late_at is not None for each in live) else None


# --- lists ------------------------------------------------------------------------------------------------------------


def order(risk: Risk) -> tuple[int, bool, int]:
    """Sorts risks: worse first, alarmed before others of their colour, then by number. Unrated stands after red."""
    shown = risk.shown
    return (shown.grade * 2 if shown else 3, risk.alarmed_at is None, risk.id)


def alive(risk: Risk) -> bool:
    """Whether a risk is still there."""
    return risk.standing is not Standing.RETIRED


def first_words(words: str, most: int = 60) -> str:
    """The beginning of some words, short enough for a list."""
    line = " ".join(words.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def in_two(said: str) -> tuple[str, str]:
    """`Unloading trucks: falling off the edge` as task and danger; the danger is empty where nothing parts them.

    A colon, a dash between spaces or a new line parts; the first one that stands there.
    """
    line = said.strip()
    marks = [(line.find(mark), mark) for mark in ("\n", ": ", "：", " – ", " — ", " - ") if line.find(mark) > 0]
    if not marks:
        return line, ""
    at, mark = min(marks)
    return line[:at].strip(), line[at + len(mark) :].strip()
