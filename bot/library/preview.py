"""What a trainer is shown of an upload, as messages: problems with their places, or what publishing would change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import Text, text
from bot.library.actions import Difference
from bot.library.model import Bank, Problem, Severity
from bot.library.showing import picture, question_text, said
from bot.people.model import Unit

MOST_PROBLEMS = 10
MOST_ADVICE = 3
MOST_IDS = 10


def not_fetched(name: str, code: str) -> Message:
    """The file never arrived."""
    return Message(text("library.not_fetched", name=name, too_big=code == "too_big"))


def problems(name: str, found: Sequence[Problem], workbook: bool) -> Message:
    """The first problems, errors before advice, each with its line or cell and what to do."""
    errors = [each for each in found if each.severity is Severity.ERROR]
    advice = [each for each in found if each.severity is not Severity.ERROR]
    listed = [line(each) for each in [*errors, *advice][:MOST_PROBLEMS]]
    left = max(len(errors) - MOST_PROBLEMS, 0)
    counts = {"errors": len(errors), "more": left, "more_advice": len(found) - len(listed) - left}
    return Message(text("library.problems", name=name, listed=listed, workbook=workbook, **counts))


def line(problem: Problem) -> dict[str, Any]:
    """One problem: where, how bad, what to do."""
    return {
        "cell": problem.cell or "",
        "line": problem.line or 0,
        "column": problem.column or 0,
        "error": problem.severity is Severity.ERROR,
        "what": Text(problem.text_key, problem.params),
    }


def marked(name: str) -> Text:
    """Goes with the marked workbook."""
    return text("library.marked", name=name)


def nothing_new(bank: Bank) -> Message:
    """The file says what is live already."""
    return Message(text("library.nothing_new", title=said(bank.title)))


def not_your_bank(bank: Bank, whose: Unit | None) -> Message:
    """The live bank of that id is looked after by other trainers."""
    return Message(text("library.not_your_bank", title=said(bank.title), unit=whose.label if whose else "", id=bank.id))


def clean(
    upload: int, bank: Bank, change: Difference, advice: Sequence[Problem], units: Sequence[Unit] = ()
) -> Message:
    """What publishing would change, for whom, advice, and the first question as a worker will see it."""
    first = next((q for q in bank.questions if q.id in change.added or q.id in change.changed), bank.questions[0])
    words = text(
        "library.preview",
        title=said(bank.title),
        unit=units[0].label if len(units) == 1 else None,
        added=len(change.added),
        changed=len(change.changed),
        absent=len(change.absent),
        advice=[line(each) for each in advice[:MOST_ADVICE]],
        more=max(len(advice) - MOST_ADVICE, 0),
        question=question_text(first),
    )
    return Message(words, rows(*_decisions(upload, change, units)), picture(first))


def _decisions(upload: int, change: Difference, units: Sequence[Unit]) -> list[Button]:
    buttons = []
    if len(units) > 1:
        buttons += [button("library.publish_for", f"lb.pub:{upload}:{u.id}", unit=u.label) for u in units]
    elif change.added or change.changed:
        buttons.append(button("library.publish", f"lb.pub:{upload}"))
    if change.absent:
        buttons.append(button("library.replace_bank", f"lb.all:{upload}"))
    return [*buttons, button("library.cancel", f"lb.no:{upload}")]


def confirm_replacing(upload: int, change: Difference) -> Message:
    """How many live questions would retire, and which."""
    words = text("library.confirm_replacing", absent=len(change.absent), ids=list(change.absent[:MOST_IDS]))
    yes = button("library.yes_replace", f"lb.allyes:{upload}", absent=len(change.absent))
    return Message(words, rows(yes, button("library.cancel", f"lb.no:{upload}"), each=1))


def published(upload: int, title: Any, version: int, change: Difference, retired: bool) -> Message:
    """It is live."""
    words = text(
        "library.published", title=title, version=version, added=len(change.added), changed=len(change.changed),
        retired=len(change.absent) if retired else 0,
    )  # fmt: skip
    return Message(words)


def outdated(upload: int, name: str | None, at: str) -> Message:
    """Somebody else published this bank since the preview."""
    again = button("library.check_again", f"lb.again:{upload}")
    words = text("library.outdated", name=name, at=at)
    return Message(words, rows(again, button("library.cancel", f"lb.no:{upload}")))
