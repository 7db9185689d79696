"""Looking at somebody's score: who may, and that it is noted and told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.assessment.scores.model import LOOKED, LOOKED_AT
from bot.assessment.scores.tables import ScoreLookRow
from bot.db.once import insert_once
from bot.delivery import outbox
from bot.delivery.outbox import Lane
from bot.kit.replies import Message, button, rows
from bot.kit.texts import text
from bot.ledger.actions import record
from bot.ledger.model import Fact
from bot.people import agreement
from bot.people import store as people
from bot.people.agreement import SCORE
from bot.people.model import Person, Role, Viewer


def may_look(session: Session, viewer: Viewer, path: str) -> bool:
    """Whether somebody may see scores of a unit: human resources and management over it, where scores were agreed."""
    return viewer.holds(Role.HR, path) and agreement.holds(session, SCORE, path)


def note(session: Session, by: int, persons: Sequence[int], how: str, now: datetime) -> None:
    """Notes that somebody sees the scores of some people, and tells each of them; once a day and way."""
    looker = people.person(session, by, now)
    for person in persons:
        who = people.person(session, person, now)
        if who is None or person == by:
            continue
        key = f"look:{person}:{by}:{how}:{people.today_of(who, now)}"
        values = {"key": key, "person_id": person, "by_id": by, "how": how, "at": now}
        if insert_once(session, ScoreLookRow, values, "key") is None:
            continue
        record(session, Fact(LOOKED_AT, key, now, person, who.unit, who.post, {"by": by, "how": how}), now)
        _tell(session, who, looker, how, key, now)


def _tell(session: Session, who: Person, looker: Person | None, how: str, key: str, now: datetime) -> None:
    said = Message(
        text("assessment.scores.looked", by=looker.name if looker else "", how=how, at=now.isoformat()),
        rows(button("assessment.scores.b_mine", "sc:q0")),
    )
    outbox.send(session, outbox.to_person(who.id), said, Lane.BULK, now, key=key, unasked=LOOKED)
