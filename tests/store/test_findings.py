"""What one room finds and another has to take care of: handed over once, with its words and pictures."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.writer import Writer
from bot.delivery import findings
from bot.delivery.findings import Finding
from bot.kit.replies import Media, Message
from bot.kit.risk import Severity
from bot.kit.texts import text
from bot.ledger.tables import FactRow
from bot.people import store as people
from tests.store.conftest import NOON, Crew


def test_a_finding_is_handed_over_once_and_read_as_it_was_written(writer: Writer, crew: Crew) -> None:
    """A second time changes nothing and records nothing."""

    def twice(session: Session) -> tuple[Finding, bool, bool, Finding | None, list[dict[str, object]]]:
        who = people.person(session, crew.worker, NOON)
        assert who is not None
        said = Message(text("delivery.just", text="No guard on <saw> 3"), media=(Media("photo", "file-1"),))
        found = Finding("check:12:3", "inspections", who.unit, who.path, said, Severity.HIGH, "MGD", None, crew.worker)
        first, second = findings.hand_over(session, found, NOON), findings.hand_over(session, found, NOON)
        bodies = list(session.scalars(select(FactRow.body).where(FactRow.kind == "DangerFound")))
        return found, first, second, findings.of(session, "check:12:3"), bodies

    found, first, second, read, bodies = writer.run(twice)
    assert (first, second) == (True, False)
    assert read == found
    assert bodies == [{"finding": "check:12:3", "room": "inspections", "severity": 3, "topic": "MGD"}]
    assert writer.run(findings.of, "check:12:4") is None


def test_what_was_found_may_get_worse_and_never_milder(writer: Writer, crew: Crew) -> None:
    """Other words are kept; the same again records nothing."""

    def grows(session: Session) -> tuple[list[bool], Finding | None, list[dict[str, object]]]:
        who = people.person(session, crew.worker, NOON)
        assert who is not None
        low, high = (Message(text("delivery.just", text=f"{n} ppm")) for n in (12, 40))
        findings.hand_over(session, Finding("gas:1:1", "sensors", who.unit, who.path, low, Severity.MEDIUM), NOON)
        steps = [(high, Severity.HIGH), (low, Severity.LOW), (low, Severity.HIGH)]
        done = [
            findings.change(session, "gas:1:1", said, severity, NOON + timedelta(minutes=at))
            for at, (said, severity) in enumerate(steps, 1)
        ]
        bodies = list(session.scalars(select(FactRow.body).where(FactRow.kind == "DangerChanged").order_by(FactRow.id)))
        return done, findings.of(session, "gas:1:1"), bodies

    done, found, bodies = writer.run(grows)
    assert done == [True, True, False]
    assert found is not None
    assert found.severity is Severity.HIGH
    assert found.said == Message(text("delivery.just", text="12 ppm"))
    assert [(body["severity"], body["before"]) for body in bodies] == [(3, 2), (3, 3)]
