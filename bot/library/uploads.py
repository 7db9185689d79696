"""A trainer's bank: sent, checked, previewed, published. The live bank is untouched until somebody publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed
from bot.delivery import downloads, outbox
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import doubting, owning, preview, store, translations, versions
from bot.library.actions import Difference, difference, publish
from bot.library.checking import Checked, check
from bot.library.content import bank_content, digest
from bot.library.formats.sheets import Lists
from bot.library.model import BANK_PUBLISHED, BANK_REJECTED, Bank, Place, Problem, Severity
from bot.library.shipped import known_content
from bot.library.spotting import store as spotting
from bot.library.tables import LessonRow, UploadRow
from bot.people import store as people
from bot.people.model import Person, Role, Unit

JOB = "library.uploaded"
OPEN = ("ready", "planned", "outdated")
"""States in which an upload may still be published or given up."""
ENDINGS = (
    *(".yaml", ".yml", ".csv", ".tsv", ".xlsx", ".xlsm", ".xls"),
    *(".gift", ".xml", ".txt", ".aiken", ".zip"),
)


def is_trainer(session: Session, person: int, now: datetime) -> bool:
    """Whether somebody may change the library right now."""
    viewer = people.viewer(session, person, now)
    return viewer is not None and viewer.anywhere(Role.TRAINER)


def lists() -> Lists:
    """What the drop-downs of workbooks offer."""
    known = known_content()
    return Lists(sorted(known.topics), sorted(known.lessons or ()))


def receive(session: Session, who: Person, file_id: str, name: str, now: datetime) -> UploadRow:
    """A file came: it is fetched, then checked by a job."""
    row = UploadRow(person_id=who.id, name=PurePath(name).name[:200], created_at=now)
    session.add(row)
    session.flush()
    payload = {"upload": row.id, "name": row.name, "lang": who.lang}
    downloads.want(session, file_id, JOB, payload, now, keep="file")
    return row


def uploaded(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """The file is here (or never will be): says what is wrong with it, or what publishing it would change."""
    row = store.upload(session, int(payload["upload"]))
    if row is None or row.state != "fetching":
        return None
    if payload.get("error") or not payload.get("media"):
        row.state, row.settled_at = "rejected", now
        session.flush()
        return _say(session, row, preview.not_fetched(row.name, str(payload.get("error"))), now)
    row.media = str(payload["media"])
    found = complete(session, payload.get("checked") or check(payload))
    if not found.clean:
        return reject(session, row, found, now)
    return _preview(session, row, found, now)


def complete(session: Session, found: Checked) -> Checked:
    """A file as it was found, with what only the database knows: own lessons, questions of other banks."""
    if found.bank is None:
        return found
    known = [each for each in found.problems if not _own_lesson(session, each)]
    return replace(found, problems=[*known, *_elsewhere(session, found.bank)])


def _own_lesson(session: Session, problem: Problem) -> bool:
    """Whether it complains of a lesson that the checker, which knows the shipped ones, cannot know."""
    return problem.code == "unknown_lesson" and session.get(LessonRow, str(problem.params.get("lesson"))) is not None


def _elsewhere(session: Session, bank: Bank) -> list[Problem]:
    """Questions whose id another live bank uses."""
    taken = store.banks_of(session, (question.id for question in bank.questions))
    return [
        Problem(
            "duplicate_id", bank.file, *_place(question.places), params={"id": question.id, "first": taken[question.id]}
        )
        for question in bank.questions
        if taken.get(question.id, bank.id) != bank.id
    ]


def _place(places: Mapping[str, Place]) -> Place:
    return places.get("id") or Place(1, 1)


def reject(session: Session, row: UploadRow, found: Checked, now: datetime) -> None:
    """Says what is wrong, first of all; a workbook comes back with its cells marked."""
    row.state, row.settled_at = "rejected", now
    session.flush()
    errors = sum(each.severity is Severity.ERROR for each in found.problems)
    body = {"errors": errors, "warnings": len(found.problems) - errors}
    record(session, Fact(BANK_REJECTED, f"upload:{row.id}", now, row.person_id, body=body), now)
    _say(session, row, preview.problems(row.id, row.name, found), now)
    if found.marked is not None:
        name = f"{PurePath(row.name).stem}-marked.xlsx"
        message = Message(preview.marked(row.name), media=(Media("document", found.marked, name),))
        outbox.send(session, outbox.to_person(row.person_id), message, outbox.Lane.REPLY, now)


def _preview(session: Session, row: UploadRow, found: Checked, now: datetime) -> None:
    assert found.bank is not None
    content = bank_content(found.bank)
    live = store.live_bank(session, found.bank.id)
    if live is not None and not owning.may_change(session, live.unit, row.person_id, now):
        row.state, row.settled_at, row.bank_id = "rejected", now, found.bank.id
        session.flush()
        whose = owning.unit_of(session, live.unit, row.person_id, now)
        return _say(session, row, preview.not_your_bank(found.bank, whose), now)
    change = difference(session, content["questions"], live)
    if change.nothing:
        row.state, row.settled_at, row.bank_id = "cancelled", now, found.bank.id
        session.flush()
        return _say(session, row, preview.nothing_new(found.bank), now)
    change, aside = _set_aside(session, content, change, live)
    if change.nothing:
        row.state, row.settled_at, row.bank_id = "cancelled", now, found.bank.id
        session.flush()
        return _say(session, row, preview.nothing_new(found.bank), now)
    row.state, row.bank_id, row.base_version = "ready", found.bank.id, live.version if live else 0
    fresh = {id: content["questions"][id] for id in (*change.added, *change.changed)}
    row.changes = {
        "bank": {**content, "questions": fresh},
        "added": list(change.added),
        "changed": list(change.changed),
        "absent": list(change.absent),
    }
    session.flush()
    notes = {
        "aside": aside,
        "wrong": [id for id in change.changed if versions.wrong_until(session, [id])],
        "others": _others_at_it(session, row, now),
    }
    shown = preview.clean(row.id, found.bank, change, found.problems, for_whom(session, row, live, now), notes)
    return _say(session, row, shown, now)


def _set_aside(
    session: Session, content: dict[str, Any], change: Difference, live: store.LiveBank | None
) -> tuple[Difference, dict[str, int]]:
    """Puts the translations of changed words aside; answers what is left to change, and how many there are by language."""
    before = versions.live_contents(session, change.changed)
    counts: dict[str, int] = {}
    same = set()
    for id in change.changed:
        new = translations.set_aside(before[id], content["questions"][id], content["language"])
        content["questions"][id] = new
        if live is not None and live.digests.get(id) == digest(new):
            same.add(id)
        for lang in set(translations.stale(new)) - set(translations.stale(before[id])):
            counts[lang] = counts.get(lang, 0) + 1
    changed_still = tuple(id for id in change.changed if id not in same)
    return Difference(change.added, changed_still, change.absent), counts


def _others_at_it(session: Session, row: UploadRow, now: datetime) -> list[dict[str, str]]:
    """Who else has a preview of this bank that is neither published nor given up: name, and since when."""
    which = (UploadRow.bank_id == row.bank_id, UploadRow.state.in_(OPEN), UploadRow.person_id != row.person_id)
    found = session.scalars(select(UploadRow).where(*which).order_by(UploadRow.id.desc()).limit(3))
    names = [(people.person(session, each.person_id, now), each.created_at) for each in found]
    return [{"name": who.name, "at": at.isoformat()} for who, at in names if who is not None]


def for_whom(session: Session, row: UploadRow, live: store.LiveBank | None, now: datetime) -> list[Unit]:
    """The unit whose people get it; several where the trainer has to choose."""
    if live is None:
        return owning.units_of(session, row.person_id, now)
    unit = owning.unit_of(session, live.unit, row.person_id, now)
    return [unit] if unit else []


def _say(session: Session, row: UploadRow, message: Message, now: datetime) -> None:
    outbox.edit_ref(session, ref(row.id), message, now)


def ref(upload: int) -> str:
    """The name of the message in which an upload is followed."""
    return f"upload:{upload}"


def mine(session: Session, id: int, person: int, now: datetime) -> UploadRow:
    """An upload that this person may decide about. Raises Refused: not theirs, or no trainer any more."""
    row = store.upload(session, id)
    if row is None or row.person_id != person or not is_trainer(session, person, now):
        raise Refused("library.not_a_trainer")
    return row


def change_of(row: UploadRow) -> Difference:
    """What an upload would change."""
    changes = row.changes or {"added": [], "changed": [], "absent": []}
    return Difference(tuple(changes["added"]), tuple(changes["changed"]), tuple(changes["absent"]))


def publish_upload(
    session: Session, row: UploadRow, now: datetime, *, retire_absent: bool, unit: int = 0
) -> int | None:
    """Makes the version; None where the bank changed since the preview, and then the upload is outdated.

    `unit`: whom a new bank is for, where its trainer looks after several. Raises Refused where it was decided about
    before, and where the bank is not theirs to change.
    """
    live = store.live_bank(session, row.bank_id or "") if row.base_version else None
    whose = owning.owner(session, live, unit, row.person_id, now)
    if _unsure(session, row):
        raise Refused("library.spotting.t_unsure")
    if not any(settle(session, row, before, "published", now) for before in ("ready", "planned")):
        raise Refused("library.decided")
    assert row.changes is not None
    assert row.base_version is not None
    change = change_of(row)
    bank = row.changes["bank"]
    who = {"by": row.person_id, "unit": whose}
    version = publish(session, bank, row.base_version, change, now, retire_absent=retire_absent, **who)
    if version is None:
        settle(session, row, "published", "outdated", now)
        return None
    body = {
        "bank": row.bank_id,
        "version": version,
        "added": len(change.added),
        "changed": len(change.changed),
        "retired": len(change.absent) if retire_absent else 0,
    }
    record(session, Fact(BANK_PUBLISHED, f"bank:{row.bank_id}:{version}", now, row.person_id, body=body), now)
    doubting.corrected(session, change.changed, row.person_id, now)
    session.execute(update(UploadRow).where(UploadRow.id == row.id).values(changes=None))
    return version


def _unsure(session: Session, row: UploadRow) -> list[str]:
    """Pictures of dangers that questions show and of which nobody named has said that nobody can be recognised."""
    questions = (row.changes or {}).get("bank", {}).get("questions", {}).values()
    shown = {str(each["payload"]["picture"]) for each in questions if each["payload"].get("picture")}
    return spotting.unsure(session, shown) if shown else []


def cancel(session: Session, row: UploadRow, now: datetime) -> bool:
    """Gives an upload up; False where it was decided about before."""
    return any(settle(session, row, before, "cancelled", now) for before in OPEN)


def check_again(session: Session, row: UploadRow, lang: str, now: datetime) -> bool:
    """Previews an outdated upload against the bank as it is now."""
    if not settle(session, row, "outdated", "fetching", now):
        return False
    payload = {"upload": row.id, "name": row.name, "lang": lang, "media": row.media, "error": None}
    jobs.enqueue(session, JOB, payload, key=f"upload:{row.id}:{now.isoformat()}", now=now)
    return True


def settle(session: Session, row: UploadRow, before: str, after: str, now: datetime) -> bool:
    """The conditional step of an upload from one state to another."""
    which = (UploadRow.id == row.id, UploadRow.state == before)
    done = changed(session, update(UploadRow).where(*which).values(state=after, settled_at=now)) == 1
    session.refresh(row)
    return done
