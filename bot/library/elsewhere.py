"""Routes of `/adopt`: which lessons of other countries a site gets. The other routes of this room stand in `chat.py`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.kit.events import Pressed, Said
from bot.kit.replies import Button, Message, Reply, answer, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.library import adopting
from bot.library.showing import said
from bot.people.model import Unit

MOST = 40


def on_adopt(session: Session, event: Said, now: datetime) -> Reply:
    """`/adopt`: for which site, where somebody answers for several; else its list."""
    if not event.private:
        return answer("library.adopt_in_private")
    units = adopting.units_of(session, event.person or 0, now)
    if not units:
        return answer("library.adopt_not_for_you")
    if len(units) == 1:
        return Reply((_list(session, units[0]),))
    buttons = [Button(text("delivery.just", text=unit.label), f"lb.where:{unit.id}") for unit in units[:MOST]]
    return answer("library.adopt_where", buttons=rows(*buttons, each=1))


def on_where(session: Session, event: Pressed, now: datetime) -> Reply:
    """A site's list."""
    return Reply(edit=_list(session, _unit(session, event, now)))


def on_look(session: Session, event: Pressed, now: datetime) -> Reply:
    """One lesson: whose rules it follows, where that stands, and its words."""
    return Reply(edit=_lesson(session, _unit(session, event, now), event.word(1)))


def on_take(session: Session, event: Pressed, now: datetime) -> Reply:
    """Adopted."""
    unit = _unit(session, event, now)
    adopting.adopt_lesson(session, unit, event.word(1), event.person or 0, now)
    return Reply(edit=_lesson(session, unit, event.word(1)), toast=text("library.t_adopted"))


def on_give_up(session: Session, event: Pressed, now: datetime) -> Reply:
    """Adopted no more."""
    unit = _unit(session, event, now)
    done = adopting.give_up(session, unit, event.word(1), event.person or 0, now)
    toast = text("library.t_given_up" if done else "library.t_adopted_above")
    return Reply(edit=_lesson(session, unit, event.word(1)), toast=toast)


def _unit(session: Session, event: Pressed, now: datetime) -> Unit:
    return adopting.unit_for(session, event.number(0), event.person or 0, now)


def _list(session: Session, unit: Unit) -> Message:
    found = adopting.foreign(session, unit)
    buttons = [
        button("library.adopt_lesson", f"lb.look:{unit.id}:{f.lesson.id}", title=said(f.lesson.title), taken=f.adopted)
        for f in found[:MOST]
    ]
    words = text("library.adopt_list", unit=unit.label, here=unit.jurisdiction, count=len(found))
    return Message(words, rows(*buttons, each=1))


def _lesson(session: Session, unit: Unit, id: str) -> Message:
    found = adopting.one_of(session, unit, id)
    lesson = found.lesson
    words = text(
        "library.adopt_one", unit=unit.label, title=said(lesson.title), places=", ".join(lesson.jurisdictions),
        sources=list(lesson.sources), adopted=found.adopted,
        card=said({language: "\n\n".join(cards) for language, cards in lesson.cards.items()}),
    )  # fmt: skip
    verb, key = ("lb.drop", "library.give_up") if found.adopted else ("lb.take", "library.adopt")
    back = button("library.back", f"lb.where:{unit.id}")
    return Message(words, rows(button(key, f"{verb}:{unit.id}:{lesson.id}"), back))


ROUTES = (
    Route(on_adopt, command="adopt", menu="library.menu_adopt", roles=("manager", "safety_officer", "trainer")),
    Route(on_where, verb="lb.where"),
    Route(on_look, verb="lb.look"),
    Route(on_take, verb="lb.take"),
    Route(on_give_up, verb="lb.drop"),
)
