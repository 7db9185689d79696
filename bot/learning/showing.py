"""What learning shows, as messages: made of values alone, so that a question looks the same wherever it comes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.kit.replies import Button, Media, Message, Quiz, button, rows
from bot.kit.texts import Text, text
from bot.learning.model import Assignment, Attempt, Mode, Tally
from bot.library.kinds.registry import choices, grade, kind_of
from bot.library.model import LETTERS, Choice, Lesson, Question, text_in
from bot.library.showing import question_text, said


def picture(lesson: Lesson) -> tuple[Media, ...]:
    """The lesson's picture, where it has one."""
    return (Media("photo", f"content:pictures/{lesson.picture}"),) if lesson.picture else ()


def push(assignment: int | str, lesson: Lesson, because: bool, again: bool = False) -> Message:
    """The one message of the day: a title, a line, a picture, and two buttons. `assignment` may be a blank to be filled in."""
    buttons = [button("learning.start", f"ln.start:{assignment}")]
    if not again:
        buttons.append(button("learning.later", f"ln.later:{assignment}"))
    words = text("learning.push", title=said(lesson.title), seconds=lesson.seconds, because=because, again=again)
    return Message(words, rows(*buttons), picture(lesson), ref=f"push:{assignment}")


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


def card(lesson: Lesson, number: int, onward: Button) -> Message:
    """One card of a lesson (1..n). Its picture's words come with the first."""
    cards = {language: each[number - 1] for language, each in lesson.cards.items() if len(each) >= number}
    words = text(
        "learning.card",
        title=said(lesson.title),
        card=said(cards),
        number=number,
        of=card_count(lesson),
        picture=said(lesson.picture_text) if lesson.picture and number == 1 else None,
    )
    return Message(words, rows(onward), picture(lesson))


def card_count(lesson: Lesson) -> int:
    """How many cards a lesson has."""
    return max((len(each) for each in lesson.cards.values()), default=0)


def question(asked: Attempt, found: Question, of: int) -> Message:
    """A question with its choices: short buttons, the words in the text. Chosen ones of several are marked."""
    shown = choices(found, asked.shown)
    many = kind_of(found).many
    buttons = [_choice_button(asked, choice, at, many) for at, choice in enumerate(shown)]
    laid_out = rows(*buttons)
    if many:
        laid_out = (*laid_out, (button("learning.send_off", f"ln.done:{asked.id}"),))
    return Message(question_text(found, asked.shown, asked.place, of), laid_out)


def _choice_button(asked: Attempt, choice: Choice, at: int, many: bool) -> Button:
    data = f"ln.a:{asked.id}:{at}"
    if choice.text_key:
        return button(choice.text_key, data)
    chosen = many and choice.position in asked.chosen
    return button("learning.letter", data, letter=LETTERS[at].upper(), chosen=chosen)


def verdict(asked: Attempt, found: Question, of: int, lang: str) -> Message:
    """Right or not, what is right and why, the belief that misled; *wrong button* while that can be taken back.

    In one language: it is read within the second, and a third as long to store.
    """
    judged = grade(found, asked.chosen)
    shown = choices(found, asked.shown)
    lettered = not shown[0].text_key
    options = []
    for at, choice in enumerate(shown):
        marks = {"right": choice.position in judged.right_positions, "chosen": choice.position in asked.chosen}
        words = Text(choice.text_key) if choice.text_key else text_in(choice.text, lang)
        options.append({"letter": LETTERS[at].upper(), "words": words, "lettered": lettered, **marks})
    told = text(
        "learning.verdict",
        number=asked.place,
        of=of,
        stem=text_in(found.stem, lang),
        options=options,
        right=judged.right,
        beliefs=[text_in(each, lang) for each in judged.misconceptions],
        explanation=text_in(found.explanation, lang),
    )
    buttons = [button("learning.next" if asked.place < of else "learning.finish", f"ln.next:{asked.id}")]
    if not asked.taken_back and asked.mode is Mode.PRACTICE:
        buttons.append(button("learning.wrong_button", f"ln.undo:{asked.id}"))
    return Message(told, rows(*buttons, each=1))


def summary(given: Assignment, tally: Tally, due: int) -> Message:
    """A short warm end, and what is next."""
    words = text(
        "learning.summary", answered=tally.answered, right=tally.right, due=due, lesson=given.lesson is not None
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
