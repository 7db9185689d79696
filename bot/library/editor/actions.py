"""Files and questions that come from the desk: through the same checker, the same versions, the same facts as from the chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy.orm import Session

from bot.kit.errors import Refused
from bot.library import confirming, history, later, owning, store, translations, uploads, versions
from bot.library.authoring import receiving
from bot.library.checking import Checked
from bot.library.content import digest
from bot.library.editor.model import MOST_PROBLEMS, NOTHING
from bot.library.model import Problem, Severity
from bot.library.tables import BankRow, QuestionRow, UploadRow
from bot.people import store as people


def receive(session: Session, by: int, name: str, ref: str, checked: Checked, now: datetime) -> int:
    """A file came from the desk, read and checked before this: kept with what is to be said of it. Raises Refused."""
    who = people.person(session, by, now)
    if who is None or not uploads.is_trainer(session, by, now):
        raise Refused("library.not_a_trainer")
    row = UploadRow(person_id=by, name=PurePath(name).name[:200] or "questions", media=ref, created_at=now)
    session.add(row)
    session.flush()
    payload = {"upload": row.id, "name": row.name, "lang": who.lang, "media": ref, "checked": checked}
    if checked.lessons:
        problems: Sequence[Problem] = checked.problems
        receiving.received(session, payload, now)
    else:
        problems = uploads.complete(session, checked).problems
        uploads.uploaded(session, payload, now)
    session.refresh(row)
    row.changes = {**NOTHING, **(row.changes or {}), "problems": _kept(problems, checked.quoted)}
    session.flush()
    return row.id


def _kept(problems: Sequence[Problem], quoted: Mapping[str, str]) -> list[dict[str, Any]]:
    """Errors first, each with its place and what stands there."""
    ordered = sorted(problems, key=lambda each: each.severity is not Severity.ERROR)
    return [
        {"code": each.code, "line": each.line or 0, "column": each.column or 0, "cell": each.cell or "",
         "error": each.severity is Severity.ERROR, "params": dict(each.params),
         "quoted": quoted.get(each.cell or str(each.line or 0), "")}
        for each in ordered[:MOST_PROBLEMS]
    ]  # fmt: skip


def save(
    session: Session, by: int, bank: str, question: str, content: Mapping[str, Any], seen: int, now: datetime,
    at: datetime | None = None,
) -> int | None:  # fmt: skip
    """A question says something else: from now on, or (None) from `at` on; answers its bank's version.

    `seen` is the question's version that was looked at. Refused: not theirs, nothing changed, or somebody else changed it
    meanwhile, and then it is said who and what.
    """
    row, bank_row, live = _theirs(session, by, bank, question, now)
    _same(session, bank_row, row, seen, now)
    before = versions.live_contents(session, [question])[question]
    new = translations.set_aside(before, content, bank_row.language)
    if row.retired_at is None and digest(new) == row.digest:
        raise Refused("library.editor.nothing_new")
    upload = _upload(session, by, bank_row, live.version, question, {question: new}, "changed", now)
    if at is not None:
        later.plan(session, upload, at, False, 0, now)
        return None
    return _publish(session, upload, now, retire=False)


def retire(session: Session, by: int, bank: str, questions: Sequence[str], now: datetime) -> int:
    """Questions are asked no more; answers and versions stay. Refused: not theirs, or out of use already."""
    live = store.live_bank(session, bank)
    row = session.get(BankRow, bank)
    if live is None or row is None or not owning.may_change(session, live.unit, by, now):
        raise Refused("library.t_not_your_bank")
    if not questions or not set(questions) <= set(live.digests):
        raise Refused("library.t_changed_meanwhile")
    name = questions[0] if len(questions) == 1 else bank
    changes = {**NOTHING, "absent": list(questions)}
    upload = _row(session, by, row, live.version, name, {"bank": _head(row), **changes}, now)
    return _publish(session, upload, now, retire=True)


def retire_all(session: Session, by: int, bank: str, sure: str, now: datetime) -> int:
    """A whole bank is asked no more; whoever wants it has to write how it is called. Raises Refused."""
    live = store.live_bank(session, bank)
    if live is None or sure.strip() != bank:
        raise Refused("library.editor.not_sure", bank=bank).beside("sure")
    return retire(session, by, bank, sorted(live.digests), now)


def still_holds(session: Session, by: int, bank: str, question: str, lang: str, seen: int, now: datetime) -> int:
    """A translation that was set aside still says what its source says. Raises Refused."""
    row = session.get(QuestionRow, question)
    if row is None or row.bank_id != bank:
        raise Refused("library.t_not_your_bank")
    return confirming.confirm(session, question, lang, seen, by, now)


def restore(session: Session, by: int, bank: str, question: str, now: datetime) -> int:
    """A question that was out of use is asked again, as it was. Refused: not theirs, or in use."""
    row, bank_row, live = _theirs(session, by, bank, question, now)
    if row.retired_at is None:
        raise Refused("library.t_changed_meanwhile")
    content = versions.live_contents(session, [question])[question]
    upload = _upload(session, by, bank_row, live.version, question, {question: content}, "changed", now)
    return _publish(session, upload, now, retire=False)


def _theirs(
    session: Session, by: int, bank: str, question: str, now: datetime
) -> tuple[QuestionRow, BankRow, store.LiveBank]:
    row = session.get(QuestionRow, question, populate_existing=True)
    bank_row, live = session.get(BankRow, bank, populate_existing=True), store.live_bank(session, bank)
    if row is None or bank_row is None or live is None or row.bank_id != bank:
        raise Refused("library.t_not_your_bank")
    if not owning.may_change(session, live.unit, by, now):
        raise Refused("library.t_not_your_bank")
    return row, bank_row, live


def _same(session: Session, bank: BankRow, row: QuestionRow, seen: int, now: datetime) -> None:
    """Refused where the question has another version than the one that was looked at: who made it, and what it says."""
    if row.version == seen:
        return
    found, _ = versions.since(session, bank.id, 0, bank.language, 10_000)
    mine = [each for each in found if each.question == row.id][-1:]
    told = history.told(session, mine, now)
    raise Refused("library.editor.conflict", changes=told)


def _head(row: BankRow) -> dict[str, Any]:
    return {"id": row.id, "language": row.language, "title": row.title, "questions": {}}


def _upload(
    session: Session, by: int, bank: BankRow, base: int, name: str, contents: Mapping[str, Any], how: str, now: datetime
) -> UploadRow:
    changes = {**NOTHING, "bank": {**_head(bank), "questions": dict(contents)}, how: list(contents)}
    return _row(session, by, bank, base, name, changes, now)


def _row(
    session: Session, by: int, bank: BankRow, base: int, name: str, changes: Mapping[str, Any], now: datetime
) -> UploadRow:
    row = UploadRow(
        person_id=by,
        name=name[:200],
        state="ready",
        bank_id=bank.id,
        base_version=base,
        changes=dict(changes),
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _publish(session: Session, row: UploadRow, now: datetime, *, retire: bool) -> int:
    version = uploads.publish_upload(session, row, now, retire_absent=retire)
    if version is None:
        raise Refused("library.t_changed_meanwhile")
    return version
