"""`/duty`: one's own duties; `/duties`: where it stands, for whoever leads. Routes only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.db import jobs
from bot.delivery import drafts
from bot.duties import actions, asking, shipped, showing, store, taking
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply, button, rows
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people.model import Person, Unit

LEADERS = ("supervisor", "safety_officer", "manager", "admin")


def on_duty(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/duty`: what one has to do for safety, read in half a minute."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((showing.mine(session, who, now),))


def on_duties(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/duties`: who has not acknowledged, which post has no list; drafts, files."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    if not store.led(session, who.id, now):
        return Reply((showing.mine(session, who, now),))
    return Reply((showing.overview(session, who, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`du:what:...`."""
    who, act = speaking.person(session, event, now), ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _show(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.mine(session, who, now),))


def _overview(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if not store.led(session, who.id, now):
        raise Refused("duties.only_leaders")
    return Reply((showing.overview(session, who, now),))


def _more(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = store.of(session, who)
    if found is None:
        raise Refused("duties.holds_no_more")
    return Reply((showing.more(session, found),))


def _acknowledge(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    first = actions.acknowledge(session, who.id, event.number(1), now)
    done = text("duties.t_acknowledged") if first else text("duties.t_before")
    return Reply(edit=showing.mine(session, who, now), toast=done)


def _quiz(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((asking.begin(session, who, now),))


def on_answer(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`duq:quiz:number:option`."""
    who = speaking.person(session, event, now)
    numbers = [event.number(at) for at in range(3)]
    if who is None or -1 in numbers:
        return None
    return Reply(edit=asking.answer(session, who, numbers[0], numbers[1], numbers[2], now))


def _drafts(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    _signs(session, who, now)
    return Reply((showing.drafts(session),))


def _draft(session: Session, event: Pressed, who: Person, now: datetime) -> Reply | None:
    found = shipped.draft(event.word(1))
    _signs(session, who, now)
    return Reply((showing.draft(session, who, found, now),)) if found is not None else None


def _unit(session: Session, event: Pressed, who: Person, now: datetime) -> Reply | None:
    found = shipped.draft(event.word(1))
    unit = _signs(session, who, now).get(event.number(2))
    return Reply((showing.posts(session, found, unit, now),)) if found is not None and unit is not None else None


def _sign(session: Session, event: Pressed, who: Person, now: datetime) -> Reply | None:
    found = shipped.draft(event.word(1))
    unit = _signs(session, who, now).get(event.number(2))
    posts = showing.posts_in(session, unit, now) if unit is not None else []
    if found is None or unit is None or not 0 <= event.number(3) < len(posts):
        return None
    made = actions.sign(session, who.id, posts[event.number(3)][0], unit.id, found, now)
    said = text("duties.signed", **showing.line(session, made), version=made.version, name=who.name)
    return Reply(edit=Message(said, rows(button("duties.b_drafts", "du:drafts"))))


def _signs(session: Session, who: Person, now: datetime) -> dict[int, Unit]:
    found = {unit.id: unit for unit in showing.signable(session, who, now)}
    if not found:
        raise Refused("duties.not_yours_to_sign")
    return found


# --- files ------------------------------------------------------------------------------------------------------------


def _file(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    _signs(session, who, now)
    drafts.begin(session, who.id, taking.DRAFT, "file", {}, now)
    return Reply((Message(text("duties.ask_file"), rows(button("duties.b_cancel", "du:nofile"))),))


def _no_file(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if (draft := drafts.current(session, who.id, taking.DRAFT)) is not None:
        drafts.close(session, draft)
    return Reply(edit=Message(text("duties.cancelled")))


def on_file(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The file that was asked for; anything else is another matter."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, taking.DRAFT) if who is not None else None
    if who is None or draft is None or not isinstance(event, Sent) or event.file.kind != "document":
        return None
    drafts.close(session, draft)
    file = event.file
    return Reply((taking.INTAKE.receive(session, who, file.file_id, file.name or "duties.xlsx", file.size or 0, now),))


def _take(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    taking.INTAKE.take(session, who.id, event.number(1), now)
    return Reply(edit=Message(text("duties.file_signing"), ref=taking.INTAKE.ref(event.number(1))))


def _drop(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    taking.INTAKE.drop(session, who.id, event.number(1))
    return Reply(edit=Message(text("duties.cancelled")))


def _export(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if not store.led(session, who.id, now):
        raise Refused("duties.only_leaders")
    key = f"duty-export:{who.id}:{event.update_id}"
    jobs.enqueue(session, taking.WRITE, {"person": who.id, "lang": who.lang, "key": key}, key=key, now=now)
    return Reply(toast=text("duties.t_writing"))


ACTS: dict[str, Callable[[Session, Pressed, Person, datetime], Reply | None]] = {
    "mine": _show, "all": _overview, "more": _more, "ack": _acknowledge, "quiz": _quiz, "drafts": _drafts, "draft": _draft,
    "unit": _unit, "sign": _sign, "file": _file, "nofile": _no_file, "take": _take, "drop": _drop, "export": _export,
}  # fmt: skip


ROUTES = (
    Route(on_duty, command="duty", menu="duties.menu_duty"),
    Route(on_duties, command="duties", menu="duties.menu_duties", roles=LEADERS),
    Route(on_press, verb="du"),
    Route(on_answer, verb="duq"),
    Route(on_file, draft=taking.DRAFT),
)
