"""Acknowledgements for other programs: what is to be read, who has, and who has not yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from bot.compliance.reading import store
from bot.compliance.reading.model import NOTICE_ACKNOWLEDGED, Notice
from bot.compliance.reading.tables import NoticeRow
from bot.delivery.audience import meant
from bot.delivery.tables import AcknowledgementRow
from bot.kit.endpoints import Asked, Call, Endpoint, Event, Given, Labelled, Number, Paged, Rows, Scope, Who, not_there
from bot.people import programs, speaking
from bot.people.model import Caller
from bot.people.speaking import above
from bot.people.store import people_on
from bot.people.tables import PersonRow, UnitRow


class NoticeOut(Given):
    """Something to be read. `meant` and `acknowledged` count people within reach of the token; `words` for the scope `words`."""

    id: int
    unit: Labelled
    version: int
    document: int | None
    began_at: datetime
    words: dict[str, str] | None
    meant: int
    acknowledged: int


class AcknowledgementOut(Given):
    """Somebody who is meant by a notice; without `acknowledged_at` it is still to be done."""

    notice: int
    version: int
    person: Who
    unit: Labelled
    acknowledged_at: datetime | None


class AcknowledgementTold(Given):
    """Somebody has acknowledged a notice; who, only for webhooks with the scope `names`."""

    notice: int
    version: int
    person: Who | None
    unit: Labelled | None
    at: datetime


class Numbered(Asked):
    """One notice."""

    id: Number


class Pending(Paged):
    """Who has not acknowledged a notice."""

    id: Number


class Listed(Paged):
    """Notices that people are asked for."""


class Lines(Paged):
    """Everybody who is meant by a notice, notice by notice; `notice` keeps one."""

    CURSOR: ClassVar[str] = r"^[0-9]{1,9}[.][0-9]{1,9}$"
    cursor: Annotated[str | None, Field(pattern=CURSOR, description="`next` of the page before.")] = None
    notice: Number | None = None


def notices(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """Those for anybody within reach: of units of the token, and of the ones above them."""
    query = select(NoticeRow.id).where(_within(caller), NoticeRow.id > call.args.after)
    ids = session.scalars(query.order_by(NoticeRow.id).limit(call.args.limit))
    found = [each for id in ids if (each := store.notice(session, id)) is not None]
    units = programs.labels(session, [each.unit for each in found])
    return Rows([(str(each.id), _out(session, caller, each, units[each.unit], now)) for each in found])


def notice(session: Session, caller: Caller, call: Call, now: datetime) -> NoticeOut:
    """One of them."""
    found = _seen(session, caller, call.args.id)
    return _out(session, caller, found, programs.labels(session, [found.unit])[found.unit], now)


def pending(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """Who has not acknowledged it."""
    found = _seen(session, caller, call.args.id)
    return Rows([
        (str(person), line) for person, line in _lines(
            session, caller, found, call.args.after, call.args.limit, (~store.acknowledged(found),), now
        )
    ])  # fmt: skip


def lines(session: Session, caller: Caller, call: Call, now: datetime) -> Rows:
    """Who has and who has not, notice by notice and person by person."""
    first, _, after = (call.args.cursor or "0.0").partition(".")
    query = select(NoticeRow.id).where(_within(caller), NoticeRow.id >= int(first))
    if call.args.notice is not None:
        query = query.where(NoticeRow.id == _seen(session, caller, call.args.notice).id)
    made: list[tuple[str, Given]] = []
    for id in session.scalars(query.order_by(NoticeRow.id)).all():
        found, at = store.notice(session, id), int(after) if id == int(first) else 0
        if found is not None:
            some = _lines(session, caller, found, at, call.args.limit - len(made), (), now)
            made += [(f"{id}.{person}", line) for person, line in some]
        if len(made) >= call.args.limit:
            break
    return Rows(made)


def _within(caller: Caller) -> ColumnElement[bool]:
    """SQL: a notice that people ask for and that means somebody within reach."""
    over = sorted({path for unit in caller.units for path in above(unit)})
    return NoticeRow.ended_at.is_(None) & or_(speaking.under(NoticeRow.path, caller.units), NoticeRow.path.in_(over))


def _seen(session: Session, caller: Caller, id: int) -> Notice:
    known = session.scalar(select(NoticeRow.id).where(NoticeRow.id == id, _within(caller)))
    found = store.notice(session, known) if known is not None else None
    if found is None:
        raise not_there("notice")
    return found


def _here(caller: Caller, found: Notice, now: datetime) -> Any:
    """`people_on` for those who are meant and within reach."""
    return people_on.where(*meant(store.audience(found), now), speaking.under(UnitRow.path, caller.units))


def _lines(
    session: Session, caller: Caller, found: Notice, after: int, most: int, which: Sequence[Any], now: datetime
) -> list[tuple[int, AcknowledgementOut]]:
    row = AcknowledgementRow
    theirs = (row.subject == found.subject) & (row.version == found.number) & (row.person_id == PersonRow.id)
    query = _here(caller, found, now).outerjoin(row, theirs).add_columns(row.at.label("at"), UnitRow.code)
    query = query.where(PersonRow.id > after, *which).order_by(PersonRow.id).limit(most)
    return [
        (each.id, AcknowledgementOut(
            notice=found.id, version=found.number, person=programs.who_is(caller, each.badge, each.name),
            unit=Labelled(id=each.unit, code=each.code), acknowledged_at=each.at,
        ))
        for each in session.execute(query, {"on": now.date()})
    ]  # fmt: skip


def _out(session: Session, caller: Caller, found: Notice, unit: Labelled, now: datetime) -> NoticeOut:
    counted = _here(caller, found, now).with_only_columns(
        func.count(), func.count().filter(store.acknowledged(found)), maintain_column_froms=True
    )
    all_, done = session.execute(counted, {"on": now.date()}).one()
    words = {lang: each.words for lang, each in found.said.items()} if caller.may(Scope.WORDS) else None
    return NoticeOut(
        id=found.id, unit=unit, version=found.number, document=found.document, began_at=found.began_at, words=words,
        meant=all_, acknowledged=done,
    )  # fmt: skip


def tell(session: Session, caller: Caller, payload: Mapping[str, Any], now: datetime) -> AcknowledgementTold:
    """What the fact says."""
    unit = programs.labels(session, [payload["unit"]]).get(payload["unit"]) if payload["unit"] else None
    return AcknowledgementTold(
        notice=payload["body"]["notice"], version=payload["body"]["version"], unit=unit,
        person=programs.told_who(session, caller, payload["person"]), at=datetime.fromisoformat(payload["at"]),
    )  # fmt: skip


ENDPOINTS = (
    Endpoint("notices", "GET", "/notices", Scope.READING, "What is to be read", notices, NoticeOut, Listed, many=True),
    Endpoint("notice", "GET", "/notices/{id}", Scope.READING, "One notice", notice, NoticeOut, Numbered),
    Endpoint(
        "pending", "GET", "/notices/{id}/pending", Scope.READING, "Who has not acknowledged it", pending, AcknowledgementOut,
        Pending, many=True, personal=True,
    ),
    Endpoint(
        "acknowledgements", "GET", "/acknowledgements", Scope.READING, "Who has acknowledged what, and who has not", lines,
        AcknowledgementOut, Lines, many=True, personal=True, feed="acknowledgements",
    ),
)  # fmt: skip
_GIVEN = NOTICE_ACKNOWLEDGED
EVENTS = (Event("acknowledgement.given", _GIVEN.name, Scope.READING, _GIVEN.says, tell, AcknowledgementTold),)
