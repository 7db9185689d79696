"""`/risks` and its buttons: the register for whoever leads, the worst of their own place for everybody. Routes only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.db import jobs
from bot.delivery import drafts
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import NOTHING, Message, Reply, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking
from bot.people import store as people
from bot.people.model import Person
from bot.risks import actions, alarms, checking, entering, picture, showing, store, taking
from bot.risks.rules import NOTE_WITHIN


def on_risks(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/risks`: the register of what somebody leads; for everybody else the worst risks of where they work."""
    who = speaking.person(session, event, now)
    if who is None or not event.private:
        return NOTHING if who is not None else None
    paths = store.led(session, who.id, now)
    if paths:
        return Reply((showing.listing(session, paths, "", 0),))
    return Reply((_mine(session, who),))


def _mine(session: Session, who: Person) -> Message:
    unit = people.unit(session, who.unit)
    found = store.of_worker(session, who, showing.TOP)
    words = showing.for_workers(session, found, unit.label if unit else "")
    return Message(words, rows(button("risks.b_report", "hzd:new")))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`rk:what:number`: a button of the register."""
    who = speaking.person(session, event, now)
    act = ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _list(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    paths = store.led(session, who.id, now)
    if not paths:
        return Reply((_mine(session, who),))
    page = showing.listing(session, paths, event.word(1), max(event.number(2), 0))
    return Reply(edit=page)


def _open(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((showing.card(session, actions.mine(session, who.id, event.number(1), now), now),))


def _new(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((entering.begin(session, who, now),))


def _rate(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    residual = event.word(0) == "rerate"
    return Reply((entering.begin_rating(session, who, event.number(1), residual, now),))


def _control(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    return Reply((entering.begin_control(session, who, event.number(1), now),))


def _place(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    kept = actions.place_control(session, who.id, event.number(1), now)
    if not store.leads(session, who.id, _path(session, kept.risk), now):
        return toast("risks.noted")
    return Reply(
        edit=showing.card(session, actions.mine(session, who.id, kept.risk, now), now), toast=text("risks.noted")
    )


def _close(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.close(session, who.id, event.number(1), now)
    return Reply(edit=showing.card(session, found, now), toast=text("risks.closed"))


def _retire(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.mine(session, who.id, event.number(1), now)
    keys = rows(button("risks.b_retire_yes", f"rk:retired:{found.id}"), button("risks.b_back", f"rk:open:{found.id}"))
    return Reply((Message(text("risks.ask_retire", number=found.id, hazard=dict(found.hazard)), keys),))


def _retired(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.retire(session, who.id, event.number(1), now)
    return Reply(edit=Message(text("risks.is_retired", number=found.id)))


def _take(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    alarms.take(session, who.id, event.number(1), now)
    return toast("risks.taken")


def _here(session: Session, event: Pressed, who: Person, now: datetime) -> Reply | None:
    place = people.place(session, event.number(1))
    return Reply(edit=showing.at_place(session, place, who.id)) if place is not None else None


def _map(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if not store.led(session, who.id, now):
        return toast("risks.only_leaders", alert=True)
    key = f"risk-map:{who.id}:{event.update_id}"
    jobs.enqueue(session, picture.MAP, {"person": who.id, "key": key}, key=key, now=now)
    return toast("risks.drawing")


def _export(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if not store.led(session, who.id, now):
        return toast("risks.only_leaders", alert=True)
    key = f"risk-export:{who.id}:{event.update_id}"
    jobs.enqueue(session, taking.WRITE, {"person": who.id, "lang": who.lang, "key": key}, key=key, now=now)
    return toast("risks.writing")


def _file(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if not store.led(session, who.id, now):
        return toast("risks.only_leaders", alert=True)
    draft = drafts.begin(session, who.id, entering.DRAFT, "file", {"do": "file"}, now)
    return Reply((Message(text("risks.ask_file"), rows(button("risks.b_cancel", f"rkd:cancel:{draft.id}:0"))),))


def _take_file(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    taking.INTAKE.take(session, who.id, event.number(1), now)
    return Reply(edit=Message(text("risks.file_taking"), ref=taking.INTAKE.ref(event.number(1))))


def _drop_file(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    taking.INTAKE.drop(session, who.id, event.number(1))
    return Reply(edit=Message(text("risks.cancelled")))


ACTS: dict[str, Callable[[Session, Pressed, Person, datetime], Reply | None]] = {
    "list": _list, "open": _open, "new": _new, "rate": _rate, "rerate": _rate, "control": _control, "place": _place,
    "close": _close, "retire": _retire, "retired": _retired, "take": _take, "here": _here, "map": _map, "export": _export,
    "file": _file, "take-file": _take_file, "drop-file": _drop_file,
}  # fmt: skip


# --- drafts -----------------------------------------------------------------------------------------------------------


def on_draft_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`rkd:what:draft:value`: a tap on a question."""
    who = speaking.person(session, event, now)
    if who is None:
        return None
    return entering.pressed(session, who, event.word(0), event.number(1), event.number(2), now)


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What was asked for: words, a photo to a check, a file. All else is passed on: it may be a report of danger."""
    who = speaking.person(session, event, now)
    draft = drafts.current(session, who.id, entering.DRAFT) if who is not None and event.private else None
    if who is None or draft is None:
        return None
    if draft.step == "note":
        return _note(session, event, who, draft, now)
    if draft.step == "file" and isinstance(event, Sent) and event.file.kind == "document":
        drafts.close(session, draft)
        name, size = event.file.name or "risks.xlsx", event.file.size or 0
        return Reply((taking.INTAKE.receive(session, who, event.file.file_id, name, size, now),))
    return entering.typed(session, who, event.text.strip(), now) if isinstance(event, Said) else None


# --- checks -----------------------------------------------------------------------------------------------------------


def on_check(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`rkc:what:control:due`: looking at a control."""
    who = speaking.person(session, event, now)
    if who is None:
        return None
    if event.word(0) == "note":
        return _begin_note(session, who, event.number(1), now)
    control = store.control(session, event.number(1))
    risk = store.risk(session, control.risk) if control else None
    if control is None or risk is None or not checking.may_check(session, control, risk, who.id, now):
        return toast("risks.not_yours", alert=True)
    if event.word(0) == "open":
        due = int(control.due_at.timestamp()) if control.due_at else 0
        keys = rows(
            button("risks.b_in_place", f"rkc:yes:{control.id}:{due}"),
            button("risks.b_missing", f"rkc:no:{control.id}:{due}"),
        )
        said = checking.line(session, control, risk) | {"hazard": dict(risk.hazard), "number": risk.id}
        return Reply((Message(text("risks.check", **said), keys if due else ()),))
    in_place, at = event.word(0) == "yes", event.number(2)
    due_at = datetime.fromtimestamp(max(at, 0), UTC) if at < 10**11 else now
    check = checking.answer(session, who.id, control.id, due_at, in_place=in_place, now=now)
    return _answered(session, who, check, in_place, dict(control.words), now)


def _answered(session: Session, who: Person, check: int, in_place: bool, words: dict[str, str], now: datetime) -> Reply:
    """Missing, what is wrong is asked at once; in place, a photo that comes next may be of another danger, so a button asks."""
    if not in_place:
        drafts.begin(session, who.id, entering.DRAFT, "note", {"do": "note", "check": check}, now)
    keys = [button("risks.b_note", f"rkc:note:{check}")] if in_place else []
    left = store.due_for(session, who.id, now, 1)
    keys += [button("risks.b_next", f"rkc:open:{c.id}", words=showing.short(c.words)) for c, _ in left]
    done = Message(text("risks.checked", in_place=in_place, control=words), rows(*keys, each=1))
    return Reply(edit=done, toast=text("risks.noted"))


def _begin_note(session: Session, who: Person, check: int, now: datetime) -> Reply:
    drafts.begin(session, who.id, entering.DRAFT, "note", {"do": "note", "check": check}, now)
    return Reply((Message(text("risks.ask_note")),))


def _note(session: Session, event: AnyEvent, who: Person, draft: drafts.Draft, now: datetime) -> Reply | None:
    """A photo or words to the check that was just answered; a few minutes later they are a new matter."""
    if draft.created_at < now - NOTE_WITHIN:
        drafts.close(session, draft)
        return None
    words, file_id = "", None
    if isinstance(event, Said):
        words = event.text.strip()[:1000]
    elif isinstance(event, Sent) and event.file.kind == "photo":
        words, file_id = event.caption.strip(), event.file.file_id
    else:
        return None
    drafts.close(session, draft)
    checking.add_to(session, who.id, draft.data["check"], words, file_id, now)
    return Reply((Message(text("risks.note_kept"), rows(button("risks.b_report", "hzd:new"))),))


def _path(session: Session, risk: int) -> str:
    found = store.risk(session, risk)
    return found.path if found else ""


ROUTES = (
    Route(on_risks, command="risks", menu="risks.menu_risks"),
    Route(on_press, verb="rk"),
    Route(on_draft_press, verb="rkd"),
    Route(on_check, verb="rkc"),
    Route(on_draft, draft=entering.DRAFT),
)
