"""What the writers of all formats say of a column and of a line, in one language."""

from __future__ import annotations

from bot.assessment.model import Column, Line, Sheet
from bot.i18n.say import say

GUIDE = ("opportunity", "small", "practice", "anonymous", "reports", "dates", "same")
"""How to read it, in this order."""


def head(column: Column, lang: str) -> str:
    """The head of a column."""
    return str(say(f"assessment.c_{column.code}", lang))


def meaning(column: Column, lang: str) -> str:
    """What a column counts."""
    return str(say(f"assessment.d_{column.code}", lang))


def note(line: Line, lang: str) -> str:
    """What is to be said of a line; empty for most."""
    if line.hidden:
        return str(say("assessment.note_not_agreed", lang))
    return "" if line.had_opportunity else str(say("assessment.note_no_opportunity", lang))


def standing(line: Line, lang: str) -> str:
    """Whether they were cleared to work, in a word or two."""
    return str(say(f"learning.induction.standing_{line.cleared or 'not_asked'}", lang))


def guide(lang: str) -> list[str]:
    """How to read all of it, a sentence or two each."""
    return [str(say(f"assessment.guide_{part}", lang)) for part in GUIDE]


def title(sheet: Sheet) -> str:
    """What a file is about."""
    starts, ends = sheet.period.starts.isoformat(), sheet.period.ends.isoformat()
    return str(say("assessment.title", sheet.lang, company=sheet.company, starts=starts, ends=ends))
