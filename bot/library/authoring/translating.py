"""What people cannot read or hear in their own language: listed a language, confirmed, recorded. Routes only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.events import Pressed
from bot.kit.replies import Button, Media, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import Text, text
from bot.library import confirming, owning, translations, uploads
from bot.library.authoring import desk, publishing, rules, screens, workbook
from bot.library.authoring.drafting import of_lesson
from bot.library.authoring.store import OwnLesson
from bot.library.authoring.writing import listen_for, who_is
from bot.library.history import where
from bot.library.showing import said
from bot.library.tables import BankRow, QuestionRow
from bot.library.versions import live_contents
from bot.media import store as media

SHOWN, WORDS = 10, 400


def language_at(event: Pressed, at: int) -> str:
    if event.word(at) not in LANGUAGES:
        raise Refused("delivery.stale")
    return event.word(at)


def _unsaid(own: list[OwnLesson], language: str) -> list[tuple[OwnLesson, bool]]:
    """Own lessons that are not said in a language, first those whose translation was set aside."""
    found = [
        (each, language in translations.stale(each.content))
        for each in own
        if language != each.lesson.language and language not in each.lesson.cards
    ]
    return sorted(found, key=lambda each: not each[1])


def on_languages(session: Session, event: Pressed, now: datetime) -> Reply:
    """For each language that people read: how many they are, what they have to read in another one."""
    units = desk.units_of(session, event, now)
    banks, own = [line.id for line in desk.banks_of(session, units)], desk.own_of(session, units)
    listed, buttons = [], []
    for lang, count in sorted(desk.spoken_by(session, units, now).items(), key=lambda each: -each[1]):
        aside, missing = confirming.count_gaps(session, banks, lang)
        unsaid = _unsaid(own, lang)
        name = LANGUAGES.get(lang, lang)
        line = {
            "language": name, "people": count, "aside": aside + sum(old for _, old in unsaid),
            "questions": missing, "lessons": sum(not old for _, old in unsaid),
        }  # fmt: skip
        listed.append(line)
        if lang in LANGUAGES and (aside or missing or unsaid):
            buttons.append(button("library.in_language", f"ld.lang:{lang}", language=name, chosen=False))
    words = text("library.authoring.languages_of_people", languages=listed)
    return Reply(edit=Message(words, rows(*buttons, desk.home(), each=2)))


def on_language(session: Session, event: Pressed, now: datetime) -> Reply:
    """One language: what was set aside, to be looked at one by one; and what was never said in it."""
    lang = language_at(event, 0)
    units = desk.units_of(session, event, now)
    banks = {line.id: line for line in desk.banks_of(session, units)}
    found, unsaid = confirming.gaps(session, list(banks), lang, 500), _unsaid(desk.own_of(session, units), lang)
    aside = [gap for gap in found if gap.aside]
    buttons = [
        button("library.authoring.b_look", f"ld.q:{gap.question}:{lang}", what=gap.question) for gap in aside[:SHOWN]
    ]
    for own, old in unsaid[:SHOWN]:
        verb = "ld.lt" if old else "ld.say"
        buttons.append(Button(text("delivery.just", text=said(own.lesson.title)), f"{verb}:{own.lesson.id}:{lang}"))
    lacking = []
    for bank, line in banks.items():
        if count := confirming.count_gaps(session, [bank], lang)[1]:
            lacking.append({"title": said(line.title), "count": count})
            buttons.append(button("library.authoring.b_bank_in", f"ld.bank:{bank}", title=said(line.title)))
    words = text(
        "library.authoring.one_language", language=LANGUAGES[lang], aside=len(aside), banks=lacking,
        lessons=[said(own.lesson.title) for own, old in unsaid if not old], code=lang,
        old=[said(own.lesson.title) for own, old in unsaid if old],
    )  # fmt: skip
    return Reply(edit=Message(words, rows(*buttons[:40], button("library.back", "ld.langs"), each=1)))


def on_question(session: Session, event: Pressed, now: datetime) -> Reply:
    """A question whose translation was set aside: the words before and now, and the translation."""
    return Reply(edit=_question(session, event.word(0), language_at(event, 1), event.person or 0, now))


def _question(session: Session, id: str, lang: str, person: int, now: datetime) -> Message:
    row = session.get(QuestionRow, id, populate_existing=True)
    bank = session.get(BankRow, row.bank_id, populate_existing=True) if row is not None else None
    if row is None or bank is None or not owning.may_read(session, bank.unit_id, person, now):
        raise Refused("library.t_not_your_bank")
    content = live_contents(session, [id])[id]
    held = (content.get(translations.ASIDE) or {}).get(lang)
    if held is None:
        raise Refused("library.t_changed_meanwhile")
    whole = translations.may_come_back(content, bank.language, lang)
    buttons = [button("library.authoring.b_holds", f"ld.qok:{id}:{row.version}:{lang}")] if whole else []
    buttons += [button("library.authoring.b_workbook", f"lb.bank:{bank.id}"), button("library.back", f"ld.lang:{lang}")]
    words = _compared(id, lang, bank.language, held, translations.texts_in(content, bank.language), whole)
    return Message(words, rows(*buttons, each=1))


def _compared(title: Any, lang: str, base: str, held: Mapping[str, Any], told: Mapping[str, str], whole: bool) -> Text:
    """What the words were, what they are, and what the translation says."""
    changed = [
        {"where": where(path), "before": held["of"].get(path, "")[:WORDS], "after": told.get(path, "")[:WORDS],
         "said": held["texts"].get(path, "")[:WORDS]}
        for path in {**held["of"], **told}
        if held["of"].get(path) != told.get(path)
    ]  # fmt: skip
    return text(
        "library.authoring.set_aside", title=title, language=LANGUAGES[lang], base=LANGUAGES.get(base, base),
        changed=changed[:4], more=max(len(changed) - 4, 0), whole=whole,
    )  # fmt: skip


def on_question_holds(session: Session, event: Pressed, now: datetime) -> Reply:
    """*It still holds*: people read it in their language again."""
    lang = language_at(event, 2)
    confirming.confirm(session, event.word(0), lang, event.number(1), event.person or 0, now)
    done = Message(
        text("library.authoring.holds", title=event.word(0), language=LANGUAGES[lang]),
        rows(button("library.authoring.b_on", f"ld.lang:{lang}")),
    )
    return Reply(edit=done)


def on_lesson(session: Session, event: Pressed, now: datetime) -> Reply:
    """An own lesson whose translation was set aside."""
    own, lang = desk.mine(session, event, now), language_at(event, 1)
    held = (own.content.get(translations.ASIDE) or {}).get(lang)
    if held is None:
        raise Refused("library.t_changed_meanwhile")
    id, base = own.lesson.id, own.lesson.language
    whole = translations.may_come_back(own.content, base, lang)
    buttons = [button("library.authoring.b_holds", f"ld.ltok:{id}:{own.lesson.version}:{lang}")] if whole else []
    buttons.append(button("library.authoring.b_sayanew", f"ld.say:{id}:{lang}", language=LANGUAGES[lang]))
    words = _compared(said(own.lesson.title), lang, base, held, translations.texts_in(own.content, base), whole)
    return Reply(edit=Message(words, rows(*buttons, button("library.back", f"ld.lang:{lang}"), each=1)))


def on_lesson_holds(session: Session, event: Pressed, now: datetime) -> Reply:
    """*It still holds*: a new version with the translation, signed by whoever says so."""
    own, lang = desk.mine(session, event, now), language_at(event, 2)
    publishing.confirm(session, own.lesson.id, lang, event.number(1), event.person or 0, now)
    done = Message(
        text("library.authoring.holds", title=said(own.lesson.title), language=LANGUAGES[lang]),
        rows(button("library.authoring.b_on", f"ld.lang:{lang}")),
    )
    return Reply(edit=done)


def on_say(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Translate it*: a draft of the next version, part by part."""
    lang = language_at(event, 1)
    found = of_lesson(session, who_is(session, event, now), event.word(0), now)
    step = f"say:{lang}"
    listen_for(session, found, step, now)
    return Reply((screens.draft(session, found, step, now),))


def on_workbook(session: Session, event: Pressed, now: datetime) -> Reply:
    """An own lesson as a workbook, with a column for each language that its people read."""
    own, who = desk.mine(session, event, now), who_is(session, event, now)
    units = owning.units_of(session, who.id, now)
    also = [each for each in desk.spoken_by(session, units, now) if each in LANGUAGES]
    written = workbook.Written(own.lesson.id, rules.from_lesson(own.content, own.lesson.language))
    name = f"{own.lesson.id}.xlsx"
    data = workbook.as_workbook([written], who.lang, uploads.lists(), also)
    file = Media("document", media.put(data, name), name)
    return Reply((Message(text("library.authoring.as_workbook", title=said(own.lesson.title)), media=(file,)),))


ROUTES = (
    Route(on_languages, verb="ld.langs"),
    Route(on_language, verb="ld.lang"),
    Route(on_question, verb="ld.q"),
    Route(on_question_holds, verb="ld.qok"),
    Route(on_lesson, verb="ld.lt"),
    Route(on_lesson_holds, verb="ld.ltok"),
    Route(on_say, verb="ld.say"),
    Route(on_workbook, verb="ld.xlsx"),
)
