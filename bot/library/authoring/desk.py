"""`/library`: the trainer's desk. Banks, own lessons with their versions, translations and voice notes. Routes only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Button, Message, Reply, answer, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.library import confirming, owning, translations
from bot.library import store as library
from bot.library.authoring import drafting, previews, screens, store, voices
from bot.library.authoring.model import PLANNED
from bot.library.authoring.store import OwnLesson
from bot.library.authoring.writing import listen_for, next_step, who_is
from bot.library.showing import said
from bot.library.spotting import store as spotting
from bot.library.store import BankLine
from bot.library.tables import BankRow, LessonRow
from bot.people import company
from bot.people import store as people
from bot.people.model import Unit

MOST = 30


def units_of(session: Session, event: AnyEvent, now: datetime) -> list[Unit]:
    """The units that a trainer looks after. Refused to others."""
    who = who_is(session, event, now)
    return owning.units_of(session, who.id, now)


def banks_of(session: Session, units: Sequence[Unit]) -> list[BankLine]:
    """The banks that reach people of these units."""
    return [line for line in library.banks(session) if owning.concerns(line, list(units))]


def own_of(session: Session, units: Sequence[Unit], retired: bool = False) -> list[OwnLesson]:
    """The own lessons that reach people of these units, live ones (or those that are out of use)."""
    found = store.own_lessons(session, LessonRow.retired_at.is_not(None) if retired else LessonRow.retired_at.is_(None))
    theirs = people.some_units(session, {each.unit for each in found if each.unit is not None})
    paths, mine = {unit.id: unit.path for unit in theirs}, [unit.path for unit in units]
    return [
        each
        for each in found
        if each.unit is None or any(paths[each.unit].startswith(p) or p.startswith(paths[each.unit]) for p in mine)
    ]  # fmt: skip


def spoken_by(session: Session, units: Sequence[Unit], now: datetime) -> dict[str, int]:
    """The languages that people of these units read, and how many do."""
    return company.languages(session, now, [unit.path for unit in units])


def on_library(session: Session, event: Said | Pressed, now: datetime) -> Reply:
    """`/library`: what there is, and what is missing."""
    who, units = who_is(session, event, now), units_of(session, event, now)
    if not event.private:
        return answer("library.authoring.in_private")
    banks, own, begun = banks_of(session, units), own_of(session, units), store.drafts_of(session, who.id)
    buttons = [
        button("library.authoring.d_banks", "ld.banks", count=len(banks)),
        button("library.authoring.d_own", "ld.own", count=len(own)),
        button("library.authoring.d_drafts", "ld.drafts", count=len(begun)),
        button("library.authoring.d_languages", "ld.langs"),
        button("library.authoring.d_voices", "ld.voices"),
        button("library.authoring.b_new", "lw.new"),
    ]
    pictures = spotting.count(session, who.id, now)
    buttons += [button("library.spotting.b_pictures", "ls.list", count=pictures)] if pictures else []
    planned = sum(each.state == PLANNED for each in begun)
    words = text(
        "library.authoring.desk", units=[unit.label for unit in units], banks=len(banks),
        questions=sum(line.count for line in banks), own=len(own), begun=len(begun), planned=planned,
    )  # fmt: skip
    return _put(event, Message(words, rows(*buttons)))


def _put(event: Said | Pressed, message: Message) -> Reply:
    return Reply(edit=message) if isinstance(event, Pressed) and not event.captioned else Reply((message,))


def home() -> Button:
    """Back to the desk."""
    return button("library.back", "ld.home")


def on_banks(session: Session, event: Pressed, now: datetime) -> Reply:
    """The banks."""
    found = banks_of(session, units_of(session, event, now))
    buttons = [
        button("library.bank_button", f"ld.bank:{line.id}", title=said(line.title), count=line.count)
        for line in found[:MOST]
    ]
    return Reply(edit=Message(text("library.authoring.banks", count=len(found)), rows(*buttons, home(), each=1)))


def on_bank(session: Session, event: Pressed, now: datetime) -> Reply:
    """One bank: the workbook, its versions, and what is not said in the languages of its people."""
    units = units_of(session, event, now)
    line = next((each for each in banks_of(session, units) if each.id == event.word(0)), None)
    row = session.get(BankRow, event.word(0), populate_existing=True)
    if line is None or row is None:
        raise Refused("library.t_not_your_bank")
    spoken = spoken_by(session, units, now)
    told = []
    for lang, count in sorted(spoken.items(), key=lambda each: -each[1]):
        aside, missing = confirming.count_gaps(session, [row.id], lang)
        if aside or missing:
            told.append({"language": LANGUAGES.get(lang, lang), "people": count, "aside": aside, "missing": missing})
    whose = owning.unit_of(session, row.unit_id, event.person or 0, now)
    words = text(
        "library.authoring.bank", title=said(line.title), id=line.id, version=row.version, count=line.count,
        unit=whose.label if whose else "", gaps=told, base=LANGUAGES.get(row.language, row.language),
    )  # fmt: skip
    buttons = (
        button("library.authoring.b_workbook", f"lb.bank:{row.id}"), button("library.authoring.b_versions", f"lb.vers:{row.id}"),
        button("library.authoring.d_languages", "ld.langs"), button("library.back", "ld.banks"),
    )  # fmt: skip
    return Reply(edit=Message(words, rows(*buttons)))


def on_drafts(session: Session, event: Pressed, now: datetime) -> Reply:
    """What was begun."""
    return Reply(edit=screens.which(store.drafts_of(session, who_is(session, event, now).id)))


# --- own lessons ------------------------------------------------------------------------------------------------------


def on_own(session: Session, event: Pressed, now: datetime) -> Reply:
    """The own lessons, live ones or those out of use."""
    retired = event.number(0) == 1
    units = units_of(session, event, now)
    found = own_of(session, units, retired)
    shown = [(each.lesson.title, each.lesson.id) for each in found[:MOST]]
    buttons = [Button(text("delivery.just", text=said(title)), f"ld.les:{id}") for title, id in shown]
    gone = 0 if retired else len(own_of(session, units, True))
    if gone:
        buttons.append(button("library.show_retired", "ld.own:1", count=gone))
    words = text("library.authoring.own", count=len(found), retired=retired)
    return Reply(edit=Message(words, rows(*buttons, home(), each=1)))


def on_lesson(session: Session, event: Pressed, now: datetime) -> Reply:
    """One own lesson, and what can be done with it."""
    return _put(event, lesson_screen(session, mine(session, event, now), event.person or 0, now))


def mine(session: Session, event: Pressed, now: datetime) -> OwnLesson:
    """The own lesson of a button, that reaches people of the presser. Refused otherwise."""
    units = units_of(session, event, now)
    own = store.own_lesson(session, event.word(0))
    if own is None or own.lesson.id not in {
        each.lesson.id for each in own_of(session, units, own.retired_at is not None)
    }:  # fmt: skip
        raise Refused("library.authoring.t_not_your_lesson")
    return own


def lesson_screen(session: Session, own: OwnLesson, person: int, now: datetime) -> Message:
    """An own lesson: for whom, in which languages, what is missing."""
    lesson, whose = own.lesson, owning.unit_of(session, own.unit, person, now)
    assert whose is not None
    may = owning.may_change(session, own.unit, person, now)
    aside = translations.stale(own.content)
    spoken = [lang for lang in company.languages(session, now, [whose.path]) if lang != lesson.language]
    heard = {
        each.language
        for each in store.voices(session, [lesson.id], people.ancestors(whose.path))
        if each.digest == store.read_aloud(lesson, each.language)
    }
    words = text(
        "library.authoring.lesson", title=said(lesson.title), unit=whose.label, version=lesson.version,
        topic=lesson.topic, languages=[LANGUAGES.get(each, each) for each in lesson.cards],
        aside=[LANGUAGES.get(each, each) for each in aside], base=LANGUAGES[lesson.language],
        missing=[LANGUAGES.get(each, each) for each in spoken if each not in lesson.cards and each not in aside],
        unheard=[LANGUAGES.get(each, each) for each in lesson.cards if each not in heard],
        retired=own.retired_at.isoformat() if own.retired_at else None, mine=may,
    )  # fmt: skip
    id = lesson.id
    buttons = [button("library.see_all", f"ld.see:{id}"), button("library.authoring.b_versions", f"ld.lver:{id}")]
    if may:
        buttons.append(button("library.authoring.b_edit", f"ld.edit:{id}"))
        buttons += [
            button("library.authoring.b_still", f"ld.lt:{id}:{each}", language=LANGUAGES[each])
            for each in aside
            if each in LANGUAGES
        ]
        buttons += [
            button("library.authoring.b_record", f"ld.rec:{id}:{each}", language=LANGUAGES[each])
            for each in lesson.cards
            if each in LANGUAGES
        ]
        buttons.append(button("library.authoring.b_workbook", f"ld.xlsx:{id}"))
        buttons += [button("library.authoring.b_retire", f"ld.ret:{id}")] if own.retired_at is None else []
    return Message(words, rows(*buttons, button("library.back", "ld.own")))


def on_see(session: Session, event: Pressed, now: datetime) -> Reply:
    """The lesson as people see it, in each language."""
    own = mine(session, event, now)
    id = own.lesson.id
    back = button("library.authoring.b_lesson", f"ld.les:{id}")
    message = screens.seen(own.lesson, event.number(1), event.word(2), f"ld.see:{id}", back)
    return previews.turned(event, message) if len(event.args) > 1 else Reply((message,))


def on_edit(session: Session, event: Pressed, now: datetime) -> Reply:
    """*Change it*: a draft of the next version."""
    found = drafting.of_lesson(session, who_is(session, event, now), event.word(0), now)
    step = next_step(found)
    listen_for(session, found, step, now)
    return Reply((screens.draft(session, found, step, now),))


ROUTES = (
    Route(on_library, command="library", menu="library.authoring.menu_library", roles=("trainer", "admin")),
    Route(on_library, verb="ld.home"),
    Route(on_banks, verb="ld.banks"),
    Route(on_bank, verb="ld.bank"),
    Route(on_drafts, verb="ld.drafts"),
    Route(on_own, verb="ld.own"),
    Route(on_lesson, verb="ld.les"),
    Route(on_see, verb="ld.see"),
    Route(on_edit, verb="ld.edit"),
    *voices.ROUTES,
)
