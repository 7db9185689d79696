"""What learning shows, as messages: made of values alone, so that a question looks the same wherever it comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.kit.replies import Button, Message, Quiz, button, rows
from bot.kit.texts import Text, text
from bot.learning.model import Assignment, Attempt, Mode, Tally
from bot.library.kinds.registry import choices, grade, kind_of
from bot.library.model import Choice, Lesson, Question, Verdict, text_in
from bot.library.showing import card, card_count, lesson_picture, question_text, said
from bot.library.showing import picture as picture_of

__all__ = ["card", "card_count"]  # a lesson looks the same here as in its trainer's preview


def push(assignment: int | str, lesson: Lesson, because: bool, again: bool = False) -> Message:
    """The one message of the day: a title, a line, a picture, and two buttons. `assignment` may be a blank to be filled in."""
    buttons = [button("learning.start", f"ln.start:{assignment}")]
    if not again:
        buttons.append(button("learning.later", f"ln.later:{assignment}"))
    words = text("learning.push", title=said(lesson.title), seconds=lesson.seconds, because=because, again=again)
    return Message(words, rows(*buttons), lesson_picture(lesson), ref=f"push:{assignment}")


def push_review(assignment: int, due: int, again: bool = False) -> Message:
    """The day's message when there is something to repeat and no new lesson."""
    buttons = [button("learning.start", f"ln.start:{assignment}")]
    if not again:
        buttons.append(button("learning.later", f"ln.later:{assignment}"))
    return Message(text("learning.push_review", due=due, again=again), rows(*buttons), ref=f"push:{assignment}")


def moved_on(given: Assignment, lesson: Lesson | None) -> Message:
    """What is left of the day's message when its lesson was begun elsewhere: no way that leads to the same twice."""
    return Message(text("learning.moved_on", title=said(lesson.title) if lesson else None), ref=f"push:{given.id}")


def lapsed(given: Assignment, lesson: Lesson | None) -> Message:
    """What is left of the message of a day that is over, and the way to what waits now."""
    words = text("learning.lapsed", title=said(lesson.title) if lesson else None, on=given.on_date.isoformat())
    return Message(words, rows(button("learning.today_button", "ln.today")), ref=f"push:{given.id}")


def question(asked: Attempt, found: Question, of: int) -> Message:
    """A question with its choices: short buttons, the words in the text. What is chosen and not sent off is marked."""
    kind = kind_of(found)
    whole = kind.complete(found.payload, asked.chosen)
    shown = () if kind.staged and whole else choices(found, asked.shown)
    laid_out = rows(*(_choice_button(asked, found, choice, at) for at, choice in enumerate(shown)))
    if found.confidence and (kind.many or whole):
        sure = button("learning.done_sure", f"ln.done:{asked.id}:1", done=kind.many)
        laid_out = (*laid_out, (sure, button("learning.done_not_sure", f"ln.done:{asked.id}:0", done=kind.many)))
    elif kind.many:
        laid_out = (*laid_out, (button("learning.send_off", f"ln.done:{asked.id}"),))
    if kind.staged and asked.chosen:
        laid_out = (*laid_out, (button("learning.one_back", f"ln.back:{asked.id}:{len(asked.chosen)}"),))
    if kind.typed and not asked.chosen:
        laid_out = (*laid_out, (button("learning.do_not_know", f"ln.skip:{asked.id}"),))
    return Message(question_text(found, asked.shown, asked.place, of, asked.chosen), laid_out, picture_of(found))


def _choice_button(asked: Attempt, found: Question, choice: Choice, at: int) -> Button:
    kind, data = kind_of(found), f"ln.a:{asked.id}:{at}"
    if kind.staged:  # a second tap on the same button must not answer what is asked next
        return button("learning.letter", f"{data}:{len(asked.chosen)}", letter=kind.mark(at), chosen=False)
    place = kind.place_of(found.payload, asked.chosen, choice.position) if asked.chosen else 0
    if choice.text_key or kind.labels == "words":
        words = Text(choice.text_key) if choice.text_key else said(choice.text)
        return button("learning.words", data, words=words, chosen=place > 0)
    if kind.many and not kind.optional and place:
        return button("learning.letter", data, letter=kind.mark(at), chosen=True, place=place)
    return button("learning.letter", data, letter=kind.mark(at), chosen=place > 0)


def verdict(asked: Attempt, found: Question, of: int, lang: str) -> Message:
    """Right or not, what is right and why, the belief that misled; *wrong button* while that can be taken back.

    In one language: it is read within the second, and a third as long to store.
    """
    judged, kind = grade(found, asked.chosen), kind_of(found)
    told = text(
        "learning.verdict",
        number=asked.place,
        of=of,
        stem=text_in(found.stem, lang),
        options=_options(asked, found, judged, lang) if kind.polls or kind.optional else [],
        right=judged.right,
        beliefs=[text_in(each, lang) for each in judged.misconceptions],
        explanation=text_in(found.explanation, lang),
        **_more(asked, found, judged, lang),
    )
    buttons = [button("learning.next" if asked.place < of else "learning.finish", f"ln.next:{asked.id}")]
    if not asked.taken_back and asked.mode is Mode.PRACTICE:
        buttons.append(button("learning.wrong_button", f"ln.undo:{asked.id}"))
    buttons.append(button("library.this_is_wrong", f"lb.wrong:{asked.question}:{asked.version}"))
    return Message(told, rows(*buttons, each=1))


def _options(asked: Attempt, found: Question, judged: Verdict, lang: str) -> list[dict[str, Any]]:
    kind, options = kind_of(found), []
    for at, choice in enumerate(choices(found, asked.shown)):
        marks = {"right": choice.position in judged.right_positions, "chosen": choice.position in asked.chosen}
        words = Text(choice.text_key) if choice.text_key else text_in(choice.text, lang)
        options.append({"letter": kind.mark(at), "words": words, "lettered": not choice.text_key, **marks})
    return options


def _more(asked: Attempt, found: Question, judged: Verdict, lang: str) -> dict[str, Any]:
    """What only some kinds have to tell, and whether they were sure where they were asked."""
    kind = kind_of(found)
    more: dict[str, Any] = {} if asked.sure is None else {"sure": asked.sure}
    if lines := kind.lines(found.payload, asked.chosen):
        more["typed"] = kind.typed
        more["lines"] = [
            {
                "mark": line.mark, "words": text_in(line.text, lang), "right": line.right, "chosen": line.chosen,
                "instead": text_in(line.instead, lang),
            }
            for line in lines
        ]  # fmt: skip
        if judged.nearly:
            more["nearly"] = text_in(lines[0].text, lang)
    return more


def summary(given: Assignment, tally: Tally, due: int, glad: Text | None = None) -> Message:
    """A short warm end, what there is to be glad of, and what is next."""
    words = text(
        "learning.summary",
        answered=tally.answered,
        right=tally.right,
        due=due,
        lesson=given.lesson is not None,
        glad=glad,
    )
    return Message(words, rows(button("learning.more", "ln.more"), button("learning.today_button", "ln.today")))


def poll(asked: Attempt, found: Question) -> Message:
    """The question as a native quiz."""
    shown = choices(found, asked.shown)
    right = grade(found, ()).right_positions
    options = tuple(Text(c.text_key) if c.text_key else text("delivery.just", text=said(c.text)) for c in shown)
    places = tuple(at for at, choice in enumerate(shown) if choice.position in right)
    why = text("delivery.just", text=said(found.explanation)) if found.explanation else None
    return Message(quiz=Quiz(text("delivery.just", text=said(found.stem)), options, places, why, f"quiz:{asked.id}"))


def titles(lessons: Sequence[Lesson], verb: str) -> tuple[Button, ...]:
    """A button for each lesson."""
    return tuple(button("delivery.just", f"{verb}:{lesson.id}", text=said(lesson.title)) for lesson in lessons)
