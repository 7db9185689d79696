"""What campaigns ask of the database: the same people before and later, and the days on which people worked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from bot.activities import actions, opportunity, store
from bot.activities.actions import Plan
from bot.activities.model import Kind, Question, Wave, Written
from bot.activities.statistics import Pairs
from bot.activities.tables import CampaignAnswerRow
from bot.db.engine import connect
from bot.people import actions as people
from bot.people.model import Role, UnitKind
from bot.people.tables import LeaveRow, PersonRow, RosterRow, SpecialDayRow

NOW = datetime(2026, 11, 18, 15, tzinfo=UTC)
SINCE = date(2026, 1, 5)


def test_only_people_who_answered_both_times_are_compared(database_url: str) -> None:
    """Right is all questions right; whoever left one time open, or answered another campaign's, is in no pair."""
    engine = connect(database_url)
    with Session(engine) as session, session.begin():
        site = people.add_unit(session, UnitKind.SITE, "Harbour Works", None, SINCE)
        crew = [people.add_person(session, f"W-{n}", f"Ana {n}", "en", site, "worker", SINCE) for n in range(8)]
        people.grant(session, crew[0], Role.SAFETY_OFFICER, site.id, NOW - timedelta(days=1))
        asked = (Question("When?", "Locked off", ("Always",)), Question("Who?", "I", ("You",)))
        said = {"en": Written("Hands out", "We look.", asked)}
        one, other = (
            actions.plan(session, crew[0], Plan(f"c{n}", Kind.MONTH, site.id, said, date(2026, 12, 1), 30), NOW).id
            for n in range(2)
        )
        answers = [(2, 2), (2, 1), (1, 2), (0, 2), (0, 1), (1, None), (None, 2)]
        for who, (before, after) in zip(crew, answers, strict=False):
            for wave, right in ((Wave.BEFORE, before), (Wave.AFTER, after)):
                session.add(_answer(one, wave, who, right))
        session.add(_answer(other, Wave.BEFORE, crew[7], 2))
        session.flush()
        assert store.pairs(session, one, Wave.AFTER, 2) == Pairs(both=1, lost=1, gained=2, neither=1)
        assert store.pairs(session, one, Wave.LATER, 2).count == 0
        assert store.took_part(session, one) == {"before": (6, 7), "after": (6, 7)}
    engine.dispose()


def _answer(campaign: int, wave: Wave, who: int, right: int | None) -> CampaignAnswerRow:
    return CampaignAnswerRow(
        campaign_id=campaign, wave=wave.value, person_id=who, until_on=date(2027, 1, 1), asked_at=NOW, next=2, right=right or 0,
        at=None if right is None else NOW,
    )  # fmt: skip


def test_person_days_follow_rosters_holidays_leave_and_who_came_and_went(database_url: str) -> None:
    """A week of two people: one holiday, one day off by the roster, a Saturday worked by it, two days of leave, one who leaves."""
    monday = date(2026, 11, 16)
    engine = connect(database_url)
    with Session(engine) as session, session.begin():
        site = people.add_unit(session, UnitKind.SITE, "Harbour Works", None, SINCE)
        dock = people.add_unit(session, UnitKind.TEAM, "Dock", site, SINCE)
        other = people.add_unit(session, UnitKind.SITE, "Elsewhere", None, SINCE)
        ana, bao = (people.add_person(session, f"W-{n}", f"Who {n}", "en", dock, "worker", SINCE) for n in range(2))
        people.add_person(session, "W-9", "Far Away", "en", other, "worker", SINCE)
        session.add(SpecialDayRow(unit_id=site.id, on_date=monday, works=False, name="Holiday"))
        session.add(RosterRow(person_id=ana, on_date=monday + timedelta(days=1), shift=""))
        session.add(RosterRow(person_id=ana, on_date=monday + timedelta(days=5), shift="early"))
        away = datetime.combine(monday + timedelta(days=2), time(), UTC)
        session.add(LeaveRow(person_id=ana, starts_at=away, ends_at=away + timedelta(days=2)))
        session.get_one(PersonRow, bao).left_on = monday + timedelta(days=3)
        session.flush()
        found = opportunity.person_days(session, site.path, monday, monday + timedelta(days=7))
        days = [sum(n for (_, on), n in found.items() if on == monday + timedelta(days=each)) for each in range(7)]
        assert days == [0, 1, 1, 1, 1, 1, 0]
        assert {path for path, _ in found} == {dock.path}
        assert opportunity.person_days(session, site.path, monday, monday) == {}
    engine.dispose()
