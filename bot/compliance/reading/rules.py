"""How a notice is written, who is asked again when, in which order answers stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from bot.compliance.reading.model import Written

MOST_WORDS, MOST_ASK, MOST_ANSWER, MOST_WRONG = 2400, 300, 60, 3
AGAIN = timedelta(days=2)
TIMES = 3
"""So often somebody is reminded by itself, two days apart; then it is for their leader to speak with them."""
CHASE = timedelta(hours=12)
"""A leader may ask again no sooner than so long after the last time."""
PATIENCE = timedelta(hours=2)
_ASKS, _RIGHT, _WRONG = ("?", "？", "؟"), ("+", "＋"), ("-", "－", "–", "—")


def read(words: str) -> tuple[Written | None, str]:
    """A notice as it is typed: words, a line that begins with ?, the right answer with +, wrong ones with -.

    Answers it, or None and what is missing: words, ask, asks, right, rights, wrong, wrongs, long.
    """
    said: list[str] = []
    asks: list[str] = []
    right: list[str] = []
    wrong: list[str] = []
    for line in words.strip().splitlines():
        mark, rest = line.strip()[:1], line.strip()[1:].strip()
        if mark in _ASKS and mark and rest:
            asks.append(rest)
        elif asks and mark in _RIGHT and rest:
            right.append(rest)
        elif asks and mark in _WRONG and rest:
            wrong.append(rest)
        else:
            said.append(line.rstrip())
    found = Written("\n".join(said).strip(), asks[0] if asks else "", right[0] if right else "", tuple(wrong))
    return (None, why) if (why := _missing(found, len(asks), len(right))) else (found, "")


def _missing(found: Written, asks: int, rights: int) -> str:
    if not found.words:
        return "words"
    if asks != 1:
        return "asks" if asks else "ask"
    if rights != 1:
        return "rights" if rights else "right"
    if not 1 <= len(found.wrong) <= MOST_WRONG:
        return "wrongs" if found.wrong else "wrong"
    answers = (found.right, *found.wrong)
    too_long = len(found.words) > MOST_WORDS or len(found.ask) > MOST_ASK or max(map(len, answers)) > MOST_ANSWER
    if too_long:
        return "long"
    return "same" if len({each.casefold() for each in answers}) < len(answers) else ""


def answers(written: Written, notice: int, number: int, person: int) -> list[tuple[str, bool]]:
    """The answers in an order of somebody's own, each with whether it is right: the same whenever it is asked."""
    found = [(written.right, True), *((each, False) for each in written.wrong)]
    return sorted(found, key=lambda each: sha256(f"{notice}:{number}:{person}:{each[0]}".encode()).digest())


def spoken(said: Mapping[str, Written], lang: str, base: str = "en") -> tuple[str, Written]:
    """In which language somebody reads it, and what: their own, else English, else whichever there is."""
    for each in (lang, base, *said):
        if each in said:
            return each, said[each]
    raise ValueError("a notice without words")


def remind(told_at: datetime, reminded: int, last_at: datetime, chased_at: datetime | None, now: datetime) -> bool:
    """Whether somebody who has not acknowledged is asked once more."""
    if chased_at is not None and last_at < chased_at:
        return True
    return reminded < TIMES and last_at <= now - AGAIN and told_at <= now


def may_chase(began_at: datetime, chased_at: datetime | None, now: datetime) -> bool:
    """Whether those who have not acknowledged may be asked again."""
    return (chased_at or began_at) <= now - CHASE
