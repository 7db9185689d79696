"""Questions about campaigns. Whoever is meant sees them; whoever looks after safety there sees how they go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.activities.model import (
    Campaign,
    Entry,
    Judged,
    Kind,
    Question,
    Stagger,
    Start,
    State,
    Wave,
    Written,
)
from bot.activities.statistics import Pairs
from bot.activities.tables import (
    CampaignAnswerRow,
    CampaignRow,
    CampaignStartRow,
    ContestEntryRow,
    ContestJudgementRow,
    ContestVoteRow,
)
from bot.delivery.audience import Audience, belongs, meant
from bot.people.model import Person, Unit, UnitKind
from bot.people.store import as_person, people_on
from bot.people.store import units as all_units
from bot.people.tables import PersonRow

LIVE = (State.PLANNED.value, State.RUNNING.value)


def as_written(kept: Any) -> Written:
    """What is kept of one language."""
    asked = tuple(Question(each["ask"], each["right"], tuple(each["wrong"])) for each in kept["questions"])
    return Written(kept["title"], kept["words"], asked)


def to_json(written: Written) -> dict[str, Any]:
    """As `as_written` reads it."""
    asked = [{"ask": each.ask, "right": each.right, "wrong": list(each.wrong)} for each in written.questions]
    return {"title": written.title, "words": written.words, "questions": asked}


def as_campaign(row: CampaignRow) -> Campaign:
    """A row as a Campaign."""
    said = {lang: as_written(each) for lang, each in row.said.items()}
    return Campaign(
        row.id, Kind(row.kind), row.unit_id, row.path, row.zone, said, row.starts_on, row.ends_on, row.picture, row.contest,
        tuple(row.jury), row.later_weeks, State(row.state), row.by_id, Stagger(row.stagger), row.step_weeks, row.seed,
        row.planned_at, row.measured_at,
    )  # fmt: skip


def campaign(session: Session, id: int) -> Campaign | None:
    """A campaign by its number."""
    row = session.get(CampaignRow, id, populate_existing=True)
    return as_campaign(row) if row is not None else None


def live(session: Session, most: int = 200) -> list[Campaign]:
    """Those that are not over, the oldest first."""
    query = select(CampaignRow).where(CampaignRow.state.in_(LIVE)).order_by(CampaignRow.id).limit(most)
    return [as_campaign(row) for row in session.scalars(query.execution_options(populate_existing=True))]


def led(session: Session, paths: Sequence[str], most: int = 50) -> list[Campaign]:
    """The campaigns of units under some paths, the newest first."""
    if not paths:
        return []
    under = or_(*(CampaignRow.path.startswith(path, autoescape=True) for path in paths))
    return [as_campaign(row) for row in session.scalars(_newest.where(under), {"most": most})]


_newest = (
    select(CampaignRow)
    .order_by(CampaignRow.id.desc())
    .limit(bindparam("most"))
    .execution_options(populate_existing=True)
)


def above(path: str) -> list[str]:
    """A unit's own path and those of all it lies in."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]


def meant_for(session: Session, who: Person, most: int = 10) -> list[Campaign]:
    """The campaigns that have been announced to somebody's unit and are not over, the newest first."""
    begun = exists().where(
        CampaignStartRow.campaign_id == CampaignRow.id, CampaignStartRow.announced_at.is_not(None),
        CampaignStartRow.path.in_(above(who.path)),
    )  # fmt: skip
    query = select(CampaignRow).where(CampaignRow.state == State.RUNNING.value, begun)
    found = session.scalars(query.order_by(CampaignRow.id.desc()).limit(most).execution_options(populate_existing=True))
    return [as_campaign(row) for row in found]


def starts(session: Session, id: int) -> list[Start]:
    """When each unit begins, in their order."""
    query = select(CampaignStartRow).where(CampaignStartRow.campaign_id == id)
    rows = session.scalars(
        query.order_by(CampaignStartRow.step, CampaignStartRow.unit_id).execution_options(populate_existing=True)
    )
    return [Start(row.unit_id, row.path, row.step, row.starts_on, row.ends_on, row.announced_at) for row in rows]


def teams(session: Session, path: str) -> list[Unit]:
    """The teams of a unit that can begin one after another."""
    return [
        each
        for each in all_units(session)
        if each.kind is UnitKind.TEAM and each.path.startswith(path) and each.path != path
    ]


def languages(session: Session, path: str, now: datetime) -> dict[str, int]:
    """How many of those who would be meant read which language."""
    query = people_on.where(*meant(Audience(paths=(path,)), now))
    rows = session.execute(
        query.with_only_columns(PersonRow.lang, func.count(), maintain_column_froms=True).group_by(PersonRow.lang),
        {"on": now.date()},
    )
    return {row[0]: row[1] for row in rows}


# --- questions ---------------------------------------------------------------------------------------------------------


def to_ask(session: Session, found: Campaign, start: Start, wave: Wave, now: datetime, most: int) -> list[Person]:
    """Who can be reached and has not been asked this time: later only those who answered the time before."""
    asked = _answer(found.id, wave)
    query = people_on.where(*belongs(Audience(paths=(start.path,)), now), ~asked)
    if wave is not Wave.BEFORE:
        before = Wave.BEFORE if wave is Wave.AFTER else Wave.AFTER
        query = query.where(_answer(found.id, before, CampaignAnswerRow.at.is_not(None)))
    rows = session.execute(query.order_by(PersonRow.id).limit(most), {"on": now.date()})
    return [as_person(row) for row in rows]


def _answer(id: int, wave: Wave, *more: Any) -> Any:
    row = CampaignAnswerRow
    mine = exists().where(row.campaign_id == id, row.wave == wave.value, row.person_id == PersonRow.id, *more)
    return mine.correlate_except(row)


def answer(session: Session, id: int, wave: Wave, person: int) -> CampaignAnswerRow | None:
    """How far somebody is with the questions of a time."""
    return session.get(CampaignAnswerRow, (id, wave.value, person), populate_existing=True)


def owed(session: Session, person: int, on: date) -> list[tuple[int, Wave]]:
    """The campaigns whose questions somebody has been asked and can still answer."""
    found = session.execute(_owed, {"person": person, "on": on})
    return [(each.campaign_id, Wave(each.wave)) for each in found]


_owed = (
    select(CampaignAnswerRow.campaign_id, CampaignAnswerRow.wave)
    .join(CampaignRow, CampaignRow.id == CampaignAnswerRow.campaign_id)
    .where(
        CampaignAnswerRow.person_id == bindparam("person"), CampaignAnswerRow.at.is_(None),
        CampaignAnswerRow.until_on >= bindparam("on"), CampaignRow.state.in_(LIVE),
    )
    .order_by(CampaignAnswerRow.asked_at)
)  # fmt: skip


def took_part(session: Session, id: int) -> dict[str, tuple[int, int]]:
    """By wave: how many answered, of how many who were asked."""
    row = CampaignAnswerRow
    query = select(row.wave, func.count(row.at), func.count()).where(row.campaign_id == id).group_by(row.wave)
    return {each[0]: (each[1], each[2]) for each in session.execute(query)}


def pairs(session: Session, id: int, wave: Wave, of: int) -> Pairs:
    """The same people before and at a later time: all questions right or not."""
    then, now = CampaignAnswerRow.__table__.alias("then"), CampaignAnswerRow.__table__.alias("now")
    both = and_(then.c.campaign_id == now.c.campaign_id, then.c.person_id == now.c.person_id)
    query = (
        select(then.c.right, now.c.right, func.count())
        .select_from(then.join(now, both))
        .where(
            then.c.campaign_id == id, then.c.wave == Wave.BEFORE.value, now.c.wave == wave.value,
            then.c.at.is_not(None), now.c.at.is_not(None),
        )
        .group_by(then.c.right, now.c.right)
    )  # fmt: skip
    found: Counter[tuple[bool, bool]] = Counter()
    for before, later, count in session.execute(query):
        found[before >= of, later >= of] += count
    return Pairs(found[True, True], found[True, False], found[False, True], found[False, False])


# --- the contest -------------------------------------------------------------------------------------------------------


def entries(session: Session, id: int) -> list[Entry]:
    """The entries of a contest with their votes, the oldest first."""
    row = ContestEntryRow
    votes = select(ContestVoteRow.entry_id, func.count().label("n")).where(ContestVoteRow.campaign_id == id)
    counted = votes.group_by(ContestVoteRow.entry_id).subquery()
    query = select(row, func.coalesce(counted.c.n, 0)).outerjoin(counted, counted.c.entry_id == row.id)
    found = session.execute(
        query.where(row.campaign_id == id).order_by(row.at, row.id).execution_options(populate_existing=True)
    )
    return [_as_entry(each, votes) for each, votes in found]


def _as_entry(row: ContestEntryRow, votes: int) -> Entry:
    return Entry(row.id, row.campaign_id, row.person_id, row.words, row.photo, Judged(row.state), votes, row.at)


def entry(session: Session, id: int) -> Entry | None:
    """An entry by its number."""
    row = session.get(ContestEntryRow, id, populate_existing=True)
    if row is None:
        return None
    votes = session.scalar(select(func.count()).select_from(ContestVoteRow).where(ContestVoteRow.entry_id == id))
    return _as_entry(row, votes or 0)


def entry_of(session: Session, id: int, person: int) -> Entry | None:
    """Somebody's own entry."""
    found = session.scalar(
        select(ContestEntryRow.id).where(ContestEntryRow.campaign_id == id, ContestEntryRow.person_id == person)
    )
    return entry(session, found) if found is not None else None


def vote_of(session: Session, id: int, person: int) -> int | None:
    """For which entry somebody has voted."""
    row = session.get(ContestVoteRow, (id, person), populate_existing=True)
    return row.entry_id if row is not None else None


def judgements(session: Session, entry: int) -> dict[int, bool]:
    """What the jury has said of an entry, by person."""
    row = ContestJudgementRow
    return {
        each.person_id: each.yes
        for each in session.execute(select(row.person_id, row.yes).where(row.entry_id == entry))
    }


def to_let_in(session: Session, person: int) -> list[Entry]:
    """Entries that wait for a look of somebody who is on their jury."""
    found = [entry(session, row.id) for row in session.execute(_to_let_in) if person in row.jury]
    return [each for each in found if each is not None]


_to_let_in = (
    select(ContestEntryRow.id, CampaignRow.jury)
    .join(CampaignRow, CampaignRow.id == ContestEntryRow.campaign_id)
    .where(ContestEntryRow.state == Judged.WAITING.value, CampaignRow.state.in_(LIVE))
    .order_by(ContestEntryRow.id)
    .limit(100)
)


def to_judge(session: Session, person: int) -> list[tuple[Campaign, Entry]]:
    """Entries of which somebody on their jury has yet to say whether they get the prize."""
    rows = session.execute(_to_judge, {"person": person}).all()
    mine = [(as_campaign(row), entry(session, id)) for id, row in rows if person in row.jury]
    return [(found, each) for found, each in mine if each is not None]


_judged = exists().where(
    ContestJudgementRow.entry_id == ContestEntryRow.id, ContestJudgementRow.person_id == bindparam("person")
)
_to_judge = (
    select(ContestEntryRow.id, CampaignRow)
    .join(CampaignRow, CampaignRow.id == ContestEntryRow.campaign_id)
    .where(
        ContestEntryRow.asked_at.is_not(None), ContestEntryRow.state == Judged.IN.value, CampaignRow.state.in_(LIVE),
        ~_judged.correlate_except(ContestJudgementRow),
    )
    .order_by(ContestEntryRow.id)
    .limit(100)
)  # fmt: skip
