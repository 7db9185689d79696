"""Having a file of scores made, and issuing a period: begun here, counted slice by slice in jobs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bot.assessment.issuing import signing, store
from bot.assessment.issuing.model import EXPORTED, ISSUED, Export, Format, Snapshot, State
from bot.assessment.issuing.records import Record
from bot.assessment.issuing.tables import (
    ScoreExportPartRow,
    ScoreExportRow,
    ScorePolicyRow,
    ScoreSnapshotRow,
)
from bot.assessment.model import Period
from bot.assessment.scores import looking
from bot.assessment.scores.policy import policy
from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.errors import Refused
from bot.kit.replies import Media, Message
from bot.kit.texts import Text, text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.media import store as media
from bot.people import store as people
from bot.people.model import Person, Role

PART, MAKE = "assessment.issuing.part", "assessment.issuing.make"
SLICE = 25
"""People in a slice: each of them is told who has looked."""


def begin(
    session: Session, by: Person, unit: int, period: Period, format: Format, lang: str, key: str, now: datetime
) -> Export:
    """Begins a file about the people of a unit. Refused: to others than human resources and management there, and to issue a
    period that is not over.
    """
    there, viewer = people.unit(session, unit), people.viewer(session, by.id, now)
    if there is None or viewer is None or not viewer.holds(Role.HR, there.path):
        raise Refused("assessment.issuing.not_yours")
    if format is Format.ISSUE and period.ends >= people.today_of(by, now):
        raise Refused("assessment.issuing.not_over")
    return _begin(session, by.id, {"unit_id": unit, "path": there.path}, period, format, lang, key, now)


def begin_mine(session: Session, who: Person, period: Period, key: str, now: datetime) -> Export:
    """Begins somebody's own report."""
    values = {"unit_id": None, "path": who.path, "person_id": who.id}
    return _begin(session, who.id, values, period, Format.PDF, who.lang, key, now)


def begin_of(session: Session, by: Person, whom: Person, period: Period, key: str, now: datetime) -> Export:
    """Begins the report of one person, for whoever may see it. Refused: to others."""
    viewer = people.viewer(session, by.id, now)
    if viewer is None or not looking.may_look(session, viewer, whom.path):
        raise Refused("assessment.issuing.not_yours")
    values = {"unit_id": whom.unit, "path": whom.path, "person_id": whom.id}
    return _begin(session, by.id, values, period, Format.PDF, by.lang, key, now)


def _begin(
    session: Session, by: int, what: dict[str, Any], period: Period, format: Format, lang: str, key: str, now: datetime
) -> Export:
    values = what | {
        "key": key, "by_id": by, "starts_on": period.starts, "ends_on": period.ends, "format": format.value, "lang": lang,
        "state": State.COUNTING.value, "people": [], "done": 0, "created_at": now,
    }  # fmt: skip
    id = insert_once(session, ScoreExportRow, values, "key")
    if id is None:
        raise Refused("assessment.issuing.under_way")
    found = store.export(session, id)
    assert found is not None
    outbox.send(session, outbox.to_person(by), progress(session, found), Lane.REPLY, now, key=f"scores:{id}:progress")
    _next(session, PART, id, 0, now)
    return found


def may_go_on(session: Session, found: Export, now: datetime) -> bool:
    """Whether whoever asked may still see it; looked at again in each slice."""
    if found.person == found.by:
        return True
    viewer = people.viewer(session, found.by, now)
    return viewer is not None and viewer.holds(Role.HR, found.path)


def counted(
    session: Session, id: int, number: int, whole: Sequence[int], body: Sequence[Record], now: datetime
) -> None:
    """A slice was counted: it is kept, those in it are told who looks, the progress is shown, the next slice begins."""
    found = store.export(session, id)
    if found is None or found.state is not State.COUNTING:
        return
    values = {"export_id": id, "number": number, "body": list(body)}
    if insert_once(session, ScoreExportPartRow, values) is None:
        return
    done = min((number + 1) * SLICE, len(whole))
    session.execute(update(ScoreExportRow).where(ScoreExportRow.id == id).values(people=list(whole), done=done))
    looking.note(session, found.by, [each["person"] for each in body if each["agreed"]], "file", now)
    again = store.export(session, id)
    assert again is not None
    if again.person is None:
        outbox.edit_ref(session, ref(id), progress(session, again), now)
    _next(session, PART if done < len(whole) else MAKE, id, number + 1, now)


def made(session: Session, id: int, file: str, records: int, now: datetime) -> None:
    """The file is there: it goes to whoever asked, and its parts go."""
    found = store.export(session, id)
    if found is None or not _end(session, id, State.DONE, now, media=file):
        return
    body = {"export": id, "format": found.format.value, "people": records}
    record(session, Fact(EXPORTED, f"scores-exported:{id}", now, found.by, body=body), now)
    send(session, found, file, now)


def issued(session: Session, id: int, data: bytes, file: str, people_in: int, now: datetime) -> None:
    """The period is issued: once signed, the same data gives the same file and is not issued twice."""
    found = store.export(session, id)
    if found is None or found.unit is None or not _end(session, id, State.DONE, now):
        return
    sha, used = signing.sha256(data), policy()
    values = {
        "key": f"{found.unit}:{found.starts}:{found.ends}:{sha}", "unit_id": found.unit, "path": found.path,
        "starts_on": found.starts, "ends_on": found.ends, "version": used.version, "sha256": sha,
        "people": people_in, "by_id": found.by, "at": now, "media": file,
    }  # fmt: skip
    number = insert_once(session, ScoreSnapshotRow, values, "key")
    if number is None:
        _say(session, found.by, Message(text("assessment.issuing.same", sha=sha)), f"scores:{id}:same", now)
        return
    body = {"snapshot": number, "unit": found.unit, "people": people_in, "version": used.version, "sha": sha}
    record(session, Fact(ISSUED, f"scores-issued:{number}", now, found.by, body=body), now)
    said = text(
        "assessment.issuing.issued", number=number, sha=sha, key=signing.public_key(), people=people_in,
        starts=found.starts.isoformat(), ends=found.ends.isoformat(), version=used.version,
    )  # fmt: skip
    shown = Message(said, media=(Media("document", file, f"scores-{found.starts}-{found.ends}.signed.json"),))
    _say(session, found.by, shown, f"scores:{id}:issued", now)


def keeps_its_word(session: Session, now: datetime) -> bool:
    """Notes the policy by which something is issued; False where its version was used for another text."""
    used = policy()
    sha = hashlib.sha256(used.text.encode()).digest()
    values = {"version": used.version, "sha256": sha, "text": used.text, "at": now}
    insert_once(session, ScorePolicyRow, values)
    return bool(session.get_one(ScorePolicyRow, used.version).sha256 == sha)


def stop(session: Session, id: int, why: Text, now: datetime) -> None:
    """It does not go on: whoever asked is told why."""
    found = store.export(session, id)
    if found is not None and _end(session, id, State.STOPPED, now):
        _say(session, found.by, Message(why), f"scores:{id}:stopped", now)


def _end(session: Session, id: int, state: State, now: datetime, media: str | None = None) -> bool:
    counting = (ScoreExportRow.id == id, ScoreExportRow.state == State.COUNTING.value)
    values = {"state": state.value, "done_at": now, "media": media}
    if changed(session, update(ScoreExportRow).where(*counting).values(**values)) != 1:
        return False
    session.execute(delete(ScoreExportPartRow).where(ScoreExportPartRow.export_id == id))
    return True


def send(session: Session, found: Export, file: str, now: datetime) -> None:
    """The file, into the chat of whoever asked."""
    said = text("assessment.issuing.here", starts=found.starts.isoformat(), ends=found.ends.isoformat())
    name = f"scores-{found.starts}-{found.ends}.{found.format.value}"
    _say(session, found.by, Message(said, media=(Media("document", file, name),)), f"scores:{found.id}:file", now)


def progress(session: Session, found: Export) -> Message:
    """How far it is."""
    unit = people.unit(session, found.unit) if found.unit else None
    said = text(
        "assessment.issuing.progress", format=found.format.value, done=found.done, of=len(found.people),
        unit=unit.label if unit else "", starts=found.starts.isoformat(), ends=found.ends.isoformat(),
    )  # fmt: skip
    return Message(said, ref=ref(found.id))


def forget_files(session: Session, before: datetime, most: int) -> int:
    """Erases files that were sent; answers how many."""
    found = store.sent_before(session, before, most)
    for row in found:
        if row.media is not None:
            media.erase(row.media)
            row.media = None
    return len(found)


def ref(id: int) -> str:
    """The name of the message that shows how far an export is."""
    return f"scores:{id}"


def may_see(session: Session, person: int, found: Snapshot, now: datetime) -> bool:
    """Whether somebody may have what was issued."""
    viewer = people.viewer(session, person, now)
    return viewer is not None and viewer.holds(Role.HR, found.path)


def _next(session: Session, job: str, id: int, number: int, now: datetime) -> None:
    jobs.enqueue(session, job, {"export": id, "number": number}, key=f"{job}:{id}:{number}", now=now)


def _say(session: Session, person: int, message: Message, key: str, now: datetime) -> None:
    outbox.send(session, outbox.to_person(person), message, Lane.REPLY, now, key=key)
