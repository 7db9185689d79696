"""Somebody says that a question is wrong; whoever looks after its bank decides; everybody who was taught it is told.

A question is withdrawn first and explained then: a wrong one must not be asked once more while words are looked for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.once import changed, insert_once
from bot.delivery import outbox
from bot.kit.errors import Refused
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.library import doubts, owning, store
from bot.library.actions import retire_questions
from bot.library.model import DOUBTED, QUESTION_CORRECTED, QUESTION_DOUBTED, QUESTION_EXPLAINED, Doubted
from bot.library.tables import CorrectionRow, DoubtRow, QuestionRow
from bot.people import oncall
from bot.people import store as people
from bot.people.model import Person, Role

OPEN, KEPT, WITHDRAWN, CORRECTED = "open", "kept", "withdrawn", "corrected"
LOOK_AFTER = (Role.TRAINER, Role.SAFETY_OFFICER, Role.ADMIN)
"""Whose word is asked for: the trainers of the bank's unit; where there are none the next."""
MOST_WORDS = 500


def doubt(session: Session, question: str, version: int, words: str, who: Person, now: datetime) -> bool:
    """Somebody doubts a question as it was asked; False where they did before. Its trainers are told."""
    row = {
        "key": f"{question}:{version}:{who.id}", "question_id": question, "version": version, "person_id": who.id,
        "words": words[:MOST_WORDS], "state": OPEN, "created_at": now, "settled_at": None,
    }  # fmt: skip
    id = insert_once(session, DoubtRow, row, "key")
    if id is None:
        return False
    body = {"question": question, "version": version}
    record(session, Fact(QUESTION_DOUBTED, f"doubted:{id}", now, who.id, who.unit, who.post, body), now)
    about = of(session, question, version)
    if about is not None:
        outbox.edit_ref(session, doubts.ref(question, version), doubts.asked(about), now)
        for each in _those_who_look_after(session, question, now):
            key = f"doubt:{question}:{version}:{each.id}"
            message = doubts.asked(about)
            outbox.send(session, outbox.to_person(each.id), message, outbox.Lane.LESSON, now, key=key, unasked=DOUBTED)
    return True


def of(session: Session, question: str, version: int) -> Doubted | None:
    """A question with what people say against it; None where there is no such version."""
    found = store.question(session, question, version)
    if found is None:
        return None
    rows = session.scalars(_open(question, version)).all()
    return Doubted(found.question, version, len(rows), tuple(row.words for row in rows if row.words))


def may_decide(session: Session, question: str, person: int, now: datetime) -> bool:
    """Whether somebody looks after the bank that a question is in: whoever is asked must be able to stop a wrong one."""
    row, viewer = session.get(QuestionRow, question), people.viewer(session, person, now)
    live = store.live_bank(session, row.bank_id) if row is not None else None
    unit = owning.unit_of(session, live.unit, person, now) if live is not None else None
    return viewer is not None and unit is not None and any(viewer.holds(role, unit.path) for role in LOOK_AFTER)


def keep(session: Session, question: str, version: int, why: str, by: Person, now: datetime) -> None:
    """It is right: whoever doubted it learns why. Refused where somebody else has decided."""
    rows = _settle(session, question, version, KEPT, by, now)
    for row in rows:
        message = doubts.is_right(store.question(session, question, version), why)
        outbox.send(
            session, outbox.to_person(row.person_id), message, outbox.Lane.REPLY, now, key=f"doubt-kept:{row.id}"
        )
    _show_outcome(session, question, version, KEPT, by, now)


def withdraw(session: Session, question: str, version: int, by: Person, now: datetime) -> int:
    """Nobody is asked it from now on; answers the correction whose words are still to be written."""
    _settle(session, question, version, WITHDRAWN, by, now)
    retire_questions(session, [question], now, shipped=False)
    correction = _correction(session, question, version, WITHDRAWN, by.id, now)
    _show_outcome(session, question, version, WITHDRAWN, by, now)
    return correction


def explain(session: Session, correction: int, words: str, by: Person, now: datetime) -> None:
    """What is right instead, to all who were taught it. Once."""
    which = (CorrectionRow.id == correction, CorrectionRow.explained_at.is_(None))
    values = {"words": words[:MOST_WORDS], "lang": by.lang, "explained_at": now}
    if changed(session, update(CorrectionRow).where(*which).values(**values)) != 1:
        raise Refused("library.t_decided_by_another")
    row = session.get(CorrectionRow, correction, populate_existing=True)
    assert row is not None
    _announce(session, row, by.id, now)


def corrected(session: Session, questions: Collection[str], by: int, now: datetime) -> None:
    """New versions of these are live: where one was doubted, all who were taught the old one are told of the new."""
    if not questions:
        return
    query = select(DoubtRow.question_id, DoubtRow.version).where(
        DoubtRow.question_id.in_(list(questions)), DoubtRow.state == OPEN
    )
    who = people.person(session, by, now)
    for question, version in sorted({(row.question_id, row.version) for row in session.execute(query)}):
        if who is None or not _take(session, question, version, CORRECTED, now):
            continue
        id = _correction(session, question, version, CORRECTED, by, now, explained=True)
        row = session.get(CorrectionRow, id, populate_existing=True)
        assert row is not None
        _announce(session, row, by, now)
        _show_outcome(session, question, version, CORRECTED, who, now)


def _announce(session: Session, row: CorrectionRow, by: int, now: datetime) -> None:
    kind = QUESTION_CORRECTED if row.outcome == CORRECTED else QUESTION_EXPLAINED
    body = {"question": row.question_id, "version": row.version, "correction": row.id}
    record(session, Fact(kind, f"correction:{row.id}", now, by, body=body), now)


def _correction(
    session: Session, question: str, version: int, outcome: str, by: int, now: datetime, explained: bool = False
) -> int:
    row = CorrectionRow(
        question_id=question, version=version, outcome=outcome, person_id=by, at=now, words="", lang="",
        explained_at=now if explained else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id


def _settle(session: Session, question: str, version: int, state: str, by: Person, now: datetime) -> Sequence[DoubtRow]:
    if not may_decide(session, question, by.id, now):
        raise Refused("library.t_not_your_bank")
    rows = session.scalars(_open(question, version)).all()
    if not rows or not _take(session, question, version, state, now):
        raise Refused("library.t_decided_by_another")
    return rows


def _take(session: Session, question: str, version: int, state: str, now: datetime) -> bool:
    """The conditional step: of two who decide, one does."""
    which = (DoubtRow.question_id == question, DoubtRow.version == version, DoubtRow.state == OPEN)
    return changed(session, update(DoubtRow).where(*which).values(state=state, settled_at=now)) > 0


def _open(question: str, version: int):  # type: ignore[no-untyped-def]
    which = (DoubtRow.question_id == question, DoubtRow.version == version, DoubtRow.state == OPEN)
    return select(DoubtRow).where(*which).order_by(DoubtRow.id)


def _show_outcome(session: Session, question: str, version: int, state: str, by: Person, now: datetime) -> None:
    found = store.question(session, question, version)
    assert found is not None, "versions are never deleted"
    outbox.edit_ref(session, doubts.ref(question, version), doubts.outcome(found.question, state, by.name), now)


def _those_who_look_after(session: Session, question: str, now: datetime) -> list[Person]:
    row = session.get(QuestionRow, question)
    live = store.live_bank(session, row.bank_id) if row is not None else None
    unit = next(
        (u for u in people.units(session) if (u.id == live.unit if live and live.unit else u.parent is None)), None
    )
    if unit is None:
        return []
    held = oncall.holders(session, LOOK_AFTER, unit.path, now)
    return next(([who for who, _ in held[role]] for role in LOOK_AFTER if held[role]), [])
