"""From a picture to a question: faces blurred, covered further, somebody named is sure, its marks, its bank."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.i18n.languages import LANGUAGES
from bot.i18n.say import say
from bot.kit.errors import Refused
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import store as library
from bot.library import uploads
from bot.library.formats.write import export
from bot.library.kinds.spot import SpotPayload
from bot.library.model import ANY, Bank, Option, Question
from bot.library.spotting import store
from bot.library.spotting.model import DROPPED, MOST_MARKS, PROPOSED, SENT, SURE, WAITING, Spot, State
from bot.library.spotting.tables import SpotPictureRow, SpotRow
from bot.library.tables import UploadRow
from bot.media import faces
from bot.media import store as media
from bot.people import store as people
from bot.people.model import Person

BLUR, DRAW = "library.spot_blurred", "library.spot_drawn"


def propose(
    session: Session, key: str, unit: int, path: str, topic: str | None, pictures: Sequence[str], now: datetime
) -> bool:
    """Pictures that could become a question, once a key; False where there is no trainer to look, or nothing to find faces with."""
    if not pictures or not faces.available() or store.trainer(session, path, now) is None:
        return False
    values = {
        "key": key, "unit_id": unit, "path": path, "topic": topic, "state": State.DRAWING.value, "version": 0, "pictures": [],
        "faces": 0, "chosen": 0, "covers": [], "marks": [], "created_at": now, "touched_at": now,
    }  # fmt: skip
    id = insert_once(session, SpotRow, values, "key")
    if id is None:
        return False
    jobs.enqueue(session, BLUR, {"spot": id, "pictures": list(pictures)}, key=f"spot:{id}:blur", now=now, tries=2)
    return True


def blurred(session: Session, id: int, made: Sequence[str], count: int, now: datetime) -> None:
    """Faces are blurred: what is left is drawn, and the trainer hears that a picture waits. Nothing made: it is dropped."""
    values: dict[str, Any] = {"touched_at": now}
    if not made:
        if _move(session, id, State.DRAWING, values | {"state": State.DROPPED.value}):
            record(session, Fact(DROPPED, f"spot:{id}:dropped", now, body={"spot": id, "why": "unread"}), now)
        return
    values |= {"state": State.OPEN.value, "pictures": list(made), "faces": count}
    if not _move(session, id, State.DRAWING, values):
        return
    spot = store.spot(session, id)
    assert spot is not None
    record(session, Fact(PROPOSED, f"spot:{id}", now, unit=spot.unit, body={"unit": spot.unit, "faces": count}), now)
    _draw(session, spot, now)
    who = store.trainer(session, spot.path, now)
    if who is not None:
        waiting = store.count(session, who.id, now)
        said = Message(
            text("library.spotting.waiting", count=waiting), rows(button("library.spotting.b_look", "ls.list"))
        )
        to = outbox.to_person(who.id)
        outbox.send(session, to, said, outbox.Lane.BULK, now, topic="library.spotting", unasked=WAITING)


def _move(session: Session, id: int, before: State, values: dict[str, Any], version: int | None = None) -> bool:
    which = [SpotRow.id == id, SpotRow.state == before.value]
    if version is not None:
        which.append(SpotRow.version == version)
    return changed(session, update(SpotRow).where(*which).values(**values)) == 1


def _draw(session: Session, spot: Spot, now: datetime) -> None:
    payload = {
        "spot": spot.id,
        "version": spot.version,
        "picture": spot.pictures[spot.chosen],
        "covers": list(spot.covers),
    }
    jobs.enqueue(session, DRAW, payload, key=f"spot:{spot.id}:draw:{spot.version}", now=now)


def drawn(session: Session, id: int, version: int, shown: str, grid: str) -> Spot | None:
    """The picture as it is covered now; None where it was changed meanwhile, and then another is on its way."""
    if not _move(session, id, State.OPEN, {"shown": shown, "grid": grid}, version):
        return None
    return store.spot(session, id)


def note_files(session: Session, id: int, refs: Sequence[str]) -> None:
    """Every file that was made, so that it can be erased, and shown in no question unless somebody was sure."""
    for ref in refs:
        insert_once(session, SpotPictureRow, {"ref": ref, "spot_id": id})


# --- covering and being sure ------------------------------------------------------------------------------------------


def _change(session: Session, spot: Spot, now: datetime, **values: Any) -> Spot:
    """Another picture or other covers: drawn anew, and nobody has been sure of it."""
    new = {"version": spot.version + 1, "shown": None, "grid": None, "touched_at": now, **values}
    if not _move(session, spot.id, State.OPEN, new, spot.version):
        raise Refused("library.spotting.t_changed")
    found = store.spot(session, spot.id)
    assert found is not None
    _draw(session, found, now)
    return found


def cover(session: Session, spot: Spot, cell: int, now: datetime) -> Spot:
    """Covers a cell of the grid, or uncovers it again."""
    if not 1 <= cell <= faces.COLUMNS * faces.ROWS:
        raise Refused("delivery.stale")
    covers = sorted(set(spot.covers) ^ {cell})
    return _change(session, spot, now, covers=covers)


def choose(session: Session, spot: Spot, now: datetime) -> Spot:
    """The next of its pictures: how it was, how it is now."""
    return _change(session, spot, now, chosen=(spot.chosen + 1) % len(spot.pictures), covers=[])


def be_sure(session: Session, spot: Spot, version: int, who: Person, now: datetime) -> Spot:
    """Somebody named says that nobody can be recognised in the picture that they saw. Refused: it is another one by now."""
    values = {"state": State.SURE.value, "sure_by": who.id, "sure_at": now, "touched_at": now}
    if spot.shown is None or not _move(session, spot.id, State.OPEN, values, version):
        raise Refused("library.spotting.t_changed")
    body = {"spot": spot.id, "covers": len(spot.covers)}
    record(session, Fact(SURE, f"spot:{spot.id}:sure", now, who.id, body=body), now)
    return store.spot(session, spot.id) or spot


def drop(session: Session, spot: Spot, by: int | None, now: datetime, why: str = "said") -> None:
    """No question from it. Refused where somebody made one, or dropped it before."""
    values = {"state": State.DROPPED.value, "touched_at": now}
    if not any(_move(session, spot.id, before, values) for before in (State.OPEN, State.SURE, State.DRAWING)):
        raise Refused("library.decided")
    record(session, Fact(DROPPED, f"spot:{spot.id}:dropped", now, by, body={"spot": spot.id, "why": why}), now)


def withdraw(session: Session, key: str, now: datetime) -> None:
    """What the pictures show is not gone after all: nobody is to learn from them that it is. A question that was made stays."""
    id = session.scalar(select(SpotRow.id).where(SpotRow.key == key))
    found = store.spot(session, id) if id is not None else None
    if found is not None and found.state in (State.DRAWING, State.OPEN, State.SURE):
        drop(session, found, None, now, "reopened")


# --- the question -----------------------------------------------------------------------------------------------------


def mark(session: Session, spot: Spot, cell: int, words: str, right: bool, now: datetime) -> Spot:
    """A mark: where, what is to be seen there, whether that is dangerous. Refused: enough of them, or one is there."""
    at = list(faces.middle(cell))
    if len(spot.marks) >= MOST_MARKS or any(each["at"] == at for each in spot.marks):
        raise Refused("library.spotting.t_marked")
    marks = [*spot.marks, {"at": at, "words": words, "right": right}]
    if not _move(
        session, spot.id, State.SURE, {"marks": marks, "version": spot.version + 1, "touched_at": now}, spot.version
    ):
        raise Refused("library.spotting.t_changed")
    return store.spot(session, spot.id) or spot


def ready(spot: Spot) -> bool:
    """Whether there are marks enough for a question: two, one of them dangerous."""
    return len(spot.marks) >= 2 and any(each["right"] for each in spot.marks)


def make_question(session: Session, spot: Spot, why: str, who: Person, now: datetime) -> UploadRow:
    """The question in its bank, checked and shown like any file that a trainer sends; publishing it is theirs."""
    if not ready(spot) or spot.shown is None:
        raise Refused("library.spotting.t_marks")
    if not _move(session, spot.id, State.SURE, {"state": State.SENT.value, "touched_at": now}, spot.version):
        raise Refused("library.spotting.t_changed")
    bank = _bank(session, spot, why, who)
    row = UploadRow(person_id=who.id, name=f"{bank.id}.yaml", created_at=now)
    session.add(row)
    session.flush()
    kept = media.put(export(bank, "yaml", who.lang).data, row.name)
    payload = {"upload": row.id, "name": row.name, "lang": who.lang, "media": kept, "error": None}
    jobs.enqueue(session, uploads.JOB, payload, key=f"spot:{spot.id}:upload:{row.id}", now=now)
    body = {"spot": spot.id, "marks": len(spot.marks)}
    record(session, Fact(SENT, f"spot:{spot.id}:sent", now, who.id, body=body), now)
    return row


def _bank(session: Session, spot: Spot, why: str, who: Person) -> Bank:
    """The unit's bank of such questions in the trainer's language, with the new one behind those that are there."""
    id = f"spots-{spot.unit}-{who.lang}"
    live = library.bank(session, id)
    unit = people.unit(session, spot.unit)
    title = {lang: str(say("library.spotting.bank_title", lang, unit=unit.label if unit else "")) for lang in LANGUAGES}
    options = tuple(Option({who.lang: each["words"]}, each["right"]) for each in spot.marks)
    spots = tuple((float(each["at"][0]), float(each["at"][1])) for each in spot.marks)
    assert spot.shown is not None
    question = Question(
        f"spot-{spot.id}", "spot", spot.topic or "NMR", {who.lang: str(say("library.spotting.stem", who.lang))},
        SpotPayload(options, spot.shown, spots), {who.lang: why}, jurisdictions=(ANY,),
    )  # fmt: skip
    return Bank(id, who.lang, live.title if live else title, (*(live.questions if live else ()), question))
