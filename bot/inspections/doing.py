"""Going through a checklist: begin, answer, add words and photos, go back, end.

A fail becomes a danger when one goes on from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.delivery import downloads
from bot.inspections import actions, rules, store
from bot.inspections.dangers import hand_over
from bot.inspections.model import DONE, Answer, Item, Origin, Outcome, Photo, State, Step
from bot.inspections.tables import InspectionAnswerRow, InspectionPhotoRow, InspectionRow
from bot.inspections.walks import Walk, walk
from bot.kit.errors import Refused
from bot.kit.events import FileRef
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people.model import Person

KEPT, SIGNS = "inspections.photo_kept", "inspections.signs"
SHOWN = ("photo", "voice", "video")
"""The kinds of files that can be kept with an item."""
MOST_FILES = 10


def begin_own(session: Session, who: Person, checklist: int, place: int | None, key: str, now: datetime) -> int:
    """Somebody goes through a checklist because they want to. Refused: a list that their unit does not use."""
    kept = actions.usable(session, checklist, who.path)
    values = {
        "key": key, "checklist_id": kept.id, "version": kept.used, "unit_id": who.unit, "path": who.path,
        "place_id": place, "person_id": who.id, "state": State.DUE.value, "due_at": now, "asked_at": now, "at": 0,
        "origin": Origin.OWN.value, "step": "ask", "passed": 0, "failed": 0, "seconds": 0.0,
    }  # fmt: skip
    made = insert_once(session, InspectionRow, values, "key")
    found = made or session.scalar(select(InspectionRow.id).where(InspectionRow.key == key))
    assert found is not None
    return int(found)


def begin(session: Session, by: int, id: int, now: datetime) -> Walk:
    """Begins an inspection, or goes on with one. Whoever leads there may take it over before it has begun.

    Refused: to others, and one that is over.
    """
    found = store.inspection(session, id)
    if found is None or not (
        found.person == by or (found.state is State.DUE and store.leads(session, by, found.path, now))
    ):
        raise Refused("inspections.not_yours")
    if found.state not in (State.DUE, State.RUNNING):
        raise Refused("inspections.over")
    if found.due_at > now:
        raise Refused("inspections.changed_meanwhile")  # a random check is not known of before its hour
    which = (InspectionRow.id == id, InspectionRow.state == found.state.value, InspectionRow.person_id == found.person)
    new: dict[str, Any] = {"state": State.RUNNING.value, "person_id": by, "shown_at": now}
    new |= {"started_at": now} if found.state is State.DUE else {}
    if changed(session, update(InspectionRow).where(*which).values(**new)) != 1:
        raise Refused("inspections.changed_meanwhile")
    return _again(session, id)


def _again(session: Session, id: int) -> Walk:
    found = walk(session, id)
    assert found is not None
    return found


def mine(session: Session, by: int, id: int, at: int, step: Step | None = None) -> Walk:
    """An inspection under way that somebody stands with at an item. Refused: to others, and where it stands elsewhere by now."""
    found = walk(session, id)
    if found is None or found.on.person != by:
        raise Refused("inspections.not_yours")
    if found.on.state is not State.RUNNING or found.on.at != at or (step is not None and found.on.step is not step):
        raise Refused("inspections.changed_meanwhile")
    return found


def answer(session: Session, by: int, id: int, at: int, value: str, now: datetime) -> Walk:
    """Answers the item that an inspection stands at, and goes on where nothing more is wanted.

    Refused: what is no answer to it, and to change what was handed over as a danger.
    """
    found = mine(session, by, id, at)
    item, before = found.item, found.answered
    outcome = rules.judge(item, value) if item is not None else None
    if item is None or outcome is None:
        raise Refused("inspections.no_answer")
    if before is not None and before.handed_at is not None:
        raise Refused("inspections.handed")
    shown = found.on.shown_at or now
    seconds = (now - shown).total_seconds() + (before.seconds if before else 0.0)
    _keep(session, found, item, outcome, None if value in tuple(Outcome) else value[:200], seconds, now)
    photos = len(store.photos(session, id, item.code))
    step = Step.MORE if rules.wants_more(item, outcome, photos) else None
    if step is None:
        return _on(session, found, now)
    _stand(session, found, found.on.at, step, now)
    return _again(session, id)


def _keep(
    session: Session, found: Walk, item: Item, outcome: Outcome, value: str | None, seconds: float, now: datetime
) -> None:
    values = {
        "inspection_id": found.on.id, "item": item.code, "outcome": outcome.value, "value": value,
        "seconds": seconds, "at": now, "no_photo": False,
    }  # fmt: skip
    if insert_once(session, InspectionAnswerRow, values) is None:
        which = (InspectionAnswerRow.inspection_id == found.on.id, InspectionAnswerRow.item == item.code)
        still = (*which, InspectionAnswerRow.handed_at.is_(None))
        if changed(session, update(InspectionAnswerRow).where(*still).values(**values)) != 1:
            raise Refused("inspections.handed")


def _stand(session: Session, found: Walk, at: int, step: Step, now: datetime) -> None:
    which = (
        InspectionRow.id == found.on.id,
        InspectionRow.at == found.on.at,
        InspectionRow.step == found.on.step.value,
    )
    running = (*which, InspectionRow.state == State.RUNNING.value)
    new = {"at": at, "step": step.value, "shown_at": now}
    if changed(session, update(InspectionRow).where(*running).values(**new)) != 1:
        raise Refused("inspections.changed_meanwhile")


def _on(session: Session, found: Walk, now: datetime) -> Walk:
    """One item on; what was not in order is handed over."""
    _stand(session, found, found.on.at + 1, Step.ASK, now)
    if found.item is not None:
        hand_over(session, _again(session, found.on.id), found.item, now)
    return _again(session, found.on.id)


def go_on(session: Session, by: int, id: int, at: int, now: datetime, *, no_photo: bool = False) -> Walk:
    """Goes on from an item that was answered. Refused: while a photo is owed, unless one cannot be taken there."""
    found = mine(session, by, id, at, Step.MORE)
    item, said = found.item, found.answered
    if item is None or said is None:
        raise Refused("inspections.changed_meanwhile")
    if rules.photo_owed(item, said.outcome, len(store.photos(session, id, item.code))):
        if not no_photo:
            raise Refused("inspections.photo_first")
        which = (InspectionAnswerRow.id == said.id,)
        session.execute(update(InspectionAnswerRow).where(*which).values(no_photo=True))
    return _on(session, found, now)


def go_back(session: Session, by: int, id: int, at: int, now: datetime) -> Walk:
    """One item back, or out of what was asked besides it."""
    found = mine(session, by, id, at)
    to = at if found.on.step is Step.MORE else max(at - 1, 0)
    _stand(session, found, to, Step.ASK, now)
    return _again(session, id)


def attach(session: Session, by: int, found: Walk, item: Item, note: str, file: FileRef | None, now: datetime) -> Walk:
    """Words, and a photo, a voice message or a film, to an item. Refused: where the danger was handed over by now."""
    said = found.answers.get(item.code)
    if found.on.person != by or (said is not None and said.handed_at is not None):
        raise Refused("inspections.handed")
    if note:
        _note(session, found, item, said, note, now)
    if file is not None and file.kind in SHOWN:
        if len(store.photos(session, found.on.id, item.code)) >= MOST_FILES:
            raise Refused("inspections.enough_photos")
        row = InspectionPhotoRow(
            inspection_id=found.on.id, item=item.code, kind=file.kind, file_id=file.file_id, at=now
        )
        session.add(row)
        session.flush()
        if file.kind == "photo":
            downloads.want(session, file.file_id, KEPT, {"photo": row.id}, now)
    owed = said is not None and item.photo is Photo.YES and said.outcome is Outcome.PASS
    if found.on.step is Step.MORE and owed and file is not None and found.item == item:
        return _on(session, _again(session, found.on.id), now)
    return _again(session, found.on.id)


def _note(session: Session, found: Walk, item: Item, said: Answer | None, note: str, now: datetime) -> None:
    if said is None:  # words before the answer are kept until it comes
        raise Refused("inspections.answer_first")
    both = "\n".join(filter(None, (said.note, note)))[: rules.MOST_NOTE]
    session.execute(update(InspectionAnswerRow).where(InspectionAnswerRow.id == said.id).values(note=both))


def finish(session: Session, by: int, id: int, now: datetime) -> Walk:
    """Ends an inspection whose items are all answered. Refused: to others, the second time, and before the end."""
    found = walk(session, id)
    if found is None or found.on.person != by:
        raise Refused("inspections.not_yours")
    said = [found.answers.get(item.code) for item in found.list.items]
    if found.item is not None or None in said:
        raise Refused("inspections.changed_meanwhile")
    kept = [each for each in said if each is not None]
    failed = sum(each.outcome is Outcome.FAIL for each in kept)
    seconds = sum(each.seconds for each in kept)
    which = (InspectionRow.id == id, InspectionRow.state == State.RUNNING.value, InspectionRow.at == found.on.at)
    new = {
        "state": State.DONE.value, "done_at": now, "failed": failed, "seconds": seconds,
        "passed": sum(each.outcome is Outcome.PASS for each in kept),
    }  # fmt: skip
    if changed(session, update(InspectionRow).where(*which).values(**new)) != 1:
        raise Refused("inspections.changed_meanwhile")
    for item in found.list.items:
        hand_over(session, found, item, now)
    body = {
        "inspection": id, "checklist": found.on.checklist, "unit": found.on.unit, "origin": found.on.origin.value,
        "items": len(kept), "failed": failed, "seconds": round(seconds), "late": found.on.missed_at is not None,
    }  # fmt: skip
    record(session, Fact(DONE, f"inspection:{id}:done", now, by, body=body), now)
    # by then its photos have been fetched
    seen, key = {"inspection": id}, f"inspection:{id}:signs"
    jobs.enqueue(session, SIGNS, seen, key=key, now=now, run_at=now + rules.SIGNS_AFTER)
    return _again(session, id)
