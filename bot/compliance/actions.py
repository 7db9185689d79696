"""Writing an announcement, choosing who gets it, seeing what it means, sending it. Each in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.compliance import rules
from bot.compliance.model import ANNOUNCEMENT, ANNOUNCEMENT_SENT, Written
from bot.delivery import broadcasts, drafts, forecasting, progress
from bot.delivery.audience import Audience
from bot.delivery.broadcasts import State
from bot.delivery.drafts import Draft
from bot.delivery.tables import BroadcastRow
from bot.kit.errors import Refused
from bot.kit.replies import Button, Media, Message, Reply, Rows, answer, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.company import post_label
from bot.people.model import Person, Unit, Viewer

DRAFT = "cp.announce"
ENDED = "compliance.announcement_ended"
"""The job that is run when an announcement has ended."""


def begin(session: Session, person: int, now: datetime) -> Reply:
    """Asks for the words. Raises Refused for people who lead nothing."""
    _, viewer = _who(session, person, now)
    if not viewer.paths(rules.SENDER):
        raise Refused("compliance.only_leaders")
    drafts.begin(session, person, DRAFT, "words", {}, now)
    return answer("compliance.write", buttons=rows(_cancel()))


def write(
    session: Session, person: int, words: str, photo: str | None, album: str | None, now: datetime
) -> Reply | None:
    """The words, or a photo with them, have come; new words replace older ones. None where they are meant for somebody else.

    Raises Refused on what is too long; it can be sent again.
    """
    draft = drafts.current(session, person, DRAFT)
    if draft is None:
        return None
    if draft.created_at < now - rules.PATIENCE:
        drafts.close(session, draft)
        return None
    if photo is not None and draft.step != "words":
        # a photo out of turn may show a danger; the rest of an album shows none
        return Reply() if album is not None and album == draft.data.get("album") else None
    who, viewer = _who(session, person, now)
    written = Written(words or draft.data.get("words", ""), photo or draft.data.get("photo"))
    if len(written.words) > rules.most_letters(written):
        raise Refused("compliance.too_long", most=rules.most_letters(written), length=len(written.words))
    data = {"words": written.words, "photo": written.photo, "album": album or draft.data.get("album")}
    step = "whom" if written.words else "words"
    draft = _stepped(drafts.advance(session, draft, step, data, now))
    if not written.words:
        return answer("compliance.words_too", buttons=rows(_cancel()))
    seen = _seen(session, who, written)
    asked = Message(
        text("compliance.to_whom", seen=seen.text), _choices(session, viewer, draft, None), media=seen.media
    )
    return Reply((asked,))


def choose(session: Session, person: int, draft_id: int, unit_id: int, *, first: bool, now: datetime) -> Reply:
    """Who gets it is known: the pressed message shows it as they will see it, and below stands what sending it means.

    Chosen again (not `first`), the message below is changed. Raises Refused.
    """
    who, viewer = _who(session, person, now)
    draft, unit = _draft(session, person, draft_id), _unit(session, viewer, unit_id)
    ref = draft.data.get("ref") or f"announcement:{draft.id}:{draft.version}"
    draft = _stepped(drafts.advance(session, draft, "send", {**draft.data, "unit": unit.id, "ref": ref}, now))
    ready = _ready(session, who, draft, unit, now)
    return Reply((ready,), edit=_seen(session, who, _written(draft))) if first else Reply(edit=ready)


def choose_again(session: Session, person: int, draft_id: int, under: int | None, now: datetime) -> Reply:
    """Who gets it is asked once more, or which part of a unit."""
    _, viewer = _who(session, person, now)
    draft = _draft(session, person, draft_id)
    of = _unit(session, viewer, under) if under else None
    first = draft.step == "whom"
    buttons = _choices(session, viewer, draft, of)
    if first:
        who, _ = _who(session, person, now)
        seen = _seen(session, who, _written(draft))
        return Reply(edit=Message(text("compliance.to_whom", seen=seen.text), buttons))
    return Reply(edit=Message(text("compliance.to_whom_again"), buttons))


def send(session: Session, person: int, draft_id: int, version: int, now: datetime) -> Reply:
    """Sends it, once; the message with the button becomes the one that shows how it goes. Raises Refused."""
    who, viewer = _who(session, person, now)
    draft = _draft(session, person, draft_id)
    if draft.step != "send" or draft.version != version:
        raise Refused("compliance.other_by_now")
    unit = _unit(session, viewer, draft.data["unit"])
    if not drafts.close(session, draft):
        raise Refused("compliance.other_by_now")
    id = broadcasts.begin(
        session, viewer, _seen(session, who, _written(draft)), Audience(paths=(unit.path,)), ANNOUNCEMENT, now,
        key=f"announcement:{draft.id}:{draft.created_at.isoformat()}", role=rules.SENDER, ref=draft.data["ref"], on_end=ENDED,
    )  # fmt: skip
    row = session.get(BroadcastRow, id) if id is not None else None
    if row is None:
        raise Refused("compliance.other_by_now")
    return Reply(edit=progress.now_shows(session, row, now), toast=text("compliance.on_its_way"))


def cancel(session: Session, person: int) -> Reply:
    """It is not sent."""
    draft = drafts.current(session, person, DRAFT)
    if draft is None or not drafts.close(session, draft):
        raise Refused("compliance.other_by_now")
    return Reply(edit=Message(text("compliance.cancelled")))


def ended(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Notes how an announcement ended: counts only."""
    body = {
        "announcement": payload["broadcast"], "people": payload["total"], "sent": payload["sent"],
        "failed": payload["failed"], "held": payload["held"], "stopped": payload["state"] == State.CANCELLED,
    }  # fmt: skip
    key = f"announcement:{payload['broadcast']}"
    record(session, Fact(ANNOUNCEMENT_SENT, key, now, payload["person"], body=body), now)


# --- what stands on the phone --------------------------------------------------------------------------------------


def _seen(session: Session, who: Person, written: Written) -> Message:
    """The announcement as people see it: the words as they were written, the frame in each reader's language."""
    said = text("compliance.announcement", name=who.name, post=post_label(session, who.post), words=written.words)
    return Message(said, media=(Media("photo", f"file:{written.photo}"),) if written.photo else ())


def _choices(session: Session, viewer: Viewer, draft: Draft, of: Unit | None) -> Rows:
    verb = "cp.to" if draft.step == "whom" else "cp.re"
    units = people.units(session)
    found = rules.parts(units, viewer, of) if of else rules.choices(units, viewer)
    shown = [button("compliance.unit", f"{verb}:{draft.id}:{each.id}", unit=each.label) for each in found]
    widest = of or (found[-1] if found else None)
    below = [] if of or widest is None else rules.parts(units, viewer, widest)
    if widest is not None and any(each not in found for each in below):
        shown.append(button("compliance.a_part", f"cp.in:{draft.id}:{widest.id}"))
    if of is not None:
        shown.append(button("compliance.back", f"cp.in:{draft.id}:0"))
    return rows(*shown, _cancel(), each=1 if len(shown) < 6 else 2)


def _ready(session: Session, who: Person, draft: Draft, unit: Unit, now: datetime) -> Message:
    """What sending it would mean, and the buttons."""
    message, audience = _seen(session, who, _written(draft)), Audience(paths=(unit.path,))
    found = forecasting.forecast(session, message, audience, ANNOUNCEMENT, now)
    said = text(
        "compliance.ready", unit=unit.label, people=found.people, later=progress.told(found.later), held=found.held,
        not_reached=found.not_reached, due=found.due, minutes=found.seconds / 60,
    )  # fmt: skip
    go: list[Button] = []
    if found.people:
        go.append(button("compliance.send", f"cp.send:{draft.id}:{draft.version}", count=found.people))
    again = button("compliance.others", f"cp.in:{draft.id}:0")
    return Message(said, (*rows(*go), (again, _cancel())), ref=draft.data["ref"])


def _cancel() -> Button:
    return button("compliance.cancel", "cp.cancel")


# --- who and what --------------------------------------------------------------------------------------------------


def _who(session: Session, person: int, now: datetime) -> tuple[Person, Viewer]:
    who, viewer = people.person(session, person, now), people.viewer(session, person, now)
    if who is None or viewer is None:
        raise Refused("delivery.stale")
    return who, viewer


def _draft(session: Session, person: int, id: int) -> Draft:
    draft = drafts.current(session, person, DRAFT)
    if draft is None or draft.id != id or not draft.data.get("words"):
        raise Refused("compliance.other_by_now")
    return draft


def _stepped(draft: Draft | None) -> Draft:
    if draft is None:
        raise Refused("compliance.other_by_now")
    return draft


def _unit(session: Session, viewer: Viewer, id: int) -> Unit:
    unit = people.unit(session, id)
    if unit is None or not rules.may_announce(viewer, unit.path):
        raise Refused("compliance.not_yours")
    return unit


def _written(draft: Draft) -> Written:
    return Written(draft.data["words"], draft.data.get("photo"))
