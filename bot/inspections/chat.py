"""`/inspect`, its buttons, and what is said or sent while one goes through a checklist. Routes only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.inspections import doing, looking, rules, shelf_chat, showing, store, walks, wanted
from bot.inspections.model import Kind, State, Step
from bot.inspections.walks import Walk
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, FileRef, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply, button, here_ref, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person

DRAFT, WANTED = "in.doing", "in.wanted"
MOST_LISTS = 6


def on_inspect(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/inspect`: what is due for somebody, and what they can go through of their own accord."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    due = store.open_of(session, who.id, now)
    messages = [showing.due(session, due)] if due else []
    lists = store.shelf(session, who.path, adopted=True)[:MOST_LISTS]
    keys = [button("inspections.b_own", f"in:own:{each.id}:0", words=showing.short(each.title)) for each in lists]
    paths = store.led(session, who.id, now)
    recent = store.board(session, paths, (State.DONE, State.MISSED), 4) if paths else []
    last = tuple(showing.b_open(each.id) for each in recent)
    words = text("inspections.own", lists=len(lists), recent=len(recent), leads=bool(paths))
    return Reply((*messages, Message(words, (*rows(*keys, each=1), *((last,) if last else ())))))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`in:what:inspection:item:value`: a button of an inspection."""
    who = speaking.person(session, event, now)
    act = ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _own(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    place = event.number(2) if event.number(2) > 0 else None
    found = people.place(session, place) if place is not None else None
    key = f"own:{who.id}:{event.number(1)}:{event.update_id}"
    id = doing.begin_own(session, who, event.number(1), found.id if found else None, key, now)
    return _going(session, doing.begin(session, who.id, id, now), who, now)


def _go(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return _going(session, doing.begin(session, who.id, event.number(1), now), who, now)


def _going(session: Session, found: Walk, who: Person, now: datetime) -> Reply:
    """The item as a message of its own: the push stays as it is, and can be pressed again."""
    drafts.begin(session, who.id, DRAFT, "doing", {"inspection": found.on.id}, now)
    return Reply((showing.screen(session, found),))


def _answer(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return _answered(session, who, event.number(1), event.number(2), event.word(3), now, fresh=False)


def _answered(session: Session, who: Person, id: int, at: int, value: str, now: datetime, *, fresh: bool) -> Reply:
    """Answers, and puts words that were said before it to it."""
    before = doing.mine(session, who.id, id, at)
    found = doing.answer(session, who.id, id, at, value, now)
    draft = drafts.current(session, who.id, DRAFT)
    kept = draft.data.get("note") if draft is not None and draft.data.get("item") == at else None
    if draft is None:
        drafts.begin(session, who.id, DRAFT, "doing", {"inspection": id}, now)
    else:
        drafts.advance(session, draft, "doing", {"inspection": id}, now)
    if kept and before.item is not None:
        found = doing.attach(session, who.id, found, before.item, kept, None, now)
    shown = showing.screen(session, found)
    return Reply((shown,)) if fresh else Reply(edit=shown)


def _next(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    none = event.word(0) == "x"
    found = doing.go_on(session, who.id, event.number(1), event.number(2), now, no_photo=none)
    return Reply(edit=showing.screen(session, found))


def _back(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = doing.go_back(session, who.id, event.number(1), event.number(2), now)
    return Reply(edit=showing.screen(session, found))


def _pause(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = walks.walk(session, event.number(1))
    if found is None or found.on.person != who.id or found.on.state is not State.RUNNING:
        raise Refused("inspections.not_yours")
    draft = drafts.current(session, who.id, DRAFT)
    if draft is not None:
        drafts.close(session, draft)
    title = dict(found.list.title)
    key = button("inspections.b_begin", f"in:go:{found.on.id}", words=showing.short(title), going=True)
    return Reply(
        edit=Message(
            text("inspections.paused", title=title, nth=len(found.answers), total=len(found.list.items)), rows(key)
        )
    )


def _finish(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = doing.finish(session, who.id, event.number(1), now)
    draft = drafts.current(session, who.id, DRAFT)
    if draft is not None:
        drafts.close(session, draft)
    return Reply(edit=showing.done(session, found), toast=text("inspections.thanks"))


def _open(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = walks.walk(session, event.number(1))
    leads = found is not None and store.leads(session, who.id, found.on.path, now)
    hidden = found is not None and found.on.state is State.DUE and found.on.due_at > now
    if found is None or hidden or not (leads or found.on.person == who.id):
        return toast("inspections.not_yours", alert=True)
    seen = looking.signs_of(session, found) if looking.may_see_signs(session, who.id, found, now) else []
    return Reply((showing.card(session, found, store.name(session, found.on.person, now), seen),))


def _here(session: Session, event: Pressed, who: Person, now: datetime) -> Reply | None:
    """The checklists of a place that was scanned: what is due there goes first."""
    place = people.place(session, event.number(1))
    if place is None:
        return None
    due = [each for each in store.open_of(session, who.id, now) if each.place == place.id]
    if due:
        return Reply((replace(showing.due(session, due), ref=here_ref(who.id)),))
    keys = [
        button("inspections.b_own", f"in:own:{each.id}:{place.id}", words=showing.short(each.title))
        for each in store.at_place(session, place.id, who)
    ]
    return Reply((Message(text("inspections.here", place=place.label), rows(*keys, each=1), ref=here_ref(who.id)),))


ACTS: dict[str, Callable[[Session, Pressed, Person, datetime], Reply | None]] = {
    "own": _own, "go": _go, "a": _answer, "n": _next, "x": _next, "b": _back, "p": _pause, "f": _finish, "open": _open,
    "here": _here,
}  # fmt: skip


# --- what is said and sent on the way ---------------------------------------------------------------------------------


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """A number, words or a photo to the item that one stands at. After hours all that is passed on: it may be a report."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None and event.private else None
    if who is None or draft is None or not isinstance(event, Said | Sent):
        return None
    found = walks.walk(session, draft.data["inspection"])
    on = found.on if found else None
    if found is None or on is None or on.state is not State.RUNNING or on.person != who.id:
        drafts.close(session, draft)
        return None
    if (on.shown_at or now) < now - rules.PATIENCE:
        return None
    note, file = said_of(event)
    return _album(session, who, found, draft, event, file, now) or _said(
        session, who, found, draft, note, file, event, now
    )


def said_of(event: Said | Sent) -> tuple[str, FileRef | None]:
    """The words and the file of what was said or sent."""
    if isinstance(event, Sent):
        return event.caption.strip(), event.file
    return event.text.strip(), None


def _album(
    session: Session,
    who: Person,
    found: Walk,
    draft: drafts.Draft,
    event: Said | Sent,
    file: FileRef | None,
    now: datetime,
) -> Reply | None:
    """A further photo of an album belongs to the item of the first, wherever one stands by now."""
    if not isinstance(event, Sent) or event.album is None or draft.data.get("album") != event.album:
        return None
    item = found.list.items[draft.data["item"]]
    try:
        doing.attach(session, who.id, found, item, event.caption.strip(), file, now)
    except Refused:
        return NOTHING  # the danger went its way with the first photo; this one is not worth a scolding
    return NOTHING


def _said(
    session: Session,
    who: Person,
    found: Walk,
    draft: drafts.Draft,
    note: str,
    file: FileRef | None,
    event: Said | Sent,
    now: datetime,
) -> Reply | None:
    item, on = found.item, found.on
    if item is None or (file is not None and file.kind not in doing.SHOWN):
        return None
    data: dict[str, Any] = {"inspection": on.id, "item": on.at}
    if isinstance(event, Sent) and event.album:
        data["album"] = event.album
    if file is None and on.step is Step.ASK and item.kind in (Kind.NUMBER, Kind.NOTE):
        if rules.judge(item, note) is None:
            raise Refused("inspections.no_number", unit=item.unit)
        return _answered(session, who, on.id, on.at, note, now, fresh=True)
    if on.step is Step.ASK and note:
        data["note"] = "\n".join(
            filter(None, (draft.data.get("note") if draft.data.get("item") == on.at else None, note))
        )
        note = ""
    again = doing.attach(session, who.id, found, item, note, file, now)
    drafts.advance(session, draft, "doing", data, now)
    return Reply((showing.screen(session, again),))


# --- one question from elsewhere --------------------------------------------------------------------------------------


def on_wanted(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`inw:answer:check`: whether the same is so here."""
    who = speaking.person(session, event, now)
    if who is None:
        return None
    id = event.number(1)
    if event.word(0) == "open":
        row = store.wanted(session, id)
        if row is None or not store.leads(session, who.id, row.path, now):
            raise Refused("inspections.not_yours")
        return Reply((wanted.card(session, id),))
    if event.word(0) == "end":
        wanted.add(session, who.id, id, "", None, now)
        return Reply(edit=Message(text("inspections.asked_handed")))
    found = wanted.answer(session, who.id, id, event.word(0), now)
    drafts.begin(session, who.id, WANTED, "more", {"check": id}, now)
    keys = rows(button("inspections.b_no_more", f"inw:end:{id}")) if found.answer == "same" else ()
    return Reply((Message(text("inspections.asked_more", answer=found.answer), keys),))


def on_wanted_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """Words or a photo to the answer; a few minutes later they are a new matter."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, WANTED) if who is not None and event.private else None
    if who is None or draft is None or not isinstance(event, Said | Sent):
        return None
    drafts.close(session, draft)
    note, file = said_of(event)
    if draft.created_at < now - rules.HANDED_AFTER or (file is not None and file.kind != "photo"):
        return None
    wanted.add(session, who.id, draft.data["check"], note, file, now)
    return Reply((Message(text("inspections.asked_handed")),))


ROUTES = (
    Route(on_inspect, command="inspect", menu="inspections.menu_inspect"),
    Route(on_press, verb="in"),
    Route(on_wanted, verb="inw"),
    Route(on_draft, draft=DRAFT),
    Route(on_wanted_draft, draft=WANTED),
    *shelf_chat.ROUTES,
)
