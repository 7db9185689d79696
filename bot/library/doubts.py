"""What is said about a doubted question: to whoever looks after it, and to whoever doubted it."""

from __future__ import annotations

from bot.kit.replies import Message, button, rows
from bot.kit.texts import Text, text
from bot.library.kinds.registry import choices, grade
from bot.library.model import Doubted, Question
from bot.library.showing import choice_words, said
from bot.library.store import Published


def ref(question: str, version: int) -> str:
    """The name of the messages in which trainers follow a doubted question."""
    return f"doubt:{question}:{version}"


def asked(about: Doubted) -> Message:
    """The question, what is marked as right, what people say, and what can be done."""
    id = f"{about.question.id}:{about.version}"
    words = text("library.doubted", count=about.count, words=list(about.words[:5]), **_shown(about.question))
    buttons = rows(
        button("library.doubt_withdraw", f"lb.drop1:{id}"), button("library.doubt_keep", f"lb.keep1:{id}"), each=1
    )
    return Message(words, buttons, ref=ref(about.question.id, about.version))


def outcome(question: Question, state: str, by: str) -> Message:
    """What was decided, in the place of the question to decide."""
    return Message(text(f"library.doubt_{state}", by=by, stem=said(question.stem)))


def is_right(found: Published | None, why: str) -> Message:
    """To whoever doubted it: it was looked at, and is right."""
    assert found is not None, "versions are never deleted"
    return Message(text("library.doubt_is_right", why=why, **_shown(found.question)))


def _shown(question: Question) -> dict[str, object]:
    right = grade(question, ()).right_positions
    shown: list[Text | object] = [choice_words(each) for each in choices(question) if each.position in right]
    return {"stem": said(question.stem), "right": shown, "explanation": said(question.explanation)}
