"""The supervisor's and the assignee's side of the chat: cards and their buttons, lists, what they type and send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.hazards import cards, choices, correction_chat, listing, major, repair, respond, store
from bot.hazards.correction_chat import asking
from bot.hazards.model import Hazard, State
from bot.hazards.moves import handled, of
from bot.hazards.prompts import press_ask, press_cancel, press_fixed, press_no_photo, press_reject, type_next
from bot.hazards.reporting import person_of
from bot.hazards.rules import is_milder, told
from bot.kit.events import AnyEvent, Pressed
from bot.kit.replies import Media, Message, Reply, button, rows, toast
from bot.kit.risk import Severity
from bot.kit.texts import Text, text
from bot.people.model import Person

PER_LIST = 8
Press = Callable[[Session, Pressed, int, Person, datetime], Reply]


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hz:what:hazard:...`: a button of a card, task, list or request to verify. The action checks the rights."""
    who = person_of(session, event, now)
    if who is None:
        return None
    press, number = PRESSES.get(event.word(0)), event.number(1)
    if press is None or number < 0:
        return toast("delivery.stale", alert=True)
    return press(session, event, number, who, now)


def _acknowledge(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    respond.acknowledge(session, id, who.id, now)
    return toast("hazards.t_acknowledged")


def _card(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """Back from a choice to the card."""
    return Reply(edit=cards.card(session, handled(session, id, who.id, now), now))


def _open(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """The card as a new message, kept up to date from now on; an assignee gets their task."""
    hazard = of(session, id)
    if hazard.assigned_to == who.id and not store.may_handle(session, hazard, who.id, now):
        return Reply((cards.task(session, hazard, now),))
    return Reply((cards.card(session, handled(session, id, who.id, now), now),))


def _more(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    hazard = handled(session, id, who.id, now)
    buttons = cards.more_buttons(hazard, len(store.files(session, id)))
    return Reply(edit=cards.card(session, hazard, now, buttons))


def _files(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    """All files: photos and films as one album, the rest one by one (at most ten in all)."""
    hazard = of(session, id)
    if hazard.assigned_to != who.id:
        hazard = handled(session, id, who.id, now)
    files = store.files(session, id)[-10:]
    media = [one for file in files for one in cards.media_of(file)]
    seen = tuple(one for one in media if one.kind in ("photo", "video"))
    others = [one for one in media if one.kind not in ("photo", "video")]
    said = text("hazards.files_of", number=id)
    messages = [Message(said, media=seen)] if seen else []
    return Reply((*messages, *(_heard(said, one) for one in others)))


def _heard(said: Text, one: Media) -> Message:
    return Message(said, media=(one,))


def _rate(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    hazard = handled(session, id, who.id, now)
    shown = cards.card(session, hazard, now, choices.rate_buttons(hazard))
    return Reply(edit=asking(shown, "rate"))


def _rated(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    if event.word(2) not in {str(int(s)) for s in Severity}:
        return toast("delivery.stale", alert=True)
    severity, seen = Severity(int(event.word(2))), handled(session, id, who.id, now)
    if is_milder(seen.severity, severity):
        asks = text("hazards.ask_milder", number=id, level=cards.severity_name(severity))
        return type_next(session, who, respond.MILDER, asks, id, now, severity=int(severity))
    hazard = respond.rate(session, id, severity, who.id, now)
    assert hazard.severity is not None
    return toast("hazards.t_rated", level=cards.severity_name(hazard.severity))


def _assign(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    hazard, level, page = handled(session, id, who.id, now), max(event.number(2), 0), max(event.number(3), 0)
    people, top = respond.assignable(session, hazard, level, now)
    shown = cards.card(session, hazard, now, choices.assign_buttons(hazard, people, who.id, level, page, top))
    return Reply(edit=asking(shown, "assign"))


def _assigned(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    hazard = respond.assign(session, id, max(event.number(2), 0), who.id, now)
    if hazard.assigned_to == who.id:
        return toast("hazards.t_mine")
    return toast("hazards.t_assigned", name=store.name(session, hazard.assigned_to, now))


def _verify(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    if refused := major.tried(session, id, "verify", who.id, now):
        return Reply(toast=refused.text, alert=True)
    hazard = repair.verify(session, id, who.id, now)
    if hazard.state is State.FIXED:
        return toast("hazards.t_confirmed", missing=major.view(session, hazard).missing, alert=True)
    return toast("hazards.t_verified")


def _still(session: Session, event: Pressed, id: int, who: Person, now: datetime) -> Reply:
    repair.reopen(session, id, who.id, now)
    return toast("hazards.t_reopened")


# --- lists ------------------------------------------------------------------------------------------------------------


def on_hazards(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """`/hazards`: what is open in the units that somebody answers for; for others their own tasks."""
    who = person_of(session, event, now)
    return Reply((_list(session, who, 0, now),)) if who else None


def _page(session: Session, event: Pressed, page: int, who: Person, now: datetime) -> Reply:
    return Reply(edit=_list(session, who, page, now))


def _list(session: Session, who: Person, page: int, now: datetime) -> Message:
    paths = store.answers_for(session, who.id, now)
    found = listing.open_hazards(session, paths, who.id) if paths else store.tasks_of(session, who.id)
    if not found:
        return Message(text("hazards.nothing_open") if paths else text("hazards.not_for_you"))
    pages = -(-len(found) // PER_LIST)
    page = min(page, pages - 1)
    shown = found[page * PER_LIST : (page + 1) * PER_LIST]
    items = [_item(session, hazard) for hazard in shown]
    words = text("hazards.open_list", items=items, count=len(found), page=page + 1, pages=pages)
    buttons = [button("hazards.b_open", f"hz:open:{h.id}", number=h.id) for h in shown]
    if page + 1 < pages:
        buttons.append(button("hazards.b_more_pages", f"hz:list:{page + 1}"))
    elif page:
        buttons.append(button("hazards.b_back", "hz:list:0"))
    return Message(words, rows(*buttons))


def _item(session: Session, hazard: Hazard) -> dict[str, Any]:
    return {
        "icon": text("hazards.kind_icon", kind=hazard.kind.value),
        "number": hazard.id,
        "place": store.where(session, hazard),
        "level": cards.severity_name(hazard.severity) if hazard.severity else "",
        "words": told(hazard, 30),
        "state": cards.state_name(hazard.state),
    }


PRESSES: dict[str, Press] = {
    "acknowledge": _acknowledge,
    "card": _card,
    "open": _open,
    "more": _more,
    "files": _files,
    "rate": _rate,
    "rated": _rated,
    "assign": _assign,
    "assigned": _assigned,
    "fixed": press_fixed,
    "nophoto": press_no_photo,
    "verify": _verify,
    "still": _still,
    "reopen": _still,
    "ask": press_ask,
    "reject": press_reject,
    "cancel": press_cancel,
    "list": _page,
    **correction_chat.PRESSES,
}
