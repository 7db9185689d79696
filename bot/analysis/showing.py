"""What a trainer is shown of an analysis and of the misconception map, as messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.analysis import rules
from bot.analysis.model import LEAST_COMPARED, LEAST_JUDGED, LEAST_SHOWN, Analysis, Figures, Item, Reason, Spot
from bot.analysis.reading import Map, wrong_choices
from bot.kit.replies import Button, Media, Message, button, rows
from bot.kit.texts import Text, text
from bot.library.kinds.registry import choices, grade
from bot.library.model import LETTERS, Localized, Question
from bot.library.showing import choice_words, said

ROWS = 12
"""So many questions stand in the message and in its picture; all are in the workbook."""
NAMED = 8
STEM = 60


def found(made: Analysis, picture: str | None) -> tuple[Message, ...]:
    """The message of an analysis: the three that everybody misses first; and its picture, where there is anything to draw."""
    live = [item for item in made.items if item.live]
    dull = sorted((item for item in live if item.reasons), key=lambda item: list(Reason).index(item.reasons[0]))
    words = text(
        "analysis.found", title=said(made.title), places=list(made.places),
        missed=[_missed(item) for item in rules.missed(made.items)],
        lines=[_line(item.content, item.figures) for item in plotted(made)],
        left=max(0, sum(item.figures.count > 0 for item in live) - ROWS),
        dull=[{"stem": cut(item.content.stem), "why": [why(item, each) for each in item.reasons]} for item in dull[:NAMED]],
        more=max(0, len(dull) - NAMED), waiting=sum(item.figures.count < LEAST_JUDGED for item in live),
        judged=LEAST_JUDGED, compared=LEAST_COMPARED,
    )  # fmt: skip
    keys = rows(button("analysis.as_file", f"an.file:{made.bank}"), button("analysis.teams", "an.map"), each=1)
    text_message = Message(words, keys)
    if picture is None:
        return (text_message,)
    drawn = Message(text("analysis.how_to_see", judged=LEAST_JUDGED), media=(Media("photo", picture, "analysis.png"),))
    return (text_message, drawn)


def plotted(made: Analysis) -> list[Item]:
    """The questions of the picture: those that the fewest were right on."""
    return [item for item in made.items if item.live and item.figures.count][:ROWS]


def _missed(item: Item) -> dict[str, Any]:
    at = rules.top_wrong(item.figures, wrong_choices(item.content))
    return {
        "stem": cut(item.content.stem), "right": item.figures.right, "count": item.figures.count,
        "belief": None if at is None else belief(item.content, (at,)),
    }  # fmt: skip


def belief(content: Question, chosen: Sequence[int]) -> Any:
    """What somebody believes who chose so: as its author named it, else the choice's own words."""
    named = grade(content, tuple(chosen)).misconceptions
    if named:
        return said(named[0])
    right = grade(content, ()).right_positions
    wrong = [choice for choice in choices(content) if choice.position in chosen and choice.position not in right]
    return choice_words(wrong[0]) if wrong else None


def _line(content: Question, figures: Figures) -> dict[str, Any]:
    shown = figures.count >= LEAST_SHOWN
    return {
        "stem": cut(content.stem), "count": figures.count, "share": round(100 * figures.facility) if shown else None,
        "apart": signed(figures) if shown else None, "seconds": round(figures.seconds or 0) if shown and figures.seconds else None,
    }  # fmt: skip


def signed(figures: Figures) -> str | None:
    """The discrimination as it is shown; None where there are too few people to tell."""
    enough = figures.discrimination is not None and figures.compared >= LEAST_COMPARED
    return f"{figures.discrimination:+.2f}" if enough else None


def why(item: Item, reason: Reason) -> Text:
    """The sentence of a reason, with its figures."""
    letters = ", ".join(LETTERS[at].upper() for at in item.idle)
    figures = item.figures
    return text(
        f"analysis.reason_{reason.value}", right=figures.right, count=figures.count, apart=signed(figures) or "",
        people=figures.compared, choices=letters,
    )  # fmt: skip


def cut(words: Localized) -> Mapping[str, str]:
    """A stem short enough for a list."""
    return {lang: one if len(one) <= STEM else one[: STEM - 1].rstrip() + "…" for lang, one in said(words).items()}


def file(made: Analysis, ref: str) -> Message:
    """The workbook."""
    return Message(
        text("analysis.file", title=said(made.title)), media=(Media("document", ref, f"{made.bank}-analysis.xlsx"),)
    )


# --- what teams believe --------------------------------------------------------------------------------------------


def mapped(made: Map) -> Message:
    """The misconception map, hottest first, with a way to put the lesson first where there is one."""
    spots = [_spot(made, spot) for spot in made.spots]
    keys = [_put_first(made, spot) for spot in made.spots if spot.topic in made.taught]
    return Message(text("analysis.map", spots=spots, least=LEAST_SHOWN), rows(*keys, each=1))


def _spot(made: Map, spot: Spot) -> dict[str, Any]:
    content = made.questions.get(spot.belief[:2]) if spot.belief else None
    return {
        "team": made.units[spot.unit].label, "topic": topic_name(spot.topic), "people": spot.people,
        "answers": spot.answers, "wrong": spot.wrong,
        "hazards": spot.hazards, "overdue": spot.overdue,
        "belief": belief(content, spot.belief[2]) if content is not None and spot.belief else None,
    }  # fmt: skip


def _put_first(made: Map, spot: Spot) -> Button:
    team = made.units[spot.unit].label
    return button("analysis.put_first", f"an.first:{spot.unit}:{spot.topic}", topic=topic_name(spot.topic), team=team)


def topic_name(code: str) -> Text:
    """The name of a topic."""
    return text("hazards.topic_name", code=code)
