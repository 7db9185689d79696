"""docs/reference/review.md: what a safety officer reads before people get the shipped lessons. Written by `make reference`."""

from __future__ import annotations

from collections.abc import Callable

INTRO = (
    "Davy ships lessons and questions as drafts: nobody gets one before somebody who answers for the unit has read it and "
    "signed it with `/sign`, topic by topic. They were written from a base of facts, each with its source. Not legal advice: "
    "your law, your collective agreement and your site's rules come first, and a state, a province or a company may be "
    "stricter. Read most carefully what rests on a fact of which no official text was seen; those are listed here."
)
LOOK = """## What to look at

1. Does it fit your site: the telephone number, the colour, the name of the form, who is asked?
2. Every number: is it yours, and that of your country?
3. The facts in the last column, in the rule that is named below.
4. First aid and rescue: what your own provider teaches.
"""
FACTS = """## The facts to look up

*From memory*: known with its citation, no page was seen. *Another page*: one that states it was seen, but not the rule itself."""
Table = Callable[[list[str], list[list[object]]], str]


def review(page: Callable[..., str], table: Table) -> str:
    """The page, from the shipped lessons, banks and facts."""
    from bot.library import shipped

    marks, doubtful = shipped.marks(), shipped.doubtful()
    lessons = sorted(shipped.shipped_lessons(), key=lambda lesson: (lesson.topic, lesson.id))
    questions = [question for bank in shipped.shipped_banks() for question in bank.questions]
    rows: list[list[object]] = []
    used: set[str] = set()
    for lesson in lessons:
        mine = [question for question in questions if question.topic == lesson.topic]
        facts = sorted({*lesson.facts, *(fact for question in mine for fact in question.facts)})
        look_up = [fact for fact in facts if fact in doubtful]
        used.update(look_up)
        where = f"[{lesson.title['en']}](../../content/lessons/{lesson.id}/en.md)"
        rows.append([lesson.topic, where, ", ".join(lesson.jurisdictions), len(mine), len(facts), ", ".join(look_up)])
    count = f"{len(lessons)} lessons and {len(questions)} questions; they rest on {len(used)} facts of this kind."
    found = [[id, marks[id].jurisdiction, marks[id].citation, _seen(marks[id].mark)] for id in sorted(used)]
    return page(
        "Before people get the lessons",
        INTRO,
        f"{LOOK}\n{count}",
        table(["topic", "lesson", "holds in", "questions", "facts", "facts to look up"], rows),
        FACTS,
        table(["fact", "where it holds", "the rule to look it up in", "what was seen"], [list(row) for row in found]),
    )


def _seen(mark: str) -> str:
    """A mark of the fact base in words."""
    if "S:" not in mark:
        return "from memory"
    return "another page, partly from memory" if "known" in mark else "another page"
