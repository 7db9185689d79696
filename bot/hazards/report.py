"""From a photo to a report: the draft, sending it by name or without, and practising."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.delivery import drafts, outbox, seals
from bot.delivery.drafts import Draft
from bot.delivery.outbox import Lane
from bot.delivery.tables import SentMessageRow
from bot.hazards import alike, attached, company, correcting, digest, drafting, store, whom
from bot.hazards.model import BEGUN, PRACTISED, REPORTED, Hazard, Kind, MediaRole, Report, Reporter, State
from bot.hazards.rules import DRAFT_STALE, LATE_BY, MOST_FILES, REMIND_AFTER, TELL_AFTER, rings
from bot.hazards.tables import HazardHereRow, HazardHiddenRow, HazardPracticeRow, HazardRow
from bot.hazards.telling import moment
from bot.kit.events import Event, Sent
from bot.kit.replies import Message, here_ref
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import store as people
from bot.people.model import Person, Place

Data = dict[str, Any]


# --- the draft --------------------------------------------------------------------------------------------------------


def begin(session: Session, event: Event, who: Person, step: str, now: datetime) -> Draft:
    """Opens a draft for what somebody sent (or `/report`); the report's key is an HMAC of that message."""
    place = store.place_scanned(session, who.id, now)
    data: Data = {
        "key": seals.seal().name("hazard", event.chat, event.message or event.update_id),
        "chat": event.chat,
        "files": [],
        "words": [],
        "place": place.id if place else None,
        "practice": False,
        "may_practise": not store.has_reported(session, who.id),
        "reminded": 0,
        "touched": now.isoformat(),
    }
    if now - event.at > LATE_BY:
        data["sent_at"] = event.at.isoformat()
    if isinstance(event, Sent):
        data["files"], data["words"] = [_file(event)], _caption(event)
        data["lines"] = {str(event.message): 0} if data["words"] else {}
        data["album"] = album_name(event.album)
    return drafts.begin(session, who.id, drafting.KIND, step, data, now, now + REMIND_AFTER)


def join(session: Session, draft: Draft, event: Sent, now: datetime) -> Draft | None:
    """Adds a file (and its caption) to an open draft; None where it holds ten already."""
    if len(draft.data["files"]) >= MOST_FILES:
        return None
    data = freshen(draft, now)
    data["files"], data["words"] = [*data["files"], _file(event)], [*data["words"], *_caption(event)]
    if _caption(event):
        data["lines"] = {**data.get("lines", {}), str(event.message): len(data["words"]) - 1}
    data["album"] = album_name(event.album) or data.get("album")
    asked_anew = draft.step == "wait" or data.get("old_at") != draft.data.get("old_at")
    return step(session, draft, "menu" if asked_anew else draft.step, data, now)


def freshen(draft: Draft, now: datetime) -> Data:
    """The draft's data, marked if it had been left lying, so that something old is not sent by mistake."""
    data = dict(draft.data)
    touched = datetime.fromisoformat(data["touched"])
    if now - touched > DRAFT_STALE and (data["files"] or data["words"]):
        data |= {"old_at": data["touched"], "new_from": [len(data["files"]), len(data["words"])]}
    return data


def only_new(session: Session, draft: Draft, now: datetime) -> Draft | None:
    """Drops what had been left lying and keeps what came now."""
    data = dict(draft.data)
    files, words = data.pop("new_from", (0, 0))
    data.pop("old_at", None)
    data |= {"files": data["files"][files:], "words": data["words"][words:], "lines": {}, "sent_at": None}
    # that somebody was hurt yesterday, and where, says nothing of today's photo
    place = store.place_scanned(session, draft.person, now)
    data |= {"kind": None, "urgency": None, "place": place.id if place else None, "place_words": None}
    return step(session, draft, "menu", data, now)


def step(session: Session, draft: Draft, to: str, data: Mapping[str, Any], now: datetime) -> Draft | None:
    """The draft at another step. Whoever is still at it is not reminded; the reminder comes once."""
    remind_at = now + REMIND_AFTER if not data["reminded"] else draft.remind_at
    if data["practice"]:
        remind_at = None
    return drafts.advance(session, draft, to, {**data, "touched": now.isoformat()}, now, remind_at)


def _file(event: Sent) -> list[str]:
    return list(attached.file_of(event))


def _caption(event: Sent) -> list[str]:
    return [event.caption.strip()] if event.caption.strip() else []


def album_name(album: str | None) -> str | None:
    """An album under seal: enough to know its other photos by."""
    return seals.seal().name("album", album) if album else None


def discard(session: Session, draft: Draft) -> bool:
    """Not a report: what was begun is erased."""
    return drafts.close(session, draft)


# --- sending ----------------------------------------------------------------------------------------------------------


def report_hazard(session: Session, report: Report, reporter: Reporter, now: datetime, *, named: bool = True) -> Hazard:
    """Makes the report, once a key, and calls whoever must know. Unnamed, nothing written leads to the reporter."""
    known = store.by_key(session, report.key)
    if known is not None:
        return known
    row = _row(report, reporter, now, named)
    session.add(row)
    session.flush()
    session.add_all(HazardHiddenRow(hazard_id=row.id, person_id=id) for id in report.hidden_from)
    row.due_at = row.created_at + correcting.limit(session, store.as_hazard(row))
    session.flush()
    hazard = store.as_hazard(row)
    attached.attach(session, hazard, report.files, MediaRole.BEFORE, now)
    body = {
        "hazard": hazard.id,
        "unit": hazard.unit,
        "kind": hazard.kind.value,
        "urgency": hazard.urgency.value if hazard.urgency else None,
        "files": len(report.files),
    }
    # unnamed facts carry neither a person nor the unit and post that a person would bring with them
    fact = Fact(
        REPORTED,
        f"hazard:{hazard.key}",
        moment(hazard, now),
        person=reporter if named and isinstance(reporter, int) else None,
        body=body,
    )
    record(session, fact, now)
    digest.call(session, hazard, now, fresh=True)
    alike.by_words(session, hazard, now)
    return hazard


def _row(report: Report, reporter: Reporter, now: datetime, named: bool) -> HazardRow:
    row = HazardRow(
        key=report.key,
        kind=report.kind.value,
        state=State.REPORTED.value,
        urgency=report.urgency.value if report.urgency else None,
        unit_id=report.unit,
        path=report.path,
        place_id=report.place,
        place_words=report.place_words,
        words=report.words,
        album=report.album,
        happened_at=report.happened_at if named or report.happened_at is None else outbox.coarse(report.happened_at),
        created_at=now if named else outbox.coarse(now),
        round=0,
    )
    if named and isinstance(reporter, int):
        row.reporter_id = reporter
    else:
        row.reporter_seal = seals.seal().close(str(reporter))
        row.reporter_mark = store.mark(report.key, reporter)
    return row


def send(session: Session, draft: Draft, who: Person, now: datetime) -> Hazard | None:
    """Sends the draft under the person's name; None where it was closed meanwhile."""
    if not drafts.close(session, draft):
        return None
    return report_hazard(session, drafting.report_of(session, who, draft.data), who.id, now)


def send_sealed(session: Session, draft: Draft, who: Person, pressed: int | None, now: datetime) -> Hazard | None:
    """Sends the draft without the name, and erases every trace of the conversation first; None where it was closed.

    The confirmation takes the place of the draft's message, by an edit under seal.
    """
    if not drafts.close(session, draft):
        return None
    numbers = _erase(session, draft, who, pressed)
    hazard = report_hazard(session, drafting.report_of(session, who, draft.data), who.id, now, named=False)
    loud = rings(hazard.kind, hazard.urgency, hazard.severity)
    words = text("hazards.sealed_sent", number=hazard.id, rings=loud, hurt=hazard.kind is Kind.HURT)
    newest = pressed if pressed is not None else max(numbers, default=None)
    for number in numbers:
        said = words if number == newest else text("hazards.closed_draft")
        outbox.edit_sealed(session, who.id, number, Message(said), now)
    if not numbers:
        sealed = outbox.under_seal(who.id)
        outbox.send(session, sealed, Message(words), Lane.REPLY, moment(hazard, now), key=f"hazard:{hazard.id}:sent")
    for nth, show in enumerate(company.when_hurt if hazard.kind is Kind.HURT else ()):
        aid, key = show(session, hazard.path), f"hazard:{hazard.id}:aid:{nth}"
        outbox.send(session, outbox.under_seal(who.id), aid, Lane.REPLY, moment(hazard, now), key=key)
    return hazard


def _erase(session: Session, draft: Draft, who: Person, pressed: int | None) -> list[int]:
    """Forgets the draft's messages and the scan of a place; answers the numbers of the messages in the chat."""
    chat, ref = draft.data["chat"], drafting.ref_of(draft)
    which = (SentMessageRow.chat_id == chat, SentMessageRow.ref == ref)
    numbers = set(session.scalars(select(SentMessageRow.message_id).where(*which)))
    if pressed is not None:
        numbers.add(pressed)
        one = (SentMessageRow.chat_id == chat, SentMessageRow.message_id == pressed)
        session.execute(delete(SentMessageRow).where(*one))
    outbox.forget(session, who.id, chat, ref)
    outbox.forget(session, who.id, chat, f"{ref}:full")
    outbox.forget(session, who.id, chat, here_ref(who.id))
    here = session.get(HazardHereRow, who.id)
    if here is not None:
        session.delete(here)
    return sorted(numbers)


def practise(session: Session, draft: Draft, who: Person, now: datetime) -> bool:
    """The end of a practice: it goes to nobody. False where it was closed meanwhile."""
    if not drafts.close(session, draft):
        return False
    if session.get(HazardPracticeRow, who.id) is None:
        session.add(HazardPracticeRow(person_id=who.id, at=now))
    record(session, Fact(PRACTISED, f"practice:{seals.seal().name('practice', who.id)}", now, person=who.id), now)
    return True


# --- places and reminders ---------------------------------------------------------------------------------------------


def scan(session: Session, who: Person, place: Place, now: datetime) -> None:
    """Remembers for an hour where somebody is."""
    session.merge(HazardHereRow(person_id=who.id, place_id=place.id, at=now))
    session.flush()


def remind(session: Session, draft: Draft, now: datetime) -> None:
    """A report was left unfinished: first its writer is reminded, then the site's watch hears that one was begun."""
    who = people.person(session, draft.person, now)
    if who is None or who.left_on is not None:
        drafts.advance(session, draft, draft.step, draft.data, now, None)
        return
    reminded = draft.data["reminded"]
    later = now + TELL_AFTER if not reminded else None
    on = drafts.advance(session, draft, draft.step, {**draft.data, "reminded": reminded + 1}, now, later)
    if on is None:
        return
    if not reminded:
        outbox.withdraw(session, drafting.ref_of(on), now)
        outbox.send(session, outbox.to_person(who.id), drafting.reminder(session, on, who, now), Lane.REPLY, now)
    else:
        tell_begun(session, on, who, now)


def tell_begun(session: Session, draft: Draft, who: Person, now: datetime) -> None:
    """The site's watch hears that a report was begun: where roughly, but not by whom, and not what it shows."""
    at = outbox.coarse(now)
    key = seals.seal().name("begun", draft.data["key"])  # not the report's own key, which would join the two
    record(session, Fact(BEGUN, f"begun:{key}", at, unit=who.unit, body={"unit": who.unit}), now)
    unit = people.unit(session, who.unit)
    words = text("hazards.begun", place=unit.label if unit else "")
    for person in whom.site_watch(whom.on_call(session, who.path, now), now):
        if person.id != who.id:
            outbox.send(
                session, outbox.to_person(person.id), Message(words), Lane.ALERT, at, key=f"begun:{key}:{person.id}"
            )
