"""`/visits` and its buttons: for whoever answers for safety, and for the owners of findings. Routes only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.inspections.visits import actions, entering, guests, pack, rules, showing, spreading, store
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people.model import Person


def on_visits(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/visits`: the inspections from outside that somebody answers for."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    paths = store.paths(session, who.id, now)
    if not paths:
        raise Refused("inspections.visits.only_safety")
    return Reply((showing.listing(session, paths),))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`inv:what:number`: a button of a visit or a finding."""
    who = speaking.person(session, event, now)
    act = ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _new(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((entering.begin_visit(session, who, now),))


def _visit(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.visit(session, actions.mine(session, who.id, event.number(1), now)),))


def _add(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((entering.begin_finding(session, who, event.number(1), now),))


def _end(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    actions.close_visit(session, who.id, event.number(1), now)
    return Reply(edit=showing.visit(session, actions.mine(session, who.id, event.number(1), now)))


def _card(session: Session, who: Person, id: int, now: datetime) -> Message:
    found, leads = actions.seen(session, who.id, id, now)
    return showing.card(session, found, leads, who.id, now)


def _finding(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((_card(session, who, event.number(1), now),))


def _note(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((entering.begin_note(session, who, event.number(1), event.word(0), now),))


def _files(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((entering.begin_files(session, who, event.number(1), now),))


def _close(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    actions.close(session, who.id, event.number(1), now)
    return Reply(edit=_card(session, who, event.number(1), now), toast=text("inspections.visits.closed"))


def _more(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    id = event.number(1)
    actions.seen(session, who.id, id, now)
    keys = [button("inspections.visits.b_days", f"inv:extend:{id}:{days}", days=days) for days in rules.DAYS]
    return Reply((Message(text("inspections.visits.ask_more"), rows(*keys)),))


def _extend(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    actions.extend(session, who.id, event.number(1), event.number(2), now)
    return Reply(edit=_card(session, who, event.number(1), now))


def _spread(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    asked = spreading.spread(session, who.id, event.number(1), now)
    return toast("inspections.visits.spread", alert=True, count=asked)


def _pack(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    key = f"visit-pack:{who.id}:{event.update_id}"
    pack.want(session, who.id, event.number(1), who.lang, key, now)
    return toast("inspections.visits.packing")


def _guests(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.guest_list(session, actions.mine(session, who.id, event.number(1), now), now),))


def _guest(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    link, address = guests.invite(session, who.id, event.number(1), event.number(2), now)
    return Reply(
        (Message(text("inspections.visits.invited", address=address, hours=event.number(2)), ref=guests.ref(link)),)
    )


def _revoke(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    visit = guests.revoke(session, who.id, event.number(1), now)
    shown = showing.guest_list(session, actions.mine(session, who.id, visit, now), now)
    return Reply(edit=shown, toast=text("inspections.visits.revoked"))


ACTS: dict[str, Callable[[Session, Pressed, Person, datetime], Reply | None]] = {
    "new": _new, "v": _visit, "add": _add, "end": _end, "f": _finding, "correct": _note, "object": _note, "return": _note,
    "upheld": _note, "rejected": _note, "files": _files, "close": _close, "more": _more, "extend": _extend,
    "spread": _spread, "pack": _pack, "guests": _guests, "guest": _guest, "revoke": _revoke,
}  # fmt: skip


def on_draft_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`invd:question:draft:value`: a tap on a question."""
    who = speaking.person(session, event, now)
    if who is None:
        return None
    return entering.pressed(session, who, event.word(0), event.number(1), event.number(2), now)


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What was asked for: words or files. All else is passed on: it may be a report of danger."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, entering.DRAFT) if who is not None and event.private else None
    if who is None or draft is None:
        return None
    if isinstance(event, Sent):
        return entering.sent(session, who, event.file, event.caption.strip(), now)
    return entering.typed(session, who, event.text.strip(), now) if isinstance(event, Said) else None


ROUTES = (
    Route(on_visits, command="visits", menu="inspections.visits.menu_visits", roles=("safety_officer",)),
    Route(on_press, verb="inv", guarded=("pack", "guest")),
    Route(on_draft_press, verb="invd"),
    Route(on_draft, draft=entering.DRAFT),
)
