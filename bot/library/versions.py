"""What each version of a bank changed, by whom and when; and how an earlier one comes back, as a new version.

What was found wrong never comes back with an earlier version: a question that was withdrawn or corrected keeps its present
state. Past answers name the version that they were given to, and no version is ever taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import doubting, owning, store
from bot.library.actions import Difference, publish
from bot.library.content import digest
from bot.library.model import BANK_ROLLED_BACK
from bot.library.tables import BankChangeRow, BankRow, BankVersionRow, CorrectionRow, QuestionRow, QuestionVersionRow
from bot.library.translations import differences


@dataclass(frozen=True)
class Version:
    """A version of a bank in its list; `person` None: it came with Davy. `kept`: it is known what was live then."""

    version: int
    at: datetime
    person: int | None
    added: int
    changed: int
    retired: int
    kept: bool


@dataclass(frozen=True)
class Change:
    """What somebody did to a question; `told` are (path, before, after) as `translations.differences` gives them."""

    version: int
    person: int | None
    at: datetime
    question: str
    did: str
    """added, changed, retired."""
    told: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Return:
    """What going back to a version would do; `kept` are questions that stay because they were found wrong then."""

    to: int
    contents: Mapping[str, Mapping[str, Any]]
    change: Difference
    kept: tuple[str, ...]


def versions(session: Session, bank: str, most: int = 30) -> list[Version]:
    """The versions of a bank, the newest first."""
    first = session.scalar(select(func.min(BankChangeRow.version)).where(BankChangeRow.bank_id == bank))
    query = select(BankVersionRow).where(BankVersionRow.bank_id == bank).order_by(BankVersionRow.version.desc())
    return [
        Version(r.version, r.at, r.person_id, r.added, r.changed, r.retired, first is not None and r.version >= first)
        for r in session.scalars(query.limit(most))
    ]


def contents(session: Session, which: Iterable[tuple[str, int]]) -> dict[tuple[str, int], dict[str, Any]]:
    """Questions as JSON in versions, by both."""
    wanted, found = list(which), {}
    for at in range(0, len(wanted), 400):
        some = wanted[at : at + 400]
        rows = session.execute(
            select(QuestionVersionRow.question_id, QuestionVersionRow.version, QuestionVersionRow.content).where(
                QuestionVersionRow.question_id.in_({id for id, _ in some}),
                QuestionVersionRow.version.in_({version for _, version in some}),
            )
        )
        found.update({(r.question_id, r.version): r.content for r in rows if (r.question_id, r.version) in set(some)})
    return found


def live_contents(session: Session, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Questions as JSON in their newest versions, by id; retired ones too."""
    wanted, found = list(ids), {}
    for at in range(0, len(wanted), 500):
        rows = session.execute(
            select(QuestionRow.id, QuestionVersionRow.content)
            .join(
                QuestionVersionRow,
                and_(
                    QuestionVersionRow.question_id == QuestionRow.id, QuestionVersionRow.version == QuestionRow.version
                ),
            )
            .where(QuestionRow.id.in_(wanted[at : at + 500]))
        )
        found.update({row.id: row.content for row in rows})
    return found


def since(session: Session, bank: str, base: int, language: str, most: int = 12) -> tuple[list[Change], int]:
    """What was done to a bank after a version, in order, with the words before and after; how many more there are."""
    query = (
        select(BankChangeRow, BankVersionRow.person_id, BankVersionRow.at)
        .join(
            BankVersionRow,
            and_(BankVersionRow.bank_id == BankChangeRow.bank_id, BankVersionRow.version == BankChangeRow.version),
        )
        .where(BankChangeRow.bank_id == bank, BankChangeRow.version > base)
        .order_by(BankChangeRow.version, BankChangeRow.question_id)
    )
    rows = session.execute(query).all()
    some = rows[:most]
    shown = {(c.question_id, v) for c, _, _ in some if c.question_version for v in
             (c.question_version, c.question_version - 1)}  # fmt: skip
    words = contents(session, shown)
    return [_change(c, person, at, words, language) for c, person, at in some], len(rows) - len(some)


def _change(
    row: BankChangeRow, person: int | None, at: datetime, words: Mapping[tuple[str, int], Any], language: str
) -> Change:
    if row.question_version is None:
        return Change(row.version, person, at, row.question_id, "retired")
    after = words[row.question_id, row.question_version]
    before = words.get((row.question_id, row.question_version - 1))
    if before is None:
        told = (("stem", "", str(after["stem"].get(language) or next(iter(after["stem"].values()), ""))),)
        return Change(row.version, person, at, row.question_id, "added", told)
    return Change(
        row.version, person, at, row.question_id, "changed", tuple(differences(before, after, language))
    )  # fmt: skip


def state_at(session: Session, bank: str, version: int) -> dict[str, int]:
    """Which questions were live in which versions when a version of the bank was made."""
    newest = (
        select(BankChangeRow.question_id, func.max(BankChangeRow.version).label("version"))
        .where(BankChangeRow.bank_id == bank, BankChangeRow.version <= version)
        .group_by(BankChangeRow.question_id)
        .subquery()
    )
    rows = session.execute(
        select(BankChangeRow.question_id, BankChangeRow.question_version).join(
            newest,
            and_(
                BankChangeRow.question_id == newest.c.question_id,
                BankChangeRow.version == newest.c.version,
                BankChangeRow.bank_id == bank,
            ),
        )
    )
    return {row.question_id: row.question_version for row in rows if row.question_version is not None}


def wrong_until(session: Session, ids: Iterable[str]) -> dict[str, int]:
    """Up to which version questions were found wrong: withdrawn, or corrected by a newer one."""
    wanted, found = list(ids), {}
    for at in range(0, len(wanted), 500):
        which = CorrectionRow.question_id.in_(wanted[at : at + 500])
        query = select(CorrectionRow.question_id, func.max(CorrectionRow.version)).where(which)
        found.update({row[0]: row[1] for row in session.execute(query.group_by(CorrectionRow.question_id))})
    return found


def way_back(session: Session, bank: str, to: int) -> Return:
    """What going back to a version of a bank would change."""
    then = state_at(session, bank, to)
    live = store.live_bank(session, bank)
    assert live is not None
    wrong = wrong_until(session, {*then, *live.digests})
    kept = {id for id, version in then.items() if version <= wrong.get(id, 0)}
    kept |= {id for id in then if id in wrong and id not in live.digests}  # withdrawn since
    words = contents(session, then.items())
    back = {id: words[id, version] for id, version in then.items() if id not in kept}
    different = tuple(id for id, content in back.items() if _differs(session, id, content, live.digests.get(id)))
    absent = tuple(id for id in live.digests if id not in then)
    lasting = tuple(sorted(id for id in kept if then[id] != _version(session, id) or id not in live.digests))
    return Return(to, {id: back[id] for id in different}, Difference((), different, absent), lasting)


def _differs(session: Session, id: str, content: Mapping[str, Any], now: str | None) -> bool:
    return now is None or digest(content) != now


def _version(session: Session, id: str) -> int | None:
    return session.scalar(select(QuestionRow.version).where(QuestionRow.id == id))


def roll_back(session: Session, bank: str, to: int, seen: int, by: int, now: datetime) -> int:
    """A bank says again what it said in version `to`, as a new version; answers that one.

    `seen` is the version that whoever decides has looked at. Raises Refused: not theirs, no such version, nothing to
    change, or somebody was quicker.
    """
    live = store.live_bank(session, bank)
    if live is None or not owning.may_change(session, live.unit, by, now):
        raise Refused("library.t_not_your_bank")
    known = {each.version for each in versions(session, bank, 1000) if each.kept}
    if to not in known or live.version != seen:
        raise Refused("library.t_changed_meanwhile")
    found = way_back(session, bank, to)
    if found.change.nothing:
        raise Refused("library.t_nothing_to_change")
    row = session.get(BankRow, bank, populate_existing=True)
    assert row is not None
    content = {"id": bank, "language": row.language, "title": row.title, "questions": found.contents}
    version = publish(session, content, live.version, found.change, now, by=by, retire_absent=True)
    if version is None:
        raise Refused("library.t_changed_meanwhile")
    body = {"bank": bank, "version": version, "to": to}
    record(session, Fact(BANK_ROLLED_BACK, f"bank-back:{bank}:{version}", now, by, body=body), now)
    doubting.corrected(session, found.change.changed, by, now)
    return version


def retired(session: Session, bank: str, most: int = 30) -> list[tuple[str, datetime, dict[str, str], bool]]:
    """Questions that are out of use, the latest first: id, since when, what they asked, whether they were found wrong."""
    query = (
        select(QuestionRow.id, QuestionRow.retired_at, QuestionVersionRow.content)
        .join(
            QuestionVersionRow,
            and_(QuestionVersionRow.question_id == QuestionRow.id, QuestionVersionRow.version == QuestionRow.version),
        )
        .where(QuestionRow.bank_id == bank, QuestionRow.retired_at.is_not(None))
        .order_by(QuestionRow.retired_at.desc(), QuestionRow.id)
        .limit(most)
    )
    rows = session.execute(query).all()
    wrong = wrong_until(session, [row.id for row in rows])
    return [(row.id, row.retired_at, row.content["stem"], row.id in wrong) for row in rows]


def count_retired(session: Session, bank: str) -> int:
    """How many questions of a bank are out of use."""
    which = (QuestionRow.bank_id == bank, QuestionRow.retired_at.is_not(None))
    return session.scalar(select(func.count()).select_from(QuestionRow).where(*which)) or 0
