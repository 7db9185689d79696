"""`/checklists`: the shelf for whoever leads: look, adopt, plan, draw at random, send in and take out. Routes only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import drafts
from bot.inspections import actions, setting, showing, store, taking
from bot.inspections.actions import Plan
from bot.inspections.model import Kept, Shelf
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people.model import Person

FILE = "in.file"
MOST = 12
MOST_ITEMS = 40
MOST_LETTERS = 2000
"""So much of a message its items may take together."""


def on_checklists(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/checklists`: what stands on the shelf of where somebody leads."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    return Reply((_shelf(session, who, now),))


def _shelf(session: Session, who: Person, now: datetime) -> Message:
    if not store.led(session, who.id, now):
        raise Refused("inspections.only_leaders")
    lists = store.shelf(session, who.path)
    lines = [{"title": dict(each.title), "state": each.state.value} for each in lists[:MOST]]
    keys = [
        button("inspections.b_list", f"cl:open:{k.id}", words=showing.short(k.title), state=k.state.value)
        for k in lists[:MOST]
    ]
    keys.append(button("inspections.b_file", "cl:file"))
    return Message(
        text("inspections.shelf", lines=lines, drafts=sum(k.state is Shelf.DRAFT for k in lists)), rows(*keys, each=1)
    )


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`cl:what:number`: a button of the shelf."""
    who = speaking.person(session, event, now)
    act = ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _seen(session: Session, who: Person, id: int, now: datetime) -> Kept:
    found = store.checklist(session, id, who.path)
    if (
        found is None
        or not store.led(session, who.id, now)
        or not (who.path.startswith(found.path) or store.leads(session, who.id, found.path, now))
    ):
        raise Refused("inspections.not_yours")
    return found


def _open(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((_card(session, who, _seen(session, who, event.number(1), now), now),))


def _card(session: Session, who: Person, kept: Kept, now: datetime) -> Message:
    said = store.content(session, kept.id, kept.version)
    paths = store.led(session, who.id, now)
    plans = store.plans(session, kept.id, paths)
    spots = store.spot_rules(session, kept.id, paths)
    most = max(60, MOST_LETTERS // max(len(said.items), 1))
    items = [showing.short(item.words, most) for item in said.items]
    lines = [
        setting.plan_line(
            session,
            Plan(
                row.checklist_id,
                row.unit_id,
                row.place_id,
                row.post,
                row.days,
                row.minute,
                timedelta(minutes=row.within_minutes),
            ),
        )
        for row in plans
    ]
    words = text(
        "inspections.list", title=dict(kept.title), version=kept.version, state=kept.state.value, items=items[:MOST_ITEMS],
        total=len(items), name=store.name(session, kept.adopted_by, now), plans=lines[:6],
        languages=showing.spoken(said.title), facts=sorted({fact for item in said.items for fact in item.facts}),
        spots=[{"unit": store.where(session, row.unit_id, None), "count": row.per_week} for row in spots],
    )  # fmt: skip
    keys = []
    if kept.state is Shelf.DRAFT and actions.adopts_for(session, who.id, kept, now):
        keys.append(button("inspections.b_adopt", f"cl:adopt:{kept.id}:{kept.version}"))
    if kept.used is not None:
        keys.append(button("inspections.b_own", f"in:own:{kept.id}:0", words=showing.short(kept.title)))
        keys.append(button("inspections.b_plan", f"cl:plan:{kept.id}"))
        if store.led(session, who.id, now, actions.STANDS_FOR):
            keys.append(button("inspections.b_spot", f"cl:spot:{kept.id}"))
    keys += [
        button("inspections.b_end_plan", f"cl:end:{row.id}", place=line["place"])
        for row, line in zip(plans[:4], lines, strict=False)
    ]
    keys.append(button("inspections.b_export", f"cl:export:{kept.id}"))
    return Message(words, rows(*keys, each=1))


def _adopt(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    kept = actions.adopt(session, who.id, event.number(1), event.number(2), now)
    return Reply(edit=_card(session, who, _seen(session, who, kept.id, now), now), toast=text("inspections.adopted"))


def _plan(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((setting.begin(session, who, event.number(1), event.word(0) == "spot", now),))


def _end(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    row = actions.end_plan(session, who.id, event.number(1), now)
    kept = _seen(session, who, row.checklist_id, now)
    return Reply(edit=_card(session, who, kept, now), toast=text("inspections.plan_ended"))


def _export(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    taking.want(session, who, event.number(1), f"checklist-export:{who.id}:{event.update_id}", now)
    return toast("inspections.writing")


def _file(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    actions.home_of(session, who.id, now)
    drafts.begin(session, who.id, FILE, "file", {}, now)
    return Reply((Message(text("inspections.ask_file")),))


def _take(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    new, renewed = taking.take(session, who.id, event.number(1), now)
    return Reply(edit=Message(text("inspections.file_taken", new=new, renewed=renewed)))


def _drop(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    taking.drop(session, who.id, event.number(1))
    return Reply(edit=Message(text("inspections.cancelled")))


ACTS: dict[str, Callable[[Session, Pressed, Person, datetime], Reply | None]] = {
    "open": _open, "adopt": _adopt, "plan": _plan, "spot": _plan, "end": _end, "export": _export, "file": _file,
    "take": _take, "drop": _drop,
}  # fmt: skip


def on_plan(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`inp:question:draft:value`: a tap on a question of a plan."""
    who = speaking.person(session, event, now)
    if who is None:
        return None
    return setting.pressed(session, who, event.word(0), event.number(1), event.number(2), now)


def on_file(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """The file that was asked for; all else is passed on."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, FILE) if who is not None and event.private else None
    if who is None or draft is None or not isinstance(event, Sent) or event.file.kind != "document":
        return None
    drafts.close(session, draft)
    name, size = event.file.name or "checklist.xlsx", event.file.size or 0
    return Reply((taking.receive(session, who, event.file.file_id, name, size, now),))


ROUTES = (
    Route(on_checklists, command="checklists", menu="inspections.menu_checklists", roles=("supervisor",)),
    Route(on_press, verb="cl"),
    Route(on_plan, verb="inp"),
    Route(on_file, draft=FILE),
)
