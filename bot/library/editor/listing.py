"""What of the library a trainer finds at the desk: banks with their state, gaps in translations, files in hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.i18n.languages import LANGUAGES
from bot.library import confirming, owning, store, uploads, versions
from bot.library.showing import said
from bot.library.tables import BankRow, QuestionRow, QuestionVersionRow, UploadRow
from bot.people import company
from bot.people import store as people
from bot.people.model import Unit, Viewer

OPEN = ("fetching", "rejected", "ready", "planned", "outdated")
MOST_FILES, MOST_GAPS, MOST_QUESTIONS = 8, 60, 400


def spoken(session: Session, units: Sequence[Unit], now: datetime) -> dict[str, int]:
    """The languages that people of these units read, and how many do, the most first."""
    read = company.languages(session, now, [unit.path for unit in units])
    return dict(sorted(read.items(), key=lambda each: (-each[1], each[0])))


def banks(session: Session, viewer: Viewer, now: datetime) -> list[dict[str, Any]]:
    """The banks that reach anybody for whom somebody is a trainer, with what is not said in their people's languages."""
    units = owning.units_of(session, viewer.person, now)
    gaps = confirming.count_all_gaps(session, company.spoken(session, now, [unit.path for unit in units]))
    known = {row.id: row for row in session.scalars(select(BankRow).order_by(BankRow.id))}
    found = [line for line in store.banks(session) if owning.concerns(line, units)]
    rows = [_bank(session, viewer, known[line.id], line.count, gaps.get(line.id, 0)) for line in found]
    # one that has no question in use is still there, and can be brought back
    listed = {line.id for line in found}
    for row in (row for row in known.values() if row.id not in listed):
        if owning.may_read(session, row.unit_id, viewer.person, now) and _questions(session, row.id) == 0:
            rows.append(_bank(session, viewer, row, 0, 0))
    return rows


def _questions(session: Session, bank: str) -> int:
    which = (QuestionRow.bank_id == bank, QuestionRow.retired_at.is_(None))
    return session.scalar(select(func.count()).select_from(QuestionRow).where(*which)) or 0


def _bank(session: Session, viewer: Viewer, row: BankRow, count: int, gaps: int) -> dict[str, Any]:
    whose = owning.unit_for(session, row.unit_id, viewer)
    return {
        "id": row.id, "name": said(row.title), "count": count, "version": row.version, "at": row.changed_at.isoformat(),
        "unit": whose.label if whose else "", "mine": owning.theirs(whose, viewer),
        "gaps": gaps, "base": LANGUAGES.get(row.language, row.language),
    }  # fmt: skip


def files(session: Session, viewer: Viewer) -> list[dict[str, Any]]:
    """What somebody sent in and has not decided about."""
    mine = (UploadRow.person_id == viewer.person, UploadRow.state.in_(OPEN))
    found = session.scalars(select(UploadRow).where(*mine).order_by(UploadRow.id.desc()).limit(MOST_FILES))
    return [
        {"id": row.id, "name": row.name, "state": row.state, "at": row.created_at.isoformat(),
         "when": row.publish_at.isoformat() if row.publish_at else ""}
        for row in found
    ]  # fmt: skip


def bank_row(session: Session, viewer: Viewer, bank: str, now: datetime) -> BankRow | None:
    """A bank that reaches anybody for whom somebody is a trainer."""
    row = session.get(BankRow, bank, populate_existing=True)
    return row if row is not None and owning.may_read(session, row.unit_id, viewer.person, now) else None


def questions(session: Session, bank: str, words: str) -> list[dict[str, Any]]:
    """The live questions of a bank, or those that hold some words or are called so."""
    query = (
        select(QuestionRow, QuestionVersionRow.content)
        .join(
            QuestionVersionRow,
            (QuestionVersionRow.question_id == QuestionRow.id) & (QuestionVersionRow.version == QuestionRow.version),
        )
        .where(QuestionRow.bank_id == bank, QuestionRow.retired_at.is_(None))
        .order_by(QuestionRow.id)
    )
    wanted, found = words.casefold(), []
    for row, content in session.execute(query):
        told = " ".join(content["stem"].values()).casefold()
        if not wanted or wanted in told or wanted in row.id or wanted == row.topic:
            found.append(
                {"id": row.id, "stem": said(content["stem"]), "kind": row.kind, "topic": row.topic, "version": row.version,
                 "aside": _names(row.aside_in), "said_in": _names(row.said_in)}
            )  # fmt: skip
    return found[:MOST_QUESTIONS]


def _names(kept: str | None) -> list[str]:
    return [LANGUAGES.get(each, each) for each in (kept or "").split(",") if each]


def gaps(session: Session, viewer: Viewer, row: BankRow, now: datetime) -> list[dict[str, Any]]:
    """Language by language what is not said, or was set aside when its words changed."""
    read = spoken(session, owning.units_of(session, viewer.person, now), now)
    found = []
    for lang, count in read.items():
        some = confirming.gaps(session, [row.id], lang, MOST_GAPS)
        if some:
            stems = {
                id: content["stem"]
                for id, content in versions.live_contents(session, [e.question for e in some]).items()
            }
            lines = [
                {"id": each.question, "aside": each.aside, "stem": said(stems[each.question]),
                 "seen": session.get_one(QuestionRow, each.question).version}
                for each in some
            ]  # fmt: skip
            found.append({"lang": lang, "name": LANGUAGES.get(lang, lang), "people": count, "lines": lines})
    return found


def history(session: Session, row: BankRow, now: datetime) -> list[dict[str, Any]]:
    """The versions of a bank, the newest first."""
    found = []
    for each in versions.versions(session, row.id, 12):
        who = people.person(session, each.person, now) if each.person else None
        found.append(
            {"version": each.version, "at": each.at.isoformat(), "name": who.name if who else "", "added": each.added,
             "changed": each.changed, "retired": each.retired, "back": each.kept and each.version != row.version}
        )  # fmt: skip
    return found


def retired(session: Session, row: BankRow) -> list[dict[str, Any]]:
    """Questions out of use, the latest first."""
    return [
        {"id": id, "at": at.isoformat(), "stem": said(stem), "wrong": wrong}
        for id, at, stem, wrong in versions.retired(session, row.id, 30)
    ]


def problems_of(row: UploadRow) -> list[dict[str, Any]]:
    """What the checker said of a file, as it was kept with it."""
    return list((row.changes or {}).get("problems", ()))


def whose(session: Session, row: UploadRow, now: datetime) -> list[Unit]:
    """For whom a file would be published."""
    live = store.live_bank(session, row.bank_id or "") if row.base_version else None
    return uploads.for_whom(session, row, live, now)
