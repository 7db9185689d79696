"""What a trainer is shown of an upload, as messages: problems with their places, or what publishing would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.i18n.languages import LANGUAGES
from bot.kit.replies import Button, Media, Message, button, rows
from bot.kit.texts import Text, text
from bot.library.actions import Difference
from bot.library.checking import Checked
from bot.library.formats.write import NAMES
from bot.library.model import MAX_BYTES, Bank, Problem, Severity
from bot.library.problems import NOT_TAKEN
from bot.library.showing import picture, question_text, said
from bot.people.model import Unit

MOST_PROBLEMS = 10
MOST_ADVICE = 3
MOST_LOST = 8
MOST_IDS = 10


def not_fetched(name: str, code: str) -> Message:
    """The file never arrived."""
    return Message(text("library.not_fetched", name=name, limit=MAX_BYTES // 1_000_000 if code == "too_big" else 0))


def problems(upload: int, name: str, file: Checked) -> Message:
    """The first problems, errors before advice, each with its line or cell and what to do."""
    found, workbook = file.problems, file.marked is not None
    errors = [each for each in found if each.severity is Severity.ERROR]
    advice = [each for each in found if each.severity is not Severity.ERROR]
    listed = [line(each) for each in [*errors, *advice][:MOST_PROBLEMS]]
    left = max(len(errors) - MOST_PROBLEMS, 0)
    counts = {"errors": len(errors), "more": left, "more_advice": len(found) - len(listed) - left}
    words = text("library.problems", name=name, listed=listed, workbook=workbook, **counts)
    readable = file.bank is not None and bool(file.bank.questions) and not workbook
    return Message(words, rows(_as_workbook(upload)) if readable else ())


def _as_workbook(upload: int) -> Button:
    """What could be read as a workbook to go on with."""
    return button("library.as_workbook", f"lb.file:{upload}:xlsx")


def not_written(format: str, none_fits: bool) -> Message:
    """No file could be made; `none_fits`: because the format can say none of the questions."""
    return Message(text("library.not_written", format=NAMES[format], none_fits=none_fits))


def written(made: Mapping[str, Any], format: str, mine: bool, again: str, file: Media) -> Message:
    """A bank as a file, what of it is not in there, and buttons for the other formats."""
    words = text(
        "library.bank_file",
        title=said(made["title"]),
        mine=mine,
        format=format,
        left_out=made["left_out"][:MOST_IDS],
        more_left_out=max(len(made["left_out"]) - MOST_IDS, 0),
        in_part=made["in_part"][:MOST_IDS],
        more_in_part=max(len(made["in_part"]) - MOST_IDS, 0),
        pictures=made["pictures"],
    )
    others = [Button(text("delivery.just", text=NAMES[each]), f"{again}:{each}") for each in NAMES if each != format]
    return Message(words, rows(*others, each=3), (file,))


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
    upload: int,
    bank: Bank,
    change: Difference,
    advice: Sequence[Problem],
    units: Sequence[Unit] = (),
    notes: Mapping[str, Any] | None = None,
) -> Message:
    """What publishing would change, for whom, advice, and the first question as a worker will see it.

    `notes`: `aside` (translations by language that would be set aside), `wrong` (questions that come back although they
    were found wrong), `others` (who else has this bank in hand).
    """
    noted = {"aside": {}, "wrong": [], "others": []} | dict(notes or {})
    told = _foremost(advice)
    first = next((q for q in bank.questions if q.id in change.added or q.id in change.changed), bank.questions[0])
    words = text(
        "library.preview",
        title=said(bank.title),
        unit=units[0].label if len(units) == 1 else None,
        added=len(change.added),
        changed=len(change.changed),
        absent=len(change.absent),
        advice=[line(each) for each in told],
        more=len(advice) - len(told),
        question=question_text(first),
        aside=[{"language": LANGUAGES.get(each, each), "count": n} for each, n in sorted(noted["aside"].items())],
        base=LANGUAGES.get(bank.language, bank.language),
        wrong=noted["wrong"][:MOST_IDS],
        others=noted["others"],
    )
    return Message(words, rows(*_decisions(upload, change, units)), picture(first))


def _foremost(advice: Sequence[Problem]) -> list[Problem]:
    """What is not taken as the file said it, and then a little advice."""
    lost = sorted((each for each in advice if each.code in NOT_TAKEN), key=lambda each: NOT_TAKEN.index(each.code))
    return [*lost[:MOST_LOST], *[each for each in advice if each.code not in NOT_TAKEN][:MOST_ADVICE]]


def _decisions(upload: int, change: Difference, units: Sequence[Unit]) -> list[Button]:
    buttons = []
    if len(units) > 1:
        buttons += [button("library.publish_for", f"lb.pub:{upload}:{u.id}", unit=u.label) for u in units]
    elif change.added or change.changed:
        buttons.append(button("library.publish", f"lb.pub:{upload}"))
    if change.absent:
        buttons.append(button("library.replace_bank", f"lb.all:{upload}"))
    if change.added or change.changed:
        buttons.append(button("library.publish_later", f"lb.when:{upload}:0"))
        buttons.append(button("library.see_all", f"lb.see:{upload}:0"))
    return [*buttons, _as_workbook(upload), button("library.cancel", f"lb.no:{upload}")]


def confirm_replacing(upload: int, change: Difference) -> Message:
    """How many live questions would retire, and which."""
    words = text("library.confirm_replacing", absent=len(change.absent), ids=list(change.absent[:MOST_IDS]))
    yes = button("library.yes_replace", f"lb.allyes:{upload}", absent=len(change.absent))
    later = button("library.replace_later", f"lb.when:{upload}:1")
    return Message(words, rows(yes, later, button("library.cancel", f"lb.no:{upload}"), each=1))


def published(upload: int, title: Any, version: int, change: Difference, retired: bool) -> Message:
    """It is live."""
    words = text(
        "library.published", title=title, version=version, added=len(change.added), changed=len(change.changed),
        retired=len(change.absent) if retired else 0,
    )  # fmt: skip
    return Message(words)


def outdated(upload: int, changes: Sequence[Mapping[str, Any]], more: int) -> Message:
    """Others changed this bank since the preview: who, when, what, and the words before and after."""
    again = button("library.check_again", f"lb.again:{upload}")
    words = text("library.outdated", changes=list(changes), more=more)
    return Message(words, rows(again, button("library.cancel", f"lb.no:{upload}")))
