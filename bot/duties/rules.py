"""Which list holds for whom, what is missing, and the questions of a quiz. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.duties.model import Asks, Duty, DutyList, Gaps, Holder, Question

RENEWED = timedelta(days=365)
"""After so long a list is given anew."""
REMIND_AFTER, TELL_AFTER = timedelta(days=2), timedelta(days=4)
"""How long after a list was given its reader is reminded, and whoever is above them told."""
QUESTIONS, OPTIONS = 3, 4
MOST_DUTIES, MOST_WORDS = 12, 200
READ_WITHIN = 90
"""So many English words are read in half a minute without hurry: the duties of one list."""


def nearest(lists: Iterable[DutyList], post: str, path: str) -> DutyList | None:
    """The list that holds for a post in a unit: of the nearest unit above that has one."""
    found = [each for each in lists if each.post == post and path.startswith(each.path)]
    return max(found, key=lambda each: len(each.path), default=None)


def gaps(people: Sequence[Holder], lists: Sequence[DutyList]) -> Gaps:
    """What is missing: everybody has exactly one list or stands among those without; once a post and unit."""
    held = [(each, nearest(lists, each.post, each.path)) for each in people]
    taken = {found.id for _, found in held if found is not None}
    known = {duty.code for each in lists for duty in each.duties}
    return Gaps(
        tuple(each for each, found in held if found is None),
        tuple(each for each in lists if each.id not in taken),
        tuple((each, duty) for each in lists for duty in each.duties if duty.above and duty.above not in known),
    )


# --- the quiz ---------------------------------------------------------------------------------------------------------


def quiz(own: DutyList, others: Sequence[DutyList], seed: str) -> tuple[Question, ...]:
    """Questions made from somebody's own list, each of another kind as far as the lists allow; the same for the same seed."""
    chance = random.Random(seed)
    mine = list(own.duties)
    chance.shuffle(mine)
    made: list[Question] = []
    kinds = list(Asks)
    chance.shuffle(kinds)
    for turn in range(QUESTIONS * 3):
        duty = mine[len(made) % len(mine)] if mine else None
        if duty is None or len(made) == QUESTIONS:
            break
        question = _question(kinds[turn % len(kinds)], duty, own, others, chance)
        if question is not None and question not in made:
            made.append(question)
    return tuple(made)


def _question(
    asks: Asks, duty: Duty, own: DutyList, others: Sequence[DutyList], chance: random.Random
) -> Question | None:
    if asks is Asks.WHOSE:
        wrong, right = sorted(_posts_without(duty, own, others)), own.post
    else:
        pool = (
            strange(own, others) if asks is Asks.MINE else [each for each in own.duties if each.matter != duty.matter]
        )
        if asks is Asks.CHECK:
            pool += strange(own, others)
        wrong, right = _apart(pool, duty, check=asks is Asks.CHECK), duty.code
    if len(wrong) < OPTIONS - 1:
        return None
    options = [*chance.sample(wrong, OPTIONS - 1), right]
    chance.shuffle(options)
    return Question(asks, duty.code, tuple(options), options.index(right))


def strange(own: DutyList, others: Iterable[DutyList]) -> list[Duty]:
    """Duties of other posts that nobody could take for one's own: about another matter, and neither above nor below one's own."""
    matters = {duty.matter for duty in own.duties}
    codes = {duty.code for duty in own.duties}
    origins = {duty.above for duty in own.duties}
    found = {
        duty.code: duty
        for each in others
        if each.post != own.post
        for duty in each.duties
        if duty.matter not in matters and duty.code not in origins and duty.above not in codes
    }
    return [found[code] for code in sorted(found)]


def _apart(pool: Iterable[Duty], right: Duty, *, check: bool) -> list[str]:
    """Codes of duties that read differently from the right one and from one another."""
    said = {_reads(right, check)}
    codes: list[str] = []
    for duty in pool:
        if (words := _reads(duty, check)) not in said:
            said.add(words)
            codes.append(duty.code)
    return codes


def _reads(duty: Duty, check: bool) -> str:
    words = duty.check if check else duty.words
    return words.get("en") or next(iter(words.values()), "")


def _posts_without(duty: Duty, own: DutyList, others: Iterable[DutyList]) -> set[str]:
    """Posts none of whose lists has a duty about the same matter."""
    posts = {each.post for each in others} - {own.post}
    same = {
        each.post
        for each in others
        for other in each.duties
        if other.matter == duty.matter or duty.code == other.above or duty.above == other.code
    }
    return posts - same
