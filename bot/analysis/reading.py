"""An analysis put together for one trainer: which banks and whose answers they may see, figures, what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.analysis import beliefs, rules, store
from bot.analysis.model import Analysis, Figures, Item, Spot
from bot.library import owning
from bot.library import store as library
from bot.library.kinds.registry import choices, grade
from bot.library.model import Question
from bot.library.store import BankLine
from bot.people import store as people
from bot.people.model import Unit, UnitKind

EVERYBODY = ("/",)


@dataclass(frozen=True)
class Map:
    """The misconception map of one trainer: its hottest spots, and what is needed to say them."""

    spots: tuple[Spot, ...]
    units: dict[int, Unit]
    questions: dict[tuple[str, int], Question]
    taught: frozenset[str]
    """The topics that have a lesson."""


def units_of(session: Session, person: int, now: datetime) -> list[Unit]:
    """Over whose people's answers somebody may look: the widest units they are a trainer of; none for all others."""
    return owning.units_of(session, person, now)


def paths_of(units: list[Unit]) -> tuple[str, ...]:
    """What their people's units begin with."""
    whole = any(unit.kind is UnitKind.COMPANY for unit in units)
    return EVERYBODY if whole else tuple(unit.path for unit in units)


def banks(session: Session, person: int, now: datetime) -> list[BankLine]:
    """The banks whose answers somebody may see."""
    units = units_of(session, person, now)
    return [line for line in library.banks(session) if units and owning.concerns(line, units)]


def analysis(session: Session, person: int, bank: str, now: datetime) -> Analysis | None:
    """A bank's analysis for somebody; None where they may not see it. Reads for seconds where there are many answers."""
    units = units_of(session, person, now)
    if not any(line.id == bank for line in banks(session, person, now)):
        return None
    found = rules.figures(store.groups(session, bank, paths_of(units), now), store.SECONDS)
    known = store.contents(session, bank, [(each.question, each.version) for each in found])
    if known is None:
        return None
    title, contents, live = known
    by_key = {(each.question, each.version): each for each in found}
    by_key |= {key: Figures(*key, 0, 0) for key in live if key not in by_key}
    items = [_item(contents[key], each, key in live) for key, each in by_key.items() if key in contents]
    items.sort(key=lambda item: (not item.live, not item.figures.count, item.figures.facility, item.content.id))
    return Analysis(bank, title, tuple(unit.label for unit in units), tuple(items))


def _item(content: Question, found: Figures, live: bool) -> Item:
    idle = rules.idle(found, wrong_choices(content))
    return Item(content, found, live, rules.reasons(found, idle), idle)


def wrong_choices(content: Question) -> tuple[int, ...]:
    """The positions of a question's wrong choices; none for kinds whose choices are not written."""
    if content.kind not in store.WRITTEN:
        return ()
    right = grade(content, ()).right_positions
    return tuple(choice.position for choice in choices(content) if choice.position not in right)


def weights(session: Session, now: datetime) -> dict[tuple[int, str], int]:
    """By team and topic how weak the team is there, for the whole company; teams too small to be shown are left out."""
    told = (beliefs.answered(session, EVERYBODY, now), beliefs.reported(session, EVERYBODY, now))
    return rules.weights(rules.spots(*told, {}))


def map_of(session: Session, person: int, now: datetime, most: int) -> Map | None:
    """The misconception map for somebody; None where they are no trainer."""
    units = units_of(session, person, now)
    if not units:
        return None
    paths = paths_of(units)
    held = beliefs.held_by_most(session, paths, now)
    hot = rules.spots(beliefs.answered(session, paths, now), beliefs.reported(session, paths, now), held)[:most]
    named = {spot.belief[:2] for spot in hot if spot.belief}
    return Map(
        tuple(hot),
        {unit.id: unit for unit in people.units(session)},
        library.questions_at(session, named),
        frozenset(lesson.topic for lesson in library.lessons(session).values()),
    )
