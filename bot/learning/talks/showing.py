"""What a talk shows, as messages. In the group never a name of the crew: only counts, and shares of at least five."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.kit.replies import Button, Message, button, rows
from bot.kit.texts import Text, text
from bot.learning import showing as learning
from bot.learning.talks import rules
from bot.learning.talks.model import Asking, Count, Group, Held, State, Talk
from bot.library.kinds.registry import choices, grade
from bot.library.model import LETTERS, Choice, Lesson, Question
from bot.library.showing import choice_words, question_text, said
from bot.people.model import Unit

A_PAGE = 8


def presence_ref(talk: Talk) -> str:
    """The name of the message with *I am here*."""
    return f"talk:{talk.id}:here"


def question_ref(talk: Talk, place: int) -> str:
    """The name of a question's message."""
    return f"talk:{talk.id}:q:{place}"


def panel_ref(talk: Talk) -> str:
    """The name of the messages of those who lead it."""
    return f"talk:{talk.id}:lead"


# --- the group -----------------------------------------------------------------------------------------------------


def cards(lesson: Lesson) -> list[Message]:
    """All cards of the lesson, to be read together."""
    onward = button("learning.next_card", "tk.here:0")
    many = learning.card_count(lesson)
    made = [replace(learning.card(lesson, at, onward), buttons=()) for at in range(1, many + 1)]
    if any(lesson.shows):
        return made
    return [made[0], *(replace(card, media=()) for card in made[1:])] if made else []


def presence(talk: Talk, lesson: Lesson, count: Count, leader: str) -> Message:
    """What the talk is about, *I am here*, and how many are."""
    words = text(
        "learning.talks.presence", title=said(lesson.title), leader=leader, here=count.here, of=count.of,
        guests=count.guests,
    )  # fmt: skip
    return Message(words, rows(button("learning.talks.here", f"tk.here:{talk.id}")), ref=presence_ref(talk))


def closed(talk: Talk, lesson: Lesson, count: Count) -> Message:
    """The end: how many were there; who was not gets the lesson, and nobody is named."""
    words = text(
        "learning.talks.closed", title=said(lesson.title), here=count.here, of=count.of, guests=count.guests,
        held=talk.state is State.CLOSED,
    )  # fmt: skip
    return Message(words, ref=presence_ref(talk))


def question(talk: Talk, asking: Asking, found: Question, of: int) -> Message:
    """A question for all. A tap is answered to the one who taps alone; the group sees how many have."""
    data = f"tk.a:{talk.id}:{asking.place}"
    shown = choices(found, asking.shown)
    buttons = [_choice(choice, at, f"{data}:{at}") for at, choice in enumerate(shown)]
    words = text(
        "learning.talks.question", question=question_text(found, asking.shown, asking.place, of),
        answered=asking.answered,
    )  # fmt: skip
    return Message(words, rows(*buttons), ref=question_ref(talk, asking.place))


def _choice(choice: Choice, at: int, data: str) -> Button:
    label = Text(choice.text_key) if choice.text_key else text("delivery.just", text=LETTERS[at].upper())
    return Button(label, data=data)


def question_over(talk: Talk, asking: Asking, found: Question) -> Message:
    """The question when it is over: what is right and why, and what share knew it where that gives nobody away."""
    words = text(
        "learning.talks.question_over_now", stem=said(found.stem), right=_right(asking, found),
        why=said(found.explanation) if found.explanation else None, answered=asking.answered,
        knew=asking.right, shared=rules.shared(asking.answered, asking.right),
    )  # fmt: skip
    return Message(words, ref=question_ref(talk, asking.place))


def verdict(right: bool, asking: Asking, found: Question) -> Text:
    """What the one who tapped is told, and nobody else."""
    why = said(found.explanation) if found.explanation else ""
    if right:
        return text("learning.talks.t_right", why=why)
    return text("learning.talks.t_wrong", right=_right(asking, found)[0]["letter"], why=why)


def _right(asking: Asking, found: Question) -> list[dict[str, Any]]:
    positions = grade(found, ()).right_positions
    made = []
    for at, choice in enumerate(choices(found, asking.shown)):
        if choice.position in positions:
            words = choice_words(choice)
            letter = words if choice.text_key else LETTERS[at].upper()
            made.append({"letter": letter, "words": words, "lettered": not choice.text_key})
    return made


# --- whoever leads -------------------------------------------------------------------------------------------------


def panel(talk: Talk, lesson: Lesson, count: Count, missing: Sequence[str], askings: Sequence[Asking]) -> Message:
    """The leader's own message: who is still missing, by first name, and what comes next."""
    now_open = next((each for each in askings if each.place == talk.asked), None)
    words = text(
        "learning.talks.panel", title=said(lesson.title), unit=talk.unit.label, here=count.here, of=count.of,
        guests=count.guests, missing=list(missing), place=talk.asked, questions=len(askings),
        answered=now_open.answered if now_open else 0,
    )  # fmt: skip
    buttons = []
    if not rules.at_the_end([each.place for each in askings], talk.asked):
        key = "learning.talks.ask_first" if talk.asked == 0 else "learning.talks.ask_next"
        buttons.append(button(key, f"tk.ask:{talk.id}:{talk.asked + 1}"))
    buttons.append(button("learning.talks.close", f"tk.close:{talk.id}"))
    return Message(words, rows(*buttons, each=1), ref=panel_ref(talk))


def signed_off(talk: Talk, lesson: Lesson, count: Count, missing: Sequence[str]) -> Message:
    """The leader's own message at the end."""
    words = text(
        "learning.talks.signed_off", title=said(lesson.title), unit=talk.unit.label, here=count.here, of=count.of,
        guests=count.guests, missing=list(missing), minutes=talk.minutes or 0, held=talk.state is State.CLOSED,
    )  # fmt: skip
    return Message(words, ref=panel_ref(talk))


def topics(group: Group, lessons: Sequence[Lesson], page: int) -> Message:
    """Which lesson is it about? The longest ago first."""
    some = lessons[page * A_PAGE : (page + 1) * A_PAGE]
    buttons = [
        Button(text("delivery.just", text=said(each.title)), data=f"tk.go:{group.id}:{each.id}") for each in some
    ]
    laid_out = rows(*buttons, each=1)
    if len(lessons) > (page + 1) * A_PAGE:
        laid_out = (*laid_out, (button("learning.talks.more", f"tk.in:{group.id}:{page + 1}"),))
    return Message(text("learning.talks.topics", unit=group.unit.label, many=len(lessons)), laid_out)


def which_group(groups: Sequence[Group]) -> Message:
    """Somebody leads several crews: in which group is the talk?"""
    buttons = [
        Button(text("delivery.just", text=each.unit.label), data=f"tk.in:{each.id}:0") for each in groups[: 2 * A_PAGE]
    ]
    return Message(text("learning.talks.which_group", some=bool(groups)), rows(*buttons))


def which_unit(above: Unit | None, units: Sequence[Unit], tied: Unit | None) -> Message:
    """Whose crew is this group? `above` is the unit whose parts are listed."""
    buttons = [Button(text("delivery.just", text=each.label), data=f"tk.unit:{each.id}") for each in units]
    if above is not None:
        buttons.insert(0, button("learning.talks.all_of", f"tk.tie:{above.id}", unit=above.label))
    words = text("learning.talks.which_unit", tied=tied.label if tied else None)
    return Message(words, rows(*buttons, each=1))


def last(held: Sequence[Held], lessons: dict[str, Lesson]) -> Message:
    """The last talks: when, topic, how many of how many."""
    lines = [
        {
            "at": each.talk.started_at.isoformat(), "title": said(lessons[each.talk.lesson].title),
            "unit": each.talk.unit.label, "here": each.count.here, "of": each.count.of, "guests": each.count.guests,
            "minutes": each.talk.minutes, "open": each.talk.state is State.OPEN,
        }
        for each in held
        if each.talk.lesson in lessons
    ]  # fmt: skip
    return Message(text("learning.talks.last", talks=lines))
