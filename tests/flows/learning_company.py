"""A small company for learning stories: a dock in Chicago with two crews, a trainer, and the shipped content."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from bot.library import signing
from bot.library.loading import load_shipped
from bot.people import actions as people
from bot.people.model import Role, Unit, UnitKind
from bot.people.tables import ShiftRow

SINCE = date(2026, 1, 5)


def company(session: Session, now: datetime) -> Unit:
    """Lamplight Works: Harbour Works (US) with a dock crew and a night crew; Lingang Works (CN) with a line crew."""
    top = people.add_unit(session, UnitKind.COMPANY, "Lamplight Works", None, SINCE)
    harbour = people.add_unit(
        session, UnitKind.SITE, "Harbour Works", top, SINCE, zone="America/Chicago", jurisdiction="US"
    )
    lingang = people.add_unit(
        session, UnitKind.SITE, "Lingang Works", top, SINCE, zone="Asia/Shanghai", jurisdiction="CN", language="zh"
    )
    dock = people.add_unit(session, UnitKind.TEAM, "Dock Team", harbour, SINCE)
    line = people.add_unit(session, UnitKind.TEAM, "Line One Team", lingang, SINCE)
    for code, starts, ends in (("day", time(8), time(16, 30)), ("night", time(22), time(6))):
        session.add(ShiftRow(code=code, name=code.title(), starts=starts, ends=ends))
    people.add_person(session, "D-1", "Ana Ortiz", "en", dock, "worker", SINCE)
    people.add_person(session, "D-2", "Ben Cole", "en", dock, "worker", SINCE, shift="night")
    people.add_person(session, "L-1", "Chen Mei", "zh", line, "worker", SINCE)
    trainer = people.add_person(session, "T-1", "Tess Hall", "en", harbour, "trainer", SINCE, shift="day")
    other = people.add_person(session, "T-2", "Omar Diaz", "en", harbour, "trainer", SINCE, shift="day")
    people.grant(session, trainer, Role.TRAINER, top.id, now)
    people.grant(session, other, Role.TRAINER, top.id, now)
    session.flush()
    load_shipped(session, now)
    signing.sign_all(session, trainer, now)
    return dock
