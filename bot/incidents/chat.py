"""`/hurt`, first aid, `/incidents` and their buttons. Routes only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.incidents import actions, filing, learned, opening, prompts, showing, store
from bot.incidents.company import company
from bot.incidents.model import CHOICES, Control, Entry, Incident, Level, Move, Outcome
from bot.incidents.tables import IncidentEntryRow
from bot.incidents.telling import outcome_buttons
from bot.kit.events import Event, Pressed, Said
from bot.kit.replies import NOTHING, Media, Message, Reply, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person, Place

LEADING = ("safety_officer", "manager", "admin")
TOASTED = 180


# --- someone is hurt --------------------------------------------------------------------------------------------------


def on_hurt(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/hurt`: the alarm leaves, and the number and what to do stand there; nothing is asked before. In a group all read it."""
    who = speaking.person(session, event, now)
    if who is None:
        return None
    reply = _called(session, event, who, None, now)
    return reply if event.private else Reply(tuple(replace(each, buttons=()) for each in reply.messages))


def _called(session: Session, event: Event, who: Person, place: Place | None, now: datetime) -> Reply:
    found = opening.call_for_help(session, event, who, place, now)
    return Reply((opening.help_screen(session, found.path, found, found.injury),))


def on_hurt_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hurt:what:...`: a scanned place's button, or one under the number."""
    who, what = speaking.person(session, event, now), event.word(0)
    if who is None or not event.private:
        return None
    if what == "at":
        return _called(session, event, who, people.place(session, event.number(1)), now)
    found = store.incident(session, event.number(1))
    if found is None or found.reporter != who.id:
        return toast("incidents.not_yours", alert=True)
    if what == "kind" and company().card(event.word(2)):
        opening.tell_more(session, found, now, injury=event.word(2))
        fresh = store.incident(session, found.id) or found
        return Reply(edit=opening.help_screen(session, fresh.path, fresh, event.word(2)))
    if what == "place" and (place := people.place(session, event.number(2))):
        opening.tell_more(session, found, now, place_id=place.id, place_words=None)
        prompts.forget(session, who)
        return Reply(edit=Message(text("incidents.told_more")))
    if what == "mistake":
        opening.tell_more(session, found, now, mistake=True)
        return Reply((Message(text("incidents.mistaken")),))
    if what == "where":
        near = people.places_near(session, found.path, showing.PEOPLE)
        asked = prompts.ask(session, who, "where", found.id, now)
        keys = (button("incidents.b_place", f"hurt:place:{found.id}:{each.id}", place=each.label) for each in near)
        return Reply((Message(asked.text, (*rows(*keys), *asked.buttons), ref=asked.ref),))
    return Reply((prompts.ask(session, who, "tell", found.id, now),)) if what == "tell" else None


def on_aid(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`aid:kind`: what to do. It answers under seal: that somebody looked it up is kept nowhere."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return None
    screen = opening.help_screen(session, who.path, None, event.word(0))
    outbox.send(session, outbox.under_seal(who.id), screen, Lane.REPLY, outbox.coarse(now))
    return NOTHING


# --- the register -----------------------------------------------------------------------------------------------------


def on_incidents(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/incidents`: what somebody may see of the register; for everybody their own."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((showing.register(session, who, 0, now),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`inc:what:number:value`: a button of the register, of an incident, of something to do."""
    who, act = speaking.person(session, event, now), ACTS.get(event.word(0))
    if who is None or act is None or not event.private:
        return None
    return act(session, event, who, now)


def _card(session: Session, found: Incident, who: Person, now: datetime) -> Message:
    return showing.card(session, found, who.id, now)


def _list(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply(edit=showing.register(session, who, max(event.number(1), 0), now))


def _open(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((_card(session, actions.look(session, who.id, event.number(1), now), who, now),))


def _file(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply(
        (showing.file(session, actions.look(session, who.id, event.number(1), now), max(event.number(2), 0), now),)
    )


def _show(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """The photos and papers, ten at most: our own copies, else the channel's."""
    found = actions.look(session, who.id, event.number(1), now)
    kept = [each for each in store.entries(session, found.id, Entry.EVIDENCE) if each.file_id][-10:]
    shown = [Message(text("delivery.just", text=each.words), media=(_media(each),)) for each in kept]
    return Reply(tuple(shown))


def _media(each: IncidentEntryRow) -> Media:
    """Our own copy, which does not tell where it was taken; until it is there, the channel's file."""
    kind = each.file_kind or "document"
    if each.media:
        return Media("photo" if kind == "image" else kind, each.media)  # type: ignore[arg-type]
    return Media("document" if kind == "image" else kind, f"file:{each.file_id}")  # type: ignore[arg-type]


def _terms(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.terms(),))


def _classify(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.look(session, who.id, event.number(1), now)
    said = text("incidents.ask_outcome", number=found.id, place=store.where(session, found), again=False)
    return Reply((Message(said, (*outcome_buttons(found), (button("incidents.b_terms", "inc:terms:0"),))),))


def _outcome(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if event.word(2) not in {each.value for each in CHOICES}:
        return toast("incidents.changed", alert=True)
    actions.look(session, who.id, event.number(1), now)
    found, _ = actions.classify(session, who.id, event.number(1), Outcome(event.word(2)), now)
    return Reply(edit=_card(session, found, who, now), toast=text("incidents.noted"))


def _mine(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.lead(session, who.id, event.number(1), who.id, now)
    return Reply((_card(session, found, who, now),), toast=text("incidents.noted"))


def _choose(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """Who leads (`owner`), or who helps (`team`)."""
    found, what = actions.mine(session, who.id, event.number(1), now), event.word(0)
    some = showing.people_for(session, found, who.id, now)
    keys = (button("incidents.b_person", f"inc:{what}ed:{found.id}:{each.id}", name=each.name) for each in some)
    return Reply((Message(text("incidents.ask_person", what=what), rows(*keys)),))


def _owned(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.lead(session, who.id, event.number(1), event.number(2), now)
    return Reply(edit=_card(session, found, who, now), toast=text("incidents.noted"))


def _teamed(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.join(session, who.id, event.number(1), event.number(2), now)
    return Reply(edit=_card(session, found, who, now), toast=text("incidents.noted"))


def _ask(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """A moment, evidence, a lesson, who was hurt, why back, why again: typed next."""
    what, id = event.word(0), event.number(1)
    work = what in ("moment", "evidence", "lesson")
    found = actions.may_work(session, who.id, id, now) if work else actions.mine(session, who.id, id, now)
    return Reply((prompts.ask(session, who, what, found.id, now),))


def _cause(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """How deep does it lie? Or with a level: what is it?"""
    found, level = actions.may_work(session, who.id, event.number(1), now), event.word(2)
    if level in {each.value for each in Level}:
        return Reply((prompts.ask(session, who, "cause", found.id, now, level=level),))
    keys = (button("incidents.b_level", f"inc:cause:{found.id}:{each.value}", level=each.value) for each in Level)
    return Reply((Message(text("incidents.ask_level"), rows(*keys, each=1)),))


def _why(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.may_work(session, who.id, event.number(1), now)
    known = {each.id for each in store.entries(session, found.id, Entry.CAUSE)}
    if event.number(2) not in known:
        return toast("incidents.changed", alert=True)
    more = {"level": Level.UNDERLYING.value, "because_of": event.number(2)}
    return Reply((prompts.ask(session, who, "cause", found.id, now, **more),))


def _root(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = filing.is_root(session, who.id, event.number(2), now)
    return Reply(edit=_card(session, found, who, now), toast=text("incidents.noted"))


def _action(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found, control = actions.may_work(session, who.id, event.number(1), now), event.word(2)
    if control in {each.value for each in Control}:
        return Reply((prompts.ask(session, who, "action", found.id, now, control=control),))
    keys = (button("incidents.b_control", f"inc:action:{found.id}:{c.value}", control=c.value) for c in Control)
    return Reply((Message(text("incidents.ask_control"), rows(*keys, each=1)),))


def _done(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    filing.done(session, who.id, event.number(1), now)
    return Reply(drop_buttons=True, toast=text("incidents.noted"))


def _clock(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """`reported` or `exempt` with a clock's number."""
    clock = store.clock(session, event.number(1))
    if clock is None:
        return toast("incidents.not_yours", alert=True)
    found = actions.mine(session, who.id, clock.incident, now)
    return Reply((prompts.ask(session, who, event.word(0), found.id, now, clock=clock.id),))


def _step(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found, lacks = actions.take_step(session, who.id, event.number(1), Move(event.word(0)), now)
    if lacks:
        return Reply((Message(text("incidents.lacking", number=found.id, lacks=list(lacks))),))
    return Reply(edit=_card(session, found, who, now), toast=text("incidents.noted"))


def _who(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    """Who was hurt, in a window that is kept nowhere; for whoever decides about it alone."""
    found = actions.look(session, who.id, event.number(1), now)
    if not store.answers_for(session, found, who.id, now):
        return toast("incidents.only_watch", alert=True)
    names = ", ".join(store.injured_names(session, found.id, now))
    return Reply(toast=text("incidents.were_hurt", names=names[:TOASTED]), alert=True)


def _places(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    asked = learned.ask_like_places(session, who.id, event.number(1), now)
    return toast("incidents.asked", alert=True, count=asked)


def _trainer(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    name = learned.to_trainer(session, who.id, event.number(1), now)
    return toast("incidents.lesson_sent", alert=True, name=name)


def _release(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    name = learned.release(session, who.id, event.number(1), event.number(2), event.word(3), now)
    return Reply(drop_buttons=True, toast=text("incidents.t_released", name=name), alert=True)


ACTS: dict[str, Callable[[Session, Pressed, Person, datetime], Reply | None]] = {
    "list": _list, "open": _open, "file": _file, "show": _show, "terms": _terms, "classify": _classify,
    "outcome": _outcome, "mine": _mine, "owner": _choose, "team": _choose, "ownered": _owned, "teamed": _teamed,
    "moment": _ask, "evidence": _ask, "lesson": _ask, "injured": _ask, "back": _ask, "reopen": _ask, "cause": _cause,
    "why": _why, "root": _root, "action": _action, "done": _done, "reported": _clock, "exempt": _clock, "submit": _step,
    "sign": _step, "investigate": _step, "who": _who, "places": _places, "trainer": _trainer, "release": _release,
}  # fmt: skip

ROUTES = (
    Route(on_hurt, command="hurt", menu="incidents.menu_hurt"),
    Route(on_incidents, command="incidents", menu="incidents.menu_incidents", roles=LEADING),
    Route(on_hurt_press, verb="hurt"),
    Route(on_aid, verb="aid"),
    Route(on_press, verb="inc"),
    Route(prompts.on_draft_press, verb="ind"),
    Route(prompts.on_draft, draft=prompts.DRAFT),
)
