"""Questions about notices. Pending is the audience of this moment without those who acknowledged the live version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.compliance.reading import rules
from bot.compliance.reading.model import Line, Notice, Written
from bot.compliance.reading.tables import NoticeRow, NoticeToldRow, NoticeVersionRow
from bot.db.among import among
from bot.delivery.audience import Audience, away, meant
from bot.delivery.tables import AcknowledgementRow
from bot.people import counting
from bot.people import speaking as whom
from bot.people import store as people
from bot.people.model import Person
from bot.people.store import as_person, people_on
from bot.people.tables import AccountRow, PersonRow, PlacementRow, UnitRow

WIDE = 5_000
"""So many people are most of a company: see `first_pending`."""


def notice(session: Session, id: int) -> Notice | None:
    """A notice with what its live version says."""
    found = _notices(session, _with_words.where(NoticeRow.id == id))
    return found[0] if found else None


_with_words = select(NoticeRow, NoticeVersionRow.said).outerjoin(
    NoticeVersionRow, and_(NoticeVersionRow.notice_id == NoticeRow.id, NoticeVersionRow.number == NoticeRow.number)
)


_live = _with_words.where(NoticeRow.ended_at.is_(None))
_asked_for = _live.where(among(NoticeRow.path, "paths")).order_by(NoticeRow.began_at, NoticeRow.id).limit(200)


def _notices(session: Session, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[Notice]:
    rows = session.execute(query, values, execution_options={"populate_existing": True}).all()
    return [_as_notice(row, words or {}) for row, words in rows]


def _as_notice(row: NoticeRow, words: dict[str, Any]) -> Notice:
    said = {lang: as_written(each) for lang, each in words.items()}
    return Notice(
        row.id, row.unit_id, row.path, tuple(row.posts), row.document_id, row.number, row.by_id, row.began_at,
        row.chased_at, row.ended_at is None, said,
    )  # fmt: skip


def as_written(kept: Any) -> Written:
    """What is kept of one language."""
    return Written(kept["words"], kept["ask"], kept["right"], tuple(kept["wrong"]))


def live(session: Session, paths: Sequence[str] | None = None, most: int = 200) -> list[Notice]:
    """Notices that people are asked for (of units under some paths), the newest first."""
    query = _live
    if paths is not None:
        if not paths:
            return []
        query = query.where(or_(*(NoticeRow.path.startswith(path, autoescape=True) for path in paths)))
    return _notices(session, query.order_by(NoticeRow.id.desc()).limit(most))


def about(session: Session, document: int) -> list[int]:
    """The live notices about a document."""
    query = select(NoticeRow.id).where(NoticeRow.document_id == document, NoticeRow.ended_at.is_(None))
    return list(session.scalars(query.order_by(NoticeRow.id)))


def audience(found: Notice) -> Audience:
    """Whom a notice is for."""
    return Audience(paths=(found.path,), posts=found.posts)


def acknowledged(found: Notice) -> ColumnElement[bool]:
    """Of `people_on`: whether somebody has acknowledged the live version."""
    row = AcknowledgementRow
    mine = (row.subject == found.subject, row.version == found.number, row.person_id == PersonRow.id)
    return exists().where(*mine).correlate_except(AcknowledgementRow)


def _pending(found: Notice, now: datetime) -> Select[*tuple[Any, ...]]:
    return people_on.where(*meant(audience(found), now), ~acknowledged(found))


def pending(session: Session, found: Notice, now: datetime, most: int = 100_000, after: int = 0) -> list[Person]:
    """Who is meant at this moment and has not acknowledged, on leave or not, by their number."""
    if not found.live:
        return []
    query = _pending(found, now).where(PersonRow.id > after).order_by(PersonRow.id).limit(most)
    return [as_person(row) for row in session.execute(query, {"on": now.date()})]


def counts(session: Session, found: Notice, now: datetime) -> tuple[int, int]:
    """How many are meant at this moment, and how many of them have acknowledged."""
    return sum(_counted(session, found, now).values()), sum(_acknowledged(session, found, now).values())


def by_unit(session: Session, found: Notice, now: datetime) -> list[tuple[int, int, int]]:
    """The units of whom it is for: how many are meant there at this moment and how many have acknowledged, most missing first."""
    done = _acknowledged(session, found, now)
    rows = [(unit, many, done.get(unit, 0)) for unit, many in _counted(session, found, now).items()]
    return sorted(rows, key=lambda row: (row[2] - row[1], row[0]))


def _acknowledged(session: Session, found: Notice, now: datetime) -> dict[int, int]:
    row = AcknowledgementRow
    query = (
        select(PlacementRow.unit_id, func.count())
        .join(row, row.person_id == PlacementRow.person_id)
        .where(
            row.subject == found.subject, row.version == found.number, *_placed(found, now),
            PlacementRow.person_id.not_in(select(PersonRow.id).where(counting.LEFT)),
        )
    )  # fmt: skip
    return dict(session.execute(query.group_by(PlacementRow.unit_id)).all())


def first_pending(session: Session, found: Notice, now: datetime, many: int, most: int) -> list[Person]:
    """The first ones of `pending`, by their number. `many` are meant: where it is most of a company they are met soon in
    the order of their numbers, where it is a team its own people are looked at."""
    done = exists().where(
        AcknowledgementRow.subject == found.subject, AcknowledgementRow.version == found.number,
        AcknowledgementRow.person_id == PlacementRow.person_id,
    )  # fmt: skip
    query = select(PlacementRow.person_id).where(
        *_placed(found, now, wide=many > WIDE), ~done.correlate_except(AcknowledgementRow),
        PlacementRow.person_id.not_in(select(PersonRow.id).where(counting.LEFT)),
    )  # fmt: skip
    ids = list(session.scalars(query.order_by(PlacementRow.person_id).limit(most)))
    known = people.persons(session, ids, now)
    return [known[id] for id in ids]


def _placed(found: Notice, now: datetime, wide: bool = False) -> tuple[ColumnElement[bool], ...]:
    """SQL: a placement is that of somebody a notice is for."""
    posts = (PlacementRow.post.in_(found.posts),) if found.posts else ()
    return counting.placed(now.date()), counting.inside((found.path,), wide), *posts


def _counted(session: Session, found: Notice, now: datetime) -> dict[int, int]:
    if not found.posts:
        return counting.by_unit(session, now.date(), (found.path,))
    made: Counter[int] = Counter()
    for (unit, post), many in counting.by_post(session, now.date(), (found.path,)).items():
        made[unit] += many if post in found.posts else 0
    return +made


def is_meant(session: Session, found: Notice, person: int, now: datetime) -> bool:
    """Whether somebody belongs to whom it is for."""
    query = people_on.where(*meant(audience(found), now), PersonRow.id == person)
    return session.execute(query, {"on": now.date()}).first() is not None


def owed(session: Session, who: Person, now: datetime, most: int = 20) -> list[Notice]:
    """What somebody has yet to acknowledge, the oldest first."""
    found = _notices(session, _asked_for, {"paths": whom.above(who.path)})
    mine = [each for each in found if not each.posts or who.post in each.posts]
    done = _done(session, who.id, mine)
    return [each for each in mine if (each.subject, each.number) not in done][:most]


def _done(session: Session, person: int, found: Sequence[Notice]) -> set[tuple[str, int]]:
    if not found:
        return set()
    rows = session.execute(_read, {"person": person, "subjects": [each.subject for each in found]})
    return {(each.subject, each.version) for each in rows}


_read = select(AcknowledgementRow.subject, AcknowledgementRow.version).where(
    AcknowledgementRow.person_id == bindparam("person"), among(AcknowledgementRow.subject, "subjects")
)


def languages(session: Session, path: str, posts: Sequence[str], now: datetime) -> dict[str, int]:
    """How many of those who would be meant read which language."""
    query = people_on.where(*meant(Audience(paths=(path,), posts=tuple(posts)), now))
    rows = session.execute(
        query.with_only_columns(PersonRow.lang, func.count(), maintain_column_froms=True).group_by(PersonRow.lang),
        {"on": now.date()},
    )
    return {row[0]: row[1] for row in rows}


def told(session: Session, found: Notice, person: int) -> NoticeToldRow | None:
    """That somebody was asked for the live version."""
    return session.get(NoticeToldRow, (found.id, found.number, person), populate_existing=True)


def _of(found: Notice) -> ColumnElement[bool]:
    row = NoticeToldRow
    return and_(row.notice_id == found.id, row.number == found.number, row.person_id == PersonRow.id)


def to_tell(session: Session, found: Notice, now: datetime, most: int) -> list[Person]:
    """Those pending who have not been asked and can be reached now: joiners too, and whoever is back from leave."""
    reached = exists().where(
        AccountRow.person_id == PersonRow.id, AccountRow.closed_at.is_(None), AccountRow.blocked_at.is_(None)
    )
    asked = exists().where(_of(found)).correlate_except(NoticeToldRow)
    query = _pending(found, now).where(reached.correlate_except(AccountRow), ~away(now), ~asked)
    rows = session.execute(query.order_by(PersonRow.id).limit(most), {"on": now.date()})
    return [as_person(row) for row in rows]


def to_remind(session: Session, found: Notice, now: datetime, most: int) -> list[Person]:
    """Those pending who were asked and are to be asked once more (see `rules.remind`)."""
    row = NoticeToldRow
    due = and_(row.reminded < rules.TIMES, row.last_at <= now - rules.AGAIN)
    if found.chased_at is not None:
        due = or_(due, row.last_at < found.chased_at)
    again = exists().where(_of(found), due).correlate_except(NoticeToldRow)
    rows = session.execute(
        _pending(found, now).where(again, ~away(now)).order_by(PersonRow.id).limit(most), {"on": now.date()}
    )
    return [as_person(each) for each in rows]


def lines(session: Session, found: Notice, now: datetime) -> list[Line]:
    """The proof: everybody meant at this moment, and all who acknowledged this version and have gone since."""
    here = {p.id: p for p in _all(session, people_on.where(*meant(audience(found), now)), now)}
    row = AcknowledgementRow
    acks = select(row.person_id, row.at).where(row.subject == found.subject, row.version == found.number)
    done = {each.person_id: each.at for each in session.execute(acks)}
    asked = select(NoticeToldRow).where(NoticeToldRow.notice_id == found.id, NoticeToldRow.number == found.number)
    heard = {each.person_id: each.told_at for each in session.scalars(asked)}
    named = select(PersonRow.id, PersonRow.name, PersonRow.badge, PersonRow.lang).where(among(PersonRow.id, "ids"))
    known = {each.id: each for each in session.execute(named, {"ids": list(done)})}
    units = {each.id: each.name for each in session.execute(select(UnitRow.id, UnitRow.name))}
    gone = [id for id in done if id not in here and id in known]
    last = _last_units(session, gone)
    made = [
        Line(p.id, p.name, p.badge, units.get(p.unit, ""), p.lang, heard.get(p.id), done.get(p.id)) for p in here.values()
    ]  # fmt: skip
    for id in gone:
        who = known[id]
        made.append(
            Line(id, who.name, who.badge, units.get(last.get(id, 0), ""), who.lang, heard.get(id), done[id], False)
        )
    return sorted(made, key=lambda line: (line.at is not None, line.unit, line.name, line.person))


def _last_units(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = select(PlacementRow.person_id, PlacementRow.unit_id).where(among(PlacementRow.person_id, "ids"))
    rows = session.execute(query.order_by(PlacementRow.starts_on), {"ids": list(ids)})
    return {row.person_id: row.unit_id for row in rows}


def _all(session: Session, query: Select[*tuple[Any, ...]], now: datetime) -> list[Person]:
    return [as_person(row) for row in session.execute(query.order_by(PersonRow.id), {"on": now.date()})]
