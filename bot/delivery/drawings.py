"""Pictures drawn in the reader's language: asked for when the first reader is due, drawn by a job, then sent like any file.

A message names one as `drawn:<job>:<name>`, and behind a bar what to show in its place: `drawn:library.card:first-days/3/ab12|
content:pictures/first-days.png`. The sender looks up the drawing for each reader. Where there is none yet it asks for it and
waits for a moment; then what stands in its place goes out, so that a message never waits for its looks.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import structlog
from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from bot.db import jobs
from bot.db.once import changed, insert_once, table_of
from bot.db.writer import Writer
from bot.delivery.tables import DrawingRow, FileIdRow
from bot.kit.replies import Media, Message
from bot.media import store as media
from bot.people.tables import PersonRow

PREFIX = "drawn:"
PATIENCE_S = 6.0
"""So long the first message waits for its drawing: the first drawing of a process takes one second, others a tenth."""
EVERY_S = 3600.0
"""How often this process asks anew for what does not come."""
REMEMBERED = 2000
AGAIN = timedelta(days=1)
"""After so long one that did not come is tried anew: the font may be there by now, or the photo."""
KEPT = timedelta(days=30)
"""How long a drawing stays when there is a newer one of the same thing: a message of then may still wait."""
_d = table_of(DrawingRow)


@dataclass
class Usual:
    """What holds for everybody: whether drawings are sent at all."""

    pictures: bool = True


usual = Usual()
log = structlog.get_logger("davy.sender")


class Drawing(NamedTuple):
    """Which picture: the job that draws it, its name there (`<what>/<version>...`), the language."""

    job: str
    name: str
    lang: str


def ref_of(job: str, name: str, instead: str | None = None) -> str:
    """How a message names a picture that is drawn for its reader; `instead` is the ref of what is shown where that fails."""
    return f"{PREFIX}{job}:{name}" + (f"|{instead}" if instead else "")


def parts_of(ref: str, lang: str) -> tuple[Drawing, str | None]:
    """Which drawing a ref means for a reader, and what to show in its place."""
    what, _, instead = ref.removeprefix(PREFIX).partition("|")
    job, _, name = what.partition(":")
    return Drawing(job, name, lang), instead or None


def without(message: Message) -> Message:
    """The message for somebody whose data is weak or dear: its words say all that a drawing says."""
    return replace(message, media=tuple(each for each in message.media if not each.ref.startswith(PREFIX)))


def wanted_by(session: Session, person: int | None) -> bool:
    """Whether somebody gets drawings: the company has them, and they have not turned them off."""
    own = person is None or session.scalar(select(PersonRow.pictures).where(PersonRow.id == person)) is not False
    return usual.pictures and own


# --- asking and drawing ----------------------------------------------------------------------------------------------


def ask(session: Session, wanted: Collection[Drawing], now: datetime) -> int:
    """Queues what is not there and was not asked for before; what failed is asked for again the next day. Says how many."""
    count = 0
    for each in wanted:
        row = {**each._asdict(), "state": "asked", "asked_at": now}
        old = (DrawingRow.state != "drawn", DrawingRow.asked_at <= now - AGAIN)
        again = update(DrawingRow).where(*_which(each), *old)
        new = insert_once(session, DrawingRow, row) is not None
        if new or changed(session, again.values(state="asked", asked_at=now)):
            key = f"{each.job}:{each.name}:{each.lang}:{now.date()}"
            jobs.enqueue(session, each.job, each._asdict(), key=key, now=now)
            count += 1
    return count


def drawn(session: Session, which: Drawing, file: str, now: datetime) -> None:
    """It lies in the media: from now on it is sent. Older drawings of the same thing go when nobody can wait for them."""
    values = {"state": "drawn", "media": file, "error": None, "drawn_at": now}
    session.execute(update(DrawingRow).where(*_which(which)).values(**values))
    same = DrawingRow.name.startswith(which.name.partition("/")[0] + "/", autoescape=True)
    older = (DrawingRow.job == which.job, DrawingRow.lang == which.lang, same, DrawingRow.asked_at <= now - KEPT)
    gone = delete(DrawingRow).where(*older, DrawingRow.name != which.name).returning(DrawingRow.media)
    for ref in {ref for ref in session.scalars(gone) if ref is not None}:
        _erase(session, ref)


def failed(session: Session, which: Drawing, error: str) -> None:
    """It cannot be drawn: what stands in its place goes out, and `davy doctor` says so."""
    session.execute(update(DrawingRow).where(*_which(which)).values(state="failed", error=error[:200]))


def troubles(session: Session, now: datetime) -> list[tuple[Drawing, str]]:
    """What could not be drawn, or was asked for an hour ago and is not there, each with its error."""
    waits = and_(DrawingRow.state == "asked", DrawingRow.asked_at <= now - timedelta(hours=1))
    rows = session.scalars(select(DrawingRow).where(or_(DrawingRow.state == "failed", waits)).order_by(DrawingRow.name))
    return [(Drawing(row.job, row.name, row.lang), row.error or "not drawn within an hour") for row in rows]


def _which(which: Drawing) -> tuple[Any, ...]:
    return DrawingRow.job == which.job, DrawingRow.name == which.name, DrawingRow.lang == which.lang


def _erase(session: Session, ref: str) -> None:
    if session.scalar(select(func.count()).select_from(DrawingRow).where(DrawingRow.media == ref)):
        return  # the same picture for somebody else
    session.execute(delete(FileIdRow).where(FileIdRow.ref == ref))
    media.erase(ref)


# --- sending ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """What is known of a drawing: its state and file."""

    state: str
    media: str | None


_look = select(_d.c.state, _d.c.media)


def find(connection: Connection, which: Drawing) -> Found | None:
    """A drawing as it stands, or None where nobody asked for it."""
    row = connection.execute(
        _look.where(_d.c.job == which.job, _d.c.name == which.name, _d.c.lang == which.lang)
    ).first()
    return Found(*row) if row else None


class Drawings:
    """What the sender knows of drawings. `wanted` is what it has missed and has not asked for yet."""

    def __init__(self) -> None:
        self._known: OrderedDict[Drawing, str] = OrderedDict()
        self._missed: dict[Drawing, tuple[float, float]] = {}
        """When it was missed first, and when it was last asked for."""
        self._wanted: set[Drawing] = set()

    def resolved(self, message: Message, lang: str, connection: Connection, patient: bool) -> Message | None:
        """The message with the files for this reader; None while a drawing is worth waiting for."""
        if not any(each.ref.startswith(PREFIX) for each in message.media):
            return message
        found: list[Media] = []
        for each in message.media:
            if not each.ref.startswith(PREFIX):
                found.append(each)
                continue
            ref, waits = self._file(each.ref, lang, connection)
            if waits and patient:
                return None
            found += [replace(each, ref=ref)] if ref is not None else []
        return replace(message, media=tuple(found))

    def _file(self, ref: str, lang: str, connection: Connection) -> tuple[str | None, bool]:
        """The file of a drawing, or what stands in its place and whether waiting is worth while."""
        which, instead = parts_of(ref, lang)
        if which in self._known:
            return self._known[which], False
        there = find(connection, which)
        if there is not None and there.media is not None:
            self._missed.pop(which, None)
            self._known[which] = there.media
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return there.media, False
        now = time.monotonic()
        first, asked = self._missed.get(which, (now, now - EVERY_S))
        if now - asked >= EVERY_S:
            self._wanted.add(which)
            asked = now
        self._missed[which] = first, asked
        failing = there is not None and there.state == "failed"
        return instead, not failing and now - first < PATIENCE_S

    def take_wanted(self) -> set[Drawing]:
        """What is to be asked for now."""
        wanted, self._wanted = self._wanted, set()
        return wanted

    def want(self, wanted: Collection[Drawing]) -> None:
        """They could not be asked for: next time."""
        self._wanted |= set(wanted)


async def ask_for_missed(known: Drawings, writer: Writer, now: datetime) -> None:
    """Asks for what the sender has missed. Where the database does not work that is put off, and nothing else waits for it."""
    if not (wanted := known.take_wanted()):
        return
    try:
        await writer.in_transaction(ask, wanted, now)
    except Exception as error:
        known.want(wanted)
        log.error("drawings could not be asked for", error=str(error).splitlines()[:1])
