"""All questions of an upload as people will see them, one by one and in each language, before anything is published."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.kit.replies import Button, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.library import translations, uploads
from bot.library.content import as_question
from bot.library.kinds.registry import choices, grade, kind_of
from bot.library.model import Question
from bot.library.showing import choice_words, picture, question_text, said


def on_see(session: Session, event: Pressed, now: datetime) -> Reply:
    """Question `n` of what is new and changed, in a language; the first tap is answered below the preview."""
    row = uploads.mine(session, event.number(0), event.person or 0, now)
    if row.state not in uploads.OPEN or not row.changes:
        raise Refused("library.decided")
    contents = row.changes["bank"]["questions"]
    ids = [id for id in (*row.changes["added"], *row.changes["changed"]) if id in contents]
    at = min(max(event.number(1), 0), len(ids) - 1)
    id, base = ids[at], row.changes["bank"]["language"]
    content = contents[id]
    spoken = [base, *sorted(translations.languages(content) - {base})]
    language = event.word(2) if event.word(2) in spoken else base
    message = shown(as_question(id, in_one(content, base, language)), id in row.changes["added"], at + 1, len(ids))
    buttons = [
        Button(text("library.in_language", language=LANGUAGES.get(each, each), chosen=each == language),
               f"lb.see:{row.id}:{at}:{each}")
        for each in spoken
    ]  # fmt: skip
    turning = []
    if at:
        turning.append(button("library.before", f"lb.see:{row.id}:{at - 1}:{language}"))
    if at + 1 < len(ids):
        turning.append(button("library.after", f"lb.see:{row.id}:{at + 1}:{language}"))
    laid_out = (*rows(*buttons, each=3), *rows(*turning))
    message = replace(message, buttons=laid_out)
    first = len(event.args) == 2
    under_a_picture = event.captioned and not message.media
    if first or under_a_picture:
        return Reply((message,), drop_buttons=under_a_picture and not first)
    return Reply(edit=message)


def in_one(content: dict[str, object], base: str, language: str) -> dict[str, object]:
    """A question as readers of one language get it: what is not said in it stands in the base language."""
    new = content
    for each in translations.languages(content) - {base, language}:
        new = translations.without(new, each)
    if language == base:
        return new
    said_here = translations.texts_in(new, language)
    return translations.without(new, base) if set(translations.texts_in(new, base)) <= set(said_here) else new


def shown(question: Question, new: bool, number: int, of: int) -> Message:
    """The question, what is right, and what is told after an answer."""
    kind = kind_of(question)
    positions = grade(question, ()).right_positions
    right = [choice_words(each) for each in choices(question) if each.position in positions]
    right = right or [said(line.text) for line in kind.lines(question.payload, ()) if line.right]
    words = text(
        "library.as_people_see_it", question=question_text(question, None, number, of), new=new, id=question.id,
        right=right, explanation=said(question.explanation),
    )  # fmt: skip
    return Message(words, media=picture(question))


ROUTES = (Route(on_see, verb="lb.see"),)
