"""Answers written straight into the tables, as many people gave them: what analyses are made from."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from bot.hazards.tables import HazardRow
from bot.learning.tables import AnswerRow
from bot.library import store as library
from bot.library.kinds.registry import grade
from bot.people import actions as people
from bot.people.model import Unit

_numbers = count(1)


class Sheet:
    """Who answered what; each answer a minute after the one before."""

    def __init__(self, session: Session, at: datetime) -> None:
        self.session, self.at = session, at

    def crew(self, unit: Unit, many: int, letter: str = "W") -> list[int]:
        """So many new people of a unit; answers their ids."""
        since = (self.at - timedelta(days=60)).date()
        return [
            people.add_person(self.session, f"{letter}-{n}", f"Ira Moss {n}", "en", unit, "worker", since)
            for n in range(1, many + 1)
        ]

    def answers(
        self, person: int, question: str, *, right: bool, wrong: int = 0, seconds: int = 20, **more: Any
    ) -> None:
        """One answer: the right one, or the wrong choice of this number (from 0)."""
        found = library.question(self.session, question, more.pop("version", None))
        assert found is not None
        good = grade(found.question, ()).right_positions
        others = [at for at in range(6) if at not in good]
        self.at += timedelta(minutes=1)
        row = AnswerRow(
            key=f"sheet:{next(_numbers)}", assignment_id=1, person_id=person, question_id=question,
            question_version=found.version, place=1, shown=[0, 1, 2], state="settled",
            chosen=list(good) if right else [others[wrong]], right=right, asked_at=self.at,
            answered_at=self.at + timedelta(seconds=seconds), **more,
        )  # fmt: skip
        self.session.add(row)
        self.session.flush()


def hazard_at(session: Session, unit: Unit, topic: str, at: datetime, **more: Any) -> None:
    """A danger about a topic, given to somebody to fix."""
    values = {"kind": "dangerous", "state": "assigned", "severity": 2} | more
    session.add(
        HazardRow(key=f"h{next(_numbers)}", unit_id=unit.id, path=unit.path, topic=topic, created_at=at, **values)
    )
    session.flush()
