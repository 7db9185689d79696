"""What is missing, and whether somebody is cleared, as of an instant. Pure; nothing in it depends on when a tick ran."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.learning.induction.model import (
    Because,
    Clearance,
    Done,
    Exemption,
    Gate,
    Induction,
    Level,
    Missing,
    Need,
    Standing,
    Step,
)
from bot.people.model import Role, Viewer

CHOICES_H = (1, 2, 4, 8)
"""How many hours can be confirmed with one press, besides all that are missing."""
EXEMPT_DAYS = (1, 3, 7)
"""For how long somebody may work without the induction: never for good."""
TRIES_A_DAY = 3
REMINDED_BEFORE = timedelta(days=3)


def clearance(
    inductions: Iterable[Induction], steps: Iterable[Step], exemptions: Iterable[Exemption], at: datetime
) -> Clearance:
    """Whether somebody may work at an instant. The newest induction counts: a new post asks anew."""
    begun = [each for each in inductions if each.started_at <= at]
    if not begun:
        return Clearance(Standing.NOT_ASKED)
    newest = max(begun, key=lambda each: (each.started_at, each.id))
    mine = [step for step in steps if step.induction == newest.id and step.at <= at]
    lacking = missing(newest, mine)
    if not lacking:
        since = max((step.at for step in mine), default=newest.started_at)
        return Clearance(Standing.CLEARED, (), newest.because, newest.due_on, since, induction=newest)
    # an exception was made for what was missing then: for another post, or a later return, it says nothing
    exempt = _exempt((each for each in exemptions if each.starts_at >= newest.started_at), at)
    if exempt is not None:
        return Clearance(
            Standing.EXCEPTION, lacking, newest.because, newest.due_on, exempt.starts_at, exempt.ends_at, newest, exempt
        )
    return Clearance(Standing.NOT_CLEARED, lacking, newest.because, newest.due_on, induction=newest)


def _exempt(exemptions: Iterable[Exemption], at: datetime) -> Exemption | None:
    good = [
        each
        for each in exemptions
        if each.starts_at <= at < each.ends_at and (each.ended_at is None or at < each.ended_at)
    ]
    return max(good, key=lambda each: each.ends_at, default=None)


def missing(induction: Induction, steps: Sequence[Step]) -> tuple[Missing, ...]:
    """The levels that are not done, each with what it lacks, in their order."""
    return tuple(lack for need in induction.needs if (lack := _lack(need, steps)) is not None)


def _lack(need: Need, steps: Sequence[Step]) -> Missing | None:
    mine = [step for step in steps if step.level is need.level]
    exam = need.questions > 0 and not any(step.what is Done.EXAM for step in mine)
    confirmed = [step for step in mine if step.what is Done.HOURS]
    minutes = max(0, need.hours * 60 - sum(step.minutes for step in confirmed))
    confirmation = need.hours == 0 and not confirmed
    return Missing(need.level, exam, minutes, confirmation) if exam or minutes or confirmation else None


def need_of(induction: Induction, level: Level) -> Need | None:
    """What a level of an induction needs; None where it is not one of its levels."""
    return next((need for need in induction.needs if need.level is level), None)


def passes(right: int, asked: int, share: int) -> bool:
    """Whether so many right answers are enough. An exam without questions is passed by nobody."""
    return asked > 0 and right * 100 >= share * asked


def may_confirm(who: Viewer, person: int, path: str, need: Need) -> bool:
    """Nobody their own; whoever has the role over them, and trainers and safety officers."""
    if who.person == person:
        return False
    return any(who.holds(role, path) for role in (need.by, Role.TRAINER, Role.SAFETY_OFFICER))


def may_exempt(who: Viewer, person: int, path: str) -> bool:
    """Who answers for safety at the place, and not for themselves. A team leader does not decide this."""
    return who.person != person and who.holds(Role.SAFETY_OFFICER, path)


def may_ask(who: Viewer, person: int, path: str) -> bool:
    """Who may hear whether somebody is cleared: they themselves, and whoever leads, trains or employs them."""
    roles = (Role.SUPERVISOR, Role.TRAINER, Role.HR)
    return who.person == person or any(who.holds(role, path) for role in roles)


def gate_of(said: Mapping[str, Any]) -> Gate | None:
    """The gate in what a company's file said; None where it set none."""
    if not said or not said.get("since") or not said.get("levels"):
        return None
    return Gate(
        date.fromisoformat(said["since"]),
        int(said["within_days"]),
        tuple(need_from(each) for each in said["levels"]),
        tuple(Level(each) for each in said["on_new_post"]),
        said["absence_days"],
        tuple(Level(each) for each in said["on_return"]),
        said["months"],
    )


def need_from(said: Mapping[str, Any]) -> Need:
    """A level as it is kept."""
    return Need(
        Level(said["level"]), said["hours"], tuple(said["topics"]), said["questions"], said["pass"], Role(said["by"])
    )


def need_to(need: Need) -> dict[str, Any]:
    """What `need_from` reads."""
    return {
        "level": need.level.value, "hours": need.hours, "topics": list(need.topics), "questions": need.questions,
        "pass": need.share, "by": need.by.value,
    }  # fmt: skip


def needs_for(gate: Gate, because: Because) -> tuple[Need, ...]:
    """Which levels somebody has to do: all of them when new, those that the company says otherwise."""
    if because is Because.NEW:
        return gate.needs
    levels = gate.on_new_post if because is Because.NEW_POST else gate.on_return
    return tuple(need for need in gate.needs if need.level in levels)


def with_what_lacked(needs: Sequence[Need], before: Clearance) -> tuple[Need, ...]:
    """The levels of a new induction, and those that were not done of the one before: changing posts gets nobody around them."""
    asked = {need.level: need for need in needs}
    lacking = {each.level for each in before.missing}
    old = {need.level: need for need in before.induction.needs if need.level in lacking} if before.induction else {}
    return tuple((asked | old)[level] for level in Level if level in asked or level in old)


def was_long_away(starts_at: datetime, ends_at: datetime, days: int | None) -> bool:
    """Whether an absence was so long that the company wants a part of the induction anew."""
    return days is not None and ends_at - starts_at >= timedelta(days=days)
