"""`/stop`: two taps, and the work stops; the buttons with which it is released."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts, seals
from bot.delivery.drafts import Draft
from bot.hazards import stopping, store, telling
from bot.hazards.reporting import MOST_SAID, person_of
from bot.kit.events import AnyEvent, Pressed, Said
from bot.kit.gates import GateState
from bot.kit.replies import Button, Message, Reply, button, rows, toast
from bot.kit.texts import text
from bot.people import store as people
from bot.people.model import Person

KIND = "hazards.stop"
PLACES = 6


def on_stop(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/stop`, with or without words behind it: where? One's own place stands first."""
    who = person_of(session, event, now)
    if who is None:
        return None
    key = seals.seal().name("stop", event.chat, event.message or event.update_id)
    scanned = store.place_scanned(session, who.id, now)
    data = {"key": key, "words": event.args.strip()[:MOST_SAID], "place": scanned.id if scanned else None}
    draft = drafts.begin(session, who.id, KIND, "where", data, now)
    return Reply((_ask(session, draft, who),))


def _ask(session: Session, draft: Draft, who: Person) -> Message:
    unit, place = people.unit(session, who.unit), people.place(session, draft.data["place"] or 0)
    here = [] if place is None else [_at(draft, place.id, place.label)]
    own = [_at(draft, 0, unit.label)] if unit else []
    near = [
        _at(draft, p.id, p.label)
        for p in people.places_near(session, who.path, PLACES)
        if place is None or p.id != place.id
    ]
    stopped = [store.hazard(session, stop.hazard) for stop in stopping.standing(session, who.path)]
    lines = [text("hazards.stop_line", number=h.id, place=store.where(session, h)) for h in stopped if h is not None]
    cancel = (button("hazards.b_cancel", f"hzs:cancel:{draft.id}"),)
    words = text("hazards.ask_stop", words=draft.data["words"], lines=lines)
    return Message(words, (*rows(*here, *own, *near, each=1), cancel), ref=f"stop:{draft.data['key']}")


def _at(draft: Draft, place: int, name: Mapping[str, str] | str) -> Button:
    return button("hazards.b_stop_at", f"hzs:at:{draft.id}:{place}", place=name)


def on_more(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Words that come while it is asked where: why the work is to stop."""
    who = person_of(session, event, now)
    draft = drafts.current(session, who.id, KIND) if who else None
    if who is None or draft is None or not isinstance(event, Said):
        return None
    words = " ".join((draft.data["words"], event.text)).strip()[:MOST_SAID]
    on = drafts.advance(session, draft, "where", {**draft.data, "words": words}, now)
    return Reply((_ask(session, on, who),)) if on is not None else None


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`hzs:at:draft:place`: the work there stops. `hzs:yes:hazard`, `hzs:no:hazard`: may it go on?"""
    who = person_of(session, event, now)
    if who is None:
        return None
    what = event.word(0)
    if what in ("yes", "no"):
        view = stopping.vote(session, event.number(1), who.id, what == "yes", now)
        state = {GateState.OPEN: "open", GateState.REFUSED: "refused"}.get(view.state, "waiting")
        return toast("hazards.t_release", state=state, missing=view.missing, alert=True)
    draft = drafts.current(session, who.id, KIND)
    if draft is None or draft.id != event.number(1):
        return toast("hazards.t_gone", alert=True)
    if not drafts.close(session, draft):
        return toast("hazards.t_gone", alert=True)
    if what == "cancel":
        return Reply(edit=Message(text("hazards.cancelled")))
    return _stop(session, draft, who, event.number(2), now)


def _stop(session: Session, draft: Draft, who: Person, place_id: int, now: datetime) -> Reply:
    place = people.place(session, place_id) if place_id > 0 else None
    unit = people.unit(session, place.unit if place else who.unit)
    if unit is None:
        return toast("hazards.t_again", alert=True)
    report = stopping.report_of(
        draft.data["key"], unit.id, unit.path, place.id if place else None, draft.data["words"] or None
    )
    hazard = stopping.stop_work(session, who, report, now)
    return Reply(edit=telling.status(session, hazard, now), toast=text("hazards.t_stopped"), alert=True)
