"""`/permit` and its buttons: asking by taps, measuring, more time, handing back; the yes and no of whoever issues."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.permits import actions, asking, rules, showing, store
from bot.compliance.permits.cards import cards, gases
from bot.delivery import drafts
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.replies import Message, Reply, button, here_ref, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.model import Person, Role


def on_permit(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/permit`: what somebody works under and answers for, and asking for a new one."""
    who = whom.person(session, event, now)
    if who is None:
        return None
    return Reply((_list(session, who, now),)) if event.private else Reply()


def _list(session: Session, who: Person, now: datetime) -> Message:
    led = store.open_under(session, whom.paths(session, who.id, Role.SUPERVISOR, now), 10)
    mine = {each.id: each for each in (*store.of_receiver(session, who.id), *store.of_issuer(session, who.id), *led)}
    lines = [
        {"number": each.id, "title": dict(cards()[each.card].title), "place": showing.where(session, each),
         "state": each.state.value, "ends_at": each.ends_at.isoformat() if each.ends_at else ""}
        for each in mine.values()
    ]  # fmt: skip
    keys = [button("compliance.permits.b_open", f"pt:open:{id}", number=id) for id in list(mine)[:10]]
    keys.append(button("compliance.permits.b_new", "pt:new"))
    return Message(text("compliance.permits.list", lines=lines[:10]), rows(*keys))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`pt:what:...`: a button of permits."""
    who = whom.person(session, event, now)
    act = ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _open(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((actions.message_for(session, who, event.number(1), now),))


def _vote(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return actions.answer(session, who, event.number(1), event.number(2), event.word(0) == "yes", now)


def _stop(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    actions.stop_by_hand(session, who, event.number(1), now)
    return toast("compliance.permits.stopped")


def _close(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.close(session, who, event.number(1), now)
    return Reply(edit=showing.card(session, found, now, to="issuer"), toast=text("compliance.permits.closed"))


def _back(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = store.permit(session, event.number(1))
    if found is None or found.receiver != who.id:
        raise Refused("compliance.permits.gone")
    said = text("compliance.permits.ask_back", number=found.id, back=dict(cards()[found.card].back))
    return Reply((Message(said, rows(button("compliance.permits.b_back_yes", f"pt:backed:{found.id}"))),))


def _backed(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.hand_back(session, who, event.number(1), now)
    return Reply(edit=showing.card(session, found, now, to="receiver"), toast=text("compliance.permits.thanks"))


def _here(session: Session, event: Pressed, who: Person, now: datetime) -> Reply | None:
    place = people.place(session, event.number(1))
    if place is None:
        return None
    lines = [
        {"number": each.id, "title": dict(cards()[each.card].title), "state": each.state.value, "words": each.words,
         "receiver": whom.name(session, each.receiver, now), "issuer": whom.name(session, each.issuer, now),
         "ends_at": each.ends_at.isoformat() if each.ends_at else ""}
        for each in store.at_place(session, place.id)
    ]  # fmt: skip
    return Reply(edit=Message(text("compliance.permits.here", place=place.label, lines=lines), ref=here_ref(who.id)))


def _cancel(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft = drafts.current(session, who.id, asking.DRAFT)
    if draft is not None:
        drafts.close(session, draft)
    return Reply(edit=Message(text("compliance.permits.cancelled")))


Act = Callable[[Session, Pressed, Person, datetime], Reply | None]
ACTS: dict[str, Act] = {
    "open": _open, "yes": _vote, "no": _vote, "stop": _stop, "close": _close, "back": _back, "backed": _backed,
    "here": _here, "new": asking.on_new, "card": asking.on_card, "place": asking.on_place, "hours": asking.on_hours,
    "check": asking.on_check, "gas": asking.on_gas_ok, "extend": asking.on_extend, "measure": asking.on_measure, "cancel": _cancel,
}  # fmt: skip


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What is to be done, or what was measured. All else is passed on: it may be a report of danger."""
    who = whom.person(session, event, now)
    draft = drafts.current(session, who.id, asking.DRAFT) if who is not None and event.private else None
    if who is None or draft is None or not isinstance(event, Said) or draft.step not in ("words", "gas", "gas_ok"):
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    if draft.step == "words":
        return asking.words(session, draft, event.text.strip(), now)
    values, missing = rules.read(event.text, cards()[draft.data["card"]].gases)
    if not values:
        return None
    if missing:
        names = [dict(gases()[code].names) for code in missing]
        return Reply((Message(text("compliance.permits.gas_missing", names=names), rows(asking.cancel_key())),))
    return asking.read(session, who, draft, values, now)


ROUTES = (
    Route(on_permit, command="permit", menu="compliance.permits.menu"),
    Route(on_press, verb="pt"),
    Route(on_draft, draft=asking.DRAFT),
)
