"""`/laws` and its buttons: the register for whoever leads; looking, evaluating, new versions, files for who keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.compliance.register import actions, rules, showing, store, taking
from bot.compliance.register.model import Outcome
from bot.db import jobs
from bot.delivery import drafts
from bot.delivery.drafts import Draft
from bot.kit.errors import Refused
from bot.kit.events import AnyEvent, Pressed, Said, Sent
from bot.kit.replies import Button, Message, Reply, button, rows, toast
from bot.kit.room import Route
from bot.kit.texts import text
from bot.people import speaking as whom
from bot.people.model import Person, Role

DRAFT = "lw.draft"
MOST = 8


def on_laws(session: Session, event: Said, now: datetime) -> Reply | None:
    """`/laws`: what is due first, then all of it."""
    who = whom.person(session, event, now)
    if who is None or not event.private:
        return Reply() if who is not None else None
    return Reply((_list(session, who, "", 0, now),))


def _list(session: Session, who: Person, show: str, page: int, now: datetime) -> Message:
    paths = whom.paths(session, who.id, Role.SUPERVISOR, now)
    if not paths:
        raise Refused("compliance.register.only_leaders")
    found = store.laws(session, paths, now, show, MOST + 1, page * MOST)
    lines = [
        {"code": each.code, "title": dict(each.title), "outcome": each.outcome.value if each.outcome else ""}
        for each in found[:MOST]
    ]  # fmt: skip
    counts = store.counts(session, paths, now)
    keys = [button("compliance.register.b_open", f"lw:open:{each.id}", code=each.code) for each in found[:MOST]]
    if len(found) > MOST:
        keys.append(button("compliance.register.b_more", f"lw:list:{show}:{page + 1}"))
    below = [
        button("compliance.register.b_list", f"lw:list:{name}:0", name=name, count=counts[name])
        for name in store.LISTED
        if counts[name] and name != show
    ]  # fmt: skip
    if whom.paths(session, who.id, actions.KEEPER, now):
        below += [button("compliance.register.b_export", "lw:export"), button("compliance.register.b_file", "lw:file")]
    said = text("compliance.register.list", lines=lines, all=counts["all"], show=show)
    return Message(said, (*rows(*keys), *rows(*below)))


def on_press(session: Session, event: Pressed, now: datetime) -> Reply | None:
    """`lw:what:...`: a button of the register."""
    who = whom.person(session, event, now)
    act = ACTS.get(event.word(0))
    return act(session, event, who, now) if who is not None and act is not None else None


def _turn(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    show = event.word(1) if event.word(1) in store.LISTED else ""
    return Reply(edit=_list(session, who, show, max(event.number(2), 0), now))


def _open(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = store.law(session, event.number(1))
    paths = whom.paths(session, who.id, Role.SUPERVISOR, now)
    near = found is not None and any(path.startswith(found.path) or found.path.startswith(path) for path in paths)
    if found is None or not found.live or not (near or found.owner == who.id):
        raise Refused("compliance.register.not_yours")
    return Reply((_card(session, who, found.id, now),))


def _card(session: Session, who: Person, id: int, now: datetime) -> Message:
    found = store.law(session, id)
    if found is None:
        raise Refused("compliance.register.changed_meanwhile")
    keeper = found.owner == who.id or whom.holds(session, who.id, actions.KEEPER, found.path, now)
    return showing.card(session, found, now, keeper=keeper)


def _looked(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.looked(session, who.id, event.number(1), now)
    return Reply(edit=_card(session, who, found.id, now), toast=text("compliance.register.noted"))


def _settle(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.settle(session, who.id, event.number(1), now)
    return Reply(edit=_card(session, who, found.id, now), toast=text("compliance.register.noted"))


def _version(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found = actions.mine(session, who.id, event.number(1), now)
    drafts.begin(session, who.id, DRAFT, "version", {"law": found.id}, now)
    return Reply((Message(text("compliance.register.ask_version", title=dict(found.title)), rows(_cancel_key())),))


def _evaluate(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    found, outcome = actions.mine(session, who.id, event.number(1), now), event.word(2)
    if outcome not in tuple(Outcome):
        raise Refused("compliance.register.changed_meanwhile")
    drafts.begin(session, who.id, DRAFT, "evidence", {"law": found.id, "outcome": outcome}, now)
    said = text("compliance.register.ask_evidence", title=dict(found.title), outcome=outcome)
    return Reply((Message(said, rows(_cancel_key())),))


def _export(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if not whom.paths(session, who.id, actions.KEEPER, now):
        raise Refused("compliance.register.not_yours")
    key = f"law-export:{who.id}:{event.update_id}"
    jobs.enqueue(session, taking.WRITE, {"person": who.id, "lang": who.lang, "key": key}, key=key, now=now)
    return toast("compliance.register.writing")


def _file(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    if not whom.paths(session, who.id, actions.KEEPER, now):
        raise Refused("compliance.register.not_yours")
    drafts.begin(session, who.id, DRAFT, "file", {}, now)
    return Reply((Message(text("compliance.register.ask_file"), rows(_cancel_key())),))


def _take_file(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    taking.INTAKE.take(session, who.id, event.number(1), now)
    return Reply(edit=Message(text("compliance.register.file_taking"), ref=taking.INTAKE.ref(event.number(1))))


def _drop_file(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    taking.INTAKE.drop(session, who.id, event.number(1))
    return Reply(edit=Message(text("compliance.register.cancelled")))


def _cancel(session: Session, event: Pressed, who: Person, now: datetime) -> Reply:
    draft = drafts.current(session, who.id, DRAFT)
    if draft is not None:
        drafts.close(session, draft)
    return Reply(edit=Message(text("compliance.register.cancelled")))


Act = Callable[[Session, Pressed, Person, datetime], Reply | None]
ACTS: dict[str, Act] = {
    "list": _turn, "open": _open, "looked": _looked, "settle": _settle, "version": _version, "eval": _evaluate,
    "export": _export, "file": _file, "take-file": _take_file, "drop-file": _drop_file, "cancel": _cancel,
}  # fmt: skip


def on_draft(session: Session, event: AnyEvent, now: datetime) -> Reply | None:
    """What was asked for: a version, evidence, a file. All else is passed on: it may be a report of danger."""
    who = whom.person(session, event, now)
    draft = drafts.current(session, who.id, DRAFT) if who is not None and event.private else None
    if who is None or draft is None:
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    if draft.step == "file":
        return _sent_file(session, who, draft, event, now)
    if draft.step == "evidence":
        return _evidence(session, who, draft, event, now)
    if not isinstance(event, Said):
        return None
    parts = rules.in_parts(event.text)
    if parts is None:
        return Reply((Message(text("compliance.register.wrong_version"), rows(_cancel_key())),))
    drafts.close(session, draft)
    version, since, changes = parts
    found = actions.new_version(session, who.id, draft.data["law"], version, since, {who.lang: changes}, now)
    return Reply((_card(session, who, found.id, now),))


def _sent_file(session: Session, who: Person, draft: Draft, event: AnyEvent, now: datetime) -> Reply | None:
    if not isinstance(event, Sent) or event.file.kind != "document":
        return None
    drafts.close(session, draft)
    name, size = event.file.name or "register.xlsx", event.file.size or 0
    return Reply((taking.INTAKE.receive(session, who, event.file.file_id, name, size, now),))


def _evidence(session: Session, who: Person, draft: Draft, event: AnyEvent, now: datetime) -> Reply | None:
    photo = event.file.file_id if isinstance(event, Sent) and event.file.kind == "photo" else None
    if not isinstance(event, Said) and photo is None:
        return None
    words = (event.text if isinstance(event, Said) else event.caption if isinstance(event, Sent) else "").strip()
    if not words:
        return Reply((Message(text("compliance.register.words_too"), rows(_cancel_key())),))
    if len(words) > rules.MOST_WORDS:
        raise Refused("compliance.too_long", most=rules.MOST_WORDS, length=len(words))
    drafts.close(session, draft)
    outcome = Outcome(draft.data["outcome"])
    found = actions.evaluate(session, who.id, draft.data["law"], outcome, words, photo, now)
    return Reply((_card(session, who, found.id, now),))


def _cancel_key() -> Button:
    return button("compliance.cancel", "lw:cancel")


ROUTES = (
    Route(
        on_laws,
        command="laws",
        menu="compliance.register.menu",
        roles=("supervisor", "safety_officer", "manager", "admin"),
    ),
    Route(on_press, verb="lw"),
    Route(on_draft, draft=DRAFT),
)
